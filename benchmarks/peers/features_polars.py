"""Twelve of the features of `obligor features`, computed from a ledger folder with polars.

    POLARS_MAX_THREADS=1 python features_polars.py LEDGER OUT.csv 2021-03-31 2021-06-30 ...
    python features_polars.py --check OURS.csv OUT.csv

One row for each obligor known by an as-of date. Payments count as the allocations set them against invoices; those of
obligors without allocations go to the invoice that is due first. Amounts of the past are taken at the rate of their
day, open ones at the rate of the as-of date. What the script takes for granted, and `obligor simulate` keeps to:
records are known on the day they happen, an obligor is billed in one currency and has allocations for all of its
payments or for none. Prints the seconds of reading, computing and writing and the peak memory. With --check, compares
the values with those that `obligor features --features` wrote; rows of obligors in default, which it leaves out, are
passed over.
"""

import json
import resource
import sys
import time
from datetime import date

import polars as pl

POINTS = [(-30, 100), (-20, 90), (0, 80), (15, 70), (22, 60), (30, 50), (60, 40), (90, 30), (120, 20)]
WITHOUT_DECIMALS = ["JPY", "KRW", "CLP", "ISK", "VND", "XAF", "XOF"]


def rounded(value):
    """To whole numbers, halves away from zero."""
    return (value + 0.5 * value.sign()).cast(pl.Int64)


def read(folder: str):
    """The columns that the features need, amounts in minor units."""
    with open(f"{folder}/ledger.json") as file:
        base = json.load(file)["baseCurrency"]

    def table(name, columns, **types):
        return pl.read_csv(
            f"{folder}/{name}.csv", columns=columns, schema_overrides=types, try_parse_dates=True
        )

    obligors = table("obligors", ["obligor", "onboarded"], obligor=pl.String)
    names = pl.Enum(obligors["obligor"])
    obligors = obligors.with_columns(pl.col("obligor").cast(names))
    rates = table("rates", ["day", "currency", "rate"]).sort("day")
    codes = pl.Enum([base, *(code for code in rates["currency"].unique().sort() if code != base)])
    rates = rates.with_columns(pl.col("currency").cast(codes))
    amounts = dict(obligor=names, currency=codes)
    invoices = table(
        "invoices", ["invoice", "obligor", "issued", "due", "amount", "currency"], invoice=pl.String, **amounts
    )
    payments = table(
        "payments", ["payment", "obligor", "paid", "amount", "currency"], payment=pl.String, **amounts
    )
    allocations = table(
        "allocations", ["payment", "invoice", "amount"], payment=pl.String, invoice=pl.String
    )
    notes = table("credit_notes", ["obligor", "invoice", "issued", "amount"], obligor=names, invoice=pl.String)
    units = pl.when(pl.col("currency").is_in(WITHOUT_DECIMALS)).then(1.0).otherwise(100.0)
    return obligors, rates.with_columns(scale=pl.lit(100.0) / units), (
        invoices.with_columns((pl.col("amount") * units).round().cast(pl.Int64)),
        payments.with_columns((pl.col("amount") * units).round().cast(pl.Int64)),
        allocations,
        notes,
    ), base, units


def in_base(table, day: str, rates, base: str):
    """The table with amounts in minor units of the base currency at the rate of a day."""
    foreign = pl.col("currency") != base
    converted = (
        table.filter(foreign)
        .sort(day)
        .join_asof(
            rates.rename({"day": "rate_day"}), left_on=day, right_on="rate_day", by="currency", check_sortedness=False
        )
        .with_columns(base=rounded(pl.col("amount") * (pl.col("rate") * pl.col("scale"))))
        .drop("rate_day", "rate", "scale")
    )
    return pl.concat([table.filter(~foreign).with_columns(base=pl.col("amount")), converted])


def oldest_due_first(invoices, payments):
    """Parts of payments on account: both run up in their order, and a part lies between two steps of either."""
    billed = invoices.sort("obligor", "due", "issued", maintain_order=True).with_columns(
        end=pl.col("amount").cum_sum().over("obligor")
    )
    paid = payments.sort("obligor", "paid", maintain_order=True).with_columns(
        end=pl.col("amount").cum_sum().over("obligor")
    )
    steps = (
        pl.concat([billed.select("obligor", "end"), paid.select("obligor", "end")])
        .unique()
        .sort("obligor", "end")
        .with_columns(start=pl.col("end").shift(1, fill_value=0).over("obligor"))
    )
    options = dict(on="end", by="obligor", strategy="forward", check_sortedness=False)
    parts = (
        steps.sort("end")
        .join_asof(billed.select("obligor", "end", "invoice", "issued", "due", "currency").sort("end"), **options)
        .join_asof(paid.select("obligor", "end", "payment", "paid").sort("end"), **options)
        .drop_nulls(["invoice", "payment"])
    )
    return parts.select(
        "payment", "invoice", "obligor", "issued", "due", "currency", "paid", amount=pl.col("end") - pl.col("start")
    )


