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
from dedup.kernels.words import CONTINUED

EDGE_WORDS = 3  # looked at on either side of a passage: what was filled in often ends it


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
    span: tuple[int, int],
    other: npt.NDArray[np.uint64],
    other_span: tuple[int, int],
    kind: int,
) -> int:
    """Words of a kind in a span that do not stand in the span of the other text; spans may reach beyond the texts."""
    count = 0
    for i in range(max(0, span[0]), min(len(words), span[1])):
        found = marks[i] & kind == 0 or marks[i] & CONTINUED > 0
        for j in range(max(0, other_span[0]), min(len(other), other_span[1])):
            found = found or other[j] == words[i]
        count += not found
    return count


@kernel
def specifics(passage: npt.NDArray[np.int64], kind: int, words: Words, marks: Marks, equal: Flags) -> tuple[int, int]:
    """Numbers (``kind`` NUMBER) or names (CAPITAL) that agree and that differ in a passage.

    Inside the passage the side with more differing ones counts; within ``EDGE_WORDS`` before and after it one differs
    only if another stands in its place on the other side.
    """
    left, right = (passage[LEFT_BEGIN], passage[LEFT_END]), (passage[RIGHT_BEGIN], passage[RIGHT_END])
    agree, differ_left = _in_passage(marks[0], equal[0], left[0], left[1], kind)
    _, differ_right = _in_passage(marks[1], equal[1], right[0], right[1], kind)
    differ = max(differ_left, differ_right)
    edges = (
        ((left[0] - EDGE_WORDS, left[0]), (right[0] - EDGE_WORDS, right[0])),
        ((left[1], left[1] + EDGE_WORDS), (right[1], right[1] + EDGE_WORDS)),
    )
    for one, other in edges:
        only_left = _only_here(words[0], marks[0], one, words[1], other, kind)
        only_right = _only_here(words[1], marks[1], other, words[0], one, kind)
        differ += min(only_left, only_right)
    return agree, differ
