# Inclusion probabilities, joint probabilities and Deville's variance from R's
# `sampling`, and a two-stage PPS variance written out by hand.
# Run in this folder:  Rscript --vanilla sampling_pps.R
# Writes: belgian_sizes.csv mu284_sizes.csv sampling_pps.json

suppressMessages(library(sampling))
source("exact.R")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
data(belgianmunicipalities)
data(swissmunicipalities)
data(MU284)

save_csv(data.frame(ins = belgianmunicipalities$INS, tot04 = belgianmunicipalities$Tot04), "belgian_sizes.csv")
save_csv(data.frame(label = MU284$LABEL, p85 = MU284$P85), "mu284_sizes.csv")

same <- function(a, b, tolerance = 1e-12) {
  stopifnot(length(a) == length(b), isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))
}


# ---- inclusion probabilities -----------------------------------------------

probabilities <- function(size, n, source) {
  pik <- inclusionprobabilities(size, n)
  stopifnot(max(pik) == 1, min(pik) > 0)
  same(sum(pik), n)
  c(source, list(n = one(n), certain = one(sum(pik == 1)), pik = num(pik)))
}
belgian <- list(r = "belgianmunicipalities$Tot04", data = "belgian_sizes.csv", column = "tot04")
inclusion <- list(
  belgian_50 = probabilities(belgianmunicipalities$Tot04, 50, belgian),
  belgian_100 = probabilities(belgianmunicipalities$Tot04, 100, belgian),
  belgian_200 = probabilities(belgianmunicipalities$Tot04, 200, belgian),
  mu284_60 = probabilities(MU284$P85, 60, list(r = "MU284$P85", data = "mu284_sizes.csv", column = "p85")),
  swiss_200 = probabilities(swissmunicipalities$POPTOT, 200,
                            list(r = "swissmunicipalities$POPTOT", size = num(swissmunicipalities$POPTOT))))


# ---- joint probabilities ---------------------------------------------------

small <- inclusionprobabilities(c(12, 25, 8, 40, 31, 17, 22, 9, 28, 90), 5)   # the last unit is certain
inner <- small[small < 1]
joint_of <- function(r, prob, joint) {
  same(diag(joint), prob, 1e-6)
  list(r = r, pik = num(prob), joint = num(joint))
}
# UPmaxentropypi2() stops its search for the working probabilities at 1e-6; the
# same steps with a finer stop agree with a full enumeration.
max_entropy <- function(prob) {
  tilde <- UPMEpiktildefrompik(prob, eps = 1e-14)
  UPMEpik2frompikw(prob, tilde / (1 - tilde))
}
joint <- list(
  sampford = joint_of("UPsampfordpi2(pik)", inner, UPsampfordpi2(inner)),
  max_entropy = joint_of("UPMEpik2frompikw(pik, w), w from UPMEpiktildefrompik(pik, eps = 1e-14)",
                         inner, max_entropy(inner)),
  tille = joint_of("UPtillepi2(pik)", inner, UPtillepi2(inner)),
  systematic = joint_of("UPsystematicpi2(pik)", inner, UPsystematicpi2(inner)),
  max_entropy_certain = joint_of("UPmaxentropypi2(pik): good to 1e-6", small, UPmaxentropypi2(small)))


# ---- varest(): Deville's variance of Horvitz-Thompson totals -----------------

