"""Makes optbinning.json: counts by pre-bin and by level with the figures to reach, no rows of data.

    python optbinning.py ORACLES DATA > optbinning.json

ORACLES holds optbinning_{german,hmeq,taiwan}.json, results of optbinning (solver cp) and of an exact dynamic
programme in Python on the same pre-bins; DATA the three public tables that they were made from.
"""
import csv
import gzip
import io
import json
import pathlib
import sys

oracles, data = map(pathlib.Path, sys.argv[1:])
SETS = {
    "german": ("german_credit/german.csv", "class", "2", ["purpose", "credit_history", "savings", "job"]),
    "hmeq": ("hmeq/hmeq.csv", "BAD", "1", ["JOB", "REASON"]),
    "taiwan": ("taiwan_credit_default/UCI_Credit_Card.csv.gz", "default.payment.next.month", "1",
               ["EDUCATION", "MARRIAGE"]),
}


def table(path):
    raw = (data / path).read_bytes()
    text = (gzip.decompress(raw) if path.endswith(".gz") else raw).decode()
    return list(csv.DictReader(io.StringIO(text)))


def levels(rows, name, target, event):
    counts = {}
    for row in rows:
        counts.setdefault(row[name], [0, 0])[row[target] == event] += 1
    return [{"level": level or None, "non_defaults": n, "defaults": d} for level, (n, d) in sorted(counts.items())]


numeric, categorical, tools, digests = [], [], set(), {}
for name, (path, target, event, names) in SETS.items():
    record = json.loads((oracles / f"optbinning_{name}.json").read_text())
    tools.add(record["tool_version"])
    digests |= {entry["file"]: entry["sha256"] for entry in record["data"]}
    rows = table(path)
    variables = {}
    for result in record["expected"]["numeric"]:
        key = (result["variable"], result["max_n_prebins"])
        entry = variables.setdefault(key, {
            "data": name, "variable": key[0], "maximum_prebins": key[1],
            "minimum_prebin_share": result["min_prebin_size"], "rows": len(rows),
            "minimum_bin_count": result["min_bin_count"], "splits": result["prebin_splits"],
            "non_defaults": result["prebin_non_events"], "defaults": result["prebin_events"], "cases": []})
        if "exact_objective" in result:
            entry["cases"].append({
                "trend": result["monotonic_trend"] or "none", "maximum_bins": result["max_n_bins"],
                "solver": result["objective"], "exact": result["exact_objective"]})
    numeric += variables.values()
    for variable in names:
        cases = [{"cutoff": c["cat_cutoff"], "iv": c["iv_total"], "bins": len([b for b in c["bins"] if b["count"]])}
                 for c in record["expected"]["categorical"] if c["variable"] == variable]
        categorical.append({"data": name, "variable": variable, "levels": levels(rows, variable, target, event),
                            "cases": cases})
json.dump({"tool": "optbinning OptimalBinning, solver cp; exact: dynamic programme in Python",
           "tool_version": sorted(tools), "data_sha256": digests,
           "options": "divergence iv, min_bin_size 0.05, CART pre-bins, pure pre-bins merged",
           "numeric": numeric, "categorical": categorical}, sys.stdout, indent=None, separators=(",", ":"))
print()
