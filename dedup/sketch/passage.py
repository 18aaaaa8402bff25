"""The `passage` channel: winnowed shingles, so that any long enough shared run of words leaves a common key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.config import Config
from dedup.kernels.shingles import winnow_batch
from dedup.sketch.normalise import Words


def keys(words: Words, config: Config) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Winnowed shingles of each document, end to end, with their offsets.

    Two documents that share a run of ``guaranteed_run(config)`` words share a key.
    """
    return winnow_batch(words.hashes, words.offsets, config.shingle_size, config.winnow_window)


def guaranteed_run(config: Config) -> int:
    """Words that a shared run must have to be sure of a common key: window + shingle size - 1."""
    return config.winnow_window + config.shingle_size - 1
