# Replicate weights and the estimates under them: as.svrepdesign() and svrepdesign()
# of R's `survey`, on nhanes, mu284, scd and the samples of data(api).
# Run in this folder, after survey_api.R and nhanes.R:  Rscript --vanilla replicates.R
# Writes: replicates.json

source("estimates.R")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
data(api)

samples <- lapply(c(apistrat = "apistrat", apiclus1 = "apiclus1", apiclus2 = "apiclus2", apistrat2 = "apistrat2",
                    nhanes = "nhanes", mu284 = "mu284", scd = "scd"), function(name) read.csv(paste0(name, ".csv")))


# ---- designs ---------------------------------------------------------------

roles <- function(weight, stratum, psu, population = NULL) {
  list(weight = weight, stratum = stratum, psu = psu, population = population)
}
designs <- list(
  clus1 = list(data = "apiclus1", roles = roles("pw", NULL, "dnum"),
    make = function(d) svydesign(id = ~dnum, weights = ~pw, data = d)),
  clus1_fpc = list(data = "apiclus1", roles = roles("pw", NULL, "dnum", "fpc"),
    make = function(d) svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = d)),
  clus2_fpc = list(data = "apiclus2", roles = roles("weight", NULL, "dnum", "fpc1"),
    make = function(d) svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = d)),
  strat = list(data = "apistrat", roles = roles("pw", "stype", NULL),
    make = function(d) svydesign(id = ~1, strata = ~stype, weights = ~pw, data = d)),
  strat_fpc = list(data = "apistrat", roles = roles("pw", "stype", NULL, "fpc"),
    make = function(d) svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = d)),
  strat2 = list(data = "apistrat2", roles = roles("weight_adj", "stratum", "psu"),
    make = function(d) svydesign(id = ~psu, strata = ~stratum, weights = ~weight_adj, nest = TRUE, data = d)),
  strat2_fpc = list(data = "apistrat2", roles = roles("weight_adj", "stratum", "psu", "fpc1"),
    make = function(d) svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight_adj, fpc = ~fpc1 + fpc2,
                                 nest = TRUE, data = d)),
  nhanes = list(data = "nhanes", roles = roles("WTMEC2YR", "SDMVSTRA", "SDMVPSU"),
    make = function(d) svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = d)),
  mu284_fpc = list(data = "mu284", roles = roles("weight", NULL, "id1", "n1"),
    make = function(d) svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = d)),
  scd = list(data = "scd", roles = roles(NULL, "ESA", "ambulance"),
    make = function(d) svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, nest = TRUE, data = d)),
  scd_fpc = list(data = "scd", roles = roles(NULL, "ESA", "ambulance", "population"),
    make = function(d) svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, fpc = ~population, nest = TRUE, data = d)))

asked <- function(data) switch(data,
  nhanes = list(mean = list("mean", "HI_CHOL"), total = list("total", c("HI_CHOL", "RIAGENDR")),
                ratio = list("ratio", "HI_CHOL", ratio_to = "RIAGENDR"), mean_by = list("mean", "HI_CHOL", "race"),
                mean_both = list("mean", "HI_CHOL", c("race", "agecat")),
                ratio_by = list("ratio", "HI_CHOL", "agecat", ratio_to = "RIAGENDR"),
                share_by = list("share", "HI_CHOL", "RIAGENDR")),
  mu284 = list(mean = list("mean", c("y1", "y2_na")), total = list("total", c("y1", "y2_na")),
               ratio = list("ratio", "y1", ratio_to = "y2_na"), mean_by = list("mean", c("y1", "y2_na"), "g"),
               total_by = list("total", "y1", "g")),
  scd = list(mean = list("mean", c("alive", "arrests")), total = list("total", c("alive", "arrests")),
             ratio = list("ratio", "alive", ratio_to = "arrests"), mean_by = list("mean", "alive", "ESA"),
             ratio_by = list("ratio", "alive", "ESA", ratio_to = "arrests")),
  list(mean = list("mean", c("api00", "api99_na")), total = list("total", c("api00", "enroll")),
       ratio = list("ratio", "api00", ratio_to = "api99"), share = list("share", "stype"),
       mean_by = list("mean", c("api00", "api99_na", "enroll"), "stype"), total_by = list("total", "enroll", "stype"),
       ratio_by = list("ratio", "api00", "stype", ratio_to = "api99_na")))

