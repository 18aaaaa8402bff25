"""The weights of lineage: numbers that were fitted, in files that can be read.

``model.toml`` holds them, and ``kinship.json`` those of ``lineage.network``; ``fit_direction.py``, ``fit_kinship.py``,
``fit_confidence.py`` and ``fit_unseen.py`` in ``benchmarks`` write them, from data that anyone can generate or get.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from dedup.lineage.views import BoolArray, FloatArray
from dedup.match.clues import CLUES
from dedup.match.collation import RELATIONS

FILE = Path(__file__).with_name("model.toml")
GENRES = ("passage", "news", "reference")
"""What the texts of a pair are to each other: one borrows a passage of the other; versions of a report; versions of a
work of reference. Each has its habits: reports are cut, works of reference grow."""
CLAIMS = ("document", "pair", "none", "further")
"""What a row may claim whose confidence is calibrated: a parent among relatives; one of two texts that have no others;
that there is none here; a further parent."""
CERTAINTY = (*CLAIMS, *(f"{claim}_dated" for claim in CLAIMS))
"""The same without dates, and with."""
STORY_GENRES, STORY_PARTS = ("passage", "version"), ("pair", "histories")
"""What the numbers of ``Model.story`` are for."""
FEATURES = (*CLUES, "wording")
"""What the texts of a pair say of its direction: a number each, antisymmetric."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights.

    Attributes:
        direction: ``float64[genres, features]``: what one unit of each feature adds to the log-odds that left precedes
            right.
        trust: ``float64[relations]``, in the order of ``RELATIONS``: what these log-odds are multiplied by, so that
            they are as often right as they say (Platt 1999, "Probabilistic outputs for support vector machines").
        story: ``float64[4]``: what two numbers count for the log-odds that left precedes right. One is that of the pair
            alone, the other the logarithm of how much likelier the right text was made of the left one than the other
            way round; first where one text borrows a passage, then where both are versions of a text.
        confidence: of each of ``CERTAINTY`` slope and shift, which turn the log-odds of a marginal into those of being
            right.
    """

    direction: FloatArray
    trust: FloatArray
    story: FloatArray
    confidence: Mapping[str, tuple[float, float]]

    def certainty(self, marginal: FloatArray, claim: str, dated: BoolArray) -> FloatArray:
        """Calibrated confidence of rows that make one of ``CLAIMS``.

        Args:
            marginal: of each.
            claim: of all.
            dated: whether the dates of all documents concerned are known.
        """
        with_dates, without = self.confidence[f"{claim}_dated"], self.confidence[claim]
        slope, shift = (np.where(dated, one, other) for one, other in zip(with_dates, without, strict=True))
        held = np.clip(marginal, np.finfo(np.float64).eps, 1.0 - np.finfo(np.float64).eps)
        return np.asarray(1.0 / (1.0 + np.exp(-slope * (np.log(held) - np.log1p(-held)) - shift)))


@functools.cache
def model() -> Model:
    """The weights that are shipped; a feature that the file does not name weighs nothing."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rows = [[float(told["direction"][genre].get(feature, 0.0)) for feature in FEATURES] for genre in GENRES]
    trust = [float(told["trust"][relation]) for relation in RELATIONS]
    confidence = {claim: (float(told["confidence"][claim]["slope"]), float(told["confidence"][claim]["shift"]))
                  for claim in CERTAINTY}  # fmt: skip
    story = [float(told["story"][genre][name]) for genre in STORY_GENRES for name in STORY_PARTS]
    arrays = [np.array(part, np.float64) for part in (rows, trust, story)]
    made = Model(arrays[0], arrays[1], arrays[2], MappingProxyType(confidence))
    for array in arrays:
        array.flags.writeable = False
    return made
