"""The run folder: tables and the run record, written so that no half-written file ever bears a final name.

Everything is written to ``OUT/.partial`` first. When all is there, the record of an earlier run is taken away, the files
are moved to their names one by one, and the new record comes last: a folder with a ``run.json`` holds a whole run.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dedup.errors import OutputError
from dedup.read import folder_around
from dedup.schema import REJECTS, TABLES, TEXTS, VERSION, check, stamp

RECORD = "run.json"
_PARTIAL = ".partial"
_OURS = frozenset({RECORD, _PARTIAL, "texts.parquet", *(f"{name}.parquet" for name in TABLES)})
_STREAMED = {"rejects": REJECTS, "texts": TEXTS}


class RunFolder:
    """Writes one run; a context manager. An error inside leaves the folder as it was.

    Args:
        path: the folder; made if it does not exist.
        sources: what the run reads, so as not to write into it.
        keep_texts: whether ``texts.parquet`` will be written.

    Raises:
        OutputError: the folder lies inside a source, is a file, or holds something that is not of a run.
    """

    def __init__(self, path: Path, sources: Sequence[Any], *, keep_texts: bool) -> None:
        check_output(path, sources)
        self.path = path
        self._streamed = dict(_STREAMED) if keep_texts else {"rejects": REJECTS}
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._files: dict[str, dict[str, Any]] = {}

    @property
    def scratch(self) -> Path:
        """A folder for temporary files of the run; it is gone when the run ends."""
        return self.path / _PARTIAL

    def __enter__(self) -> RunFolder:
        self._made = [folder for folder in (self.path, *self.path.parents) if not folder.exists()]
        try:
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(parents=True)
        except OSError as error:
            raise OutputError(
                f"Cannot write to {self.path}: {error.strerror}.", hint="Choose another folder."
            ) from error
        for name, schema in self._streamed.items():
            stamped = stamp(schema.empty_table(), name).schema
            self._writers[name] = pq.ParquetWriter(self._file(name), stamped, compression="zstd")
        return self

    def append(self, name: str, rows: pa.RecordBatch) -> None:
        """Add rows to a table that is written while the run goes on: ``rejects``, ``texts``."""
        if rows.num_rows:
            self._writers[name].write_table(stamp(check(pa.Table.from_batches([rows]), self._streamed[name]), name))

    def write(self, name: str, table: pa.Table) -> None:
        """Write a whole table."""
        pq.write_table(stamp(check(table, TABLES[name]), name), self._file(name), compression="zstd")

    def finish(self, record: dict[str, Any]) -> None:
        """Move all files to their names, and write the run record, which gets the list of files."""
        self._close()
        files = {f"{name}.parquet": _described(self._file(name)) for name in (*TABLES, *self._streamed)}
        text = json.dumps({"dedup.schema_version": VERSION, "files": files, **record}, indent=2, ensure_ascii=False)
        (self.scratch / RECORD).write_text(text + "\n", encoding="utf-8")
        for name in _OURS - {_PARTIAL}:
            if not (self.scratch / name).exists() or name == RECORD:
                (self.path / name).unlink(missing_ok=True)
        for name in files:
            (self.scratch / name).replace(self.path / name)
        (self.scratch / RECORD).replace(self.path / RECORD)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if kind is not None:
            for folder in self._made:
                if folder.exists() and not any(folder.iterdir()):
                    folder.rmdir()

    def _file(self, name: str) -> Path:
        return self.scratch / f"{name}.parquet"

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()


def check_output(path: Path, sources: Sequence[Any]) -> None:
    """Refuse to write where something of the user's is.

    Raises:
        OutputError: the folder lies inside a source, is a file, or holds something that is not of a run.
    """
    around = folder_around(path, sources)
    if around is not None:
        raise OutputError(
            f"The output {path} lies inside the source {around}.", hint="Write to a folder outside the sources."
        )
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path} is a file.", hint="Name a folder with -o.")
    foreign = sorted(entry.name for entry in path.iterdir() if entry.name not in _OURS) if path.is_dir() else []
    if foreign:
        shown = ", ".join(foreign[:3]) + (", ..." if len(foreign) > 3 else "")
        raise OutputError(
            f"{path} holds files that are not of a run: {shown}.", hint="Name a new folder, or one of an earlier run."
        )


def read_record(path: Path) -> dict[str, Any]:
    """The run record of a finished run.

    Raises:
        OutputError: the folder holds no finished run, or one of another schema version.
    """
    try:
        record: dict[str, Any] = json.loads((path / RECORD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OutputError(f"{path} holds no finished run.", hint="Make one with: dedup run SOURCE... -o OUT") from None
    except (OSError, ValueError) as error:
        raise OutputError(f"{path / RECORD} cannot be read: {error}.", hint="Run again.") from error
    if record.get("dedup.schema_version") != VERSION:
        raise OutputError(
            f"{path} was written with schema version {record.get('dedup.schema_version')}, this is {VERSION}.",
            hint="Run again with this version of dedup.",
        )
    return record


def read_table(path: Path, name: str) -> pa.Table:
    """One table of a finished run.

    Raises:
        OutputError: the table is missing or damaged.
    """
    file = path / f"{name}.parquet"
    try:
        return pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise OutputError(f"{file} cannot be read: {error}.", hint="Run again.") from error


def _described(file: Path) -> dict[str, Any]:
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"rows": pq.read_metadata(file).num_rows, "bytes": file.stat().st_size, "sha256": digest}
