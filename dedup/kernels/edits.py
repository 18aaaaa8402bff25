"""Typed edits between the two sides of a passage: which words became which, what was put in, left out or moved."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END, Marks, partners_of
from dedup.kernels.banded import (
    DELETED,
    EQUAL,
    INSERTED,
    MOVED,
    N_KINDS,
    NOTATION,
    OTHER,
    Dictionary,
    Text,
    noted,
    paired,
)
from dedup.kernels.hashing import SHINGLE_BASE, mixed
from dedup.kernels.shingles import shingles
from dedup.kernels.words import BOILERPLATE, CAPITAL, CHARACTER, COMMON, FIRST, NUMBER, QUOTED

LONGEST_PHRASE = 3  # words that a phrase may have to be replaced as one

# Columns of an edit: its words on both sides (the first four as those of a passage), what kind it is, marks (QUOTED if
# any of its words is quoted, NUMBER and CAPITAL if any is a number or a name), and how many words, on the longer side,
# stand between the equal words around it.
KIND, MARKS, STRETCH = 4, 5, 6
N_COLUMNS = 7
NOWHERE = -(1 << 40)  # less than any place

# Counts of a passage. First words by kind, those outside quotations at ``2 * kind``, those inside at ``2 * kind + 1``:
# of words replaced by more or fewer ones the lesser number. Then as named; those of edits are outside quotations.
QUOTED_WORDS, QUOTED_EQUAL, OWN_WORDS, RARE_WORDS = range(2 * N_KINDS, 2 * N_KINDS + 4)
NUMBERS_AGREE, NUMBERS_DIFFER, NAMES_AGREE, NAMES_DIFFER = range(2 * N_KINDS + 4, 2 * N_KINDS + 8)
NUMBERS_EDITED, NAMES_EDITED = range(2 * N_KINDS + 8, 2 * N_KINDS + 10)  # edits that touch one
STRETCHES, ISOLATED = range(2 * N_KINDS + 10, 2 * N_KINDS + 12)  # runs of edits; of these, short replacements
SENTENCES, IN_ORDER = range(2 * N_KINDS + 12, 2 * N_KINDS + 14)  # that follow another; that do so on the right, too
N_COUNTS = 2 * N_KINDS + 14


@kernel
def phrase(words: npt.NDArray[np.uint64]) -> np.uint64:
    """Hash of one to ``LONGEST_PHRASE`` words in order; that of one word is the word's own."""
    out = words[0]
    for k in range(1, len(words)):
        out = mixed(out * SHINGLE_BASE + words[k])
    return np.uint64(out)


