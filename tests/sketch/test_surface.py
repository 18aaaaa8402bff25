"""Signatures that anyone can recompute, and the keys made of them."""

from __future__ import annotations

import re
from functools import reduce

import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from dedup.config import Config
from dedup.sketch import bands, surface
from dedup.sketch.keys import keys
from tests.strategies import ascii_text


def recipe(text: str, size: int = 5, num_perm: int = 128, seed: int = 1) -> MinHash:
    """The README's recipe: a signature by ``xxhash`` and ``datasketch`` alone."""
    words = [xxh3_64_intdigest(word.encode()) for word in re.findall(r"\w+", text.lower())]
    minhash = MinHash(num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda shingle: shingle >> 32)
    for i in range(len(words) - size + 1):
        shingle = reduce(lambda h, word: (h * 0x9E3779B97F4A7C15 + word) % 2**64, words[i : i + size], 0)
        shingle ^= shingle >> 32
        shingle = shingle * 0xC2B2AE3D27D4EB4F % 2**64
        minhash.update(shingle ^ shingle >> 32)
    return minhash


def test_signatures_of_the_seeds_equal_the_recipe(seeds):
    """Real articles, default settings: bit for bit."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(seeds.glob("*.txt"))]
    made = surface.signatures(texts)
    assert made.shape == (5, 128)
    for text, row in zip(texts, made, strict=True):
        assert row.tolist() == recipe(text).hashvalues.tolist()


@settings(max_examples=40)
@given(
    st.lists(ascii_text, max_size=3), st.integers(1, 7), st.sampled_from([16, 100, 256]), st.sampled_from([0, 1, 99])
)
def test_signatures_equal_the_recipe(texts, size, num_perm, seed):
    """Any ASCII text, any size of shingle, number of slots and seed."""
    made = surface.signatures(texts, Config(shingle_size=size, num_perm=num_perm, seed=seed))
    assert made.shape == (len(texts), num_perm)
    for text, row in zip(texts, made, strict=True):
        assert row.tolist() == recipe(text, size, num_perm, seed).hashvalues.tolist()


def test_a_signature_estimates_the_resemblance():
    """Datasketch takes our signature for its own: its estimate is near the Jaccard of the shingle sets."""
    words = [f"word{k}" for k in range(400)]
    rows = surface.signatures([" ".join(words), " ".join([*words[:300], *words[:20]])], Config(num_perm=256))
    one, other = (MinHash(num_perm=256, scheme="affine32", hashvalues=row) for row in rows)
    assert one.jaccard(other) == pytest.approx(296 / 416, abs=0.1)


@pytest.mark.parametrize("text", ["", "...", "four words are few", "新聞記者"])
def test_texts_too_short_to_shingle_have_no_keys(text):
    """They meet others by digest alone; their signature is empty."""
    made = keys(pa.array([text]), Config())
    assert made.shingled.tolist() == [False]
    assert made.passage.tolist() == []
    assert set(surface.signatures([text])[0].tolist()) == {2**32 - 1}


def test_keys_come_from_the_chosen_bands():
    """A key per band for each text that can be shingled; equal texts have equal keys."""
    config = Config(num_perm=64)
    text = "five words are just enough"
    made = keys(pa.array([text, "too short", text.upper()]), config)
    assert made.shingled.tolist() == [True, False, True]
    assert len(made.surface) == bands.choose(config.min_jaccard, config.recall, 64).bands
    assert made.surface[:, 0].tolist() == made.surface[:, 2].tolist()
    assert len(set(made.surface[:, 0].tolist())) == len(made.surface)
