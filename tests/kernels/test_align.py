"""Alignment of two texts, step by step and as a whole, against the twins."""

from __future__ import annotations

import itertools
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import align as kernels
from dedup.kernels import forms
from dedup.kernels import passages as batch
from dedup.kernels.words import CAPITAL, NUMBER
from tests import naive, naive_pairs
from tests.strategies import flat, marks_of, repeated_words, sizes, two_texts, u64, word_lists

pairs_of_texts = st.one_of(two_texts(), st.tuples(repeated_words, repeated_words))
_NAMES = ("left_begin", "left_end", "right_begin", "right_end")


@st.composite
def marked(draw, pairs=pairs_of_texts):
    """Two texts and the marks of their words."""
    left, right = draw(pairs)
    return (left, draw(marks_of(len(left)))), (right, draw(marks_of(len(right))))


def _sides(texts):
    return tuple(naive.Side(words, marks) for words, marks in texts)


def _arrays(texts):
    words, marks = (tuple(column) for column in zip(*texts, strict=True))
    return tuple(map(u64, words)), tuple(np.array(side, np.uint8) for side in marks)


def _partners(left, right, size):
    return kernels.partners_of(*(u64(naive.shingles(words, size)) for words in (left, right)))


def _rows(passages):
    return [[*(p[name] for name in _NAMES), len(p["equal"])] for p in passages]


@given(pairs_of_texts, sizes)
def test_partners_equal_the_twin(texts, size):
    """The n-th occurrence of a shingle on the left goes with the n-th on the right."""
    wanted = naive.partners(*(naive.shingles(words, size) for words in texts))
    assert _partners(*texts, size).tolist() == wanted


@settings(max_examples=150)
@given(pairs_of_texts, sizes)
def test_runs_equal_the_twin(texts, size):
    """Each shared shingle lies in one run, which is as long as the equality goes; none is listed twice."""
    left, right = texts
    partner = _partners(left, right, size)
    found = kernels.maximal_runs(u64(left), u64(right), partner, size)
    assert [tuple(run) for run in found.tolist()] == naive.maximal_runs(left, right, partner.tolist())


run_lists = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 5)), min_size=1, max_size=12)


@settings(max_examples=150)
@given(run_lists.map(lambda runs: sorted(set(runs))))
def test_chain_equals_the_twin(runs):
    """The heaviest chain by the sparse method is the one by quadratic dynamic programming."""
    assert kernels.heaviest_chain(np.array(runs, np.int64)).tolist() == naive.heaviest_chain(runs)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 4), max_size=10), st.lists(st.integers(0, 4), max_size=10))
def test_common_words_equal_the_twin(left, right):
    """As many words as a longest common subsequence has."""
    assert kernels.common_words(u64(left), u64(right)) == len(naive.common_words(left, right))


@settings(max_examples=150)
@given(marked(), sizes, st.integers(0, 12))
def test_passages_of_a_chain_equal_the_twin(texts, size, max_gap):
    """Runs joined over small gaps, with the number of their equal words."""
    words, _ = _arrays(texts)
    sides = _sides(texts)
    runs = naive.maximal_runs(sides[0].text, sides[1].text, _partners(sides[0].text, sides[1].text, size).tolist())
    if not runs:
        return
    chain = naive.heaviest_chain(runs)
    used = tuple(np.zeros(len(side), np.bool_) for side in words)
    made = kernels.passages_of_chain(np.array(runs), np.array(chain), max_gap, words, used)
    assert made.tolist() == _rows(naive.passages_of_chain(runs, chain, max_gap, *sides))


@settings(max_examples=200)
@given(marked(), sizes, st.integers(0, 12), st.integers(1, 12))
def test_alignment_equals_the_twin(texts, size, max_gap, min_equal):
    """All passages of two texts, block moves included."""
    words, _ = _arrays(texts)
    partner = _partners(texts[0][0], texts[1][0], size)
    made = kernels.align(words, partner, size, max_gap, min_equal)
    assert made.tolist() == _rows(naive.align_texts(*_sides(texts), size, max_gap, min_equal))


@settings(max_examples=150)
@given(marked(), sizes, st.integers(0, 12))
def test_no_word_is_in_two_passages(texts, size, max_gap):
    """Passages are disjoint on both sides, so that no share of aligned words exceeds one."""
    words, _ = _arrays(texts)
    made = kernels.align(words, _partners(texts[0][0], texts[1][0], size), size, max_gap, size)
    for begin, end in ((0, 1), (2, 3)):
        spans = sorted((row[begin], row[end]) for row in made.tolist())
        assert all(a_end <= b for (_, a_end), (b, _) in itertools.pairwise(spans))


