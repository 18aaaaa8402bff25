"""Copy the kept records of the sources, untouched: the other columns of the input pass through."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from dedup.config import Config
from dedup.errors import OutputError, SourceError
from dedup.read.columnar import Arrow, Parquet
from dedup.read.delimited import Csv
from dedup.read.jsonlines import JsonDocument
from dedup.read.rows import Row, Table
from dedup.read.sources import Located, folder_around, locate
from dedup.read.streams import DamagedError, Stored, compressing, first_bytes
from dedup.read.tabular import open_table
from dedup.read.values import ARROW_ERRORS

Keep = Callable[[str, int], bool]


@dataclass(frozen=True, slots=True)
class Written:
    """One file written.

    Attributes:
        path: the file; a text file of which nothing is kept does not exist.
        n_rows_in: records of the input that could be read.
        n_rows_out: records written.
    """

    path: Path
    n_rows_in: int
    n_rows_out: int


def write_kept(sources: Sequence[Any], config: Config, keep: Keep, out: Path) -> list[Written]:
    """Write every input anew with its kept records alone: same relative name, format and compression.

    Lines of JSON and records of CSV are copied byte for byte, Parquet and Arrow keep schema, metadata and order, a
    text file is there or not. All of it appears under ``out`` at once, when all is written.

    Args:
        sources: as for ``Reader``; they must be files.
        config: limits.
        keep: says of a path and a row, as the run's ``documents`` table has them, whether to keep it.
        out: the folder to write; it must be empty or not exist.

    Raises:
        SourceError: a source is missing, or can be read only once.
        OutputError: ``out`` is inside a source or is not empty, or the place of its scratch folder is taken.
    """
    files = locate(sources).files
    once = next((located for located in files if located.once), None)
    if once is not None:
        raise SourceError(f"{once.path} can be read only once.", hint="Filter the files that it came from.")
    _check(out, sources)
    target = out.resolve()
    partial = target.with_name(f".{target.name}.partial")  # always the same: one left by a killed process is found
    _clear(partial, files)
    partial.mkdir(parents=True)
    try:
        written = [
            _write(located, config, keep, partial / name) for located, name in zip(files, _names(files), strict=True)
        ]
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return [Written(out / w.path.relative_to(partial), w.n_rows_in, w.n_rows_out) for w in written]


def _check(out: Path, sources: Sequence[Any]) -> None:
    around = folder_around(out, sources)
    if around is not None:
        raise OutputError(
            f"{out} lies inside the source {around}.", hint="Write somewhere else: inputs stay as they are."
        )
    if out.is_dir() and next(out.iterdir(), None) is not None:
        raise OutputError(f"{out} is not empty.", hint="Name a folder that does not exist yet, or empty it.")
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file.", hint="Name a folder.")


def _clear(partial: Path, files: Sequence[Located]) -> None:
    """Remove the scratch folder that a killed process has left, but nothing that could be somebody's work."""
    inside = partial.resolve()
    if any(Path(located.location).resolve().is_relative_to(inside) for located in files):
        raise OutputError(f"{partial} holds sources, and is needed for scratch.", hint="Name another output.")
    if partial.is_symlink() or (partial.exists() and not partial.is_dir()):
        raise OutputError(f"{partial} is not a folder, and is needed for scratch.", hint="Remove it, or move it away.")
    if partial.exists():
        shutil.rmtree(partial)


def _names(files: Sequence[Located]) -> list[PurePosixPath]:
    """Relative names, made safe (no way up, no root) and different from each other."""
    taken: set[PurePosixPath] = set()
    names = []
    for located in files:
        parts = [part for part in PurePosixPath(located.label).parts if part not in ("/", ".", "..")]
        name = PurePosixPath(*(part.rstrip(":") for part in parts))
        n = 1
        while name in taken:
            n += 1
            name = name.with_name(f"{n}-{PurePosixPath(*parts).name}")
        taken.add(name)
        names.append(name)
    return names


def _write(located: Located, config: Config, keep: Keep, path: Path) -> Written:
    path.parent.mkdir(parents=True, exist_ok=True)
    counter = _Counter(located.path, keep)
    with Stored(located) as stored:
        table = open_table(stored, config)
        if stored.format == "text":
            _copy_text(located, table, counter, path)
        elif isinstance(table, Parquet):
            _write_parquet(table, counter, stored, path)
        elif isinstance(table, Arrow):
            _write_arrow(table, counter, stored, path)
        else:
            _write_lines(table, counter, stored, path)
    return Written(path, counter.n_in, counter.n_out)


