# Cells fitted to margins by R's loglin() (package stats). Run in this folder:  Rscript --vanilla ipf.R
# Writes: ipf.json
# loglin() fits the margins of a table, so each case first makes a table that has them.

source("exact.R")

case <- function(table, margins, seed) {
  fitted <- loglin(table, margins, start = seed, fit = TRUE, eps = 1e-12, iter = 100000, print = FALSE)$fit
  for (m in margins) stopifnot(max(abs(apply(fitted, m, sum) - apply(table, m, sum))) < 1e-9)
  list(dim = num(dim(table)), margins = lapply(setNames(margins, vapply(margins, paste, "", collapse = "_")), num),
       due = lapply(setNames(margins, vapply(margins, paste, "", collapse = "_")),
                    function(m) num(as.vector(apply(table, m, sum)))),
       seed = num(as.vector(seed)), fitted = num(as.vector(fitted)))
}
rows <- c(310, 245, 190, 255)
columns <- c(488, 512)
two <- outer(rows, columns) / 1000
three <- array(c(31, 12, 7, 22, 40, 5, 18, 9, 27, 11, 33, 2, 6, 44, 13, 20, 15, 8, 25, 30, 17, 3, 21, 10), c(4, 3, 2))
cases <- list(
  independent = case(two, list(1, 2), array(1, c(4, 2))),
  seeded = case(two, list(1, 2), matrix(c(9, 4, 3, 1, 2, 6, 5, 8), 4)),
  zeros = case(two, list(1, 2), matrix(c(9, 0, 3, 1, 2, 6, 5, 0), 4)),
  three = case(three, list(1, 2, 3), array(rep(c(1, 3, 2, 5), 6), c(4, 3, 2))),
  pairs = case(three, list(c(1, 2), c(1, 3), c(2, 3)), array(1, c(4, 3, 2))),
  mixed = case(three, list(c(1, 3), 2), array(c(2, 1, 1, 4, 3, 1), c(4, 3, 2))))
save_json(list(made_by = made_by("ipf.R", "jsonlite"), cases = cases), "ipf.json")
