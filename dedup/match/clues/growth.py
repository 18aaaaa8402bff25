"""How one text grew: words that one side alone has, inside the passages and around them.

Later versions are longer as a rule (in NewsEdits, Spangher and others 2022, sentences are added 1.6 times as often as
removed), copies shorter. What was added tells more than the lengths: between two long texts that are nearly equal, the
ratio of their lengths is next to nothing.
"""

from __future__ import annotations

import numpy as np

from dedup.engine.base import IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import DELETED, INSERTED
from dedup.kernels.edits import KIND
from dedup.match.clues.sides import NOWHERE, Floats, own_words, shown, total
from dedup.match.collation import Clue, Collation

_WORDS = 3.0  # added to both counts of own words: fewer say little


def growth(c: Collation) -> Clue:
    """The later text has more words of its own; the logarithm of the ratio, shown by the longest words put in."""
    left, right = own_words(c).tally()
    rows, pair, said = _runs(c)
    return shown(np.log((right + _WORDS) / (left + _WORDS)), c, rows, pair, said)


def additions(c: Collation) -> Clue:
    """Inside the passages more words were put in than left out."""
    rows, pair, said = _runs(c)
    return shown(_ratio(pair, said, np.abs(said), len(c.left)), c, rows, pair, said)


def insertions(c: Collation) -> Clue:
    """Words were put in at more places than left out, however many they are."""
    rows, pair, said = _runs(c)
    return shown(_ratio(pair, said, np.ones(len(said)), len(c.left)), c, rows, pair, said)


def ending(c: Collation) -> Clue:
    """The later text has more words behind all passages."""
    _, (left, right) = _outside(c)
    return Clue(np.log((right + _WORDS) / (left + _WORDS)), np.full((len(c.left), 4), NOWHERE, np.int64))


def middle(c: Collation) -> Clue:
    """The later text has more words of its own between the first passage and the last: no cuts, no house lines."""
    (left, right), (first, last) = own_words(c).tally(), _outside(c)
    left, right = left - first[0] - last[0], right - first[1] - last[1]
    rows, pair, said = _runs(c)
    return shown(np.log((right + _WORDS) / (left + _WORDS)), c, rows, pair, said)


def _outside(c: Collation) -> tuple[tuple[IntArray, IntArray], tuple[IntArray, IntArray]]:
    """Words before all passages, of the left texts and of the right ones; the same behind all passages."""
    ends = [_extent(c, *side) for side in ((c.left, LEFT_BEGIN, LEFT_END), (c.right, RIGHT_BEGIN, RIGHT_END))]
    return (ends[0][0], ends[1][0]), (ends[0][1], ends[1][1])


def _extent(c: Collation, texts: IntArray, begin: int, end: int) -> tuple[IntArray, IntArray]:
    """Words of each text before all passages and behind; of one without passages all are before."""
    n_words = np.diff(c.offsets)[texts]
    first, last = n_words.copy(), np.zeros(len(texts), np.int64)
    np.minimum.at(first, c.owner, c.found[:, begin])
    np.maximum.at(last, c.owner, c.found[:, end])
    return first, n_words - np.maximum(last, first)


def _runs(c: Collation) -> tuple[IntArray, IntArray, Floats]:
    """Edits that put in or leave out, the pair of each, and how many words: below 0 where they are left out."""
    rows = np.flatnonzero((c.edits.rows[:, KIND] == INSERTED) | (c.edits.rows[:, KIND] == DELETED))
    chosen = c.edits.rows[rows]
    left, right = chosen[:, LEFT_END] - chosen[:, LEFT_BEGIN], chosen[:, RIGHT_END] - chosen[:, RIGHT_BEGIN]
    return rows, c.owner[c.edits.passage[rows]], (right - left).astype(np.float64)


def _ratio(pair: IntArray, said: Floats, weights: Floats, n_pairs: int) -> Floats:
    """Logarithm of the ratio of what was put in to what was left out, one more each."""
    put_in = total(weights * (said > 0), pair, n_pairs)
    left_out = total(weights * (said < 0), pair, n_pairs)
    made: Floats = np.log((put_in + 1) / (left_out + 1))
    return made
