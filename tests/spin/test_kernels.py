"""The kernels of the spin score against slow and obvious twins."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels import background
from dedup.kernels import spin as kernels
from dedup.kernels.phrases import phrase_hits
from dedup.kernels.words import CAPITAL, FIRST, NUMBER, QUOTED
from dedup.lexicon import bucketed
from tests.naive_spin import (
    naive_background,
    naive_columns,
    naive_hits,
    naive_likeliest,
    naive_log_odds,
    naive_mixture,
    naive_read,
    naive_weigh,
)
from tests.strategies import flat, u64

N_WORDS, N_CHOICES = 6, 3
HASHES = [101 + 7 * i for i in range(N_WORDS)]  # of the words of a small dictionary
word = st.sampled_from([*HASHES, 50, 51])
marked = st.lists(
    st.tuples(word, st.sampled_from([0, 0, 0, FIRST, QUOTED, CAPITAL, NUMBER, FIRST | CAPITAL])), max_size=12
)
some_texts = st.lists(marked, min_size=1, max_size=5)
numbers = st.floats(-4, 4, allow_nan=False)


KINDS = dict(zip(HASHES, [1, 2, 0, 2, 2, 1], strict=True))  # of the words of the dictionary: function 1, mutable 2


def looked_up(texts):
    """Words, marks and offsets of texts as the kernels take them, and what ``background.read`` says of them."""
    words, offsets = flat([[w for w, _ in text] for text in texts])
    words.flags.writeable = False
    marks = np.array([mark for text in texts for _, mark in text], np.uint8)
    known = bucketed(u64(HASHES))
    dictionary = u64(HASHES), known, np.array([*KINDS.values()], np.uint8)
    for array in dictionary:
        array.flags.writeable = False
    tokens, places, free = np.empty_like(words), np.empty(len(words), np.int32), np.empty(len(words), np.bool_)
    tallies = np.empty((len(texts), 3), np.int64)
    background.read(words, marks, offsets, dictionary, 1, 2, tokens, places, free, tallies)
    return words, marks, offsets, tokens, places, free, tallies


def arrays(texts):
    """Words, marks, tokens and offsets of texts as the kernels take them."""
    words, marks, offsets, tokens, *_ = looked_up(texts)
    return words, marks, tokens, offsets


def counted(texts, size=1 << 20):
    """A background of texts, and the same by its twin."""
    _, marks, tokens, offsets = arrays(texts)
    table = np.zeros(size, np.uint8)
    background.count(tokens, marks, offsets, 128, table)
    parts = [slice(a, b) for a, b in itertools.pairwise(offsets)]
    return table, naive_background([(tokens[part].tolist(), marks[part].tolist()) for part in parts])


def count_of(table, key):
    """What a background says of a word or of a pair."""
    number = background.pair_key(*map(np.uint64, key)) if isinstance(key, tuple) else key
    return background.count_of(table, np.uint64(number))


@given(some_texts)
def test_words_are_looked_up(texts):
    """What each is counted as, where it stands in the dictionary, whether it is free; and how many are what."""
    *_, tokens, places, free, tallies = looked_up(texts)
    expected = [naive_read(text, KINDS, 1, 2) for text in texts]
    assert [*zip(tokens.tolist(), places.tolist(), free.tolist(), strict=True)] == [
        (token, place, bool(is_free)) for rows, _ in expected for token, place, is_free in rows
    ]
    assert tallies.tolist() == [tally for _, tally in expected]


@given(some_texts)
def test_a_background_counts_texts(texts):
    """Each word and each pair, with the edges of sentences, counts once a text."""
    table, counts = counted(texts)
    assert {key: count_of(table, key) for key in counts} == counts
    assert count_of(table, 987654321) == 0


@given(some_texts)
def test_a_crowded_background_counts_too_much_only(texts):
    """Where counters are few, keys share them: no count is ever too low."""
    table, counts = counted(texts, 64)
    assert all(count_of(table, key) >= n for key, n in counts.items())


def test_counts_stop_and_leave_the_text_itself_out():
    """A counter stops at 255; the text's own count is taken off."""
    table, _ = counted([[(101, 0)]] * 300)
    assert count_of(table, 101) == background.MOST
    table, _ = counted([[(101, 0)]] * 3)
    assert [background.others(count_of(table, key), 1) for key in (101, 999)] == [2, 0]


dictionaries = st.tuples(
    st.lists(st.integers(0, 3), min_size=N_WORDS, max_size=N_WORDS),  # lemmas
    st.lists(st.integers(1, 3), min_size=N_WORDS, max_size=N_WORDS),  # forms
    st.lists(st.sampled_from([0.0, 1.5, 3.0, 4.5]), min_size=N_WORDS, max_size=N_WORDS),  # frequencies
    st.lists(st.lists(st.integers(0, 3), unique=True, max_size=3), min_size=4, max_size=4),  # synonyms of lemmas
)


def likeliest(dictionary):
    """The most usual synonyms of each word of a dictionary, by the kernel and by its twin."""
    lemmas, forms, zipf, synonyms = dictionary
    members = [[i for i, lemma in enumerate(lemmas) if lemma == number] for number in range(4)]
    (flat_synonyms, synonyms_from), (flat_members, members_from) = flat(synonyms), flat(members)
    chosen = np.full((N_WORDS, N_CHOICES), -1, np.int32)
    kernels.likeliest(
        np.array(lemmas, np.int32), np.array(forms, np.uint8), np.array(zipf), flat_synonyms.astype(np.int32),
        synonyms_from, flat_members.astype(np.int32), members_from, chosen,
    )  # fmt: skip
    return chosen, naive_likeliest(lemmas, forms, zipf, synonyms, members, N_CHOICES)


