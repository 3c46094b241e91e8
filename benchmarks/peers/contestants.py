"""What the peers do in each task. A function is one contestant; imports stay inside it, so that a peer that is
not installed is simply absent."""
from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import boosting
from measure import Job, measure

PENALTY = 1e-4
PATH_COUNT, PATH_RATIO = 100, 1e-4


# ---- logistic: mean log loss + PENALTY/2 |b|², intercept free, to a gradient of 1e-6 --------------------------

def _standardised(job: Job):
    import numpy as np
    features = np.fromfile(job.folder / "Z_row.f64", dtype="<f8").reshape(-1, job.columns)
    return features, np.fromfile(job.folder / "y.u8", dtype=np.uint8).astype(np.float64)


def objective(features, outcomes, coefficients) -> float:
    """The penalised mean log loss at [b₁ … b_p, b₀]."""
    import numpy as np
    log_odds = features @ coefficients[:-1] + coefficients[-1]
    loss = np.mean(np.logaddexp(0.0, log_odds) - outcomes * log_odds)
    return float(loss + 0.5 * PENALTY * coefficients[:-1] @ coefficients[:-1])


def _scikit_learn(job: Job, solver: str) -> None:
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    features, outcomes = _standardised(job)
    model = LogisticRegression(C=1 / (PENALTY * len(outcomes)), solver=solver, tol=1e-7, max_iter=1000)
    measure(job, lambda: model.fit(features, outcomes), "scikit-learn",
            objective=lambda m: objective(features, outcomes, np.r_[m.coef_[0], m.intercept_]))


def scikit_learn_lbfgs(job: Job) -> None:
    _scikit_learn(job, "lbfgs")


def scikit_learn_newton_cholesky(job: Job) -> None:
    _scikit_learn(job, "newton-cholesky")


def glum(job: Job) -> None:
    import numpy as np
    from glum import GeneralizedLinearRegressor
    features, outcomes = _standardised(job)
    features = np.asfortranarray(features)
    measure(job,
            lambda: GeneralizedLinearRegressor(
                family="binomial", alpha=PENALTY, l1_ratio=0, solver="irls-ls", gradient_tol=1e-6, max_iter=100,
                copy_X=False).fit(features, outcomes),
            "glum", objective=lambda m: objective(features, outcomes, np.r_[m.coef_, m.intercept_]))


# ---- path: 100 penalties of an elastic net ---------------------------------------------------------------------

