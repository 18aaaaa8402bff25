"""Signatures and band keys, against their twin and against datasketch."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import minhash as kernels
from dedup.sketch.surface import padded, permutations
from tests import naive
from tests.strategies import documents, flat, hashes, sizes, u64, unflat

seeds = st.sampled_from([0, 1, 2, 42, 2**32 - 1])


@settings(max_examples=60)
@given(st.lists(hashes, max_size=20), st.sampled_from([16, 17, 64, 76, 128, 256]), seeds)
def test_signature_equals_datasketch_and_the_twin(found, num_perm, seed):
    """Bit for bit the hash values of ``MinHash(scheme="affine32")`` fed with the upper halves of the shingles."""
    a, b = permutations(num_perm, seed)
    slots = np.empty(len(padded(a)), np.uint32)
    kernels.signature(u64(found), len(found), padded(a), padded(b), np.empty(len(found), np.uint32), slots)
    slots = slots[:num_perm]
    oracle = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda shingle: shingle >> 32)
    oracle.update_batch(found)
    assert slots.tolist() == oracle.hashvalues.tolist()
    assert slots.tolist() == naive.signature(found, a.tolist(), b.tolist())


@given(documents, sizes)
def test_signatures_are_those_of_each_document(lists, size):
    """A row per document, whatever its neighbours; without shingles every slot holds 2^32 - 1."""
    a, b = permutations(16, 1)
    made = kernels.signatures(*flat(lists), size, a, b)
    wanted = [naive.signature(naive.shingles(words, size), a.tolist(), b.tolist()) for words in lists]
    assert made.tolist() == wanted
    assert [set(row) == {2**32 - 1} for row in wanted] == [len(words) < size for words in lists]


@pytest.mark.parametrize(("num_perm", "rows"), [(16, 1), (16, 4), (20, 5), (16, 16)])
@settings(max_examples=30)
@given(lists=documents, size=sizes)
def test_band_keys_equal_the_twin(num_perm, rows, lists, size):
    """A key per band; a document too short to shingle has none."""
    a, b = permutations(num_perm, 1)
    wanted = []
    for words in lists:
        found = naive.shingles(words, size)
        slots = naive.signature(found, a.tolist(), b.tolist())
        wanted.append(naive.band_keys(slots, rows) if found else [])
    assert unflat(*kernels.band_keys(*flat(lists), size, padded(a), padded(b), num_perm // rows, rows)) == wanted


def test_equal_slots_in_different_bands_are_different_keys():
    """The number of the band is part of its key: two documents do not meet across bands."""
    slots = np.full(12, 7, np.uint32)
    assert len({int(kernels.band_key(slots, band, 3)) for band in range(4)}) == 4
