"""The reader: all sources as one stream of bounded batches, with every loss accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedup.config import Config
from dedup.errors import RecordError, SourceError
from dedup.read.fields import Chooser, Fields, listed
from dedup.read.ids import SeenIds
from dedup.read.records import Maker, Record, id_of
from dedup.read.rows import NO_TEXT_COLUMN, REPEATED_ID, TRUNCATED, Fault, Row, Table, broken
from dedup.read.sources import Located, locate
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table
from dedup.schema import RECORDS, REJECTS

_BATCH_CHARS = 1 << 24
_TEXT_COLUMNS = ("id", "text", "title", "date", "url")  # those that a text file's row has, whatever is configured
TEXT_FIELDS: Fields = Chooser(Config()).choose(_TEXT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of the input.

    Attributes:
        records: usable documents, with the columns of ``schema.RECORDS``.
        rejects: the others, with the columns of ``schema.REJECTS``.
    """

    records: pa.RecordBatch
    rejects: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class Input:
    """One input as it was read.

    Attributes:
        path: as in ``source_path``.
        format: as forced or found.
        compression: gzip, zstd, bz2 or None.
        bytes: size as stored.
        digest: xxh3-128 of the stored bytes, hexadecimal; None for what can be read only once.
        n_read: records read from it.
    """

    path: str
    format: str
    compression: str | None
    bytes: int
    digest: str | None
    n_read: int


