"""From pairs of sentences alike to blocks: a stretch of either text, and how far it reaches.

Seeds that lie close together on both sides make a block (Sanchez-Perez, Sidorov and Gelbukh 2014: they are split at
gaps on one side, then on the other, until no part falls apart). Where a block ends is settled word by word: within
it a word of one side was taken over from the other with a certain probability, else it is found there by chance, the
more easily the commoner it is and the longer the other stretch. The logarithm of the ratio of both likelihoods is the
evidence that a word gives, and the best border is where its sum is greatest. Borders lie mostly between sentences.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.order import ascending
from dedup.kernels.sentences import UNIT, Side, fill_in, put
from dedup.kernels.words import FIRST

MAX_TURNS = 32  # looks at a part of the seeds, from one side, then the other; a hostile text could want a million
TAKEN_OVER = 0.7  # probability that a word of a reworded passage has its term from the other side
ALWAYS = 1.0  # sentences more that hold a term by chance than were seen: none is so rare that it never recurs
AT_SENTENCE = (
    6 * UNIT
)  # evidence that a border between sentences is worth: they are one place in twenty and most borders
SYNONYM = 2  # what the evidence of a synonym is divided by: a word has many, some are found by chance
BACKGROUND = 5000  # words of text that there are at least: a short text does not tell that its words are common
EXACT_WORD = UNIT // 2  # evidence of a word in an exact passage: it joins two that few words part
REACH = 40  # words beyond its outer seeds that a block may reach
ROUNDS = 2  # how often the borders of one side are settled by those of the other


@kernel
def split(
    seeds: npt.NDArray[np.int64], places: npt.NDArray[np.int64], gap: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Split seeds wherever more than ``gap`` sentences lie from one to the next on either side.

    Args:
        seeds: rows (left sentence, right sentence).
        places: the seeds that are to be split.

    Returns:
        Their places, part after part, and where each part begins, and their number.
    """
    order, n = np.empty(len(places), np.int64), 0
    fill_in(order, places)
    begins = np.empty(len(places) + 1, np.int64)
    todo = np.empty((len(places) + 1, 5), np.int64)  # begin, end, side to look at, looks since it fell apart, all looks
    put(todo[0], 0, len(places), 0, 0)
    todo[0, 4], waiting = 0, min(1, len(places))
    while waiting > 0:
        waiting -= 1
        begin, end, side = todo[waiting, 0], todo[waiting, 1], todo[waiting, 2]
        whole, turns = todo[waiting, 3], todo[waiting, 4]
        if whole == 2 or turns == MAX_TURNS:
            begins[n] = begin
            n += 1
            continue
        keys = np.empty(end - begin, np.uint64)
        for k in range(begin, end):
            keys[k - begin] = np.uint64(seeds[order[k], side])
        by_side, before = ascending(keys), np.empty(end - begin, np.int64)
        fill_in(before, order[begin:end])
        for k in range(begin, end):
            order[k] = before[by_side[k - begin]]
        first, last = waiting, end
        for k in range(end - 1, begin - 1, -1):  # the first part goes on top
            if k == begin or seeds[order[k], side] - seeds[order[k - 1], side] > gap:
                put(todo[waiting], k, last, 1 - side, 1)
                todo[waiting, 4] = turns + 1
                waiting, last = waiting + 1, k
        if waiting == first + 1:
            todo[first, 3] = whole + 1
    begins[n] = len(places)
    return order, begins[: n + 1]


@kernel
def similarity(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    weight: npt.NDArray[np.int64],
    in_left: npt.NDArray[np.int64],
    in_right: npt.NDArray[np.int64],
) -> float:
    """Cosine of two stretches as vectors of terms; ``in_left`` and ``in_right`` are all zero, and left so."""
    dot, left_square, right_square = 0.0, 0.0, 0.0
    for t in left:
        in_left[t] += 1
    for t in right:
        in_right[t] += 1
    for t in right:
        if in_right[t] > 0:
            square = np.float64(weight[t] * weight[t])
            dot += square * in_left[t] * in_right[t]
            right_square += square * in_right[t] * in_right[t]
            in_right[t] = 0
    for t in left:
        if in_left[t] > 0:
            left_square += np.float64(weight[t] * weight[t]) * in_left[t] * in_left[t]
            in_left[t] = 0
    return float(dot / np.sqrt(max(left_square * right_square, 1.0)))


