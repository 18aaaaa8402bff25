"""Objects in memory as sources: whatever gives an Arrow stream (pyarrow, pandas, polars, DuckDB, ...).

Data sets of Hugging Face have no Arrow stream, but give Arrow tables once they are passed through
``.with_format("arrow")``; they are known by their methods ``with_format`` and ``iter``, never imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from dedup.errors import SourceError

_ROWS = 1024  # taken from a data set at a time


def check_object(source: Any, index: int) -> None:
    """Refuse an object in memory that cannot be read.

    Args:
        source: anything with ``__arrow_c_stream__``, or a Hugging Face data set in the format "arrow".
        index: its place among the sources.

    Raises:
        SourceError: it gives no Arrow stream.
    """
    if not hasattr(source, "__arrow_c_stream__") and not isinstance(_first_batch(source), pa.Table):
        raise SourceError(
            f"Source {index} is a {type(source).__module__}.{type(source).__qualname__}, which gives no Arrow stream.",
            hint=_hint(source),
        )


def opened_object(source: Any, name: str) -> pa.RecordBatchReader:
    """Start the stream of an object in memory; ``name`` is how messages call it.

    Raises:
        SourceError: the object cannot be given as Arrow.
    """
    try:
        if not hasattr(source, "__arrow_c_stream__"):
            return pa.RecordBatchReader.from_batches(_first_batch(source).schema, _batches(source))
        return pa.RecordBatchReader.from_stream(source)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise SourceError(
            f"{name} cannot be given as Arrow: {error}.", hint="Make each column hold values of one type."
        ) from error


def _first_batch(source: Any) -> Any:
    """The first record of a data set, in whatever format it has; None where there is none."""
    if not hasattr(source, "with_format") or not hasattr(source, "iter"):
        return None
    return next(iter(source.iter(batch_size=1)), None)


def _batches(source: Any) -> Iterator[pa.RecordBatch]:
    for table in source.iter(batch_size=_ROWS):
        yield from table.to_batches()


def _hint(source: Any) -> str:
    if hasattr(source, "with_format"):
        return 'Pass it through .with_format("arrow").'
    if hasattr(source, "collect"):
        return "It is lazy: pass what .collect() returns."
    if isinstance(source, dict | list | tuple):
        return "Pass paths one by one, or make a table of the records: pyarrow.Table.from_pylist(records)."
    return "Pass a path, or a table of pyarrow, pandas, polars or DuckDB."
