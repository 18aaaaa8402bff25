"""How time and memory of ``dedup run --detect copies`` grow from 125,000 to 2,000,000 documents of 2.4 kB.

Usage: ``python benchmarks/scale.py [--sizes N,N,...] [--memory 1.5GB]``. Each size is run ``--rounds`` times as a
process of its own. The exponents are slopes of straight lines through (log documents, log median), by least squares:
1 means proportional, 0 means that size does not matter. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import statistics
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import corpus
import machine
from environments import ours, work_folder
from measure import measured

ROOT = Path(__file__).resolve().parent.parent
SIZES = (125_000, 250_000, 500_000, 1_000_000, 2_000_000)
MEMORY = "1.5GB"
MOST_PEAK_MB = 1800  # under MEMORY, at every size
MOST_TIME_EXPONENT, MOST_MEMORY_EXPONENT = 1.1, 0.3
POLL_SECONDS = 0.2
WARM_UP = 2_000


@dataclass
class DiskWatch:
    """Looks again and again how much a folder holds, while a run goes on; ``peak`` is in bytes."""

    folder: Path
    peak: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(POLL_SECONDS):
            self.peak = max(self.peak, held(self.folder))


def held(folder: Path) -> int:
    """Bytes on the disk in a folder and below; a file that goes while it is counted counts as nothing."""
    total = 0
    for path in folder.rglob("*") if folder.exists() else ():
        with suppress(FileNotFoundError):
            total += path.stat().st_blocks * 512
    return total


def run(source: Path, out: Path, command: list[str]) -> dict[str, float]:
    """One measured run, with the peak of what lies in the folder of an unfinished run."""
    shutil.rmtree(out, ignore_errors=True)
    with DiskWatch(out / ".partial") as watch:
        figures = measured([*command[:2], str(source), "-o", str(out), "--quiet", *command[2:]], timeout=7200)
    return figures | {"partial_mb": round(watch.peak / 1e6, 1), "tables_mb": round(held(out) / 1e6, 1)}


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log value over log size, by least squares."""
    slope = statistics.linear_regression([math.log(n) for n in sizes], [math.log(value) for value in values]).slope
    return round(slope, 3)


def conclude(results: dict[str, list[dict[str, float]]], *, bounded: bool) -> dict[str, Any]:
    """Exponents and targets of all sizes together."""
    sizes = sorted(map(int, results))
    walls, peaks = ([_median(results[str(n)], figure) for n in sizes] for figure in ("wall", "peak_mb"))
    figures: dict[str, Any] = {"largest_peak_mb": max(peaks)}
    if len(sizes) > 1:
        figures |= {"wall_exponent": exponent(sizes, walls), "peak_exponent": exponent(sizes, peaks)}
        figures["met"] = {f"wall exponent <= {MOST_TIME_EXPONENT}": figures["wall_exponent"] <= MOST_TIME_EXPONENT}
        if bounded:
            name = f"peak exponent <= {MOST_MEMORY_EXPONENT}"
            figures["met"] |= {name: figures["peak_exponent"] <= MOST_MEMORY_EXPONENT}
    if bounded:
        figures["met"] = figures.get("met", {}) | {f"peak <= {MOST_PEAK_MB} MB": max(peaks) <= MOST_PEAK_MB}
    return figures


def table(results: dict[str, list[dict[str, float]]]) -> str:
    """The medians of all sizes as a Markdown table."""
    lines = [
        "| documents | wall, s | range | documents/s | cpu, s | peak, MB | unfinished run, MB | tables, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for size in sorted(map(int, results)):
        runs = results[str(size)]
        walls = [run["wall"] for run in runs]
        cells = [
            f"{size:,}",
            f"{statistics.median(walls):.2f}",
            f"{min(walls):.2f}–{max(walls):.2f}",
            f"{size / statistics.median(walls):,.0f}",
            f"{_median(runs, 'cpu'):.1f}",
            *(f"{_median(runs, figure):,.0f}" for figure in ("peak_mb", "partial_mb", "tables_mb")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _median(runs: list[dict[str, float]], figure: str) -> float:
    return statistics.median(run[figure] for run in runs)


def main() -> int:
    """Run all sizes, print the table, keep every figure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of documents")
    parser.add_argument("--memory", default=MEMORY, help="for dedup run; empty: not passed on (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for the corpora")
    parser.add_argument("--dedup", type=Path, help="the command to measure (default: this working tree, installed)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "scale.json")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    command = [str(given.dedup or ours(given.work)), "run", "--detect", "copies"]
    command += ["--memory", given.memory] if given.memory else []
    out = given.work / "out-scale"
    run(corpus.cached(given.work, corpus.Options(WARM_UP)), out, command)
    sources = {size: corpus.cached(given.work, corpus.Options(size)) for size in map(int, given.sizes.split(","))}
    results: dict[str, list[dict[str, float]]] = {str(size): [] for size in sources}
    for _ in range(given.rounds):  # all sizes in turn, so that a slow minute of the machine does not fall on one size
        for size, source in sources.items():
            results[str(size)].append(run(source, out, command))
            print(f"{size:,}: {results[str(size)][-1]}", flush=True)
    conclusion = conclude(results, bounded=bool(given.memory))
    report = {
        "machine": machine.describe(),
        "date": time.strftime("%Y-%m-%d"),
        "command": " ".join(["dedup", *command[1:]]),
        **conclusion,
        "runs": results,
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(table(results), json.dumps(conclusion, indent=2), sep="\n")
    return 0 if all(conclusion.get("met", {}).values()) else 1


if __name__ == "__main__":
    sys.exit(main())
