"""Kernels borrow the arrays that they are given: these live on as long as somebody has them, and no longer."""

from __future__ import annotations

import numpy as np

from dedup.kernels._jit import kernel

_SIZE = 64  # items: memory that is given back is taken again by the next array of that size


@kernel
def _same(array):
    """Gives back what it was given."""
    return array


@kernel
def _either(array, other, first):
    """Gives back one of two, by another name."""
    chosen = other
    if first:
        chosen = array
    return chosen


@kernel
def _raised(array, times):
    """Puts new arrays in the place of its argument."""
    for _ in range(times):
        array = array + 1
    return array


@kernel
def _handed_round(n):
    out = np.zeros((n, 4), np.int64)
    for row in range(n):
        made = np.full(_SIZE, row)
        kept = _same(_same(made))
        either = _either(made, np.full(_SIZE, -row), row % 2 == 0)
        raised, untouched = _raised(made, 3), _raised(kept, 0)
        made = np.full(_SIZE, -1)  # whoever has the first one still has it
        other = np.full(_SIZE, -2)
        out[row, 0], out[row, 1], out[row, 2] = kept[_SIZE - 1], either[0], raised[0]
        out[row, 3] = untouched[0] + made[0] + other[0]
    return out


def test_an_array_that_is_handed_round_keeps_its_values():
    """None is given back to the system while a name stands for it."""
    rows = np.arange(500)
    expected = np.column_stack((rows, np.where(rows % 2 == 0, rows, -rows), rows + 3, rows - 3))
    np.testing.assert_array_equal(_handed_round(500), expected)


def test_what_the_caller_holds_is_left_alone():
    """An argument of Python's stays the caller's, with its values, though the kernel calls it by another array."""
    own = np.arange(_SIZE)
    for _ in range(100):
        np.testing.assert_array_equal(_raised(own, 2), np.arange(_SIZE) + 2)
    np.testing.assert_array_equal(own, np.arange(_SIZE))
