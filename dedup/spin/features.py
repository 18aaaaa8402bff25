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
    """The free words of some texts.

    Attributes:
        at: places of the words.
        places: their places in the dictionary.
        counts: ``uint8[words, COUNTS]``, what the background says of each (``kernels.spin``).
        originals: place of its likeliest original in the dictionary, or -1.
        quoted: whether it stands in a quotation.
        offsets: where those of each text begin, and the end.
    """

    at: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint8]
    originals: npt.NDArray[np.int32]
    quoted: npt.NDArray[np.bool_]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, prose: Prose, background: Background, own: npt.NDArray[np.bool_]) -> Evidence:
        """What a background says; ``own`` tells which of the texts it has counted."""
        known, words, n = dictionary(), prose.words, int(np.count_nonzero(prose.free))
        at, originals = np.empty(n, np.int64), np.empty(n, np.int32)
        counts = np.empty((n, kernels.COUNTS), np.uint8)
        n = kernels.weigh(
            prose.tokens, words.marks, prose.places, prose.free, words.offsets, own, background.table,
            known.lexicon.words, known.lexicon.lemmas, known.chosen, at, counts, originals,
        )  # fmt: skip
        at = at[:n]
        quoted = (words.marks[at] & QUOTED) > 0
        return cls(at, prose.places[at], counts[:n], originals[:n], quoted, np.searchsorted(at, words.offsets))

    def log_ratios(self, model: WordModel, text: int | None = None) -> Floats:
        """How much likelier each word, of one text or of all, is as a replacement."""
        of = slice(None) if text is None else slice(self.offsets[text], self.offsets[text + 1])
        return model.log_ratios(self.places[of], dictionary().columns, self.counts[of])


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of some texts.

    Attributes:
        prose: their words.
        free: their free words.
        hits: traces, by text.
    """

    prose: Prose
    free: Evidence
    hits: list[Hit]

    @classmethod
    def of(cls, texts: Texts, background: Background, own: npt.NDArray[np.bool_]) -> Known:
        """Look at some texts; ``own`` says which of them the background has counted."""
        prose = Prose.of(texts)
        return cls(prose, Evidence.of(prose, background, own), hits(texts, prose))

    def features(self, models: Mapping[str, WordModel]) -> dict[str, Floats]:
        """Features of each text, given the models of words by name."""
        free, n = self.free, len(self.free.offsets) - 1
        n_inside = np.diff(np.concatenate(([0], np.cumsum(free.quoted)))[free.offsets])
        n_free = np.maximum(np.diff(free.offsets) - n_inside, 1).astype(np.float64)
        n_words = np.maximum(self.prose.counts(), 1).astype(np.float64)
        made = {"free_words": np.log(n_free)}
        for name, word_model in models.items():
            gains, means = np.empty(n), np.empty((n, 2))
            kernels.mixture(free.log_ratios(word_model), free.quoted, free.offsets, SHARES, gains, means)
            rate, sure = gains / n_free, np.minimum(n_free, MOST_SURE)
            made[f"{name}_mixture"] = np.sign(rate) * np.log1p(np.abs(rate * sure))
            made[f"{name}_rate"] = rate
            made[f"{name}_root"] = rate * np.sqrt(sure)
            # By how much words outside quotations are odder than those inside; towards 0 for few quoted words.
            made[f"{name}_contrast"] = (means[:, 0] - means[:, 1]) * n_inside / (n_inside + ENOUGH_QUOTED)
        for kind in KINDS:
            counts = np.bincount([hit.text for hit in self.hits if hit.kind == kind], minlength=n)
            made[kind] = np.log1p(PER_WORDS * counts / n_words)
        return made
