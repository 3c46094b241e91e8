# Rscript corporate_folds.R corporate_rating.csv.gz > corporate_folds.json
# Ordered logit and probit by MASS's polr and multinomial logit by nnet's multinom on the corporate ratings, out of fold
# by company: the sum of the bytes of its symbol, modulo 5. Five classes (A or better, BBB, BB, B, CCC or worse), seven
# ratios, each held to its 1 % and 99 % quantile over all rows and standardised by the training rows of the fold.
suppressMessages({library(MASS); library(nnet)})
d <- read.csv(commandArgs(TRUE)[1])
order <- c("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
y <- pmin(4, pmax(0, match(d$Rating, order) - 3))
names <- c("currentRatio", "grossProfitMargin", "operatingProfitMargin", "returnOnAssets", "assetTurnover", "debtRatio",
           "operatingCashFlowSalesRatio")
X <- sapply(names, function(n) pmin(pmax(d[[n]], quantile(d[[n]], .01)), quantile(d[[n]], .99)))
fold <- sapply(d$Symbol, function(s) sum(as.integer(charToRaw(s)))) %% 5
num <- function(v) paste0("[", paste(sprintf("%.12g", v), collapse = ","), "]")
folds <- c(); total <- c(logit = 0, probit = 0, multinomial = 0)
for (k in 0:4) {
  t <- fold != k
  m <- colMeans(X[t, ]); s <- apply(X[t, ], 2, sd)
  Z <- as.data.frame(scale(X, m, s)); Z$y <- factor(y, levels = 0:4, ordered = TRUE)
  score <- function(p) mean(-log(p[cbind(seq_len(sum(!t)), y[!t] + 1)]))
  parts <- c()
  for (method in c("logistic", "probit")) {
    f <- polr(y ~ ., data = Z[t, ], method = method, control = list(maxit = 2000, reltol = 1e-15))
    p <- score(predict(f, Z[!t, ], type = "probs"))
    total[if (method == "logistic") "logit" else "probit"] <- total[if (method == "logistic") "logit" else "probit"] + p * sum(!t)
    parts <- c(parts, sprintf('"%s": {"log_likelihood": %.10f, "log_score": %.12f, "coefficients": %s}',
                              if (method == "logistic") "logit" else "probit", as.numeric(logLik(f)), p, num(coef(f) / s)))
  }
  g <- multinom(y ~ ., data = transform(Z, y = factor(y, ordered = FALSE))[t, ], trace = FALSE, maxit = 5000, reltol = 1e-14, abstol = 1e-12)
  p <- score(predict(g, Z[!t, ], type = "probs")); total["multinomial"] <- total["multinomial"] + p * sum(!t)
  parts <- c(parts, sprintf('"multinomial": {"log_likelihood": %.10f, "log_score": %.12f}', as.numeric(logLik(g)), p))
  folds <- c(folds, sprintf('  {"fold": %d, "training": %d, "tested": %d, %s}', k, sum(t), sum(!t), paste(parts, collapse = ", ")))
}
total <- total / length(y)
cat(sprintf('{"tool": "R %s.%s, MASS %s (polr), nnet %s (multinom)", "rows": %d,\n', R.version$major, R.version$minor,
            packageVersion("MASS"), packageVersion("nnet"), length(y)))
cat(sprintf(' "log_score": {"logit": %.12f, "probit": %.12f, "multinomial": %.12f},\n "folds": [\n%s\n]}\n',
            total["logit"], total["probit"], total["multinomial"], paste(folds, collapse = ",\n")))
