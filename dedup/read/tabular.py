"""Opens an input as rows, whatever its format."""

from __future__ import annotations

from dedup.config import Config
from dedup.read.columnar import Arrow, Broken, Parquet, not_of_format, open_ipc
from dedup.read.delimited import Csv
from dedup.read.jsonlines import JsonDocument, JsonLines, longest_line
from dedup.read.objects import opened_object
from dedup.read.rows import TRUNCATED, Table
from dedup.read.streams import DamagedError, Stored
from dedup.read.textfiles import TextFile
from dedup.read.values import ARROW_ERRORS


def open_table(stored: Stored, config: Config) -> Table:
    """Open an input; one that cannot be taken apart becomes a table of one row, with the fault.

    Args:
        stored: the input's bytes.
        config: ``max_chars`` bounds what is held in memory.

    Raises:
        SourceError: an object in memory cannot be given as Arrow.
    """
    located, limit = stored.located, longest_line(config.max_chars)
    if located.stream is not None:
        stream = opened_object(located.stream, located.path)
        return Arrow(stream.schema, lambda: iter(stream))
    try:
        match stored.format:
            case "text":
                return TextFile(stored.chunks(), located.label, config.max_chars)
            case "jsonl":
                return JsonLines(stored.chunks(), limit)
            case "json":
                return JsonDocument(stored.chunks(), limit)
            case "csv" | "tsv":
                return Csv(stored.chunks(), limit, "\t" if stored.format == "tsv" else None)
            case _:
                return _columnar(stored)
    except DamagedError as damage:
        return Broken(TRUNCATED, f"byte {stored.n_bytes} or before: {damage}; fetch the file again")


def _columnar(stored: Stored) -> Table:
    file = stored.seekable()
    try:
        return Parquet(file) if stored.format == "parquet" else open_ipc(file)
    except ARROW_ERRORS as error:
        return not_of_format(stored.format, error)
