# Joint inclusion probabilities of Tillé's elimination from R's `sampling`: some rows of large matrices.
# Run in this folder, after sampling_pps.R:  Rscript --vanilla tille_pi2.R
# Writes: tille_pi2.json

suppressMessages(library(sampling))
source("exact.R")
data(belgianmunicipalities)
data(swissmunicipalities)
data(MU284)

# units that are not certain, and the rows of 5 of them, from the smallest to the largest
case <- function(r, size, n) {
  pik <- inclusionprobabilities(size, n)
  inner <- pik[pik < 1]
  rows <- order(inner)[round(seq(1, length(inner), length.out = 5))]
  joint <- UPtillepi2(inner)
  list(r = r, n = one(round(sum(inner))), pik = num(inner), rows = num(rows), joint = num(joint[rows, ]),
       squares = one(sum(joint^2)))
}
set.seed(1)
some <- sort(sample(nrow(swissmunicipalities), 400))
cases <- list(
  mu284_60 = case("MU284$P85, n = 60", MU284$P85, 60),
  mu284_140 = case("MU284$P85, n = 140", MU284$P85, 140),
  belgian_50 = case("belgianmunicipalities$Tot04, n = 50", belgianmunicipalities$Tot04, 50),
  swiss_40 = case("set.seed(1); swissmunicipalities$POPTOT[sort(sample(2896, 400))], n = 40",
                  swissmunicipalities$POPTOT[some], 40))
save_json(list(made_by = made_by("tille_pi2.R", c("sampling", "jsonlite")), cases = cases), "tille_pi2.json")