deville <- function(case, drawn, pik_all, values) {
  s <- which(drawn == 1)
  pik <- pik_all[s]
  y <- as.matrix(values)[s, ]
  k <- ncol(y)
  variance <- diag(apply(y, 2, varest, pik = pik))
  for (i in seq_len(k - 1)) for (j in (i + 1):k) {      # a covariance, from the variance of sum and difference
    variance[i, j] <- variance[j, i] <-
      (varest(y[, i] + y[, j], pik = pik) - varest(y[, i] - y[, j], pik = pik)) / 4
  }
  a <- (1 - pik) / sum(1 - pik)
  list(draw = case, units = num(s), certain = one(sum(pik == 1)), pik = num(pik),
       y = lapply(as.list(as.data.frame(y)), num), variable = words(colnames(y)),
       total = num(apply(y, 2, function(v) as.vector(HTestimator(v, pik)))),
       center = num(colSums(a * y / pik)),              # A = sum a_k y_k / pik_k
       varest = num(diag(variance)), cov = num(variance))
}
draw <- function(seed, method, pik, ...) {
  set.seed(seed)
  method(pik, ...)
}
mu10 <- inclusionprobabilities(MU284$P85, 10)
mu20 <- inclusionprobabilities(MU284$P85, 20)
mu60 <- inclusionprobabilities(MU284$P85, 60)
be100 <- inclusionprobabilities(belgianmunicipalities$Tot04, 100)
mu_y <- MU284[c("RMT85", "REV84")]
be_y <- belgianmunicipalities[c("TaxableIncome", "Totaltaxation")]
deville_cases <- list(
  mu284_10 = deville("set.seed(2013); UPsampford(inclusionprobabilities(MU284$P85, 10), max_iter = 1e5)",
                     draw(2013, UPsampford, mu10, max_iter = 1e5), mu10, mu_y),
  mu284_20 = deville("set.seed(2014); UPsampford(inclusionprobabilities(MU284$P85, 20), max_iter = 1e5)",
                     draw(2014, UPsampford, mu20, max_iter = 1e5), mu20, mu_y),
  mu284_60 = deville("set.seed(2015); UPmaxentropy(inclusionprobabilities(MU284$P85, 60))",
                     draw(2015, UPmaxentropy, mu60), mu60, mu_y),
  belgian_100 = deville("set.seed(2016); UPmaxentropy(inclusionprobabilities(belgianmunicipalities$Tot04, 100))",
                        draw(2016, UPmaxentropy, be100), be100, be_y))


# ---- two stages by hand ----------------------------------------------------
# Stratum A: 5 PSUs of unequal pi. Stratum B: 4 PSUs, the first certain (pi = 1).
# Within PSU i, m_i of M_i units by simple random sampling without replacement.
#   z_ij  = w_ij y_ij,  w_ij = (1 / pi_i) (M_i / m_i)      weighted values
#   t_i   = sum_j z_ij
#   V1_h  = sum_i (1 - pi_i) (t_i - A_h)^2 / (1 - sum_i a_i^2),
#           a_i = (1 - pi_i) / sum_h (1 - pi),  A_h = sum_i a_i t_i
#   V2_i  = (1 - m_i / M_i) m_i / (m_i - 1) sum_j (z_ij - mean_j z_ij)^2
#   V     = sum_h V1_h + sum_i pi_i V2_i
# (V2_i is the variance of PSU i's total divided by pi_i^2, so pi_i V2_i is the
# usual Var_i / pi_i.) The certain PSU has 1 - pi = 0: it gives nothing to V1 and
# its whole V2, exactly as if it were a stratum of its own sampled in one stage.
# With several variables a product of two deviations stands in place of a square.

psus <- data.frame(
  stratum = c("A", "A", "A", "A", "A", "B", "B", "B", "B"),
  psu = c(1, 2, 3, 4, 5, 1, 2, 3, 4),
  pi = c(0.12, 0.35, 0.2, 0.64, 0.475, 1, 0.3, 0.55, 0.15),
  M = c(12, 40, 21, 66, 50, 130, 25, 4, 15),
  m = c(3, 4, 3, 5, 4, 6, 3, 4, 2))           # B3 is taken whole
answers <- list(                              # y1: 0-10 scores; y2: minutes waited; g: group (a domain)
  list(y1 = c(7, 9, 4), y2 = c(12, 5, 31), g = c(1, 2, 1)),
  list(y1 = c(8, 8, 10, 6), y2 = c(9, 14, 2, 20), g = c(2, 1, 1, 2)),
  list(y1 = c(5, 3, 9), y2 = c(25, 40, 7), g = c(1, 1, 1)),
  list(y1 = c(10, 7, 8, 6, 9), y2 = c(1, 15, 8, 18, 6), g = c(1, 2, 2, 1, 2)),
  list(y1 = c(2, 9, 7, 7), y2 = c(55, 4, 11, 13), g = c(2, 1, 2, 2)),
  list(y1 = c(6, 8, 9, 10, 5, 7), y2 = c(17, 9, 6, 3, 22, 12), g = c(1, 1, 2, 2, 1, 2)),
  list(y1 = c(4, 6, 8), y2 = c(33, 19, 10), g = c(1, 2, 1)),
  list(y1 = c(9, 9, 10, 7), y2 = c(5, 4, 0, 16), g = c(2, 2, 1, 2)),
  list(y1 = c(3, 8), y2 = c(36, 8), g = c(2, 2)))