results_of <- function(data, rep) {
  found <- lapply(asked(data), function(what) do.call(replicated, c(list(rep), what)))
  for (mse in c(FALSE, TRUE)) {       # R's own functions say the same
    rep$mse <- mse
    v <- rep$variables
    which <- if (mse) "vcov_mse" else "vcov"
    check <- function(result, stat) agrees(found[[result]], stat, which)
    if (data == "nhanes") {
      check("mean", svymean(~HI_CHOL, rep, na.rm = TRUE))
      check("ratio", svyratio(~HI_CHOL, ~RIAGENDR, rep, na.rm = TRUE))
      check("mean_by", svyby(~HI_CHOL, ~race, rep[!is.na(v$HI_CHOL), ], svymean, covmat = TRUE, return.replicates = TRUE))
    } else if (data == "mu284") {
      check("ratio", svyratio(~y1, ~y2_na, rep, na.rm = TRUE))
      check("total_by", svyby(~y1, ~g, rep, svytotal, covmat = TRUE, return.replicates = TRUE))
    } else if (data == "scd") {
      check("mean", svymean(~alive + arrests, rep))
      check("total", svytotal(~alive + arrests, rep))
      check("mean_by", svyby(~alive, ~ESA, rep, svymean, covmat = TRUE, return.replicates = TRUE))
    } else {
      check("share", svymean(~factor(stype), rep))
      check("ratio", svyratio(~api00, ~api99, rep))
      check("total_by", svyby(~enroll, ~stype, rep[!is.na(v$enroll), ], svytotal, covmat = TRUE, return.replicates = TRUE))
    }
  }
  found
}

# What is kept of the replicate weights: one multiplier for each PSU (in order of
# its first row) and replicate; where rows of a PSU differ, one for each row. Not
# kept where there are more than 60 replicates (JKn of apistrat).
multipliers <- function(rep, psu, combined) {
  factors <- as.matrix(rep$repweights)
  if (combined) factors <- factors / rep$pweights
  if (ncol(factors) > 60) return(list())
  first <- which(!duplicated(psu))
  by_psu <- max(abs(factors - factors[first, , drop = FALSE][match(psu, psu[first]), ])) < 1e-12
  if (by_psu) list(multipliers_by_psu = num(unname(factors[first, , drop = FALSE])))
  else list(multipliers_by_row = num(unname(factors)))
}

case <- function(name, r, rep, ...) {
  plan <- designs[[name]]
  psu <- plan$make(samples[[plan$data]])$cluster[, 1]
  scales <- rep$rscales
  c(list(design = name, data = paste0(plan$data, ".csv"), roles = plan$roles, r = r, ...,
         combined = rep$combined.weights, replicates = one(ncol(as.matrix(rep$repweights))), scale = one(rep$scale),
         rscales = num(if (length(unique(scales)) == 1) scales[1] else scales)),
    multipliers(rep, psu, rep$combined.weights), list(degf = one(degf(rep)), results = results_of(plan$data, rep)))
}

made <- function(name, type, ...) {
  plan <- designs[[name]]
  more <- list(...)
  set.seed(2026)
  rep <- suppressWarnings(as.svrepdesign(plan$make(samples[[plan$data]]), type = type, ...))
  told <- c(sprintf("type = \"%s\"", type), sprintf("%s = %s", names(more), sapply(more, deparse)))
  rho <- if (is.null(more$fay.rho)) list() else list(rho = one(more$fay.rho))
  do.call(case, c(list(name, sprintf("as.svrepdesign(d, %s)", paste(told, collapse = ", ")), rep), rho))
}


# ---- successive differences ------------------------------------------------