class Reader:
    """Reads sources in the order given. Iterating yields batches; iterating again starts anew.

    Args:
        sources: paths, folders, globs, ``-``, URLs, each with an optional ``:format``; objects with
            ``__arrow_c_stream__``.
        config: fields, limits and ``batch_size``, which decides nothing but where batches are cut.
        spool: folder for temporary copies of what must be read at random but cannot be.

    Attributes:
        skipped: files of folders that were passed over: hidden, of no known format, not a file, or a linked folder.
        reads_once: some source cannot be read a second time, so its texts must be stored.
        n_read: records read so far, counted where they arrive: documents + rejects must come to the same.
        inputs: what was read, in order.

    Raises:
        SourceError: a source is missing, empty, cannot be read, or is of no known format.
    """

    def __init__(self, sources: Sequence[Any], config: Config, *, spool: Path | None = None) -> None:
        found = locate(sources)
        self.files = found.files
        self.skipped = found.skipped
        self.reads_once = any(located.once for located in self.files)
        self._config = config
        self._spool = spool
        self._start()

    @property
    def n_unparsed_times(self) -> int:
        """Times that were given and not understood."""
        return self._maker.n_unparsed_times

    @property
    def unparsed_time(self) -> str | None:
        """The first time that was not understood."""
        return self._maker.unparsed_time

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches.

        Raises:
            RecordError: the first record that cannot be used, under ``strict``.
            SourceError: a file has none of the configured columns, or cannot be read to its end.
        """
        self._start()
        config = self._config
        pending: list[_Item] = []
        n_chars = 0
        for index, located in enumerate(self.files):
            for item in self._items(index, located):
                pending.append(item)
                n_chars += len(item.outcome.text) if isinstance(item.outcome, Record) else 0
                if len(pending) >= config.batch_size or n_chars >= _BATCH_CHARS:
                    yield self._batch(pending)
                    pending, n_chars = [], 0
        if pending:
            yield self._batch(pending)
        if self._chooser.keep and self._n_documents and not self._keep_met:
            raise SourceError(
                f"No source has a column {self._chooser.keep!r} (--keep). {listed(self._columns_met)}",
                hint="Name a column of numbers, or a policy: earliest, longest, root or first.",
            )

    def _start(self) -> None:
        self.n_read = 0
        self.inputs: list[Input] = []
        self._maker = Maker(self._config)
        self._chooser = Chooser(self._config)
        self._seen = SeenIds()
        self._n_documents = 0
        self._columns_met: tuple[str, ...] = ()
        self._keep_met = False

    def _items(self, index: int, located: Located) -> Iterator[_Item]:
        """Yield what became of each row of one input."""
        n_before = self.n_read
        with Stored(located, self._spool) as stored:
            table = open_table(stored, self._config)
            for row, fields in self._fielded(located, table, stored):
                self.n_read += 1
                outcome = row.fault or self._maker.make(located, row, fields)
                yield _Item(index, row.number, outcome, _named(row, fields, outcome, located, stored.format))
            digest = stored.digest()
            self.inputs.append(
                Input(located.path, stored.format, stored.compression, stored.n_bytes, digest, self.n_read - n_before)
            )

    def _fielded(self, located: Located, table: Table, stored: Stored) -> Iterator[tuple[Row, Fields]]:
        """Yield the rows, each with its columns; a file without a text column is one row."""
        if stored.format == "text":
            yield from ((row, TEXT_FIELDS) for row in _until_damage(table, stored, None))
            return
        if table.columns is not None:
            fields = self._chooser.choose(tuple(table.columns))
            self._meet(fields)
            if fields.text is None:
                detail = f"no column of texts. {listed(fields.columns)} Name the right one with --text-field"
                yield broken(None, NO_TEXT_COLUMN, detail), fields
                return
            self._chooser.check(fields.asked, fields.columns, located.path)
            yield from ((row, fields) for row in _until_damage(table, stored, fields))
            return
        asked: frozenset[str] = frozenset()
        fields = last = self._chooser.choose(())
        for row in _until_damage(table, stored, None):
            if row.fault is None:
                fields = self._chooser.choose(tuple(row.values))
                if fields is not last:  # most records have the same columns as the one before
                    asked |= fields.asked
                    self._meet(fields)
                    last = fields
            yield row, fields
        if last.columns:
            self._chooser.check(asked, last.columns, located.path)

    def _meet(self, fields: Fields) -> None:
        self._columns_met = self._columns_met or fields.columns
        self._keep_met = self._keep_met or fields.keep is not None

    def _batch(self, items: list[_Item]) -> Batch:
        """Settle which ids are repeated, in the order of the input, and build the tables."""
        records = [item for item in items if isinstance(item.outcome, Record)]
        keys = [item.doc_id or "" for item in records]
        first = iter(self._seen.add(keys, [(item.file, item.number or 0) for item in records]))
        kept: list[Record] = []
        rejects: list[tuple[str, int | None, str | None, str, str]] = []
        for item in items:
            outcome = item.outcome
            if isinstance(outcome, Record) and (place := next(first)) is not None:
                where = f"row {place[1]} of {self.files[place[0]].path}"
                outcome = Fault(REPEATED_ID, f"row {item.number}: the id stood first at {where}; see --id-field")
            if isinstance(outcome, Record):
                kept.append(outcome)
            else:
                rejects.append((self.files[item.file].path, item.number, item.doc_id, *outcome))
        if rejects and self._config.strict:
            path, _, _, reason, detail = rejects[0]
            raise RecordError(
                f"{path}: {reason}: {detail}.", hint="Without --strict such records are listed in rejects."
            )
        begin = self._n_documents
        self._n_documents += len(kept)
        docs = list(range(begin, self._n_documents))
        return Batch(
            _arrow([docs, *_columns(kept, len(Record._fields))], RECORDS), _arrow(_columns(rejects, 5), REJECTS)
        )


@dataclass(slots=True)
class _Item:
    """What became of one row."""

    file: int
    number: int | None
    outcome: Record | Fault
    doc_id: str | None


def _named(row: Row, fields: Fields, outcome: Record | Fault, located: Located, format_: str) -> str | None:
    """The id to list: a reject has one only if it could be read, or if its file is its document."""
    if isinstance(outcome, Record):
        return outcome.doc_id
    if format_ == "text":
        return located.label
    doc_id = id_of(row, fields)
    return None if isinstance(doc_id, Fault) else doc_id


def _until_damage(table: Table, stored: Stored, fields: Fields | None) -> Iterator[Row]:
    """Yield the rows; where the stored bytes end early, one more that says so."""
    number = 0
    try:
        for row in table.rows(fields.used() if fields else None):
            number = row.number + 1 if row.number is not None else number
            yield row
    except DamagedError as damage:
        yield broken(number, TRUNCATED, f"row {number}: {damage}, at or before byte {stored.n_bytes}; fetch it again")


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _arrow(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
