# Quantiles and their intervals: svyquantile() of R's `survey`, on samples of data(api)
# and on nhanes.
# Run in this folder, after survey_api.R and nhanes.R:  Rscript --vanilla quantiles.R
# Writes: quantiles.json

source("estimates.R")

Q <- c(0.1, 0.25, 0.5, 0.75, 0.9)
read <- function(name) {
  data <- read.csv(paste0(name, ".csv"))
  if (!is.null(data$api00)) data$rating <- round(data$api00 / 100)     # many ties
  data
}
samples <- lapply(c(apistrat = "apistrat", apiclus1 = "apiclus1", apiclus2 = "apiclus2", apistrat2 = "apistrat2",
                    nhanes = "nhanes"), read)

designs <- list(
  strat = list(data = "apistrat", roles = list(weight = "pw", stratum = "stype", psu = NULL, population = "fpc"),
    make = function(d) svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = d)),
  clus1 = list(data = "apiclus1", roles = list(weight = "pw", stratum = NULL, psu = "dnum", population = "fpc"),
    make = function(d) svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = d)),
  clus2 = list(data = "apiclus2", roles = list(weight = "weight", stratum = NULL, psu = words(c("dnum", "snum")),
                                               population = words(c("fpc1", "fpc2"))),
    make = function(d) svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = d)),
  strat2 = list(data = "apistrat2", roles = list(weight = "weight_adj", stratum = "stratum", psu = words(c("psu", "ssu")),
                                                 population = words(c("fpc1", "fpc2"))),
    make = function(d) svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight_adj, fpc = ~fpc1 + fpc2,
                                 nest = TRUE, data = d)),
  nhanes = list(data = "nhanes", roles = list(weight = "WTMEC2YR", stratum = "SDMVSTRA", psu = "SDMVPSU", population = NULL),
    make = function(d) svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = d)))

# The rule "math" as it is defined, min {x: F(x) >= p}. R's own differs by mistake in two
# places: below the share of the smallest sheet it takes the second, and where F(x) equals
# p up to rounding it may take the next.
definition <- function(x, w, p) {
  x <- x[w > 0]
  w <- w[w > 0]
  up_to <- cumsum(w[order(x)]) / sum(w)
  sort(x)[min(which(up_to >= p - 1e-10))]
}

# one row for each domain, variable and q; limits that R leaves out (the share's limit lies outside 0 to 1) are null
quantiles <- function(d, variables, by = NULL, ...) {
  v <- d$variables
  domain <- if (is.null(by)) rep("", nrow(v)) else as.character(v[[by]])
  grid <- expand.grid(variable = variables, domain = sort(unique(domain)), stringsAsFactors = FALSE)
  found <- lapply(seq_len(nrow(grid)), function(j) {
    inside <- domain == grid$domain[j] & !is.na(v[[grid$variable[j]]])
    here <- if (all(inside)) d else d[inside, ]
    r <- suppressWarnings(svyquantile(reformulate(grid$variable[j]), here, Q, ...))[[1]]
    if (is.null(dim(r))) r <- matrix(r, nrow = length(Q))
    cbind(unname(r), degf(here))
  })
  all <- do.call(rbind, found)
  list(by = by, variable = words(rep(grid$variable, each = length(Q))), domain = words(rep(grid$domain, each = length(Q))),
       q = num(rep(Q, nrow(grid))), estimate = num(all[, 1]), low = num(all[, 2]), high = num(all[, 3]),
       se = num(all[, 4]), degf = num(all[, 5]))
}

answer <- function(plan) {
  d <- plan$make(samples[[plan$data]])
  api <- plan$data != "nhanes"
  variables <- if (api) c("api00", "enroll", "rating") else c("agecat", "WTMEC2YR")
  by <- if (api) "stype" else "race"
  rules <- list(math = "math", definition = definition, school = "school")
  out <- list(data = paste0(plan$data, ".csv"), roles = plan$roles)
  out$rules <- lapply(rules, function(rule) {
    list(all = quantiles(d, variables, qrule = rule), by = quantiles(d, variables, by, qrule = rule),
         by_80 = quantiles(d, variables, by, qrule = rule, alpha = 0.2))
  })
  # under replicate weights: the same interval with the replicates' error of the share
  if (plan$data %in% c("apistrat2", "nhanes", "apiclus1")) {
    rep <- suppressWarnings(as.svrepdesign(d, type = if (plan$data == "apiclus1") "JK1" else "JKn"))
    out$jackknife <- lapply(rules[1:2], function(rule) {
      list(all = quantiles(rep, variables, qrule = rule), by = quantiles(rep, variables, by, qrule = rule))
    })
  }
  out
}

# the quantile of each replicate: the multipliers by PSU, and the error
repeated <- function(name, type, variables, ...) {
  plan <- designs[[name]]
  set.seed(2026)
  rep <- suppressWarnings(as.svrepdesign(plan$make(samples[[plan$data]]), type = type, ...))
  psu <- plan$make(samples[[plan$data]])$cluster[, 1]
  list(data = paste0(plan$data, ".csv"), roles = plan$roles, type = rep$type, scale = one(rep$scale),
       rscales = num(rep$rscales), multipliers_by_psu = num(unname(as.matrix(rep$repweights)[!duplicated(psu), ])),
       result = quantiles(rep, variables, interval.type = "quantile", qrule = definition))
}

save_json(list(
  made_by = made_by("quantiles.R", c("survey", "jsonlite")),
  designs = lapply(designs, answer),
  replicates = list(
    nhanes_brr = repeated("nhanes", "BRR", c("agecat", "WTMEC2YR"), large = "merge"),
    strat2_subbootstrap = repeated("strat2", "subbootstrap", c("api00", "enroll", "rating"), replicates = 40))),
  "quantiles.json")
