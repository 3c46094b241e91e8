# Stepwise regressions by R's step(), add1() and drop1() on WOE of German credit (UCI 144), and the variance inflation
# factors of its columns.
#
#   Rscript stepwise.R german.csv > stepwise.json
#
# Columns are cut at the quartiles of numbers or at the levels of categories; WOE = ln(share of goods / share of bads),
# 0.5 added to both counts of a bin that lacks one. By AIC and BIC `step` takes the move with the least criterion. By
# p-value the candidate with the least p of Rao's score test comes in while it is at most 0.05, then the variable with
# the largest p of Wald's test goes out while it is above 0.05.
options(digits = 17)
table <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
bad <- as.integer(table$class == 2)
names <- c("status", "duration", "credit_history", "purpose", "amount", "savings", "employment", "installment_rate",
           "property", "age", "housing", "job")
codes <- lapply(names, function(name) {
  x <- table[[name]]
  if (is.numeric(x) && length(unique(x)) > 5) {
    findInterval(x, quantile(x, c(.25, .5, .75), type = 1), left.open = TRUE)
  } else match(x, sort(unique(x))) - 1L
})
woes <- lapply(codes, function(code) {
  goods <- tapply(1 - bad, code, sum); bads <- tapply(bad, code, sum)
  empty <- goods == 0 | bads == 0
  g <- goods + ifelse(empty, .5, 0); b <- bads + ifelse(empty, .5, 0)
  unname(log((g / sum(1 - bad)) / (b / sum(bad))))
})
frame <- as.data.frame(Map(function(code, woe) woe[code + 1], codes, woes), col.names = names)
frame$bad <- bad
control <- glm.control(epsilon = 1e-15, maxit = 100)
full <- glm(bad ~ ., binomial, frame, control = control)
empty <- glm(bad ~ 1, binomial, frame, control = control)
path <- function(start, direction, k) {
  chosen <- NULL
  fit <- step(start, scope = list(lower = formula(empty), upper = formula(full)), direction = direction, k = k,
              trace = 0)
  list(steps = trimws(as.character(fit$anova$Step))[-1], criterion = fit$anova$AIC,
       chosen = sort(attr(terms(fit), "term.labels")))
}
byPValue <- function() {
  fit <- empty; log <- NULL; p <- NULL
  repeat {
    table <- add1(fit, formula(full), test = "Rao")
    best <- which.min(table[["Pr(>Chi)"]])
    if (!length(best) || table[["Pr(>Chi)"]][best] > .05) break
    log <- c(log, paste("+", rownames(table)[best])); p <- c(p, table[["Pr(>Chi)"]][best])
    fit <- update(fit, paste(". ~ . +", rownames(table)[best]))
    repeat {
      wald <- summary(fit)$coefficients[-1, 4, drop = FALSE]
      if (max(wald) <= .05) break
      worst <- rownames(wald)[which.max(wald)]
      log <- c(log, paste("-", worst)); p <- c(p, max(wald))
      fit <- update(fit, paste(". ~ . -", worst))
    }
  }
  list(steps = log, pValues = p, chosen = sort(attr(terms(fit), "term.labels")))
}
number <- function(x) paste0("[", paste(format(x, digits = 17, trim = TRUE), collapse = ", "), "]")
text <- function(x) paste0("[", paste0("\"", x, "\"", collapse = ", "), "]")
show <- function(result, figures) paste0(
  "{\"steps\": ", text(result$steps), ", \"", figures, "\": ", number(result[[figures]]), ", \"chosen\": ",
  text(result$chosen), "}")
bic <- log(nrow(frame))
cat("{\"tool\": \"R ", as.character(getRversion()), ", step, add1(test = Rao), summary.glm, solve(cor)\",\n",
    "\"data\": \"german_credit/german.csv, 1,000 rows\",\n", "\"names\": ", text(names), ",\n", "\"woes\": [",
    paste(vapply(woes, number, ""), collapse = ", "), "],\n", "\"codes\": ",
    text(vapply(codes, paste, "", collapse = "")), ",\n", "\"defaulted\": \"", paste(bad, collapse = ""), "\",\n",
    "\"forward_aic\": ", show(path(empty, "forward", 2), "criterion"), ",\n",
    "\"both_aic\": ", show(path(empty, "both", 2), "criterion"), ",\n",
    "\"backward_aic\": ", show(path(full, "backward", 2), "criterion"), ",\n",
    "\"forward_bic\": ", show(path(empty, "forward", bic), "criterion"), ",\n",
    "\"both_bic\": ", show(path(empty, "both", bic), "criterion"), ",\n",
    "\"backward_bic\": ", show(path(full, "backward", bic), "criterion"), ",\n",
    "\"both_pValue\": ", show(byPValue(), "pValues"), ",\n",
    "\"variance_inflation\": ", number(diag(solve(cor(frame[names])))), "}\n", sep = "")
