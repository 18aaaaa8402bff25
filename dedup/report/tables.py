"""The tables of a run as arrays, in which a document is known by its row of ``documents``.

Columns are read whole; only rows that are asked for become values of Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from dedup.result import Result

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Row = dict[str, Any]

_SPANS = {"year": 31_557_600, "month": 2_629_800, "day": 86_400, "minute": 60, "second": 1}  # seconds


class Groups:
    """Rows of a table by a number that each has, as those of a story."""

    def __init__(self, numbers: Ints) -> None:
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]

    def of(self, *numbers: int) -> Ints:
        """Rows of some numbers, number by number, ascending within each."""
        begins = np.searchsorted(self._sorted, numbers)
        ends = np.searchsorted(self._sorted, numbers, "right")
        return np.concatenate([self._order[:0], *(self._order[i:j] for i, j in zip(begins, ends, strict=True))])

    def first(self, numbers: Ints) -> Ints:
        """The first row of each of some numbers; -1 where there is none."""
        if not len(self._sorted):
            return np.full(len(numbers), -1)
        begins = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        return np.where(self._sorted[begins] == numbers, self._order[begins], -1)


class Rows:
    """Rows of a table as plain values, each made once."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._made: dict[int, Row] = {}

    def take(self, places: Iterable[int]) -> list[Row]:
        """Some rows, in the order in which they are named."""
        wanted = [int(place) for place in places]
        missing = sorted({place for place in wanted if place not in self._made})
        if missing:
            self._made |= zip(missing, self._table.take(pa.array(missing, pa.int64())).to_pylist(), strict=True)
        return [self._made[place] for place in wanted]


class Tables:
    """The tables of a finished run.

    Args:
        result: the run.

    Attributes:
        ids: of the documents.
        text: number of the text of each document: equal texts have equal numbers.
        story: number of the story of each document; 0 where it has none.
        lengths: of their texts, in characters.
        moments: of publication, in seconds: the middle of what the precision allows; the undated come last.
        left, right: documents of each row of ``pairs``.
        child, parent: of each row of ``lineage``; -1 where the parent is not in the pile.
        documents, pairs, passages, lineage: their rows; ``unseen`` by number.
        by_child, by_parent: rows of ``lineage`` of each document; ``clusters`` documents of each cluster.
    """

    def __init__(self, result: Result) -> None:
        self.result = result
        self.ids = result.documents.column("doc_id").combine_chunks()
        self.story = integers(result.documents, "story_id")
        self.lengths = integers(result.documents, "n_chars")
        self.left, self.right = (self._places(result.pairs, name) for name in ("left_id", "right_id"))
        self.child, self.parent = (self._places(result.lineage, name) for name in ("child_id", "parent_id"))
        self.documents, self.lineage = Rows(result.documents), Rows(result.lineage)
        self.pairs, self.passages = Rows(result.pairs), Rows(result.passages)
        self._members, self.clusters = Groups(self.story), Groups(integers(result.documents, "cluster_id"))
        self.by_child, self.by_parent = Groups(self.child), Groups(self.parent)
        self._pair_of = Groups(self._numbered(self.left, self.right))
        ends = [self._places(result.passages, name) for name in ("left_id", "right_id")]
        self._passages_of = Groups(self._numbered(*ends))
        self.unseen = {row["unseen_id"]: row for row in result.unseen.to_pylist()}
        self.text = np.asarray(
            result.documents.column("text_digest").combine_chunks().dictionary_encode().indices, np.int64
        )
        self.moments = _moments(result.documents)

    def _places(self, table: pa.Table, name: str) -> Ints:
        """The row of ``documents`` of each id of a column; -1 where there is none."""
        found = pc.index_in(table.column(name), value_set=self.ids)
        return np.asarray(found.fill_null(-1), np.int64)

    def _numbered(self, one: Ints, other: Ints) -> Ints:
        """One number for each two documents, in either order; negative where one is missing."""
        least, most = np.minimum(one, other), np.maximum(one, other)
        return np.where(least < 0, -1, least * len(self.ids) + most)

    def members(self, story_id: int) -> Ints:
        """Documents of a story, in the order of the input."""
        return self._members.of(story_id)

    def edges_of(self, documents: Ints) -> Ints:
        """Rows of the lineage in which one of these is the child."""
        return self.by_child.of(*documents.tolist())

    def pair_of(self, edges: Ints) -> Ints:
        """The row of ``pairs`` of each row of the lineage; -1 where there is none."""
        numbers = self._numbered(self.child[edges], self.parent[edges])
        return np.where(numbers < 0, -1, self._pair_of.first(numbers))

    def pair_key(self, row: int) -> str:
        """Key of the section of a row of ``pairs``."""
        return f"d{self.left[row]}-d{self.right[row]}"

    def row_of_pair(self, key: str) -> int:
        """The row of ``pairs`` of a key."""
        left, right = (np.array([int(part[1:])]) for part in key.split("-"))
        return int(self._pair_of.first(self._numbered(left, right))[0])

    def closest(self, documents: Sequence[int]) -> list[int]:
        """Rows of the accepted ``pairs`` among some documents: the closest first, no more than there are documents."""
        inside = np.isin(self.left, documents) & np.isin(self.right, documents)
        rows = np.flatnonzero(inside & np.asarray(self.result.pairs.column("accepted")))
        jaccard = floats(self.result.pairs, "jaccard")[rows]
        return list(rows[np.argsort(-jaccard, kind="stable")][: len(documents)].tolist())

    def passages_of(self, pair: int) -> list[Row]:
        """Passages of a row of ``pairs``."""
        number = self._numbered(self.left[pair : pair + 1], self.right[pair : pair + 1])
        return self.passages.take(self._passages_of.of(int(number[0])))


def place_of(ids: pa.Array[Any], doc_id: str | None) -> int:
    """Where an id stands; -1 where it does not."""
    return -1 if doc_id is None else int(pc.index(ids, doc_id).as_py())


def integers(table: pa.Table, name: str) -> Ints:
    """A column of whole numbers; 0 where null."""
    return np.asarray(table.column(name).fill_null(0), np.int64)


def floats(table: pa.Table, name: str) -> Floats:
    """A column of numbers; NaN where null."""
    return np.asarray(table.column(name).fill_null(float("nan")), np.float64)


def _moments(documents: pa.Table) -> Ints:
    """Times of publication in seconds, the middle of the day where the day is known, and so on."""
    begins = integers(
        documents.select(["published_at"]).cast(pa.schema([("published_at", pa.int64())])), "published_at"
    )
    known = np.asarray(documents.column("published_at").is_valid())
    names = pa.array(_SPANS, pa.string())
    precision = pc.index_in(documents.column("published_precision"), value_set=names).fill_null(-1)
    half = np.array([*_SPANS.values(), 0], np.int64)[np.asarray(precision, np.int64)] // 2
    return np.where(known, begins + half, np.iinfo(np.int64).max)
