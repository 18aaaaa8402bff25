"""A batch of records to a batch of sketches."""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.schema import DETAILS, RECORDS, SKETCHES
from dedup.sketch import FEATURES, details, sketch
from dedup.sketch.keys import keys
from dedup.sketch.normalise import normalise
from tests.strategies import texts

_LOW = 2**32 - 1


def _records(*given_texts):
    columns = {"doc": range(len(given_texts)), "text": given_texts}
    none = [None] * len(given_texts)
    arrays = [pa.array(columns.get(field.name, none), field.type) for field in RECORDS]
    return pa.RecordBatch.from_arrays(arrays, schema=RECORDS)


def _entries(sketches):
    """Every key with its value, whatever the order: of bands, and of features."""
    return [sorted(zip(*map(np.ndarray.tolist, side), strict=True)) for side in (sketches.surface, sketches.features)]


def test_a_row_per_record_with_the_schema():
    """Every record has its sketch, in order; no records give no rows."""
    made = sketch(_records("One text here", "", "..."), Config()).table
    assert made.schema.equals(SKETCHES)
    assert made.column("doc").to_pylist() == [0, 1, 2]
    assert made.column("n_words").to_pylist() == [3, 0, 0]
    assert made.column("n_chars").to_pylist() == [13, 0, 3]
    none = sketch(_records(), Config())
    assert none.table.num_rows == 0
    assert _entries(none) == [[], []]
    assert none.digests.shape == (0, 2)


@settings(max_examples=30)
@given(st.lists(texts, max_size=6), st.integers(0, 6))
def test_batches_change_nothing(many, cut):
    """The sketch of a text does not depend on the batch that it comes in."""
    records = _records(*many)
    whole = sketch(records, Config())
    parts = [sketch(part, Config()) for part in (records.slice(0, cut), records.slice(cut))]
    assert pa.Table.from_batches([part.table for part in parts], SKETCHES).to_pylist() == whole.table.to_pylist()
    assert np.concatenate([part.digests for part in parts]).tolist() == whole.digests.tolist()
    first, second = map(_entries, parts)
    assert [sorted(mine + other) for mine, other in zip(first, second, strict=True)] == _entries(whole)


@settings(max_examples=30)
@given(st.lists(texts, max_size=6), st.integers(1, 200))
def test_chunks_change_nothing(many, chunk):
    """What verification sees of a text does not depend on the piece of memory that it stands in."""
    column, docs = pa.array(many, pa.large_string()), np.arange(len(many))
    whole = details(docs, column, Config())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["dedup.sketch.normalise"], "_CHUNK_BYTES", chunk)
        assert details(docs, column, Config()).equals(whole)


@settings(max_examples=50)
@given(st.lists(texts, max_size=6), st.integers(1, 6))
def test_details_are_those_that_were_sketched(many, size):
    """Verification sees the same text as the sketch: its digest, its words, and the shingles of the keys."""
    config = Config(shingle_size=size)
    docs = np.arange(3, 3 + len(many))
    made = sketch(_records(*many), config)
    full = details(docs, pa.array(many, pa.large_string()), config)
    assert full.schema.equals(DETAILS)
    assert full.column("doc").to_pylist() == docs.tolist()
    assert full.column("text_digest").to_pylist() == made.table.column("text_digest").to_pylist()
    assert [len(row) for row in full.column("words").to_pylist()] == made.table.column("n_words").to_pylist()
    fast = details(docs, pa.array(many, pa.large_string()), replace(config, detect=("copies",)))
    assert fast.schema.equals(DETAILS)
    for name in ("doc", "text_digest", "n_shingles"):
        assert fast.column(name).equals(full.column(name))
    shingles = fast.column("shingles").to_pylist()
    assert (
        [len(set(row)) for row in shingles] == [len(row) for row in shingles] == fast.column("n_shingles").to_pylist()
    )
    assert all(key in shingles[value & _LOW] for key, value in _entries(made)[1] if value <= _LOW)
    empty = [
        *full.column("shingles").to_pylist(),
        *(row for name in DETAILS.names[4:] for row in fast[name].to_pylist()),
    ]
    assert all(row == [] for row in empty)


def test_the_next_band_stands_beside_a_key():
    """A surface value holds a document, and above it half of its next band key; after the last comes the first."""
    texts_of_both = [" ".join(f"w{k}x{j}" for j in range(40)) for k in (0, 1)]
    keys, values = sketch(_records(*texts_of_both), Config()).surface
    for doc in (0, 1):
        mine = (values & np.uint64(0xFFFFFFFF)) == doc
        assert len(keys[mine]) > 1
        assert (values[mine] >> np.uint64(32)).tolist() == (np.roll(keys[mine], -1) >> np.uint64(32)).tolist()


def test_a_feature_names_its_channel_and_its_document():
    """A value holds a document, and above it the place of its key's channel."""
    text = "It was one of the 7 that Reagan had seen in Bonn and Ulm when he was there on 1 May with Kohl in his car"
    records = _records("", text, text)
    made, values = keys(records.column("text"), Config()), sketch(records, Config()).features[1].tolist()
    found = Counter((FEATURES[value >> 32], value & _LOW) for value in values)
    style = int((made.wording % np.uint64(2) == 0).sum()) // 2
    anchor = len(made.wording) // 2 - style
    numbers = {"passage": len(made.passage) // 2, "style": style, "anchor": anchor}
    assert min(numbers.values()) > 0
    assert found == {(name, doc): n for name, n in numbers.items() for doc in (1, 2)}


def test_copies_alone_need_no_features():
    """Without excerpts and rewrites there are no features; all else is the same."""
    records = _records("The Guardian reported five words and some more of them here today")
    full, fast = sketch(records, Config()), sketch(records, Config(detect=("copies",)))
    for name in SKETCHES.names:
        assert fast.table.column(name).equals(full.table.column(name))
    assert np.array_equal(fast.digests, full.digests)
    (surface, features), (fast_surface, fast_features) = _entries(full), _entries(fast)
    assert (fast_surface, fast_features) == (surface, [])
    assert features


def test_heaps_of_marks_take_no_longer():
    """Marks piled on one letter, of which putting them in order would take hours: read at once, places kept."""
    heap = "a" + "\u0301\u0327" * 200_000
    begun = time.perf_counter()
    made = normalise(pa.array([heap + " e\u0301nd", "e\u0301nd"], pa.large_string()))
    assert time.perf_counter() - begun < 10
    assert made.n_chars.tolist() == [len(heap) + 5, 4]
    assert made.words.begins.tolist() == [0, len(heap) + 1, 0]
    assert made.words.hashes[1] == made.words.hashes[2]
