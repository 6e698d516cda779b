# Strata with one sampled unit out of several, taken from the mean of all linearised values:
# R's survey.lonely.psu = "adjust", at the first stage and at the second.
# Run in this folder, after survey_api.R:  Rscript --vanilla survey_lonely.R
# Reads: apistrat2.csv. Writes: survey_lonely.json

suppressMessages(library(survey))
source("exact.R")
options(survey.lonely.psu = "adjust", survey.ultimate.cluster = FALSE)

data <- read.csv("apistrat2.csv")
# Of "even" only its first PSU stays (one of 35); of the second and the fourth PSU of "odd" only the
# first school stays (where the PSU has more).
data <- data[data$stratum == "odd" | data$psu == 1, ]
data <- data[!(data$stratum == "odd" & data$psu %in% c(2, 4) & data$ssu > 1), ]
design <- svydesign(id = ~psu + ssu, strata = ~stratum, fpc = ~fpc1 + fpc2, weights = ~weight,
                    nest = TRUE, data = data)
means <- svymean(~api00 + api99, design)
total <- svytotal(~enroll, subset(design, !is.na(enroll)))
by <- svyby(~api00, ~stype, design, svymean, covmat = TRUE)

writeLines(c(
  "{",
  sprintf('"made_by": "R %s, survey %s",', getRversion(), packageVersion("survey")),
  sprintf('"rows": %d,', nrow(data)),
  sprintf('"means": %s,', num(coef(means))),
  sprintf('"means_cov": %s,', num(unclass(vcov(means)))),
  sprintf('"total": %s,', num(coef(total))),
  sprintf('"total_var": %s,', num(as.vector(vcov(total)))),
  sprintf('"by_stype": %s,', num(coef(by))),
  sprintf('"by_stype_cov": %s', num(unclass(vcov(by)))),
  "}"
), "survey_lonely.json")
