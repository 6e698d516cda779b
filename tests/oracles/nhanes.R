# Estimates under R's own data sets nhanes (strata of two PSUs, one of three),
# mu284 (two stages with finite populations) and scd (three strata of two).
# Run in this folder:  Rscript --vanilla nhanes.R
# Writes: nhanes.csv mu284.csv scd.csv nhanes.json

source("estimates.R")
data(nhanes)
data(mu284)
data(scd)


# ---- data ------------------------------------------------------------------

nhanes$agecat <- as.integer(nhanes$agecat)          # (0,19] (19,39] (39,59] (59,Inf]
nhanes <- nhanes[c("SDMVPSU", "SDMVSTRA", "WTMEC2YR", "HI_CHOL", "race", "agecat", "RIAGENDR")]

# a second variable, one with blanks, and domains: made up, by rule
mu284 <- mu284[order(mu284$id1, mu284$id2), c("id1", "n1", "id2", "n2", "y1")]
mu284$row <- seq_len(nrow(mu284))
mu284$y2 <- 20 + mu284$y1 %% 7 * mu284$id2
mu284$y2_na <- ifelse(mu284$row %% 6 == 2, NA, mu284$y2)
mu284$g <- ifelse(mu284$row %% 4 == 1, "a", "b")
mu284$weight <- as.vector(weights(svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284)))
scd$population <- 5                                 # as in R's own example

save_csv(nhanes, "nhanes.csv")
save_csv(mu284, "mu284.csv")
save_csv(scd, "scd.csv")


# ---- estimates -------------------------------------------------------------

chol <- svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE, data = nhanes)
two <- svydesign(id = ~id1 + id2, fpc = ~n1 + n2, data = mu284)
two_nofpc <- svydesign(id = ~id1, weights = ~weight, data = mu284)
heart <- svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, fpc = ~population, nest = TRUE, data = scd)
heart_nofpc <- svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, nest = TRUE, data = scd)

of_nhanes <- function(d) {
  out <- list()
  ways <- list(all = NULL, race = "race", agecat = "agecat", both = c("race", "agecat"))
  for (name in names(ways)) {
    by <- ways[[name]]
    out[[paste0("mean_", name)]] <- linearised(d, "mean", "HI_CHOL", by)
    out[[paste0("total_", name)]] <- linearised(d, "total", c("HI_CHOL", "RIAGENDR"), by)
    out[[paste0("ratio_", name)]] <- linearised(d, "ratio", "HI_CHOL", by, ratio_to = "RIAGENDR")
    out[[paste0("share_", name)]] <- linearised(d, "share", "HI_CHOL", by)
  }
  out$means_race <- linearised(d, "mean", c("HI_CHOL", "RIAGENDR", "agecat"), "race")
  out$agecat_by_sex <- linearised(d, "share", "agecat", "RIAGENDR")
  valid <- d[!is.na(d$variables$HI_CHOL), ]
  agrees(out$mean_all, svymean(~HI_CHOL, d, na.rm = TRUE))
  agrees(out$ratio_all, svyratio(~HI_CHOL, ~RIAGENDR, d, na.rm = TRUE))
  agrees(out$share_all, svymean(~factor(HI_CHOL), d, na.rm = TRUE))
  agrees(out$mean_race, svyby(~HI_CHOL, ~race, valid, svymean, covmat = TRUE))
  agrees(out$mean_both, svyby(~HI_CHOL, ~agecat + race, valid, svymean, covmat = TRUE))
  agrees(out$ratio_agecat, svyby(~HI_CHOL, ~agecat, valid, svyratio, denominator = ~RIAGENDR, covmat = TRUE))
  out
}

of_mu284 <- function(d) {
  out <- list(mean = linearised(d, "mean", c("y1", "y2_na")), total = linearised(d, "total", c("y1", "y2_na")),
              ratio = linearised(d, "ratio", "y1", ratio_to = "y2_na"), share = linearised(d, "share", "g"),
              mean_by = linearised(d, "mean", c("y1", "y2_na"), "g"),
              total_by = linearised(d, "total", c("y1", "y2_na"), "g"),
              ratio_by = linearised(d, "ratio", "y1", "g", ratio_to = "y2_na"))
  agrees(linearised(d, "total", "y1"), svytotal(~y1, d))
  agrees(out$ratio, svyratio(~y1, ~y2_na, d, na.rm = TRUE))
  agrees(linearised(d, "mean", "y1", "g"), svyby(~y1, ~g, d, svymean, covmat = TRUE))
  out
}

of_scd <- function(d) {
  out <- list(mean = linearised(d, "mean", c("alive", "arrests")), total = linearised(d, "total", c("alive", "arrests")),
              ratio = linearised(d, "ratio", "alive", ratio_to = "arrests"),
              mean_by = linearised(d, "mean", "alive", "ESA"), total_by = linearised(d, "total", "alive", "ESA"),
              ratio_by = linearised(d, "ratio", "alive", "ESA", ratio_to = "arrests"))
  agrees(out$mean, svymean(~alive + arrests, d))
  agrees(out$ratio, svyratio(~alive, ~arrests, d))
  agrees(out$mean_by, svyby(~alive, ~ESA, d, svymean, covmat = TRUE))
  out
}

design <- function(data, r, roles, results) list(data = data, r = r, roles = roles, results = results)
of_two <- list(weight = "weight", stratum = NULL, psu = words(c("id1", "id2")), population = words(c("n1", "n2")))
save_json(list(
  made_by = made_by("nhanes.R", c("survey", "jsonlite")),
  designs = list(
    nhanes = design("nhanes.csv", "svydesign(id = ~SDMVPSU, strata = ~SDMVSTRA, weights = ~WTMEC2YR, nest = TRUE)",
                    list(weight = "WTMEC2YR", stratum = "SDMVSTRA", psu = "SDMVPSU", population = NULL), of_nhanes(chol)),
    mu284 = design("mu284.csv", "svydesign(id = ~id1 + id2, fpc = ~n1 + n2)", of_two, of_mu284(two)),
    mu284_nofpc = design("mu284.csv", "svydesign(id = ~id1, weights = ~weight)",
                         list(weight = "weight", stratum = NULL, psu = "id1", population = NULL), of_mu284(two_nofpc)),
    scd = design("scd.csv", "svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, fpc = ~population, nest = TRUE)",
                 list(weight = NULL, stratum = "ESA", psu = "ambulance", population = "population"), of_scd(heart)),
    scd_nofpc = design("scd.csv", "svydesign(id = ~ambulance, strata = ~ESA, weights = ~1, nest = TRUE)",
                       list(weight = NULL, stratum = "ESA", psu = "ambulance", population = NULL), of_scd(heart_nofpc)))),
  "nhanes.json")
