"""Twelve of the features of `obligor features`, computed from a ledger folder with polars.

    POLARS_MAX_THREADS=1 python features_polars.py LEDGER OUT.csv 2021-03-31 2021-06-30 ...
    python features_polars.py --check OURS.csv OUT.csv

One row for each obligor known by an as-of date. Amounts are taken in one currency, and payments as the allocations set
them against invoices. Prints the seconds of reading, computing and writing. With --check, compares the values with those
that `obligor features --features` wrote; rows of obligors in default, which it leaves out, are passed over.
"""

import sys
import time
from datetime import date

import polars as pl

POINTS = [(-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20)]


def read(folder: str):
    """Invoices, and what was paid on them."""
    obligors = pl.read_csv(f"{folder}/obligors.csv", columns=["obligor", "onboarded"], try_parse_dates=True)
    names = pl.Enum(obligors["obligor"])
    invoices = pl.read_csv(
        f"{folder}/invoices.csv",
        columns=["invoice", "obligor", "issued", "due", "amount"],
        schema_overrides={"invoice": pl.String, "obligor": names},
        try_parse_dates=True,
    )
    payments = pl.read_csv(
        f"{folder}/payments.csv",
        columns=["payment", "paid"],
        schema_overrides={"payment": pl.String},
        try_parse_dates=True,
    )
    allocations = pl.read_csv(
        f"{folder}/allocations.csv",
        columns=["payment", "invoice", "amount"],
        schema_overrides={"payment": pl.String, "invoice": pl.String},
    )
    cents = (pl.col("amount") * 100).round().cast(pl.Int64)
    obligors = obligors.with_columns(pl.col("obligor").cast(names))
    return obligors, invoices.with_columns(cents), payments, allocations.with_columns(cents)


def prepared(invoices, payments, allocations):
    """Every payment of an invoice with its delay, and every invoice with the day it was settled."""
    parts = (
        allocations.join(payments, on="payment")
        .join(invoices.select("invoice", "obligor", "due"), on="invoice")
        .with_columns(days=(pl.col("paid") - pl.col("due")).dt.total_days())
    )
    points = pl.lit(10)
    for limit, value in reversed(POINTS):
        points = pl.when(pl.col("days") <= limit).then(value).otherwise(points)
    parts = parts.with_columns(points=points)
    paid = parts.group_by("invoice").agg(total=pl.col("amount").sum(), last=pl.col("paid").max())
    invoices = invoices.join(paid, on="invoice", how="left").with_columns(
        settled=pl.when(pl.col("total") >= pl.col("amount")).then("last")
    )
    return parts, invoices


def features(day: date, obligors, invoices, parts):
    """The features of all obligors as of a day."""
    back = {m: pl.select(pl.lit(day).dt.offset_by(f"-{m}mo")).item() for m in (1, 3, 6, 12)}
    year = parts.filter((pl.col("paid") > back[12]) & (pl.col("paid") <= day))
    amount, days = pl.col("amount"), pl.col("days")

    def dbt(months):
        inside = pl.col("paid") > back[months]
        return ((amount * days).filter(inside).sum() / amount.filter(inside).sum()).alias(f"dbt_{months}m")

    paid = year.group_by("obligor").agg(
        dbt(1),
        dbt(3),
        dbt(6),
        dbt(12),
        late_share_12m=(days > 0).mean(),
        late_amount_share_12m=amount.filter(days > 0).sum() / amount.sum(),
        delay_deviation_12m=days.std(ddof=0),
        payment_index_12m=(amount * pl.col("points")).sum() / amount.sum(),
    )
    billed = (
        invoices.filter((pl.col("issued") > back[12]) & (pl.col("issued") <= day))
        .group_by("obligor")
        .agg(billed_12m=amount.sum() / 100)
    )
    items = invoices.filter((pl.col("issued") <= day) & (pl.col("settled").is_null() | (pl.col("settled") > day)))
    so_far = (
        parts.join(items.select("invoice"), on="invoice", how="semi")
        .filter(pl.col("paid") <= day)
        .group_by("invoice")
        .agg(so_far=amount.sum())
    )
    items = items.join(so_far, on="invoice", how="left").with_columns(
        rest=amount - pl.col("so_far").fill_null(0), overdue=(day - pl.col("due")).dt.total_days()
    )
    rest, overdue = pl.col("rest"), pl.col("overdue")
    opened = items.group_by("obligor").agg(
        open_amount=rest.sum() / 100,
        overdue_share=rest.filter(overdue > 0).sum() / rest.sum(),
        oldest_dpd=overdue.max().clip(0),
    )
    known = obligors.filter(pl.col("onboarded") <= day).select("obligor", as_of=pl.lit(day))
    table = known
    for part in (paid, billed, opened):
        table = table.join(part, on="obligor", how="left")
    return table.with_columns(pl.col("billed_12m", "open_amount", "oldest_dpd").fill_null(0))


def check(ours: str, theirs: str):
    """Compares two tables value by value."""
    left = pl.read_csv(ours, try_parse_dates=True)
    right = pl.read_csv(theirs, try_parse_dates=True)
    both = left.join(right, on=["obligor", "as_of"], suffix="_theirs")
    names = [name for name in right.columns if name not in ("obligor", "as_of")]
    worst = 0.0
    for name in names:
        x, y = both[name].cast(pl.Float64), both[f"{name}_theirs"].cast(pl.Float64)
        if not (x.is_null() == y.is_null()).all():
            sys.exit(f"{name}: missing in different rows")
        worst = max(worst, (x - y).abs().max() or 0.0)
    print(f"{both.height} of {left.height} rows and {len(names)} features compared, largest difference {worst:.3g}")
    if both.height != left.height or worst > 1e-6:
        sys.exit("they differ")


def main():
    if sys.argv[1] == "--check":
        return check(*sys.argv[2:])
    folder, out, *days = sys.argv[1:]
    began = time.perf_counter()
    obligors, invoices, payments, allocations = read(folder)
    was_read = time.perf_counter()
    parts, invoices = prepared(invoices, payments, allocations)
    tables = [features(date.fromisoformat(day), obligors, invoices, parts) for day in days]
    computed = time.perf_counter()
    pl.concat(tables).write_csv(out)
    ended = time.perf_counter()
    print(f"read {was_read - began:.2f} compute {computed - was_read:.2f} write {ended - computed:.2f}")


if __name__ == "__main__":
    main()
