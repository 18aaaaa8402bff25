"""The reader: all sources as one stream of bounded batches, with every loss accounted for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read.again import read_again, stored_size
from dedup.read.ahead import Ahead
from dedup.read.batches import BATCH_BYTES, Batch, Batches
from dedup.read.columnar import Arrow, Parquet, Piece
from dedup.read.fields import TEXT_FIELDS, Chooser, Fields, listed
from dedup.read.frames import ColumnFrame, RowFrame
from dedup.read.opening import Opening
from dedup.read.parts import Outcome, Part, outcome_of, part_of_frame
from dedup.read.records import Maker
from dedup.read.rows import NO_TEXT_COLUMN, TRUNCATED, Numbers, Row, Stretch, Table, broken
from dedup.read.sources import Located
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table

_FEWEST = 16  # rows for which whole columns pay


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
        sources: one or a list of paths, folders, globs, ``-``, URLs, each with an optional ``:format``, and of objects
            with ``__arrow_c_stream__``; or the ``Opening`` of them.
        config: fields, limits and ``batch_size``, which decides nothing but where batches are cut.
        spool: folder for temporary copies of what must be read at random but cannot be.

    Attributes:
        sources: as they were given, as a list.
        skipped: files of folders that were passed over: hidden, of no known format, not a file, or a linked folder.
        reads_once: some source cannot be read a second time, so its texts must be stored.
        n_read: records read so far, counted where they arrive: documents + rejects must come to the same.
        inputs: what was read, in order.

    Raises:
        SourceError: a source is missing, empty, cannot be read, or is of no known format.
    """

    def __init__(self, sources: Any, config: Config, *, spool: Path | None = None) -> None:
        self._opening = sources if isinstance(sources, Opening) else Opening(sources)
        self.sources = self._opening.sources
        self.files = self._opening.found.files
        self.skipped = self._opening.found.skipped
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
        for index, located in enumerate(self.files):
            for found in self._found(index, located):
                yield from self._batches.add(found)
        yield from self._batches.rest()
        if self._chooser.keep and self._batches.n_documents and not self._keep_met:
            raise SourceError(
                f"No source has a column {self._chooser.keep!r} (--keep). {listed(self._columns_met)}",
                hint="Name a column of numbers, or a policy: earliest, longest, root or first.",
            )

    def texts(self, docs: Numbers) -> Iterator[tuple[Numbers, pa.LargeStringArray]]:
        """Read the texts of some documents again, in the order of the input and in batches of about 16 MiB.

        Of Parquet only the row groups that hold wanted rows are read, and of tables only the column of texts; other
        files stream by again up to the last wanted row. An object in memory can be read again if it starts anew each
        time that it is asked for its stream, as tables and data frames do; a stream, a pipe or standard input cannot.

        Args:
            docs: documents as the last whole iteration numbered them, ascending.

        Yields:
            Documents, and the text of each.

        Raises:
            SourceError: a row is gone or holds no text that can be used: its source has changed.
        """
        for index, wanted, rows in self._batches.extents.by_file(docs):
            for numbers, texts in read_again(self.files[index], rows, self._config, self._spool):
                places = np.searchsorted(rows, numbers)
                yield wanted[places], texts

    def estimate(self) -> tuple[int | None, int]:
        """Foretell the work without reading: documents (None if that cannot be told), and bytes of stored input."""
        found = [stored_size(located) for located in self.files]
        counts = [count for count, _ in found]
        n_documents = None if None in counts else sum(count for count in counts if count is not None)
        return n_documents, sum(size for _, size in found)

    def sizes(self) -> list[tuple[int, bool]]:
        """Bytes of each input as stored, and whether its texts are compressed in it."""
        packed = ("parquet", "arrow")
        return [
            (stored_size(located)[1], located.compression is not None or located.format in packed)
            for located in self.files
        ]

    def _start(self) -> None:
        self.n_read = 0
        self.inputs: list[Input] = []
        self._maker = Maker(self._config)
        self._chooser = Chooser(self._config)
        self._batches = Batches(self.files, self._config)
        self._columns_met: tuple[str, ...] = ()
        self._keep_met = False

    def _found(self, index: int, located: Located) -> Iterator[Outcome | Part]:
        """Yield what became of the rows of one input: many as a part, few one by one."""
        n_before = self.n_read
        begun = self._opening.take()
        with begun.stored if begun else Stored(located, self._spool) as stored:
            table = begun.table if begun else open_table(stored, self._config)
            for frame in self._frames(located, table, stored, begun and begun.pieces):
                self.n_read += len(frame.numbers)
                if isinstance(frame, ColumnFrame) or len(frame.numbers) >= _FEWEST:
                    yield part_of_frame(index, located, frame, self._maker)
                    stored.hash_on()
                    continue
                for row, fields in frame.all_rows():
                    yield outcome_of(index, located, row, fields, self._maker, stored.format == "text")
            digest = stored.digest()
            self.inputs.append(
                Input(located.path, stored.format, stored.compression, stored.n_bytes, digest, self.n_read - n_before)
            )

    def _frames(
        self, located: Located, table: Table, stored: Stored, pieces: Ahead[Piece] | None
    ) -> Iterator[ColumnFrame | RowFrame]:
        """Yield the records: columns as they are, rows gathered; a file without a text column is one row."""
        rows: list[Row] = []
        chosen: list[Fields] = []
        n_bytes = 0
        for found, fields in self._fielded(located, table, stored, pieces):
            if isinstance(found, Row):
                rows.append(found)
                chosen.append(fields)
                n_bytes += len(found.raw)
            if rows and (isinstance(found, Stretch) or len(rows) >= self._config.batch_size or n_bytes >= BATCH_BYTES):
                yield RowFrame(rows, chosen)
                rows, chosen, n_bytes = [], [], 0
            if isinstance(found, Stretch):
                yield ColumnFrame(found, fields)
        if rows:
            yield RowFrame(rows, chosen)

    def _fielded(
        self, located: Located, table: Table, stored: Stored, begun: Ahead[Piece] | None
    ) -> Iterator[tuple[Piece, Fields]]:
        """Yield the records, each with its columns; a file without a text column is one row."""
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
            pieces: Iterable[Piece] = begun or _until_damage(table, stored, fields)
            if not begun and isinstance(table, Parquet | Arrow) and self._config.threads != 1:
                pieces = Ahead(_until_damage(table, stored, fields))
            yield from ((row, fields) for row in pieces)
            return
        asked: frozenset[str] = frozenset()
        fields = last = self._chooser.choose(())
        for row in _until_damage(table, stored, None):
            if isinstance(row, Row) and row.fault is None:
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


def _until_damage(table: Table, stored: Stored, fields: Fields | None) -> Iterator[Piece]:
    """Yield the records; where the stored bytes end early, one more that says so."""
    number = 0
    try:
        if fields is not None and isinstance(table, Parquet | Arrow):
            yield from table.stretches(fields.used())
            return
        for row in table.rows(fields.used() if fields else None):
            number = row.number + 1 if row.number is not None else number
            yield row
    except DamagedError as damage:
        yield broken(number, TRUNCATED, f"row {number}: {damage}, at or before byte {stored.n_bytes}; fetch it again")
