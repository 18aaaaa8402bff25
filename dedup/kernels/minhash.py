"""MinHash signatures in datasketch's ``affine32`` scheme, and their band keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import SHINGLE_BASE, mixed
from dedup.kernels.shingles import fill_shingles
from dedup.kernels.vectors import LANES, least_images_16, least_images_64

EMPTY_SLOT = np.uint32(0xFFFFFFFF)


@kernel
def _premix(h: np.uint32) -> np.uint32:
    """MurmurHash3's 32-bit finaliser, which datasketch applies to a hash before the permutations."""
    h ^= h >> np.uint32(16)
    h = np.uint32(h * np.uint32(0x85EBCA6B))
    h ^= h >> np.uint32(13)
    h = np.uint32(h * np.uint32(0xC2B2AE35))
    return np.uint32(h ^ (h >> np.uint32(16)))


@kernel
def signature(
    found: npt.NDArray[np.uint64],
    n: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    premixed: npt.NDArray[np.uint32],
    slots: npt.NDArray[np.uint32],
) -> None:
    """Fill ``slots`` with the least ``a * h + b`` (mod 2^32) over ``found[:n]``; slot ``k`` uses ``a[k]`` and ``b[k]``.

    ``h`` is the upper half of a shingle, premixed. Without shingles every slot becomes 2^32 - 1 (Broder 1997, section
    4; datasketch 2.0 ``scheme="affine32"``).

    Args:
        a, b, slots: as long as each other, a multiple of ``LANES``.
        premixed: room for ``n``.
    """
    for i in range(n):
        premixed[i] = _premix(np.uint32(found[i] >> np.uint64(32)))
    n_wide = len(slots) - len(slots) % (4 * LANES)
    for first in range(0, n_wide, 4 * LANES):
        least_images_64(premixed, n, a, b, slots, first)
    for first in range(n_wide, len(slots), LANES):
        least_images_16(premixed, n, a, b, slots, first)


@kernel
def signatures(
    words: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
) -> npt.NDArray[np.uint32]:
    """Signature of each document, ``uint32[documents, len(a)]``; ``len(a)`` is a multiple of ``LANES``."""
    out = np.empty((len(offsets) - 1, len(a)), np.uint32)
    found, premixed = np.empty(len(words), np.uint64), np.empty(len(words), np.uint32)
    for i in range(len(offsets) - 1):
        n = fill_shingles(words[offsets[i] : offsets[i + 1]], size, found)
        signature(found, n, a, b, premixed, out[i])
    return out


@kernel
def band_key(slots: npt.NDArray[np.uint32], band: int, rows: int) -> np.uint64:
    """Key of one band: its number and its ``rows`` slots, mixed to 64 bits."""
    h = np.uint64(band)
    for k in range(band * rows, (band + 1) * rows):
        h = h * SHINGLE_BASE + np.uint64(slots[k])
    return mixed(h)
