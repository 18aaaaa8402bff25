"""The local engine: threads over parts of Arrow tables, memory within a bound. The kernels give up the lock."""

from __future__ import annotations

import functools
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import Entries, IntArray, Pile, Prepare, Texts, Verify
from dedup.engine.piles import ENTRY_BYTES, LocalPile
from dedup.engine.texts import Batches, Block, HeldTexts, Sets, blocks

A = TypeVar("A")
B = TypeVar("B")

# Parts are cut by rows alone, never by the number of threads, so that tables come out the same on any machine.
_PAIRS_PER_PART = 1 << 12
_MACHINERY = 400 << 20  # bytes that the interpreter, the libraries and the batches under way take
_SMALLEST_SHARE = 4  # however little memory is given, the data get one part in so many of it
# Parts of the memory for data that each may take; while texts are compared, nothing else is large.
_PILE, _HELD, _COMPARED = 8, 4, 24
_SMALL_SET = 1 << 22  # characters of texts that one thread compares at a time


class LocalEngine:
    """Runs stages on threads of this process; a context manager.

    Args:
        threads: 0 means one per core that this process may use.
        memory: bytes that the process should keep within; 0 means half of the machine's.
        scratch: folder for temporary files; if not given, one of the system's is made when it is needed.
    """

    def __init__(self, threads: int = 0, memory: int = 0, scratch: Path | None = None) -> None:
        self.threads = threads or _cores()
        self.memory = memory or machine_memory() // 2
        self._data = max(self.memory - _MACHINERY, self.memory // _SMALLEST_SHARE)
        self._scratch = scratch
        self._made: tempfile.TemporaryDirectory[str] | None = None
        # One thread is the caller's own: "--threads 1" keeps to one core.
        self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix="dedup") if self.threads > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        if self._made:
            self._made.cleanup()

    def map(self, items: Iterable[A], function: Callable[[A], B]) -> Iterator[B]:
        """See ``Engine.map``; at most two items per thread are under way."""
        if self._pool is None:
            yield from map(function, items)
            return
        under_way: deque[Future[B]] = deque()
        for item in items:
            under_way.append(self._pool.submit(function, item))
            if len(under_way) >= 2 * self.threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def beside(self, function: Callable[[], None], other: Callable[[], None]) -> None:
        """See ``Engine.beside``."""
        if self._pool is None:
            function()
            other()
            return
        under_way = self._pool.submit(other)
        function()
        under_way.result()

    def soon(self, function: Callable[[], None]) -> None:
        """See ``Engine.soon``; without threads of its own it leaves that to whoever needs it first."""
        if self._pool is not None:
            self._pool.submit(function)

    def pile(self, name: str) -> LocalPile:
        """See ``Engine.pile``; beyond its share of the memory it is kept on disk."""
        return LocalPile(name, self._data // _PILE, self._folder)

    def group(self, pile: Pile, function: Callable[[Entries], B]) -> Iterator[B]:
        """See ``Engine.group``."""
        yield from self.map(range(pile.n_parts), lambda number: function(pile.part(number)))
        pile.clear()

    def spills(self, n_entries: int) -> bool:
        """Whether a pile of so many entries goes to disk."""
        return ENTRY_BYTES * n_entries > self._data // _PILE

    def holds(self, n_bytes: int) -> bool:
        """Whether so many bytes of texts are held in memory."""
        return n_bytes <= self._data // _HELD

    def texts(self, again: Callable[[IntArray], Batches]) -> HeldTexts:
        """Texts to which the reader adds; held within their share of the memory, else read by ``again``."""
        return HeldTexts(self._data // _HELD, again)

    def join(
        self, pairs: pa.Table, sizes: npt.NDArray[np.int32], texts: Texts, prepare: Prepare, function: Verify
    ) -> tuple[pa.Table, ...]:
        """See ``Engine.join``: texts that pairs tie together are brought together, as many at a time as fit."""
        left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
        large = self._data // _COMPARED
        found = blocks(left, right, sizes, min(_SMALL_SET, large) if texts.held else large, large)
        sets = Sets(texts.read, found, self._folder, held=texts.held)

        def compared(block: Block) -> list[tuple[pa.Table, ...]]:
            docs, texts = zip(*sets.texts(block.sets[0]), strict=True)
            table = prepare(np.concatenate(docs), pa.concat_arrays(texts))
            return [function(part, table) for part in _parts(pairs, block, table)]

        alone = [block.small and len(block.rows) <= _PAIRS_PER_PART for block in found.blocks]  # for one thread
        small = [block for block, one in zip(found.blocks, alone, strict=True) if one]
        results = [made for done in self.map(small, compared) for made in done]
        loaded: dict[int, pa.Table] = {}
        for block, one in zip(found.blocks, alone, strict=True):
            if one:
                continue
            loaded = {number: loaded[number] for number in block.sets if number in loaded}
            for number in block.sets:
                if number not in loaded:
                    loaded[number] = self._combined(list(self.map(sets.texts(number), lambda batch: prepare(*batch))))
            table = pa.concat_tables(list(loaded.values())).combine_chunks()
            results += self.map(_parts(pairs, block, table), functools.partial(_applied, function, table))
        sets.clear()
        if not results:
            results = [function(pairs, prepare(np.zeros(0, np.int64), pa.array([], pa.large_string())))]
        return tuple(self.map(zip(*results, strict=True), lambda tables: pa.concat_tables(tables).combine_chunks()))

    def _combined(self, tables: list[pa.Table]) -> pa.Table:
        """Tables as one without chunks; column by column, so that they and it are never in memory together."""
        schema = tables[0].schema
        columns = [[chunk for table in tables for chunk in table.column(i).chunks] for i in range(len(schema))]
        tables.clear()

        def joined(chunks: list[pa.Array]) -> pa.Array:
            whole = pa.concat_arrays(chunks)
            chunks.clear()
            return whole

        return pa.Table.from_arrays(list(self.map(columns, joined)), schema=schema)

    def _folder(self) -> Path:
        if self._scratch is None:
            self._made = tempfile.TemporaryDirectory(prefix="dedup-")
            self._scratch = Path(self._made.name)
        return self._scratch


def _applied(function: Verify, table: pa.Table, part: pa.Table) -> tuple[pa.Table, ...]:
    return function(part, table)


def _parts(pairs: pa.Table, block: Block, table: pa.Table) -> Iterator[pa.Table]:
    """The pairs of a block in parts; left and right are rows of a table of documents."""
    docs = table.column("doc").to_numpy()
    order = np.argsort(docs)
    rows = pairs.take(pa.array(block.rows))
    for i, side in enumerate(("left", "right")):
        places = order[np.searchsorted(docs, rows.column(side).to_numpy(), sorter=order)]
        rows = rows.set_column(i, side, pa.array(places))
    return (rows.slice(begin, _PAIRS_PER_PART) for begin in range(0, len(rows), _PAIRS_PER_PART))


def _cores() -> int:
    """Cores that this process may use, where the system tells; else all of them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def machine_memory() -> int:
    """Bytes of memory that this process may use: the machine's, or less where its container is given less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine
