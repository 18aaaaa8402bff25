"""Word-by-word alignment of two stretches of text in which words were exchanged for others.

The cheapest way from one stretch to the other by dynamic programming with affine gaps (Gotoh, "An improved algorithm
for matching biological sequences", 1982), in a band around the diagonal (Sankoff and Kruskal 1983, chapter 10). A word
costs nothing where the other side has the same, little where it has the same in another form or a synonym, and as much
as one word left out and one put in where it has any other. So as many equal words are found as by a longest common
subsequence, but where two synonyms tell more than one stray "the".
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import heaviest_chain, maximal_runs, partners_of
from dedup.kernels.hashing import mixed
from dedup.kernels.search import lower_bound
from dedup.kernels.shingles import shingles

# What a word, or a phrase, became: the same; another inflection of it; the same number or unit in another notation; a
# synonym; something else; and words that one side alone has, or that stand elsewhere in the passage.
EQUAL, INFLECTED, NOTATION, SYNONYM, OTHER, INSERTED, DELETED, MOVED = range(8)
N_KINDS = 8

# Costs in tenths of a word.
_COSTS = (0, 1, 2, 3, 10)
_GAP = 5  # a word that one side alone has: two of them are as dear as one replaced
_OPEN = 2  # where such words begin: rather one gap than two
_FAR = 1 << 40  # dearer than any way
_SMALL = 400  # cells that are aligned without a look for anchors

# Trace of a cell: where its cheapest way comes from, whether a gap that ends here goes on before it, and the kind.
_THROUGH, _DOWN, _ACROSS = 0, 1, 2
_DOWN_GOES_ON, _ACROSS_GOES_ON, _KIND_SHIFT = 4, 8, 4

# Words of a text, their lemmas (-1 where unknown).
Text: TypeAlias = tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]
# Synonyms (lower lemma << 32 | higher lemma, ascending), their filter, of each lemma whether it has any; phrases that
# have several notations (hashes as ``phrase`` gives them, ascending), their filter, and for each of them the number of
# what it notes.
Dictionary: TypeAlias = tuple[
    npt.NDArray[np.uint64],
    npt.NDArray[np.uint64],
    npt.NDArray[np.bool_],
    npt.NDArray[np.uint64],
    npt.NDArray[np.uint64],
    npt.NDArray[np.int32],
]


@kernel
def bloom(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Bits that tell at once of most values that they are not among the given ones (a Bloom filter of one hash).

    Their number is the least power of two that is eight times that of the values, and 64 at least.
    """
    bits = 6
    while (1 << bits) < 8 * len(values):
        bits += 1
    out = np.zeros(1 << (bits - 6), np.uint64)
    for value in values:
        at = mixed(value) & np.uint64((1 << bits) - 1)
        out[at >> np.uint64(6)] |= np.uint64(1) << (at & np.uint64(63))
    return out


@kernel
def _place_of(wanted: np.uint64, values: npt.NDArray[np.uint64], bits: npt.NDArray[np.uint64]) -> int:
    """The place of a value among ascending ones, -1 if it is not there; ``bits`` is their filter."""
    at = mixed(wanted) & np.uint64(64 * len(bits) - 1)
    if (bits[at >> np.uint64(6)] >> (at & np.uint64(63))) & np.uint64(1) == 0:
        return -1
    place = lower_bound(values, wanted)
    return place if place < len(values) and values[place] == wanted else -1


