"""Numbers and names that agree or differ around a shared passage: what tells a copied text from a form filled in anew.

"The Bank of England said it forecast a shortage of around 700 mln stg" recurs every day with another number; who copies
a text keeps its numbers and names. A number is a run of words such as "12" and "000" in "12,000"; a name is a word with
a capital letter.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END, Flags, Marks, Words
from dedup.kernels.words import CONTINUED, FIRST

EDGE_WORDS = 3  # looked at on either side of a passage, in its own sentence: what was filled in often ends it


@kernel
def _in_passage(
    marks: npt.NDArray[np.uint8], equal: npt.NDArray[np.bool_], begin: int, end: int, kind: int
) -> tuple[int, int]:
    """Numbers or names in a span that agree with the other side in every word, and those that do not."""
    agree, differ = 0, 0
    i = begin
    while i < end:
        if marks[i] & kind == 0:
            i += 1
            continue
        same = equal[i]
        i += 1
        while i < end and marks[i] & CONTINUED > 0:
            same = same and equal[i]
            i += 1
        agree += same
        differ += not same
    return agree, differ


@kernel
def _only_here(
    words: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    other: npt.NDArray[np.uint64],
    other_begin: int,
    other_end: int,
    kind: int,
) -> int:
    """Words of a kind in a span that do not stand in the span of the other text."""
    count = 0
    for i in range(begin, end):
        found = marks[i] & kind == 0 or marks[i] & CONTINUED > 0
        for j in range(other_begin, other_end):
            found = found or other[j] == words[i]
        count += not found
    return count


@kernel
def _with_edges(marks: npt.NDArray[np.uint8], begin: int, end: int) -> tuple[int, int]:
    """A span and the words beside it that belong to its first and last sentence, ``EDGE_WORDS`` at most."""
    first, last = begin, end
    while first > 0 and begin - first < EDGE_WORDS and marks[first] & FIRST == 0:
        first -= 1
    while last < len(marks) and last - end < EDGE_WORDS and marks[last] & FIRST == 0:
        last += 1
    return first, last


@kernel
def specifics(passage: npt.NDArray[np.int64], kind: int, words: Words, marks: Marks, equal: Flags) -> tuple[int, int]:
    """Numbers (``kind`` NUMBER) or names (CAPITAL) that agree and that differ in a passage.

    Inside the passage the side with more differing ones counts; within ``EDGE_WORDS`` before and after it,
    in the same sentence, one differs only if another stands in its place on the other side.
    """
    i, i_end, j, j_end = passage[LEFT_BEGIN], passage[LEFT_END], passage[RIGHT_BEGIN], passage[RIGHT_END]
    agree, differ_left = _in_passage(marks[0], equal[0], i, i_end, kind)
    _, differ_right = _in_passage(marks[1], equal[1], j, j_end, kind)
    i_first, i_last = _with_edges(marks[0], i, i_end)
    j_first, j_last = _with_edges(marks[1], j, j_end)
    before_left = _only_here(words[0], marks[0], i_first, i, words[1], j_first, j, kind)
    before_right = _only_here(words[1], marks[1], j_first, j, words[0], i_first, i, kind)
    after_left = _only_here(words[0], marks[0], i_end, i_last, words[1], j_end, j_last, kind)
    after_right = _only_here(words[1], marks[1], j_end, j_last, words[0], i_end, i_last, kind)
    return agree, max(differ_left, differ_right) + min(before_left, before_right) + min(after_left, after_right)