@kernel
def blocks(
    seeds: npt.NDArray[np.int64],
    left: Side,
    right: Side,
    weight: npt.NDArray[np.int64],
    max_gap: int,
    min_gap: int,
    min_similarity: float,
) -> npt.NDArray[np.int64]:
    """Seeds close together as blocks, rows (left begin, left end, right begin, right end), in words.

    Seeds with gaps of ``max_gap`` sentences make a block if the stretches are similar, else they are split at smaller
    gaps, down to ``min_gap``.
    """
    left_ids, _, _, left_bounds = left
    right_ids, _, _, right_bounds = right
    out, filled = np.empty((len(seeds), 4), np.int64), 0
    in_left, in_right = np.zeros(len(weight), np.int64), np.zeros(len(weight), np.int64)
    places = np.empty(len(seeds), np.int64)
    for k in range(len(seeds)):
        places[k] = k
    for gap in range(max_gap, min_gap - 1, -1):
        order, begins = split(seeds, places, gap)
        left_over = 0
        for part in range(len(begins) - 1):
            hull = _hull(seeds, order[begins[part] : begins[part + 1]])
            a, a_end = left_bounds[hull[0]], left_bounds[hull[1]]
            b, b_end = right_bounds[hull[2]], right_bounds[hull[3]]
            if similarity(left_ids[a:a_end], right_ids[b:b_end], weight, in_left, in_right) >= min_similarity:
                put(out[filled], a, a_end, b, b_end)
                filled += 1
            else:
                for k in range(begins[part], begins[part + 1]):
                    order[left_over] = order[k]
                    left_over += 1
        places = order[:left_over]
    return out[:filled]


