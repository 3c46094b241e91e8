"""Timing and the JSON line that every contestant prints, ours and the peers' alike."""
from __future__ import annotations

import gc
import importlib.metadata
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Job:
    """One contestant's run: what to read, how often, on how many threads."""

    task: str
    peer: str
    data: Path
    rows: int
    columns: int
    threads: int
    repeats: int
    variant: str

    @property
    def folder(self) -> Path:
        return self.data / f"credit_{self.rows}x{self.columns}"


def _status(key: str) -> float:
    with open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith(key):
                return round(int(line.split()[1]) / 1024, 1)
    return float("nan")


def measure(job: Job, body, *packages: str, **extra) -> object:
    """Runs body() `repeats` times, prints the JSON line, returns the last value.

    `extra` values that are callable get the last value, outside the timed section.
    """
    gc.collect()
    try:  # the high-water mark of the resident set starts anew
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass
    base = _status("VmRSS")
    wall, cpu, value = [], [], None
    for _ in range(job.repeats):
        value = None
        started, used = time.perf_counter(), time.process_time()
        value = body()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - used)
    peak = _status("VmHWM")
    seconds = statistics.median(wall)
    line = {
        "task": job.task, "peer": job.peer,
        "version": ", ".join(f"{p} {importlib.metadata.version(p)}" for p in packages),
        "threads": job.threads, "rows": job.rows, "cols": job.columns, "params": {"variant": job.variant},
        "seconds": round(seconds, 6), "min": round(min(wall), 6), "max": round(max(wall), 6), "n": len(wall),
        "cpu_s": round(statistics.median(cpu), 6), "rows_per_s": round(job.rows / seconds, 1),
        "peak_rss_mb": peak, "base_rss_mb": base,
    }
    line |= {name: f(value) if callable(f) else f for name, f in extra.items()}
    print(json.dumps(line), flush=True)
    return value
