"""Row groups are decoded in small pieces and given in large ones."""

from __future__ import annotations

import pyarrow as pa
import pytest

from dedup.read import columnar
from dedup.read.columnar import _joined


def _batch(*texts: str) -> pa.RecordBatch:
    return pa.record_batch({"text": pa.array(texts, pa.string())})


def _given(pieces, rows):
    given = []
    try:
        given.extend(batch.column(0).to_pylist() for batch in _joined(pieces, rows))
    except pa.ArrowException as error:
        given.append(str(error))
    return given


def test_pieces_are_joined_in_order():
    """Batches hold as many rows as were asked for, the last one what is left; empty input gives none."""
    assert _given([_batch("a", "b"), _batch("c", "d"), _batch("e")], 3) == [["a", "b", "c", "d"], ["e"]]
    assert _given([], 3) == []


def test_large_texts_are_not_joined(monkeypatch: pytest.MonkeyPatch):
    """A batch does not grow beyond its bound because of what it is joined with."""
    monkeypatch.setattr(columnar, "_BATCH_BYTES", 30)
    monkeypatch.setattr(columnar, "_PIECE_BYTES", 10)
    long = "x" * 100
    assert _given([_batch("a"), _batch(long), _batch("b"), _batch("c")], 9) == [["a"], [long], ["b", "c"]]


def test_what_comes_before_damage_is_given():
    """Rows that were decoded before an error are given before it is raised."""

    def pieces():
        yield _batch("a")
        yield _batch("b")
        raise pa.ArrowInvalid("a page is broken")

    assert _given(pieces(), 9) == [["a", "b"], "a page is broken"]
