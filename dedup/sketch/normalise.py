"""Text to normalised text and words.

Normalised means: Unicode NFC; lower case, letter by letter (final sigma written as sigma); white space as one blank,
none at the ends; every kind of quotation mark, apostrophe and dash as the plain one; invisible format characters
(soft hyphen, byte-order and direction marks, joiners) left out. Two texts with equal normalised text are `exact`
copies.

A word is a run of letters, digits, marks and underscores: on ASCII text exactly what the regular expression ``\\w+``
finds in the lower-cased text. In scripts that write no spaces between words each letter, with its marks, is a word.

A quotation runs from a mark that opens to one that closes. Where a mark stands says more than its form, which differs
between languages: before a word it opens, after a word or a full stop it closes. Apostrophes quote only in a text
without any double mark (the British manner). A quotation ends with its paragraph; it counts only if it is closed or
goes on in the next one, and is not so long that a mark must have been lost (``kernels.words``).
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dedup.kernels import words as kernels

# Blocks whose scripts put no space between words (Unicode 15.1, UAX #14 classes ID, SA and their like).
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0x312F),  # CJK radicals, Hiragana, Katakana, Bopomofo
    (0x31A0, 0x31BF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar extended
    (0xAA60, 0xAADF),  # Myanmar extended, Tai Viet
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x323AF),
)
_DOUBLE_QUOTES = {
    '"': kernels.EITHER,
    "“": kernels.OPENING,
    "”": kernels.CLOSING,
    "„": kernels.OPENING,
    "‟": kernels.EITHER,
}
_DOUBLE_QUOTES |= {"«": kernels.EITHER, "»": kernels.EITHER, "「": kernels.OPENING, "」": kernels.CLOSING}
_DOUBLE_QUOTES |= {
    "『": kernels.OPENING,
    "』": kernels.CLOSING,
    "＂": kernels.EITHER,
    "〝": kernels.OPENING,
    "〞": kernels.CLOSING,
}
_APOSTROPHES = "'‘’‚‛`´ʼ＇‹›"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_ZERO_WIDTH_SPACE = "\u200b"  # a format character by category, a word boundary by use

_CHUNK_BYTES = 1 << 20
_MOST_MARKS = 30


@functools.cache
def tables() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """Class and folded form of every code point: two arrays of length 0x110000."""
    classes = np.zeros(0x110000, np.uint8)
    folds = np.arange(0x110000, dtype=np.int32)
    for point in range(0x110000):
        category = unicodedata.category(chr(point))
        if category in _ASSIGNED:
            classes[point] = _ASSIGNED[category]
        if category in {"Lu", "Lt", "Nl", "So"}:
            folds[point] = ord(chr(point).lower()[0])
    for first, last in _UNSPACED:
        block = classes[first : last + 1]
        block[block == kernels.WORD] = kernels.UNSPACED
    for space in "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85" + _ZERO_WIDTH_SPACE:
        classes[ord(space)] = kernels.SPACE
    for mark, kind in _DOUBLE_QUOTES.items():
        classes[ord(mark)], folds[ord(mark)] = kind, ord('"')
    for mark in _APOSTROPHES:
        classes[ord(mark)], folds[ord(mark)] = kernels.APOSTROPHE, ord("'")
    for mark in _DASHES:
        classes[ord(mark)], folds[ord(mark)] = kernels.OTHER, ord("-")
    folds[ord("ς")] = ord("σ")
    return classes, folds


_ASSIGNED = dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "No", "Pc"), kernels.WORD)
_ASSIGNED |= dict.fromkeys(("Mn", "Mc", "Me"), kernels.MARK) | {"Nd": kernels.DIGIT, "Cf": kernels.IGNORED}
_ASSIGNED |= dict.fromkeys(("Zs", "Zl", "Zp"), kernels.SPACE)


class Words(NamedTuple):
    """The words of some texts, end to end; text ``i`` owns ``offsets[i]:offsets[i + 1]``.

    ``hashes`` are XXH3-64 of each word's normalised UTF-8, ``begins`` and ``ends`` its span in characters of the
    original text, ``marks`` what else is known of it: the bits named in ``kernels.words``.
    """

    offsets: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    begins: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    marks: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Normalised:
    """Some texts after normalisation: characters, digest and words of each."""

    n_chars: npt.NDArray[np.int64]
    digests: list[str]
    words: Words


def normalise(texts: pa.LargeStringArray) -> Normalised:
    """Normalise texts and split them into words.

    Args:
        texts: no nulls.

    Returns:
        Characters (of the original), xxh3-128 of the normalised UTF-8 in hexadecimal, and words of each text.
    """
    data, offsets, mended = _nfc(texts)
    pieces: list[tuple[npt.NDArray[np.int64], list[str], Words]] = []
    first = 0
    n = len(texts)
    while first < n:
        last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + _CHUNK_BYTES, "right")) - 1)
        last = min(last, n)
        pieces.append(_normalise_chunk(data, offsets[first : last + 1]))
        first = last
    n_chars = np.concatenate([piece[0] for piece in pieces]) if pieces else np.zeros(0, np.int64)
    words = _joined([piece[2] for piece in pieces])
    words.hashes.flags.writeable = False  # as Arrow's arrays are: kernels that take both compile once
    for i, (starts, stops) in mended.items():
        span = slice(words.offsets[i], words.offsets[i + 1])
        words.begins[span] = starts[words.begins[span]]
        words.ends[span] = stops[words.ends[span] - 1]
        n_chars[i] = stops[-1]
    return Normalised(n_chars, [digest for piece in pieces for digest in piece[1]], words)


def _normalise_chunk(
    data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], list[str], Words]:
    classes, folds = tables()
    n, size = len(offsets) - 1, int(offsets[-1] - offsets[0])
    out = np.empty(2 * size + 4, np.uint8)
    hashes = np.empty(size + 1, np.uint64)
    begins, ends = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
    marks = np.empty(size + 1, np.uint8)
    out_offsets, word_offsets = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    n_chars = np.empty(n, np.int64)
    kernels.normalise_batch(
        data, offsets, classes, folds, _quotes_with_apostrophes(data, offsets),
        out, out_offsets, hashes, begins, ends, marks, word_offsets, n_chars,
    )  # fmt: skip
    view = out.data
    bounds = out_offsets.tolist()
    digests = [xxhash.xxh3_128_hexdigest(view[a:b]) for a, b in itertools.pairwise(bounds)]
    m = int(word_offsets[-1])
    words = Words(word_offsets, hashes[:m].copy(), begins[:m].copy(), ends[:m].copy(), marks[:m].copy())
    return n_chars, digests, words


def _joined(parts: list[Words]) -> Words:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none = np.zeros(0, np.int32)
        return Words(np.zeros(1, np.int64), np.zeros(0, np.uint64), none, none, np.zeros(0, np.uint8))
    shifts = np.cumsum([0] + [int(part.offsets[-1]) for part in parts])
    offsets = [part.offsets[:-1] + shift for part, shift in zip(parts, shifts, strict=False)]
    return Words(
        np.concatenate([*offsets, shifts[-1:]]),
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.begins for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.marks for part in parts]),
    )


def _quotes_with_apostrophes(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether each text quotes in the British manner: it holds no double quotation mark at all."""
    view = data.data
    bounds = offsets.tolist()
    marks = [mark.encode() for mark in _DOUBLE_QUOTES]
    texts = (bytes(view[a:b]) for a, b in itertools.pairwise(bounds))
    return np.array([not any(mark in text for mark in marks) for text in texts], np.bool_)


