"""Passages that two texts share in other words, of many pairs at once, merged with the exact ones.

Sentences alike (``sentences``) make blocks (``blocks``) or summaries (``summaries``). An exact passage inside one of
them is taken in, if the words around it give evidence of their own; else it stays as it is, exact to the word.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.agreement import common, in_order
from dedup.kernels.align import N_EQUAL, Marks, Words
from dedup.kernels.blocks import blocks, settled
from dedup.kernels.merging import (
    EXACT,
    FOUND,
    KIND,
    N_COLUMNS,
    N_IN_ORDER,
    N_SINGLE,
    frames,
    joined,
    loose_ids,
    merged,
    with_exact,
)
from dedup.kernels.order import ascending, grown
from dedup.kernels.sentences import (
    LEAST_SENTENCE,
    UNIT,
    Lemmas,
    Side,
    bags,
    count_loose,
    fill_in,
    holders,
    near_seeds,
    numbered,
    seeds,
    sentence_bounds,
    stand_ins,
    taken,
    weights,
)
from dedup.kernels.summaries import LEAST_SENTENCES, summaries

MIN_COSINE, MIN_DICE = 0.25, 0.2  # of sentences alike; lower than what one would trust: a block must prove itself
MAX_GAP, MIN_GAP = 4, 2  # sentences from one seed of a block to the next
MIN_SIMILARITY = 0.34  # of the two stretches of a block
LEAST_WORDS = 20  # of a block, on either side: fewer, in other words, are as well chance
LEAST_LOOSE = 8  # of these, outside exact passages
MIN_EVIDENCE = 14 * UNIT  # of a block: e to the 14th to one, a million: so many pairs of stretches there are
MIN_ADDED = 0  # of the loose words of one that has an exact passage in it


@kernel
def exact_around(block: npt.NDArray[np.int64], exact: npt.NDArray[np.int64]) -> int:
    """The exact passage within which a block lies on both sides; if there is none, how many there are."""
    for p in range(len(exact)):
        if exact[p, 0] <= block[0] and block[1] <= exact[p, 1] and exact[p, 2] <= block[2] and block[3] <= exact[p, 3]:
            return p
    return len(exact)


@kernel
def proven(
    found: npt.NDArray[np.int64],
    exact: npt.NDArray[np.int64],
    left: Side,
    right: Side,
    elsewhere: npt.NDArray[np.int64],
    gains: npt.NDArray[np.int64],
    stand_in: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Blocks with their best borders that are long enough and have evidence enough: rows of spans and evidence."""
    left_loose, right_loose = left[1], right[1]
    out, filled = np.empty((len(found), 5), np.int64), 0
    seen = np.zeros(len(exact) + 1, np.bool_)
    for f in range(len(found)):
        block = out[filled]
        fill_in(block, found[f])
        within = exact_around(block, exact)
        if seen[within]:  # another block has led to the same: a long passage has many within it
            continue
        seen[within] = within < len(exact)
        with_exact(block, exact)
        block[0], block[1], block[2], block[3], block[4] = settled(block, left, right, elsewhere, gains, stand_in)
        n_exact = with_exact(block, exact)
        n_loose = min(count_loose(left_loose[block[0] : block[1]]), count_loose(right_loose[block[2] : block[3]]))
        a, a_end, b, b_end = block[0], block[1], block[2], block[3]
        if (
            min(a_end - a, b_end - b) >= LEAST_WORDS
            and n_loose >= LEAST_LOOSE
            and block[4] >= (MIN_ADDED if n_exact > 0 else MIN_EVIDENCE)
        ):
            filled += 1
    return out[:filled]


@kernel
def _free(flags: npt.NDArray[np.int64], begin: int, end: int) -> bool:
    free = True
    for i in range(begin, end):
        free = free and flags[i] < 0
    return free


