"""The words of some texts, and what English at large says of each."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.kernels import spin as kernels
from dedup.kernels.words import CAPITAL, FIRST
from dedup.lexicon import FUNCTION, MUTABLE, Lexicon, english, places
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
        zipf: ``float64[n]``, log10 of the uses of a word in a thousand million words; 0 where that is unknown.
        n_synonyms: ``float64[n]``, log2(1 + synonyms of its lemma).
        chosen: ``int32[n, CHOICES]``, places of its most usual synonyms in the same form, the best first; then -1.
    """

    lexicon: Lexicon
    zipf: npt.NDArray[np.float64]
    n_synonyms: npt.NDArray[np.float64]
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
    n_synonyms = np.log2(1.0 + np.diff(synonyms_from)[lexicon.lemmas]).astype(np.float64)
    return Dictionary(lexicon, frequency, n_synonyms, chosen)


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
        functions: function words of each text.
    """

    words: Words
    tokens: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]
    free: npt.NDArray[np.bool_]
    functions: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Texts) -> Prose:
        """Split texts into words and look these up."""
        lexicon = english()
        words = _beginnings(normalise(texts).words)
        tokens = np.empty(len(words.hashes), np.uint64)
        kernels.classed(words.hashes, words.marks, tokens)
        found = places(lexicon, words.hashes)
        kinds = np.where(found >= 0, lexicon.kinds[found], 0)
        function = np.concatenate(([0], np.cumsum(kinds == FUNCTION)))
        functions = np.diff(function[words.offsets])
        return cls(words, tokens, found, (kinds == MUTABLE) & ~_names(words.marks), functions)

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


def _names(marks: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which words are names: capital inside a sentence, or at its beginning with another name behind."""
    inside = (marks & (CAPITAL | FIRST)) == CAPITAL
    begins = (marks & (CAPITAL | FIRST)) == (CAPITAL | FIRST)
    names: npt.NDArray[np.bool_] = inside | (begins & np.append(inside[1:], False))
    return names