_Mended = dict[int, tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]


def _nfc(texts: pa.LargeStringArray) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], _Mended]:
    """UTF-8 bytes and offsets of the texts in NFC, and for each text that was not, its map back to the original."""
    mended: _Mended = {}
    replaced: dict[int, str] = {}
    for i in np.flatnonzero(~np.asarray(pc.string_is_ascii(texts), np.bool_)).tolist():
        text = texts[i].as_py()
        if _heaps_marks(text) or not unicodedata.is_normalized("NFC", text):
            replaced[i], starts, stops = composed(text)
            mended[i] = (starts, stops)
    if replaced:
        values = texts.to_pylist()
        for i, text in replaced.items():
            values[i] = text
        texts = pa.array(values, pa.large_string())
    _, offset_buffer, data_buffer = texts.buffers()
    offsets = (
        np.frombuffer(offset_buffer, np.int64, len(texts) + 1, 8 * texts.offset)
        if offset_buffer
        else np.zeros(1, np.int64)
    )
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.zeros(0, np.uint8)
    return data, offsets, mended


def composed(text: str) -> tuple[str, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """NFC of a text, and for each of its characters the span of original characters that it came from.

    The text is cut where no composition can cross: before each character that is a starter and composes with nothing
    before it; and after ``_MOST_MARKS`` marks on one letter, which no language has, for putting n marks in order takes
    n^2 steps (the Stream-Safe Text Format of Unicode, UAX #15, section 13).
    """
    parts: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    begin = 0
    for at in range(1, len(text) + 1):
        joins = at < len(text) and (unicodedata.combining(text[at]) or text[at] in _composing_seconds())
        if joins and at - begin <= _MOST_MARKS:
            continue
        part = unicodedata.normalize("NFC", text[begin:at])
        parts.append(part)
        starts.extend([begin] * len(part))
        stops.extend([at] * len(part))
        begin = at
    return "".join(parts), np.array(starts, np.int32), np.array(stops, np.int32)


def _heaps_marks(text: str) -> bool:
    """Whether more than ``_MOST_MARKS`` marks follow each other somewhere in a text."""
    classes, _ = tables()
    others = np.flatnonzero(classes[np.frombuffer(text.encode("utf-32-le"), np.uint32)] != kernels.MARK)
    return bool(np.diff(others, prepend=-1, append=len(text)).max() > _MOST_MARKS + 1)


@functools.cache
def _composing_seconds() -> frozenset[str]:
    """Starters that may compose with the character before them: Hangul vowels and finals, some Indic vowel signs."""
    seconds = {chr(point) for point in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for point in range(0x110000):
        decomposition = unicodedata.decomposition(chr(point))
        if decomposition and "<" not in decomposition and " " in decomposition:
            seconds.add(chr(int(decomposition.split()[1], 16)))
    return frozenset(seconds)
