"""The local engine: threads over parts of Arrow tables. The kernels give up the interpreter's lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.join import run_starts

A = TypeVar("A")
B = TypeVar("B")

# Parts are cut by rows alone, never by the number of threads, so that tables come out the same on any machine.
_ROWS_PER_PART = 1 << 18
_PAIRS_PER_PART = 1 << 13


class LocalEngine:
    """Runs stages on threads of this process; a context manager.

    Args:
        threads: 0 means one per core that this process may use.
    """

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads or _cores()
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="dedup")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def map(self, items: Iterable[A], function: Callable[[A], B]) -> Iterator[B]:
        """See ``Engine.map``; at most two items per thread are under way."""
        under_way: deque[Future[B]] = deque()
        for item in items:
            under_way.append(self._pool.submit(function, item))
            if len(under_way) >= 2 * self.threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def group(self, table: pa.Table, by: str, function: Callable[[pa.Table], pa.Table]) -> pa.Table:
        """See ``Engine.group``."""
        keys = table.column(by).to_numpy()
        order = np.argsort(keys, kind="stable")
        table = table.take(pa.array(order)).combine_chunks()
        parts = self.map(
            _whole_groups(keys[order].astype(np.uint64, copy=False)), lambda cut: function(table.slice(*cut))
        )
        return pa.concat_tables(list(parts) or [function(table)]).combine_chunks()

    def join(
        self, pairs: pa.Table, sketches: pa.Table, function: Callable[[pa.Table, pa.Table], tuple[pa.Table, ...]]
    ) -> tuple[pa.Table, ...]:
        """See ``Engine.join``; a part sees only the sketches that it needs."""

        def part(begin: int) -> tuple[pa.Table, ...]:
            piece = pairs.slice(begin, _PAIRS_PER_PART)
            ends = np.concatenate([piece.column("left").to_numpy(), piece.column("right").to_numpy()])
            needed, places = np.unique(ends, return_inverse=True)
            local = piece.set_column(0, "left", pa.array(places[: len(piece)]))
            local = local.set_column(1, "right", pa.array(places[len(piece) :]))
            return function(local, sketches.take(pa.array(needed)).combine_chunks())

        begins = range(0, max(1, len(pairs)), _PAIRS_PER_PART)
        results = list(self.map(begins, part))
        return tuple(pa.concat_tables(tables).combine_chunks() for tables in zip(*results, strict=True))


def _whole_groups(keys: npt.NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Cuts (begin, length) of ascending keys into parts of about ``_ROWS_PER_PART`` that split no group."""
    starts = run_starts(keys)
    begin = 0
    while begin < len(keys):
        end = int(starts[np.searchsorted(starts, min(begin + _ROWS_PER_PART, len(keys)))])
        yield begin, end - begin
        begin = end


def _cores() -> int:
    """Cores that this process may use, where the system tells; else all of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
