"""What Unicode says of every code point, as tables for the kernels: its class, its folded form, its place in NFC."""

from __future__ import annotations

import collections
import contextlib
import functools
import itertools
import os
import threading
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from dedup.kernels import words as kernels
from dedup.kernels._jit import compilation
from dedup.kernels.scan import UNCERTAIN

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

# Where Unicode may assign characters, private use left out: below and above the surrogates, and the tags.
_RANGES = ((0, 0xD800), (0xE000, 0x34000), (0xE0000, 0xE1000))
_HANGUL_SECONDS = (range(0x1161, 0x1176), range(0x11A8, 0x11C3))  # vowels and finals: composed by rule, not by table

_ASSIGNED = dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "No", "Pc"), kernels.WORD)
_ASSIGNED |= dict.fromkeys(("Mn", "Mc", "Me"), kernels.MARK) | {"Nd": kernels.DIGIT, "Cf": kernels.IGNORED}
_ASSIGNED |= dict.fromkeys(("Zs", "Zl", "Zp"), kernels.SPACE)


class Tables(NamedTuple):
    """What the kernels know of every code point: arrays of length 0x110000, only to be read.

    ``classes`` are those of ``kernels.words``; ``folds`` is what a code point is written as; ``orders`` its canonical
    combining class, or ``scan.UNCERTAIN`` where NFC may replace it or join it with the character before.
    """

    classes: npt.NDArray[np.uint8]
    folds: npt.NDArray[np.int32]
    orders: npt.NDArray[np.uint8]


_POINTS = 0x110000
_making = threading.Lock()


def tables() -> Tables:
    """The tables, the same for all threads: made once per machine, which takes longer than all else of a short run."""
    with _making:
        return _tables()


@functools.cache
def _tables() -> Tables:
    if compilation.folder is None:
        return made_anew()
    version = f"{unicodedata.unidata_version}-{xxhash.xxh3_64_hexdigest(Path(__file__).read_bytes())}"
    file = compilation.folder / f"unicode-{version}.tables"
    return kept(file) or _keep(file, made_anew())


def kept(file: Path) -> Tables | None:
    """The tables in a file; None if there is none, or it is not whole."""
    try:
        data = memoryview(file.read_bytes())
    except OSError:
        return None
    digest, rest = data[:16], data[16:]
    if len(rest) != 6 * _POINTS or digest != xxhash.xxh3_128_digest(rest):
        return None
    folds, classes, orders = rest[: 4 * _POINTS], rest[4 * _POINTS : 5 * _POINTS], rest[5 * _POINTS :]
    return Tables(np.frombuffer(classes, np.uint8), np.frombuffer(folds, np.int32), np.frombuffer(orders, np.uint8))


def _keep(file: Path, made: Tables) -> Tables:
    """Write tables to a file if that can be done, whole or not at all, whoever else does the same."""
    rest = b"".join(table.tobytes() for table in (made.folds, made.classes, made.orders))
    partial = file.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    with contextlib.suppress(OSError):  # a full disk: they will be made again
        partial.write_bytes(xxhash.xxh3_128_digest(rest) + rest)
        partial.replace(file)
    return made


def made_anew() -> Tables:
    """The tables, made from Python's Unicode database."""
    classes = np.zeros(_POINTS, np.uint8)
    folds = np.arange(_POINTS, dtype=np.int32)
    orders = np.zeros(_POINTS, np.uint8)
    assigned = collections.defaultdict(int, _ASSIGNED)
    for (first, end), chars in zip(_RANGES, _characters(), strict=True):
        classes[first:end] = bytearray(map(assigned.__getitem__, map(unicodedata.category, chars)))
        folds[first:end] = np.frombuffer(_lowered(chars).encode("utf-32-le"), "<i4")
    marks = np.flatnonzero(classes == kernels.MARK)  # no other character has a combining class
    orders[marks] = [unicodedata.combining(chr(mark)) for mark in marks.tolist()]
    orders[[ord(char) for char in composing_seconds() | _replaced()]] = UNCERTAIN
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
    made = Tables(classes, folds, orders)
    for table in made:
        table.flags.writeable = False
    return made


def _characters() -> Iterator[str]:
    """The characters of each range, in a row."""
    for first, end in _RANGES:
        yield np.arange(first, end, dtype="<u4").tobytes().decode("utf-32-le")


def _lowered(chars: str) -> str:
    """Lower case of each of some characters; of the dotted capital I, which has two, the first."""
    return chars.replace("İ", "i").lower().replace("ς", "σ")


@functools.cache
def composing_seconds() -> frozenset[str]:
    """Characters that may compose with the one before them: many marks, Hangul vowels and finals, Indic vowel signs."""
    hangul = (chr(point) for points in _HANGUL_SECONDS for point in points)
    composed = (parts for char, parts in _decompositions() if unicodedata.is_normalized("NFC", char))
    return frozenset(hangul) | {parts[1] for parts in composed}


def _replaced() -> frozenset[str]:
    """Characters that no text in NFC holds."""
    return frozenset(char for char, _ in _decompositions() if not unicodedata.is_normalized("NFC", char))


@functools.cache
def _decompositions() -> list[tuple[str, str]]:
    """Characters that decompose canonically, and the one or two that they decompose to."""
    found = []
    for char in filter(unicodedata.decomposition, itertools.chain.from_iterable(_characters())):
        parts = unicodedata.decomposition(char).split()
        if not parts[0].startswith("<"):  # else a compatible form, which NFC leaves alone
            found.append((char, "".join(chr(int(part, 16)) for part in parts)))
    return found