def glmnet(job: Job) -> None:
    """Times the call of glmnet inside R, which runs on one thread."""
    import numpy as np
    features, outcomes = _standardised(job)
    share = float(job.variant)
    top = np.abs((outcomes - outcomes.mean()) @ features).max() / len(outcomes) / share
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.asfortranarray(features).ravel("F").tofile(folder / "x.f64")
        outcomes.tofile(folder / "y.f64")
        (top * np.geomspace(1, PATH_RATIO, PATH_COUNT)).tofile(folder / "lambda.f64")
        script = Path(__file__).with_name("glmnet_path.R")
        text = subprocess.run(
            ["Rscript", str(script), str(folder), str(len(outcomes)), str(job.columns), str(share), "1e-7",
             str(job.repeats)], check=True, text=True, stdout=subprocess.PIPE).stdout
        result = json.loads(text.strip().splitlines()[-1])
        path = np.fromfile(folder / "coefficients.f64").reshape(-1, job.columns + 1)
    objectives = []
    for strength, b in zip(top * np.geomspace(1, PATH_RATIO, PATH_COUNT), path):
        e = features @ b[:-1] + b[-1]
        objectives.append(float(np.mean(np.logaddexp(0.0, e) - outcomes * e) + strength * (
            share * np.abs(b[:-1]).sum() + (1 - share) / 2 * b[:-1] @ b[:-1])))
    seconds = sorted(result["seconds"])[len(result["seconds"]) // 2]
    print(json.dumps({
        "task": job.task, "peer": job.peer, "version": f"glmnet {result['glmnet']}, R {result['r']}", "threads": 1,
        "rows": job.rows, "cols": job.columns, "params": {"variant": job.variant}, "seconds": seconds,
        "min": min(result["seconds"]), "max": max(result["seconds"]), "n": len(result["seconds"]),
        "cpu_s": sorted(result["cpu"])[len(result["cpu"]) // 2], "objectives": objectives}), flush=True)


# ---- csv: file into typed columns ------------------------------------------------------------------------------

def _warm(file: Path) -> None:
    with open(file, "rb") as bytes_:
        while bytes_.read(1 << 24):
            pass


def polars_csv(job: Job) -> None:
    import polars
    file = job.folder / f"{job.variant}.csv"
    _warm(file)
    # Days are days for the others too.
    measure(job, lambda: polars.read_csv(file, try_parse_dates=True), "polars", bytes=file.stat().st_size)


def pyarrow_csv(job: Job) -> None:
    import pyarrow
    from pyarrow import csv
    file = job.folder / f"{job.variant}.csv"
    _warm(file)
    pyarrow.set_cpu_count(job.threads)
    pyarrow.set_io_thread_count(job.threads)
    options = csv.ReadOptions(use_threads=job.threads > 1)
    measure(job, lambda: csv.read_csv(file, read_options=options), "pyarrow", bytes=file.stat().st_size)


# ---- binning: optimal WOE bins of every column -----------------------------------------------------------------

def optbinning(job: Job) -> None:
    import numpy as np
    import pandas
    from optbinning import BinningProcess
    names = json.loads((job.folder / "meta.json").read_text())["names"]
    features = np.fromfile(job.folder / "X_row.f32", dtype="<f4").reshape(-1, job.columns).astype(np.float64)
    table = pandas.DataFrame(features, columns=names)
    outcomes = np.fromfile(job.folder / "y.u8", dtype=np.uint8).astype(int)
    # "auto" is each tool's own default; "ascending" asks both for the same: tree pre-bins and bins of 5 %, one trend.
    matched = {} if job.variant == "auto" else {
        "min_bin_size": 0.05,
        "binning_fit_params": {name: {"monotonic_trend": job.variant} for name in names}}
    measure(job, lambda: BinningProcess(names, n_jobs=job.threads, **matched).fit(table, outcomes), "optbinning",
            "ortools",
            iv_sum=lambda b: float(b.summary()["iv"].astype(float).sum()))


# ---- scorecard: points of every row from raw values or from bin codes -------------------------------------------

def _card(job: Job):
    import numpy as np
    card = json.loads((job.folder / "scorecard.json").read_text())
    return card, np.fromfile(job.folder / "X_col.f32", dtype="<f4").reshape(job.columns, -1)


def _mean(scores) -> float:
    import numpy as np
    return float(np.mean(np.asarray(scores), dtype=np.float64))


def numba_scorecard(job: Job) -> None:
    """A compiled hand-written loop: counts thresholds without a branch, then looks the points up."""
    import numba
    import numpy as np
    card, features = _card(job)
    width = max(map(len, card["thresholds"]))
    thresholds = np.full((job.columns, width), np.inf, dtype=np.float32)
    points = np.zeros((job.columns, width + 2), dtype=np.float32)
    for column, (cuts, values) in enumerate(zip(card["thresholds"], card["points"])):
        thresholds[column, :len(cuts)] = cuts
        points[column, :len(cuts) + 1] = values[:-1]
        points[column, width + 1] = values[-1]
    numba.set_num_threads(job.threads)
    if job.variant == "codes":
        codes = np.fromfile(job.folder / "codes_col.u8", dtype=np.uint8).reshape(job.columns, -1)
        table = np.zeros((job.columns, 16), dtype=np.float32)
        for column, values in enumerate(card["points"]):
            table[column, :len(values)] = values

        @numba.njit(parallel=True)
        def score_codes(codes, table):
            columns, rows = codes.shape
            total = np.zeros(rows, dtype=np.float32)
            for block in numba.prange((rows + 4095) // 4096):
                for column in range(columns):
                    for row in range(block * 4096, min(rows, block * 4096 + 4096)):
                        total[row] += table[column, codes[column, row]]
            return total

        score_codes(codes, table)
        measure(job, lambda: score_codes(codes, table), "numba", mean_score=_mean)
        return

    @numba.njit(parallel=True)
    def score(features, thresholds, points):
        columns, rows = features.shape
        total = np.zeros(rows, dtype=np.float32)
        for block in numba.prange((rows + 4095) // 4096):
            for column in range(columns):
                for row in range(block * 4096, min(rows, block * 4096 + 4096)):
                    value = features[column, row]
                    bin_ = 0
                    for k in range(thresholds.shape[1]):
                        bin_ += value >= thresholds[column, k]
                    if value != value:
                        bin_ = thresholds.shape[1] + 1
                    total[row] += points[column, bin_]
        return total

    score(features, thresholds, points)
    measure(job, lambda: score(features, thresholds, points), "numba", mean_score=_mean)


def polars_scorecard(job: Job) -> None:
    import polars
    card, features = _card(job)
    table = polars.DataFrame({name: features[j] for j, name in enumerate(card["columns"])})
    expression = _polars_points(card, polars)
    measure(job, lambda: table.select(expression.alias("s"))["s"].to_numpy(), "polars", mean_score=_mean)


def _polars_points(card, polars, missing="nan"):
    terms = []
    for name, cuts, values in zip(card["columns"], card["thresholds"], card["points"]):
        column = polars.col(name)
        absent = column.is_nan() if missing == "nan" else column.is_null()
        term = polars.when(absent).then(polars.lit(values[-1], dtype=polars.Float32))
        for cut, value in zip(cuts, values):
            term = term.when(column < polars.lit(cut, dtype=polars.Float32)).then(
                polars.lit(value, dtype=polars.Float32))
        terms.append(term.otherwise(polars.lit(values[len(cuts)], dtype=polars.Float32)))
    return sum(terms[1:], terms[0])


def duckdb_scorecard(job: Job) -> None:
    import duckdb
    import pyarrow
    card, features = _card(job)
    table = pyarrow.table({name: pyarrow.array(features[j]) for j, name in enumerate(card["columns"])})
    connection = duckdb.connect(config={"threads": job.threads})
    connection.register("source", table)
    connection.execute("CREATE TABLE t AS SELECT * FROM source")
    query = f"SELECT ({_sql_points(card, 'isnan({0})')})::FLOAT AS s FROM t"
    measure(job, lambda: connection.execute(query).fetchnumpy()["s"], "duckdb", mean_score=_mean)


def _sql_points(card, missing: str) -> str:
    terms = []
    for name, cuts, values in zip(card["columns"], card["thresholds"], card["points"]):
        steps = " ".join(f"WHEN {name} < {cut!r}::FLOAT THEN {value}" for cut, value in zip(cuts, values))
        terms.append(
            f"CASE WHEN {missing.format(name)} THEN {values[-1]} {steps} ELSE {values[len(cuts)]} END")
    return " + ".join(terms)


# ---- batch: CSV in, ratings out, one process from start to end --------------------------------------------------
#
# `scores` asks for id, score and PD; `ratings` for what `obligor score` writes unless told otherwise: log-odds, a
# grade and the four characteristics that cost most points too.

def _batch_card(job: Job):
    """The card that `obligor score` uses too, in the form of scorecard.json, with its scaling, references and grades."""
    return json.loads((job.folder / "batch_card.json").read_text())


def _polars_records(table, card, polars, variant: str):
    """The columns to write, from a table or lazy frame with the card's characteristics."""
    scores = table.select("id", *card["columns"], _polars_points(card, polars, missing="null").alias("score"))
    log_odds = (card["offset"] - polars.col("score").cast(polars.Float64)) / card["factor"]
    rated = scores.with_columns(log_odds.alias("log_odds")).with_columns(
        (1 / (1 + (-polars.col("log_odds")).exp())).alias("pd"))
    if variant == "scores":
        return rated.select("id", "score", "pd")
    best, *others, worst = card["grades"]
    grade = polars.when(polars.col("pd") < best["below"]).then(polars.lit(best["name"]))
    for step in others:
        grade = grade.when(polars.col("pd") < step["below"]).then(polars.lit(step["name"]))
    rated = rated.with_columns(grade.otherwise(polars.lit(worst["name"])).alias("grade"))
    # Points lost by characteristic; the largest is picked and struck out four times.
    lost = [f"lost {name}" for name in card["columns"]]
    single = lambda name, cuts, values: _polars_points(  # noqa: E731
        {"columns": [name], "thresholds": [cuts], "points": [values]}, polars, missing="null")
    rated = rated.with_columns(
        (reference - single(name, cuts, values)).cast(polars.Float32).alias(column)
        for column, name, cuts, values, reference in zip(
            lost, card["columns"], card["thresholds"], card["points"], card["references"]))
    for place in range(4):
        rated = rated.with_columns(polars.max_horizontal(lost).alias("most"))
        pick = polars.when(polars.col("most") <= 0).then(polars.lit(None, dtype=polars.UInt32))
        for position, column in enumerate(lost):
            pick = pick.when(polars.col(column) == polars.col("most")).then(polars.lit(position, dtype=polars.UInt32))
        rated = rated.with_columns(pick.otherwise(None).alias(f"reason {place}"))
        rated = rated.with_columns(
            polars.when(polars.col(f"reason {place}") == position).then(polars.lit(0, dtype=polars.Float32))
            .otherwise(polars.col(column)).alias(column) for position, column in enumerate(lost))
    names = polars.Series(card["columns"])
    reasons = [polars.col(f"reason {place}").replace_strict(
        list(range(len(names))), names, default=None, return_dtype=polars.String) for place in range(4)]
    return rated.select("id", "score", "log_odds", "pd", "grade",
                        polars.concat_str(reasons, separator=";", ignore_nulls=True).alias("reasons"))


def polars_batch(job: Job) -> None:
    import polars
    card = _batch_card(job)
    file, out = job.folder / "data.csv", job.folder / "scored_polars.csv"
    names = ["id"] + card["columns"]

    def run():
        table = polars.read_csv(file, columns=names, schema_overrides={n: polars.Float32 for n in card["columns"]})
        _polars_records(table, card, polars, job.variant).write_csv(out)
        return out.stat().st_size
    measure(job, run, "polars", output_bytes=lambda size: size)
    out.unlink()


def polars_streaming_batch(job: Job) -> None:
    """The lazy, streaming engine, which also reads only the columns it needs."""
    import polars
    card = _batch_card(job)
    file, out = job.folder / "data.csv", job.folder / "scored_polars_streaming.csv"

    def run():
        table = polars.scan_csv(file, schema_overrides={n: polars.Float32 for n in card["columns"]})
        _polars_records(table, card, polars, job.variant).sink_csv(out)
        return out.stat().st_size
    measure(job, run, "polars", output_bytes=lambda size: size)
    out.unlink()


def duckdb_batch(job: Job) -> None:
    import duckdb
    card = _batch_card(job)
    file, out = job.folder / "data.csv", job.folder / "scored_duckdb.csv"
    kinds = json.loads((job.folder / "meta.json").read_text())["names"]
    columns = ",".join(["'id':'BIGINT'", "'y':'UTINYINT'"] + [f"'{name}':'FLOAT'" for name in kinds])
    points = _sql_points(card, "{0} IS NULL")
    query = (f"COPY (SELECT id, s AS score, 1 / (1 + exp((s - {card['offset']!r}) / {card['factor']!r})) AS pd FROM "
             f"(SELECT id, ({points}) AS s FROM read_csv('{file}', header=true, columns={{{columns}}}))) "
             f"TO '{out}' (HEADER)")
    connection = duckdb.connect(config={"threads": job.threads})
    measure(job, lambda: connection.execute(query) and out.stat().st_size, "duckdb",
            output_bytes=lambda size: size)
    out.unlink()


TASKS = {
    "logistic": [scikit_learn_lbfgs, scikit_learn_newton_cholesky, glum],
    "path": [glmnet],
    "csv": [polars_csv, pyarrow_csv],
    "binning": [optbinning],
    "scorecard": [numba_scorecard, polars_scorecard, duckdb_scorecard],
    "batch": [polars_batch, polars_streaming_batch, duckdb_batch],
} | boosting.TASKS

# The variants of those that have not all of them.
ONLY = {polars_scorecard: ("raw",), duckdb_scorecard: ("raw",), duckdb_batch: ("scores",)} | boosting.ONLY
