"""Words of some classes that one side alone has: emphasis, talk, grammar, markup.

An editor takes out "very" and "I think", and writes out what was jotted down; so the side that has such words of its
own is the earlier or the later one. Which classes tell, and of which texts, is learned; here they are counted. The
classes stand in ``words.toml``.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import U64, IntArray
from dedup.lexicon import bucketed, found, hashes
from dedup.lexicon.frequency import zipf
from dedup.match.clues.sides import Floats, Own, bounded, once, own_words
from dedup.match.collation import Clue, Collation

WORDS = Path(__file__).with_name("words.toml")
_ALL = 9.0  # Zipf value of all words together
_REFERENCE, _NEWS = 0.006, 0.012  # of all words those that report, at most in a work of reference, at least in news


class Classes(NamedTuple):
    """Words of some classes.

    Attributes:
        words: ``uint64[n]``, ascending.
        bits: ``int64[n]``, the classes of each, a bit for each class.
        buckets: how many words have less upper bits than each number (``kernels.lexicon``).
        bit: of each class its bit.
        share: of each class its share of the words of English.
    """

    words: U64
    bits: IntArray
    buckets: npt.NDArray[np.int32]
    bit: dict[str, int]
    share: dict[str, float]

    def of(self, words: U64) -> tuple[IntArray, IntArray]:
        """Places of the words that are in a class, ascending, and the bits of each."""
        places = found(words, self.words, self.buckets)
        at = np.flatnonzero(places >= 0)
        return at, self.bits[places[at]]


@functools.cache
def classes() -> Classes:
    """The classes of ``words.toml``."""
    lists = {name: table["words"].split() for name, table in tomllib.loads(WORDS.read_text(encoding="utf-8")).items()}
    named = {name: np.unique(hashes(pa.array(members, pa.string()))) for name, members in lists.items()}
    bit = {name: 1 << place for place, name in enumerate(named)}
    words = np.unique(np.concatenate(list(named.values())))
    bits = np.sum([np.isin(words, named[name]) * bit[name] for name in named], axis=0)
    buckets = bucketed(words)
    share = {name: float((10.0 ** (zipf(members) - _ALL)).sum()) for name, members in named.items()}
    for array in (words, bits, buckets):
        array.flags.writeable = False
    return Classes(words, bits, buckets, bit, share)


@once
def _classed(c: Collation) -> tuple[IntArray, IntArray]:
    """Own words that are in a class, places in ``Own.at``, and the classes of each."""
    return classes().of(c.words[own_words(c).at])


def _own(c: Collation, name: str) -> Own:
    """The own words of a class."""
    at, bits = _classed(c)
    return own_words(c).where(at[bits & classes().bit[name] > 0])


def more_of(name: str) -> Callable[[Collation], Clue]:
    """A reader: the later text has more words of a class of its own; the logarithm of the ratio of their counts."""

    def read(c: Collation) -> Clue:
        own = _own(c, name)
        left, right = own.tally()
        return own.clue(np.log((right + 1) / (left + 1)), c)

    return read


def denser_in(name: str) -> Callable[[Collation], Clue]:
    """A reader: the later text has more words of a class than the number of its own words lets expect.

    Expected is the class's share of English; the difference between the sides is measured in standard deviations, of
    which the logarithm is taken, so that no long text outvotes all others.
    """

    def read(c: Collation) -> Clue:
        own, share = _own(c, name), classes().share[name]
        (left, right), (all_left, all_right) = own.tally(), own_words(c).tally()
        spread = np.sqrt(share * (1 - share) * (all_left + all_right) + 1)
        return own.clue(bounded(((right - share * all_right) - (left - share * all_left)) / spread), c)

    return read


emphasis = more_of("emphasis")
talk = denser_in("talk")
grammar = denser_in("grammar")
markup = more_of("markup")


@once
def reference(c: Collation) -> Floats:
    """How little of a pair reports, ``float64[pairs]``: 1 for a work of reference, 0 for news, something between."""
    at, bits = classes().of(c.words)
    at = at[bits & classes().bit["report"] > 0]
    reports, n_words = np.diff(np.searchsorted(at, c.offsets)), np.diff(c.offsets)
    share = (reports[c.left] + reports[c.right]) / np.maximum(n_words[c.left] + n_words[c.right], 1)
    made: Floats = np.clip((_NEWS - share) / (_NEWS - _REFERENCE), 0.0, 1.0)
    return made
