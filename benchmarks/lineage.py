"""Ask how well ``dedup run`` finds out who had a text first: order, parents, confidence, sources that are not there.

Usage: ``python benchmarks/lineage.py [--only order,...] [--half dev|test]``. Needs the data that ``DEDUP_DATA`` names.
Everything is fitted on the stories of ``--half dev``; we report on ``test``. Rows are merged by name into the file of
``--out``. Exits with 1 where a target is missed, with 2 where the data are absent.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import machine
import newswire
from environments import work_folder
from histories import HALVES
from lineages import Bench, Figure, Row, order, seeds, sources, trees
from lineages import time as times
from measure import FailedError
from report import merge

ROOT = Path(__file__).resolve().parent.parent
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


def _answers(name: str, bench: Bench) -> Iterator[Row]:
    """The rows of a question; a run that fails becomes a row too, and the next question is asked."""
    try:
        yield from QUESTIONS[name](bench)
    except FailedError as error:
        yield {"row": name, "failed": str(error), "met": False}


def _results(which: str, work: Path) -> Path:
    """Where the rows are kept: what was fitted on is no result."""
    return ROOT / "benchmarks" / "results" / "lineage.json" if which == "test" else work / f"lineage-{which}.json"


def main() -> int:
    """Ask the questions, print the table, keep the rows; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(QUESTIONS), help=f"of {','.join(QUESTIONS)}")
    parser.add_argument("--half", choices=HALVES, default="test", help="(default: %(default)s)")
    parser.add_argument("--sample", type=int, default=300, help="stories that are made up (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for piles and runs")
    parser.add_argument("--out", type=Path, help="the results (default: results/lineage.json; of dev, in --work)")
    given = parser.parse_args()
    chosen = [name for name in given.only.split(",") if name]
    if unknown := set(chosen) - QUESTIONS.keys():
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(QUESTIONS)}")
    if not newswire.DATA.is_dir():
        print(f"{newswire.DATA} is absent: set DEDUP_DATA to the folder of the data.", file=sys.stderr)
        return 2
    bench = Bench(given.work, given.half, given.sample, given.rounds)
    stamp = {"half": given.half, "commit": machine.describe()["commit"], "date": time.strftime("%Y-%m-%d")}
    rows: list[Row] = []
    for name in chosen:
        for row in _answers(name, bench):
            rows.append(row | stamp)
            merge(given.out or _results(given.half, given.work), rows)
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    print(table(rows))
    return 0 if all(row["met"] in {True, None} for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