@kernel
def have_synonyms(pairs: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Of each lemma whether it is in any of the pairs, up to the greatest that is."""
    n = 0
    for pair in pairs:
        n = max(n, int(np.int64(pair & np.uint64(0xFFFFFFFF))) + 1)
    out = np.zeros(n, np.bool_)
    for pair in pairs:
        out[np.int64(pair >> np.uint64(32))] = True
        out[np.int64(pair & np.uint64(0xFFFFFFFF))] = True
    return out


@kernel
def are_synonyms(one: int, other: int, pairs: npt.NDArray[np.uint64], bits: npt.NDArray[np.uint64]) -> bool:
    """Whether two lemmas are a pair of the dictionary; ``bits`` is its filter."""
    return _place_of((np.uint64(min(one, other)) << np.uint64(32)) | np.uint64(max(one, other)), pairs, bits) >= 0


@kernel
def noted(hashed: np.uint64, dictionary: Dictionary) -> int:
    """The number of what a phrase notes, as "pct" and "per cent" note the same; -1 if it has one notation only."""
    place = _place_of(hashed, dictionary[3], dictionary[4])
    return int(dictionary[5][place]) if place >= 0 else -1


@kernel
def _senses(text: Text, dictionary: Dictionary) -> npt.NDArray[np.int64]:
    """Of each word, by column, its lemma, the lemma again if it has synonyms, and what it notes; -1 stands for none."""
    out = np.full((3, len(text[0])), -1)
    mutable = dictionary[2]
    for i in range(len(text[0])):
        lemma = int(text[1][i])
        out[0, i] = lemma
        if 0 <= lemma < len(mutable) and mutable[lemma]:
            out[1, i] = lemma
        out[2, i] = noted(text[0][i], dictionary)
    return out


@kernel
def _traced(
    trace: npt.NDArray[np.uint8],
    lows: npt.NDArray[np.int64],
    n: int,
    m: int,
    partner: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
) -> None:
    """Follow the cheapest way back; write the partner of each left word that has a telling one, and its kind."""
    i, j, state = n, m, _THROUGH
    while i > 0 or j > 0:
        cell = trace[i, j - lows[i]]
        if state == _THROUGH:
            state = cell & 3
        if state == _THROUGH:
            i, j = i - 1, j - 1
            kind = cell >> _KIND_SHIFT
            if kind != OTHER:
                partner[i], kinds[i] = j, kind
        elif state == _DOWN:
            i -= 1
            state = _DOWN if cell & _DOWN_GOES_ON else _THROUGH
        else:
            j -= 1
            state = _ACROSS if cell & _ACROSS_GOES_ON else _THROUGH


@kernel
def banded(
    left: Text,
    right: Text,
    dictionary: Dictionary,
    band: int,
    partner: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
) -> int:
    """Align two stretches of words; time and memory grow with the left words times the band.

    Of equally cheap ways the one that, from its end, rather pairs words, then rather leaves out a left one. Only cells
    within ``band`` words (and one step of the diagonal) of the diagonal are looked at.

    Args:
        partner: -1; gets for each left word the place of the right word that is equal, inflected, noted otherwise or a
            synonym.
        kinds: gets the kind of these.

    Returns:
        The cost.
    """
    n, m = len(left[0]), len(right[0])
    ours, theirs = _senses(left, dictionary), _senses(right, dictionary)
    pairs, bits = dictionary[0], dictionary[1]
    half = band + m // max(n, 1) + 1
    trace = np.empty((n + 1, min(m, 2 * half) + 1), np.uint8)
    best, down, lows = np.full(m + 1, _FAR), np.full(m + 1, _FAR), np.zeros(n + 1, np.int64)
    best[0], trace[0, 0] = 0, _THROUGH
    for j in range(1, min(m, half) + 1):
        best[j] = _OPEN + j * _GAP
        trace[0, j] = _ACROSS | (_ACROSS_GOES_ON if j > 1 else 0)
    for i in range(1, n + 1):
        centre = i * m // n
        low, high = max(0, centre - half), min(m, centre + half)
        lows[i] = low
        word, lemma, mutable, note = left[0][i - 1], ours[0, i - 1], ours[1, i - 1], ours[2, i - 1]
        across, beside = _FAR, _FAR
        diagonal = best[low - 1] if low > lows[i - 1] else _FAR
        row = trace[i]
        for j in range(low, high + 1):
            above, kind = best[j], OTHER
            if j > 0:
                if word == right[0][j - 1]:
                    kind = EQUAL
                elif lemma >= 0 and lemma == theirs[0, j - 1]:
                    kind = INFLECTED
                elif note >= 0 and note == theirs[2, j - 1]:
                    kind = NOTATION
                elif mutable >= 0 and theirs[1, j - 1] >= 0 and are_synonyms(mutable, theirs[1, j - 1], pairs, bits):
                    kind = SYNONYM
            through = diagonal + _COSTS[kind]
            cell = kind << _KIND_SHIFT
            opened = above + _OPEN
            if down[j] < opened:
                cell |= _DOWN_GOES_ON
                opened = down[j]
            downward = opened + _GAP
            down[j] = downward
            opened = beside + _OPEN
            if across < opened:
                cell |= _ACROSS_GOES_ON
                opened = across
            across = opened + _GAP
            value = through
            if downward < value:
                value = downward
                cell |= _DOWN
            if across < value:
                value = across
                cell = cell & ~_DOWN | _ACROSS
            diagonal, beside, best[j] = above, value, value
            row[j - low] = cell
    _traced(trace, lows, n, m, partner, kinds)
    return int(best[m])


@kernel
def _between(
    left: Text,
    right: Text,
    span: tuple[int, int, int, int],
    dictionary: Dictionary,
    band: int,
    partner: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
) -> None:
    """``banded`` for a part of two texts; partners are places in the whole ones."""
    i, i_end, j, j_end = span
    if i == i_end or j == j_end:
        return
    one, other = (left[0][i:i_end], left[1][i:i_end]), (right[0][j:j_end], right[1][j:j_end])
    banded(one, other, dictionary, band, partner[i:i_end], kinds[i:i_end])
    for k in range(i, i_end):
        if partner[k] >= 0:
            partner[k] += j


@kernel
def paired(
    left: Text,
    right: Text,
    dictionary: Dictionary,
    size: int,
    band: int,
    partner: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
) -> None:
    """Align the two sides of a passage: equal ends, runs of ``size`` equal words as anchors, ``banded`` between them.

    Args:
        partner, kinds: as ``banded`` wants them.
    """
    i, i_end, j, j_end = 0, len(left[0]), 0, len(right[0])
    while i < i_end and j < j_end and left[0][i] == right[0][j]:
        partner[i], kinds[i] = j, EQUAL
        i, j = i + 1, j + 1
    while i < i_end and j < j_end and left[0][i_end - 1] == right[0][j_end - 1]:
        i_end, j_end = i_end - 1, j_end - 1
        partner[i_end], kinds[i_end] = j_end, EQUAL
    runs, chain = np.empty((0, 3), np.int64), np.empty(0, np.int64)
    if (i_end - i) * (j_end - j) > _SMALL:
        ours, theirs = left[0][i:i_end], right[0][j:j_end]
        runs = maximal_runs(ours, theirs, partners_of(shingles(ours, size), shingles(theirs, size)), size)
        if len(runs) > 0:
            chain = heaviest_chain(runs)
    i_first, j_first = i, j
    for c in range(len(chain) + 1):
        begin, other_begin, length = i_end, j_end, 0
        if c < len(chain):
            run = runs[chain[c]]
            begin, other_begin, length = i_first + run[0], j_first + run[1], run[2]
        _between(left, right, (i, begin, j, other_begin), dictionary, band, partner, kinds)
        for k in range(length):
            partner[begin + k], kinds[begin + k] = other_begin + k, EQUAL
        i, j = begin + length, other_begin + length
