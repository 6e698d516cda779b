# Joint inclusion probabilities on the three data sets of R's `sampling`, and stratified simple random
# probabilities with an allocation by largest remainders.
# Run in this folder:  Rscript --vanilla joint_data.R      (some minutes: UPsystematicpi2 is cubic)
# Writes: joint_data.json (sizes: belgian_sizes.csv, mu284_sizes.csv and sampling_pps.json, by sampling_pps.R)

suppressMessages(library(sampling))
source("exact.R")
data(belgianmunicipalities)
data(swissmunicipalities)
data(MU284)

same <- function(a, b, tolerance) {
  stopifnot(length(a) == length(b), isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = tolerance)))
}


# ---- joint probabilities ---------------------------------------------------
# A matrix is kept as the part of twelve units, spread over the list with the largest and the smallest,
# and as three sums over all pairs: of squares, and two with weights, which any wrong pair would change.

weights <- function(n) list((seq_len(n) * 7) %% 11 - 5, (seq_len(n) * 5) %% 13 - 6)
joint_of <- function(r, data, n, prob, joint) {
  same(diag(joint), prob, 1e-12)
  same(joint, t(joint), 1e-9)    # UPMEpik2frompikw() loses digits where two probabilities nearly agree
  same(rowSums(joint), n * prob, 1e-9)                 # the identity of every design of fixed size
  N <- length(prob)
  units <- sort(unique(c(round(seq(1, N, length.out = 10)), which.max(prob), which.min(prob))))
  a <- weights(N)
  list(r = r, data = data, n = one(n), units = num(units), joint = num(joint[units, units]),
       squares = one(sum(joint^2)),
       forms = num(c(sum(a[[1]] * (joint %*% a[[1]])), sum(a[[1]] * (joint %*% a[[2]])))))
}
max_entropy <- function(prob) {                        # see sampling_pps.R: R's own stop is 1e-6
  tilde <- UPMEpiktildefrompik(prob, eps = 1e-12)
  UPMEpik2frompikw(prob, tilde / (1 - tilde))
}

bern <- swissmunicipalities$CT == 2
sizes <- list(belgian = belgianmunicipalities$Tot04, mu284 = MU284$P85,
              swiss = swissmunicipalities$POPTOT, bern = swissmunicipalities$POPTOT[bern])
prob <- function(data, n) as.vector(inclusionprobabilities(sizes[[data]], n))
cases <- list(c("systematic", "belgian", 20), c("systematic", "belgian", 100),
              c("systematic", "mu284", 10), c("systematic", "mu284", 60), c("systematic", "swiss", 200),
              c("sampford", "belgian", 12), c("sampford", "mu284", 10), c("sampford", "bern", 7),
              c("conditional_poisson", "belgian", 20), c("conditional_poisson", "mu284", 10),
              c("conditional_poisson", "bern", 7),
              c("tille", "belgian", 20), c("tille", "mu284", 10), c("tille", "bern", 7))
calls <- list(systematic = UPsystematicpi2, sampford = UPsampfordpi2, conditional_poisson = max_entropy,
              tille = UPtillepi2)
named <- c(systematic = "UPsystematicpi2(pik)", sampford = "UPsampfordpi2(pik)",
           conditional_poisson = "UPMEpik2frompikw(pik, w), w from UPMEpiktildefrompik(pik, eps = 1e-12)",
           tille = "UPtillepi2(pik)")
joint <- list()
for (case in cases) {
  n <- as.numeric(case[3])
  pik <- prob(case[2], n)
  message(paste(case, collapse = " "), " certain: ", sum(pik == 1))
  joint[[paste(case[1], case[2], case[3], sep = "-")]] <-
    joint_of(named[[case[1]]], case[2], n, pik, calls[[case[1]]](pik))
}


# ---- stratified simple random samples ----------------------------------------
# Proportional allocation by largest remainders (ties to the earlier stratum), written out; then
# inclusionprobastrata() with those sizes: one probability a stratum.

remainders <- function(total, units) {
  exact <- total * units / sum(units)
  n <- floor(exact)
  up <- order(-(exact - n), seq_along(n))[seq_len(total - sum(n))]
  n[up] <- n[up] + 1
  n
}
stratified <- function(r, labels, total) {
  units <- as.vector(table(labels))
  n <- remainders(total, units)
  code <- match(labels, sort(unique(labels)))
  pik <- inclusionprobastrata(code, n)
  list(r = r, total = one(total), units = num(units), n = num(n), pik = num(tapply(pik, code, mean)))
}
strata <- list(
  belgian = stratified("belgianmunicipalities$Province", belgianmunicipalities$Province, 100),
  swiss = stratified("swissmunicipalities$CT", swissmunicipalities$CT, 301),
  mu284 = stratified("MU284$REG", MU284$REG, 60))

save_json(list(made_by = made_by("joint_data.R", c("sampling", "jsonlite")),
               bern = num(which(bern)), joint = joint, strata = strata), "joint_data.json")
