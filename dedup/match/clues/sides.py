"""What readers of edits share: the words that one side alone has, typed edits by pair, the strongest place of each."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from dedup.engine.base import IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import MOVED, N_KINDS
from dedup.kernels.edits import KIND, MARKS
from dedup.match.collation import Clue, Collation

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

NOWHERE = -1

T = TypeVar("T")


def once(look: Callable[[Collation], T]) -> Callable[[Collation], T]:
    """Look at a collation once, whoever asks, for as long as its edits are held.

    What is found must not hold the rows of the edits.
    """
    kept: dict[int, T] = {}

    def found(c: Collation) -> T:
        key = id(c.edits.rows)
        if key not in kept:
            kept[key] = look(c)
            weakref.finalize(c.edits.rows, kept.pop, key, None)
        return kept[key]

    return found


class Own(NamedTuple):
    """The words that only one text of a pair has: put in, left out, in place of others, or outside all passages.

    Attributes:
        at: ``int64[k]``, places in ``Collation.words``, by pair, those of the left text first.
        side: ``int64[k]``, twice the pair of each, one more on the right.
        n_sides: twice the pairs.
    """

    at: IntArray
    side: IntArray
    n_sides: int

    def tally(self) -> tuple[Floats, Floats]:
        """How many of the words each side has."""
        made = np.bincount(self.side, minlength=self.n_sides).astype(np.float64)
        return made[0::2], made[1::2]

    def where(self, which: Truths | IntArray) -> Own:
        """Those of the words that are true, or that stand at these places, ascending."""
        return Own(self.at[which], self.side[which], self.n_sides)

    def clue(self, values: Floats, c: Collation) -> Clue:
        """A clue that the later text has more of these words, shown by the first of them on that side."""
        at, sides = self.at, self.side
        spans = np.full((len(values), 4), NOWHERE, np.int64)
        pairs = np.flatnonzero(values)
        wanted = 2 * pairs + (values[pairs] > 0)
        place = np.searchsorted(sides, wanted)
        held = np.append(sides, NOWHERE)[place] == wanted
        pairs, wanted, place = pairs[held], wanted[held], at[place[held]]
        right = wanted & 1
        text = np.where(right == 1, c.right[pairs], c.left[pairs])
        column = np.where(right == 1, RIGHT_BEGIN, LEFT_BEGIN)
        spans[pairs, column] = place - c.offsets[text]
        spans[pairs, column + 1] = place - c.offsets[text] + 1
        return Clue(values, spans)


@once
def own_words(c: Collation) -> Own:
    """The words of each side that no passage holds, or that an edit touches; moved ones are shared."""
    begins, n_words = _sides(c)
    room = np.concatenate(([0], np.cumsum(n_words)))
    rows, pair = c.edits.rows, c.owner[c.edits.passage]
    edited = rows[:, KIND] != MOVED
    rows, pair = rows[edited], pair[edited]
    one = np.int32(1)  # of the type of the steps: with any other ``np.add.at`` takes ten times as long
    steps = np.zeros(int(room[-1]) + 1, np.int32)  # by how much more often, from each word on, it is held than before
    for shift, (first, end) in enumerate(((LEFT_BEGIN, LEFT_END), (RIGHT_BEGIN, RIGHT_END))):
        of_passage, of_edit = room[2 * c.owner + shift], room[2 * pair + shift]
        for held in (of_passage + c.found[:, first], of_edit + rows[:, end]):
            np.add.at(steps, held, one)
        for not_held in (of_passage + c.found[:, end], of_edit + rows[:, first]):
            np.add.at(steps, not_held, -one)
    own = np.flatnonzero(np.cumsum(steps[:-1], dtype=np.int32) <= 0)
    side = np.repeat(np.arange(len(n_words)), np.diff(np.searchsorted(own, room)))
    return Own(own + (begins - room[:-1])[side], side, len(n_words))


def _sides(c: Collation) -> tuple[IntArray, IntArray]:
    """Where the words of each side begin in ``Collation.words``, and how many there are: left, right, left, right..."""
    texts = np.column_stack((c.left, c.right)).ravel()
    return c.offsets[texts], np.diff(c.offsets)[texts]


class Replaced(NamedTuple):
    """Edits that put words in place of others.

    Attributes:
        rows: ``int64[e]``, places in ``Edits.rows``.
        pair: the pair of each.
        kind, marks: as in ``Edits.rows``.
        single: whether one word stands for one word.
        left, right: where the words begin in ``Collation.words``.
        common_left, common_right: Zipf value of the first word, 0 where unknown.
    """

    rows: IntArray
    pair: IntArray
    kind: IntArray
    marks: IntArray
    single: Truths
    left: IntArray
    right: IntArray
    common_left: Floats
    common_right: Floats

    def of(self, kinds: tuple[int, ...], without: int, *, single: bool = False) -> Replaced:
        """Those of some kinds that have none of some marks; single words alone, or all."""
        wanted = np.isin(np.arange(N_KINDS), kinds)[self.kind] & (self.marks & without == 0)
        return self.where(wanted & self.single if single else wanted)

    def where(self, which: Truths) -> Replaced:
        """Those that are true."""
        at = np.flatnonzero(which)
        return Replaced(
            self.rows[at],
            self.pair[at],
            self.kind[at],
            self.marks[at],
            self.single[at],
            self.left[at],
            self.right[at],
            self.common_left[at],
            self.common_right[at],
        )


@once
def replaced(c: Collation) -> Replaced:
    """All edits that have words on both sides, but for what has moved."""
    left_words = c.edits.rows[:, LEFT_END] - c.edits.rows[:, LEFT_BEGIN]
    right_words = c.edits.rows[:, RIGHT_END] - c.edits.rows[:, RIGHT_BEGIN]
    rows = np.flatnonzero((left_words > 0) & (right_words > 0) & (c.edits.rows[:, KIND] != MOVED))
    chosen, pair = c.edits.rows[rows], c.owner[c.edits.passage[rows]]
    left_words, right_words = left_words[rows], right_words[rows]
    left, right = chosen[:, LEFT_BEGIN] + c.offsets[c.left[pair]], chosen[:, RIGHT_BEGIN] + c.offsets[c.right[pair]]
    single = (left_words == 1) & (right_words == 1)
    common = c.frequency[left], c.frequency[right]
    return Replaced(rows, pair, chosen[:, KIND], chosen[:, MARKS], single, left, right, *common)


def bounded(values: Floats | IntArray) -> Floats:
    """Sign and logarithm of one more than the size: small values stay, great ones grow slowly."""
    made: Floats = np.sign(values) * np.log1p(np.abs(values))
    return made


def total(said: Floats | IntArray | Truths, pair: IntArray, n_pairs: int) -> Floats:
    """What was said, added up by pair."""
    return np.bincount(pair, weights=said, minlength=n_pairs).astype(np.float64)


def shown(values: Floats, c: Collation, rows: IntArray, pair: IntArray, said: Floats) -> Clue:
    """A clue made of edits, shown by the one that says most in its direction, the first of equals.

    Args:
        values: of each pair.
        rows: the edits that say something, places in ``Edits.rows``.
        pair: the pair of each, ascending.
        said: what each says, above 0 for the left text as the earlier one.
    """
    weight = said * np.sign(values)[pair]
    begins = np.flatnonzero(np.diff(pair, prepend=NOWHERE))
    most = np.repeat(np.maximum.reduceat(weight, begins), np.diff(begins, append=len(pair)))
    best = np.flatnonzero((weight > 0) & (weight == most))[::-1]
    spans = np.full((len(values), 4), NOWHERE, np.int64)
    spans[pair[best]] = c.edits.rows[rows[best], LEFT_BEGIN : RIGHT_END + 1]
    return Clue(values, spans)
