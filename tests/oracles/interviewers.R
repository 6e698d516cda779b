# Interviewer effects by nlme and lme4: sheets' means in two made-up files' worth of unbalanced data.
# Rscript tests/oracles/interviewers.R > tests/oracles/interviewers.json
suppressMessages({library(nlme); library(lme4)})
i <- 0:119
data <- data.frame(
  town = factor(i %% 3),
  who = factor((i * i + i %/% 5) %% 9),
  y = 7 + ((i * 37) %% 11) %% 5 / 2 + ((i * i + i %/% 5) %% 9) %% 4 / 3 + (i %% 3) / 2)
one <- lme(y ~ town, random = ~1 | who, data = data, method = "REML")
v <- as.numeric(VarCorr(one)[, "Variance"])
two <- lmer(y ~ town + (1 | who), data = data, REML = TRUE)
w <- as.data.frame(VarCorr(two))$vcov
null <- gls(y ~ town, data = data, method = "REML")
chi <- as.numeric(2 * (logLik(one) - logLik(null)))
cat(sprintf('{"r": "%s", "nlme": "%s", "lme4": "%s", "nlme_between": %.10f, "nlme_within": %.10f, "lme4_between": %.10f, "lme4_within": %.10f, "chi": %.10f}\n',
  getRversion(), packageVersion("nlme"), packageVersion("lme4"), v[1], v[2], w[1], w[2], chi))
