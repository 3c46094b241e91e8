"""Figures of scikit-learn's logistic regression by fold, converged.

    python scikit_learn_cross_validation.py DATA FOLDS > scikit-learn-cross-validation.json

DATA holds german_credit/german.csv, hmeq/hmeq.csv and taiwan_credit_default/UCI_Credit_Card.csv.gz, FOLDS one
<set>.csv.gz with columns row and fold per set.  The default solver stops with a gradient near 1e-4, which moves
single pairs of rows and thereby the AUC by up to 4e-4; newton-cholesky reaches the optimum.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

GERMAN_NUMBERS = ["duration", "amount", "installment_rate", "residence_since", "age", "existing_credits",
                  "people_liable"]
SETS = {
    "german": ("german_credit/german.csv", "class", 2, [],
               lambda names: [n for n in names if n not in GERMAN_NUMBERS]),
    "hmeq": ("hmeq/hmeq.csv", "BAD", 1, [], lambda names: ["REASON", "JOB"]),
    "taiwan": ("taiwan_credit_default/UCI_Credit_Card.csv.gz", "default.payment.next.month", 1, ["ID"],
               lambda names: ["SEX", "EDUCATION", "MARRIAGE"]),
}


def figures(data: Path, folds: Path, name: str) -> dict:
    path, target, default, dropped, categories = SETS[name]
    x = pd.read_csv(data / path).drop(columns=dropped)
    y = (x.pop(target) == default).astype(int).to_numpy()
    levels = categories(list(x))
    for column in levels:
        x[column] = x[column].where(x[column].isna(), x[column].astype(str)).fillna("missing").astype(str)
    fold = pd.read_csv(folds / f"{name}.csv.gz")["fold"].to_numpy()
    result = {"data": {"file": path, "sha256": hashlib.sha256((data / path).read_bytes()).hexdigest()},
              "auc": [], "logLoss": [], "brier": []}
    for k in range(5):
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10)
        encode = ColumnTransformer([("numbers", numbers, [c for c in x if c not in levels]),
                                    ("categories", one_hot, levels)])
        model = make_pipeline(encode, LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000))
        model.fit(x[fold != k], y[fold != k])
        p = model.predict_proba(x[fold == k])[:, 1]
        result["auc"].append(roc_auc_score(y[fold == k], p))
        result["logLoss"].append(log_loss(y[fold == k], p))
        result["brier"].append(brier_score_loss(y[fold == k], p))
    return result


if __name__ == "__main__":
    data, folds = map(Path, sys.argv[1:])
    json.dump({"tool": "scikit-learn", "toolVersion": sklearn.__version__,
               "options": "LogisticRegression(C=1, solver=newton-cholesky, tol=1e-12); medians, standardised numbers, "
                          "one-hot with levels under 10 rows pooled",
               "script": "scikit_learn_cross_validation.py",
               "sets": {name: figures(data, folds, name) for name in SETS}}, sys.stdout, indent=1)
    print()
