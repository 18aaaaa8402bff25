"""The weights of lineage: numbers that were fitted, in a file that can be read.

``model.toml`` holds them; ``benchmarks/fit_direction.py`` and ``benchmarks/fit_kinship.py`` write it, from data that
anyone can generate or get.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dedup.lineage.views import FloatArray
from dedup.match.clues import CLUES
from dedup.match.collation import RELATIONS

FILE = Path(__file__).with_name("model.toml")
GENRES = ("news", "reference")
FEATURES = (*CLUES, "wording")
"""What the texts of a pair say of its direction: a number each, antisymmetric."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights.

    Attributes:
        direction: ``float64[relations, 2, features]``: of each relation in the order of ``RELATIONS``, for news and for
            works of reference, what one unit of each feature adds to the log-odds that left precedes right.
    """

    direction: FloatArray


@functools.cache
def model() -> Model:
    """The weights that are shipped; a feature that the file does not name weighs nothing."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    kinds = [told["direction"][name].get(genre, {}) for name in RELATIONS for genre in GENRES]
    rows = [[float(kind.get(feature, 0.0)) for feature in FEATURES] for kind in kinds]
    direction = np.array(rows, np.float64).reshape(len(RELATIONS), len(GENRES), len(FEATURES))
    direction.flags.writeable = False
    return Model(direction)
