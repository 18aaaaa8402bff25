"""MinHash signatures in datasketch's ``affine32`` scheme, and their band keys."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import SHINGLE_BASE, SHINGLE_MIX
from dedup.kernels.shingles import shingles

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
    found: npt.NDArray[np.uint64], a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32], slots: npt.NDArray[np.uint32]
) -> None:
    """Fill ``slots`` with the least ``a * h + b`` (mod 2^32) over the shingles; slot ``k`` uses ``a[k]`` and ``b[k]``.

    ``h`` is the upper half of a shingle, premixed. Without shingles every slot stays at 2^32 - 1 (Broder 1997, section
    4; datasketch 2.0 ``scheme="affine32"``).
    """
    n_slots = len(slots)
    for k in range(n_slots):
        slots[k] = EMPTY_SLOT
    for i in range(len(found)):
        h = _premix(np.uint32(found[i] >> np.uint64(32)))
        for k in range(n_slots):
            slots[k] = min(slots[k], np.uint32(h * a[k] + b[k]))


@kernel
def signatures(
    words: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
) -> npt.NDArray[np.uint32]:
    """Signature of each document, ``uint32[documents, len(a)]``."""
    out = np.empty((len(offsets) - 1, len(a)), np.uint32)
    for i in range(len(offsets) - 1):
        signature(shingles(words[offsets[i] : offsets[i + 1]], size), a, b, out[i])
    return out


@kernel
def band_key(slots: npt.NDArray[np.uint32], band: int, rows: int) -> np.uint64:
    """Key of one band: its number and its ``rows`` slots, mixed to 64 bits."""
    h = np.uint64(band)
    for k in range(band * rows, (band + 1) * rows):
        h = h * SHINGLE_BASE + np.uint64(slots[k])
    h ^= h >> np.uint64(32)
    h *= SHINGLE_MIX
    return h ^ (h >> np.uint64(32))


@kernel
def band_keys(
    words: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    rows: int,
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Band keys of each document, end to end, with their offsets; a document too short to shingle has none.

    ``len(a)`` is bands times ``rows``.
    """
    n = len(offsets) - 1
    bands = len(a) // rows
    out = np.empty(n * bands, np.uint64)
    out_offsets = np.zeros(n + 1, np.int64)
    slots = np.empty(len(a), np.uint32)
    filled = 0
    for i in range(n):
        found = shingles(words[offsets[i] : offsets[i + 1]], size)
        if len(found) > 0:
            signature(found, a, b, slots)
            for band in range(bands):
                out[filled] = band_key(slots, band, rows)
                filled += 1
        out_offsets[i + 1] = filled
    return out[:filled].copy(), out_offsets
