"""Texts held or read again, and brought together as pairs need them."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.engine.local import LocalEngine
from dedup.engine.texts import Blocks, HeldTexts, Sets, blocks
from dedup.store import TEMPORARY


def _text(doc):
    """A text of another length for every document."""
    return f"text {doc} " + "x" * (13 * doc % 40)


def _texts(docs):
    return pa.array([_text(doc) for doc in docs], pa.large_string())


class _Source:
    """Yields texts in batches of a few, as a reader does, and counts how often it was asked."""

    def __init__(self, batch=3):
        self.n_asked, self._batch = 0, batch

    def again(self, docs):
        self.n_asked += 1
        for begin in range(0, len(docs), self._batch):
            part = docs[begin : begin + self._batch]
            yield part, _texts(part.tolist())


def _sizes(n):
    return np.array([len(_text(doc)) for doc in range(n)], np.int32)


@given(
    st.lists(st.integers(0, 6), max_size=6),
    st.sampled_from([0, 60, 200, 1 << 20]),
    st.sets(st.integers(0, 30)),
)
def test_texts_are_those_that_were_added(batches, limit, wanted):
    """Held or read again: the documents asked for, ascending, each with its text."""
    source, n, n_bytes = _Source(), 0, 0
    held = HeldTexts(limit, source.again)
    for size in batches:
        texts = _texts(range(n, n + size))
        held.add(texts)
        n, n_bytes = n + size, n_bytes + sum(len(text.as_py()) for text in texts)
    docs = np.array(sorted(doc for doc in wanted if doc < n), np.int64)
    read = [(doc, text) for part, texts in held.read(docs) for doc, text in zip(part.tolist(), texts, strict=True)]
    assert [(doc, text.as_py()) for doc, text in read] == [(doc, _text(doc)) for doc in docs.tolist()]
    assert source.n_asked == (n_bytes > limit)


@st.composite
def _tied(draw):
    """Pairs among some documents: here and there chains long enough to need several sets."""
    n = draw(st.integers(1, 40))
    number = st.integers(0, n - 1)
    pairs = draw(st.lists(st.tuples(number, number), max_size=50))
    if draw(st.booleans()):
        pairs += [(doc, doc + 1) for doc in range(n - 1)]
    return n, [np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1)]


@settings(max_examples=200)
@given(_tied(), st.sampled_from([1, 30, 100, 400, 1 << 20]), st.sampled_from([30, 200, 1 << 20]))
def test_every_pair_is_in_one_block_with_both_its_texts(tied, small, large):
    """However few characters a set may hold, each pair is in one block, and the block's sets hold both documents."""
    n, (left, right) = tied
    small = min(small, large)
    made = blocks(left, right, _sizes(n), small, large)
    assert made.docs.tolist() == sorted({*left.tolist(), *right.tolist()})
    assert sorted(row for block in made.blocks for row in block.rows.tolist()) == list(range(len(left)))
    home = dict(zip(made.docs.tolist(), made.of_doc.tolist(), strict=True))
    for block in made.blocks:
        assert list(block.sets) == sorted(set(block.sets))
        for row in block.rows.tolist():
            assert {home[int(left[row])], home[int(right[row])]} == set(block.sets)
        held = [len(_text(doc)) for doc in made.docs.tolist() if home[doc] in block.sets]
        if block.small:
            assert len(block.sets) == 1
            assert sum(held) <= 2 * small
        else:
            assert sum(held) <= len(block.sets) * (large + max(held))


def test_what_is_tied_together_comes_into_one_set():
    """Pairs of documents that stand far apart need one set, never two."""
    left, right = np.arange(100), np.arange(199, 99, -1)
    made = blocks(left, right, np.full(200, 10, np.int32), 200, 200)
    assert made.of_doc.max() >= 9
    assert all(block.small and len(block.sets) == 1 for block in made.blocks)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.integers(1, 6), st.booleans())