rows <- do.call(rbind, lapply(seq_len(nrow(psus)), function(i) {
  stopifnot(lengths(answers[[i]]) == psus$m[i])
  data.frame(psus[i, ], at = i, ssu = seq_len(psus$m[i]), answers[[i]], row.names = NULL)
}))
rows$weight <- (1 / rows$pi) * (rows$M / rows$m)

# z: one column a variable, weighted values of all rows
two_stage <- function(z) {
  z <- as.matrix(z)
  k <- ncol(z)
  t <- matrix(0, nrow(psus), k)
  for (r in seq_len(nrow(z))) t[rows$at[r], ] <- t[rows$at[r], ] + z[r, ]

  first <- list()
  for (h in c("A", "B")) {
    members <- which(psus$stratum == h)
    a <- (1 - psus$pi[members]) / sum(1 - psus$pi[members])
    A <- rep(0, k)
    for (i in seq_along(members)) A <- A + a[i] * t[members[i], ]
    V <- matrix(0, k, k)
    for (i in members) V <- V + (1 - psus$pi[i]) * outer(t[i, ] - A, t[i, ] - A)
    first[[h]] <- V / (1 - sum(a^2))
    for (v in seq_len(k)) {                   # varest() takes y and divides by pi itself
      same(first[[h]][v, v], varest(t[members, v] * psus$pi[members], pik = psus$pi[members]))
    }
  }

  second <- list()
  for (i in seq_len(nrow(psus))) {
    inside <- which(rows$at == i)
    m <- psus$m[i]
    center <- rep(0, k)
    for (r in inside) center <- center + z[r, ] / m
    V <- matrix(0, k, k)
    for (r in inside) V <- V + outer(z[r, ] - center, z[r, ] - center)
    second[[paste0(psus$stratum[i], psus$psu[i])]] <- (1 - m / psus$M[i]) * m / (m - 1) * V
  }

  whole <- first$A + first$B
  for (i in seq_len(nrow(psus))) whole <- whole + psus$pi[i] * second[[i]]
  list(first = first, second = second, vcov = whole)
}

report <- function(variable, estimate, z) {
  v <- two_stage(z)
  list(variable = words(variable), estimate = num(estimate), se = num(sqrt(diag(v$vcov))), vcov = num(v$vcov),
       first_stage_by_stratum = lapply(v$first, num), second_stage_by_psu = lapply(v$second, num))
}
w <- rows$weight
totals <- cbind(y1 = w * rows$y1, y2 = w * rows$y2, units = w)
mean_values <- function(inside) {             # linearised weighted values of the means of y1 and y2
  top <- c(sum(w[inside] * rows$y1[inside]), sum(w[inside] * rows$y2[inside]))
  means <- top / sum(w[inside])
  z <- cbind(w * inside * (rows$y1 - means[1]), w * inside * (rows$y2 - means[2])) / sum(w[inside])
  list(means = means, z = z)
}
all_rows <- mean_values(rows$g > 0)
group_1 <- mean_values(rows$g == 1)
group_2 <- mean_values(rows$g == 2)

hand <- list(
  formula = "V = sum_h V1_h + sum_i pi_i V2_i on weighted values z = w y; see sampling_pps.R",
  psus = lapply(psus, function(x) if (is.character(x)) words(x) else num(x)),
  rows = lapply(rows[c("stratum", "psu", "ssu", "pi", "M", "m", "weight", "y1", "y2", "g")],
                function(x) if (is.character(x)) words(x) else num(x)),
  total = report(c("y1", "y2", "units"), colSums(totals), totals),
  mean = report(c("y1", "y2"), all_rows$means, all_rows$z),
  mean_by_g = c(list(domain = num(c(1, 2, 1, 2))),
                report(c("y1", "y1", "y2", "y2"),
                       c(group_1$means[1], group_2$means[1], group_1$means[2], group_2$means[2]),
                       cbind(group_1$z[, 1], group_2$z[, 1], group_1$z[, 2], group_2$z[, 2]))))

save_json(list(
  made_by = made_by("sampling_pps.R", c("sampling", "jsonlite")),
  inclusion = inclusion, joint = joint, varest = deville_cases, two_stage = hand), "sampling_pps.json")
