# Estimates by domain with all their covariances, from influence values or from
# replicate weights, for the scripts of estimation. Checked there against
# svymean(), svytotal(), svyratio() and svyby() themselves.

suppressMessages(library(survey))
source("exact.R")
options(survey.lonely.psu = "fail", survey.ultimate.cluster = FALSE)

same <- function(a, b, tolerance = 1e-10) {
  stopifnot(length(a) == length(b), isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))
}

domains_of <- function(v, by) {
  if (is.null(by)) return(factor(rep("", nrow(v))))
  values <- lapply(v[by], function(x) factor(x, levels = sort(unique(x))))
  interaction(rev(values), sep = " ", lex.order = FALSE, drop = TRUE)   # first column slowest
}

# One column for each domain and variable (domain by domain, variables inside):
# tops and bottoms, 0 where the row does not count. The kinds:
#   mean   each over its own valid rows    ratio   variable / ratio_to, rows valid in both
#   total  a missing value adds nothing    share   of each value of one column
cells <- function(v, kind, variables, by = NULL, ratio_to = NULL) {
  columns <- if (kind == "share") {
    values <- sort(unique(v[[variables]]))
    setNames(lapply(values, function(x) as.numeric(v[[variables]] == x)), values)
  } else v[variables]
  domain <- domains_of(v, by)
  labels <- if (is.null(by)) "" else sapply(levels(domain), function(l) {
    paste(v[match(l, domain), by], collapse = " ")
  })
  grid <- expand.grid(variable = names(columns), domain = levels(domain), stringsAsFactors = FALSE)
  columns_of <- function(j) {
    top <- as.numeric(columns[[grid$variable[j]]])
    bottom <- if (is.null(ratio_to)) rep(1, nrow(v)) else as.numeric(v[[ratio_to]])
    inside <- !is.na(top) & !is.na(bottom) & domain == grid$domain[j]
    list(top = ifelse(inside, top, 0), bottom = ifelse(inside, bottom, 0), inside = inside)
  }
  all <- lapply(seq_len(nrow(grid)), columns_of)
  variable <- if (is.null(ratio_to)) grid$variable else paste0(grid$variable, "/", ratio_to)
  list(kind = kind, columns = c(variables, ratio_to), by = by, variable = variable,
       domain = unname(labels[match(grid$domain, levels(domain))]),
       tops = sapply(all, `[[`, "top"), bottoms = sapply(all, `[[`, "bottom"), inside = sapply(all, `[[`, "inside"))
}

thetas <- function(cell, w) {
  top <- colSums(w * cell$tops)
  if (cell$kind == "total") top else top / colSums(w * cell$bottoms)
}

named <- function(cell, estimate, ...) {
  list(kind = cell$kind, columns = words(cell$columns), by = if (is.null(cell$by)) NULL else words(cell$by),
       domain = words(cell$domain), variable = words(cell$variable), estimate = num(estimate), ...)
}

whole_or <- function(d, inside) if (all(inside)) d else d[inside, ]

degrees <- function(d, cell) num(apply(cell$inside, 2, function(inside) degf(whole_or(d, inside))))

influences <- function(d, cell) {
  w <- 1 / d$prob
  if (cell$kind == "total") return(w * cell$tops)
  estimate <- thetas(cell, w)
  w * (cell$tops - sweep(cell$bottoms, 2, estimate, "*")) / rep(colSums(w * cell$bottoms), each = length(w))
}

linearised <- function(d, ...) {
  cell <- cells(d$variables, ...)
  vcov <- svyrecvar(influences(d, cell), d$cluster, d$strata, d$fpc, postStrata = d$postStrata)
  named(cell, thetas(cell, 1 / d$prob), vcov = num(unname(as.matrix(vcov))), degf = degrees(d, cell))
}

# vcov around the mean of the replicates, vcov_mse around the estimate
replicated <- function(d, ..., degf = TRUE) {
  cell <- cells(d$variables, ...)
  weights <- as.matrix(weights(d, "analysis"))
  estimate <- thetas(cell, d$pweights)
  each <- matrix(apply(weights, 2, function(w) thetas(cell, w)), ncol = ncol(weights))
  v <- function(mse) {
    found <- svrVar(t(each), d$scale, d$rscales, mse = mse, coef = estimate)
    num(unname(matrix(as.vector(found), length(estimate))))
  }
  named(cell, estimate, vcov = v(FALSE), vcov_mse = v(TRUE), degf = if (degf) degrees(d, cell))
}

# what R's own functions say of it, on rows with all values (by domain: svyby())
agrees <- function(found, stat, which = "vcov", tolerance = 1e-10) {
  same(numbers(found$estimate), coef(stat), tolerance)
  same(numbers(found[[which]]), vcov(stat), tolerance)
}