class _Counter:
    """Asks whether to keep a row, and counts."""

    def __init__(self, path: str, keep: Keep) -> None:
        self._path = path
        self._keep = keep
        self.n_in = 0
        self.n_out = 0

    def kept(self, row: int) -> bool:
        kept = self._keep(self._path, row)
        self.n_in += 1
        self.n_out += kept
        return kept


def _copy_text(located: Located, table: Table, counter: _Counter, path: Path) -> None:
    if _readable(table) and counter.kept(0):
        with Stored(Located(located.path, located.location, located.label, "text")) as stored, open(path, "wb") as out:
            out.writelines(stored.chunks())  # as stored, compressed or not


def _readable(table: Table) -> bool:
    return any(row.fault is None for row in _whole_rows(table))


def _whole_rows(table: Table) -> Iterator[Row]:
    """The rows up to where the stored bytes are damaged."""
    try:
        yield from table.rows()
    except DamagedError:
        return  # the run has listed it in rejects


def _write_lines(table: Table, counter: _Counter, stored: Stored, path: Path) -> None:
    array = isinstance(table, JsonDocument) and table.is_array
    with compressing(path, stored.compression) as out:
        out.write(table.header if isinstance(table, Csv) else b"[" if array else b"")
        between = b"\n"
        ended = True
        for row in _whole_rows(table):
            if row.fault is None and row.number is not None and counter.kept(row.number):
                if array:
                    out.write(between + row.raw)
                    between = b",\n"
                else:
                    out.write(row.raw if ended else b"\n" + row.raw)
                    ended = row.raw.endswith(b"\n")
        if array:
            out.write(b"\n]\n")


def _write_parquet(table: Parquet, counter: _Counter, stored: Stored, path: Path) -> None:
    metadata = table.file.metadata
    codec: Any = "none"
    if metadata.num_row_groups and metadata.num_columns:
        codec = metadata.row_group(0).column(0).compression.lower().replace("uncompressed", "none")
    plain = path.with_name(path.name + ".plain") if stored.compression else path
    schema = table.file.schema_arrow
    # False: the items of lists keep the name that they have, be it "item" or "element"
    with pq.ParquetWriter(plain, schema, compression=codec, use_compliant_nested_type=False) as out:
        begin = 0
        for group in range(metadata.num_row_groups):
            end = begin + metadata.row_group(group).num_rows
            mask = [counter.kept(row) for row in range(begin, end)]
            if any(mask):
                out.write_table(pa.Table.from_batches(_masked(table, group, mask), schema))
            begin = end
    if stored.compression:
        with open(plain, "rb") as source, compressing(path, stored.compression) as target:
            shutil.copyfileobj(source, target)
        plain.unlink()


def _masked(table: Parquet, group: int, mask: list[bool]) -> Iterator[pa.RecordBatch]:
    """The kept rows of a row group; what lies behind a damaged page was never kept."""
    at = 0
    try:
        for batch in table.batches(group):
            part = mask[at : at + batch.num_rows]
            at += batch.num_rows
            if any(part):
                yield batch.filter(pa.array(part, pa.bool_()))
    except ARROW_ERRORS as error:
        if any(mask[at:]):
            raise SourceError(
                f"Row group {group} cannot be read any more: {error}.",
                hint="The file has changed: run again, then filter.",
            ) from error


def _write_arrow(table: Arrow, counter: _Counter, stored: Stored, path: Path) -> None:
    new = pa.ipc.new_file if _is_file_format(stored) else pa.ipc.new_stream
    with compressing(path, stored.compression) as raw, new(cast(Any, raw), table.schema) as out:
        at = 0
        try:
            for batch in table.batches():
                mask = [counter.kept(row) for row in range(at, at + batch.num_rows)]
                at += batch.num_rows
                out.write_batch(batch.filter(pa.array(mask, pa.bool_())))
        except ARROW_ERRORS:
            return  # the run has listed what is lost in rejects


def _is_file_format(stored: Stored) -> bool:
    with Stored(stored.located) as again:
        return first_bytes(again.chunks()).startswith(b"ARROW1")