@kernel
def moves(
    left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64], partner: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Runs of two or more words that both sides have left over, elsewhere.

    The n-th occurrence of two words in a row among those left over goes with the n-th on the other side.

    Args:
        partner: for each left word the place of its partner, or -1.

    Returns:
        For each left word the place on the right to which it has moved, or -1; and which right words have come.
    """
    moved, come = np.full(len(left), -1, np.int64), np.zeros(len(right), np.bool_)
    free = np.ones(len(right), np.bool_)
    n_left, n_right = len(left), len(right)
    for i in range(len(left)):
        if partner[i] >= 0:
            free[partner[i]] = False
            n_left, n_right = n_left - 1, n_right - 1
    if n_left < 2 or n_right < 2:
        return moved, come
    ours, theirs = shingles(left, 2), shingles(right, 2)
    places, other_places = np.empty(n_left, np.int64), np.empty(n_right, np.int64)
    n_left, n_right = 0, 0
    for i in range(len(ours)):
        if partner[i] < 0 and partner[i + 1] < 0:
            places[n_left], ours[n_left] = i, ours[i]
            n_left += 1
    for j in range(len(theirs)):
        if free[j] and free[j + 1]:
            other_places[n_right], theirs[n_right] = j, theirs[j]
            n_right += 1
    ours, theirs = ours[:n_left], theirs[:n_right]
    found = partners_of(ours, theirs)
    for k in range(n_left):
        if found[k] < 0:
            continue
        i, j = places[k], other_places[found[k]]
        fits = (moved[i] == j if moved[i] >= 0 else not come[j]) and moved[i + 1] < 0 and not come[j + 1]
        if fits:
            moved[i], moved[i + 1] = j, j + 1
            come[j], come[j + 1] = True, True
    return moved, come


@kernel
def _marks_of(span: tuple[int, int, int, int], marks: Marks) -> int:
    """Marks of an edit: a capital letter makes a name where no sentence begins."""
    out = 0
    for k in range(span[0], span[1]):
        out |= marks[0][k] & (QUOTED | NUMBER) | (marks[0][k] & CAPITAL if marks[0][k] & FIRST == 0 else 0)
    for k in range(span[2], span[3]):
        out |= marks[1][k] & (QUOTED | NUMBER) | (marks[1][k] & CAPITAL if marks[1][k] & FIRST == 0 else 0)
    return int(out)


@kernel
def _add(
    rows: npt.NDArray[np.int64],
    filled: int,
    span: tuple[int, int, int, int],
    kind: int,
    marks: Marks,
    counts: npt.NDArray[np.int64],
) -> int:
    """Write an edit and count it; return the number of edits."""
    row = rows[filled]
    row[LEFT_BEGIN], row[LEFT_END], row[RIGHT_BEGIN], row[RIGHT_END] = span
    found = _marks_of(span, marks)
    row[KIND], row[MARKS], row[STRETCH] = kind, found, 0
    inside = found & QUOTED
    n, m = span[1] - span[0], span[3] - span[2]
    counts[2 * kind + inside] += max(n, m) if kind == INSERTED or kind == DELETED else min(n, m)
    if max(n, m) > LONGEST_PHRASE and kind == OTHER:
        counts[2 * DELETED + inside] += max(0, n - m)
        counts[2 * INSERTED + inside] += max(0, m - n)
    if not inside:
        counts[NUMBERS_EDITED] += found & NUMBER > 0 and kind != NOTATION and kind != MOVED
        counts[NAMES_EDITED] += found & CAPITAL > 0 and kind != NOTATION and kind != MOVED
    return filled + 1


@kernel
def _is_notation(span: tuple[int, int, int, int], words: tuple[Text, Text], marks: Marks, known: Dictionary) -> bool:
    """Whether two phrases note the same: both are in the dictionary, or are a number in more or fewer parts."""
    i, i_end, j, j_end = span
    number = noted(phrase(words[0][0][i:i_end]), known)
    if number >= 0 and number == noted(phrase(words[1][0][j:j_end]), known):
        return True
    if i_end - i == j_end - j:
        return False
    numbers = True
    for k in range(i, i_end):
        numbers = numbers and marks[0][k] & NUMBER > 0
    for k in range(j, j_end):
        numbers = numbers and marks[1][k] & NUMBER > 0
    return numbers


@kernel
def _replaced(
    rows: npt.NDArray[np.int64],
    filled: int,
    span: tuple[int, int, int, int],
    words: tuple[Text, Text],
    marks: Marks,
    known: Dictionary,
    counts: npt.NDArray[np.int64],
) -> int:
    """Add the edits between two telling words: words that have no partner, none of them moved."""
    i, i_end, j, j_end = span
    n, m = i_end - i, j_end - j
    if n == 0 and m == 0:
        return filled
    kind, parts = OTHER, 1
    if n == 0 or m == 0:
        kind = DELETED if m == 0 else INSERTED
    elif max(n, m) <= LONGEST_PHRASE and _is_notation(span, words, marks, known):
        kind = NOTATION
    elif n == m and n <= LONGEST_PHRASE:
        parts = n
    for k in range(parts):
        part = span if parts == 1 else (i + k, i + k + 1, j + k, j + k + 1)
        filled = _add(rows, filled, part, kind, marks, counts)
    return filled


@kernel
def _stay_behind(
    rows: npt.NDArray[np.int64],
    filled: int,
    span: tuple[int, int, int, int],
    gone: tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]],
    marks: Marks,
    counts: npt.NDArray[np.int64],
) -> int:
    """Add as left out, and as put in, the words between which others were moved."""
    begin = span[0]
    for k in range(span[0], span[1] + 1):
        if k == span[1] or gone[0][k] >= 0:
            if k > begin:
                filled = _add(rows, filled, (begin, k, span[2], span[2]), DELETED, marks, counts)
            begin = k + 1
    begin = span[2]
    for k in range(span[2], span[3] + 1):
        if k == span[3] or gone[1][k]:
            if k > begin:
                filled = _add(rows, filled, (span[1], span[1], begin, k), INSERTED, marks, counts)
            begin = k + 1
    return filled


@kernel
def _without_moved(
    span: tuple[int, int, int, int], gone: tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]
) -> tuple[tuple[int, int, int, int], bool]:
    """A span without the moved words at its ends, and whether it still holds some."""
    i, i_end, j, j_end = span
    while i < i_end and gone[0][i] >= 0:
        i += 1
    while i < i_end and gone[0][i_end - 1] >= 0:
        i_end -= 1
    while j < j_end and gone[1][j]:
        j += 1
    while j < j_end and gone[1][j_end - 1]:
        j_end -= 1
    holds = False
    for k in range(i, i_end):
        holds = holds or gone[0][k] >= 0
    for k in range(j, j_end):
        holds = holds or gone[1][k]
    return (i, i_end, j, j_end), holds


@kernel
def _close(rows: npt.NDArray[np.int64], first: int, filled: int, n: int, m: int, counts: npt.NDArray[np.int64]) -> None:
    """Note the length of a stretch, of n words on the left and m on the right, in its edits, and count it."""
    quoted = False
    for r in range(first, filled):
        rows[r, STRETCH] = max(n, m)
        quoted = quoted or rows[r, MARKS] & QUOTED > 0
    if not quoted:
        counts[STRETCHES] += 1
        counts[ISOLATED] += 1 <= min(n, m) <= 2 and max(n, m) <= LONGEST_PHRASE


@kernel
def _add_moved(
    rows: npt.NDArray[np.int64],
    filled: int,
    moved: npt.NDArray[np.int64],
    marks: Marks,
    counts: npt.NDArray[np.int64],
) -> int:
    """Add the moved runs, by their place on the left."""
    begin = 0
    for k in range(1, len(moved) + 1):
        if k < len(moved) and moved[begin] >= 0 and moved[k] == moved[k - 1] + 1:
            continue
        if moved[begin] >= 0:
            span = (begin, k, moved[begin], moved[begin] + k - begin)
            filled = _add(rows, filled, span, MOVED, marks, counts)
        begin = k
    return filled


@kernel
def count_equal(
    partner: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
    marks: Marks,
    equal: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    before: int,
    counts: npt.NDArray[np.int64],
) -> int:
    """Mark and count the equal words, and the sentences whose first ones keep their order.

    Args:
        before: place, among the right words, of the first equal word of the sentence before, or less than any.

    Returns:
        The same for the last sentence.
    """
    halves, begins = 0, True
    for i in range(len(partner)):
        begins = begins or marks[0][i] & FIRST > 0
        counts[QUOTED_WORDS] += marks[0][i] & QUOTED > 0
        if partner[i] < 0 or kinds[i] != EQUAL:
            continue
        j = partner[i]
        equal[0][i], equal[1][j] = True, True
        either = marks[0][i] | marks[1][j]
        counts[2 * EQUAL + (either & QUOTED)] += 1
        counts[QUOTED_EQUAL] += (marks[0][i] & QUOTED > 0) + (marks[1][j] & QUOTED > 0)
        if either & (QUOTED | BOILERPLATE) == 0:
            halves += 1 if either & CHARACTER > 0 else 2  # a character of a script without spaces is half a word
            counts[RARE_WORDS] += either & COMMON == 0
        if begins:
            known = before > NOWHERE
            counts[SENTENCES] += known
            counts[IN_ORDER] += known and j > before
            before, begins = j, False
    for j in range(len(marks[1])):
        counts[QUOTED_WORDS] += marks[1][j] & QUOTED > 0
    counts[OWN_WORDS] = halves // 2
    return before


@kernel
def edits_of(
    words: tuple[Text, Text],
    marks: Marks,
    known: Dictionary,
    size: int,
    band: int,
    paths: tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]],
    rows: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
) -> int:
    """The edits between the two sides of one passage, in order, then what has moved; return how many.

    Args:
        words, marks: of the two sides.
        size, band: as ``paired`` wants them.
        paths: the partner of each left word, -1, and its kind; filled in.
        rows: room for as many edits as the sides have words.
        counts: gets the words by kind, and what is known of runs of edits.
    """
    partner, kinds = paths
    paired(words[0], words[1], known, size, band, partner, kinds)
    gone = moves(words[0][0], words[1][0], partner)
    n, m = len(words[0][0]), len(words[1][0])
    filled, first, i, j, i_first, j_first = 0, 0, 0, 0, 0, 0
    for k in range(n + 1):
        if k < n and partner[k] < 0:
            continue
        p = partner[k] if k < n else m
        if k > i or p > j:
            span, holds_moved = _without_moved((i, k, j, p), gone)
            if holds_moved:
                filled = _stay_behind(rows, filled, span, gone, marks, counts)
            else:
                filled = _replaced(rows, filled, span, words, marks, known, counts)
        i, j = k + 1, p + 1
        if k < n and kinds[k] != EQUAL:
            filled = _add(rows, filled, (k, k + 1, p, p + 1), int(kinds[k]), marks, counts)
            continue
        if filled > first:
            _close(rows, first, filled, k - i_first, p - j_first, counts)
        first, i_first, j_first = filled, k + 1, p + 1
    return _add_moved(rows, filled, gone[0], marks, counts)
