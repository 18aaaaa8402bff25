"""Hashed word n-grams of documents, and the winnowed ones among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import SHINGLE_BASE, mixed


@kernel
def fill_shingles(words: npt.NDArray[np.uint64], size: int, out: npt.NDArray[np.uint64]) -> int:
    """Write the hashes of all runs of ``size`` words to ``out``, in order; return how many there are.

    A shingle's hash is a polynomial in ``SHINGLE_BASE`` (mod 2^64) over the hashes of its words, then ``mixed``. From
    one shingle to the next the polynomial rolls: a word is added at one end, and taken away at the other (Karp and
    Rabin, "Efficient randomized pattern-matching algorithms", 1987).
    """
    n = len(words)
    if n < size:
        return 0
    power, rolled = np.uint64(1), np.uint64(0)
    for i in range(size):
        power *= SHINGLE_BASE
        rolled = rolled * SHINGLE_BASE + words[i]
    for i in range(size, n):
        out[i - size] = mixed(rolled)
        rolled = rolled * SHINGLE_BASE + (words[i] - words[i - size] * power)
    out[n - size] = mixed(rolled)
    return n - size + 1


@kernel
def shingles(words: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """Hashes of all runs of ``size`` words, in order; none where there are fewer words."""
    out = np.empty(max(0, len(words) - size + 1), np.uint64)
    fill_shingles(words, size, out)
    return out


@kernel
def sort_hashes(values: npt.NDArray[np.uint64]) -> None:
    """Put hashes in ascending order.

    As they are spread evenly, each is first put near its place by its upper bits; Shell's sort (1959) does the rest: it
    has little to do then, and still not too much where many values are near each other.
    """
    n = len(values)
    bits = 1
    while (1 << bits) < 2 * n:
        bits += 1
    places = np.zeros((1 << bits) + 1, np.int64)
    upper = np.uint64(64 - bits)
    for i in range(n):
        places[np.int64(values[i] >> upper) + 1] += 1
    for k in range(1 << bits):
        places[k + 1] += places[k]
    for value in values.copy():
        bucket = np.int64(value >> upper)
        values[places[bucket]] = value
        places[bucket] += 1
    gap = 1
    while 9 * gap < n:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            moved, to = values[i], i
            while to >= gap and values[to - gap] > moved:
                values[to] = values[to - gap]
                to -= gap
            values[to] = moved
        gap //= 3


@kernel
def _write_distinct(ordered: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64], filled: int) -> int:
    """Write ascending values, each once, from ``out[filled]`` on; return the place after them."""
    for i in range(len(ordered)):
        if i == 0 or ordered[i] != ordered[i - 1]:
            out[filled] = ordered[i]
            filled += 1
    return filled


@kernel
def shingle_lists(
    words: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """``shingles`` of each document, end to end, with their offsets."""
    n = len(offsets) - 1
    out = np.empty(len(words), np.uint64)
    out_offsets = np.zeros(n + 1, np.int64)
    for i in range(n):
        filled = out_offsets[i]
        out_offsets[i + 1] = filled + fill_shingles(words[offsets[i] : offsets[i + 1]], size, out[filled:])
    return out[: out_offsets[n]].copy(), out_offsets


@kernel
def fill_winnowed(
    found: npt.NDArray[np.uint64],
    n: int,
    window: int,
    least: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
    filled: int,
) -> int:
    """Write the winnowed subset of ``found[:n]``, ascending and distinct, from ``out[filled]`` on.

    The least shingle of every run of ``window`` shingles is taken, so that two texts that share ``window`` shingles in
    a row share a key (Schleimer, Wilkerson, Aiken, "Winnowing", SIGMOD 2003, section 3; which of several equal ones it
    is does not matter here). A document of fewer shingles is one window.

    Args:
        least: room for ``n``.

    Returns:
        The place after them.
    """
    width = min(window, n)
    n_windows = n - width + 1 if n > 0 else 0
    for i in range(n_windows):
        least[i] = found[i]
    for k in range(1, width):
        for i in range(n_windows):
            least[i] = min(least[i], found[i + k])
    n_taken = 0
    for i in range(n_windows):
        least[n_taken] = least[i]
        n_taken += i + 1 == n_windows or least[i + 1] != least[i]
    sort_hashes(least[:n_taken])
    return _write_distinct(least[:n_taken], out, filled)
