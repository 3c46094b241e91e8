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


# ---- grade: scale, bureau rules and policy over scored obligors -----------------------------------------------
#
# The rules of models/policies/bureau_rules.yaml and the policy of trade_credit.yaml, but its limit for groups, by hand,
# as one would write them in a data-frame library. Missing values are the library's own nulls, so that a comparison with
# one is not true. Three rules of one notch each cannot exceed the most of three.

FACTS = ["pd", "dishonest_debtor", "bureau_judgments", "bureau_judgments_change_12m", "legal_recoveries_all",
         "collection_handovers_24m", "guarantees_to_assets", "bureau_tax_arrears", "arrears_to_assets",
         "capital_declared_to_bureau", "employees_declared_to_bureau", "bureau_disagreement",
         "bureau_against_experience", "statement_age", "statement_audited", "exposure", "group_default_share",
         "own_capital", "turnover", "months_since_first_invoice"]
BOUNDS = [0.0004 * 2.5 ** k for k in range(8)]
A, BB, B, CCC, C = 2, 4, 5, 6, 8
CAPITAL_SHARE = [0.2, 0.18, 0.15, 0.12, 0.08, 0.05, 0.02, 0, 0, 0]
TURNOVER_SHARE = [0.05, 0.045, 0.04, 0.03, 0.02, 0.012, 0.005, 0, 0, 0]
WITHOUT_FIGURES = [30000, 25000, 20000, 15000, 10000, 5000, 1000, 0, 0, 0]
MAXIMUM = [2000000, 1500000, 1000000, 600000, 300000, 100000, 20000, 0, 0, 0]
TERMS = [60, 60, 45, 30, 30, 14, 7, 0, 0, 0]
LOSS = [0.6, 0.6, 0.5, 0.5, 0.2, 0.4, 0.1, 0.6, 0.6, 0.6]
STEP = 500


def _millionths(shares) -> list[int]:
    return [round(share * 1_000_000) for share in shares]


def _facts(job: Job):
    import numpy as np
    return np.fromfile(job.folder / "facts.f64", dtype="<f8").reshape(len(FACTS), -1)


