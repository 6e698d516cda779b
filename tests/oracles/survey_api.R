# Estimates, standard errors, covariances and degrees of freedom from R's
# `survey`, on its California school data (data(api)).
# Run in this folder:  Rscript --vanilla survey_api.R
# Writes: apistrat.csv apiclus1.csv apiclus2.csv apistrat2.csv survey_api.json

suppressMessages(library(survey))
source("exact.R")
options(survey.lonely.psu = "fail", survey.ultimate.cluster = FALSE)
data(api)


# ---- data ------------------------------------------------------------------

# Item nonresponse: rows (counted from 1, in file order) with row %% 7 == 3.
blank_some <- function(data) {
  data$row <- seq_len(nrow(data))
  data$api99_na <- ifelse(data$row %% 7 == 3, NA, data$api99)
  data
}

apistrat <- blank_some(apistrat)
apiclus1 <- blank_some(apiclus1)
apiclus2 <- blank_some(apiclus2)
apiclus2$fpc2 <- as.vector(apiclus2$fpc2)
apiclus2$weight <- as.vector(weights(svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)))

# A stratified two-stage sample, built from apipop by rule alone:
# strata are the districts with odd and with even dnum; in dnum order, every 38th
# district from the 8th in "odd" (10 of 379) and every 54th from the 17th in
# "even" (7 of 378) is a PSU. The strata are *declared* to hold 60 and 35
# districts (made up, so that the finite population matters).
# Within a district of M schools, sorted by cds: all if M <= 3, otherwise
# m = ceiling(M / 2), at most 6, at positions floor((j - 1/2) * M / m) + 1.
# PSU ids 1, 2, ... repeat across strata and SSU ids 1, 2, ... across PSUs.
pick_district <- function(stratum, psu, dnum, declared) {
  schools <- apipop[apipop$dnum == dnum, ]
  schools <- schools[order(schools$cds, method = "radix"), ]
  M <- nrow(schools)
  m <- if (M <= 3) M else min(6, ceiling(M / 2))
  take <- floor((seq_len(m) - 0.5) * M / m) + 1
  data.frame(stratum = stratum, psu = psu, ssu = seq_len(m),
             schools[take, c("cds", "dnum", "snum", "stype", "api00", "api99", "enroll")],
             fpc1 = declared, fpc2 = M)
}
pick_stratum <- function(stratum, remainder, first, step, declared) {
  districts <- sort(unique(apipop$dnum))
  districts <- districts[districts %% 2 == remainder]
  chosen <- districts[seq(first, length(districts), by = step)]
  do.call(rbind, lapply(seq_along(chosen), function(i) pick_district(stratum, i, chosen[i], declared)))
}
apistrat2 <- rbind(pick_stratum("odd", 1, 8, 38, 60), pick_stratum("even", 0, 17, 54, 35))
apistrat2 <- blank_some(apistrat2)
apistrat2$weight <- as.vector(weights(svydesign(id = ~psu + ssu, strata = ~stratum, fpc = ~fpc1 + fpc2,
                                                nest = TRUE, data = apistrat2)))
# weights as after a nonresponse adjustment: no longer the product of the fractions
apistrat2$weight_adj <- apistrat2$weight * (1 + 0.15 * (apistrat2$row %% 4))

save_csv(apistrat[c("row", "cds", "stype", "dnum", "snum", "pw", "fpc", "api00", "api99", "api99_na", "enroll")],
         "apistrat.csv")
save_csv(apiclus1[c("row", "cds", "stype", "dnum", "snum", "pw", "fpc", "api00", "api99", "api99_na", "enroll")],
         "apiclus1.csv")
save_csv(apiclus2[c("row", "cds", "stype", "dnum", "snum", "pw", "weight", "fpc1", "fpc2", "api00", "api99",
                    "api99_na", "enroll")],
         "apiclus2.csv")
save_csv(apistrat2[c("row", "cds", "stype", "stratum", "psu", "ssu", "dnum", "snum", "weight", "weight_adj",
                     "fpc1", "fpc2", "api00", "api99", "api99_na", "enroll")],
         "apistrat2.csv")


# ---- designs ---------------------------------------------------------------

