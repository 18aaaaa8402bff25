"""Texts to keys in one pass, against the twins and against the path that knows more of each word."""

from __future__ import annotations

import itertools
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.lexicon import english
from dedup.sketch import bands, surface
from dedup.sketch.keys import PROBES, Keys, keys, word_hashes
from dedup.sketch.normalise import normalise
from tests import naive, naive_channels
from tests.strategies import ascii_text, texts, unflat

KINDS = dict(zip(english().words.tolist(), english().kinds.tolist(), strict=True))
CONFIG = Config(shingle_size=2, num_perm=64, winnow_window=3)
_blocks = st.lists(
    st.sampled_from(["a" * 62, "b" * 63, "c" * 64, "d" * 65, "e" * 241, " " * 63, " ", "\n", "é", "新", "İ", ". "]),
    max_size=9,
).map("".join)
_english = st.lists(
    st.sampled_from("the of and a in to was he it on by Reagan Bonn 7 1,000 pct said company new profit".split()),
    max_size=60,
).map(" ".join)
many_texts = st.lists(st.one_of(texts, ascii_text, _blocks, _english), max_size=6)
kinds = st.sampled_from([pa.string(), pa.large_string()])


def _naive(text, config):
    """Digest, band keys, probes, passage keys and keys of the wording of a text, by the book."""
    normalised, found = naive.normalise(unicodedata.normalize("NFC", text))
    words = [xxhash.xxh3_64_intdigest(word.encode()) for word, *_ in found]
    shingles = naive.shingles(words, config.shingle_size)
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    a, b = (half.tolist() for half in surface.permutations(config.num_perm, config.seed))
    band_keys = naive.band_keys(naive.signature(shingles, a[: chosen.slots], b[: chosen.slots]), chosen.rows)
    probes = naive.signature(shingles, *(half.tolist() for half in surface.permutations(PROBES, config.seed + 1)))
    if not shingles:
        band_keys, probes = [0] * chosen.bands, [0] * PROBES
    digest = xxhash.xxh3_128_intdigest(normalised.encode())
    wording = naive_channels.wording_keys(words, KINDS) if shingles else []
    return len(words), digest, band_keys, probes, bool(shingles), naive.winnow(shingles, config.winnow_window), wording


def _rows(made: Keys):
    digests = [high << 64 | low for high, low in made.digests.tolist()]
    columns = (made.n_words.tolist(), digests, made.surface.T.tolist(), made.probes.T.tolist(), made.shingled.tolist())
    passage, wording = unflat(made.passage, made.passage_offsets), unflat(made.wording, made.wording_offsets)
    return list(zip(*columns, passage, wording, strict=True))


@settings(max_examples=150)
@given(many_texts, kinds)
def test_keys_equal_the_twin(many, kind):
    """Every key of any text: in one batch, in Arrow's short and its long form."""
    made = keys(pa.array(many, kind), CONFIG)
    assert made.n_chars.tolist() == [len(text) for text in many]
    assert _rows(made) == [_naive(text, CONFIG) for text in many]


@settings(max_examples=100)
@given(many_texts, kinds)
def test_word_hashes_are_those_of_normalise(many, kind):
    """The same words and digests as the path that knows where they stand."""
    hashes, offsets, digests = word_hashes(pa.array(many, kind))
    known = normalise(pa.array(many, pa.large_string()))
    assert hashes.tolist() == known.words.hashes.tolist()
    assert offsets.tolist() == known.words.offsets.tolist()
    assert [f"{high:016x}{low:016x}" for high, low in digests.tolist()] == known.digests


@settings(max_examples=60)
@given(many_texts, kinds, st.data())
def test_slices_have_the_keys_of_the_whole(many, kind, data):
    """Where a batch is cut changes nothing."""
    whole = pa.array(many, kind)
    cuts = sorted([0, len(many), *data.draw(st.lists(st.integers(0, len(many)), max_size=3))])
    parts = [keys(whole.slice(a, b - a), CONFIG) for a, b in itertools.pairwise(cuts)]
    assert [row for part in parts for row in _rows(part)] == _rows(keys(whole, CONFIG))


