"""The `surface` channel: word shingles to a MinHash signature, for near copies (``sketch.keys`` makes its keys)."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.kernels import minhash as kernels
from dedup.kernels.vectors import LANES
from dedup.sketch.normalise import normalise


@functools.cache
def permutations(num_perm: int, seed: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Multipliers and summands of datasketch's ``affine32`` permutations: two arrays of ``num_perm``.

    They are drawn as ``datasketch.MinHash(num_perm, seed, scheme="affine32")`` draws them, without the quarter of a
    second that it takes to import it and SciPy.
    """
    drawn = _mersenne_twister(seed, 2 * num_perm)
    a, b = drawn[:num_perm] % np.uint32(1 << 31), drawn[num_perm:]
    return a * np.uint32(2) + np.uint32(1), b


def _mersenne_twister(seed: int, n: int) -> npt.NDArray[np.uint32]:
    """The first numbers that ``numpy.random.RandomState(seed)`` draws, without the import of ``numpy.random``.

    Python has the same generator (Matsumoto, Nishimura 1998, "Mersenne Twister"), but seeds it otherwise.
    """
    state = [seed]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) % 2**32)
    generator = random.Random()  # noqa: S311  # permutations are no secret
    generator.setstate((3, (*state, len(state)), None))
    return np.array([generator.getrandbits(32) for _ in range(n)], np.uint32)


def padded(permutation: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """One half of the permutations, made so long that it fills whole vectors."""
    return np.pad(permutation, (0, -len(permutation) % LANES))


def signatures(texts: Sequence[str], config: Config | None = None) -> npt.NDArray[np.uint32]:
    """MinHash signatures of texts, bit for bit those of ``datasketch.MinHash(scheme="affine32")``.

    The README's recipe recomputes them with ``xxhash`` and ``datasketch`` alone.

    Returns:
        ``uint32[len(texts), config.num_perm]``; all 2^32 - 1 for a text too short to shingle.
    """
    config = config or Config()
    words = normalise(pa.array(texts, pa.large_string())).words
    a, b = permutations(config.num_perm, config.seed)
    made = kernels.signatures(words.hashes, words.offsets, config.shingle_size, padded(a), padded(b))
    return made[:, : config.num_perm]