@given(dictionaries)
def test_the_most_usual_synonyms_are_chosen(dictionary):
    """The best few in a form that the word has, too."""
    chosen, expected = likeliest(dictionary)
    assert chosen.tolist() == expected


@given(some_texts, some_texts, dictionaries, st.booleans())
def test_words_are_weighed(texts, others, dictionary, own):
    """Each free lemma of a text is weighed once outside quotations and once inside."""
    words, marks, tokens, offsets = arrays(texts)
    table, counts = counted([*others, *texts] if own else others)
    chosen, _ = likeliest(dictionary)
    lemmas = dictionary[0]
    places = np.array([HASHES.index(w) if w in HASHES else -1 for w in words.tolist()], np.int32)
    free = (places >= 0) & (tokens == words)
    n = int(free.sum())
    at, found = np.empty(n, np.int64), np.empty((n, kernels.COUNTS), np.uint8)
    originals, mine = np.empty(n, np.int32), np.full(len(texts), own)
    n = kernels.weigh(
        tokens, marks, places, free, offsets, mine, table, u64(HASHES), np.array(lemmas, np.int32), chosen,
        at, found, originals,
    )  # fmt: skip
    expected = []
    for begin, end in itertools.pairwise(offsets.tolist()):
        part = [array[begin:end].tolist() for array in (tokens, marks, places, free)]
        known = HASHES, lemmas, chosen.tolist()
        expected += [(begin + i, *rest) for i, *rest in naive_weigh(*part, counts, int(own), known)]
    assert at[:n].tolist() == [i for i, _, _ in expected]
    assert found[:n].tolist() == [row for _, row, _ in expected]
    assert originals[:n].tolist() == [original for _, _, original in expected]


known_words = st.tuples(
    st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=1, max_size=3),  # columns of the dictionary
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.sampled_from([0, 1, 3, 255]), min_size=7, max_size=7)), max_size=4
    ),
)
terms = st.lists(st.tuples(st.integers(0, 13), numbers, st.integers(-1, 13), numbers), max_size=4)


@given(known_words, terms, numbers)
def test_log_odds_are_sums_of_terms(words, terms, bias):
    """Each term is a weight times what a column has beyond a knot, times another column if it names one."""
    dictionary, rows = words
    places = np.array([place % len(dictionary) for place, _ in rows], np.int32)
    counts = np.array([row for _, row in rows], np.uint8).reshape(-1, kernels.COUNTS)
    columns = np.empty((len(rows), kernels.COLUMNS))
    kernels.all_columns(places, np.array(dictionary), counts, columns)
    expected = [naive_columns(dictionary[place], row.tolist()) for place, row in zip(places, counts, strict=True)]
    assert columns.ravel().tolist() == pytest.approx(list(itertools.chain(*expected)))
    of, over, times, weights = (np.array([term[k] for term in terms]) for k in range(4))
    out = np.empty(len(rows))
    kernels.log_odds(
        places, np.array(dictionary), counts, of.astype(np.int64), over.astype(float), times.astype(np.int64),
        weights.astype(float), bias, out,
    )  # fmt: skip
    assert out.tolist() == pytest.approx(naive_log_odds(expected, terms, bias))


@given(
    st.lists(st.lists(st.tuples(st.one_of(numbers, st.floats(-300, 300)), st.booleans()), max_size=9), min_size=1),
    st.lists(st.floats(0, 0.9), min_size=1, max_size=3),
)
def test_the_best_mixture_counts(texts, shares):
    """The gain of a text is that of the share of replaced words that explains it best; quotations are left out."""
    offsets = np.cumsum([0, *map(len, texts)])
    gains, means = np.empty(len(texts)), np.empty((len(texts), 2))
    ratios = [pair for text in texts for pair in text]
    inside = np.array([quoted for _, quoted in ratios], np.bool_)
    kernels.mixture(np.array([ratio for ratio, _ in ratios], float), inside, offsets, np.array(shares), gains, means)
    expected = [naive_mixture(text, shares) for text in texts]
    assert gains.tolist() == pytest.approx([gain for gain, _ in expected])
    assert means.ravel().tolist() == pytest.approx([mean for _, both in expected for mean in both])
    assert not any(map(math.isnan, gains))


phrase = st.tuples(st.lists(st.sampled_from([*HASHES[:3], 1, 2]), min_size=1, max_size=3), st.booleans())


@given(some_texts, st.lists(phrase.filter(lambda made: made[0][0] != 2), min_size=1, max_size=5), st.integers(0, 3))
def test_phrases_are_found(texts, phrases, room):
    """Each word begins at most one phrase; none reaches into a quotation; more hits than room are still counted."""
    phrases = sorted(phrases, key=lambda made: made[0][0])
    words, marks, tokens, offsets = arrays(texts)
    firsts, first_from = np.unique(u64([made[0][0] for made in phrases]), return_index=True)
    listed, listed_from = flat([made[0] for made in phrases])
    bounds = np.append(first_from, len(phrases)).astype(np.int64)
    lower = np.array([made[1] for made in phrases])
    found = np.empty((room, 3), np.int64)
    n = phrase_hits(words, tokens, marks, offsets, firsts, bounds, listed, listed_from, lower, found)
    expected = []
    for begin, end in itertools.pairwise(offsets.tolist()):
        part = [array[begin:end].tolist() for array in (words, tokens, marks)]
        expected += [[number, begin + i, begin + j] for number, i, j in naive_hits(*part, phrases)]
    assert n == len(expected)
    assert found[: min(n, room)].tolist() == expected[:room]