@pytest.mark.parametrize("num_perm", [16, 60, 128, 256])
@pytest.mark.parametrize("size", [1, 3, 5, 9])
def test_keys_equal_those_of_signatures(seeds, num_perm, size):
    """The seeds, with other settings: band keys and winnowed shingles as made from words, step by step."""
    given_texts = pa.array([path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.txt"))] + ["", "one"])
    config = Config(num_perm=num_perm, shingle_size=size, recall=0.9, winnow_window=7)
    made, words = keys(given_texts, config), normalise(given_texts.cast(pa.large_string())).words
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    rows = surface.signatures(given_texts.to_pylist(), config)[:, : chosen.slots].tolist()
    found = [naive.shingles(own.tolist(), size) for own in np.split(words.hashes, words.offsets[1:-1])]
    assert made.shingled.tolist() == [len(own) > 0 for own in found]
    wanted = [naive.band_keys(row, chosen.rows) for row, own in zip(rows, found, strict=True) if own]
    assert made.surface[:, made.shingled].T.tolist() == wanted
    winnowed = [made.passage[a:b].tolist() for a, b in itertools.pairwise(made.passage_offsets.tolist())]
    assert winnowed == [naive.winnow(own, config.winnow_window) for own in found]


@pytest.mark.parametrize("n", [1, 2])
def test_what_is_not_looked_for_has_no_keys(n):
    """Without excerpts the passage channel stays empty, without rewrites the wording; all else is the same."""
    batch = pa.array(["It was one of the two that they had in their house when I was there", "", "短い文"])
    full, fast = keys(batch, Config()), keys(batch, Config(detect=Config().detect[:n]))
    assert full.wording_offsets[-1] > 0
    for empty in ("wording", "passage")[: 3 - n]:
        assert getattr(fast, empty).tolist() == []
        assert getattr(fast, f"{empty}_offsets").tolist() == [0, 0, 0, 0]
    same = len(full) - 2 * (3 - n)
    for one, other in zip(full[:same], fast[:same], strict=True):
        assert one.tolist() == other.tolist()


def test_no_texts_have_no_keys():
    """An empty batch, and one of empty texts, whose buffers may be missing."""
    assert keys(pa.array([], pa.string()), Config()).surface.shape == (17, 0)
    assert keys(pa.array(["", ""]), Config()).n_words.tolist() == [0, 0]
    assert word_hashes(pa.array([], pa.large_string()))[1].tolist() == [0]


def test_buffers_are_not_read_beyond_their_end():
    """The last text may end with its buffer: what follows it in memory has no part in its keys."""
    texts_ = ["word " * 20 + "end", "last one é"]
    joined = "".join(texts_).encode()
    offsets = pa.py_buffer(np.cumsum([0, *(len(text.encode()) for text in texts_)]).astype(np.int32))
    wanted = _rows(keys(pa.array(texts_), Config()))
    for rubbish in (b"", b"x" * 200, b"\xff" * 200):
        data = pa.py_buffer(joined + rubbish).slice(0, len(joined))
        assert _rows(keys(pa.StringArray.from_buffers(2, offsets, data), Config())) == wanted


def test_threads_do_not_disturb_each_other():
    """Several threads at once make what one makes."""
    batches = [
        pa.array([f"{word} é " * k for k in range(60)]) for word in ("one two", "新聞 \n three", "e\u0301", "IV ")
    ]
    wanted = [_rows(keys(batch, CONFIG)) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        assert [_rows(made) for made in pool.map(lambda batch: keys(batch, CONFIG), batches * 20)] == wanted * 20


def test_probes_estimate_the_resemblance():
    """They agree for equal texts, and are not those of the bands."""
    made = keys(pa.array(["a b c d e f g", "A, b - C d e f g!"]), Config())
    assert made.probes[:, 0].tolist() == made.probes[:, 1].tolist()
    assert not set(made.probes[:, 0].tolist()) & set(surface.signatures(["a b c d e f g"])[0].tolist())