def prepared(rates, tables, base, units):
    """Every part of a payment with its delay, and every invoice with the day it was settled."""
    invoices, payments, allocations, notes = tables
    named = (
        allocations.join(payments.select("payment", "paid"), on="payment")
        .join(invoices.select("invoice", "obligor", "issued", "due", "currency"), on="invoice")
        .with_columns((pl.col("amount") * units).round().cast(pl.Int64))
    )
    naming = named.select("obligor").unique()
    on_account = oldest_due_first(
        invoices.join(naming, on="obligor", how="anti"), payments.join(naming, on="obligor", how="anti")
    )
    parts = pl.concat([named.select(on_account.columns), on_account]).with_columns(
        days=(pl.col("paid") - pl.col("due")).dt.total_days(), known=pl.max_horizontal("paid", "issued")
    )
    points = pl.lit(10)
    for limit, value in reversed(POINTS):
        points = pl.when(pl.col("days") <= limit).then(value).otherwise(points)
    parts = in_base(parts.with_columns(points=points), "paid", rates, base)
    credits = notes.rename({"issued": "known"}).join(
        invoices.select("invoice", "currency"), on="invoice"
    ).with_columns((pl.col("amount") * units).round().cast(pl.Int64))
    settling = pl.concat([parts.select("invoice", "amount", "known"), credits.select("invoice", "amount", "known")])
    totals = settling.group_by("invoice").agg(total=pl.col("amount").sum(), last=pl.col("known").max())
    invoices = in_base(invoices, "issued", rates, base).join(totals, on="invoice", how="left").with_columns(
        settled=pl.when(pl.col("total") >= pl.col("amount")).then("last")
    )
    return parts, invoices, settling


def features(day: date, obligors, invoices, parts, settling, rates, base):
    """The features of all obligors as of a day."""
    back = {m: pl.select(pl.lit(day).dt.offset_by(f"-{m}mo")).item() for m in (1, 3, 6, 12)}
    year = parts.filter((pl.col("paid") > back[12]) & (pl.col("known") <= day))
    amount, days = pl.col("base"), pl.col("days")

    def dbt(months):
        inside = pl.col("paid") > back[months]
        return ((amount * days).filter(inside).sum() / amount.filter(inside).sum()).alias(f"dbt_{months}m")

    # A payment counts once for each invoice it is set against.
    paid = year.group_by("obligor").agg(
        dbt(1),
        dbt(3),
        dbt(6),
        dbt(12),
        late_share_12m=(days > 0).mean(),
        late_amount_share_12m=amount.filter(days > 0).sum() / amount.sum(),
        delay_deviation_12m=days.std(ddof=0),
        payment_index_12m=(amount * pl.col("points")).sum() / amount.sum(),
    ).with_columns(pl.selectors.starts_with("dbt_").fill_nan(None))
    billed = (
        invoices.filter((pl.col("issued") > back[12]) & (pl.col("issued") <= day))
        .group_by("obligor")
        .agg(billed_12m=amount.sum() / 100)
    )
    items = invoices.filter((pl.col("issued") <= day) & (pl.col("settled").is_null() | (pl.col("settled") > day)))
    so_far = (
        settling.join(items.select("invoice"), on="invoice", how="semi")
        .filter(pl.col("known") <= day)
        .group_by("invoice")
        .agg(so_far=pl.col("amount").sum())
    )
    today = rates.filter(pl.col("day") <= day).group_by("currency").agg(
        rate=(pl.col("rate") * pl.col("scale")).sort_by("day").last()
    )
    rest = pl.col("amount") - pl.col("so_far").fill_null(0)
    items = (
        items.join(so_far, on="invoice", how="left")
        .join(today, on="currency", how="left")
        .with_columns(
            rest=pl.when(pl.col("currency") == base).then(rest).otherwise(rounded(rest * pl.col("rate"))),
            overdue=(day - pl.col("due")).dt.total_days(),
        )
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
    left = pl.read_csv(ours, try_parse_dates=True, infer_schema_length=None)
    right = pl.read_csv(theirs, try_parse_dates=True, infer_schema_length=None)
    both = left.join(right, on=["obligor", "as_of"], suffix="_theirs")
    names = [name for name in right.columns if name not in ("obligor", "as_of")]
    worst = 0.0
    for name in names:
        x, y = both[name].cast(pl.Float64), both[f"{name}_theirs"].cast(pl.Float64)
        other = (x.is_null() != y.is_null()).sum()
        # Relative to the value where that is above 1: amounts run to millions, and have their last digits from sums.
        scale = pl.select(pl.max_horizontal(x.abs(), pl.lit(1.0))).to_series()
        worst = max(worst, ((x - y).abs() / scale).max() or 0.0, float("inf") if other else 0.0)
    print(f"{both.height} of {left.height} rows and {len(names)} features compared, largest relative difference {worst:.3g}")
    if both.height != left.height or worst > 1e-12:
        sys.exit("they differ")


def main():
    if sys.argv[1] == "--check":
        return check(*sys.argv[2:])
    folder, out, *days = sys.argv[1:]
    began = time.perf_counter()
    obligors, rates, tables, base, units = read(folder)
    was_read = time.perf_counter()
    parts, invoices, settling = prepared(rates, tables, base, units)
    tables = [features(date.fromisoformat(day), obligors, invoices, parts, settling, rates, base) for day in days]
    computed = time.perf_counter()
    pl.concat(tables).write_csv(out)
    ended = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"read {was_read - began:.2f} compute {computed - was_read:.2f} write {ended - computed:.2f} "
        f"peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
