"""From parts to batches: which ids are repeated, how documents are numbered, and where batches are cut."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from dedup.config import Config
from dedup.errors import RecordError
from dedup.read.extents import Extents
from dedup.read.ids import SeenIds, packed, unpacked
from dedup.read.parts import Lost, Outcome, Part, part_of_outcomes
from dedup.read.records import Record
from dedup.read.rows import REPEATED_ID
from dedup.read.sources import Located
from dedup.read.values import spans
from dedup.schema import RECORDS, REJECTS

BATCH_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of the input.

    Attributes:
        records: usable documents, with the columns of ``schema.RECORDS``.
        rejects: the others, with the columns of ``schema.REJECTS``.
    """

    records: pa.RecordBatch
    rejects: pa.RecordBatch


class Batches:
    """Cuts parts, as they come, into batches of at most ``batch_size`` rows and about 16 MiB of text.

    A part of more than half a batch stands alone, cut into pieces of equal size, so that its texts need not be copied;
    smaller ones are joined, as are rows that were looked at one by one.

    Args:
        files: all inputs.
        config: ``batch_size`` and ``strict``.

    Attributes:
        extents: where the documents stand.
        n_documents: documents so far.
    """

    def __init__(self, files: Sequence[Located], config: Config) -> None:
        self.extents = Extents()
        self.n_documents = 0
        self._files = files
        self._config = config
        self._seen = SeenIds()
        self._outcomes: list[Outcome] = []
        self._n_chars = 0
        self._pending: list[Part] = []
        self._n_rows = 0
        self._n_bytes = 0

    def add(self, found: Part | Outcome) -> Iterator[Batch]:
        """Add what was found next in the input; yield the batches that it completes.

        Raises:
            RecordError: a record cannot be used, under ``strict``.
        """
        if isinstance(found, Part):
            yield from self._add_outcomes()
            yield from self._add_part(found)
            return
        self._outcomes.append(found)
        self._n_chars += len(found.outcome.text) if isinstance(found.outcome, Record) else 0
        if len(self._outcomes) >= self._config.batch_size or self._n_chars >= BATCH_BYTES:
            yield from self._add_outcomes()

    def rest(self) -> Iterator[Batch]:
        """Yield what is left as the last batch, and forget the ids.

        Raises:
            RecordError: as for ``add``.
        """
        yield from self._add_outcomes()
        yield from self._flush()
        self._seen = SeenIds()

    def _add_outcomes(self) -> Iterator[Batch]:
        if self._outcomes:
            part = part_of_outcomes(self._outcomes)
            self._outcomes, self._n_chars = [], 0
            yield from self._add_part(part)

    def _add_part(self, part: Part) -> Iterator[Batch]:
        part = self._settled(part)
        _, ends = spans(part.records.column("text"))
        step = self._config.batch_size
        if self._is_large(part.n_rows, int(ends[-1] - ends[0])):
            yield from self._flush()
            step = math.ceil(part.n_rows / math.ceil(part.n_rows / step))
        begin = 0
        while begin < part.n_rows:
            first = int(np.searchsorted(part.places, begin))
            last = int(np.searchsorted(ends, ends[first] + BATCH_BYTES - self._n_bytes))  # ends with this text, if any
            full = int(part.places[last - 1]) + 1 if last < len(ends) else part.n_rows
            piece = part.slice(begin, min(full, begin + step - self._n_rows))
            self._pending.append(piece)
            self._n_rows += piece.n_rows
            self._n_bytes += int(ends[first + len(piece.places)] - ends[first])
            begin += piece.n_rows
            if self._is_large(self._n_rows, self._n_bytes):
                yield from self._flush()

    def _is_large(self, n_rows: int, n_bytes: int) -> bool:
        """Whether it is more than half a batch."""
        return 2 * n_rows > self._config.batch_size or 2 * n_bytes > BATCH_BYTES

    def _flush(self) -> Iterator[Batch]:
        if self._pending:
            pending, self._pending, self._n_rows, self._n_bytes = self._pending, [], 0, 0
            yield self._batch(pending)

    def _settled(self, part: Part) -> Part:
        """The part without the records whose id was met before."""
        rows = np.asarray(part.records.column("source_row"))
        first = self._seen.add(part.records.column("doc_id"), packed(part.files, rows))
        repeated = first >= 0
        return part.without(repeated, [self._repeat(part, at, first[at]) for at in np.flatnonzero(repeated)])

    def _repeat(self, part: Part, at: np.int64, first: np.int64) -> Lost:
        file, row = unpacked(int(first))
        number = part.records.column("source_row")[at].as_py()
        where = f"row {row} of {self._files[file].path}"
        detail = f"row {number}: the id stood first at {where}; see --id-field"
        doc_id = part.records.column("doc_id")[at].as_py()
        return Lost(int(part.places[at]), self._files[part.files[at]].path, number, doc_id, REPEATED_ID, detail)

    def _batch(self, parts: Sequence[Part]) -> Batch:
        lost = [one for part in parts for one in part.lost]
        if lost and self._config.strict:
            raise RecordError(
                f"{lost[0].path}: {lost[0].reason}: {lost[0].detail}.",
                hint="Without --strict such records are listed in rejects.",
            )
        records = parts[0].records if len(parts) == 1 else pa.concat_batches([part.records for part in parts])
        begin = self.n_documents
        self.n_documents += records.num_rows
        for part in parts:
            self.extents.add(part.files, np.asarray(part.records.column("source_row")))
        docs = pa.array(np.arange(begin, self.n_documents))
        values = list(zip(*lost, strict=True))[1:] if lost else [()] * len(REJECTS)
        rejects = [pa.array(column, field.type) for column, field in zip(values, REJECTS, strict=True)]
        return Batch(
            pa.RecordBatch.from_arrays([docs, *records.columns], schema=RECORDS),
            pa.RecordBatch.from_arrays(rejects, schema=REJECTS),
        )