designs <- list(
  srs = list(
    data = "apistrat", roles = list(weight = "pw", stratum = NULL, psu = NULL, population = NULL),
    call = quote(svydesign(id = ~1, weights = ~pw, data = apistrat))),
  strat_fpc = list(
    data = "apistrat", roles = list(weight = "pw", stratum = "stype", psu = NULL, population = words("fpc")),
    call = quote(svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat))),
  strat_nofpc = list(
    data = "apistrat", roles = list(weight = "pw", stratum = "stype", psu = NULL, population = NULL),
    call = quote(svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat))),
  clus1_fpc = list(
    data = "apiclus1", roles = list(weight = "pw", stratum = NULL, psu = words("dnum"), population = words("fpc")),
    call = quote(svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1))),
  clus1_nofpc = list(
    data = "apiclus1", roles = list(weight = "pw", stratum = NULL, psu = words("dnum"), population = NULL),
    call = quote(svydesign(id = ~dnum, weights = ~pw, data = apiclus1))),
  clus2_fpc = list(
    data = "apiclus2", roles = list(weight = "weight", stratum = NULL, psu = words(c("dnum", "snum")),
                                    population = words(c("fpc1", "fpc2"))),
    call = quote(svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2))),
  clus2_nofpc = list(
    data = "apiclus2", roles = list(weight = "weight", stratum = NULL, psu = words("dnum"), population = NULL),
    call = quote(svydesign(id = ~dnum, weights = ~weight, data = apiclus2))),
  strat2_fpc = list(
    data = "apistrat2", roles = list(weight = "weight", stratum = "stratum", psu = words(c("psu", "ssu")),
                                     population = words(c("fpc1", "fpc2"))),
    call = quote(svydesign(id = ~psu + ssu, strata = ~stratum, fpc = ~fpc1 + fpc2, nest = TRUE, data = apistrat2))),
  strat2_adj = list(
    data = "apistrat2", roles = list(weight = "weight_adj", stratum = "stratum", psu = words(c("psu", "ssu")),
                                     population = words(c("fpc1", "fpc2"))),
    call = quote(svydesign(id = ~psu + ssu, strata = ~stratum, weights = ~weight_adj, fpc = ~fpc1 + fpc2,
                           nest = TRUE, data = apistrat2))),
  strat2_nofpc = list(
    data = "apistrat2", roles = list(weight = "weight_adj", stratum = "stratum", psu = words("psu"),
                                     population = NULL),
    call = quote(svydesign(id = ~psu, strata = ~stratum, weights = ~weight_adj, nest = TRUE, data = apistrat2))))


# ---- estimates -------------------------------------------------------------

same <- function(a, b, tolerance = 1e-10) {
  stopifnot(length(a) == length(b), isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))
}

result <- function(r, domain, variable, estimate, vcov) {
  vcov <- unname(as.matrix(vcov))
  estimate <- as.vector(estimate)
  stopifnot(length(estimate) == nrow(vcov), length(variable) == length(estimate))
  list(r = r, domain = if (is.null(domain)) NULL else words(domain), variable = words(variable),
       estimate = num(estimate), se = num(sqrt(diag(vcov))), vcov = num(vcov))
}

of_whole <- function(r, stat, variable) result(r, NULL, variable, coef(stat), vcov(stat))

TYPES <- c("E", "H", "M")

# Ratios sum(w d num) / sum(w d den) over rows with keep, one for each pair of
# domain and variable (variable-major, the order of coef(svyby(...))), with all
# covariances. Two ways that must agree: svyratio(covmat = TRUE) on columns set
# to zero outside the domain, and svyrecvar() on the influence values.
by_type <- function(r, design, num, den = NULL, keep = NULL) {
  data <- design$variables
  cells <- expand.grid(domain = TYPES, variable = names(num), stringsAsFactors = FALSE)
  k <- nrow(cells)
  tops <- bottoms <- matrix(0, nrow(data), k, dimnames = list(NULL, paste(cells$domain, cells$variable)))
  for (j in seq_len(k)) {
    top <- num[[cells$variable[j]]]
    bottom <- if (is.null(den)) rep(1, nrow(data)) else den[[cells$variable[j]]]
    inside <- data$stype == cells$domain[j] & !is.na(top) & !is.na(bottom)
    if (!is.null(keep)) inside <- inside & keep
    tops[inside, j] <- top[inside]
    bottoms[inside, j] <- bottom[inside]
  }
  w <- 1 / design$prob
  estimate <- colSums(w * tops) / colSums(w * bottoms)
  influence <- w * (tops - sweep(bottoms, 2, estimate, "*")) / rep(colSums(w * bottoms), each = nrow(data))
  vcov <- svyrecvar(influence, design$cluster, design$strata, design$fpc)

  pairs <- svyratio(tops, bottoms, design, covmat = TRUE)   # every top over every bottom
  own <- (seq_len(k) - 1) * k + seq_len(k)                  # tops run fastest
  same(estimate, as.vector(pairs$ratio)[own])
  same(vcov, pairs$vcov[own, own])
  result(r, cells$domain, cells$variable, estimate, vcov)
}

# svyby must give the same, covariances between domains included. In 4.1.1
# svyby(na.rm = TRUE, covmat = TRUE) stops when values are missing, so it is asked
# twice: with na.rm = TRUE for estimates and standard errors, and on the design
# without the incomplete rows for the covariances.
check_svyby <- function(found, formula, design, FUN, ...) {
  with_na <- svyby(formula, ~stype, design, FUN, na.rm = TRUE, ...)
  same(numbers(found$estimate), coef(with_na))
  same(numbers(found$se), unlist(SE(with_na)))
  complete <- complete.cases(design$variables[all.vars(formula)])
  whole <- svyby(formula, ~stype, design[complete, ], FUN, covmat = TRUE, ...)
  same(numbers(found$estimate), coef(whole))
  same(numbers(found$vcov), vcov(whole))
}

