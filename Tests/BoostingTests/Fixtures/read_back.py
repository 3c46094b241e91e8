"""Reads exported models back with LightGBM, XGBoost and onnxruntime and compares raw scores and predictions.

    python read_back.py FOLDER

FOLDER holds NAME.rows (values;raw scores;predictions, comma separated), NAME.kinds (q or c by feature) and any of
NAME.txt, NAME.json, NAME.onnx, NAME.names the names of the levels by feature. Prints the largest differences; fails where one is beyond its tolerance.
"""
import json
import pathlib
import sys

import lightgbm
import numpy as np
import onnxruntime
import pandas
import xgboost

failures = 0


def compare(what, actual, expected, tolerance):
    global failures
    actual = np.asarray(actual, dtype=float).reshape(expected.shape)
    gap = float(np.max(np.abs(actual - expected) / np.maximum(1, np.abs(expected))))
    print(f"{what}: {gap:.3g}")
    if not gap <= tolerance:
        failures += 1
        print(f"{what}: more than {tolerance}")


def frame(x, names, features):
    """The rows as a data frame, whose categories have the levels in another order."""
    columns = {}
    for name, column, levels in zip(features, x.T, names):
        if levels:
            texts = [None if np.isnan(code) else levels[int(code)] for code in column]
            column = pandas.Categorical(texts, categories=sorted(levels))
        columns[name] = column
    return pandas.DataFrame(columns)


for rows in sorted(pathlib.Path(sys.argv[1]).glob("*.rows")):
    lines = [line.split(";") for line in rows.read_text().splitlines()]
    x, raw, prediction = (
        np.array([[float(v) for v in line[part].split(",")] for line in lines]) for part in range(3))
    kinds = rows.with_suffix(".kinds").read_text().strip()
    names = json.loads(rows.with_suffix(".names").read_text())
    # A code beyond the levels is in no data frame, and XGBoost refuses it.
    levels = json.loads(rows.with_suffix(".levels").read_text())
    known = np.all([(k == 0) | np.isnan(c) | (c < k) for c, k in zip(x.T, levels)], axis=0)
    path = rows.with_suffix(".txt")
    if path.exists():
        model = lightgbm.Booster(model_file=str(path))
        # Sums of doubles in the same order.
        compare(f"{rows.stem} LightGBM raw", model.predict(x, raw_score=True), raw, 0)
        compare(f"{rows.stem} LightGBM prediction", model.predict(x), prediction, 1e-12)
        data = frame(x[known], names, model.feature_name())
        compare(f"{rows.stem} LightGBM frame", model.predict(data, raw_score=True), raw[known], 0)
    path = rows.with_suffix(".json")
    if path.exists():
        model = xgboost.Booster(model_file=str(path))
        data = xgboost.DMatrix(
            x[known].astype(np.float32), feature_names=model.feature_names,
            feature_types=["c" if k == "c" else "float" for k in kinds], enable_categorical=True)
        compare(f"{rows.stem} XGBoost raw", model.predict(data, output_margin=True), raw[known], 1e-6)
        compare(f"{rows.stem} XGBoost prediction", model.predict(data), prediction[known], 1e-6)
        data = xgboost.DMatrix(
            frame(x[known].astype(np.float32), names, model.feature_names), enable_categorical=True)
        compare(f"{rows.stem} XGBoost frame", model.predict(data, output_margin=True), raw[known], 1e-6)
    path = rows.with_suffix(".onnx")
    if path.exists():
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        outputs = session.run(["raw_score", "prediction"], {"features": x.astype(np.float32)})
        compare(f"{rows.stem} ONNX raw", outputs[0], raw, 1e-6)
        compare(f"{rows.stem} ONNX prediction", outputs[1], prediction, 1e-6)
sys.exit(1 if failures else 0)
