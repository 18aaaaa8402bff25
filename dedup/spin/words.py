"""The words of some texts, and what English at large says of each."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.kernels import background as counting
from dedup.kernels import spin as kernels
from dedup.lexicon import FUNCTION, MUTABLE, Lexicon, english
from dedup.lexicon.frequency import zipf
from dedup.sketch.composing import Texts
from dedup.sketch.normalise import Words, normalise

MAX_WORDS = 20_000  # of a text that are looked at, its first ones: memory is bounded, and more would tell nothing new
CHOICES = 12  # synonyms that are tried in place of a word, the most usual ones


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The lexicon, and of each of its words what the score needs besides.

    Attributes:
        lexicon: the words.
        columns: ``float64[n, kernels.spin.IN_DICTIONARY]``, what the first columns of ``kernels.spin`` say of it.
        chosen: ``int32[n, CHOICES]``, places of its most usual synonyms in the same form, the best first; then -1.
    """

    lexicon: Lexicon
    columns: npt.NDArray[np.float64]
    chosen: npt.NDArray[np.int32]


@functools.cache
def dictionary() -> Dictionary:
    """The dictionary of English, made when it is first needed."""
    lexicon = english()
    frequency = zipf(lexicon.words)
    low = (lexicon.synonyms >> np.uint64(32)).astype(np.int32)
    high = (lexicon.synonyms & np.uint64(0xFFFFFFFF)).astype(np.int32)
    n_lemmas = int(max(lexicon.lemmas.max(), high.max())) + 1
    synonyms, synonyms_from = _grouped(np.concatenate((low, high)), np.concatenate((high, low)), n_lemmas)
    members, members_from = _grouped(lexicon.lemmas, np.arange(len(lexicon.lemmas), dtype=np.int32), n_lemmas)
    chosen = np.full((len(lexicon.words), CHOICES), -1, np.int32)
    kernels.likeliest(
        lexicon.lemmas, lexicon.forms, frequency, synonyms, synonyms_from, members, members_from, chosen
    )  # fmt: skip
    columns = np.empty((len(frequency), kernels.IN_DICTIONARY))
    columns[:, kernels.ZIPF] = frequency
    columns[:, kernels.BEST_ZIPF] = np.where(chosen[:, 0] >= 0, frequency[chosen[:, 0]], 0.0)
    columns[:, kernels.ADVANTAGE] = columns[:, kernels.BEST_ZIPF] - frequency
    columns[:, kernels.SYNONYMS] = np.log2(1.0 + np.diff(synonyms_from)[lexicon.lemmas])
    return Dictionary(lexicon, columns, chosen)


def _grouped(
    keys: npt.NDArray[np.int32], values: npt.NDArray[np.int32], n: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Values in the order of their keys, and where those of each of ``n`` keys begin, and the end."""
    order = np.argsort(keys, kind="stable")
    return values[order], np.searchsorted(keys[order], np.arange(n + 1)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Prose:
    """The words of some texts, end to end.

    Attributes:
        words: as ``sketch`` gives them.
        tokens: ``uint64``, what the background counts: numbers and names as such, other words by their hash.
        places: place of each word in the dictionary, or -1.
        free: whether a synonym machine could have touched a word: it has synonyms, and it is no name.
        tallies: ``int64[texts, 3]``: words of each text that are neither names nor numbers, those of them that the
            dictionary has, and function words.
    """

    words: Words
    tokens: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]
    free: npt.NDArray[np.bool_]
    tallies: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Texts) -> Prose:
        """Split texts into words and look these up."""
        lexicon = english()
        words = _beginnings(normalise(texts).words)
        n = len(words.hashes)
        tokens, places, free = np.empty(n, np.uint64), np.empty(n, np.int32), np.empty(n, np.bool_)
        tallies = np.empty((len(texts), 3), np.int64)
        counting.read(
            words.hashes, words.marks, words.offsets, (lexicon.words, lexicon.buckets, lexicon.kinds),
            FUNCTION, MUTABLE, tokens, places, free, tallies,
        )  # fmt: skip
        return cls(words, tokens, places, free, tallies)

    def counts(self) -> npt.NDArray[np.int64]:
        """Words of each text."""
        return np.diff(self.words.offsets)


def _beginnings(words: Words) -> Words:
    """The first ``MAX_WORDS`` of each text."""
    counts = np.diff(words.offsets)
    if counts.max(initial=0) <= MAX_WORDS:
        return words
    kept = np.arange(len(words.hashes)) - np.repeat(words.offsets[:-1], counts) < MAX_WORDS
    offsets = np.concatenate(([0], np.cumsum(np.minimum(counts, MAX_WORDS))))
    return Words(offsets, words.hashes[kept], words.begins[kept], words.ends[kept], words.marks[kept])
