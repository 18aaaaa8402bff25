"""Pairs of texts side by side: what the clues to their order are read from.

To collate is to lay the witnesses of a text beside each other and to note where they differ.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.engine.base import U64, IntArray
from dedup.match.edits import Edits

RELATIONS = ("near", "excerpt", "rewrite", "partial")


class Clue(NamedTuple):
    """One kind of sign, in all pairs of a collation, of which text came first.

    Attributes:
        values: ``float64[pairs]``: above 0 it speaks for the left text as the earlier one, below 0 for the right one,
            0 says nothing. With the sides exchanged it is negated.
        spans: ``int64[pairs, 4]``: the strongest single place, from word to word of the left text and of the right one,
            half-open; -1 on a side that has none.
    """

    values: npt.NDArray[np.float64]
    spans: IntArray


class Collation(NamedTuple):
    """Some pairs of texts, their passages and the edits of these.

    Attributes:
        left, right: ``int64[pairs]``, texts.
        words: ``uint64[n]``, hashes of the words of all texts, end to end.
        offsets: ``int64[texts + 1]``, where the words of each text begin.
        marks: ``uint8[n]``, bits of ``kernels.words``.
        lemmas: ``int32[n]``, number of each word's lemma in the lexicon, or -1.
        found: ``int64[passages, 4 or more]``, passages, in words of either text (columns as in ``kernels.align``).
        owner: ``int64[passages]``, the pair of each, ascending.
        edits: of all passages.
        frequency: ``float64[n]``, how common each word is in English: log10 of its uses in a thousand million words; 0
            where unknown.
    """

    left: IntArray
    right: IntArray
    words: U64
    offsets: IntArray
    marks: npt.NDArray[np.uint8]
    lemmas: npt.NDArray[np.int32]
    found: IntArray
    owner: IntArray
    edits: Edits
    frequency: npt.NDArray[np.float64]
