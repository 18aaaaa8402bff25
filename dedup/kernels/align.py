"""Alignment of two texts: shared runs of words, the heaviest chain of them, and the passages that it makes.

Runs are found by shared shingles and extended to their full length; the heaviest chain of runs that keep their order
on both sides is found by sparse dynamic programming (Gusfield 1997, section 13.3, over runs instead of points); between
two runs a longest common subsequence aligns the words of the gap. What a chain leaves over is chained again: block
moves. No word is in two passages.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.order import ascending
from dedup.kernels.search import lower_bound

_NONE_LEFT = -2  # of a hash, all of whose places have found partners; -1 is an empty entry
MAX_ROUNDS = 8  # chains per pair: blocks moved more often than this are left out

# Columns of a passage.
LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END, N_EQUAL = range(5)
WIDTH = 5

# Two texts, left and right.
Words: TypeAlias = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]
Marks: TypeAlias = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
Flags: TypeAlias = tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]


@kernel
def partners_of(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """For each hash of the left text its place in the right one, or -1.

    Of a hash that occurs more than once, the first stands for the first, the second for the second. Those of the right
    text are filed in an open table: an entry is the first place on the right that still waits for a partner; ``after``
    has the next one with that hash.
    """
    size = 2
    while size < 2 * len(right):
        size *= 2
    mask = np.uint64(size - 1)
    entries, after = np.full(size, -1, np.int32), np.empty(len(right), np.int32)
    hashes = np.empty(size, np.uint64)
    for k in range(len(right)):
        j = len(right) - 1 - k
        at = right[j] & mask
        while entries[at] >= 0 and hashes[at] != right[j]:
            at = (at + np.uint64(1)) & mask
        after[j], entries[at], hashes[at] = entries[at], j, right[j]
    out = np.full(len(left), -1, np.int64)
    for i in range(len(left)):
        at = left[i] & mask
        while entries[at] != -1 and hashes[at] != left[i]:
            at = (at + np.uint64(1)) & mask
        if entries[at] >= 0:
            out[i] = entries[at]
            entries[at] = after[entries[at]] if after[entries[at]] >= 0 else _NONE_LEFT
    return out


@kernel
def maximal_runs(
    left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64], partner: npt.NDArray[np.int64], size: int
) -> npt.NDArray[np.int64]:
    """Runs of equal words around shared shingles, as long as they go: rows (left begin, right begin, length).

    Distinct, ascending by left, then right begin.
    """
    runs = np.empty((len(partner), 3), np.int64)
    reached = np.zeros(len(left) + len(right), np.int64)  # on each diagonal: left end of the last run
    filled = 0
    for p in range(len(partner)):
        diagonal = partner[p] - p + len(left)
        if partner[p] < 0 or p < reached[diagonal]:  # a run is scanned once, however many shingles lie in it
            continue
        i, j, n = p, partner[p], size
        while i > 0 and j > 0 and left[i - 1] == right[j - 1]:
            i, j, n = i - 1, j - 1, n + 1
        while i + n < len(left) and j + n < len(right) and left[i + n] == right[j + n]:
            n += 1
        reached[diagonal] = i + n
        runs[filled, 0], runs[filled, 1], runs[filled, 2] = i, j, n
        filled += 1
    keys = np.empty(filled, np.uint64)
    for r in range(filled):
        keys[r] = runs[r, 0] * (len(right) + 1) + runs[r, 1]
    return _sorted_rows(runs, keys)


@kernel
def _sorted_rows(rows: npt.NDArray[np.int64], keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """As many rows as there are keys, ascending by key."""
    order = ascending(keys)
    out = np.empty((len(keys), rows.shape[1]), np.int64)
    for r in range(len(keys)):
        for column in range(rows.shape[1]):
            out[r, column] = rows[order[r], column]
    return out


@kernel
def _better(a: int, b: int, best: npt.NDArray[np.int64]) -> int:
    """The run whose chain is heavier; of equals the earlier. -1 stands for none."""
    if a < 0 or b < 0:
        return max(a, b)
    if best[a] == best[b]:
        return min(a, b)
    return a if best[a] > best[b] else b


@kernel
def heaviest_chain(runs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Indices of the runs, in order, that follow each other on both sides without overlap and hold most words.

    Args:
        runs: rows (left begin, right begin, length), ascending by left begin; at least one.
    """
    n = len(runs)
    left_ends, right_ends, ranks = np.empty(n, np.uint64), np.empty(n, np.uint64), np.empty(n, np.uint64)
    for r in range(n):
        left_ends[r], right_ends[r] = runs[r, 0] + runs[r, 2], runs[r, 1] + runs[r, 2]
    by_left_end, by_right_end = ascending(left_ends), ascending(right_ends)
    best, back = np.empty(n, np.int64), np.empty(n, np.int64)
    tree = np.empty(n + 1, np.int64)  # Fenwick tree: the best chain that ends by a given right end
    tree[n] = -1
    for r in range(n):
        ranks[r], back[r], tree[r] = right_ends[by_right_end[r]], -1, -1
    done, heaviest = 0, 0
    for r in range(n):
        while done < n and np.int64(left_ends[by_left_end[done]]) <= runs[r, 0]:
            ready = by_left_end[done]
            at = lower_bound(ranks, right_ends[ready] + np.uint64(1))
            while at <= n:
                tree[at] = _better(tree[at], ready, best)
                at += at & -at
            done += 1
        at = lower_bound(ranks, np.uint64(runs[r, 1] + 1))
        while at > 0:
            back[r] = _better(back[r], tree[at], best)
            at -= at & -at
        best[r] = runs[r, 2] + (best[back[r]] if back[r] >= 0 else 0)
        heaviest = _better(heaviest, r, best)
    out = np.empty(n, np.int64)
    first, r = n, heaviest
    while r >= 0:
        first -= 1
        out[first] = r
        r = back[r]
    return out[first:]


