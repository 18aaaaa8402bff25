"""The background: in how many texts of a pile each word and each pair of neighbours stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.engine.base import Engine
from dedup.kernels import background as kernels
from dedup.sketch.composing import Texts
from dedup.spin.words import Prose

COUNTERS = 1 << 26  # bytes; 65,536 texts of 400 words have some six million keys
MAX_TEXTS = 1 << 16
# Of the words of an English text that are no names and no numbers the dictionary has more than half, of those of other
# European languages at most a quarter; and of all words some are function words, but for lists of names and numbers.
KNOWN, FUNCTIONS = 0.5, 0.05


@dataclass(frozen=True, slots=True)
class Background:
    """What is usual in a pile of texts.

    Attributes:
        table: counters (``kernels.background``).
        n_texts: how many English texts were counted.
    """

    table: npt.NDArray[np.uint8]
    n_texts: int


def background(batches: Iterable[Texts], engine: Engine | None = None) -> Background:
    """Count the words and pairs of neighbours of texts.

    Args:
        batches: texts, no nulls: at most ``MAX_TEXTS`` are meant, no two of them equal, those of least digest if there
            are more. The result does not depend on how they are dealt into batches, nor on their order.
        engine: splits texts into words while others are counted; if not given, all is done in turn.
    """
    table = np.zeros(COUNTERS, np.uint8)
    n_texts = 0
    for prose in engine.map(batches, Prose.of) if engine else map(Prose.of, batches):
        n_texts += int(is_english(prose).sum())
        keys = 2 * int(prose.counts().max(initial=0)) + 2  # words, pairs, two edges
        sentences = int(prose.counts().max(initial=0))  # each may add an edge
        room = 1 << (2 * (keys + sentences)).bit_length()
        kernels.count(prose.tokens, prose.words.marks, prose.words.offsets, room, table)
    table.flags.writeable = False
    return Background(table, n_texts)


def is_english(prose: Prose) -> npt.NDArray[np.bool_]:
    """Which texts are in English, the language that we know."""
    ordinary, known, functions = prose.tallies.T
    return np.asarray((known > KNOWN * ordinary) & (functions >= FUNCTIONS * np.maximum(prose.counts(), 1)))
