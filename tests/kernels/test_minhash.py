"""Signatures and band keys, against their twin and against datasketch."""

from __future__ import annotations

import numpy as np
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import minhash as kernels
from dedup.sketch.surface import padded, permutations
from tests import naive
from tests.strategies import documents, flat, hashes, sizes, u64

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


@given(st.lists(st.integers(0, 2**32 - 1), min_size=16, max_size=16), st.sampled_from([1, 4, 5, 16]))
def test_band_keys_equal_the_twin(slots, rows):
    """The key of each band that the slots make."""
    given_slots = np.array(slots, np.uint32)
    made = [int(kernels.band_key(given_slots, band, rows)) for band in range(16 // rows)]
    assert made == naive.band_keys(slots[: 16 // rows * rows], rows)


def test_equal_slots_in_different_bands_are_different_keys():
    """The number of the band is part of its key: two documents do not meet across bands."""
    slots = np.full(12, 7, np.uint32)
    assert len({int(kernels.band_key(slots, band, 3)) for band in range(4)}) == 4
