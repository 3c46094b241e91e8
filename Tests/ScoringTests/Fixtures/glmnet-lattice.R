# Elastic nets of R's glmnet on data made by integer arithmetic, so that a test can make the same data.
# Rscript glmnet-lattice.R > glmnet-lattice.json
suppressMessages(library(glmnet))
n <- 150; p <- 6
i <- seq_len(n) - 1
k <- sapply(seq_len(p) - 1, function(j) (i * (3 * j + 5) + (i %/% (j + 2)) * 7) %% (11 + 2 * j) - 5 - j)
x <- sweep(k, 2, c(0.01, 0.1, 1, 2, 10, 1000), "*")
colnames(x) <- paste0("x", seq_len(p))
y <- as.numeric((i * 37 + (i * i) %% 23 * 11) %% 100 < 35 + 5 * k[, 1] - 3 * k[, 2] + 4 * k[, 3] + k[, 6])
w <- 1 + (i %% 3) / 2
o <- ((i %% 5) - 2) / 4
numbers <- function(v) paste0("[", paste(ifelse(is.finite(v), sprintf("%.17g", v), paste0("\"", v, "\"")), collapse = ", "), "]")
case <- function(name, ...) {
  m <- glmnet(x, y, family = "binomial", thresh = 1e-22, maxit = 1e8, ...)
  b <- as.matrix(coef(m))
  paste0("\"", name, "\": {\"penalties\": ", numbers(m$lambda), ",\n  \"coefficients\": [",
    paste(apply(b, 2, numbers), collapse = ",\n    "), "]}")
}
lambda <- c(0.1, 0.03, 0.01, 0.003, 0.0003)
cat("{\n\"tool\": \"R ", paste(R.version$major, R.version$minor, sep = "."), ", glmnet ", as.character(packageVersion("glmnet")),
  "\",\n\"options\": \"thresh 1e-22; data and cases as in glmnet-lattice.R\",\n\"defaults\": ", sum(y), ",\n", sep = "")
cat(case("lasso", alpha = 1, lambda = lambda),
  case("automatic grid", alpha = 0.8, nlambda = 8, lambda.min.ratio = 0.01),
  case("weights and offset", alpha = 0.5, lambda = lambda, weights = w, offset = o),
  case("unstandardised", alpha = 0.5, lambda = lambda * 20, standardize = FALSE),
  case("ridge", alpha = 0, lambda = lambda),
  case("factors", alpha = 0.9, lambda = lambda, penalty.factor = c(1, 0, 2, 1, 0.5, 1)),
  case("bounds", alpha = 0.7, lambda = lambda, lower.limits = c(0, -Inf, -0.02, -Inf, -Inf, -Inf),
    upper.limits = c(3, 0, 0.05, Inf, 0, Inf)),
  sep = ",\n")
cat("\n}\n")