# Fay and Train (1995): units stand in the order of a systematic draw; in replicate
# r the unit i has the multiplier 1 + 2^(-3/2) (h[a(i), r] - h[b(i), r]) with a
# Hadamard matrix h of order R. Here a and b run round each stratum: b of a unit is
# a of the next, b of the last is a of the first, so that the variance
# 4/R * sum (t_r - t)^2 of a total is half the sum of squared differences between
# neighbours, last and first included. Row 1 of h (all ones) is left out. The
# order of the PSUs is that of the file (made up: nothing was drawn so).
successive <- function(strata) {
  h <- 2 * hadamard(length(strata) + 1) - 1
  stopifnot(all(h[1, ] == h[1, 1]), nrow(h) > length(strata), abs(crossprod(h) - nrow(h) * diag(nrow(h))) < 1e-9)
  a <- seq_along(strata) + 1
  b <- a
  for (s in unique(strata)) b[strata == s] <- c(a[strata == s][-1], a[strata == s][1])
  1 + 2^(-3 / 2) * (h[a, ] - h[b, ])
}
of_psus <- function(d) {
  first <- !duplicated(d$cluster[, 1])
  list(strata = as.character(d$strata[first, 1]), index = match(d$cluster[, 1], d$cluster[first, 1]))
}
successive_case <- function(name, type) {
  plan <- designs[[name]]
  data <- samples[[plan$data]]
  psus <- of_psus(plan$make(data))
  factors <- successive(psus$strata)
  pw <- if (is.null(plan$roles$weight)) rep(1, nrow(data)) else data[[plan$roles$weight]]
  rep <- svrepdesign(data = data, weights = pw, repweights = factors[psus$index, ], combined.weights = FALSE, type = type)
  y <- rowsum(pw * data$api00, psus$index)[, 1]              # by its definition
  halves <- sapply(split(y, psus$strata), function(t) sum((t - c(t[-1], t[1]))^2) / 2)
  rep$mse <- TRUE
  same(vcov(svytotal(~api00, rep)), sum(halves))
  case(name, sprintf("svrepdesign(type = \"%s\", combined.weights = FALSE)", type), rep)
}


# ---- a file's own replicate weights ----------------------------------------

own <- function(name, factors, combined, type, ...) {
  plan <- designs[[name]]
  data <- samples[[plan$data]]
  pw <- data[[plan$roles$weight]]
  given <- if (combined) factors * pw else factors
  rep <- svrepdesign(data = data, weights = pw, repweights = given, combined.weights = combined, type = type, ...)
  more <- lapply(list(...), function(x) if (length(x) > 1) quote(...) else x)
  told <- paste(c(sprintf("type = \"%s\", combined.weights = %s", type, combined),
                  if (length(more)) sprintf("%s = %s", names(more), sapply(more, deparse))), collapse = ", ")
  case(name, sprintf("svrepdesign(%s)", told), rep)
}
drawn <- function(name, type, ...) {
  plan <- designs[[name]]
  set.seed(1995)
  as.matrix(as.svrepdesign(plan$make(samples[[plan$data]]), type = type, ...)$repweights)
}
rows <- nrow(samples$apiclus1)
unlike <- outer(seq_len(rows), 1:20, function(i, r) 1 + ((i * r) %% 5 - 2) / 10) *    # made up
  drawn("clus1", "subbootstrap", replicates = 20)
uneven <- c(0.05, 0.1, 0, 0.02, 0.2, rep(0.06, 15))                                   # made up


# ---- calibrated replicate weights ------------------------------------------

