# Rscript migration_survival.R FOLDER REPEATS
# Aalen-Johansen estimate by survival from move_obligor.i32, move_time.f64, move_from.u8, move_to.u8 and start.u8: the
# row of BBB, without standard errors; prints one JSON line with the seconds of each call.
suppressMessages(library(survival))
a <- commandArgs(TRUE)
read <- function(name, what, size, count = 1e8) readBin(file.path(a[1], name), what, count, size = size, signed = size > 1)
start <- read("start.u8", "integer", 1)
id <- readBin(file.path(a[1], "move_obligor.i32"), "integer", 1e8)
time <- readBin(file.path(a[1], "move_time.f64"), "double", 1e8)
from <- read("move_from.u8", "integer", 1); to <- read("move_to.u8", "integer", 1)
horizon <- 10
d <- rbind(data.frame(id = seq_along(start) - 1L, t0 = 0, state = start), data.frame(id = id, t0 = time, state = to))
d <- d[order(d$id, d$t0), ]
n <- nrow(d)
same <- c(d$id[-1] == d$id[-n], FALSE)
d$t1 <- ifelse(same, c(d$t0[-1], NA), horizon)
d$ev <- factor(ifelse(same, c(d$state[-1], NA), "censor"), c("censor", 0:7))
d <- d[d$state != 7, ]
d$from <- factor(d$state, 0:7)
seconds <- c(); cpu <- c()
for (i in seq_len(as.integer(a[2]))) {
  used <- system.time(m <- survfit(Surv(t0, t1, ev) ~ 1, data = d, id = id, istate = from,
                                   p0 = as.numeric(0:7 == 3), se.fit = FALSE))
  seconds <- c(seconds, used[["elapsed"]]); cpu <- c(cpu, used[["user.self"]] + used[["sys.self"]])
}
p <- m$pstate[nrow(m$pstate), which(m$states == "7")]
list <- function(v) paste0("[", paste(v, collapse = ","), "]")
cat(sprintf('{"seconds":%s,"cpu":%s,"p":%.12g,"survival":"%s","r":"%s"}\n', list(seconds), list(cpu), p,
            packageVersion("survival"), paste(R.version$major, R.version$minor, sep = ".")))
