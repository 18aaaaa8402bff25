"""Parts: stretches of the input as records and losses, made of whole columns or of single rows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.read import columns
from dedup.read.fields import Fields
from dedup.read.frames import Frame
from dedup.read.records import Maker, Record, id_of
from dedup.read.rows import Fault, Numbers, Row
from dedup.read.sources import Located
from dedup.schema import RECORDS

_BARE = RECORDS.remove(0)  # documents are numbered once it is known which ids are repeated


class Lost(NamedTuple):
    """A record that cannot be used: its place in its part, then the columns of ``schema.REJECTS``."""

    place: int
    path: str
    number: int | None
    doc_id: str | None
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the input.

    Attributes:
        records: the usable ones, with the columns of ``schema.RECORDS`` but ``doc``.
        files: the file that each of them is in.
        places: the place of each among all rows of the part, ascending.
        lost: the other rows, ascending by place.
        n_rows: rows in all.
    """

    records: pa.RecordBatch
    files: Numbers
    places: Numbers
    lost: Sequence[Lost]
    n_rows: int

    def slice(self, begin: int, end: int) -> Part:
        """The rows from ``begin`` to before ``end``, without a copy."""
        first, stop = np.searchsorted(self.places, [begin, end]).tolist()
        lost = self.lost[self._lost_before(begin) : self._lost_before(end)]
        records = self.records.slice(first, stop - first)
        moved = [one._replace(place=one.place - begin) for one in lost] if begin else lost
        return Part(records, self.files[first:stop], self.places[first:stop] - begin, moved, end - begin)

    def _lost_before(self, place: int) -> int:
        return bisect_left(self.lost, place, key=lambda one: one.place)

    def without(self, repeated: npt.NDArray[np.bool_], lost: Sequence[Lost]) -> Part:
        """The same part with some records turned into losses."""
        if not lost:
            return self
        merged = sorted([*self.lost, *lost])
        kept = ~repeated
        return Part(self.records.filter(pa.array(kept)), self.files[kept], self.places[kept], merged, self.n_rows)


class Outcome(NamedTuple):
    """What became of one row."""

    file: int
    path: str
    number: int | None
    outcome: Record | Fault
    doc_id: str | None


def outcome_of(file: int, located: Located, row: Row, fields: Fields, maker: Maker, is_text: bool) -> Outcome:
    """Make one record of one row.

    Args:
        file: number of its file.
        located: its file.
        row: the row.
        fields: its columns.
        maker: the rules.
        is_text: its file is its document, and names it even where it is lost.
    """
    made = row.fault or maker.make(located, row, fields)
    if isinstance(made, Record):
        doc_id: str | Fault | None = made.doc_id
    else:
        doc_id = located.label if is_text else id_of(row, fields)
    return Outcome(file, located.path, row.number, made, None if isinstance(doc_id, Fault) else doc_id)


def part_of_outcomes(outcomes: Sequence[Outcome]) -> Part:
    """A part of rows that were looked at one by one; they may stand in several files."""
    places = [place for place, one in enumerate(outcomes) if isinstance(one.outcome, Record)]
    rows: list[Any] = [outcomes[place].outcome for place in places]
    lists = list(zip(*rows, strict=True)) if rows else [()] * len(_BARE)
    arrays = [pa.array(values, field.type) for values, field in zip(lists, _BARE, strict=True)]
    lost = [
        Lost(place, one.path, one.number, one.doc_id, *one.outcome)
        for place, one in enumerate(outcomes)
        if isinstance(one.outcome, Fault)
    ]
    files = np.array([outcomes[place].file for place in places], np.int64)
    records = pa.RecordBatch.from_arrays(arrays, schema=_BARE)
    return Part(records, files, np.array(places, np.int64), lost, len(outcomes))


def part_of_frame(file: int, located: Located, frame: Frame, maker: Maker) -> Part:
    """A part of whole columns; what ``Maker.make`` says of each row holds for it too.

    Args:
        file: number of the file.
        located: the file.
        frame: its records.
        maker: the rules, and the count of times not understood.
    """
    n = len(frame.numbers)
    text, faults = columns.texts(frame, maker.max_chars)
    doc_id, id_faults = columns.ids(frame)
    faults = {**id_faults, **faults}
    lost = [_lost(at, located, frame, doc_id, faults[at]) for at in sorted(faults)]
    places = np.delete(np.arange(n), list(faults)) if faults else np.arange(n)

    def kept(column: Any) -> Any:
        if len(places) == n or column is None:
            return column
        return [column[at] for at in places] if isinstance(column, list) else column.take(pa.array(places))

    def metadata(role: str) -> pa.StringArray:
        return columns.metadata_of(kept(frame.column(role)), len(places))

    numbers = pa.array(frame.numbers[places])
    url, publisher = metadata("url"), metadata("publisher")
    if publisher.null_count and url.null_count < len(url):
        publisher = pc.coalesce(publisher, columns.hosts(url))
    arrays = [
        _named(kept(doc_id), numbers, located.label),
        pa.repeat(pa.scalar(located.path), len(places)),
        numbers,
        metadata("title"),
        publisher,
        *columns.times(kept(frame.column("time")), len(places), maker),
        url,
        columns.numbers(kept(frame.column("keep")), len(places)),
        kept(text),
    ]
    records = pa.RecordBatch.from_arrays(arrays, schema=_BARE)
    return Part(records, np.full(len(places), file), places, lost, n)


def _lost(at: int, located: Located, frame: Frame, doc_ids: pa.StringArray, fault: Fault) -> Lost:
    row, _ = frame.row(at, "text")
    return Lost(at, located.path, row.number, doc_ids[at].as_py(), *fault)


def _named(doc_ids: pa.StringArray, numbers: pa.Int64Array, label: str) -> pa.StringArray:
    """Ids, made of the file's name and the row where a record gives itself none."""
    if not doc_ids.null_count:
        return doc_ids
    return pc.coalesce(doc_ids, pc.binary_join_element_wise(label, numbers.cast(pa.string()), ":"))
