"""What the peers do in the tasks of boosted trees: the same data, trees, leaves, bins, rate and regularisation."""
from __future__ import annotations

import ctypes
import time
from dataclasses import replace
from pathlib import Path

from measure import Job, measure

BINS, MINIMUM_ROWS = 255, 20
# Rows that are explained, rows that are taken in turn one by one, and how often.
EXPLAINED, TAKEN, CALLS = 4000, 4096, 20_000
# Forests to score come from the set of so many rows; `obligor-bench generate` writes them in the peers' formats.
FOREST_ROWS = 100_000


def _shape(job: Job) -> tuple[int, int, float, bool]:
    """Trees, leaves, learning rate, and whether the set is the mixed one."""
    shape, *kind = job.variant.split("-")
    trees, leaves = map(int, shape.split("x"))
    return trees, leaves, 0.03 if trees >= 500 else 0.1, "mixed" in kind


def _features(job: Job, mixed: bool = False):
    import numpy as np
    name = "mixed_row.f32" if mixed else "X_row.f32"
    return np.fromfile(job.folder / name, dtype="<f4").reshape(-1, job.columns)


# ---- boosting-train: binning and boosting; judged on the last fifth of the rows ---------------------------------

def _sets(job: Job):
    """Features, outcomes and weights of the rows for training and for testing, and the categorical columns."""
    import numpy as np
    mixed = _shape(job)[3]
    features = _features(job, mixed)
    outcomes = np.fromfile(job.folder / "y.u8", dtype=np.uint8).astype(np.float32)
    weights = np.fromfile(job.folder / "weights.f32", dtype="<f4") if mixed else None
    cut = job.rows * 8 // 10
    categories = [column for column in range(job.columns) if mixed and column % 10 >= 8]
    part = lambda rows: (features[rows], outcomes[rows], None if weights is None else weights[rows])  # noqa: E731
    return part(slice(0, cut)), part(slice(cut, None)), categories


def _quality(outcomes, probabilities, weights) -> dict:
    """Area under the ROC curve, ties half, and mean log loss."""
    import numpy as np
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-15, 1 - 1e-15)
    w = np.ones(len(p)) if weights is None else weights.astype(np.float64)
    order = np.argsort(p, kind="stable")
    p, y, w = p[order], outcomes[order].astype(bool), w[order]
    first = np.flatnonzero(np.r_[True, p[1:] != p[:-1]])
    good, bad = (np.add.reduceat(w * side, first) for side in (~y, y))
    area = np.sum(bad * (np.cumsum(good) - good / 2)) / (good.sum() * bad.sum())
    loss = -np.average(np.where(y, np.log(p), np.log1p(-p)), weights=w)
    return {"auc": float(area), "logloss": float(loss)}


def _train(job: Job, package: str, fit, predict) -> None:
    training, (features, outcomes, weights), categories = _sets(job)
    figures: dict = {}

    def judge(model) -> float:
        figures.update(_quality(outcomes, predict(model, features, categories), weights))
        return figures["auc"]
    measure(job, lambda: fit(*training, categories), package, auc=judge, logloss=lambda _: figures["logloss"])


def _lightgbm(job: Job, **settings) -> None:
    import lightgbm
    trees, leaves, rate, _ = _shape(job)
    parameters = {"objective": "binary", "num_leaves": leaves, "learning_rate": rate, "max_bin": BINS,
                  "min_data_in_leaf": MINIMUM_ROWS, "num_threads": job.threads, "verbose": -1,
                  "feature_pre_filter": False} | settings
    if job.variant.endswith("-penalised"):
        # XGBoost's own.
        parameters |= {"lambda_l2": 1.0, "min_sum_hessian_in_leaf": 1.0, "min_data_in_leaf": 1}

    def fit(features, outcomes, weights, categories):
        data = lightgbm.Dataset(features, outcomes, weight=weights, params=parameters,
                                categorical_feature=categories)
        return lightgbm.train(parameters, data, num_boost_round=trees)
    _train(job, "lightgbm", fit, lambda model, features, _: model.predict(features))


def lightgbm(job: Job) -> None:
    _lightgbm(job)


def lightgbm_quantized(job: Job) -> None:
    _lightgbm(job, use_quantized_grad=True)


def xgboost_hist(job: Job) -> None:
    import xgboost
    trees, leaves, rate, _ = _shape(job)
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "grow_policy": "lossguide",
                  "max_leaves": leaves, "max_depth": 0, "max_bin": BINS + 1, "eta": rate, "reg_lambda": 1.0,
                  "min_child_weight": 1.0, "nthread": job.threads, "verbosity": 0}
    types = lambda categories: ["c" if c in categories else "q" for c in range(job.columns)]  # noqa: E731

    def fit(features, outcomes, weights, categories):
        data = xgboost.QuantileDMatrix(
            features, outcomes, weight=weights, max_bin=BINS + 1, nthread=job.threads,
            feature_types=types(categories), enable_categorical=True)
        return xgboost.train(parameters | {"base_score": float(outcomes.mean())}, data, num_boost_round=trees)

    def predict(model, features, categories):
        return model.predict(xgboost.DMatrix(features, feature_types=types(categories), enable_categorical=True))
    _train(job, "xgboost", fit, predict)


