"""How often a pair makes the same change."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.match.repeats import MOST_WORDS, repeats


def _slow(firsts, lengths, pair, left, right, words, offsets):
    """Each change looked at beside each other one."""
    changes = []
    for i, size in enumerate(lengths):
        change = None
        if i + 1 < len(lengths) and pair[i + 1] == pair[i]:
            spans = [(firsts[i][side] + size, firsts[i + 1][side]) for side in (0, 1)]
            if all(0 <= end - begin <= MOST_WORDS for begin, end in spans):
                texts = offsets[left[pair[i]]], offsets[right[pair[i]]]
                change = pair[i], *(tuple(words[t + b : t + e]) for t, (b, e) in zip(texts, spans, strict=True))
        changes.append(change)
    return [1 if change is None else changes.count(change) for change in changes]


_gaps = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=6)


@given(st.lists(_gaps, min_size=1, max_size=3), st.data())
def test_repeats_equal_those_counted_one_by_one(made, data):
    """Changes of a pair count as the same where their words are, on both sides."""
    firsts, lengths, pair, sizes = [], [], [], []
    for number, gaps in enumerate(made):
        at = [0, 0]
        for size, *skips in gaps:
            firsts.append(tuple(at))
            lengths.append(size)
            pair.append(number)
            at = [place + size + skip for place, skip in zip(at, skips, strict=True)]
        sizes += at
    offsets = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    total = sum(sizes)
    words = np.array(data.draw(st.lists(st.integers(1, 2), min_size=total, max_size=total)), np.uint64)
    left, right = np.arange(0, 2 * len(made), 2), np.arange(1, 2 * len(made), 2)
    found = repeats(np.array(firsts), np.array(lengths), np.array(pair), left, right, words, offsets)
    slow = _slow(firsts, lengths, pair, left.tolist(), right.tolist(), words.tolist(), offsets.tolist())
    assert found.tolist() == slow


def test_no_runs_no_repeats():
    """Nothing in, nothing out."""
    none = np.zeros(0, np.int64)
    assert repeats(none.reshape(0, 2), none, none, none, none, none.astype(np.uint64), np.zeros(1, np.int64)).size == 0
