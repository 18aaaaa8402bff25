"""Documents that agree in a single slot, against the twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels.recall import probe
from tests import naive_pairs as naive

# Few values, so that many agree; some of them in their lower half only.
_value = st.sampled_from([0, 1, 2, 0x10001, 0x20001, 2**32 - 1, 0xFFFF])


@st.composite
def slots_and_sample(draw):
    """Slots of some documents and of a sample, and how many hits each of the sample may have."""
    n_probes = draw(st.integers(1, 4))
    slots = st.lists(_value, min_size=n_probes, max_size=n_probes)
    sample = draw(st.lists(slots, min_size=1, max_size=12))
    limits = st.lists(st.sampled_from([0, 1, 3, 1000]), min_size=len(sample), max_size=len(sample))
    return draw(st.lists(slots, max_size=30)), sample, draw(limits)


@settings(max_examples=150)
@given(slots_and_sample(), st.integers(0, 1000))
def test_probe_equals_the_twin(given_slots, begin):
    """Every agreement of a slot with the same slot of the sample, in order, up to the bound of each, and no other."""
    slots, sample, limits = given_slots
    wanted = np.array(sample, np.uint32)
    order = np.argsort(wanted, axis=0, kind="stable").T
    columns = np.ascontiguousarray(np.take_along_axis(wanted.T, order, axis=1))
    left_over = np.array(limits, np.int64)
    held = np.array(slots, np.uint32).reshape(-1, wanted.shape[1])
    found = probe(held, begin + np.arange(len(held)), columns, np.ascontiguousarray(order), left_over)
    assert list(map(tuple, found.tolist())) == naive.probe(slots, begin, sample, limits)
    assert left_over.tolist() == limits
