"""Typed edits of a passage, step by step and as a whole, against the twins."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import banded as kernels
from dedup.kernels import edited, edits, passages
from dedup.kernels.words import CAPITAL, NUMBER
from tests import naive, naive_edits
from tests.strategies import marks_of, two_texts, u64

lemmas_of = st.dictionaries(st.integers(0, 20), st.integers(0, 5), max_size=14)
lemma_pairs = st.frozensets(st.integers(0, 5), min_size=2, max_size=2)
some_notations = st.dictionaries(
    st.lists(st.integers(0, 20), min_size=1, max_size=3).map(tuple), st.integers(0, 2), max_size=6
)
short = st.lists(st.integers(0, 9), max_size=12)


@st.composite
def knowledge(draw):
    """Lemmas, synonyms and notations, and the same as the kernels take them."""
    phrases = draw(some_notations)
    known = naive_edits.Known(
        draw(lemmas_of),
        draw(st.sets(lemma_pairs, max_size=6)),
        {words[0]: number for words, number in phrases.items() if len(words) == 1},
    )
    return known, phrases, dictionary(known, phrases)


def dictionary(known, phrases):
    """Knowledge as the kernels take it."""
    pairs = u64(sorted(min(pair) << 32 | max(pair) for pair in known.synonyms))
    hashed = sorted((int(edits.phrase(u64(words))), number) for words, number in phrases.items())
    phrases_known, numbers = u64([phrase for phrase, _ in hashed]), np.array([number for _, number in hashed], np.int32)
    return (
        pairs,
        kernels.bloom(pairs),
        kernels.have_synonyms(pairs),
        phrases_known,
        kernels.bloom(phrases_known),
        numbers,
    )


def text(words, known):
    """Words and their lemmas as the kernels take them."""
    return u64(words), np.array([known.lemmas.get(word, -1) for word in words], np.int32)


def paths(n):
    """Room for the partners of that many words."""
    return np.full(n, -1, np.int64), np.zeros(n, np.uint8)


def as_dict(partner, kinds):
    """Partners as the twin has them."""
    return {i: (int(partner[i]), int(kinds[i])) for i in range(len(partner)) if partner[i] >= 0}


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=3))
def test_phrases_equal_the_twin(words):
    """A phrase is hashed word by word; one word is its own hash."""
    assert int(edits.phrase(u64(words))) == naive_edits.phrase(words)
    assert naive_edits.phrase(words[:1]) == words[0]


@given(st.sets(st.integers(0, 2**64 - 1), max_size=20), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_synonyms_are_found_whatever_the_order_of_the_two(pairs, one, other):
    """Two lemmas are synonyms if their pair is in the dictionary, and only then."""
    one, other = min(one, 2**31 - 1), min(other, 2**31 - 1)
    own = min(one, other) << 32 | max(one, other)
    for known in (pairs - {own}, pairs | {own}):
        values = u64(sorted(known))
        bits = kernels.bloom(values)
        found = [kernels.are_synonyms(*pair, values, bits) for pair in ((one, other), (other, one))]
        assert found == [own in known] * 2


@given(st.sets(st.frozensets(st.integers(0, 40), min_size=2, max_size=2), max_size=8))
def test_lemmas_with_synonyms_equal_the_twin(pairs):
    """A lemma has synonyms if it stands in any pair."""
    values = u64(sorted(min(pair) << 32 | max(pair) for pair in pairs))
    assert set(np.flatnonzero(kernels.have_synonyms(values)).tolist()) == set().union(*pairs)


@settings(max_examples=300)
@given(short, short, knowledge(), st.integers(0, 6))
def test_the_cheapest_way_equals_the_twin(left, right, knows, band):
    """The cost, and which words are partners, of the cheapest way within the band."""
    known, _, made = knows
    partner, kinds = paths(len(left))
    cost = kernels.banded(text(left, known), text(right, known), made, band, partner, kinds)
    assert (cost, as_dict(partner, kinds)) == naive_edits.banded(left, right, known, band)


@settings(max_examples=150)
@given(two_texts(), knowledge(), st.integers(1, 5), st.integers(0, 8))
def test_partners_of_a_passage_equal_the_twin(texts, knows, size, band):
    """Equal ends, then anchors, then the cheapest way between them."""
    known, _, made = knows
    left, right = texts
    partner, kinds = paths(len(left))
    kernels.paired(text(left, known), text(right, known), made, size, band, partner, kinds)
    assert as_dict(partner, kinds) == naive_edits.paired(left, right, known, size, band)


@settings(max_examples=150)
@given(st.lists(st.integers(0, 4), max_size=20), st.lists(st.integers(0, 4), max_size=20), st.data())
def test_moves_equal_the_twin(left, right, data):
    """Runs that both sides have left over, the n-th with the n-th."""
    n = min(len(left), len(right))
    ours = sorted(data.draw(st.sets(st.integers(0, max(n - 1, 0)), max_size=n)))
    theirs = sorted(data.draw(st.sets(st.integers(0, max(n - 1, 0)), min_size=len(ours), max_size=len(ours))))
    taken = dict(zip(ours, theirs, strict=True))
    partner = np.array([taken.get(i, -1) for i in range(len(left))], np.int64)
    moved, come = edits.moves(u64(left), u64(right), partner)
    wanted = naive_edits.moves(left, right, taken)
    assert {i: int(j) for i, j in enumerate(moved) if j >= 0} == wanted
    assert set(np.flatnonzero(come).tolist()) == set(wanted.values())


def check_edits(texts, marks, known, phrases, size, band, before):
    """The edits and counts of a passage are those of the twin."""
    sides = [naive.Side(*side) for side in zip(texts, marks, strict=True)]
    passage = naive_edits.Passage(*sides, known, phrases)
    found = naive_edits.edits_of(passage, size, band)
    last = naive_edits.count_equal(passage, found, before)

    both = tuple(text(side.text, known) for side in sides)
    marked = tuple(np.array(side.marks, np.uint8) for side in sides)
    partner, kinds = paths(len(texts[0]))
    rows = np.zeros((len(texts[0]) + len(texts[1]), edits.N_COLUMNS), np.int64)
    counts = np.zeros(edits.N_COUNTS, np.int64)
    n = edits.edits_of(both, marked, dictionary(known, phrases), size, band, (partner, kinds), rows, counts)
    equal = tuple(np.zeros(len(side.text), np.bool_) for side in sides)
    nowhere = edits.NOWHERE if before is None else before
    after = edits.count_equal(partner, kinds, marked, equal, nowhere, counts)
    assert after == (edits.NOWHERE if last is None else last)
    wanted = zip(passage.edits, passage.stretches, strict=True)
    assert rows[:n].tolist() == [[*edit.span, edit.kind, edit.marks, stretch] for edit, stretch in wanted]
    assert counts.tolist() == [passage.counts[column] for column in range(edits.N_COUNTS)]
    same = [(i, j) for i, (j, kind) in found.items() if kind == kernels.EQUAL]
    assert np.flatnonzero(equal[0]).tolist() == sorted(i for i, _ in same)
    assert np.flatnonzero(equal[1]).tolist() == sorted(j for _, j in same)


@settings(max_examples=200)
@given(two_texts(), knowledge(), st.data(), st.integers(1, 5), st.integers(0, 8), st.sampled_from([None, 0, 5]))
def test_edits_of_a_passage_equal_the_twin(texts, knows, data, size, band, before):
    """Every edit with its words, kind, marks and stretch, and all counts."""
    known, phrases, _ = knows
    check_edits(texts, [data.draw(marks_of(len(words))) for words in texts], known, phrases, size, band, before)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, 1, 1, 0, 2, 0, 0, 1], [0, 2, 0, 0, 1, 0]),  # moved to the very beginning
        ([7, 8, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 7, 8]),
        ([9, 7, 8, 6, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 9, 7, 8, 5]),  # and another word left out beside
        ([], [1, 2]),
    ],
)
def test_moved_words_equal_the_twin(left, right):
    """Blocks that moved to either end."""
    known = naive_edits.Known({}, set(), {})
    check_edits([left, right], [[0] * len(left), [0] * len(right)], known, {}, 3, 8, None)


@settings(max_examples=100)
@given(st.lists(two_texts(), min_size=1, max_size=3), knowledge(), st.data())
def test_a_batch_equals_its_passages_one_by_one(pairs, knows, data):
    """Edits and counts of exact passages of several pairs; sentences are followed from passage to passage."""
    known, phrases, made = knows
    size, band, min_equal = 2, 16, 3
    sides = [naive.Side(words, data.draw(marks_of(len(words)))) for pair in pairs for words in pair]
    documents = [side.text for side in sides]
    offsets = np.cumsum([0, *map(len, documents)]).astype(np.int64)
    words, lemmas = text([word for document in documents for word in document], known)
    marks = np.array([mark for side in sides for mark in side.marks], np.uint8)
    left, right = np.arange(0, len(sides), 2), np.arange(1, len(sides), 2)
    found, owner, _ = passages.align_pairs(left, right, offsets, words, size, 12, min_equal)
    made_edits, place, counts = edited.passage_edits(
        left, right, offsets, words, lemmas, marks, found, owner, made, size, band
    )
    at, before = 0, {}
    for r, row in enumerate(found.tolist()):
        i, i_end, j, j_end = row[:4]
        one, other = sides[2 * owner[r]], sides[2 * owner[r] + 1]
        cut = [naive.Side(s.text[a:b], s.marks[a:b]) for s, a, b in ((one, i, i_end), (other, j, j_end))]
        passage = naive_edits.Passage(*cut, known, phrases)
        partners = naive_edits.edits_of(passage, size, band)
        last = before.get(owner[r])
        last = naive_edits.count_equal(passage, partners, None if last is None else last - j)
        before[owner[r]] = None if last is None else last + j
        for edit in passage.edits:
            a, b, c, d = edit.span
            assert made_edits[at, :6].tolist() == [a + i, b + i, c + j, d + j, edit.kind, edit.marks]
            assert place[at] == r
            at += 1
        equal = [(i + a, j + b) for a, (b, kind) in partners.items() if kind == kernels.EQUAL]
        whole = {"left_begin": i, "left_end": i_end, "right_begin": j, "right_end": j_end, "equal": equal}
        for kind, column in ((NUMBER, edits.NUMBERS_AGREE), (CAPITAL, edits.NAMES_AGREE)):
            agree, differ = naive.specifics(whole, kind, one, other, 3)
            passage.counts[column], passage.counts[column + 1] = agree, differ
        assert counts[r].tolist() == [passage.counts[column] for column in range(edits.N_COUNTS)]
    assert at == len(made_edits)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3), st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_a_replacement_has_one_name_from_either_side(one, other):
    """Which text came first does not matter to what replaced what; the order of words does."""
    words = u64([*one, *other])
    there = np.array([[0, len(one), 0, len(other), 0, 0, 0]])
    back = np.array([[0, len(other), 0, len(one), 0, 0, 0]])
    start, middle = np.array([0]), np.array([len(one)])
    found = edited.replacements(there, start, middle, words)
    again = edited.replacements(back, middle, start, words)
    assert [column.tolist() for column in found] == [column.tolist() for column in again]
    assert {int(found[0][0]), int(found[1][0])} == {int(edits.phrase(u64(side))) for side in (one, other)}
    assert (found[0][0] == found[1][0]) == (one == other)
    base = edited.pair_hashes(*found)
    assert base.tolist() == [int(naive.shingle_hash([int(found[0][0]), int(found[1][0])]))]


def test_long_passages_without_anchors_take_time_in_proportion():
    """Two texts of which hardly a word agrees are aligned within the band: ten times the words, ten times the time."""
    chance = np.random.default_rng(0)
    nothing = dictionary(naive_edits.Known({}, set(), {}), {})

    def seconds(n):
        sides = [(chance.integers(1, 50, n).astype(np.uint64), np.full(n, -1, np.int32)) for _ in range(2)]
        began = time.perf_counter()
        kernels.paired(*sides, nothing, 5, 32, *paths(n))
        return time.perf_counter() - began

    seconds(100)
    assert min(seconds(20_000) for _ in range(3)) < 40 * min(seconds(2_000) for _ in range(5))
