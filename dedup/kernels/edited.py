"""The edits of the passages of many pairs of documents at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import Dictionary
from dedup.kernels.edits import (
    N_COLUMNS,
    N_COUNTS,
    NAMES_AGREE,
    NOWHERE,
    NUMBERS_AGREE,
    count_equal,
    edits_of,
    phrase,
)
from dedup.kernels.forms import specifics
from dedup.kernels.hashing import SHINGLE_BASE, mixed
from dedup.kernels.order import grown
from dedup.kernels.words import CAPITAL, NUMBER


@kernel
def passage_edits(
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    lemmas: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
    found: npt.NDArray[np.int64],
    owner: npt.NDArray[np.int64],
    known: Dictionary,
    size: int,
    band: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """``edits_of`` for each passage of each pair of documents.

    Args:
        left, right: documents of each pair.
        offsets: of the documents in ``words``, ``lemmas`` and ``marks``.
        found: passages, of which the first four columns count, as ``align`` gives them.
        owner: the pair that each passage belongs to; those of a pair stand together, by their place on the left.
        known: the dictionary.
        size, band: as ``paired`` wants them.

    Returns:
        The edits (columns as named in ``kernels.edits``), the passage that each belongs to, and the counts of each
        passage (columns as named there).
    """
    out, counts = np.empty((len(found) * 4 + 16, N_COLUMNS + 1), np.int64), np.zeros((len(found), N_COUNTS), np.int64)
    filled, last_owner, before = 0, -1, NOWHERE
    flags = (np.zeros(0, np.bool_), np.zeros(0, np.bool_))
    for r in range(len(found)):
        p = owner[r]
        a, a_end, b, b_end = offsets[left[p]], offsets[left[p] + 1], offsets[right[p]], offsets[right[p] + 1]
        if p != last_owner:
            last_owner, before = p, NOWHERE
            flags = (np.zeros(a_end - a, np.bool_), np.zeros(b_end - b, np.bool_))
        i, i_end, j, j_end = found[r, LEFT_BEGIN], found[r, LEFT_END], found[r, RIGHT_BEGIN], found[r, RIGHT_END]
        n, m = i_end - i, j_end - j
        if filled + n + m > len(out):
            out = grown(out, 2 * len(out) + n + m)
        sides = (
            (words[a + i : a + i_end], lemmas[a + i : a + i_end]),
            (words[b + j : b + j_end], lemmas[b + j : b + j_end]),
        )
        marked = (marks[a + i : a + i_end], marks[b + j : b + j_end])
        paths = (np.full(n, -1, np.int64), np.zeros(n, np.uint8))
        made = edits_of(sides, marked, known, size, band, paths, out[filled:], counts[r])
        equal = (flags[0][i:i_end], flags[1][j:j_end])
        before = count_equal(paths[0], paths[1], marked, equal, before - j, counts[r]) + j
        both, whole = (words[a:a_end], words[b:b_end]), (marks[a:a_end], marks[b:b_end])
        for kind, column in ((NUMBER, NUMBERS_AGREE), (CAPITAL, NAMES_AGREE)):
            counts[r, column], counts[r, column + 1] = specifics(found[r], kind, both, whole, flags)
        equal[0][:], equal[1][:] = False, False
        for k in range(filled, filled + made):
            out[k, LEFT_BEGIN] += i
            out[k, LEFT_END] += i
            out[k, RIGHT_BEGIN] += j
            out[k, RIGHT_END] += j
            out[k, N_COLUMNS] = r
        filled += made
    return out[:filled, :N_COLUMNS].copy(), out[:filled, N_COLUMNS].copy(), counts


@kernel
def replacements(
    edits: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """What replaced what, whichever came first: the lesser and the greater hash of the two phrases.

    Args:
        edits: with at least one and at most ``LONGEST_PHRASE`` words on both sides.
        left, right: first word, in ``words``, of the two documents of each.
    """
    n = len(edits)
    lesser, greater = np.empty(n, np.uint64), np.empty(n, np.uint64)
    for r in range(n):
        a, b = left[r], right[r]
        one = phrase(words[a + edits[r, LEFT_BEGIN] : a + edits[r, LEFT_END]])
        other = phrase(words[b + edits[r, RIGHT_BEGIN] : b + edits[r, RIGHT_END]])
        lesser[r], greater[r] = min(one, other), max(one, other)
    return lesser, greater


@kernel
def pair_hashes(lesser: npt.NDArray[np.uint64], greater: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """One hash of two."""
    out = np.empty(len(lesser), np.uint64)
    for i in range(len(lesser)):
        out[i] = mixed(lesser[i] * SHINGLE_BASE + greater[i])
    return out