def catboost(job: Job) -> None:
    """Oblivious trees of as many leaves or a few more: cheaper to grow, and weaker one by one."""
    from catboost import CatBoostClassifier, Pool
    trees, leaves, rate, _ = _shape(job)

    def fit(features, outcomes, weights, categories):
        pool = Pool(features, outcomes, weight=weights, thread_count=job.threads)
        pool.quantize(border_count=BINS - 1)
        return CatBoostClassifier(
            iterations=trees, depth=(leaves - 1).bit_length(), learning_rate=rate, border_count=BINS - 1,
            boosting_type="Plain", bootstrap_type="No", leaf_estimation_iterations=1, score_function="L2",
            random_strength=0, thread_count=job.threads, verbose=False, allow_writing_files=False).fit(pool)
    _train(job, "catboost", fit, lambda model, features, _: model.predict_proba(features)[:, 1])


# ---- boosting-predict: raw scores of a matrix of rows -----------------------------------------------------------

def _forest(job: Job, suffix: str) -> Path:
    return job.data / f"credit_{FOREST_ROWS}x{job.columns}" / f"forest_{job.variant}.{suffix}"


def _mean(scores) -> float:
    import numpy as np
    return float(np.mean(np.asarray(scores, dtype=np.float64)))


def lightgbm_predict(job: Job) -> None:
    import lightgbm
    model, features = lightgbm.Booster(model_file=_forest(job, "txt")), _features(job)
    measure(job, lambda: model.predict(features, raw_score=True, num_threads=job.threads), "lightgbm",
            mean_score=_mean)


def xgboost_predict(job: Job) -> None:
    import xgboost
    model, features = xgboost.Booster(model_file=_forest(job, "json")), _features(job)
    model.set_param({"nthread": job.threads})
    measure(job, lambda: model.inplace_predict(features, predict_type="margin", validate_features=False), "xgboost",
            mean_score=_mean)


def _catboost_model(job: Job):
    """A model of its own, of as many oblivious trees, each of as many leaves or a few more."""
    import numpy as np
    from catboost import CatBoostClassifier
    trees, leaves, rate, _ = _shape(job)
    file = _forest(job, "cbm")
    model = CatBoostClassifier(
        iterations=trees, depth=(leaves - 1).bit_length(), learning_rate=rate, border_count=BINS - 1,
        boosting_type="Plain", bootstrap_type="No", leaf_estimation_iterations=1, score_function="L2",
        random_strength=0, verbose=False, allow_writing_files=False)
    if file.exists():
        return model.load_model(file)
    features = np.fromfile(file.parent / "X_row.f32", dtype="<f4").reshape(-1, job.columns)
    outcomes = np.fromfile(file.parent / "y.u8", dtype=np.uint8)
    cut = FOREST_ROWS * 8 // 10
    model.fit(features[:cut], outcomes[:cut])
    model.save_model(file)
    return model


def catboost_predict(job: Job) -> None:
    import catboost  # noqa: F401
    model, features = _catboost_model(job), _features(job)
    measure(job, lambda: model.predict(features, prediction_type="RawFormulaVal", thread_count=job.threads),
            "catboost", mean_score=_mean)


def _lleaves_model(job: Job):
    import lleaves
    model = lleaves.Model(model_file=str(_forest(job, "txt")))
    model.compile(cache=str(_forest(job, "lleaves")), raw_score=True)
    return model


def lleaves_predict(job: Job) -> None:
    """Trees compiled by LLVM; compiling takes 20 seconds before the first row and is not timed."""
    import lleaves  # noqa: F401
    model, features = _lleaves_model(job), _features(job)
    measure(job, lambda: model.predict(features, n_jobs=job.threads), "lleaves", mean_score=_mean)


# ---- boosting-latency: one row at a time ------------------------------------------------------------------------

