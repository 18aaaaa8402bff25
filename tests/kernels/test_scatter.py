"""Entries dealt into parts, against the twin."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.scatter import MIX, N_PARTS, UNMIX, scatter
from tests import naive_pairs as naive
from tests.strategies import hashes, u64

entries = st.lists(st.tuples(hashes, hashes), max_size=60)


@settings(max_examples=150)
@given(entries)
def test_scatter_equals_the_twin(given_entries):
    """Every entry in the part of its key, in the order in which it came."""
    keys, values = u64([key for key, _ in given_entries]), u64([value for _, value in given_entries])
    mixed, dealt, bounds = scatter(keys, values)
    found = [
        list(zip(mixed[a:b].tolist(), dealt[a:b].tolist(), strict=True)) for a, b in itertools.pairwise(bounds.tolist())
    ]
    assert found == naive.scatter(given_entries)
    assert (bounds[0], bounds[-1], len(bounds)) == (0, len(given_entries), N_PARTS + 1)


@given(st.lists(hashes))
def test_a_mixed_key_can_be_told_again(keys):
    """Mixing loses nothing: it is a bijection of 64-bit numbers."""
    assert (u64(keys) * MIX * UNMIX).tolist() == keys


def test_ascending_keys_are_spread():
    """Keys that differ in their lowest bits only come into all parts, about as many into each."""
    keys = np.arange(100 * N_PARTS, dtype=np.uint64)
    sizes = np.diff(scatter(keys, keys)[2])
    assert sizes.min() > 50
    assert sizes.max() < 200
