"""XXH3-128 of byte spans: the digest of a normalised text.

As in ``hashing``: Yann Collet's specification with seed 0; ``xxhash.xxh3_128_intdigest`` computes the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import (
    LOW,
    MX_2,
    P32_2,
    P64_1,
    P64_2,
    P64_4,
    SECRET,
    accumulate_long,
    avalanche,
    avalanche64,
    merged,
    mix16,
)
from dedup.kernels.vectors import high_product, read32, read64, reversed_bytes

_NUMBERS: npt.NDArray[np.uint64] = SECRET.view("<u8").astype(np.uint64)
_EMPTY_LOW, _EMPTY_HIGH = _NUMBERS[8] ^ _NUMBERS[9], _NUMBERS[10] ^ _NUMBERS[11]
_SHORT_LOW = (_NUMBERS[0] & LOW) ^ (_NUMBERS[0] >> np.uint64(32))
_SHORT_HIGH = (_NUMBERS[1] & LOW) ^ (_NUMBERS[1] >> np.uint64(32))
_TO_8 = _NUMBERS[2] ^ _NUMBERS[3]
_TO_16_LOW, _TO_16_HIGH = _NUMBERS[4] ^ _NUMBERS[5], _NUMBERS[6] ^ _NUMBERS[7]

Pair = tuple[np.uint64, np.uint64]  # the two halves of a digest, the high one first


@kernel
def _digest_to_8(data: npt.NDArray[np.uint8], length: int) -> Pair:
    n = np.uint64(length)
    if length < 4:
        first, middle = np.uint64(data[0]), np.uint64(data[length >> 1])
        low = (first << np.uint64(16)) | (middle << np.uint64(24)) | np.uint64(data[length - 1]) | n << np.uint64(8)
        turned = reversed_bytes(low) >> np.uint64(32)
        high = ((turned << np.uint64(13)) | (turned >> np.uint64(19))) & LOW
        return avalanche64(high ^ _SHORT_HIGH), avalanche64(low ^ _SHORT_LOW)
    keyed = (read32(data, 0) + (read32(data, length - 4) << np.uint64(32))) ^ _TO_8
    factor = P64_1 + (n << np.uint64(2))
    low, high = keyed * factor, high_product(keyed, factor)
    high += low << np.uint64(1)
    low ^= high >> np.uint64(3)
    low ^= low >> np.uint64(35)
    low *= MX_2
    return avalanche(high), low ^ (low >> np.uint64(28))


@kernel
def _digest_9_to_16(data: npt.NDArray[np.uint8], length: int) -> Pair:
    first, last = read64(data, 0), read64(data, length - 8)
    keyed = first ^ last ^ _TO_16_LOW
    low, high = keyed * P64_1, high_product(keyed, P64_1)
    low += np.uint64(length - 1) << np.uint64(54)
    last ^= _TO_16_HIGH
    high += last + (last & LOW) * (P32_2 - np.uint64(1))
    low ^= reversed_bytes(high)
    return avalanche(high_product(low, P64_2) + high * P64_2), avalanche(low * P64_2)


@kernel
def _mix32(
    data: npt.NDArray[np.uint8], one: int, other: int, secret_at: int | np.int64, high: np.uint64, low: np.uint64
) -> Pair:
    """Two pieces of sixteen bytes: each half takes in the product of one and the sum of the other."""
    low = (low + mix16(data, one, secret_at)) ^ (read64(data, other) + read64(data, other + 8))
    high = (high + mix16(data, other, secret_at + 16)) ^ (read64(data, one) + read64(data, one + 8))
    return high, low


@kernel
def _digest_17_to_240(data: npt.NDArray[np.uint8], length: int) -> Pair:
    n = np.uint64(length)
    high, low = np.uint64(0), n * P64_1
    if length <= 128:
        for i in range((length - 1) // 32, -1, -1):
            high, low = _mix32(data, 16 * i, length - 16 * (i + 1), 32 * i, high, low)
    else:
        for i in range(length // 32):
            high, low = _mix32(data, 32 * i, 32 * i + 16, 32 * i if i < 4 else 32 * i - 125, high, low)
            if i == 3:
                high, low = avalanche(high), avalanche(low)
        high, low = _mix32(data, length - 16, length - 32, np.int64(103), high, low)
    mixed = low * P64_1 + high * P64_4 + n * P64_2
    return np.uint64(0) - avalanche(mixed), avalanche(low + high)


@kernel
def xxh3_128(data: npt.NDArray[np.uint8], length: int) -> Pair:
    """XXH3-128 of ``data[:length]``: the upper and the lower half of ``xxhash.xxh3_128_intdigest``."""
    if length > 240:
        acc = np.empty(8, np.uint64)
        accumulate_long(acc, data, length)
        n = np.uint64(length)
        return merged(acc, ~(n * P64_2), np.int64(117)), merged(acc, n * P64_1, np.int64(11))
    if length > 16:
        return _digest_17_to_240(data, length)
    if length > 8:
        return _digest_9_to_16(data, length)
    if length > 0:
        return _digest_to_8(data, length)
    return avalanche64(_EMPTY_HIGH), avalanche64(_EMPTY_LOW)
