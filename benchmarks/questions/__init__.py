"""The questions of ``quality.py``, a module each; here what they share: the bench, runs and their tables, rows.

Each module has a function ``ask(bench)`` that yields rows. What the tables of a run do not hold (yet), such as a
score, is a row without a value.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import newswire
import pyarrow.parquet as pq
from asking import target
from measure import measured
from newswire import Story

Row = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """What all questions share.

    Attributes:
        work: folder for piles and runs.
        half: ``dev`` or ``test``: of the documents, of the spinner's dictionary, and of the pairs of PAN.
        sample: documents that are spun or edited, for each way of doing so.
        rounds: how often a time is measured.
    """

    work: Path
    half: str
    sample: int
    rounds: int

    def run(self, name: str, source: Path | Iterable[Story]) -> Run:
        """``dedup run``, all detection and default settings, on a source or on a pile that is written first."""
        folder = self.work / "quality" / f"{name}-{self.half}"
        if not isinstance(source, Path):
            source = newswire.write(folder / "pile.parquet", source)
        command = [sys.executable, "-m", "dedup", "run", str(source), "-o", str(folder / "out"), "--quiet"]
        return Run(folder / "out", measured(command))


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, and what it took."""

    out: Path
    took: dict[str, float]

    def table(self, name: str, columns: Sequence[str]) -> dict[str, list[Any]]:
        """Some columns of a table as lists; None in each row for one that the table does not have."""
        path = self.out / f"{name}.parquet"
        known = pq.read_schema(path).names
        read = pq.read_table(path, columns=[column for column in columns if column in known])
        nothing = [None] * len(read)
        return {column: read[column].to_pylist() if column in known else nothing for column in columns}

    def pairs(self, columns: Sequence[str]) -> dict[tuple[str, str], dict[str, Any]]:
        """The rows of ``pairs``, by both ids in either order."""
        own = self.table("pairs", ["left_id", "right_id", *columns])
        found = {}
        for left, right, *values in zip(*own.values(), strict=True):
            found[left, right] = found[right, left] = dict(zip(columns, values, strict=True))
        return found


def row(
    name: str,
    value: float | None,
    *,
    least: float | None = None,
    most: float | None = None,
    interval: tuple[float, float] | None = None,
    **details: Any,
) -> Row:
    """A row of the results.

    Args:
        value: the figure; None where there is none (yet).
        least, most: the target, if there is one.
        interval: its bootstrap interval.
        details: further figures, as JSON.
    """
    wanted = target(value, least, most)
    return {
        "row": name,
        "value": None if value is None else round(value, 4),
        "interval": [round(bound, 4) for bound in interval] if interval else None,
        "target": wanted.text,
        "met": wanted.met,
        **details,
    }


def mean(values: Sequence[float]) -> float | None:
    """The mean, None of nothing."""
    return sum(values) / len(values) if values else None
