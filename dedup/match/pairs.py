"""Pairs of documents as one number each: the lesser document in its upper half, the greater in its lower.

Documents are numbered below 2^32 in a run, so that pairs can be sorted, counted and looked up as plain numbers.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import U64, IntArray

_HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


def packed(one: npt.NDArray[np.integer[Any]], other: npt.NDArray[np.integer[Any]]) -> U64:
    """The number of each pair, whichever document is named first."""
    low, high = np.minimum(one, other).astype(np.uint64), np.maximum(one, other).astype(np.uint64)
    return np.asarray((low << _HALF) | high)


def halves(pairs: U64) -> tuple[IntArray, IntArray]:
    """The lesser and the greater document of each pair."""
    return (pairs >> _HALF).astype(np.int64), (pairs & LOW).astype(np.int64)


def of_table(table: pa.Table) -> U64:
    """The pairs of a table with the columns ``left`` and ``right``."""
    return packed(table.column("left").to_numpy(), table.column("right").to_numpy())


N = TypeVar("N", bound=np.integer[Any])


def distinct(values: npt.NDArray[N]) -> npt.NDArray[N]:
    """Distinct values, ascending; ``numpy.unique`` hashes such numbers badly."""
    ordered = np.sort(values)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]
