"""Sets by hashing and their intersections, against the sets of Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import overlap as kernels
from tests import naive_pairs as naive
from tests.strategies import documents, flat, hashes, sizes, unflat

# Values that agree in their lower bits fall into one slot of a hash table.
_colliding = st.integers(0, 40).map(lambda k: (k << 58) | 5)
lists_of_values = st.lists(st.lists(st.one_of(st.integers(0, 9), _colliding, hashes), max_size=40), max_size=6)


@settings(max_examples=150)
@given(lists_of_values)
def test_distinct_equals_the_twin(lists):
    """Each list keeps the first of equal values, in order; lists do not mix."""
    assert unflat(*kernels.distinct(*flat(lists))) == naive.distinct(lists)


@given(documents, sizes)
def test_shingle_sets_equal_the_twin(texts, size):
    """Distinct shingles of every text, none of a text that is too short."""
    assert unflat(*kernels.shingle_sets(*flat(texts), size)) == naive.shingle_sets(texts, size)


@settings(max_examples=150)
@given(lists_of_values.filter(bool), st.data())
def test_intersections_equal_the_twin(lists, data):
    """Pairs in any order, a set with itself, empty sets, one left set again and again."""
    sets = naive.distinct(lists)
    number = st.integers(0, len(sets) - 1)
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=30))
    pairs = data.draw(st.sampled_from([pairs, sorted(pairs)]))
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    found = kernels.intersections(*flat(sets), left, right)
    assert found.tolist() == naive.intersections([set(values) for values in sets], pairs)


def test_no_lists_and_no_pairs():
    """Nothing in, nothing out."""
    none = np.zeros(0, np.int64)
    assert unflat(*kernels.distinct(*flat([]))) == []
    assert kernels.intersections(*flat([]), none, none).tolist() == []
