"""How common words are in English at large."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.lexicon import hashes

_STEPS = 100  # of the frequency list, in one power of ten


def zipf(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Zipf value of each word: log10 of its uses in a thousand million words; 0 where unknown."""
    known, values = _table()
    at = np.minimum(np.searchsorted(known, words), len(known) - 1)
    return np.where(known[at] == words, values[at], 0.0)


@functools.cache
def _table() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    from wordfreq import get_frequency_list

    steps = get_frequency_list("en", "large")
    found = hashes(pa.array([word for step in steps for word in step], pa.string()))
    values = np.repeat(9.0 - np.arange(len(steps)) / _STEPS, [len(step) for step in steps]).astype(np.float64)
    order = np.argsort(found)
    return found[order], values[order]