@kernel
def common_words(left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]) -> int:
    """Length of the longest common subsequence of two short runs."""
    lengths = np.zeros(len(right) + 1, np.int64)  # of the left words so far and each beginning of the right ones
    for word in left:
        before = 0
        for j in range(len(right)):
            above = lengths[j + 1]
            lengths[j + 1] = before + 1 if right[j] == word else max(above, lengths[j])
            before = above
    return int(lengths[len(right)])


@kernel
def _left_over(
    runs: npt.NDArray[np.int64],
    chain: npt.NDArray[np.int64],
    used_left: npt.NDArray[np.bool_],
    used_right: npt.NDArray[np.bool_],
    size: int,
) -> npt.NDArray[np.int64]:
    """The runs outside the chain, each cut to its first stretch of unused words; shorter than ``size`` is gone."""
    chained = np.zeros(len(runs), np.bool_)
    for c in range(len(chain)):
        chained[chain[c]] = True
    out, keys = np.empty((len(runs), 3), np.int64), np.empty(len(runs), np.uint64)
    filled = 0
    for r in range(len(runs)):
        if chained[r]:
            continue
        i, j, n = runs[r, 0], runs[r, 1], runs[r, 2]
        while n > 0 and (used_left[i] or used_right[j]):
            i, j, n = i + 1, j + 1, n - 1
        whole = 0
        while whole < n and not used_left[i + whole] and not used_right[j + whole]:
            whole += 1
        if whole >= size:
            out[filled, 0], out[filled, 1], out[filled, 2] = i, j, whole
            keys[filled] = i
            filled += 1
    return _sorted_rows(out, keys[:filled])


@kernel
def _any_of(flags: npt.NDArray[np.bool_], begin: int, end: int) -> bool:
    found = False
    for i in range(begin, end):
        found = found or flags[i]
    return found


@kernel
def _use(used: npt.NDArray[np.bool_], begin: int, end: int) -> None:
    for i in range(begin, end):
        used[i] = True


@kernel
def _bridge(
    passage: npt.NDArray[np.int64],
    run: npt.NDArray[np.int64],
    max_unmatched: int,
    max_gap: int,
    words: Words,
    used: Flags,
) -> int:
    """The equal words of the gap between a passage and ``run`` if it is small enough to be bridged, else -1."""
    i, i_end, j, j_end = passage[LEFT_END], run[0], passage[RIGHT_END], run[1]
    if i_end - i > max_gap or j_end - j > max_gap or _any_of(used[0], i, i_end) or _any_of(used[1], j, j_end):
        return -1
    common = common_words(words[0][i:i_end], words[1][j:j_end])
    return common if max(i_end - i, j_end - j) - common <= max_unmatched else -1


@kernel
def passages_of_chain(
    runs: npt.NDArray[np.int64], chain: npt.NDArray[np.int64], max_gap: int, words: Words, used: Flags
) -> npt.NDArray[np.int64]:
    """Join the runs of a chain into passages; rows of five columns as named above.

    A gap is bridged if it has at most ``max_gap`` words on either side, none of which another passage has ``used``, and
    of which no more are unmatched than the shorter of the two runs beside it holds.
    """
    out = np.zeros((len(chain), WIDTH), np.int64)
    filled = 0
    for c in range(len(chain)):
        run = runs[chain[c]]
        i, j, n = run[0], run[1], run[2]
        common = -1
        if c > 0:
            common = _bridge(out[filled - 1], run, min(n, runs[chain[c - 1], 2]), max_gap, words, used)
        if common < 0:
            out[filled, LEFT_BEGIN], out[filled, RIGHT_BEGIN] = i, j
            filled += 1
        passage = out[filled - 1]
        passage[LEFT_END], passage[RIGHT_END] = i + n, j + n
        passage[N_EQUAL] += n + max(common, 0)
    return out[:filled]


@kernel
def align(
    words: Words, partner: npt.NDArray[np.int64], size: int, max_gap: int, min_equal: int
) -> npt.NDArray[np.int64]:
    """Passages of at least ``min_equal`` equal words that two texts share, ascending by their place in the left one.

    Args:
        words: of the left and of the right text.
        partner: for each shingle of ``size`` words of the left text its place in the right one, or -1.
    """
    runs = maximal_runs(words[0], words[1], partner, size)
    used = (np.zeros(len(words[0]), np.bool_), np.zeros(len(words[1]), np.bool_))
    out, keys = np.empty((len(runs), WIDTH), np.int64), np.empty(len(runs), np.uint64)
    filled = 0
    for _ in range(MAX_ROUNDS):
        if len(runs) == 0:
            break
        chain = heaviest_chain(runs)
        made = passages_of_chain(runs, chain, max_gap, words, used)
        for p in range(len(made)):
            if made[p, N_EQUAL] >= min_equal:
                _use(used[0], made[p, LEFT_BEGIN], made[p, LEFT_END])
                _use(used[1], made[p, RIGHT_BEGIN], made[p, RIGHT_END])
                for column in range(WIDTH):
                    out[filled, column] = made[p, column]
                keys[filled] = made[p, LEFT_BEGIN]
                filled += 1
        runs = _left_over(runs, chain, used[0], used[1], size)
    return _sorted_rows(out, keys[:filled])
