# Crossed random effects by mgcv: modes, covariances and marginal likelihoods for given standard deviations.
#   Rscript mgcv_crossed.R > mgcv_crossed.json
library(mgcv)
set.seed(11)
industries <- 4; regions <- 3; n <- 700
industry <- factor(sample(industries, n, TRUE, prob = c(.4, .3, .2, .1)))
region <- factor(sample(regions, n, TRUE, prob = c(.5, .35, .15)))
cell <- interaction(industry, region, sep = ":", lex.order = TRUE)
eta <- round(rnorm(n, -1.8, 1), 6)
true <- c(-.5, .1, .6, 0)[industry] + c(.3, -.2, 0)[region]
y <- as.integer(runif(n) < plogis(eta + true))
data <- data.frame(y, eta, industry, region, cell)
spreads <- list(c(.3, .2, .13), c(.7, .45, .3), c(.2, 1.05, .05))
numbers <- function(x) paste0("[", paste(formatC(x, digits = 17, format = "g"), collapse = ","), "]")
cases <- sapply(spreads, function(s) {
    fit <- gam(y ~ offset(eta) + s(industry, bs = "re") + s(region, bs = "re") + s(cell, bs = "re"), data = data,
               family = binomial, method = "REML", sp = 1 / s^2, control = gam.control(epsilon = 1e-12, maxit = 500))
    # One row per cell, in the order of the cell's level.
    at <- data.frame(eta = 0, cell = levels(cell))
    parts <- do.call(rbind, strsplit(levels(cell), ":"))
    at$industry <- parts[, 1]; at$region <- parts[, 2]
    design <- predict(fit, at, type = "lpmatrix")
    covariance <- design %*% fit$Vp %*% t(design)
    paste0('{"spreads":', numbers(s), ',"shifts":', numbers(design %*% coef(fit)), ',"covariance":',
           numbers(covariance), ',"reml":', formatC(as.numeric(fit$gcv.ubre), digits = 17, format = "g"), "}")
})
# The spreads that mgcv itself estimates.
free <- gam(y ~ offset(eta) + s(industry, bs = "re") + s(region, bs = "re") + s(cell, bs = "re"), data = data,
            family = binomial, method = "REML")
cat('{"tool":"mgcv ', as.character(packageVersion("mgcv")), ', ', R.version.string, '",\n"industry":', numbers(as.integer(industry) - 1),
    ',\n"region":', numbers(as.integer(region) - 1), ',\n"eta":', numbers(eta), ',\n"y":', numbers(y),
    ',\n"estimated":', numbers(1 / sqrt(free$sp)), ',\n"cases":[', paste(cases, collapse = ",\n"), "]}\n", sep = "")
