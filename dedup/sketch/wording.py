"""The channels `style` and `anchor`: what a synonym machine leaves of a text, so that it meets what it was made from.

Where a third of all words are replaced, next to no shingle of five words is left. But the machine keeps function words,
because a sentence falls apart without them, and words for which it knows no synonym, such as names, numbers and
technical terms. Each of the two, taken out of the text in order, is a text for itself: of its n-grams enough stay to
find the pair, though each alone is weak (``kernels.wording``, ``match.candidates``).

A text that is not in English has no such keys.
"""

from __future__ import annotations

import functools

import numpy as np

from dedup.config import Config
from dedup.kernels.wording import Dictionary
from dedup.lexicon import english


def dictionary(config: Config) -> Dictionary:
    """The words known, for the kernels; none without `rewrites` in ``config.detect``."""
    return _of_english() if "rewrites" in config.detect else _EMPTY


@functools.cache
def _of_english() -> Dictionary:
    lexicon = english()
    return lexicon.words, lexicon.buckets, lexicon.kinds


_EMPTY: Dictionary = np.zeros(0, np.uint64), np.zeros(0, np.int32), np.zeros(0, np.uint8)
for _array in _EMPTY:
    _array.flags.writeable = False  # as those of the lexicon are: kernels compile once