def test_sets_give_their_texts(of_doc, batch, held):
    """Each set yields its documents with their texts; not held, from one pass; ``clear`` removes the files."""
    docs, sets = np.arange(0, 2 * len(of_doc), 2), np.array(of_doc)
    source = _Source(batch)
    with tempfile.TemporaryDirectory() as name:
        made = Sets(source.again, Blocks(docs, sets, []), lambda: Path(name), held=held)
        assert all(path.name.startswith(TEMPORARY) for path in Path(name).iterdir())
        assert bool(list(Path(name).iterdir())) == (not held and max(of_doc) > 0)
        for number in set(of_doc):
            read = [pair for part, texts in made.texts(number) for pair in zip(part.tolist(), texts, strict=True)]
            assert [(doc, text.as_py()) for doc, text in read] == [(doc, _text(doc)) for doc in docs[sets == number]]
        made.clear()
        assert list(Path(name).iterdir()) == []
    assert source.n_asked == (len(set(of_doc)) if held or max(of_doc) == 0 else 1)


def _prepared(docs, texts):
    return pa.table({"doc": docs, "text": texts})


def _described(pairs, known):
    """The texts of each pair, and those pairs whose score is even."""
    texts = known.column("text").to_pylist()
    ends = zip(pairs.column("left").to_pylist(), pairs.column("right").to_pylist(), strict=True)
    named = pa.array([f"{texts[left]}|{texts[right]}" for left, right in ends], pa.string())
    first = pa.table({"named": named, "score": pairs.column("score")})
    return first, first.filter(pa.array([score % 2 == 0 for score in pairs.column("score").to_pylist()], pa.bool_()))


def _joined(n, ends, memory, threads, held_limit=1 << 20):
    left, right = ends
    pairs = pa.table({"left": left, "right": right, "score": np.arange(len(left))})
    source = _Source()
    texts = HeldTexts(held_limit, source.again)
    texts.add(_texts(range(n)))
    with tempfile.TemporaryDirectory() as name:
        with LocalEngine(threads, memory, Path(name)) as engine:
            made = engine.join(pairs, _sizes(n), texts, _prepared, _described)
        assert list(Path(name).iterdir()) == []
    return pairs, [table.sort_by("score").to_pylist() for table in made]


@settings(max_examples=60)
@given(_tied(), st.sampled_from([24 * 4 * 30, 24 * 4 * 200, 1 << 30]), st.integers(1, 3), st.sampled_from([0, 1 << 20]))
def test_join_equals_a_direct_call(tied, memory, threads, held_limit):
    """Each pair sees both its texts, however few fit in memory, and nothing is left on disk."""
    n, ends = tied
    pairs, made = _joined(n, ends, memory, threads, held_limit)
    whole = _prepared(np.arange(n), _texts(range(n)))
    assert made == [table.to_pylist() for table in _described(pairs, whole)]


def test_a_giant_component_needs_several_blocks():
    """A star of more text than fits: every pair is compared, most of them across two sets."""
    n = 300
    ends = np.zeros(n - 1, np.int64), np.arange(1, n)
    found = blocks(*ends, _sizes(n), 100, 500)
    assert found.of_doc.max() > 10
    assert len(found.blocks) > 10
    assert not any(block.small for block in found.blocks)
    pairs, made = _joined(n, ends, 24 * 4 * 500, 2)
    assert len(made[0]) == n - 1
    assert made == [table.to_pylist() for table in _described(pairs, _prepared(np.arange(n), _texts(range(n))))]


@pytest.fixture
def few_files():
    """As few open files as some systems allow a process."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, allowed[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, allowed)


def test_any_number_of_sets(few_files, tmp_path):
    """More sets than a process may have files open: a large corpus under little memory."""
    docs = np.arange(500)
    made = Sets(_Source(100).again, Blocks(docs, docs, []), lambda: tmp_path, held=False)
    for number in (0, 250, 499):
        ((part, texts),) = made.texts(number)
        assert (part.tolist(), texts.to_pylist()) == ([number], [_text(number)])
    made.clear()
    assert list(tmp_path.iterdir()) == []