count <- function(design) {
  list(n = one(nrow(design)), psus = one(length(unique(design$cluster[, 1]))),
       strata = one(length(unique(design$strata[, 1]))), degf = one(degf(design)))
}

estimates <- function(d) {
  v <- d$variables
  out <- list(
    mean = of_whole("svymean(~api00+api99)", svymean(~api00 + api99, d), c("api00", "api99")),
    mean_na = of_whole("svymean(~api99_na, na.rm=TRUE)", svymean(~api99_na, d, na.rm = TRUE), "api99_na"),
    total = of_whole("svytotal(~enroll, na.rm=TRUE)", svytotal(~enroll, d, na.rm = TRUE), "enroll"),
    share = of_whole("svymean(~factor(stype))", svymean(~factor(stype), d), TYPES))

  ratio <- svyratio(~api00, ~api99, d)
  out$ratio <- result("svyratio(~api00, ~api99)", NULL, "api00/api99", coef(ratio), vcov(ratio))

  out$mean_by <- by_type("svymean(~api00) by stype", d, v["api00"])
  check_svyby(out$mean_by, ~api00, d, svymean)

  out$mean_na_by <- by_type("svymean(~api99_na, na.rm=TRUE) by stype", d, v["api99_na"])
  check_svyby(out$mean_na_by, ~api99_na, d, svymean)

  parts <- sapply(TYPES, function(t) ifelse(v$stype == t & !is.na(v$enroll), v$enroll, 0))
  total <- svytotal(parts, d)
  out$total_by <- result("svytotal(~enroll, na.rm=TRUE) by stype", TYPES, rep("enroll", 3), coef(total), vcov(total))
  check_svyby(out$total_by, ~enroll, d, svytotal)

  out$ratio_by <- by_type("svyratio(~api00, ~api99) by stype", d, list(`api00/api99` = v$api00),
                          list(`api00/api99` = v$api99))
  check_svyby(out$ratio_by, ~api00, d, svyratio, denominator = ~api99)

  # listwise: a row with any of the three missing is dropped from all three, as svymean(na.rm=TRUE) does
  complete <- complete.cases(v[c("api00", "api99", "enroll")])
  out$joint_by <- by_type("svymean(~api00+api99+enroll, na.rm=TRUE) by stype, listwise", d,
                          v[c("api00", "api99", "enroll")], keep = complete)
  check_svyby(out$joint_by, ~api00 + api99 + enroll, d, svymean)

  # each mean over its own valid rows
  out$joint_own_by <- by_type("as three svyby calls (api00; api99_na; enroll), each na.rm=TRUE on its own rows", d,
                              v[c("api00", "api99_na", "enroll")])
  own <- function(field, at) {
    x <- numbers(out$joint_own_by[[field]])
    if (is.matrix(x)) x[at, at] else x[at]
  }
  for (i in 1:3) {
    at <- 3 * (i - 1) + 1:3
    part <- lapply(c(estimate = "estimate", se = "se", vcov = "vcov"), function(field) num(own(field, at)))
    check_svyby(part, reformulate(c("api00", "api99_na", "enroll")[i]), d, svymean)
  }
  out
}

answer <- function(plan) {
  d <- eval(plan$call)
  same(weights(d), get(plan$data)[[plan$roles$weight]])
  subset_to <- function(rows) d[rows, ]
  valid <- !is.na(d$variables$api99_na)
  type <- d$variables$stype
  each <- function(rows) setNames(lapply(TYPES, function(t) count(subset_to(type == t & rows))), TYPES)
  c(list(data = paste0(plan$data, ".csv"), r = paste(trimws(deparse(plan$call)), collapse = " "), roles = plan$roles),
    list(counts = list(all = count(d), api99_na = count(subset_to(valid)),
                       stype = each(TRUE), stype_api99_na = each(valid))),
    estimates(d))
}

pw_gap <- max(abs(apiclus2$pw / apiclus2$weight - 1))
stopifnot(pw_gap < 1e-14)   # pw of apiclus2 is the weight from the counts: no design of its own

save_json(list(
  made_by = made_by("survey_api.R", c("survey", "jsonlite")),
  options = list(survey.lonely.psu = "fail", survey.ultimate.cluster = FALSE),
  notes = words(c(
    "vcov rows and columns follow domain/variable; by-results are variable-major (E, H, M of the first variable, then of the next)",
    "api99_na is api99 with rows row %% 7 == 3 blank",
    "by-results: svyrecvar() on influence values, equal to svyratio(covmat = TRUE) and to svyby(covmat = TRUE) within 1e-10")),
  apiclus2_pw_max_relative_gap = one(pw_gap),
  designs = lapply(designs, answer)), "survey_api.json")
