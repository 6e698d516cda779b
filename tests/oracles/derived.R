# Functions of estimates, intervals of shares, design effects and strata with one PSU:
# svycontrast(), svyciprop(), svymean(deff = ) and survey.lonely.psu of R's `survey`.
# Run in this folder, after survey_api.R and nhanes.R:  Rscript --vanilla derived.R
# Writes: derived.json

source("estimates.R")

samples <- lapply(c(apistrat = "apistrat", apiclus1 = "apiclus1", apistrat2 = "apistrat2", nhanes = "nhanes"),
                  function(name) read.csv(paste0(name, ".csv")))
for (name in names(samples)) {
  v <- samples[[name]]
  if (is.null(v$api00)) next
  samples[[name]]$high <- as.numeric(v$api00 > 650)
  samples[[name]]$grew <- ifelse(v$row %% 7 == 3, NA, as.numeric(v$api00 > v$api99))
  samples[[name]]$best <- as.numeric(v$api00 > 850)        # few
}
designs <- list(
  strat = list(data = "apistrat", roles = list(weight = "pw", stratum = "stype", psu = NULL, population = "fpc"),
    make = function(d) svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = d)),
  clus1 = list(data = "apiclus1", roles = list(weight = "pw", stratum = NULL, psu = "dnum", population = "fpc"),
    make = function(d) svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = d)),
  strat2 = list(data = "apistrat2", roles = list(weight = "weight_adj", stratum = "stratum", psu = words(c("psu", "ssu")),
                                                 population = words(c("fpc1", "fpc2"))),
    make = function(d) svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight_adj, fpc = ~fpc1 + fpc2,
                                 nest = TRUE, data = d)),
  nhanes = list(data = "nhanes", roles = list(weight = "WTMEC2YR", stratum = "SDMVSTRA", psu = "SDMVPSU", population = NULL),
    make = function(d) svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = d)))


# ---- functions of estimates ------------------------------------------------

told <- function(found) list(name = words(names(coef(found))), estimate = num(coef(found)), vcov = num(unname(vcov(found))))

functions_of <- function(d) {
  m <- svymean(~api00 + api99, d)
  s <- svyby(~api00, ~stype, d, svymean, covmat = TRUE)
  both <- svyby(~api00 + api99, ~stype, d, svymean, covmat = TRUE)
  names <- expand.grid(c("E", "H", "M"), c("api00", "api99"))
  names <- paste(names[[2]], names[[1]], sep = "_")          # api00_E api00_H api00_M api99_E ...
  coefficients <- setNames(coef(both), names)
  each <- structure(coefficients, var = structure(vcov(both), dimnames = list(names, names)), class = "svystat")
  list(
    linear = told(svycontrast(m, list(gap = c(api00 = 1, api99 = -1), middle = c(api00 = 0.5, api99 = 0.5)))),
    smooth = told(svycontrast(m, list(gap = quote(api00 - api99), growth = quote(api00 / api99),
                                      rate = quote(100 * log(api00 / api99)), size = quote(sqrt(api00 * api99))))),
    domains = told(svycontrast(s, list(`E-H` = c(E = 1, H = -1), `E-M` = c(E = 1, M = -1), `H-M` = c(H = 1, M = -1),
                                       `E-mean of H and M` = c(E = 1, H = -0.5, M = -0.5)))),
    # domain by domain, functions inside
    smooth_by = told(svycontrast(each, list(
      E_gap = quote(api00_E - api99_E), E_growth = quote(api00_E / api99_E),
      H_gap = quote(api00_H - api99_H), H_growth = quote(api00_H / api99_H),
      M_gap = quote(api00_M - api99_M), M_growth = quote(api00_M / api99_M)))))
}


# ---- intervals of shares ---------------------------------------------------

intervals <- function(d, variable, by = NULL, level = 0.95) {
  v <- d$variables
  domain <- if (is.null(by)) rep("", nrow(v)) else as.character(v[[by]])
  labels <- sort(unique(domain))
  methods <- c("logit", "xlogit", "beta", "mean", "asin")
  found <- lapply(labels, function(label) {
    inside <- domain == label & !is.na(v[[variable]])
    here <- if (all(inside)) d else d[inside, ]
    limits <- sapply(methods, function(method) {
      attr(suppressWarnings(svyciprop(reformulate(variable), here, method = method, level = level)), "ci")
    })
    m <- svymean(reformulate(variable), here)
    c(coef(m), SE(m), degf(here), as.vector(limits), nrow(here))
  })
  all <- do.call(rbind, found)
  limits <- lapply(setNames(seq_along(methods), methods), function(i) {
    list(low = num(all[, 2 + 2 * i]), high = num(all[, 3 + 2 * i]))
  })
  c(list(variable = variable, by = by, domain = words(labels), level = one(level), estimate = num(all[, 1]),
         se = num(all[, 2]), degf = num(all[, 3]), n = num(all[, ncol(all)])), limits)
}


# ---- design effects --------------------------------------------------------

