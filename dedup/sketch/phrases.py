"""Phrases of a list, found in texts by the hashes of their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.join import contains

U64 = npt.NDArray[np.uint64]
IntArray = npt.NDArray[np.int64]

_BASE = np.uint64(0x9E3779B97F4A7C15)


class Listed(NamedTuple):
    """Phrases.

    Attributes:
        first: their first words, ascending.
        phrases: of each length, from one word on, their hashes, ascending.
    """

    first: U64
    phrases: tuple[U64, ...]


def listed(phrases: Sequence[U64]) -> Listed:
    """A list of phrases, each the hashes of its words; none is empty."""
    of_length = []
    for n in range(1, 1 + max(map(len, phrases), default=0)):
        same = np.array([words for words in phrases if len(words) == n], np.uint64).ravel()
        of_length.append(np.unique(_hashed(same, np.arange(0, len(same), n), n)))
    return Listed(np.unique(np.array([words[0] for words in phrases], np.uint64)), tuple(of_length))


def occurrences(known: Listed, words: U64, at: IntArray, end: IntArray) -> tuple[IntArray, IntArray]:
    """At which of some places a phrase of a list begins, and how many words it has; short phrases first.

    Args:
        at: places in ``words``.
        end: where the phrase that begins there must have ended.
    """
    may = np.flatnonzero(contains(known.first, words[at]))
    found, lengths = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
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
