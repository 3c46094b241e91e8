# Rscript glmnet_path.R FOLDER ROWS COLUMNS ALPHA THRESHOLD REPEATS
# Reads x.f64 (column-major), y.f64, lambda.f64; writes coefficients.f64, for each lambda the slopes, then the
# intercept; prints one JSON line with the seconds of each call.
suppressMessages(library(glmnet))
a <- commandArgs(TRUE)
n <- as.integer(a[2]); p <- as.integer(a[3])
doubles <- function(name, count) readBin(file.path(a[1], name), "double", count)
x <- matrix(doubles("x.f64", n * p), n, p)
y <- doubles("y.f64", n)
lambda <- doubles("lambda.f64", 10000)
glmnet.control(fdev = 0, devmax = 1)
seconds <- c(); cpu <- c()
for (i in seq_len(as.integer(a[6]))) {
  used <- system.time(m <- glmnet(x, y, family = "binomial", alpha = as.numeric(a[4]), lambda = lambda,
                                  standardize = FALSE, thresh = as.numeric(a[5]), maxit = 1e6))
  seconds <- c(seconds, used[["elapsed"]]); cpu <- c(cpu, used[["user.self"]] + used[["sys.self"]])
}
writeBin(as.vector(rbind(as.matrix(m$beta), m$a0)), file.path(a[1], "coefficients.f64"))
list <- function(v) paste0("[", paste(v, collapse = ","), "]")
cat(sprintf('{"seconds":%s,"cpu":%s,"glmnet":"%s","r":"%s"}\n', list(seconds), list(cpu), packageVersion("glmnet"),
            paste(R.version$major, R.version$minor, sep = ".")))