def polars_grade(job: Job) -> None:
    import polars as pl
    from polars import col, lit, when
    table = pl.DataFrame(dict(zip(FACTS, _facts(job)))).with_columns(pl.all().fill_nan(None))
    small = pl.Int8

    def known(condition):
        return condition.fill_null(False)

    conditions = [
        col("dishonest_debtor") == 1,
        col("dishonest_debtor") == 1,
        col("bureau_judgments") >= 3,
        (col("bureau_judgments") >= 1) & (col("bureau_judgments_change_12m") >= 1),
        (col("legal_recoveries_all") >= 1) | (col("collection_handovers_24m") >= 1),
        col("guarantees_to_assets") > 0.5,
        col("guarantees_to_assets") > 1,
        (col("bureau_tax_arrears") > 10000) | (col("arrears_to_assets") > 0.01),
        col("capital_declared_to_bureau") > 1.5,
        col("capital_declared_to_bureau") > 3,
        col("employees_declared_to_bureau") > 2,
        col("bureau_disagreement") > 150,
        col("bureau_against_experience") > 0.5,
        (col("statement_age") > 730) | col("statement_age").is_null(),
        (col("statement_audited") == 0) & (col("exposure") > 250000),
        col("group_default_share") > 0,
    ]
    effects = [("cap", C), ("block", 0), ("cap", CCC), ("down", 1), ("cap", B), ("down", 1), ("cap", B), ("cap", BB),
               ("documents", 0), ("down", 1), ("documents", 0), ("documents", 0), ("documents", 0), ("cap", A),
               ("documents", 0), ("cap", CCC)]

    def by_grade(values, kind):  # a third faster than replace_strict
        return lit(pl.Series(values, dtype=kind)).gather(col("final"))

    def cents(name):
        return (col(name) * 100).round().cast(pl.Int64)

    def run():
        grade = sum(((col("pd") >= bound).cast(small) for bound in BOUNDS[1:]), (col("pd") >= BOUNDS[0]).cast(small))
        frame = table.lazy().with_columns(
            grade.alias("raw"), *[known(condition).alias(f"r{n}") for n, condition in enumerate(conditions)])
        final = col("raw")
        frame = frame.with_columns(final.alias("final"))
        for n, (effect, value) in enumerate(effects):
            if effect == "cap":
                step = when(col(f"r{n}") & (col("final") < value)).then(lit(value, dtype=small)).otherwise(col("final"))
            elif effect == "down":
                step = when(col(f"r{n}") & (col("final") < 8)).then(col("final") + value).otherwise(col("final"))
            else:
                continue
            frame = frame.with_columns(step.cast(small).alias("final"))
        hits = sum((col(f"r{n}").cast(pl.UInt16) * (1 << n) for n in range(1, len(effects))), col("r0").cast(pl.UInt16))
        capital, turnover = cents("own_capital"), cents("turnover")
        limit = pl.min_horizontal(
            by_grade([value * 100 for value in MAXIMUM], pl.Int64),
            capital * by_grade(_millionths(CAPITAL_SHARE), pl.Int64) // 1_000_000,
            turnover * by_grade(_millionths(TURNOVER_SHARE), pl.Int64) // 1_000_000,
            when(capital.is_null() & turnover.is_null()).then(
                by_grade([value * 100 for value in WITHOUT_FIGURES], pl.Int64)))
        new = ~known(col("months_since_first_invoice") >= 12)  # not known counts as new
        limit = when(new).then(limit // 2).otherwise(limit)
        terms = by_grade(TERMS, pl.UInt16)
        frame = frame.with_columns(
            hits.alias("hits"),
            when(col("r1")).then(0).otherwise(limit // (STEP * 100) * (STEP * 100)).alias("limit"),
            when(col("r1")).then(0).when(new).then(pl.min_horizontal(terms, lit(15, dtype=pl.UInt16)))
            .otherwise(terms).alias("terms"),
            cents("exposure").alias("used"),
        ).with_columns((col("pd") * by_grade(LOSS, pl.Float64) * col("used")).round(mode="half_to_even")
                       .cast(pl.Int64).alias("loss"))
        return frame.select("raw", "final", "hits", "limit", "used", "terms", "loss").collect()

    def figures(result):
        return {"rank_sum": int(result["final"].cast(pl.Int64).sum()), "limit_sum": int(result["limit"].sum()),
                "hits": int(sum(((result["hits"] // (1 << n)) % 2).cast(pl.Int64).sum() for n in range(16))),
                "terms_sum": int(result["terms"].cast(pl.Int64).sum()), "loss_sum": int(result["loss"].sum())}
    measure(job, run, "polars", **{name: (lambda result, name=name: figures(result)[name]) for name in
                                   ("rank_sum", "limit_sum", "hits", "terms_sum", "loss_sum")})


def pandas_grade(job: Job) -> None:
    import numpy as np
    import pandas
    table = pandas.DataFrame(dict(zip(FACTS, _facts(job))))

    def run():
        t = table
        raw = np.searchsorted(BOUNDS, t["pd"].to_numpy(), side="right")
        judged, asked = t["bureau_judgments"] >= 1, t["statement_audited"] == 0
        rules = [
            (t["dishonest_debtor"] == 1, "cap", C), (t["dishonest_debtor"] == 1, "block", 0),
            (t["bureau_judgments"] >= 3, "cap", CCC), (judged & (t["bureau_judgments_change_12m"] >= 1), "down", 1),
            ((t["legal_recoveries_all"] >= 1) | (t["collection_handovers_24m"] >= 1), "cap", B),
            (t["guarantees_to_assets"] > 0.5, "down", 1), (t["guarantees_to_assets"] > 1, "cap", B),
            ((t["bureau_tax_arrears"] > 10000) | (t["arrears_to_assets"] > 0.01), "cap", BB),
            (t["capital_declared_to_bureau"] > 1.5, "documents", 0), (t["capital_declared_to_bureau"] > 3, "down", 1),
            (t["employees_declared_to_bureau"] > 2, "documents", 0),
            (t["bureau_disagreement"] > 150, "documents", 0), (t["bureau_against_experience"] > 0.5, "documents", 0),
            ((t["statement_age"] > 730) | t["statement_age"].isna(), "cap", A),
            (asked & (t["exposure"] > 250000), "documents", 0), (t["group_default_share"] > 0, "cap", CCC)]
        final, hits = raw.astype(np.int64), np.zeros(len(t), dtype=np.int32)
        for number, (condition, effect, value) in enumerate(rules):
            condition = condition.to_numpy()
            hits |= condition.astype(np.int32) << number
            if effect == "cap":
                final = np.where(condition, np.maximum(final, value), final)
            elif effect == "down":
                final = np.where(condition, np.minimum(final + value, 8), final)
        blocked = rules[1][0].to_numpy()

        def cents(name):
            return np.rint(t[name].to_numpy() * 100)

        def share(amount, shares):
            known = ~np.isnan(amount)
            parts = np.where(known, amount, 0).astype(np.int64) * np.array(_millionths(shares))[final] // 1_000_000
            return np.where(known, parts, np.iinfo(np.int64).max)
        capital, turnover = cents("own_capital"), cents("turnover")
        limit = np.minimum(np.array(MAXIMUM)[final] * 100, share(capital, CAPITAL_SHARE))
        limit = np.minimum(limit, share(turnover, TURNOVER_SHARE))
        unknown = np.isnan(capital) & np.isnan(turnover)
        limit = np.where(unknown, np.minimum(limit, np.array(WITHOUT_FIGURES)[final] * 100), limit)
        new = ~(t["months_since_first_invoice"] >= 12).to_numpy()  # not known counts as new
        limit = np.where(new, limit // 2, limit) // (STEP * 100) * (STEP * 100)
        terms = np.array(TERMS)[final]
        used = cents("exposure")
        return pandas.DataFrame({
            "raw": raw, "final": final, "hits": hits, "limit": np.where(blocked, 0, limit), "used": used,
            "terms": np.where(blocked, 0, np.where(new, np.minimum(terms, 15), terms)),
            "loss": np.rint(t["pd"].to_numpy() * np.array(LOSS)[final] * used).astype(np.int64)})

    measure(job, run, "pandas", "numpy", rank_sum=lambda r: int(r["final"].sum()), limit_sum=lambda r: int(r["limit"].sum()),
            hits=lambda r: int(sum(((r["hits"].to_numpy() >> n) & 1).sum() for n in range(16))),
            terms_sum=lambda r: int(r["terms"].sum()), loss_sum=lambda r: int(r["loss"].sum()))


# ---- migration: rating histories, yearly snapshots and exact times ----------------------------------------------

STATES, REPLICATES = 8, 1000


def _history(job: Job, name: str, kind: str):
    import numpy as np
    return np.fromfile(job.data / f"histories_{job.rows}" / name, dtype=kind)


def numpy_migration(job: Job) -> None:
    """Counting cells with bincount; the bootstrap draws obligors and weights their moves."""
    import numpy as np
    obligors, periods = _history(job, "obligors.i32", "<i4"), _history(job, "periods.i32", "<i4")
    states = _history(job, "states.u8", "u1")

    def counts():
        kept = (obligors[1:] == obligors[:-1]) & (periods[1:] == periods[:-1] + 1)
        keys = states[:-1].astype(np.int64) * STATES + states[1:]
        return keys[kept], obligors[:-1][kept]

    def matrix(cells):
        cells = cells.reshape(STATES, STATES)
        return cells / np.maximum(cells.sum(1, keepdims=True), 1)
    if job.variant == "cohort":
        measure(job, lambda: matrix(np.bincount(counts()[0], minlength=STATES * STATES)), "numpy",
                bbb_to_bb=lambda m: float(m[3, 4]))
        return

    def bootstrap():
        keys, owners = counts()
        generator, total = np.random.default_rng(1), int(owners.max()) + 1
        drawn = np.empty((REPLICATES, STATES, STATES))
        for replicate in range(REPLICATES):
            weights = np.bincount(generator.integers(total, size=total), minlength=total)
            drawn[replicate] = matrix(np.bincount(keys, weights=weights[owners], minlength=STATES * STATES))
        return np.quantile(drawn, [0.025, 0.975], axis=0)
    measure(job, bootstrap, "numpy", lower=lambda q: float(q[0, 3, 4]), upper=lambda q: float(q[1, 3, 4]))


def numba_cohort(job: Job) -> None:
    """Counting cells in one compiled loop."""
    import numba
    import numpy as np
    obligors, periods = _history(job, "obligors.i32", "<i4"), _history(job, "periods.i32", "<i4")
    states = _history(job, "states.u8", "u1")

    @numba.njit
    def count(obligors, periods, states):
        cells = np.zeros((STATES, STATES))
        for row in range(1, obligors.size):
            if obligors[row] == obligors[row - 1] and periods[row] == periods[row - 1] + 1:
                cells[states[row - 1], states[row]] += 1.0
        return cells

    def matrix():
        cells = count(obligors, periods, states)
        return cells / np.maximum(cells.sum(axis=1).reshape(-1, 1), 1.0)
    matrix()
    measure(job, matrix, "numba", bbb_to_bb=lambda m: float(m[3, 4]))


def numba_migration(job: Job) -> None:
    """Aalen-Johansen without covariance: one rank-one update of an 8 x 8 matrix per move."""
    import numba
    import numpy as np
    start, times = _history(job, "start.u8", "u1"), _history(job, "move_time.f64", "<f8")
    left, entered = _history(job, "move_from.u8", "u1"), _history(job, "move_to.u8", "u1")

    @numba.njit
    def walk(order, left, entered, risk, product):
        for place in range(order.size):
            i, j = left[order[place]], entered[order[place]]
            share = 1.0 / risk[i]
            for k in range(product.shape[0]):
                moved = product[k, i] * share
                product[k, i] -= moved
                product[k, j] += moved
            risk[i] -= 1.0
            risk[j] += 1.0
        return product

    def fit():
        risk = np.bincount(start, minlength=STATES).astype(np.float64)
        return walk(np.argsort(times, kind="stable"), left, entered, risk, np.eye(STATES))
    fit()
    measure(job, fit, "numba", p_ref=lambda p: float(p[3, 7]))


def survival(job: Job) -> None:
    """Times the call of survfit inside R, which runs on one thread and gives no standard errors here."""
    script = Path(__file__).with_name("migration_survival.R")
    text = subprocess.run(["Rscript", str(script), str(job.data / f"histories_{job.rows}"), str(job.repeats)],
                          check=True, text=True, stdout=subprocess.PIPE).stdout
    result = json.loads(text.strip().splitlines()[-1])
    print(json.dumps({
        "task": job.task, "peer": job.peer, "version": f"survival {result['survival']}, R {result['r']}", "threads": 1,
        "rows": job.rows, "cols": job.columns, "params": {"variant": job.variant},
        "seconds": sorted(result["seconds"])[len(result["seconds"]) // 2], "min": min(result["seconds"]),
        "max": max(result["seconds"]), "n": len(result["seconds"]),
        "cpu_s": sorted(result["cpu"])[len(result["cpu"]) // 2], "p_ref": result["p"]}), flush=True)


TASKS = {
    "logistic": [scikit_learn_lbfgs, scikit_learn_newton_cholesky, glum],
    "path": [glmnet],
    "csv": [polars_csv, pyarrow_csv],
    "binning": [optbinning],
    "scorecard": [numba_scorecard, polars_scorecard, duckdb_scorecard],
    "batch": [polars_batch, polars_streaming_batch, duckdb_batch],
    "grade": [polars_grade, pandas_grade],
    "migration": [numpy_migration, numba_cohort, numba_migration, survival],
} | boosting.TASKS

# The variants of those that have not all of them.
ONLY = {polars_scorecard: ("raw",), duckdb_scorecard: ("raw",), duckdb_batch: ("scores",),
        numpy_migration: ("cohort", "bootstrap"), numba_migration: ("aalen-johansen",),
        numba_cohort: ("cohort",), survival: ("aalen-johansen",)} | boosting.ONLY
