# Conditional Poisson and Sampford sampling in R's `sampling`: working probabilities and
# joint inclusion probabilities on its own data.
# Run in this folder:  Rscript --vanilla entropy.R
# Writes: entropy.json

suppressMessages(library(sampling))
source("exact.R")
data(belgianmunicipalities)
data(swissmunicipalities)
data(MU284)

# Certain units are set aside, `inside` are left to draw. UPMEpiktildefrompik() stops when the changes
# of a step sum to less than eps. Matrices are kept for the units `shown` (places among the uncertain
# ones). max_entropy_sums and sampford_sums: how well R's whole matrix keeps the law that a row sums to
# inside * pik. UPsampfordpi2() adds alternating power sums, whose digits are gone at swiss_20 (1.5).
one_case <- function(size, n, source, each, sampford) {
  pik <- inclusionprobabilities(size, n)
  pik <- pik[pik < 1]
  inside <- round(sum(pik))
  tilde <- UPMEpiktildefrompik(pik, eps = 1e-11)
  odds <- tilde / (1 - tilde)
  entropy <- UPMEpik2frompikw(pik, odds)
  shown <- sort(unique(c(seq(1, length(pik), by = each), which.max(pik), which.min(pik))))
  result <- c(source, list(
    n = one(n), inside = one(inside), shown = num(shown),
    max_entropy_sums = one(max(abs(rowSums(entropy) / (inside * pik) - 1))),
    tilde = num(tilde), max_entropy = num(entropy[shown, shown])))
  if (sampford) {
    joint <- UPsampfordpi2(pik)
    result$sampford_sums <- one(max(abs(rowSums(joint) / (inside * pik) - 1)))
    result$sampford <- num(joint[shown, shown])
  }
  result
}

belgian <- list(r = "belgianmunicipalities$Tot04", data = "belgian_sizes.csv", column = "tot04")
mu284 <- list(r = "MU284$P85", data = "mu284_sizes.csv", column = "p85")
swiss <- list(r = "swissmunicipalities$POPTOT: sizes are in sampling_pps.json, inclusion.swiss_200")

save_json(list(
  made_by = made_by("entropy.R", c("sampling", "jsonlite")),
  belgian_10 = one_case(belgianmunicipalities$Tot04, 10, belgian, 40, TRUE),
  belgian_200 = one_case(belgianmunicipalities$Tot04, 200, belgian, 40, FALSE),
  mu284_10 = one_case(MU284$P85, 10, mu284, 20, TRUE),
  mu284_60 = one_case(MU284$P85, 60, mu284, 20, FALSE),
  swiss_5 = one_case(swissmunicipalities$POPTOT, 5, swiss, 200, TRUE),
  swiss_20 = one_case(swissmunicipalities$POPTOT, 20, swiss, 200, TRUE)), "entropy.json")
