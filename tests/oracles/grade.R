# The normal hierarchical model and DerSimonian and Laird's spread, by R's metafor. Run in this folder:
# Rscript --vanilla grade.R
# Writes: grade.json
# Schools: Rubin (1981), the eight schools. Made up: 9 units with unequal errors, alone and with errors in common.

source("exact.R")
suppressMessages(library(metafor))

# Given tau² metafor's REML likelihood is that of y with a flat mean integrated, but for a constant, and its BLUPs
# are the posterior means and standard deviations of the true values.
given_tau <- function(y, v, tau) {
  fits <- lapply(tau, function(t) rma(y, v, tau2 = t^2, method = "REML", control = list(tol = 1e-12)))
  list(tau = num(tau),
       mean = num(vapply(fits, function(f) as.numeric(f$beta), 0)),
       log_density = num(vapply(fits, function(f) as.numeric(logLik(f)), 0)),
       true = num(t(vapply(fits, function(f) blup(f)$pred, y))),
       sd = num(t(vapply(fits, function(f) blup(f)$se, y))))
}

# With errors in common: the mean plus the predicted random effects.
given_tau_in_common <- function(y, V, tau) {
  id <- seq_along(y)
  fits <- lapply(tau, function(t) rma.mv(y, V, random = ~ 1 | id, sigma2 = t^2, method = "REML"))
  list(tau = num(tau), cov = num(V),
       mean = num(vapply(fits, function(f) as.numeric(f$beta), 0)),
       log_density = num(vapply(fits, function(f) as.numeric(logLik(f)), 0)),
       true = num(t(vapply(fits, function(f) as.numeric(f$beta) + ranef(f)$id$intrcpt, y))))
}

spread <- function(y, v) {
  fit <- rma(y, v, method = "DL")
  list(tau2 = one(fit$tau2), mean = one(rma(y, v, method = "EE")$beta))
}

schools <- list(y = c(28, 8, -3, 7, -1, 1, 18, 12), v = c(15, 10, 16, 11, 9, 11, 10, 18)^2)
made_up <- list(y = c(91.2, 88.4, 86.9, 84.1, 83.8, 80.2, 78.8, 77.1, 70.5), v = c(1, 4, 2, 3, 9, 1, 2, 5, 4))
common <- diag(made_up$v) + 0.8 * outer(sqrt(made_up$v), sqrt(made_up$v)) + outer(1:9, 1:9) / 20

case <- function(data, tau) list(y = num(data$y), v = num(data$v), given_tau = given_tau(data$y, data$v, tau),
                                 spread = spread(data$y, data$v))
save_json(list(made_by = made_by("grade.R", c("metafor", "jsonlite")),
               schools = case(schools, c(2, 5, 10, 25)), made_up = case(made_up, c(1, 6, 20)),
               in_common = given_tau_in_common(made_up$y, common, c(1, 6, 20))), "grade.json")
