# The 189 births of Hosmer & Lemeshow (1989) as they come with R.
#
#   Rscript low_birth_weight.R > low_birth_weight.json
library(MASS)
columns <- c("low", "age", "lwt", "race", "smoke", "ptl", "ht", "ui", "ftv")
text <- vapply(columns, function(name) sprintf('"%s": [%s]', name, paste(birthwt[[name]], collapse = ", ")), "")
cat('{"tool": "R ', as.character(getRversion()), ", MASS ", as.character(packageVersion("MASS")), '",\n',
    '"data": "MASS::birthwt, 189 births at Baystate Medical Center (Hosmer & Lemeshow 1989, appendix 1)",\n',
    paste(text, collapse = ",\n"), "}\n", sep = "")
