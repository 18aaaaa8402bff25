"""Rows of tables about pairs stand in one order, however they were made."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dedup.match.order import in_order

FEW = st.integers(0, 3)


def _table(rows):
    columns = zip(*rows, strict=True) if rows else [[]] * 4
    names = ("left", "right", "left_word_begin", "value")
    return pa.table({name: pa.array(list(column), pa.int64()) for name, column in zip(names, columns, strict=True)})


@given(st.lists(st.tuples(FEW, FEW, FEW, st.integers(-5, 5)), max_size=12))
def test_rows_are_sorted_by_pair_then_place(rows):
    """By left, right and word; rows that tie in these stay as they stood."""
    found = in_order(_table(rows)).to_pylist()
    assert [tuple(row.values()) for row in found] == sorted(rows, key=lambda row: row[:3])


def test_what_is_in_order_is_left_alone():
    """A table that needs no sorting is given back as it is."""
    table = _table([(0, 1, 0, 7), (0, 1, 0, 3), (0, 2, 5, 1), (1, 2, 0, 2)])
    assert in_order(table) is table
