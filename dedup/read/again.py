"""Read texts again while the run goes on: one file, some of its rows, in bounded batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read import columns
from dedup.read.batches import BATCH_BYTES
from dedup.read.columnar import Arrow, Parquet
from dedup.read.fields import TEXT_FIELDS, Chooser, Fields
from dedup.read.frames import ColumnFrame, Frame, RowFrame
from dedup.read.rows import Numbers, Row, Stretch, Table
from dedup.read.sources import Located, is_url
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table
from dedup.read.values import ARROW_ERRORS, spans


def read_again(
    located: Located, wanted: Numbers, config: Config, spool: Path | None
) -> Iterator[tuple[Numbers, pa.LargeStringArray]]:
    """Yield rows of one file and their texts.

    Args:
        located: the file.
        wanted: its rows, ascending; each held a text before.
        config: the field of the text and its greatest length.
        spool: folder for temporary copies.

    Raises:
        SourceError: a row is gone or holds no text that can be used, or the file can be read only once.
    """
    if located.once and located.stream is None:
        raise SourceError(f"{located.path} can be read only once.", hint="Run with --keep-texts.")
    done = 0
    with Stored(located, spool) as stored:
        try:
            table = open_table(stored, config)
            for frame in _frames(table, wanted, config, stored.format == "text"):
                texts, faults = columns.texts(frame, config.max_chars)
                due = wanted[done : done + len(frame.numbers)]
                missing = np.flatnonzero(frame.numbers != due)
                if faults or len(missing):
                    raise _changed(located, int(due[min([*faults, *missing])]))
                done += len(due)
                yield from _bounded(due, texts)
        except DamagedError as damage:
            raise _changed(located, int(wanted[done])) from damage
    if done < len(wanted):
        raise _changed(located, int(wanted[done]))


def stored_size(located: Located) -> tuple[int | None, int]:
    """Records in a file, if its metadata tell, and its bytes as stored; 0 where these are not known."""
    if located.stream is not None or located.once:
        n_rows = getattr(located.stream, "num_rows", None)
        return (n_rows if isinstance(n_rows, int) else None), 0
    if is_url(located.location):
        import fsspec

        try:
            system, path = fsspec.core.url_to_fs(located.location)
            return (1 if located.format == "text" else None), int(system.size(path) or 0)
        except (OSError, ValueError):  # it may still be there to be read
            return None, 0
    size = Path(located.location).stat().st_size
    if located.format == "text":
        return 1, size
    if located.format != "parquet" or located.compression:
        return None, size
    try:
        with open(located.location, "rb") as file:
            return int(pq.read_metadata(file).num_rows), size
    except ARROW_ERRORS:
        return None, size


def _frames(table: Table, wanted: Numbers, config: Config, is_text: bool) -> Iterator[Frame]:
    """The wanted rows with their texts: as columns, or gathered until they are enough to be given on."""
    chooser = Chooser(config)
    fields = None if table.columns is None else chooser.choose(tuple(table.columns))
    if fields is not None and fields.text is not None and isinstance(table, Parquet | Arrow):
        for piece in table.stretches([fields.text], wanted):
            if isinstance(piece, Stretch):  # a fault may be of a row that nobody wants
                yield ColumnFrame(piece, fields)
        return
    rows: list[Row] = []
    chosen: list[Fields] = []
    n_bytes = at = 0
    for row in table.rows([fields.text] if fields and fields.text else None, wanted):
        while at < len(wanted) and row.number is not None and wanted[at] < row.number:
            at += 1
        if row.fault or at == len(wanted) or wanted[at] != row.number:
            continue
        rows.append(row)
        chosen.append(TEXT_FIELDS if is_text else fields or chooser.choose(tuple(row.values)))
        n_bytes += len(row.raw)
        if n_bytes >= BATCH_BYTES:
            yield RowFrame(rows, chosen)
            rows, chosen, n_bytes = [], [], 0
    if rows:
        yield RowFrame(rows, chosen)


def _bounded(rows: Numbers, texts: pa.LargeStringArray) -> Iterator[tuple[Numbers, pa.LargeStringArray]]:
    _, ends = spans(texts)
    begin = 0
    while begin < len(rows):
        end = max(int(np.searchsorted(ends, ends[begin] + BATCH_BYTES, "right")) - 1, begin + 1)
        yield rows[begin:end], texts.slice(begin, end - begin)
        begin = end


def _changed(located: Located, row: int) -> SourceError:
    return SourceError(
        f"{located.path} changed while the run was going on: row {row} holds no text any more.",
        hint="Run again, on a source that stays as it is.",
    )
