"""Where stages run: the verbs that an engine must have, and nothing else.

A stage is a pure function of Arrow tables; an engine decides on which threads or machines it runs, on which part of
the rows, and what of the data is held in memory. What a verb returns never depends on how the rows were divided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

A = TypeVar("A")
B = TypeVar("B")

IntArray = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Entries(NamedTuple):
    """Keys in an order in which equal ones stand together, and the value of each.

    Equal keys stand in the order in which they were added.
    """

    keys: U64
    values: U64


Dealt = tuple[U64, U64, IntArray]  # entries by part, and the bounds of the parts


class Pile(Protocol):
    """Entries of a 64-bit key and a 64-bit value, gathered in any amounts and given back in parts.

    A part holds all entries of its keys. ``n_entries`` is how many were added; it alone decides on ``n_parts``.
    """

    n_entries: int

    @property
    def n_parts(self) -> int:
        """Parts to read the pile in."""
        ...

    def deal(self, keys: U64, values: U64) -> Dealt:
        """Make entries ready to be added; any thread may do so."""
        ...

    def add(self, dealt: Dealt) -> None:
        """Add entries, in an order that does not depend on threads."""
        ...

    def part(self, number: int) -> Entries:
        """The entries of one part."""
        ...

    def clear(self) -> None:
        """Let go of all entries."""
        ...


class Texts(Protocol):
    """The texts of all documents, by number.

    ``held`` tells whether they are in memory, so that any of them can be had at no cost.
    """

    @property
    def held(self) -> bool:
        """Whether they are in memory."""
        ...

    def read(self, docs: IntArray) -> Iterator[tuple[IntArray, pa.LargeStringArray]]:
        """Yield the texts of some documents, ascending, in bounded batches."""
        ...


Prepare = Callable[[IntArray, pa.LargeStringArray], pa.Table]
Verify = Callable[[pa.Table, pa.Table], tuple[pa.Table, ...]]


class Engine(Protocol):
    """The contract of an engine."""

    def map(self, items: Iterable[A], function: Callable[[A], B]) -> Iterator[B]:
        """Apply a function to each item; results come in the order of the items, few items are held at a time."""
        ...

    def beside(self, function: Callable[[], None], other: Callable[[], None]) -> None:
        """Call two functions at once. Only the first may use the engine."""
        ...

    def soon(self, function: Callable[[], None]) -> None:
        """Call a function that only makes ready what is made anyway; nobody waits for it. It may not be called."""
        ...

    def pile(self, name: str) -> Pile:
        """A new, empty pile."""
        ...

    def group(self, pile: Pile, function: Callable[[Entries], B]) -> Iterator[B]:
        """Apply a function to the parts of a pile, each of which holds all entries of its keys; always in one order.

        The pile is empty afterwards.
        """
        ...

    def join(
        self, pairs: pa.Table, sizes: npt.NDArray[np.int32], texts: Texts, prepare: Prepare, function: Verify
    ) -> tuple[pa.Table, ...]:
        """Apply a function to parts of ``pairs``, each with what was prepared of the texts that it names.

        ``pairs`` names documents in its columns ``left`` and ``right``, of ``sizes`` characters. ``prepare`` turns some
        documents and their texts into a table of a row each; in what the function is given, ``left`` and ``right`` are
        rows of such a table. The results are joined; their order is that of the input only for few texts.
        """
        ...
