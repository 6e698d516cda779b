# Weights calibrated to known counts and totals, and what they do to estimates
# and their covariances: postStratify(), rake(), calibrate(), trimWeights() of R's
# `survey` on data(api); and response propensity by glm() and svyglm().
# Run in this folder, after survey_api.R:  Rscript --vanilla calibration.R
# Writes: calibration.json (reads apistrat.csv apiclus1.csv apiclus2.csv apistrat2.csv)

suppressMessages(library(survey))
source("exact.R")
options(survey.lonely.psu = "fail", survey.ultimate.cluster = FALSE)
data(api)

same <- function(a, b, tolerance = 1e-10) {
  stopifnot(length(a) == length(b), isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))
}


# ---- data ------------------------------------------------------------------

# the samples of survey_api.R, with further columns of the same schools
EXTRA <- c("sch.wide", "awards", "meals")
with_extra <- function(name) {
  data <- read.csv(paste0(name, ".csv"), colClasses = c(cds = "character"))
  cbind(data, apipop[match(data$cds, apipop$cds), EXTRA])
}
samples <- lapply(c(apistrat = "apistrat", apiclus1 = "apiclus1", apiclus2 = "apiclus2", apistrat2 = "apistrat2"),
                  with_extra)

designs <- list(
  strat = list(data = "apistrat", roles = list(weight = "pw", stratum = "stype", psu = NULL, population = words("fpc")),
    make = function(d) svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = d)),
  clus1 = list(data = "apiclus1", roles = list(weight = "pw", stratum = NULL, psu = words("dnum"), population = words("fpc")),
    make = function(d) svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = d)),
  clus2 = list(data = "apiclus2", roles = list(weight = "weight", stratum = NULL, psu = words(c("dnum", "snum")),
                                               population = words(c("fpc1", "fpc2"))),
    make = function(d) svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = d)),
  strat2 = list(data = "apistrat2", roles = list(weight = "weight_adj", stratum = "stratum", psu = words(c("psu", "ssu")),
                                                 population = words(c("fpc1", "fpc2"))),
    make = function(d) svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight_adj, fpc = ~fpc1 + fpc2,
                                 nest = TRUE, data = d)))


# ---- what is known of the 6194 schools -------------------------------------

# apistrat2 has about 0.3 of their weight: totals of that share are made up for it (SHARE)
pop <- apipop
SHARE <- 1
sums <- function(formula) SHARE * colSums(model.matrix(formula, pop))
counts <- function(formula) SHARE * xtabs(formula, pop)
tight <- list(maxit = 2000, epsilon = 1e-12)        # rake() counts an epsilon below 1 as a share of all weights
calibrated <- function(d, formula, ...) {
  calibrate(d, formula, sums(formula), epsilon = 1e-13, maxit = 200, ...)
}
methods <- list(
  post = list(r = "postStratify(d, ~stype, xtabs(~stype, apipop))",
    make = function(d) postStratify(d, ~stype, counts(~stype))),
  post2 = list(r = "postStratify(d, ~stype+sch.wide, xtabs(~stype+sch.wide, apipop))",
    make = function(d) postStratify(d, ~stype + sch.wide, counts(~stype + sch.wide))),
  rake = list(r = "rake(d, list(~stype, ~sch.wide), ...)",
    make = function(d) rake(d, list(~stype, ~sch.wide), list(counts(~stype), counts(~sch.wide)), tight)),
  rake2 = list(r = "rake(d, list(~stype, ~sch.wide+awards), ...)",
    make = function(d) rake(d, list(~stype, ~sch.wide + awards),
                            list(counts(~stype), counts(~sch.wide + awards)), tight)),
  raking_margins = list(r = "calibrate(d, ~stype+sch.wide, calfun = \"raking\")",
    make = function(d) calibrated(d, ~stype + sch.wide, calfun = "raking")),
  linear = list(r = "calibrate(d, ~api99)", make = function(d) calibrate(d, ~api99, sums(~api99))),
  linear2 = list(r = "calibrate(d, ~stype+api99+meals)",
    make = function(d) calibrate(d, ~stype + api99 + meals, sums(~stype + api99 + meals))),
  raking = list(r = "calibrate(d, ~stype+api99, calfun = \"raking\")",
    make = function(d) calibrated(d, ~stype + api99, calfun = "raking")))

# bounds at which some weights stop, of each sample
LIMITS <- list(apistrat = c(0.97, 1.035), apiclus1 = c(0.6, 1.6), apiclus2 = c(0.87, 1.4), apistrat2 = c(0.55, 1.5))
bounded <- function(calfun, bounds) {
  list(r = sprintf("calibrate(d, ~stype+api99, calfun = \"%s\", bounds = c(%g, %g))", calfun, bounds[1], bounds[2]),
       bounds = bounds, make = function(d) calibrated(d, ~stype + api99, calfun = calfun, bounds = bounds))
}
with_bounds <- function(bounds) {
  list(linear_bounds = bounded("linear", bounds), raking_bounds = bounded("raking", bounds),
       logit = bounded("logit", bounds))
}


# ---- estimates -------------------------------------------------------------

