"""What is known of each text: how odd its free words are, against its own quotations; the traces in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.kernels import spin as kernels
from dedup.kernels.words import QUOTED
from dedup.sketch.composing import Texts
from dedup.spin.background import Background
from dedup.spin.model import Floats, WordModel
from dedup.spin.traces import KINDS, Hit, hits
from dedup.spin.words import Prose, dictionary

SHARES = np.array([0.05, 0.1, 0.2, 0.3, 0.5])  # of free words replaced, that are tried; less says less than nothing
MOST_SURE = 150.0  # free words: more make nothing surer, for the words of a text go together
ENOUGH_QUOTED = 20.0  # free words in quotations that count as much as no knowledge of them
PER_WORDS = 100.0  # traces are counted per so many words


@dataclass(frozen=True, slots=True)
class Evidence:
    """The free words of some texts outside quotations, and inside.

    Attributes:
        at: places of the words.
        columns: what is known of each (``kernels.spin``).
        originals: place of its likeliest original in the dictionary, or -1.
        offsets: where those of each text begin, and the end.
    """

    at: npt.NDArray[np.int64]
    columns: Floats
    originals: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def of(self, which: npt.NDArray[np.bool_]) -> Evidence:
        """Some of the words."""
        if which.all():
            return self
        before = np.concatenate(([0], np.cumsum(which)))
        return Evidence(self.at[which], self.columns[which], self.originals[which], before[self.offsets])


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of some texts.

    Attributes:
        prose: their words.
        free, quoted: the free words outside and inside quotations.
        hits: traces, by text.
    """

    prose: Prose
    free: Evidence
    quoted: Evidence
    hits: list[Hit]

    @classmethod
    def of(cls, texts: Texts, background: Background, own: npt.NDArray[np.bool_]) -> Known:
        """Look at some texts; ``own`` says which of them the background has counted."""
        prose, known = Prose.of(texts), dictionary()
        words, n = prose.words, int(prose.free.sum())
        at, columns = np.empty(n, np.int64), np.empty((n, kernels.COLUMNS))
        originals = np.empty(n, np.int32)
        n = kernels.weigh(
            prose.tokens, words.marks, prose.places, prose.free, words.offsets, own, background.table,
            known.lexicon.words, known.lexicon.lemmas, known.zipf, known.n_synonyms, known.chosen,
            at, columns, originals,
        )  # fmt: skip
        found = Evidence(at[:n], columns[:n], originals[:n], np.searchsorted(at[:n], words.offsets))
        quoted = (words.marks[found.at] & QUOTED) > 0
        return cls(prose, found.of(~quoted), found.of(quoted), hits(texts, prose))

    def features(self, models: Mapping[str, WordModel]) -> dict[str, Floats]:
        """Features of each text, given the models of words by name."""
        n_free = np.maximum(np.diff(self.free.offsets), 1).astype(np.float64)
        n_words = np.maximum(self.prose.counts(), 1).astype(np.float64)
        made = {"free_words": np.log(n_free)}
        for name, word_model in models.items():
            outside, inside = (word_model.log_ratios(part.columns) for part in (self.free, self.quoted))
            gains = np.empty(len(n_free))
            kernels.mixture(outside, self.free.offsets, SHARES, gains)
            rate, sure = gains / n_free, np.minimum(n_free, MOST_SURE)
            made[f"{name}_mixture"] = np.sign(rate) * np.log1p(np.abs(rate * sure))
            made[f"{name}_rate"] = rate
            made[f"{name}_root"] = rate * np.sqrt(sure)
            made[f"{name}_contrast"] = _contrast(outside, self.free.offsets, inside, self.quoted.offsets)
        for kind in KINDS:
            counts = np.bincount([hit.text for hit in self.hits if hit.kind == kind], minlength=len(n_free))
            made[kind] = np.log1p(PER_WORDS * counts / n_words)
        return made


def _contrast(
    outside: Floats, outside_from: npt.NDArray[np.int64], inside: Floats, inside_from: npt.NDArray[np.int64]
) -> Floats:
    """By how much words outside quotations are odder than those inside, on average; towards 0 for few quoted words."""
    means = []
    for values, offsets in ((outside, outside_from), (inside, inside_from)):
        texts = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
        sums = np.bincount(texts, values, minlength=len(offsets) - 1)
        means.append(sums / np.maximum(np.diff(offsets), 1))
    n_inside = np.diff(inside_from)
    return (means[0] - means[1]) * n_inside / (n_inside + ENOUGH_QUOTED)