@kernel
def _hull(seeds: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> tuple[int, int, int, int]:
    """The sentences from the first to the last of some seeds, half-open, of both sides."""
    a, b = seeds[places[0], 0], seeds[places[0], 1]
    a_end, b_end = a, b
    for p in places:
        a, a_end = min(a, seeds[p, 0]), max(a_end, seeds[p, 0])
        b, b_end = min(b, seeds[p, 1]), max(b_end, seeds[p, 1])
    return a, a_end + 1, b, b_end + 1


@kernel
def chance(expected: float) -> float:
    """Probability that a stretch holds a term of which so many are expected in it."""
    return float(1.0 - np.exp(-expected))


@kernel
def gain(by_chance: float, taken_over: float) -> int:
    """Evidence of a term that the other side holds too, in thousandths of a natural logarithm; more than none."""
    return max(1, int(np.rint(UNIT * np.log(1.0 + taken_over * (1.0 - by_chance) / by_chance))))


@kernel
def loss(taken_over: float) -> int:
    """Evidence, negative, of a term that the other side has not."""
    return int(np.rint(UNIT * np.log(1.0 - taken_over)))


@kernel
def border(
    ids: npt.NDArray[np.int64],
    marks: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    gains: npt.NDArray[np.int64],
    stand_in: npt.NDArray[np.int64],
    missing: int,
    partners: tuple[int, int],
) -> tuple[int, int]:
    """The best border of a stretch, going from word ``begin`` on to ``end``, forwards or, if that is less, backwards.

    Args:
        ids: term of each word; of a word in an exact passage, as ``loose_ids`` gives it.
        gains: evidence of each term if the other side holds it, else 0.
        stand_in: a synonym of each term, or -1.
        missing: evidence of a term that it does not hold.
        partners: the stretch of the other side in which the partner of a word in an exact passage must lie.

    Returns:
        The border, a place between words, at first ``begin`` itself, and the evidence of the loose words up to there.
    """
    step = 1 if end >= begin else -1
    at, best, best_value, here = begin, 0, 0, begin
    evidence, exact = 0, 0
    while here != end:
        t = ids[here] if step > 0 else ids[here - 1]
        here += step
        if t >= 0:
            by_synonym = gains[stand_in[t]] // SYNONYM if stand_in[t] >= 0 else 0
            evidence += gains[t] if gains[t] > 0 else by_synonym if by_synonym > 0 else missing
        elif partners[0] <= -1 - t < partners[1]:
            exact += EXACT_WORD
        else:
            evidence += missing
        value = evidence + exact
        if here == 0 or here == len(ids) or marks[here] & FIRST > 0:
            value += AT_SENTENCE
        if value > best_value:
            at, best, best_value = here, evidence, value
    return at, best


@kernel
def settle(
    ids: npt.NDArray[np.int64],
    marks: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    gains: npt.NDArray[np.int64],
    stand_in: npt.NDArray[np.int64],
    missing: int,
    partners: tuple[int, int],
) -> tuple[int, int, int]:
    """The best borders around the middle of a stretch, at most ``REACH`` words beyond it, and its evidence."""
    middle = (begin + end) // 2
    first, before = border(ids, marks, middle, max(0, begin - REACH), gains, stand_in, missing, partners)
    last, after = border(ids, marks, middle, min(len(ids), end + REACH), gains, stand_in, missing, partners)
    return first, last, before + after


@kernel
def set_gains(
    gains: npt.NDArray[np.int64],
    ids: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    n_words: int,
    taken_over: float,
) -> None:
    """Set the gains of a stretch's terms.

    Args:
        ids: the terms of the stretch, negative for words in exact passages.
        counts: how many sentences elsewhere hold each term.
        n_words: of all text in which they were counted.
    """
    share, always = len(ids) / n_words, ALWAYS * len(ids) / max(n_words, BACKGROUND)
    for t in ids:
        if t >= 0 and gains[t] == 0:
            gains[t] = gain(chance(counts[t] * share + always), taken_over)


@kernel
def clear(gains: npt.NDArray[np.int64], ids: npt.NDArray[np.int64]) -> None:
    """Set the gains of a stretch's terms back to 0."""
    for t in ids:
        if t >= 0:
            gains[t] = 0


@kernel
def settled(
    block: npt.NDArray[np.int64],
    left: Side,
    right: Side,
    elsewhere: npt.NDArray[np.int64],
    gains: npt.NDArray[np.int64],
    stand_in: npt.NDArray[np.int64],
) -> tuple[int, int, int, int, int]:
    """A block with its best borders, and its evidence: the lesser of what each side's words give.

    Args:
        elsewhere: sentences that hold each term beyond one of each side.
        gains: all zero, and left so.
    """
    _, left_loose, left_marks, _ = left
    _, right_loose, right_marks, _ = right
    a, a_end, b, b_end = block[0], block[1], block[2], block[3]
    in_left, in_right, missing = 0, 0, loss(TAKEN_OVER)
    total = len(left_loose) + len(right_loose)
    for _ in range(ROUNDS):
        set_gains(gains, right_loose[b:b_end], elsewhere, total, TAKEN_OVER)
        other = right_loose[b:b_end]
        a, a_end, in_left = settle(
            left_loose, left_marks, a, a_end, gains, stand_in, missing, (b - REACH, b_end + REACH)
        )
        clear(gains, other)
        set_gains(gains, left_loose[a:a_end], elsewhere, total, TAKEN_OVER)
        b, b_end, in_right = settle(
            right_loose, right_marks, b, b_end, gains, stand_in, missing, (a - REACH, a_end + REACH)
        )
        clear(gains, left_loose[a:a_end])
    return a, a_end, b, b_end, min(in_left, in_right)
