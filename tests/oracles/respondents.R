# Cases counted from a survey beside its score: R's survey on eight people in two strata.
# A count of n valid sheets is n times the plain mean; the score is a weighted mean. Both are linearised
# here by hand, the variance of their totals is R's. Writes respondents.json.
library(survey)
people <- data.frame(
  person = paste0("p", 1:8), s = rep(c("x", "y"), c(5, 3)), N = rep(c(10, 12), c(5, 3)),
  a = c(2, 5, 9, 1, 7, 8, 2, 10), b = c(1, 2, 9, 8, 4, 6, 0, 9)
)
people$w <- people$N / rep(c(5, 3), c(5, 3))
design <- svydesign(ids = ~person, strata = ~s, fpc = ~N, weights = ~w, data = people)
case <- function(q) (as.numeric(q <= 2) - mean(q <= 2)) / people$w
mark <- function(q) 10 * (q - weighted.mean(q, people$w)) / sum(people$w)
design <- update(design, ca = case(a), cb = case(b), ma = mark(a), mb = mark(b))
v <- vcov(svytotal(~ ca + cb + ma + mb, design))
# The linearised score must have the error that svymean gives it.
stopifnot(all.equal(unname(v[3:4, 3:4]), unname(100 * vcov(svymean(~ a + b, design)))))
cat(jsonlite::toJSON(list(
  made_by = list(script = "respondents.R", r = R.version.string,
    packages = list(survey = as.character(packageVersion("survey")), jsonlite = as.character(packageVersion("jsonlite")))),
  people = people, count = c(sum(people$a <= 2), sum(people$b <= 2)),
  cov = unname(v[1:2, 1:2]), cross = unname(v[1:2, 3:4])
), digits = NA, auto_unbox = TRUE), "\n", file = "respondents.json")
