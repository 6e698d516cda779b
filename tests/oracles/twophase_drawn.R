# Two phases: R's twophase(method = "full") and the estimator of Särndal, Swensson and Wretman (1992,
# result 9.3.1) by its double sum, on samples that sampling.draw drew.
# Run in this folder:  Rscript --vanilla twophase_drawn.R
# Reads: twophase_drawn.csv (written by twophase_drawn.py)      Writes: twophase_drawn.json

suppressMessages(library(survey))
source("exact.R")
data <- read.csv("twophase_drawn.csv", stringsAsFactors = FALSE)


# ---- the double sum ----------------------------------------------------------

# Joint inclusion probabilities of simple random samples of n of N in strata (clusters inside: taken whole).
joint <- function(stratum, n, N, unit) {
  p <- outer(seq_along(unit), seq_along(unit), function(i, j) {
    same <- unit[i] == unit[j]
    inside <- stratum[i] == stratum[j]
    ifelse(same, n[i] / N[i], ifelse(inside, n[i] * (n[i] - 1) / (N[i] * (N[i] - 1)), n[i] * n[j] / (N[i] * N[j])))
  })
  p
}

# Covariance of the totals of the columns of y (rows: the second phase's units).
double_sum <- function(p1, p2, y) {
  a <- diag(p1); b <- diag(p2); star <- p1 * p2
  first <- (p1 - outer(a, a)) / star
  second <- (p2 - outer(b, b)) / p2
  e <- y / a
  f <- y / (a * b)
  t(e) %*% first %*% e + t(f) %*% second %*% f
}

# Influence values of the total and the mean of y in each domain, each with weights 1 / prob.
linearised <- function(rows, weight, domains) {
  total <- sapply(domains, function(d) rows$y * d)
  means <- sapply(domains, function(d) sum(weight * rows$y * d) / sum(weight * d))
  list(total = total, means = means,
       mean = sapply(seq_along(domains), function(k) (rows$y - means[k]) * domains[[k]] / sum(weight * domains[[k]])))
}

answer <- function(name) {
  part <- data[data$design == name, ]
  rows <- part[part$drawn == 1, ]
  cluster <- name == "clusters"
  unit <- if (cluster) part$town else part$id
  stratum <- if (name %in% c("srs", "clusters")) rep("", nrow(part)) else part$county
  n <- ave(as.numeric(factor(unit)), stratum, FUN = function(u) length(unique(u)))
  at <- match(rows$id, part$id)
  p1 <- joint(stratum, n, part$population, unit)[at, at]
  came <- ave(part$drawn, part$phase_stratum, FUN = sum)
  all <- ave(part$drawn, part$phase_stratum, FUN = length)
  p2 <- joint(part$phase_stratum, came, all, part$id)[at, at]
  weight <- 1 / (diag(p1) * diag(p2))
  domains <- list(rep(1, nrow(rows)), as.numeric(rows$town %% 2 == 0), as.numeric(rows$county == "z"))
  z <- linearised(rows, weight, domains)
  v_total <- double_sum(p1, p2, z$total)
  v_mean <- double_sum(p1, p2, z$mean)

  # R's own, where it can: the first phase without strata (see twophase.R), or a sum over strata.
  part$stratum <- stratum
  part$came <- part$drawn == 1
  part$unit <- unit
  groups <- if (name == "strata") split(part, part$county) else list(part)
  own <- NULL
  if (name %in% c("srs", "strata", "clusters")) {
    sums <- lapply(groups, function(g) {
      d <- twophase(id = list(~unit, ~id), strata = list(NULL, ~phase_stratum), fpc = list(~population, NULL),
                    subset = ~came, data = g, method = "full")
      g <- d$phase1$sample$variables
      inside <- match(g$id, rows$id)
      list(total = coef(svytotal(z$total[inside, ], d)), v_total = vcov(svytotal(z$total[inside, ], d)),
           v_mean = vcov(svytotal(z$mean[inside, ], d)))
    })
    own <- list(total = Reduce(`+`, lapply(sums, `[[`, "total")),
                v_total = unname(Reduce(`+`, lapply(sums, `[[`, "v_total"))),
                v_mean = unname(Reduce(`+`, lapply(sums, `[[`, "v_mean"))))
    stopifnot(all.equal(unname(own$total), colSums(weight * z$total), tolerance = 1e-12))
    own <- lapply(own, function(m) matrix(m, ncol = ncol(z$total)))
    print(c(name, max(abs(own$v_total / v_total - 1)), max(abs(own$v_mean / v_mean - 1))))
    stopifnot(all.equal(own$v_total, v_total, tolerance = 1e-10, check.attributes = FALSE),
              all.equal(own$v_mean, v_mean, tolerance = 1e-10, check.attributes = FALSE))
  }
  list(domain = words(c("all", "even", "z")), survey = !is.null(own), weight = num(weight), id = num(rows$id),
       total = num(colSums(weight * z$total)), total_vcov = num((v_total + t(v_total)) / 2),
       mean = num(z$means), mean_vcov = num((v_mean + t(v_mean)) / 2))
}

names <- unique(data$design)
save_json(list(made_by = made_by("twophase_drawn.R", c("survey", "jsonlite")),
               designs = setNames(lapply(names, answer), names)), "twophase_drawn.json")
