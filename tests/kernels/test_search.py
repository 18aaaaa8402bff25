"""Binary search against Python's own."""

from __future__ import annotations

import bisect

from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.search import lower_bound
from tests.strategies import u64

numbers = st.integers(0, 2**64 - 1) | st.integers(0, 5)


@given(st.lists(numbers).map(sorted), numbers)
def test_lower_bound_equals_bisect(values, wanted):
    """The first place is found where the value could stand, in an empty list too."""
    assert lower_bound(u64(values), u64([wanted])[0]) == bisect.bisect_left(values, wanted)
