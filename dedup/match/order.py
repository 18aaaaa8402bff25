"""The order of the rows of tables about pairs: by pair, then by passage, then by word."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_COLUMNS = ("left", "right", "left_passage", "right_passage", "left_word_begin", "right_word_begin")


def in_order(table: pa.Table) -> pa.Table:
    """The rows by those of ``_COLUMNS`` that the table has; the table itself, where they are so already."""
    columns = [table.column(name).to_numpy() for name in _COLUMNS if name in table.column_names]
    return table if _ascending(columns) else table.take(pa.array(np.lexsort(columns[::-1]))).combine_chunks()


def _ascending(columns: list[npt.NDArray[np.integer[Any]]]) -> bool:
    """Whether no row comes before the one above it, by the first column in which they differ."""
    tied = np.ones(max(len(columns[0]) - 1, 0), np.bool_)
    for column in columns:
        if (tied & (column[1:] < column[:-1])).any():
            return False
        tied &= column[1:] == column[:-1]
    return True
