"""Vector instructions against Python's integers, and the scan of texts against its twins."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import vectors
from dedup.kernels._jit import kernel
from dedup.kernels.scan import PADDING, scan, survey
from dedup.sketch.tables import tables
from tests import naive
from tests.strategies import texts

_MASK = 2**64 - 1


@kernel
def _numbers(data, at, a, b):
    read = vectors.read64(data, at), vectors.read32(data, at)
    return read, vectors.high_product(a, b), vectors.reversed_bytes(a), vectors.first_bit(a), vectors.count_bits(a)


@kernel
def _block(data, at, out, to):
    return vectors.foreign_block(data, at), vectors.fold_block(data, at, out, to)


@kernel
def _least(found, a, b, slots):
    vectors.least_images_64(found, len(found), a, b, slots, 0)
    vectors.least_images_16(found, len(found), a, b, slots, 64)


def _padded(data, before=b""):
    return np.frombuffer(before + data + b"\x00" * PADDING, np.uint8)


def _bits(flags):
    return sum(flag << place for place, flag in enumerate(flags))


@given(st.binary(min_size=8, max_size=20), st.integers(0, _MASK), st.integers(0, _MASK))
def test_instructions_do_what_they_are_called(data, a, b):
    """Reads at any place, the upper half of a product, bytes turned round, bits counted."""
    at = len(data) - 8
    got = _numbers(np.frombuffer(data, np.uint8), at, np.uint64(a), np.uint64(b))
    read = int.from_bytes(data[at:], "little"), int.from_bytes(data[at : at + 4], "little")
    turned = int.from_bytes(a.to_bytes(8, "little"), "big")
    first = (a & -a).bit_length() - 1 if a else 64
    assert got == (read, a * b >> 64, turned, first, a.bit_count())


@given(st.binary(min_size=64, max_size=64), st.integers(0, 3))
def test_a_block_is_folded_as_its_letters_are(data, shift):
    """Each ASCII byte is written as its fold, white space as a blank; the masks say what the classes say."""
    out = np.zeros(64 + shift, np.uint8)
    foreign, masks = _block(_padded(data, b"x" * shift), shift, out, shift)
    folds = tables().folds
    kinds = [naive.kind(chr(byte)) if byte < 0x80 else "" for byte in data]
    assert foreign == masks[2] == _bits(kind == "" for kind in kinds)
    assert masks[1] == _bits(kind == "s" for kind in kinds)
    assert masks[0] == _bits(kind in {"w", "d"} for kind in kinds)
    for byte, kind, made in zip(data, kinds, out[shift:].tolist(), strict=True):
        if kind:
            assert made == (0x20 if kind == "s" else folds[byte])


@given(st.lists(st.integers(0, 2**32 - 1), max_size=20), st.integers(0, 99))
def test_least_images_are_least(found, seed):
    """Each slot holds the least image of all hashes, 2^32 - 1 without any."""
    a, b = np.random.default_rng(seed).integers(0, 2**32, (2, 80), np.uint32)
    slots = np.zeros(80, np.uint32)
    _least(np.array(found, np.uint32), a, b, slots)
    wanted = [min([2**32 - 1, *((h * int(a[k]) + int(b[k])) % 2**32 for h in found)]) for k in range(80)]
    assert slots.tolist() == wanted


def _scanned(text, before=b""):
    data = text.encode()
    out, edges = np.empty(2 * len(data) + PADDING, np.uint8), np.empty(len(data) + PADDING, np.uint32)
    begin, end = len(before), len(before) + len(data)
    n_out, n_words = scan(_padded(data, before), begin, end, tables().classes, tables().folds, out, edges)
    spans = edges[: 2 * n_words].reshape(-1, 2).tolist()
    made = bytes(out[:n_out])
    return made.decode(), [made[a:b].decode() for a, b in spans]


@settings(max_examples=300)
@given(texts.map(lambda text: unicodedata.normalize("NFC", text)), st.binary(max_size=3))
def test_a_scan_equals_the_twin(text, before):
    """Normalised text and words of any text in NFC, wherever it begins."""
    normalised, words = naive.normalise(text)
    assert _scanned(text, before) == (normalised, [word for word, *_ in words])


@pytest.mark.parametrize(
    "piece", ["é", "新", "\u200d", " ", "\n \t", "x", "İ", "\u0301", "”", "e\u0327", "𝔘", "\u2028"]
)
@pytest.mark.parametrize("filler", ["a", " ", "b ", "Ab-c, "])
def test_blocks_meet_without_a_seam(piece, filler):
    """What is not plain may stand at any place of a block, or across two, once or twice."""
    for length in (0, 1, 30, 61, 62, 63, 64, 65, 127, 128):
        for gap in (0, 1, 3, 63):
            text = ((filler * 130)[:length] + piece + (filler * 64)[:gap] + piece + "end").strip("\u0301\u0327")
            text = unicodedata.normalize("NFC", text)
            normalised, words = naive.normalise(text)
            assert _scanned(text) == (normalised, [word for word, *_ in words])


def _certain(text):
    data = text.encode()
    n_chars, certain = survey(_padded(data), 0, len(data), tables().classes, tables().orders)
    assert n_chars == len(text)
    return certain


@settings(max_examples=300)
@given(texts)
def test_what_is_sure_to_be_in_nfc_is(text):
    """A survey counts characters, and never takes a text for sure that NFC would change."""
    assert not _certain(text) or unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("text", ["", "plain " * 30, "naïve café “so” — £5", "新聞 ราคา", "שָׁלוֹם", "각", "a\u0316"])
def test_ordinary_texts_are_sure(text):
    """ASCII, composed letters, scripts of any kind: nothing for Python to do."""
    assert _certain(text)


@pytest.mark.parametrize("text", ["e\u0301", "\u0958", "\u212b", "\u1100\u1161", "q\u0307\u0323", "x" * 64 + "e\u0301"])
def test_texts_that_are_not_in_nfc_are_found(text):
    """Letters to be joined or replaced, marks out of order."""
    assert not _certain(text)


def test_heaps_of_marks_are_found():
    """More than thirty marks that follow each other, even where NFC would leave them as they are."""
    marks = "\u05b0" * 30
    assert _certain("x" + marks)
    assert _certain("x" + marks + "x" + marks)
    assert not _certain("x" + marks + "\u05b0")
    assert not _certain("x" + marks + "\u200d" + marks + "\u05b0" * 2)


def test_every_character_that_nfc_may_change_is_uncertain():
    """Each code point alone, and after a letter that it composes with."""
    orders = tables().orders
    points = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    changed = [point for point in points if not unicodedata.is_normalized("NFC", chr(point))]
    assert {orders[point] for point in changed} == {255}
    certain = [point for point in points if orders[point] != 255]
    assert [point for point in certain if unicodedata.combining(chr(point)) != orders[point]] == []
    for point in points:
        if len(parts := unicodedata.normalize("NFD", chr(point))) > 1 and point not in changed:
            assert orders[ord(parts[-1])] == 255
