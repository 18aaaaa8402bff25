"""Shingles and their winnowed subsets, against their twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import shingles as kernels
from dedup.kernels.order import ascending
from tests import naive
from tests.strategies import documents, flat, hashes, repeated_words, sizes, u64, unflat, word_lists


@given(word_lists, sizes)
def test_shingles_equal_the_twin(words, size):
    """The hash of every run of words, in order."""
    assert kernels.shingles(u64(words), size).tolist() == naive.shingles(words, size)


@given(documents, sizes)
def test_shingle_lists_equal_the_twin(lists, size):
    """Each document's shingles, in the order of its text; documents do not run into each other."""
    words, offsets = flat(lists)
    wanted = [naive.shingles(words, size) for words in lists]
    assert unflat(*kernels.shingle_lists(words, offsets, size)) == wanted


@given(st.lists(hashes, max_size=200))
def test_hashes_are_sorted(values):
    """Ascending, whether they are spread evenly or not."""
    ordered = u64(values)
    kernels.sort_hashes(ordered)
    assert ordered.tolist() == sorted(values)


@pytest.mark.parametrize("n", [1, 2, 1000, 100_000])
@pytest.mark.parametrize("distinct", [1, 7, 2**64])
def test_many_hashes_are_sorted(n, distinct):
    """Many random ones, with many that are equal or near each other."""
    values = np.random.default_rng(n).integers(0, 2**64, n, np.uint64, endpoint=False) % np.uint64(distinct - 1 or 1)
    ordered = values.copy()
    kernels.sort_hashes(ordered)
    assert (ordered == np.sort(values)).all()


def _winnowed(found, window):
    """The winnowed ones of some shingles, written after one that stands there already."""
    room, out = u64([0] * len(found)), u64([0] * (len(found) + 1))
    return out[1 : kernels.fill_winnowed(u64(found), len(found), window, room, out, 1)].tolist()


@given(st.one_of(word_lists, repeated_words), st.integers(1, 8))
def test_winnowed_is_the_least_of_every_window(found, window):
    """The least value of every window, as Schleimer, Wilkerson and Aiken define it."""
    assert _winnowed(found, window) == naive.winnow(found, window)


@settings(max_examples=100)
@given(word_lists, word_lists, word_lists, word_lists, sizes, st.integers(1, 6), st.data())
def test_a_shared_run_leaves_a_shared_key(head, tail, other_head, other_tail, size, window, data):
    """Two texts that share window + size - 1 words in a row share a winnowed shingle."""
    length = window + size - 1
    run = data.draw(st.lists(st.integers(0, 5), min_size=length, max_size=length))
    texts = head + run + tail, other_head + run + other_tail
    one, other = (_winnowed(kernels.shingles(u64(words), size).tolist(), window) for words in texts)
    assert set(one) & set(other)


@given(st.lists(hashes, max_size=30))
def test_ascending_is_a_stable_sort(values):
    """Places by value, then by place."""
    assert ascending(u64(values)).tolist() == sorted(range(len(values)), key=lambda i: values[i])
