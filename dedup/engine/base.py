"""Where stages run: the verbs that an engine must have, and nothing else.

A stage is a pure function of Arrow tables; an engine decides on which threads or machines it runs, and on which part of
the rows. What a verb returns never depends on how the rows were divided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

import pyarrow as pa

A = TypeVar("A")
B = TypeVar("B")


class Engine(Protocol):
    """The contract of an engine."""

    def map(self, items: Iterable[A], function: Callable[[A], B]) -> Iterator[B]:
        """Apply a function to each item; results come in the order of the items, few items are held at a time."""
        ...

    def group(self, table: pa.Table, by: str, function: Callable[[pa.Table], pa.Table]) -> pa.Table:
        """Apply a function to parts of a table that are sorted by a column and hold whole groups of equal values.

        Rows of one group keep their order. The results are joined in the order of the column.
        """
        ...

    def join(
        self, pairs: pa.Table, sketches: pa.Table, function: Callable[[pa.Table, pa.Table], tuple[pa.Table, ...]]
    ) -> tuple[pa.Table, ...]:
        """Apply a function to parts of ``pairs``, each with the sketches of the documents that it names.

        ``pairs`` names documents in its columns ``left`` and ``right``; in what the function is given they are rows of
        its second argument. The results are joined in the order of the pairs.
        """
        ...
