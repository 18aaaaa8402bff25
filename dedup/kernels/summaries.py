"""A short stretch of one text that sums up a long one of the other.

Its sentences lie side by side, what they are alike to lies far apart. A block cannot hold them: it is bounded by gaps
on both sides. Here gaps count on the short side only, and the long stretch goes from the first to the last partner, and
on to the ends of its text if no more is left there than was skipped in between.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.blocks import ALWAYS, chance, clear, gain, loss, settle
from dedup.kernels.order import ascending
from dedup.kernels.sentences import UNIT, Side, put, taken

MAX_GAP = 3  # sentences from one that has a partner to the next, on the short side
LEAST_SENTENCES = 3  # with a partner
LEAST_COSINE = 0.33  # of sentences and their best partners, on average: many weak ones are what a common topic has
LEAST_WORDS = 40  # of the short stretch
MOST_EXACT = 0.45  # share of its words in a row in exact passages: that is what the long text has of them
MAX_SHIFT = 12  # words put in or left out within one run
LEAST_RATIO, MOST_RATIO = 3, 25  # of long to short: a third is no summary yet, one word in fifty is a headline
SUMMED_UP = 0.6  # probability that a word of a summary is taken over from the text
LEAST_DENSITY = 0.54 * UNIT  # evidence for each word of the short stretch, but for its longest run of exact ones
BESIDE_BLOCK = 0.9  # share of a summary's evidence that a block within it may have: else the block is all there is
IN_ONE_BLOCK = 0.75  # share of its sentences that may lie in one block: likewise


@kernel
def long_stretch(pairs: npt.NDArray[np.int64], n_sentences: int) -> tuple[int, int]:
    """The sentences from the first partner to the last, and to the ends if these are no farther than the longest gap.

    Args:
        pairs: seeds, rows (sentence of the short text, sentence of the long one); at least one.
        n_sentences: of the long text.
    """
    keys = np.empty(len(pairs), np.uint64)
    for k in range(len(pairs)):
        keys[k] = np.uint64(pairs[k, 1])
    order, longest = ascending(keys), 0
    first, last = pairs[order[0], 1], pairs[order[len(order) - 1], 1]
    for k in range(1, len(order)):
        longest = max(longest, pairs[order[k], 1] - pairs[order[k - 1], 1])
    return (0 if first <= longest else first), (n_sentences if n_sentences - 1 - last <= longest else last + 1)


@kernel
def likeness(
    pairs: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
    cosines: npt.NDArray[np.float64],
    blocks: npt.NDArray[np.int64],
    n_blocks: int,
) -> tuple[int, float, int]:
    """How many sentences have a partner, the mean of their best cosines, and how many of them lie in one block at most.

    Args:
        pairs: some seeds, ascending by the sentence of the short text.
        places: of these seeds among all.
        cosines, blocks: of all seeds; a block of -1 is none.
    """
    n, total, best, most = 0, 0.0, 0.0, 0
    inside, last = np.zeros(n_blocks, np.int64), np.full(n_blocks, -1, np.int64)
    for k in range(len(pairs)):
        sentence, block = pairs[k, 0], blocks[places[k]]
        if k == 0 or sentence != pairs[k - 1, 0]:
            n, total, best = n + 1, total + best, 0.0
        best = max(best, cosines[places[k]])
        if block >= 0 and last[block] != sentence:
            last[block] = sentence
            inside[block] += 1
            most = max(most, inside[block])
    return n, (total + best) / max(n, 1), most


@kernel
def _strongest(blocks: npt.NDArray[np.int64], column: int, begin: int, end: int) -> int:
    """The most evidence of a block that overlaps a stretch on one side."""
    most = 0
    for b in range(len(blocks)):
        if blocks[b, column] < end and begin < blocks[b, column + 1]:
            most = max(most, blocks[b, 4])
    return most


@kernel
def exact_words(ids: npt.NDArray[np.int64], begin: int, end: int) -> tuple[int, int]:
    """The words of a stretch whose partners lie between two places of the other text, and the longest run of them.

    Args:
        ids: as ``loose_ids`` gives them.
    """
    n, longest, here, before = 0, 0, 0, -1
    for t in ids:
        partner = -1 - t
        if begin <= partner < end:
            here = here + 1 if before >= 0 and abs(partner - before - 1) <= MAX_SHIFT else 1
            longest, before, n = max(longest, here), partner, n + 1
        else:
            before = -1
    return n, longest


@kernel
def summaries(
    pairs: npt.NDArray[np.int64],
    cosines: npt.NDArray[np.float64],
    inside: npt.NDArray[np.int64],
    blocks: npt.NDArray[np.int64],
    column: int,
    short: Side,
    long: Side,
    counts: npt.NDArray[np.int64],
    gains: npt.NDArray[np.int64],
    stand_in: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Stretches of the ``short`` text that sum up stretches of the ``long`` one.

    Args:
        pairs: seeds, rows (sentence of the short text, sentence of the long one).
        cosines, inside: of each seed; the block that it lies in, or -1.
        blocks: rows of five columns as returned; those of the short text from ``column`` on.
        column: 0 or 2.
        counts: how many sentences of the short text hold each term.
        gains: all zero, and left so.
        stand_in: a synonym of each term, or -1.

    Returns:
        Rows (short begin, short end, long begin, long end, evidence), in words.
    """
    _, short_loose, short_marks, short_bounds = short
    _, long_loose, _, long_bounds = long
    keys = np.empty(len(pairs), np.uint64)
    for k in range(len(pairs)):
        keys[k] = np.uint64(pairs[k, 0])
    order = ascending(keys)
    out, filled, begin = np.empty((len(pairs), 5), np.int64), 0, 0
    for end in range(1, len(pairs) + 1):
        if end < len(pairs) and pairs[order[end], 0] - pairs[order[end - 1], 0] <= MAX_GAP:
            continue
        group, begin = order[begin:end], end
        if len(group) < LEAST_SENTENCES:
            continue
        own = taken(pairs, group)
        n, mean, most = likeness(own, group, cosines, inside, len(blocks))
        if n < LEAST_SENTENCES or mean < LEAST_COSINE or most > IN_ONE_BLOCK * n or most >= n:
            continue
        first, last = long_stretch(own, len(long_bounds) - 1)
        b, b_end = long_bounds[first], long_bounds[last]
        a, a_end = short_bounds[own[0, 0]], short_bounds[own[len(own) - 1, 0] + 1]
        if b_end - b < LEAST_RATIO * (a_end - a):
            continue
        share = (a_end - a) / len(short_loose)
        for t in long_loose[b:b_end]:
            if t >= 0 and gains[t] == 0:
                gains[t] = gain(chance((max(counts[t] - 1, 0) + ALWAYS) * share), SUMMED_UP)
        a, a_end, evidence = settle(short_loose, short_marks, a, a_end, gains, stand_in, loss(SUMMED_UP), (b, b_end))
        clear(gains, long_loose[b:b_end])
        n, (n_exact, longest) = a_end - a, exact_words(short_loose[a:a_end], b, b_end)
        if (
            n >= LEAST_WORDS
            and b_end - b <= MOST_RATIO * n
            and evidence + UNIT * (n_exact - longest) >= LEAST_DENSITY * (n - longest)
            and longest <= MOST_EXACT * n
            and _strongest(blocks, column, a, a_end) <= BESIDE_BLOCK * evidence
        ):
            put(out[filled], a, a_end, b, b_end)
            out[filled, 4] = evidence
            filled += 1
    return out[:filled]
