# Unit nonresponse in weighting cells: R's twophase(method = "full"), the second
# phase stratified by cells, on data(api).
# Run in this folder:  Rscript --vanilla twophase.R
# Writes: twophase.csv twophase.json

suppressMessages(library(survey))
source("exact.R")
data(api)


# ---- data ------------------------------------------------------------------

# apistrat in file order; who responds is a rule of the row, and differs by cell.
# The populations are made up: 500 schools, or 150 E, 70 H and 50 M.
data <- apistrat
data$row <- seq_len(nrow(data))
data$responded <- as.integer(data$row %% 5 %in% c(0, 1, 3) | (data$sch.wide == "No" & data$row %% 7 == 2))
data$N <- 500
data$all <- nrow(data)                     # a census of the 200
data$N_stype <- c(E = 150, H = 70, M = 50)[as.character(data$stype)]
data$cell_in_stype <- paste(data$stype, data$sch.wide)
for (y in c("api00", "api99", "enroll")) data[[y]][data$responded == 0] <- NA
save_csv(data[c("row", "stype", "awards", "sch.wide", "cell_in_stype", "responded", "N", "all", "N_stype",
                "api00", "api99", "enroll")], "twophase.csv")


# ---- estimates -------------------------------------------------------------

two <- function(part, cell, N) {
  part$cell <- part[[cell]]
  part$fpc <- part[[N]]
  part$came <- part$responded == 1
  twophase(id = list(~row, ~row), strata = list(NULL, ~cell), fpc = list(~fpc, NULL), subset = ~came,
           data = part, method = "full")
}

# Columns of values, 0 outside the domain, so that one call gives all covariances.
columns <- function(frame, variables, by) {
  domains <- if (is.null(by)) "" else sort(unique(as.character(data[[by]])))
  cells <- expand.grid(variable = variables, domain = domains, stringsAsFactors = FALSE)
  inside <- function(domain) if (is.null(by)) rep(1, nrow(frame)) else as.numeric(frame[[by]] == domain)
  values <- mapply(function(v, d) frame[[v]] * inside(d), cells$variable, cells$domain)
  ones <- mapply(function(v, d) inside(d), cells$variable, cells$domain)
  list(cells = cells, values = values, ones = ones)
}

# parts: the design, or one design for each stratum of the first phase, whose
# totals are independent. (svydesign strata in the first phase of twophase(method =
# "full") give, in 4.1.1, a variance that depends on the order of the rows and may be
# negative, so strata are added up here.)
answer <- function(parts, variables, by, mean) {
  sum_of <- function(make) {
    found <- lapply(parts, function(d) svytotal(make(d), d))
    list(total = Reduce(`+`, lapply(found, function(t) as.vector(coef(t)))),
         vcov = Reduce(`+`, lapply(found, function(t) unname(matrix(as.vector(vcov(t)), length(coef(t)))))))
  }
  frame_of <- function(d) d$phase1$sample$variables
  values <- sum_of(function(d) columns(frame_of(d), variables, by)$values)
  cells <- columns(data, variables, by)$cells
  if (mean) {
    ones <- sum_of(function(d) columns(frame_of(d), variables, by)$ones)$total
    estimate <- values$total / ones
    influence <- function(d) {
      now <- columns(frame_of(d), variables, by)
      sweep(now$values - sweep(now$ones, 2, estimate, "*"), 2, ones, "/")
    }
    vcov <- sum_of(influence)$vcov
  } else {
    estimate <- values$total
    vcov <- values$vcov
  }
  list(by = if (is.null(by)) NULL else by, domain = words(cells$domain), variable = words(cells$variable),
       estimate = num(estimate), vcov = num((vcov + t(vcov)) / 2))
}

designs <- list(
  srs = list(roles = list(population = "N", stratum = NULL, cell = "sch.wide"),
             parts = list(two(data, "sch.wide", "N")), by = "stype"),
  census = list(roles = list(population = "all", stratum = NULL, cell = "sch.wide"),
                parts = list(two(data, "sch.wide", "all")), by = "stype"),
  strata = list(roles = list(population = "N_stype", stratum = "stype", cell = "cell_in_stype"),
                parts = lapply(c("E", "H", "M"), function(h) two(data[data$stype == h, ], "cell_in_stype", "N_stype")),
                by = "awards"))

# svymean() must agree with the influence values.
check <- svymean(~api00 + api99, designs$srs$parts[[1]])
mine <- answer(designs$srs$parts, c("api00", "api99"), NULL, TRUE)
stopifnot(all.equal(as.vector(coef(check)), numbers(mine$estimate), tolerance = 1e-12),
          all.equal(matrix(as.vector(vcov(check)), 2), numbers(mine$vcov), tolerance = 1e-10))

save_json(list(
  made_by = made_by("twophase.R", c("survey", "jsonlite")),
  designs = lapply(designs, function(d) list(
    roles = d$roles,
    total = answer(d$parts, c("api00", "enroll"), NULL, FALSE),
    mean = answer(d$parts, c("api00", "api99"), NULL, TRUE),
    total_by = answer(d$parts, c("api00", "enroll"), d$by, FALSE),
    mean_by = answer(d$parts, c("api00", "api99"), d$by, TRUE)))), "twophase.json")
