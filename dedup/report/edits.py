"""Which words of a passage became which: passages aligned word by word, as the run itself did (``match.edits``)."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.kernels.align import LEFT_BEGIN, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import INFLECTED, MOVED, NOTATION, OTHER, SYNONYM, Dictionary
from dedup.kernels.edits import KIND
from dedup.lexicon import english
from dedup.match.aligned import lists
from dedup.match.edits import dictionary, edits
from dedup.sketch import details

Row = dict[str, Any]
IntArray = npt.NDArray[np.int64]

SAYS = {  # what the words on one side are to those on the other; words of one side alone are nothing to any
    INFLECTED: "another form",
    NOTATION: "another notation",
    SYNONYM: "a synonym",
    OTHER: "other words",
    MOVED: "moved",
}
BEGIN, END, OTHER_BEGIN, OTHER_END, PASSAGE, CLASS = range(6)
_SIDES, _BOUNDS = ("left", "right"), ("begin", "end")


class Words(NamedTuple):
    """Where the words of some texts stand.

    Attributes:
        table: ``schema.DETAILS``, a text a row.
        row: of each text by ``doc_id``.
        begins, ends: characters of the words of all texts, end to end.
        offsets: of the texts in them.
    """

    table: pa.Table
    row: dict[str, int]
    begins: IntArray
    ends: IntArray
    offsets: IntArray

    def of(self, doc_id: str) -> IntArray:
        """First character of each word of a text."""
        row = self.row[doc_id]
        return self.begins[self.offsets[row] : self.offsets[row + 1]]


def words_of(texts: Mapping[str, str]) -> Words:
    """The words of some texts, as a run sees them."""
    names = list(texts)
    table = details(np.arange(len(names)), pa.array([texts[name] for name in names], pa.large_string()), Config())
    begins, offsets = lists(table, "begins")
    ends = lists(table, "ends")[0]
    return Words(
        table,
        {name: row for row, name in enumerate(names)},
        begins.astype(np.int64),
        ends.astype(np.int64),
        np.asarray(offsets, np.int64),
    )


def edits_of(pairs: Sequence[Sequence[Row]], words: Words) -> list[tuple[IntArray, IntArray]]:
    """The edits of the passages of some pairs, as seen from the left and from the right.

    Args:
        pairs: of each pair its rows of ``passages``.
        words: of all their texts.

    Returns:
        Of each pair two arrays, ``int64[edits, 6]`` with the columns as named above: characters of this side, half-open
        and empty where words are missing, those of the other side, which of the pair's passages, and the kind of edit.
    """
    rows = [row for passages in pairs for row in passages]
    sizes = np.array([len(passages) for passages in pairs], np.int64)
    owner = np.repeat(np.arange(len(pairs)), sizes)
    number = np.arange(len(rows)) - np.repeat(sizes.cumsum() - sizes, sizes)
    texts = np.array([[words.row[row[f"{side}_id"]] for row in rows] for side in _SIDES], np.int64)
    found = _in_words(rows, texts, words)
    order = np.lexsort((found[:, LEFT_BEGIN], owner))
    ends = np.zeros((2, len(pairs)), np.int64)
    ends[:, owner] = texts
    ends.flags.writeable = False  # as those of a run are: kernels compile once
    hashes, lemmas, marks = (lists(words.table, name)[0] for name in ("words", "lemmas", "marks"))
    left, right = ends
    made = edits(
        left, right, words.offsets, hashes, lemmas, marks, found[order], owner[order], _english(), Config().shingle_size
    )
    passage = order[made.passage]
    told = np.stack((number[passage], made.rows[:, KIND]), axis=1)
    spans = found[order][made.passage]
    here = _characters(made.rows[:, :RIGHT_BEGIN], spans[:, LEFT_BEGIN], texts[0, passage], words)
    there = _characters(made.rows[:, RIGHT_BEGIN : RIGHT_END + 1], spans[:, RIGHT_BEGIN], texts[1, passage], words)
    left_rows, right_rows = np.hstack((here, there, told)), np.hstack((there, here, told))
    bounds = np.searchsorted(owner[passage], np.arange(len(pairs) + 1)).tolist()
    return [(left_rows[begin:end], right_rows[begin:end]) for begin, end in itertools.pairwise(bounds)]


def _in_words(rows: Sequence[Row], texts: IntArray, words: Words) -> IntArray:
    """Passages in words, columns as in ``kernels.align``, given the row of the text on either side."""
    width = 1 + int(words.ends.max(initial=0))
    keys = np.repeat(np.arange(len(words.offsets) - 1), np.diff(words.offsets)) * width + words.begins
    found = np.zeros((len(rows), 4), np.int64)
    for column, (side, text, bound) in enumerate(
        (s, t, b) for s, t in zip(_SIDES, texts, strict=True) for b in _BOUNDS
    ):
        place = np.array([row[f"{side}_{bound}"] for row in rows], np.int64)
        found[:, column] = np.searchsorted(keys, text * width + np.minimum(place, width - 1)) - words.offsets[text]
    return found


def _characters(edited: IntArray, first: IntArray, text: IntArray, words: Words) -> IntArray:
    """Words of texts as characters; where there is none, the place behind the word before.

    Args:
        edited: half-open, ``int64[edits, 2]``.
        first: word of the passage that holds each; before it there is no place.
        text: row of the text of each.
    """
    start, (begin, end) = words.offsets[text], edited.T
    since = words.begins[np.minimum(start + begin, len(words.begins) - 1)]
    until = np.where(end > first, words.ends[np.maximum(start + end - 1, 0)], since)
    return np.stack((np.where(begin < end, since, until), until), axis=1)


@functools.cache
def _english() -> Dictionary:
    return dictionary(english().synonyms)
