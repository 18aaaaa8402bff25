"""Ask the questions of a benchmark: what ``quality.py`` and ``lineage.py`` have in common.

A question is a function that yields rows; a bench is what all questions of a benchmark share, made of the folder for
its work, the half of the data, how many stories are made up, and how often a time is measured.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import machine
import newswire
from environments import work_folder
from histories import HALVES
from measure import FailedError
from report import merge

Row = dict[str, Any]
B = TypeVar("B")


class Target(NamedTuple):
    """A figure beside what is wanted of it."""

    text: str
    met: bool | None


def target(value: float | None, least: float | None, most: float | None) -> Target:
    """What is wanted of a figure, if anything is, and whether it is reached; None of a figure that is not known."""
    met = None
    if value is not None and least is not None:
        met = value >= least
    if value is not None and most is not None:
        met = value <= most
    return Target(f">= {least:g}" if least is not None else f"<= {most:g}" if most is not None else "", met)


def answers(name: str, question: Callable[[B], Iterator[Row]], bench: B) -> Iterator[Row]:
    """The rows of a question; a run that fails becomes a row too, and the next question is asked."""
    try:
        yield from question(bench)
    except FailedError as error:
        yield {"row": name, "failed": str(error), "met": False}


def ask(
    results: Path,
    about: str | None,
    questions: Mapping[str, Callable[[B], Iterator[Row]]],
    bench: Callable[[Path, str, int, int], B],
    table: Callable[[list[Row]], str],
    sample: int,
) -> int:
    """Ask the questions that the command line names, print the table, keep the rows; return the exit code.

    Args:
        results: the file for the rows; what was tuned on, ``--half dev``, is no result and goes into ``--work``.
        about: what the help says.
        questions: by name.
        bench: makes the bench.
        table: shows rows.
        sample: stories that are made up, unless told otherwise.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(questions), help=f"of {','.join(questions)}")
    parser.add_argument("--half", choices=HALVES, default="test", help="(default: %(default)s)")
    parser.add_argument("--sample", type=int, default=sample, help="stories that are made up (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for piles and runs")
    parser.add_argument("--out", type=Path, help=f"the results (default: results/{results.name}; of dev, in --work)")
    given = parser.parse_args()
    chosen = [question for question in given.only.split(",") if question]
    if unknown := set(chosen) - questions.keys():
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(questions)}")
    if not newswire.DATA.is_dir():
        print(f"{newswire.DATA} is absent: set DEDUP_DATA to the folder of the data.", file=sys.stderr)
        return 2
    tuned = given.work / f"{results.stem}-{given.half}.json"
    out = given.out or (results if given.half == "test" else tuned)
    made = bench(given.work, given.half, given.sample, given.rounds)
    stamp = {"half": given.half, "commit": machine.describe()["commit"], "date": time.strftime("%Y-%m-%d")}
    rows: list[Row] = []
    for question in chosen:
        for row in answers(question, questions[question], made):
            rows.append(row | stamp)
            merge(out, rows)
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    print(table(rows))
    return 0 if all(row["met"] in {True, None} for row in rows) else 1
