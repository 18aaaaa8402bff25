"""The lists of words and phrases in ``phrases.txt``, as hashes."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash

from dedup.engine.base import IntArray
from dedup.match.clues.sides import once
from dedup.match.collation import Collation
from dedup.sketch.phrases import Listed
from dedup.sketch.phrases import listed as of_words

FILE = Path(__file__).with_name("phrases.txt")
_LOWER = np.uint16((1 << 12) - 1)


@functools.cache
def listed() -> dict[str, Listed]:
    """The lists, by name."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    named = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {name: _listed(phrases.split(",")) for name, phrases in named}


def _listed(phrases: list[str]) -> Listed:
    hashes = ([xxhash.xxh3_64_intdigest(word.encode()) for word in phrase.split()] for phrase in phrases)
    return of_words([np.array(words, np.uint64) for words in hashes])


@functools.cache
def _may_begin() -> npt.NDArray[np.bool_]:
    """Whether a phrase of any list begins with a word with these lower bits, ``bool[4096]``: few do."""
    made = np.zeros(int(_LOWER) + 1, np.bool_)
    for known in listed().values():
        made[known.first.astype(np.uint16) & _LOWER] = True
    return made


@once
def _openings(c: Collation) -> IntArray:
    """Places of the words of a collation with which a phrase may begin."""
    return np.flatnonzero(np.take(_may_begin(), c.words.astype(np.uint16) & _LOWER))


def begins(c: Collation, spans: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Words of some spans with which a phrase may begin: the place of each, the end of its span, and the span.

    Args:
        spans: first word and the one after the last, ``int64[n, 2]``.
    """
    may = _openings(c)
    first, last = np.searchsorted(may, spans).T
    sizes = last - first
    span = np.repeat(np.arange(len(sizes)), sizes)
    at = may[np.arange(len(span)) + (first - np.cumsum(sizes) + sizes)[span]]
    return at, spans[span, 1], span
