"""Calibration error and Brier score of scikit-learn's CalibratedClassifierCV by cross-validation on fixed folds.

    python scikit_learn_calibration.py DATA FOLDS OUT

Writes OUT/scikit-learn-calibration.json, the figures, and OUT/scikit-learn-calibration-SET.csv.gz, the PDs by row.

DATA and FOLDS as for scikit_learn_cross_validation.py, whose preprocessing the logistic regression has; boosted trees
are HistGradientBoostingClassifier with its defaults on columns coded as categories and numbers.  CalibratedClassifierCV
makes an ensemble over five folds, shuffled (unshuffled, as by default, it does far worse on HMEQ, whose rows are in an
order).  Figures are over the pooled rows of all test folds; the calibration error is sum |defaults - expected| / n over
tenths of rising PD, equal counts, ties in the order of the rows.
"""
import gzip
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from scikit_learn_cross_validation import SETS

warnings.filterwarnings("ignore")


def calibration_error(y, p):
    order = np.argsort(p, kind="stable")
    group = np.minimum(9, (np.arange(len(p)) * 10) // len(p))
    return float(sum(abs(y[order][group == g].sum() - p[order][group == g].sum()) for g in range(10)) / len(p))


def logistic(numbers, levels):
    encode = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("categories", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10), levels)])
    return make_pipeline(encode, LogisticRegression(solver="newton-cholesky", tol=1e-12, max_iter=1000))


def boosted(numbers, levels):
    encode = ColumnTransformer([
        ("categories", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), levels),
        ("numbers", "passthrough", numbers)])
    return make_pipeline(encode, HistGradientBoostingClassifier(
        categorical_features=list(range(len(levels))), random_state=0))


def figures(data, folds, out, name):
    path, target, default, dropped, categories = SETS[name]
    x = pd.read_csv(data / path).drop(columns=dropped)
    y = (x.pop(target) == default).astype(int).to_numpy()
    levels = categories(list(x))
    for column in levels:
        x[column] = x[column].where(x[column].isna(), x[column].astype(str)).fillna("missing").astype(str)
    fold = pd.read_csv(folds / f"{name}.csv.gz")["fold"].to_numpy()
    numbers = [c for c in x if c not in levels]
    result, pds = {}, {}
    for kind, make in (("logistic", logistic), ("boosted", boosted)):
        for method in ("sigmoid", "isotonic"):
            p = np.zeros(len(y))
            for k in range(5):
                model = CalibratedClassifierCV(make(numbers, levels), method=method,
                                               cv=StratifiedKFold(5, shuffle=True, random_state=0))
                model.fit(x[fold != k], y[fold != k])
                p[fold == k] = model.predict_proba(x[fold == k])[:, 1]
            pds[f"{kind} {method}"] = p
            result[f"{kind} {method}"] = {
                "calibrationError": calibration_error(y, p), "brier": brier_score_loss(y, p), "logLoss": log_loss(y, p)}
            print(name, kind, method, result[f"{kind} {method}"], file=sys.stderr)
    # Boosted trees on the larger set take minutes, so that no test holds ours against them row by row.
    kept = [key for key in pds if name == "hmeq" or key.startswith("logistic")]
    with open(out / f"scikit-learn-calibration-{name}.csv.gz", "wb") as file:
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="") as packed:
            packed.write(pd.DataFrame(pds)[kept].to_csv(index=False, float_format="%.6f").encode())
    return result


if __name__ == "__main__":
    data, folds, out = map(Path, sys.argv[1:])
    record = {"tool": "scikit-learn", "toolVersion": sklearn.__version__, "script": "scikit_learn_calibration.py",
              "sets": {name: figures(data, folds, out, name) for name in ("hmeq", "taiwan")}}
    (out / "scikit-learn-calibration.json").write_text(json.dumps(record, indent=1) + "\n")
