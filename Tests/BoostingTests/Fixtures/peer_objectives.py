"""Models of LightGBM and XGBoost for every objective that both sides have, what they predict, and how well.

    python peer_objectives.py > peer_objectives.json

One seeded set of two numbers, one of them missing at times, and a category; 500 rows to train on, 200 to judge by. Of
every case the file holds the model in its maker's own format, raw scores of 60 rows (on thresholds, missing, unseen
levels), and the mean loss over the 200 rows. Needs lightgbm and xgboost; made with the versions named in the file.
"""
import json
import sys

import lightgbm
import numpy as np
import xgboost

ROUNDS, LEAVES, RATE, MINIMUM_ROWS = 12, 7, 0.3, 10
TRAINING, LEVEL = 500, 0.8
draws = np.random.default_rng(20261128)
n = 700
x = np.empty((n, 3))
x[:, 0] = draws.uniform(-2, 2, n)
x[:, 1] = np.where(draws.uniform(size=n) < 0.2, np.nan, draws.uniform(0, 1, n))
x[:, 2] = draws.integers(0, 6, n)
# Values of single precision, so that all tools see the same.
x = x.astype(np.float32).astype(np.float64)
centre = x[:, 0] + np.where(np.isnan(x[:, 1]), 0.7, np.where(x[:, 1] > 0.5, 0.5, -0.5)) + 0.4 * (x[:, 2] % 3)
OUTCOMES = {
    "squared": centre + draws.normal(size=n),
    "quantile": centre + draws.normal(size=n) * np.exp(0.3 * x[:, 0]),
    "poisson": draws.poisson(np.exp(0.5 * centre)).astype(float),
    "softmax": np.digitize(centre + draws.logistic(size=n), [0, 1]).astype(float),
    "binary": (centre + draws.logistic(size=n) > 0.5).astype(float),
}
OUTCOMES = {name: np.round(values, 6) for name, values in OUTCOMES.items()}
LIGHTGBM = {"squared": {"objective": "regression"}, "quantile": {"objective": "quantile", "alpha": LEVEL},
            "poisson": {"objective": "poisson"}, "softmax": {"objective": "multiclass", "num_class": 3},
            "binary": {"objective": "binary"}}
XGBOOST = {"squared": {"objective": "reg:squarederror"},
           "quantile": {"objective": "reg:quantileerror", "quantile_alpha": LEVEL},
           "poisson": {"objective": "count:poisson"}, "softmax": {"objective": "multi:softprob", "num_class": 3},
           "binary": {"objective": "binary:logistic"}}


def loss(objective, scores, y):
    """The mean over rows, without terms of the outcome alone."""
    if objective == "squared":
        return float(np.mean((y - scores) ** 2) / 2)
    if objective == "quantile":
        return float(np.mean(np.maximum(LEVEL * (y - scores), (LEVEL - 1) * (y - scores))))
    if objective == "poisson":
        return float(np.mean(np.exp(scores) - y * scores))
    if objective == "binary":
        return float(np.mean(np.logaddexp(0, scores) - y * scores))
    scores = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y.astype(int)]))


def edges(thresholds, unseen):
    """Rows to compare on: ordinary ones, ones on a threshold, missing values, levels that training did not know."""
    rows = x[TRAINING:TRAINING + 60].copy()
    for place, (feature, threshold) in enumerate(thresholds[:30]):
        rows[place, feature] = threshold
    rows[30:34] = np.nan
    rows[34:40, 2] = unseen
    return rows


def plain(values):
    return [[None if np.isnan(v) else float(v) for v in row] for row in values] if values.ndim == 2 else values.tolist()


cases = []
for objective, settings in LIGHTGBM.items():
    y = OUTCOMES[objective]
    data = lightgbm.Dataset(x[:TRAINING], y[:TRAINING], categorical_feature=[2], free_raw_data=False)
    model = lightgbm.train(settings | {
        "num_leaves": LEAVES, "learning_rate": RATE, "min_data_in_leaf": MINIMUM_ROWS, "verbose": -1, "num_threads": 1,
        "deterministic": True, "force_row_wise": True, "feature_pre_filter": False}, data, num_boost_round=ROUNDS)
    splits = model.trees_to_dataframe().dropna(subset=["threshold"])
    splits = splits[splits["decision_type"] == "<="]
    rows = edges([(int(name[-1]), float(t)) for name, t in zip(splits["split_feature"], splits["threshold"])], 17)
    cases.append({"tool": "lightgbm", "objective": objective, "model": model.model_to_string(), "rows": plain(rows),
                  "raw_scores": plain(np.atleast_2d(model.predict(rows, raw_score=True).T).T),
                  "loss": loss(objective, model.predict(x[TRAINING:], raw_score=True), y[TRAINING:])})
for objective, settings in XGBOOST.items():
    y = OUTCOMES[objective]
    matrix = lambda rows, y=None: xgboost.DMatrix(  # noqa: E731
        rows, y, feature_types=["q", "q", "c"], enable_categorical=True)
    model = xgboost.train(settings | {
        "tree_method": "hist", "grow_policy": "lossguide", "max_leaves": LEAVES, "max_depth": 0, "eta": RATE, "nthread": 1,
        "max_cat_to_onehot": 4, "seed": 0}, matrix(x[:TRAINING], y[:TRAINING]), num_boost_round=ROUNDS)
    text = model.save_raw("json").decode()
    thresholds = [(feature, float(np.float32(value)))
                  for tree in json.loads(text)["learner"]["gradient_booster"]["model"]["trees"]
                  for feature, value, left in zip(tree["split_indices"], tree["split_conditions"], tree["left_children"])
                  if left >= 0 and feature < 2]
    rows = edges(thresholds, 5)
    cases.append({"tool": "xgboost", "objective": objective, "model": text, "rows": plain(rows),
                  "raw_scores": plain(np.atleast_2d(model.predict(matrix(rows), output_margin=True).astype(float).T).T),
                  "loss": loss(objective, model.predict(matrix(x[TRAINING:]), output_margin=True), y[TRAINING:])})
json.dump({
    "case": "every objective by LightGBM and XGBoost", "script": "peer_objectives.py",
    "tool_version": f"lightgbm {lightgbm.__version__}, xgboost {xgboost.__version__}",
    "options": {"rounds": ROUNDS, "leaves": LEAVES, "rate": RATE, "minimum_rows": MINIMUM_ROWS, "quantile": LEVEL},
    "columns": plain(x.T), "outcomes": {name: values.tolist() for name, values in OUTCOMES.items()}, "training": TRAINING,
    "cases": cases,
}, sys.stdout)
