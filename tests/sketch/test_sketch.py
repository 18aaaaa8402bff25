"""A batch of records to a batch of sketches."""

from __future__ import annotations

import sys
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.schema import RECORDS, SKETCHES
from dedup.sketch import sketch
from dedup.sketch.normalise import normalise
from tests.strategies import texts


def _records(*given_texts):
    columns = {"doc": range(len(given_texts)), "text": given_texts}
    none = [None] * len(given_texts)
    arrays = [pa.array(columns.get(field.name, none), field.type) for field in RECORDS]
    return pa.RecordBatch.from_arrays(arrays, schema=RECORDS)


def test_a_row_per_record_with_the_schema():
    """Every record has its sketch, in order; no records give no rows."""
    made = sketch(_records("One text here", "", "..."), Config())
    assert made.schema.equals(SKETCHES)
    assert made.column("doc").to_pylist() == [0, 1, 2]
    assert made.column("n_words").to_pylist() == [3, 0, 0]
    assert made.column("n_chars").to_pylist() == [13, 0, 3]
    assert sketch(_records(), Config()).num_rows == 0


@settings(max_examples=30)
@given(st.lists(texts, max_size=6), st.integers(0, 6), st.integers(1, 200))
def test_batches_and_chunks_change_nothing(many, cut, chunk):
    """The sketch of a text does not depend on the batch or the piece of memory that it comes in."""
    whole = sketch(_records(*many), Config())
    records = _records(*many)
    parts = [sketch(part, Config()) for part in (records.slice(0, cut), records.slice(cut)) if part.num_rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["dedup.sketch.normalise"], "_CHUNK_BYTES", chunk)
        assert sketch(records, Config()).equals(whole)
    assert pa.Table.from_batches(parts, SKETCHES).to_pylist() == whole.to_pylist()


def test_copies_alone_need_no_passages():
    """Without excerpts the passage channel and the cues stay empty; all else is the same."""
    records = _records("The Guardian reported five words and some more of them here today")
    full, fast = sketch(records, Config()), sketch(records, Config(detect=("copies",)))
    for name in SKETCHES.names:
        if name in ("passage", "cues"):
            assert len(full.column(name)[0].as_py()) > 0
            assert fast.column(name)[0].as_py() == []
        else:
            assert fast.column(name).equals(full.column(name))


def test_heaps_of_marks_take_no_longer():
    """Marks piled on one letter, of which putting them in order would take hours: read at once, places kept."""
    heap = "a" + "\u0301\u0327" * 200_000
    begun = time.perf_counter()
    made = normalise(pa.array([heap + " e\u0301nd", "e\u0301nd"], pa.large_string()))
    assert time.perf_counter() - begun < 10
    assert made.n_chars.tolist() == [len(heap) + 5, 4]
    assert made.words.begins.tolist() == [0, len(heap) + 1, 0]
    assert made.words.hashes[1] == made.words.hashes[2]
