"""Listed phrases, found in texts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.search import lower_bound
from dedup.kernels.words import CAPITAL, QUOTED

U64 = npt.NDArray[np.uint64]

_SIFT = np.uint64(0xFFF)  # bits of a word that tell in a moment, of nearly all, that no phrase begins with it


@kernel
def _phrase_at(
    words: U64,
    tokens: U64,
    marks: npt.NDArray[np.uint8],
    i: int,
    end: int,
    first: np.uint64,
    begins: npt.NDArray[np.bool_],
    firsts: U64,
    first_from: npt.NDArray[np.int64],
    phrases: U64,
    phrase_from: npt.NDArray[np.int64],
    lower: npt.NDArray[np.bool_],
) -> int:
    """The first listed phrase that begins with ``first`` and stands at word ``i``; -1 if none does."""
    if not begins[first & _SIFT]:
        return -1
    where = lower_bound(firsts, first)
    if where == len(firsts) or firsts[where] != first:
        return -1
    for phrase in range(first_from[where], first_from[where + 1]):
        begin, size = phrase_from[phrase], phrase_from[phrase + 1] - phrase_from[phrase]
        if i + size > end or (lower[phrase] and marks[i] & CAPITAL > 0):
            continue
        k = 1
        while k < size and marks[i + k] & QUOTED == 0:
            if phrases[begin + k] != words[i + k] and phrases[begin + k] != tokens[i + k]:
                break
            k += 1
        if k == size:
            return int(phrase)
    return -1


@kernel
def phrase_hits(
    words: U64,
    tokens: U64,
    marks: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    firsts: U64,
    first_from: npt.NDArray[np.int64],
    phrases: U64,
    phrase_from: npt.NDArray[np.int64],
    lower: npt.NDArray[np.bool_],
    found: npt.NDArray[np.int64],
) -> int:
    """Where listed phrases stand in texts, outside quotations.

    Args:
        words, tokens: of the texts: hashes, and the same with numbers and names as classes.
        firsts: first words of the phrases, ascending and distinct; ``first_from`` says which phrases begin so.
        phrases, phrase_from: words of each phrase; among them ``NUMBERS`` and ``NAMES`` stand for any of their kind.
        lower: whether the first word must be in small letters.
        found: ``int64[room, 3]``, gets phrase and first and last word of each hit; at most one begins at a word, the
            first that is listed.

    Returns:
        Number of hits; those beyond the room are counted only.
    """
    n = 0
    begins = np.zeros(_SIFT + np.uint64(1), np.bool_)
    for first in firsts:
        begins[first & _SIFT] = True
    for text in range(len(offsets) - 1):
        end = offsets[text + 1]
        for i in range(offsets[text], end):
            if marks[i] & QUOTED > 0:
                continue
            phrase = -1
            if tokens[i] != words[i]:
                phrase = _phrase_at(
                    words, tokens, marks, i, end, tokens[i], begins, firsts, first_from, phrases, phrase_from, lower
                )
            if phrase < 0:
                phrase = _phrase_at(
                    words, tokens, marks, i, end, words[i], begins, firsts, first_from, phrases, phrase_from, lower
                )
            if phrase >= 0:
                if n < len(found):
                    found[n, 0], found[n, 1] = phrase, i
                    found[n, 2] = i + phrase_from[phrase + 1] - phrase_from[phrase] - 1
                n += 1
    return n
