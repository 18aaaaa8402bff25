"""The run folder: tables and the run record, written so that no half-written file ever bears a final name.

Everything is written to ``OUT/.partial`` first. When all is there, the record of an earlier run is taken away, the
files are moved to their names one by one, and the new record comes last: a folder with a ``run.json`` holds a whole
run.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.errors import OutputError
from dedup.read import folder_around
from dedup.schema import TABLES, TEXTS, VERSION, check, stamp
from dedup.spool import Spool

RECORD = "run.json"
_PARTIAL = ".partial"
_LOCK = "lock"  # in _PARTIAL; held while a run writes, and let go by the system if it is killed
_FORM: dict[str, Any] = {"compression": "zstd", "use_dictionary": False}  # zstd makes less of it, and sooner
TEMPORARY = "dedup-"  # begins the names of temporary files
ROOM = 64 << 20  # bytes of rows that a spool keeps in memory
_SCHEMAS = {**TABLES, "texts": TEXTS}
_ADDED = frozenset({"common_source"})  # columns that the first runs of this schema version did not have; all come last
_FILES = frozenset({RECORD, *(f"{name}.parquet" for name in _SCHEMAS)})
_IN_PARTIAL = (*sorted(_FILES), _LOCK, TEMPORARY)
REPORT, CARD = "report.html", "README.md"
MADE = {REPORT: "<!-- dedup report -->", CARD: "<!-- dedup card -->"}
"""What is made of the tables and may lie beside them, and the mark near its beginning by which it is known."""
_HEAD = 1 << 16  # bytes in which the mark stands
_UNFINISHED = ".partial"  # ends the name of such a file until it is whole


class RunFolder:
    """Writes one run; a context manager. An error inside leaves the folder as it was.

    Args:
        path: the folder; made if it does not exist. ``check_output`` tells whether it may be written.

    Raises:
        OutputError: the folder cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: list[Path] = []
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._spools: list[Spool] = []
        self._names: list[str] = []
        self._lock: TextIOWrapper | None = None

    @property
    def scratch(self) -> Path:
        """A folder for temporary files of the run; it is gone when the run ends."""
        return self.path / _PARTIAL

    def __enter__(self) -> Self:
        self._made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            self.scratch.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.scratch / _LOCK)
            for left in self.scratch.iterdir():  # of a run that was killed
                if left.name != _LOCK:
                    left.unlink()
        except OSError as error:
            self._release()
            self._unmake()
            raise _unwritable(self.path, error) from error
        return self

    def stream(self, name: str) -> None:
        """Begin a table that is written piece by piece, with ``append``."""
        schema = stamp(_SCHEMAS[name].empty_table(), name).schema
        self._writers[name] = pq.ParquetWriter(self._file(name), schema, **_FORM)
        self._names.append(name)

    def append(self, name: str, rows: pa.RecordBatch | pa.Table) -> None:
        """Add rows to a table that ``stream`` has begun."""
        if rows.num_rows:
            table = rows if isinstance(rows, pa.Table) else pa.Table.from_batches([rows])
            self._writers[name].write_table(stamp(check(table, _SCHEMAS[name]), name))

    def close(self, name: str) -> None:
        """End a table that ``stream`` has begun, so that it can be read."""
        self._writers.pop(name).close()

    def spool(self, name: str, schema: pa.Schema) -> Spool:
        """Rows to be kept until the run ends."""
        self._spools.append(Spool(self.scratch / f"{TEMPORARY}{name}.arrow", schema, ROOM))
        return self._spools[-1]

    def texts(self, docs: npt.NDArray[np.int64]) -> Iterator[tuple[npt.NDArray[np.int64], pa.LargeStringArray]]:
        """Yield texts that the run keeps: of some documents, ascending, in batches. Their table must be closed."""
        file = pq.ParquetFile(self._file("texts"))
        begin = 0
        for group in range(file.num_row_groups):
            end = begin + file.metadata.row_group(group).num_rows
            wanted = docs[np.searchsorted(docs, begin) : np.searchsorted(docs, end)]
            if len(wanted):
                column = file.read_row_group(group, columns=["text"], use_threads=False).column("text")
                yield wanted, column.take(pa.array(wanted - begin)).combine_chunks()
            begin = end

    def write(self, name: str, table: pa.Table) -> None:
        """Write a whole table."""
        pq.write_table(stamp(check(table, _SCHEMAS[name]), name), self._file(name), **_FORM)
        self._names.append(name)

    def finish(self, record: dict[str, Any]) -> None:
        """Move all files to their names, and write the run record, which gets the list of files."""
        self._close()
        files = {self._file(name).name: _described(self._file(name)) for name in _SCHEMAS if name in self._names}
        text = json.dumps({"dedup.schema_version": VERSION, "files": files, **record}, indent=2, ensure_ascii=False)
        (self.scratch / RECORD).write_text(text + "\n", encoding="utf-8")
        (self.path / RECORD).unlink(missing_ok=True)
        for name in _FILES - files.keys():  # of an earlier run that wrote more
            (self.path / name).unlink(missing_ok=True)
        for entry in list(self.path.iterdir()):  # made of tables that are no more
            if _is_made(entry):
                entry.unlink()
        for name in (*files, RECORD):
            (self.scratch / name).replace(self.path / name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._release()
        if kind is not None:
            self._unmake()

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _unmake(self) -> None:
        """Take away the folders that were made for this run, if nothing is in them."""
        for folder in self._made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()

    def _file(self, name: str) -> Path:
        return self.scratch / f"{name}.parquet"

    def _close(self) -> None:
        for name in list(self._writers):
            self.close(name)
        for spool in self._spools:
            spool.close()


def _locked(path: Path) -> TextIOWrapper:
    """Open a file and lock it.

    Raises:
        OutputError: another process holds the lock.
    """
    stream = open(path, "w", encoding="utf-8")  # noqa: SIM115  # held as long as the run goes on
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = os.path.samestat(os.fstat(stream.fileno()), path.stat())  # and is not of a run that has just ended
    except OSError:
        held = False
    if not held:
        stream.close()
        raise OutputError(
            f"Another run is writing to {path.parent.parent}.", hint="Wait until it has ended, or name another folder."
        )
    return stream


def check_output(path: Path, sources: Sequence[Any], inputs: Iterable[str] = ()) -> None:
    """Refuse to write where something of the user's is.

    Args:
        path: the folder to write.
        sources: what the run reads, as the user named it.
        inputs: the files that it reads.

    Raises:
        OutputError: the folder lies inside a source or holds an input, is a file, or holds what is not of a run.
    """
    try:
        _refuse(path, sources, inputs)
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        raise _unwritable(path, error) from error


def _refuse(path: Path, sources: Sequence[Any], inputs: Iterable[str]) -> None:
    around = folder_around(path, sources)
    if around is not None:
        raise OutputError(
            f"The output {path} lies inside the source {around}.", hint="Write to a folder outside the sources."
        )
    if (path.exists() or path.is_symlink()) and not path.is_dir():
        raise OutputError(f"{path} is not a folder.", hint="Name a folder with -o.")
    entries = sorted(path.iterdir()) if path.is_dir() else []
    foreign = [entry.name for entry in entries if not _is_ours(entry)]
    if foreign:
        shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise OutputError(
            f"{path} holds files that are not of a run: {shown}.", hint="Name a new folder, or one of an earlier run."
        )
    folder = path.resolve()
    for name in inputs:
        if Path(name).is_file() and Path(name).resolve().is_relative_to(folder):
            raise OutputError(f"The input {name} lies inside the output {path}.", hint="Name another folder with -o.")


def _is_ours(entry: Path) -> bool:
    """Whether a run has written this: known by what it holds, for anyone's file may bear such a name."""
    if entry.name == _PARTIAL and entry.is_dir() and not entry.is_symlink():
        return all(part.is_file() and part.name.startswith(_IN_PARTIAL) for part in entry.iterdir())
    if entry.name not in _FILES or not entry.is_file():
        return _is_made(entry)
    try:
        if entry.name == RECORD:
            return "dedup.schema_version" in json.loads(entry.read_text(encoding="utf-8"))
        name: bytes = pq.read_schema(entry).metadata[b"dedup.schema"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError, pa.ArrowException):
        return False
    return name == entry.stem.encode()


def _is_made(entry: Path) -> bool:
    """Whether this was made of the tables beside it, by ``write_made``."""
    mark = MADE.get(entry.name.removeprefix(".").removesuffix(_UNFINISHED))
    if mark is None or not entry.is_file():
        return False
    with open(entry, "rb") as stream:
        return mark.encode() in stream.read(_HEAD)


def write_made(path: Path, text: str, run: Path, record: dict[str, Any]) -> None:
    """Write a file made of a run's tables, whole or not at all; one that is there is replaced.

    In the run's own folder there is room for a report and a card, which the next run there takes away.

    Args:
        path: the file.
        text: what it is to hold.
        run: the run's folder.
        record: its record.

    Raises:
        OutputError: the file cannot be written, is an input of the run, or lies in its folder under another name.
    """
    try:
        ours = path.name in MADE and (not path.exists() or _is_made(path))
        if path.parent.resolve() == run.resolve() and not ours:
            raise OutputError(
                f"{path} would lie among the tables of the run.",
                hint=f"Name a file elsewhere; a report may be called {REPORT} there, a card {CARD}.",
            )
        if path.exists() and any(_is_same(path, item["path"], record["cwd"]) for item in record["inputs"]):
            raise OutputError(f"{path} is an input of the run.", hint="Name another file.")
        if path.exists() and not path.is_file():  # a pipe; a folder says what it is
            path.write_text(text, encoding="utf-8")
            return
        target = path.resolve()  # what a link leads to
        partial = target.with_name(f".{target.name}{_UNFINISHED}")
        try:
            partial.write_text(text, encoding="utf-8")
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:
        raise _unwritable(path, error, "file") from error


def _is_same(path: Path, name: str, cwd: str) -> bool:
    """Whether a file is the one that a run has read under this name, seen from where it was started or from here."""
    return any(there.exists() and there.samefile(path) for there in (Path(cwd, name), Path(name)))


def _unwritable(path: Path, error: OSError | RuntimeError, kind: str = "folder") -> OutputError:
    why = error.strerror if isinstance(error, OSError) else error
    return OutputError(f"Cannot write to {path}: {why}.", hint=f"Name another {kind}.")


def read_record(path: Path) -> dict[str, Any]:
    """The run record of a finished run.

    Raises:
        OutputError: the folder holds no finished run, or one of another schema version.
    """
    try:
        record = json.loads((path / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise OutputError(f"{path} holds no finished run.", hint="Make one with: dedup run SOURCE... -o OUT") from None
    except (OSError, ValueError, RecursionError) as error:
        raise OutputError(f"{path / RECORD} cannot be read: {error}.", hint="Run again.") from error
    version = record.get("dedup.schema_version") if isinstance(record, dict) else None
    if version != VERSION:
        raise OutputError(
            f"{path} was written with schema version {version}, this is {VERSION}.",
            hint="Run again with this version of dedup.",
        )
    found: dict[str, Any] = record
    return found


def read_table(path: Path, name: str) -> pa.Table:
    """One table of a finished run, in the types of its schema: Parquet knows no time in whole seconds.

    A column that was added to the schema since the run was made is null.

    Raises:
        OutputError: the table is missing or damaged.
    """
    file, schema = path / f"{name}.parquet", _SCHEMAS[name]
    try:
        with pq.ParquetFile(file) as opened:  # ``read_table`` would import pyarrow.dataset, which takes longer
            table = opened.read()
        for field in schema:
            if field.name in _ADDED and field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(table), field.type))
        return table.cast(schema)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise OutputError(f"{file} cannot be read: {error}.", hint="Run again.") from error


def _described(file: Path) -> dict[str, Any]:
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"rows": pq.read_metadata(file).num_rows, "bytes": file.stat().st_size, "sha256": digest}
