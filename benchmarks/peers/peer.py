#!/usr/bin/env python3
"""Runs one peer in one task and prints one JSON line; `--list` names those whose packages are installed."""
from __future__ import annotations

import argparse
import ast
import importlib.util
import inspect
import json
import shutil
import textwrap
from pathlib import Path

from contestants import ONLY, TASKS
from measure import Job


def needs(contestant) -> set[str]:
    """The packages that a contestant imports, its private helpers included."""
    module = inspect.getmodule(contestant)
    tree = ast.parse(textwrap.dedent(inspect.getsource(contestant)))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("_"):
            found |= needs(getattr(module, node.func.id))
    return found


def installed(contestant) -> bool:
    if contestant.__name__ in ("glmnet", "survival") and shutil.which("Rscript") is None:
        return False
    return all(importlib.util.find_spec(package) for package in needs(contestant))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--task", choices=list(TASKS))
    parser.add_argument("--peer")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--columns", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--variant", default="")
    options = parser.parse_args()
    if options.list:
        print(json.dumps({task: {c.__name__: ONLY.get(c, ()) for c in contestants if installed(c)}
                          for task, contestants in TASKS.items()}))
        return
    contestant = next(c for c in TASKS[options.task] if c.__name__ == options.peer)
    contestant(Job(options.task, options.peer, options.data, options.rows, options.columns, options.threads,
                   options.repeats, options.variant))


if __name__ == "__main__":
    main()
