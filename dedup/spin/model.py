"""The weights of the score: regularised logistic regressions over named features, in ``model.toml``.

Two regressions look at words: one knows of a word only what English at large says, the other also what the corpus
says. Both were fitted to words that a synonym machine had put in, against all others. Two look at texts: ``alone`` uses
the first and the traces, ``corpus`` both; the second needs a background of ``least_texts`` English texts.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels import spin as kernels

FILE = Path(__file__).with_name("model.toml")

# Columns of what is known of a word (``kernels.spin``), by name.
COLUMNS = {
    "zipf": kernels.ZIPF,
    "best_zipf": kernels.BEST_ZIPF,
    "advantage": kernels.ADVANTAGE,
    "synonyms": kernels.SYNONYMS,
    "left": kernels.LEFT,
    "right": kernels.RIGHT,
    "word": kernels.WORD,
    "gain": kernels.GAIN,
    "excess": kernels.EXCESS,
    "left_word": kernels.LEFT_WORD,
    "right_word": kernels.RIGHT_WORD,
    "left_unseen": kernels.LEFT_UNSEEN,
    "right_unseen": kernels.RIGHT_UNSEEN,
    "both_unseen": kernels.BOTH_UNSEEN,
}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WordModel:
    """Log of how much likelier a word is as a replacement than as a word of the author's.

    It is a sum of terms, each a weight times the part of a column beyond a knot, some of them times another column.
    """

    of: npt.NDArray[np.int64]
    over: Floats
    times: npt.NDArray[np.int64]
    weights: Floats
    bias: float

    @classmethod
    def read(cls, made: Mapping[str, Any]) -> WordModel:
        """The model of a table of ``model.toml``."""
        terms = made["terms"]
        return cls(
            np.array([COLUMNS[term["of"]] for term in terms], np.int64),
            np.array([term.get("over", 0.0) for term in terms], np.float64),
            np.array([COLUMNS[term["times"]] if "times" in term else -1 for term in terms], np.int64),
            np.array([term["weight"] for term in terms], np.float64),
            float(made["bias"]),
        )

    def log_ratios(self, places: npt.NDArray[np.int32], in_dictionary: Floats, counts: npt.NDArray[np.uint8]) -> Floats:
        """For each word the logarithm of the ratio.

        Args:
            places: of the words in the dictionary.
            in_dictionary: its columns (``words.Dictionary``).
            counts: what the background says of each word (``kernels.spin``).
        """
        made = np.empty(len(places))
        kernels.log_odds(
            places, in_dictionary, counts, self.of, self.over, self.times, self.weights, self.bias, made
        )  # fmt: skip
        return made


@dataclass(frozen=True, slots=True)
class TextModel:
    """Log-odds that a text was made by a synonym machine, from its features."""

    names: tuple[str, ...]
    weights: Floats
    bias: float

    @classmethod
    def read(cls, made: Mapping[str, Any]) -> TextModel:
        """The model of a table of ``model.toml``."""
        weights = made["weights"]
        return cls(tuple(weights), np.array([*weights.values()], np.float64), float(made["bias"]))

    def parts(self, features: Mapping[str, Floats]) -> dict[str, Floats]:
        """What each feature adds to the log-odds of each text."""
        return {name: weight * features[name] for name, weight in zip(self.names, self.weights, strict=True)}


@dataclass(frozen=True, slots=True)
class Model:
    """All that ``model.toml`` says.

    Attributes:
        prior: share of spun texts for which probabilities are calibrated.
        least_texts: English texts in a background that is worth asking.
        most_by_phrases: log-odds that phrases of the list may add at most.
        general, corpus: of words.
        alone, in_corpus: of texts.
    """

    prior: float
    least_texts: int
    most_by_phrases: float
    general: WordModel
    corpus: WordModel
    alone: TextModel
    in_corpus: TextModel


@functools.cache
def model() -> Model:
    """The model that ``benchmarks/fit_lone.py`` has fitted."""
    made = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Model(
        made["prior"],
        made["least_texts"],
        made["most_by_phrases"],
        WordModel.read(made["word"]["general"]),
        WordModel.read(made["word"]["corpus"]),
        TextModel.read(made["text"]["alone"]),
        TextModel.read(made["text"]["corpus"]),
    )