@kernel
def chosen(
    found: npt.NDArray[np.int64], in_left: npt.NDArray[np.int64], in_right: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Of blocks that overlap on either side those with more evidence, best first.

    Args:
        found: rows of spans and evidence.
        in_left, in_right: for each word -1; gets the number of the chosen block that holds it.
    """
    keys = np.empty(len(found), np.uint64)
    for f in range(len(found)):
        keys[f] = np.uint64((1 << 62) - found[f, 4])
    out, filled = np.empty((len(found), 5), np.int64), 0
    for f in ascending(keys):
        a, a_end, b, b_end = found[f, 0], found[f, 1], found[f, 2], found[f, 3]
        if _free(in_left, a, a_end) and _free(in_right, b, b_end):
            for i in range(a, a_end):
                in_left[i] = filled
            for j in range(b, b_end):
                in_right[j] = filled
            fill_in(out[filled], found[f])
            filled += 1
    return out[:filled]


@kernel
def blocks_of_seeds(
    pairs: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    in_left: npt.NDArray[np.int64],
    in_right: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """The chosen block that holds the middle of both sentences of each seed, or -1.

    Args:
        left, right: bounds of the sentences.
        in_left, in_right: the block of each word, or -1.
    """
    out = np.full(len(pairs), -1, np.int64)
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        block = in_left[(left[i] + left[i + 1]) // 2]
        if block == in_right[(right[j] + right[j + 1]) // 2]:
            out[k] = block
    return out


@kernel
def swapped(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The pairs with their sides exchanged."""
    out = np.empty((len(pairs), 2), np.int64)
    for k in range(len(pairs)):
        out[k, 0], out[k, 1] = pairs[k, 1], pairs[k, 0]
    return out


@kernel
def finished(
    rows: npt.NDArray[np.int64],
    words: Words,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    n: int,
) -> npt.NDArray[np.int64]:
    """The passages in order, joined, and with what those in other words have in common: words, and terms in order.

    Args:
        left, right: the term of each word.
        n: how many terms there are.
    """
    keys = np.empty(len(rows), np.uint64)
    for r in range(len(rows)):
        keys[r] = np.uint64(rows[r, 0])
    rows = joined(taken(rows, ascending(keys)), len(left), len(right))
    in_left, in_right = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for r in range(len(rows)):
        row = rows[r]
        a, a_end, b, b_end = row[0], row[1], row[2], row[3]
        if row[KIND] != EXACT:
            row[N_EQUAL] = common(words[0][a:a_end], words[1][b:b_end])
            row[N_SINGLE], row[N_IN_ORDER] = in_order(left[a:a_end], right[b:b_end], in_left, in_right)
    return rows


@kernel
def passages_of_pair(
    words: Words,
    lemmas: Lemmas,
    marks: Marks,
    exact: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    synonyms: npt.NDArray[np.int32],
    numbers: npt.NDArray[np.int32],
) -> npt.NDArray[np.int64]:
    """All passages of two texts, ascending by their place in the left one.

    Args:
        words, lemmas, marks: of the left and of the right text.
        exact: exact passages, as ``align`` gives them.
        starts, synonyms: as ``stand_ins`` takes them.
        numbers: for each lemma -1, and left so.
    """
    nothing = np.empty((0, 5), np.int64)
    left_ids, right_ids, values = numbered(words, lemmas)
    n = len(values)
    exact = frames(exact)
    left_loose, right_loose = loose_ids(left_ids, exact, 0), loose_ids(right_ids, exact, 2)
    if min(count_loose(left_loose), count_loose(right_loose)) < LEAST_LOOSE:
        return finished(merged(nothing, nothing, nothing, exact), words, left_ids, right_ids, n)
    left_bounds, right_bounds = sentence_bounds(marks[0], LEAST_SENTENCE), sentence_bounds(marks[1], LEAST_SENTENCE)
    left, right = (left_ids, left_loose, marks[0], left_bounds), (right_ids, right_loose, marks[1], right_bounds)
    left_bags, right_bags = bags(left_ids, left_bounds, n), bags(right_ids, right_bounds, n)
    in_left, in_right = holders(left_bags, n), holders(right_bags, n)
    weight = weights(in_left + in_right, len(left_bounds) + len(right_bounds) - 2)
    pairs, cosines = seeds(left_bags, right_bags, in_left, in_right, weight, MIN_COSINE, MIN_DICE)
    if len(pairs) == 0:
        return finished(merged(nothing, nothing, nothing, exact), words, left_ids, right_ids, n)
    rough = blocks(pairs, left, right, weight, MAX_GAP, MIN_GAP, MIN_SIMILARITY)
    if len(rough) == 0 and len(pairs) < LEAST_SENTENCES:  # of a block or of a summary
        return finished(merged(nothing, nothing, nothing, exact), words, left_ids, right_ids, n)
    near = np.zeros(n, np.bool_)
    near_seeds(pairs, 0, left_ids, left_bounds, MAX_GAP, near)
    near_seeds(pairs, 1, right_ids, right_bounds, MAX_GAP, near)
    stand_in = stand_ins(values, near, in_left, in_right, starts, synonyms, numbers)
    gains, elsewhere = np.zeros(n, np.int64), np.empty(n, np.int64)
    for t in range(n):
        elsewhere[t] = max(in_left[t] + in_right[t] - 2, 0)
    block_left, block_right = np.full(len(left_ids), -1, np.int64), np.full(len(right_ids), -1, np.int64)
    found = chosen(proven(rough, exact, left, right, elsewhere, gains, stand_in), block_left, block_right)
    inside = blocks_of_seeds(pairs, left_bounds, right_bounds, block_left, block_right)
    of_left = summaries(pairs, cosines, inside, found, 0, left, right, in_left, gains, stand_in)
    of_right = summaries(swapped(pairs), cosines, inside, found, 2, right, left, in_right, gains, stand_in)
    return finished(merged(of_left, of_right, found, exact), words, left_ids, right_ids, n)


@kernel
def reword_pairs(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    lemmas: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
    exact: npt.NDArray[np.int64],
    owner: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    synonyms: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """``passages_of_pair`` for each pair of documents.

    Args:
        exact: passages of all pairs, as ``align_pairs`` gives them.
        owner: the pair that each belongs to, ascending.
        starts, synonyms: as ``stand_ins`` takes them.

    Returns:
        Passages (columns as above; ``FOUND`` is a row of ``exact``), and the pair that each belongs to.
    """
    out = np.empty((len(left) + len(exact) + 16, N_COLUMNS + 1), np.int64)
    numbers, filled, begin = np.full(len(starts) - 1, -1, np.int32), 0, 0
    for p in range(len(left)):
        end = begin
        while end < len(owner) and owner[end] == p:
            end += 1
        a, a_end, b, b_end = offsets[left[p]], offsets[left[p] + 1], offsets[right[p]], offsets[right[p] + 1]
        rows = passages_of_pair(
            (words[a:a_end], words[b:b_end]),
            (lemmas[a:a_end], lemmas[b:b_end]),
            (marks[a:a_end], marks[b:b_end]),
            exact[begin:end],
            starts,
            synonyms,
            numbers,
        )
        if filled + len(rows) > len(out):
            out = grown(out, 2 * len(out) + len(rows))
        for r in range(len(rows)):
            fill_in(out[filled], rows[r])
            out[filled, N_COLUMNS] = p
            if rows[r, FOUND] >= 0:
                out[filled, FOUND] += begin
            filled += 1
        begin = end
    table, owners = np.empty((filled, N_COLUMNS), np.int64), np.empty(filled, np.int64)
    for row in range(filled):
        fill_in(table[row], out[row, :N_COLUMNS])
        owners[row] = out[row, N_COLUMNS]
    return table, owners