# known counts: 0.3 of the schools (apistrat2 stands for about so many), those of
# apiclus1 in full; of nhanes the sum of weights by race and sex, raised or lowered
# by rule (made up)
known <- function(data) {
  if (data != "nhanes") return((if (data == "apistrat2") 0.3 else 1) * xtabs(~stype, apipop))
  sums <- xtabs(WTMEC2YR ~ race + RIAGENDR, samples$nhanes)
  sums * (1 + 0.03 * (row(sums) - 2) - 0.02 * col(sums))
}
calibrated <- function(name, type, method, ...) {
  plan <- designs[[name]]
  data <- plan$data
  rep <- suppressWarnings(as.svrepdesign(plan$make(samples[[data]]), type = type, ...))
  formula <- if (data == "nhanes") ~race + RIAGENDR else ~stype
  totals <- (if (data == "apistrat2") 0.3 else 1) * colSums(model.matrix(~stype + api99, apipop))
  fitted <- switch(method,
    post = postStratify(rep, formula, known(data)),
    linear = calibrate(rep, ~stype + api99, totals, compress = FALSE),
    raking = calibrate(rep, ~stype + api99, totals, calfun = "raking", epsilon = 1e-13, maxit = 200, compress = FALSE))
  weights <- if (nrow(fitted$variables) < 300) {
    list(weights = num(fitted$pweights), replicate_weights = num(unname(as.matrix(weights(fitted, "analysis")))))
  }
  cells <- as.data.frame(known(data), stringsAsFactors = FALSE)
  c(list(design = name, data = paste0(data, ".csv"), roles = plan$roles, type = type, method = method,
         known = list(columns = words(names(cells)[-ncol(cells)]),
                      cells = words(apply(cells[-ncol(cells)], 1, paste, collapse = " ")), counts = num(cells$Freq)),
         totals = if (method == "post") NULL else list(names = words(names(totals)), values = num(totals)),
         scale = one(fitted$scale), rscales = num(fitted$rscales)), weights,
    list(degf = one(degf(fitted)), results = results_of(data, fitted)))
}


save_json(list(
  made_by = made_by("replicates.R", c("survey", "jsonlite")),
  cases = list(
    clus1_jk1 = made("clus1", "JK1"), clus1_fpc_jk1 = made("clus1_fpc", "JK1"), clus2_fpc_jk1 = made("clus2_fpc", "JK1"),
    mu284_fpc_jk1 = made("mu284_fpc", "JK1"),
    strat_jkn = made("strat", "JKn"), strat_fpc_jkn = made("strat_fpc", "JKn"),
    strat2_jkn = made("strat2", "JKn"), strat2_fpc_jkn = made("strat2_fpc", "JKn"),
    nhanes_jkn = made("nhanes", "JKn"), scd_jkn = made("scd", "JKn"), scd_fpc_jkn = made("scd_fpc", "JKn"),
    nhanes_brr = made("nhanes", "BRR", large = "merge"), scd_brr = made("scd", "BRR"),
    nhanes_fay = made("nhanes", "Fay", fay.rho = 0.3, large = "merge"), scd_fay = made("scd", "Fay", fay.rho = 0.3),
    clus1_bootstrap = made("clus1", "bootstrap", replicates = 40),
    clus1_fpc_bootstrap = made("clus1_fpc", "bootstrap", replicates = 40),
    strat2_bootstrap = made("strat2", "bootstrap", replicates = 40),
    clus1_subbootstrap = made("clus1", "subbootstrap", replicates = 40),
    strat2_subbootstrap = made("strat2", "subbootstrap", replicates = 40),
    nhanes_subbootstrap = made("nhanes", "subbootstrap", replicates = 40),
    clus1_successive = successive_case("clus1", "successive-difference"),
    strat2_successive = successive_case("strat2", "ACS"),
    strat2_own_factors = own("strat2", drawn("strat2", "JKn"), FALSE, "JK1", scale = 0.8),
    strat2_own_brr = own("strat2", drawn("strat2", "subbootstrap", replicates = 24), TRUE, "BRR"),
    strat2_own_fay = own("strat2", drawn("strat2", "subbootstrap", replicates = 24), TRUE, "Fay", rho = 0.4),
    clus1_own_bootstrap = own("clus1", drawn("clus1", "subbootstrap", replicates = 30), TRUE, "bootstrap",
                              bootstrap.average = 5),
    clus1_own_other = own("clus1", unlike, TRUE, "other", scale = 0.9, rscales = uneven)),
  calibrated = list(
    strat2_post = calibrated("strat2", "JKn", "post"), strat2_linear = calibrated("strat2", "JKn", "linear"),
    strat2_raking = calibrated("strat2", "JKn", "raking"), clus1_post = calibrated("clus1_fpc", "JK1", "post"),
    nhanes_post = calibrated("nhanes", "JKn", "post"), nhanes_fay_post = calibrated("nhanes", "Fay", "post",
                                                                                 fay.rho = 0.3, large = "merge"))),
  "replicates.json")