def _latency(job: Job, package: str, call, rows, mean_score: float) -> None:
    """Times every call alone; the line's `seconds` are their median."""
    clock = time.perf_counter_ns
    for row in rows[:2000]:
        call(row)
    times = []

    def run():
        for turn in range(CALLS):
            row = rows[turn % TAKEN]
            started = clock()
            call(row)
            times.append(clock() - started)
        times.sort()
    measure(job, run, package, seconds=lambda _: times[CALLS // 2] * 1e-9, min=lambda _: times[0] * 1e-9,
            max=lambda _: times[-1] * 1e-9, n=CALLS, p99_us=lambda _: times[CALLS * 99 // 100] * 1e-3,
            rows_per_s=lambda _: 1e9 / times[CALLS // 2], mean_score=mean_score)


def lightgbm_fast_row(job: Job) -> None:
    """LightGBM's quickest entry, LGBM_BoosterPredictForMatSingleRowFast, through ctypes (0.2 microseconds of it)."""
    import lightgbm
    folder = Path(lightgbm.__file__).parent
    library = ctypes.CDLL(str(next(folder.rglob("lib_lightgbm.so"))))
    booster, rounds, fast = ctypes.c_void_p(), ctypes.c_int(), ctypes.c_void_p()
    library.LGBM_BoosterCreateFromModelfile(
        str(_forest(job, "txt")).encode(), ctypes.byref(rounds), ctypes.byref(booster))
    features = _features(job)[:TAKEN].copy()
    if library.LGBM_BoosterPredictForMatSingleRowFastInit(
            booster, 1, 0, -1, 0, ctypes.c_int32(job.columns), b"num_threads=1", ctypes.byref(fast)):
        raise SystemExit("LightGBM refused the fast path")
    length, out = ctypes.c_int64(), ctypes.c_double()
    lengths, outs, entry = ctypes.byref(length), ctypes.byref(out), library.LGBM_BoosterPredictForMatSingleRowFast
    rows = [ctypes.c_void_p(features.ctypes.data + row * features.strides[0]) for row in range(TAKEN)]

    def score(row) -> float:
        entry(fast, row, lengths, outs)
        return out.value
    mean_score = sum(map(score, rows)) / TAKEN
    _latency(job, "lightgbm", lambda row: entry(fast, row, lengths, outs), rows, mean_score)


def lleaves_row(job: Job) -> None:
    """The compiled entry point itself, through ctypes."""
    import lleaves  # noqa: F401
    import numpy as np
    model = _lleaves_model(job)  # owns the code that the entry point leads to
    entry = model._c_entry_func
    features = np.ascontiguousarray(_features(job)[:TAKEN], dtype=np.float64)
    doubles = ctypes.POINTER(ctypes.c_double)
    out = np.zeros(1)
    outs = out.ctypes.data_as(doubles)
    rows = [ctypes.cast(features.ctypes.data + row * features.strides[0], doubles) for row in range(TAKEN)]

    def score(row) -> float:
        entry(row, outs, 0, 1)
        return float(out[0])
    mean_score = sum(map(score, rows)) / TAKEN
    _latency(job, "lleaves", lambda row: entry(row, outs, 0, 1), rows, mean_score)


# ---- attribution: exact path-dependent TreeSHAP ------------------------------------------------------------------

def _explain(job: Job, body, package: str) -> None:
    """Reports the mean absolute contribution of a feature to a row, the expected score left out."""
    import numpy as np
    measure(replace(job, rows=EXPLAINED), body, package,
            mean_absolute=lambda values: float(np.mean(np.abs(np.asarray(values, dtype=np.float64)))))


def lightgbm_contributions(job: Job) -> None:
    import lightgbm
    model, features = lightgbm.Booster(model_file=_forest(job, "txt")), _features(job)[:EXPLAINED].copy()
    _explain(job, lambda: model.predict(features, pred_contrib=True, num_threads=job.threads)[:, :-1], "lightgbm")


def xgboost_contributions(job: Job) -> None:
    import xgboost
    model = xgboost.Booster(model_file=_forest(job, "json"))
    model.set_param({"nthread": job.threads})
    features = xgboost.DMatrix(_features(job)[:EXPLAINED], nthread=job.threads)
    _explain(job, lambda: model.predict(features, pred_contribs=True, validate_features=False)[:, :-1], "xgboost")


def catboost_contributions(job: Job) -> None:
    from catboost import Pool
    model, features = _catboost_model(job), Pool(_features(job)[:EXPLAINED], thread_count=job.threads)
    _explain(job, lambda: model.get_feature_importance(features, type="ShapValues", thread_count=job.threads)[:, :-1],
             "catboost")


def fasttreeshap_v1(job: Job) -> None:
    """Version 2 of its algorithm is wrong where a value is missing."""
    import fasttreeshap
    import lightgbm
    import numpy as np
    model = lightgbm.Booster(model_file=str(_forest(job, "txt")))
    model.params = {"objective": "binary"}
    features = _features(job)[:EXPLAINED].astype(np.float64)
    explainer = fasttreeshap.TreeExplainer(model, algorithm="v1", n_jobs=job.threads, shortcut=False,
                                           feature_perturbation="tree_path_dependent")

    def run():
        values = explainer.shap_values(features, check_additivity=False)
        return values[-1] if isinstance(values, list) else values
    _explain(job, run, "fasttreeshap")


TASKS = {
    "boosting-train": [lightgbm, lightgbm_quantized, xgboost_hist, catboost],
    "boosting-predict": [lightgbm_predict, xgboost_predict, catboost_predict, lleaves_predict],
    "boosting-latency": [lightgbm_fast_row, lleaves_row],
    "attribution": [lightgbm_contributions, xgboost_contributions, catboost_contributions, fasttreeshap_v1],
}

# Its categories must not be numbers, so it sits out the mixed set.
ONLY = {catboost: ("100x63", "500x31")}
