"""The keys of a text's wording, against their twins."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import lexicon
from dedup.kernels import wording as kernels
from dedup.kernels.lexicon import BUCKET_BITS
from tests import naive_channels as naive
from tests.strategies import hashes, u64

_few = st.integers(1, 12).map(lambda k: k * 0x1357_9BDF_0246_8ACE % 2**64)
_words = st.one_of(_few, hashes)
kinds_of = st.dictionaries(_words, st.integers(0, 3), max_size=14)
texts = st.one_of(st.lists(_few, max_size=60), st.lists(_words, max_size=30))


def _dictionary(kinds):
    """A dictionary of words and their kinds, as the kernels take it."""
    words = u64(sorted(kinds))
    edges = np.arange(1 << BUCKET_BITS, dtype=np.uint64) << np.uint64(64 - BUCKET_BITS)
    buckets = np.append(np.searchsorted(words, edges), len(words)).astype(np.int32)
    return words, buckets, np.array([kinds[word] for word in words.tolist()], np.uint8)


def _dealt(text, kinds):
    n = len(text)
    places, style, anchors = np.empty(n, np.int32), np.empty(n, np.uint64), np.empty(n, np.uint64)
    n_style, n_anchors = kernels.deal_words(u64(text), n, _dictionary(kinds), places, style, anchors)
    return style[:n_style], anchors[:n_anchors]


@settings(max_examples=80)
@given(texts, kinds_of)
def test_words_are_dealt_as_the_twin_does(text, kinds):
    """Function words to one list, unknown words and those of no kind to the other, in order."""
    style, anchors = _dealt(text, kinds)
    assert (style.tolist(), anchors.tolist()) == naive.deal_words(text, kinds)


@settings(max_examples=150)
@given(texts, st.integers(1, 7), st.integers(0, 1), st.integers(0, 3))
def test_grams_equal_the_twin(text, size, channel, before):
    """One of every window, its channel in the last bit; what was written before stays."""
    out, found = np.full(len(text) + before, 7, np.uint64), np.empty(len(text), np.uint64)
    end = kernels.fill_grams(u64(text), size, np.uint64(channel), found, out, before)
    assert out[:before].tolist() == [7] * before
    assert out[before:end].tolist() == naive.grams(text, size, channel)


@settings(max_examples=150)
@given(texts, kinds_of, st.integers(0, 3))
def test_keys_of_wording_equal_the_twin(text, kinds, before):
    """The keys of both channels, ascending, each once."""
    style, anchors = _dealt(text, kinds)
    out, found = np.full(len(text) + before, 7, np.uint64), np.empty(len(text), np.uint64)
    end = kernels.fill_wording(style, anchors, found, out, before)
    assert out[:before].tolist() == [7] * before
    assert out[before:end].tolist() == naive.wording_keys(text, kinds)


def test_the_kinds_are_those_of_the_lexicon():
    """A function word's bit is the same in both."""
    assert kernels.FUNCTION == lexicon.FUNCTION
