"""The `surface` channel: word shingles to a MinHash signature to band keys, for near copies."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from datasketch import MinHash

from dedup.config import Config
from dedup.kernels import minhash as kernels
from dedup.sketch import bands
from dedup.sketch.normalise import Words, normalise


@functools.cache
def permutations(num_perm: int, seed: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers and summands of datasketch's ``affine32`` permutations: two arrays of ``num_perm``."""
    a, b = MinHash(num_perm=num_perm, seed=seed, scheme="affine32").permutations
    return np.ascontiguousarray(a), np.ascontiguousarray(b)


def signatures(texts: Sequence[str], config: Config | None = None) -> npt.NDArray[np.uint32]:
    """MinHash signatures of texts, bit for bit those of ``datasketch.MinHash(scheme="affine32")``.

    The README's recipe recomputes them with ``xxhash`` and ``datasketch`` alone.

    Returns:
        ``uint32[len(texts), config.num_perm]``; all 2^32 - 1 for a text too short to shingle.
    """
    config = config or Config()
    words = normalise(pa.array(texts, pa.large_string())).words
    a, b = permutations(config.num_perm, config.seed)
    return kernels.signatures(words.hashes, words.offsets, config.shingle_size, a, b)


def keys(words: Words, config: Config) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Band keys of each document, end to end, with their offsets. Only the slots that a band uses are computed."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    a, b = permutations(config.num_perm, config.seed)
    used = chosen.bands * chosen.rows
    return kernels.band_keys(words.hashes, words.offsets, config.shingle_size, a[:used], b[:used], chosen.rows)
