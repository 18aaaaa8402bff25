"""What readers of edits share: the words that one side alone has, typed edits by pair, the strongest place of each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.engine.base import IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import MOVED
from dedup.kernels.edits import KIND
from dedup.match.collation import Clue, Collation

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

NOWHERE = -1


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

    def count(self, which: Truths | None = None) -> tuple[Floats, Floats]:
        """How many of the words each side has, or of those that are true."""
        sides = self.side if which is None else self.side[which]
        made = np.bincount(sides, minlength=self.n_sides).astype(np.float64)
        return made[0::2], made[1::2]

    def clue(self, values: Floats, which: Truths, c: Collation) -> Clue:
        """A clue that the later text has more of these words, shown by the first of them on that side."""
        at, sides = self.at[which], self.side[which]
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


def own_words(c: Collation) -> Own:
    """The words of each side that no passage holds, or that an edit touches; moved ones are shared."""
    begins, n_words = _sides(c)
    room = np.concatenate(([0], np.cumsum(n_words)))
    rows, pair = c.edits.rows, c.owner[c.edits.passage]
    edited = rows[:, KIND] != MOVED
    rows, pair = rows[edited], pair[edited]
    steps = np.zeros(int(room[-1]) + 1, np.int64)  # +1 where a passage begins or an edit ends, -1 the other way round
    for shift, (first, end) in enumerate(((LEFT_BEGIN, LEFT_END), (RIGHT_BEGIN, RIGHT_END))):
        of_passage, of_edit = room[2 * c.owner + shift], room[2 * pair + shift]
        up = np.concatenate((of_passage + c.found[:, first], of_edit + rows[:, end]))
        down = np.concatenate((of_passage + c.found[:, end], of_edit + rows[:, first]))
        steps += np.bincount(up, minlength=len(steps)) - np.bincount(down, minlength=len(steps))
    own = np.flatnonzero(np.cumsum(steps[:-1]) <= 0)
    counts = np.diff(np.searchsorted(own, room))
    side = np.repeat(np.arange(len(n_words)), counts)
    return Own(own - room[side] + begins[side], side, len(n_words))


def _sides(c: Collation) -> tuple[IntArray, IntArray]:
    """Where the words of each side begin in ``Collation.words``, and how many there are: left, right, left, right..."""
    texts = np.column_stack((c.left, c.right)).ravel()
    return c.offsets[texts], np.diff(c.offsets)[texts]


class Replaced(NamedTuple):
    """Edits that put words in place of others, without those that touch a number, a name or a quotation.

    Attributes:
        rows: ``int64[e]``, places in ``Edits.rows``.
        pair: the pair of each.
        left, right: ``int64[e, 2]``, where the words begin and end in ``Collation.words``.
    """

    rows: IntArray
    pair: IntArray
    left: IntArray
    right: IntArray


def replaced(c: Collation, kinds: tuple[int, ...], without: int) -> Replaced:
    """The edits of these kinds that have words on both sides and none of these marks."""
    rows = c.edits.rows
    sizes = rows[:, [LEFT_END, RIGHT_END]] - rows[:, [LEFT_BEGIN, RIGHT_BEGIN]]
    chosen = np.isin(rows[:, KIND], kinds) & (rows[:, KIND + 1] & without == 0) & (sizes > 0).all(axis=1)
    places = np.flatnonzero(chosen)
    pair = c.owner[c.edits.passage[places]]
    left = rows[places, LEFT_BEGIN : LEFT_END + 1] + c.offsets[c.left[pair]][:, None]
    right = rows[places, RIGHT_BEGIN : RIGHT_END + 1] + c.offsets[c.right[pair]][:, None]
    return Replaced(places, pair, left, right)


def shown(values: Floats, c: Collation, rows: IntArray, pair: IntArray, said: Floats) -> Clue:
    """A clue made of edits, shown by the one that says most in its direction, the first of equals.

    Args:
        values: of each pair.
        rows: the edits that say something, places in ``Edits.rows``, by pair.
        pair: the pair of each.
        said: what each says, above 0 for the left text as the earlier one.
    """
    weight = said * np.sign(values)[pair]
    most = np.zeros(len(values))
    np.maximum.at(most, pair, weight)
    best = np.flatnonzero((weight > 0) & (weight == most[pair]))[::-1]
    spans = np.full((len(values), 4), NOWHERE, np.int64)
    spans[pair[best]] = c.edits.rows[rows[best], LEFT_BEGIN : RIGHT_END + 1]
    return Clue(values, spans)
