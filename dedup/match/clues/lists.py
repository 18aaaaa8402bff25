"""The lists of words and phrases in ``phrases.txt``, as hashes."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from dedup.engine.base import U64, IntArray
from dedup.kernels.join import contains
from dedup.match.clues.sides import once
from dedup.match.collation import Collation

FILE = Path(__file__).with_name("phrases.txt")
LONGEST = 3  # words of a phrase
_LOWER = np.uint16((1 << 12) - 1)
_BASE = np.uint64(0x9E3779B97F4A7C15)


class Listed(NamedTuple):
    """Phrases of one to three words.

    Attributes:
        first: their first words, ascending.
        phrases: of each length their hashes, ascending.
    """

    first: U64
    phrases: tuple[U64, ...]


@functools.cache
def listed() -> dict[str, Listed]:
    """The lists, by name."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    named = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {name: _listed(phrases.split(",")) for name, phrases in named}


def _listed(phrases: list[str]) -> Listed:
    hashes = [
        np.array([xxhash.xxh3_64_intdigest(word.encode()) for word in phrase.split()], np.uint64) for phrase in phrases
    ]
    of_length = [
        np.array([_hashed(words, np.zeros(1, np.int64), n)[0] for words in hashes if len(words) == n], np.uint64)
        for n in range(1, LONGEST + 1)
    ]
    first = np.array([words[0] for words in hashes], np.uint64)
    return Listed(np.unique(first), tuple(np.unique(made) for made in of_length))


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


def occurrences(known: Listed, words: U64, at: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
    """At which of some places a phrase of a list begins, and how many words it has; short phrases first.

    Args:
        at: places in ``words``.
        end: where the phrase that begins there must have ended.
    """
    may = np.flatnonzero(contains(known.first, words[at]))
    found, lengths = [], []
    for n, phrases in enumerate(known.phrases, 1):
        fitting = may[at[may] + n <= end[may]]
        found.append(fitting[contains(phrases, _hashed(words, at[fitting], n))])
        lengths.append(np.full(len(found[-1]), n))
    return np.concatenate(found), np.concatenate(lengths)


def _hashed(words: U64, at: IntArray, n: int) -> U64:
    """Hashes of the phrases of ``n`` words that begin at some places."""
    out = words[at]
    for k in range(1, n):
        out = out * _BASE + words[at + k]
    return out