# tops and bottoms: columns of values, 0 where a row does not count
part <- function(d, variables, by, ratio_to = NULL, total = FALSE) {
  v <- d$variables
  domains <- if (is.null(by)) "" else sort(unique(as.character(v[[by]])))
  cells <- expand.grid(variable = variables, domain = domains, stringsAsFactors = FALSE)
  w <- 1 / d$prob
  values <- lapply(seq_len(nrow(cells)), function(j) {
    top <- v[[cells$variable[j]]]
    bottom <- if (is.null(ratio_to)) rep(1, nrow(v)) else v[[ratio_to]]
    inside <- !is.na(top) & !is.na(bottom) & (is.null(by) | v[[if (is.null(by)) "stype" else by]] == cells$domain[j])
    top[!inside] <- 0
    bottom[!inside] <- 0
    if (total) return(list(estimate = sum(w * top), influence = w * top))
    estimate <- sum(w * top) / sum(w * bottom)
    list(estimate = estimate, influence = w * (top - estimate * bottom) / sum(w * bottom))
  })
  influence <- sapply(values, function(one) one$influence)
  vcov <- svyrecvar(influence, d$cluster, d$strata, d$fpc, postStrata = d$postStrata)
  list(domain = words(cells$domain), variable = words(cells$variable),
       estimate = num(sapply(values, function(one) one$estimate)), vcov = num(unname(as.matrix(vcov))))
}

answers <- function(d) {
  out <- list(
    mean = part(d, c("api00", "enroll"), NULL), mean_na = part(d, "api99_na", NULL),
    total = part(d, c("api00", "enroll"), NULL, total = TRUE),
    ratio = part(d, "api00", NULL, ratio_to = "meals"),
    mean_by = part(d, c("api00", "api99_na", "enroll"), "stype"),
    total_by = part(d, c("api00", "enroll"), "awards", total = TRUE))
  # svymean(), svytotal() and svyratio() themselves, on the design and on parts of it, must agree
  check <- function(found, stat, at = 1) {
    same(numbers(found$estimate)[at], coef(stat))
    v <- numbers(found$vcov)
    same((if (is.matrix(v)) v[at, at] else v), vcov(stat), 1e-9)
  }
  check(out$mean, svymean(~api00, d))
  check(out$mean_na, svymean(~api99_na, d, na.rm = TRUE))
  check(out$mean, svymean(~enroll, d, na.rm = TRUE), 2)
  check(out$total, svytotal(~enroll, d, na.rm = TRUE), 2)
  check(out$ratio, svyratio(~api00, ~meals, d))
  for (i in 1:3) {
    here <- subset(d, stype == c("E", "H", "M")[i])
    check(out$mean_by, svymean(~api99_na, here, na.rm = TRUE), 3 * i - 1)
    check(out$mean_by, svymean(~enroll, here, na.rm = TRUE), 3 * i)
  }
  check(out$total_by, svytotal(~enroll, subset(d, awards == "Yes"), na.rm = TRUE), 4)
  out
}

answer <- function(plan) {
  SHARE <<- if (plan$data == "apistrat2") 0.3 else 1
  d <- plan$make(samples[[plan$data]])
  methods <- c(methods, with_bounds(LIMITS[[plan$data]]))
  c(list(data = paste0(plan$data, ".csv"), roles = plan$roles, share = one(SHARE)),
    list(methods = lapply(methods, function(method) {
      found <- method$make(d)
      c(list(r = method$r), if (!is.null(method$bounds)) list(bounds = num(method$bounds)),
        list(weights = num(weights(found))), answers(found))
    })))
}


# ---- trimmed weights -------------------------------------------------------

trimmed <- function(lower, upper, strict) {
  d <- designs$strat2$make(samples$apistrat2)
  list(r = sprintf("trimWeights(d, lower = %g, upper = %g, strict = %s)", lower, upper, strict),
       lower = one(lower), upper = one(upper), strict = strict,
       weights = num(weights(trimWeights(d, lower = lower, upper = upper, strict = strict))))
}


# ---- response propensity ---------------------------------------------------

asked <- samples$apistrat
asked$responded <- as.integer(asked$row %% 5 %in% c(0, 1, 3) | (asked$sch.wide == "No" & asked$row %% 7 == 2))
exactly <- glm.control(epsilon = 1e-15, maxit = 100)
plain <- glm(responded ~ stype + sch.wide + api99, binomial, asked, control = exactly)
weighted <- suppressWarnings(svyglm(responded ~ stype + sch.wide + api99, designs$strat$make(asked),
                                    family = quasibinomial(), control = exactly))
of_model <- function(r, m) list(r = r, names = words(names(coef(m))), coefficients = num(coef(m)), fitted = num(fitted(m)))


save_json(list(
  made_by = made_by("calibration.R", c("survey", "jsonlite")),
  columns = lapply(samples, function(data) list(sch.wide = words(data$sch.wide), awards = words(data$awards),
                                                meals = num(data$meals))),
  population = list(
    rows = one(nrow(pop)), api99 = one(sum(pop$api99)), meals = one(sum(pop$meals)),
    stype = as.list(sapply(table(pop$stype), one, simplify = FALSE)),
    sch.wide = as.list(sapply(table(pop$sch.wide), one, simplify = FALSE)),
    stype_sch.wide = as.list(sapply(table(paste(pop$stype, pop$sch.wide)), one, simplify = FALSE)),
    sch.wide_awards = as.list(sapply(table(paste(pop$sch.wide, pop$awards)), one, simplify = FALSE))),
  designs = lapply(designs, answer),
  trimmed = list(both = trimmed(15, 60, FALSE), strict = trimmed(15, 60, TRUE), above = trimmed(0, 45, TRUE)),
  propensity = list(responded = num(asked$responded),
                    glm = of_model("glm(responded ~ stype + sch.wide + api99, binomial)", plain),
                    svyglm = of_model("svyglm(responded ~ stype + sch.wide + api99, quasibinomial())", weighted))),
  "calibration.json")