def test_a_moved_block_in_a_gap_is_counted_once():
    """A gap that holds a block of another passage is not bridged over: its words belong to that passage alone."""
    x, y, before, after = list(range(8)), list(range(10, 30)), list(range(40, 50)), list(range(60, 70))
    left, right = [*x, *y, *before, *after], [*before, *x, *after, *y]
    made = kernels.align((u64(left), u64(right)), _partners(left, right, 5), 5, 12, 8)
    spans = [[0, 8, 10, 18, 8], [8, 28, 28, 48, 20], [28, 38, 0, 10, 10], [38, 48, 18, 28, 10]]
    assert made.tolist() == spans


def test_hostile_repetition_does_not_take_quadratic_time():
    """One more occurrence of one shingle shifts its partners in a periodic text; each diagonal is scanned once."""
    period = list(range(10))
    left, right = u64([*period[:5], 99, *period * 20_000]), u64(period * 20_000)
    begun = time.perf_counter()
    runs = kernels.maximal_runs(left, right, _partners(left.tolist(), right.tolist(), 5), 5)
    assert time.perf_counter() - begun < 20
    assert len(runs) <= 4


@given(word_lists, sizes, st.data())
def test_covered_words_equal_the_twin(words, size, data):
    """A word is covered if any shingle that holds it is frequent."""
    found = naive.shingles(words, size)
    frequent = data.draw(st.sets(st.sampled_from(found))) if found else set()
    covered = batch.covered_words(*flat([words]), size, u64(sorted(frequent)))
    assert covered.tolist() == naive.covered_words(words, size, frequent)


@settings(max_examples=100)
@given(marked(), sizes, st.sampled_from([NUMBER, CAPITAL]))
def test_specifics_equal_the_twin(texts, size, kind):
    """Numbers and names that agree and that differ in each passage and beside it."""
    words, marks = _arrays(texts)
    sides = _sides(texts)
    made = kernels.align(words, _partners(texts[0][0], texts[1][0], size), size, 12, size)
    wanted = naive.align_texts(*_sides(texts), size, 12, size)
    equal = tuple(np.zeros(len(side), np.bool_) for side in words)
    for i, j in (pair for passage in wanted for pair in passage["equal"]):
        equal[0][i], equal[1][j] = True, True
    for row, passage in zip(made, wanted, strict=True):
        wanted = naive.specifics(passage, kind, *sides, forms.EDGE_WORDS)
        assert forms.specifics(row, kind, words, marks, equal) == wanted


@settings(max_examples=150)
@given(st.lists(pairs_of_texts, min_size=1, max_size=2), sizes, st.data())
def test_pairs_equal_the_twin(many, size, data):
    """The passages of each pair and the shingles that it shares, whichever pairs stand before it and have its texts."""
    texts = [text for pair in many for text in pair]
    number = st.integers(0, len(texts) - 1)
    pairs = data.draw(st.lists(st.tuples(number, number), max_size=8))
    pairs = data.draw(st.sampled_from([pairs, sorted(pairs)]))
    words, offsets = flat(texts)
    left, right = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    found, owner, n_shared = batch.align_pairs(left, right, offsets, words, size, 12, size)
    sides = [[naive.Side(texts[text], []) for text in pair] for pair in pairs]
    wanted = [_rows(naive.align_texts(*pair, size, 12, size)) for pair in sides]
    assert found.tolist() == [row for rows in wanted for row in rows]
    assert owner.tolist() == [pair for pair, rows in enumerate(wanted) for _ in rows]
    sets = [set(shingles) for shingles in naive_pairs.shingle_sets(texts, size)]
    assert n_shared.tolist() == naive_pairs.intersections(sets, pairs)


def test_pairs_have_room_for_many_passages():
    """Far more passages than there is room for at first."""
    blocks = [list(range(20 * k, 20 * k + 8)) for k in range(60)]
    left = [word for k, block in enumerate(blocks) for word in [*block, *range(10_000 + 50 * k, 10_015 + 50 * k)]]
    right = [word for k, block in enumerate(blocks) for word in [*block, *range(50_000 + 50 * k, 50_015 + 50 * k)]]
    words, offsets = flat([left, right])
    found, owner, _ = batch.align_pairs(np.array([0]), np.array([1]), offsets, words, 5, 12, 8)
    assert found[:, 4].tolist() == [8] * 60
    assert owner.tolist() == [0] * 60