effects <- function(d, variables, by = NULL) {
  v <- d$variables
  domain <- if (is.null(by)) rep("", nrow(v)) else as.character(v[[by]])
  grid <- expand.grid(variable = variables, domain = sort(unique(domain)), stringsAsFactors = FALSE)
  found <- t(sapply(seq_len(nrow(grid)), function(j) {
    inside <- domain == grid$domain[j] & !is.na(v[[grid$variable[j]]])
    here <- if (all(inside)) d else d[inside, ]
    of <- function(how) deff(svymean(reformulate(grid$variable[j]), here, deff = how))
    c(sum(inside), sum(weights(here)), of(TRUE), of("replace"))
  }))
  list(by = by, variable = words(grid$variable), domain = words(grid$domain), n = num(found[, 1]), size = num(found[, 2]),
       deff = num(found[, 3]), deff_replace = num(found[, 4]))
}


answer <- function(plan) {
  d <- plan$make(samples[[plan$data]])
  api <- plan$data != "nhanes"
  out <- list(data = paste0(plan$data, ".csv"), roles = plan$roles)
  if (api) {
    out$functions <- functions_of(d)
    out$intervals <- list(high = intervals(d, "high"), high_by = intervals(d, "high", "stype"), grew = intervals(d, "grew"),
                          grew_90 = intervals(d, "grew", level = 0.9), best = intervals(d, "best"))
    out$effects <- list(all = effects(d, c("api00", "api99_na", "high")), by = effects(d, c("api00", "api99_na"), "stype"))
  } else {
    out$intervals <- list(chol = intervals(d, "HI_CHOL"), chol_by = intervals(d, "HI_CHOL", "agecat"))
    out$effects <- list(all = effects(d, c("HI_CHOL", "agecat")), by = effects(d, c("HI_CHOL", "agecat"), "race"))
  }
  out
}


# ---- strata with one PSU ---------------------------------------------------

# nhanes without the second PSU of strata 75 and 80; apistrat2 as in survey_lonely.R, lonely at both stages;
# strata of which some are census (fpc = 1 school), lonely or both
alone <- function() {
  nhanes <- samples$nhanes[!(samples$nhanes$SDMVSTRA %in% c(75, 80) & samples$nhanes$SDMVPSU == 2), ]
  two <- samples$apistrat2
  two <- two[two$stratum == "odd" | two$psu == 1, ]
  two <- two[!(two$stratum == "odd" & two$psu %in% c(2, 4) & two$ssu > 1), ]
  strat <- samples$apistrat
  strat$area <- paste0("a", strat$row %% 8)
  strat <- strat[!(strat$area == "a3" & strat$row > 3) & !(strat$area == "a5" & strat$row > 5), ]
  strat$size <- ifelse(strat$area == "a5", 1, 40)            # a3 is lonely, one of 40; a5 is certain, one of one
  list(
    nhanes = list(data = "nhanes", rows = nhanes, variables = "HI_CHOL", by = "race",
      roles = list(weight = "WTMEC2YR", stratum = "SDMVSTRA", psu = "SDMVPSU", population = NULL),
      make = function(d) svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = d)),
    strat2_one_stage = list(data = "apistrat2", rows = two, variables = c("api00", "api99"), by = "stype",
      roles = list(weight = "weight", stratum = "stratum", psu = "psu", population = "fpc1"),
      make = function(d) svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~fpc1, nest = TRUE, data = d)),
    strat2 = list(data = "apistrat2", rows = two, variables = c("api00", "api99"), by = "stype",
      roles = list(weight = "weight", stratum = "stratum", psu = words(c("psu", "ssu")),
                   population = words(c("fpc1", "fpc2"))),
      make = function(d) svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight, fpc = ~fpc1 + fpc2,
                                   nest = TRUE, data = d)),
    areas = list(data = "apistrat", rows = strat, variables = c("api00", "api99_na"), by = "stype",
      roles = list(weight = "pw", stratum = "area", psu = NULL, population = "size"),
      make = function(d) svydesign(id = ~1, strata = ~area, weights = ~pw, fpc = ~size, data = d)))
}
lonely <- function(plan) {
  out <- lapply(c(remove = "remove", certainty = "certainty", adjust = "adjust", average = "average"), function(rule) {
    options(survey.lonely.psu = rule)
    on.exit(options(survey.lonely.psu = "fail"))
    d <- plan$make(plan$rows)
    found <- list(mean = linearised(d, "mean", plan$variables), mean_by = linearised(d, "mean", plan$variables, plan$by),
                  total = linearised(d, "total", plan$variables))
    ok <- !is.na(d$variables[[plan$variables[1]]])
    stat <- svymean(reformulate(plan$variables[1]), d[ok, ])
    if (!anyNA(vcov(stat))) same(numbers(linearised(d, "mean", plan$variables[1])$vcov), vcov(stat))
    found
  })
  failed <- tryCatch({ d <- plan$make(plan$rows); svymean(reformulate(plan$variables[1]), d, na.rm = TRUE); "" },
                     error = function(e) conditionMessage(e))
  columns <- setdiff(unlist(plan$roles), names(read.csv(paste0(plan$data, ".csv"), nrows = 1)))
  made <- lapply(setNames(columns, columns), function(name) {
    x <- plan$rows[[name]]
    if (is.numeric(x)) num(x) else words(x)
  })
  kept <- if (is.null(plan$rows$row)) NULL else num(plan$rows$row)     # of nhanes by the rule above
  c(list(data = paste0(plan$data, ".csv"), roles = plan$roles, kept = kept, made = if (length(made)) made, fail = failed), out)
}

save_json(list(
  made_by = made_by("derived.R", c("survey", "jsonlite")),
  designs = lapply(designs, answer),
  lonely = lapply(alone(), lonely)), "derived.json")
