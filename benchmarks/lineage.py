"""Ask how well ``dedup run`` finds out who had a text first: order, parents, confidence, sources that are not there.

Usage: ``python benchmarks/lineage.py [--only order,...] [--half dev|test]``. Needs the data that ``DEDUP_DATA`` names.
Everything is fitted on the stories of ``--half dev``; we report on ``test``. Rows are merged by name into the file of
``--out``. Exits with 1 where a target is missed, with 2 where the data are absent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from asking import ask
from lineages import Bench, Figure, Row, order, seeds, sources, trees
from lineages import time as times

RESULTS = Path(__file__).resolve().parent / "results" / "lineage.json"
QUESTIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    module.__name__.rpartition(".")[2]: module.ask for module in (order, trees, sources, seeds, times)
}


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table: text alone beside all that is known, each with its target."""
    lines = [
        "| row | text only | target | with metadata | target | met | simple rules |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        met = {True: "yes", False: "NO", None: ""}[row["met"]]
        if "failed" in row:
            lines.append(f"| {row['row']} | could not be run: {row['failed']} | | | | {met} | |")
            continue
        rules = ", ".join(f"{name} {value:g}" for name, value in row["baselines"].items())
        cells = [*_cells(row["text"]), *_cells(row["metadata"])]
        lines.append(f"| {row['row']} | {' | '.join(cells)} | {met} | {rules} |")
    return "\n".join(lines)


def _cells(figure: Figure | None) -> tuple[str, str]:
    """A figure with its interval, and its target."""
    if figure is None:
        return "", ""
    if figure["value"] is None:
        return "not known", figure["target"]
    interval = " ({:g}–{:g})".format(*figure["interval"]) if figure["interval"] else ""
    return f"{figure['value']:g}{interval}", figure["target"]


if __name__ == "__main__":
    sys.exit(ask(RESULTS, __doc__, QUESTIONS, Bench, table, sample=300))
