"""XXH3-64 of byte spans, and the hash of a shingle from the hashes of its words.

XXH3 is Yann Collet's (xxHash, specification ``doc/xxhash_spec.md`` of version 0.8.2, seed 0, default secret).
The package ``xxhash`` computes the same values (``xxh3_64_intdigest``), so that anyone can check ours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

_SECRET = np.frombuffer(
    bytes.fromhex(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
        "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
        "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
        "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
    ),
    dtype=np.uint8,
)

_SECRET64: npt.NDArray[np.uint64] = _SECRET.view("<u8").astype(np.uint64)

_P32_1 = np.uint64(0x9E3779B1)
_P32_2 = np.uint64(0x85EBCA77)
_P32_3 = np.uint64(0xC2B2AE3D)
_P64_1 = np.uint64(0x9E3779B185EBCA87)
_P64_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_P64_3 = np.uint64(0x165667B19E3779F9)
_P64_4 = np.uint64(0x85EBCA77C2B2AE63)
_P64_5 = np.uint64(0x27D4EB2F165667C5)
_MX_1 = np.uint64(0x165667919E3779F9)
_MX_2 = np.uint64(0x9FB21C651E98DF25)
_LOW = np.uint64(0xFFFFFFFF)

# Multipliers of the shingle hash: the golden ratio in 64 bits, and XXH's second prime as the finaliser.
SHINGLE_BASE = np.uint64(0x9E3779B97F4A7C15)
SHINGLE_MIX = np.uint64(0xC2B2AE3D27D4EB4F)


@kernel
def _read32(data: npt.NDArray[np.uint8], at: int) -> np.uint64:
    value = np.uint64(0)
    for i in range(4):
        value |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return value


@kernel
def _read64(data: npt.NDArray[np.uint8], at: int) -> np.uint64:
    value = np.uint64(0)
    for i in range(8):
        value |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return value


@kernel
def _fold_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """Low half xor high half of the 128-bit product."""
    half = np.uint64(32)
    a_low, a_high = a & _LOW, a >> half
    b_low, b_high = b & _LOW, b >> half
    low = a_low * b_low
    cross = a_high * b_low + (low >> half)
    middle = a_low * b_high + (cross & _LOW)
    high = a_high * b_high + (cross >> half) + (middle >> half)
    return (a * b) ^ high


@kernel
def _avalanche(h: np.uint64) -> np.uint64:
    h ^= h >> np.uint64(37)
    h *= _MX_1
    return h ^ (h >> np.uint64(32))


@kernel
def _avalanche64(h: np.uint64) -> np.uint64:
    h ^= h >> np.uint64(33)
    h *= _P64_2
    h ^= h >> np.uint64(29)
    h *= _P64_3
    return h ^ (h >> np.uint64(32))


@kernel
def _hash_1_to_16(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    n = np.uint64(length)
    if length > 8:
        low = _read64(data, begin) ^ (_SECRET64[3] ^ _SECRET64[4])
        high = _read64(data, begin + length - 8) ^ (_SECRET64[5] ^ _SECRET64[6])
        swapped = np.uint64(0)
        for i in range(8):
            swapped |= ((low >> np.uint64(8 * i)) & np.uint64(255)) << np.uint64(56 - 8 * i)
        return _avalanche(n + swapped + high + _fold_product(low, high))
    if length >= 4:
        h: np.uint64 = _read32(data, begin + length - 4) + (_read32(data, begin) << np.uint64(32))
        h ^= _SECRET64[1] ^ _SECRET64[2]
        h ^= ((h << np.uint64(49)) | (h >> np.uint64(15))) ^ ((h << np.uint64(24)) | (h >> np.uint64(40)))
        h *= _MX_2
        h ^= (h >> np.uint64(35)) + n
        h *= _MX_2
        return h ^ (h >> np.uint64(28))
    first, middle, last = (
        np.uint64(data[begin]),
        np.uint64(data[begin + (length >> 1)]),
        np.uint64(data[begin + length - 1]),
    )
    combined = (first << np.uint64(16)) | (middle << np.uint64(24)) | last | (n << np.uint64(8))
    return _avalanche64(combined ^ (_read32(_SECRET, 0) ^ _read32(_SECRET, 4)))


@kernel
def _mix16(data: npt.NDArray[np.uint8], at: int, secret_at: int) -> np.uint64:
    return _fold_product(
        _read64(data, at) ^ _read64(_SECRET, secret_at), _read64(data, at + 8) ^ _read64(_SECRET, secret_at + 8)
    )


@kernel
def _hash_17_to_240(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    acc = np.uint64(length) * _P64_1
    end = begin + length
    if length <= 128:
        for i in range((length - 1) // 32, -1, -1):
            acc += _mix16(data, begin + 16 * i, 32 * i)
            acc += _mix16(data, end - 16 * (i + 1), 32 * i + 16)
        return _avalanche(acc)
    for i in range(8):
        acc += _mix16(data, begin + 16 * i, 16 * i)
    acc = _avalanche(acc)
    for i in range(8, length // 16):
        acc += _mix16(data, begin + 16 * i, 16 * (i - 8) + 3)
    return _avalanche(acc + _mix16(data, end - 16, 119))


@kernel
def _accumulate(acc: npt.NDArray[np.uint64], data: npt.NDArray[np.uint8], at: int, secret_at: int) -> None:
    for i in range(8):
        value = _read64(data, at + 8 * i)
        key = value ^ _read64(_SECRET, secret_at + 8 * i)
        acc[i ^ 1] += value
        acc[i] += (key & _LOW) * (key >> np.uint64(32))


@kernel
def _hash_long(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    acc = np.array([_P32_3, _P64_1, _P64_2, _P64_3, _P64_4, _P32_2, _P64_5, _P32_1])
    n_blocks = (length - 1) // 1024
    for block in range(n_blocks):
        for stripe in range(16):
            _accumulate(acc, data, begin + 1024 * block + 64 * stripe, 8 * stripe)
        for i in range(8):
            acc[i] = ((acc[i] ^ (acc[i] >> np.uint64(47))) ^ _read64(_SECRET, 128 + 8 * i)) * _P32_1
    for stripe in range((length - 1 - 1024 * n_blocks) // 64):
        _accumulate(acc, data, begin + 1024 * n_blocks + 64 * stripe, 8 * stripe)
    _accumulate(acc, data, begin + length - 64, 121)
    result = np.uint64(length) * _P64_1
    for i in range(4):
        result += _fold_product(
            acc[2 * i] ^ _read64(_SECRET, 11 + 16 * i), acc[2 * i + 1] ^ _read64(_SECRET, 19 + 16 * i)
        )
    return _avalanche(result)


@kernel
def xxh3_64(data: npt.NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """XXH3-64 of ``data[begin:end]``, equal to ``xxhash.xxh3_64_intdigest``."""
    length = end - begin
    if length == 0:
        return _avalanche64(_SECRET64[7] ^ _SECRET64[8])
    if length <= 16:
        return _hash_1_to_16(data, begin, length)
    if length <= 240:
        return _hash_17_to_240(data, begin, length)
    return _hash_long(data, begin, length)


@kernel
def shingle_hash(words: npt.NDArray[np.uint64], begin: int, size: int) -> np.uint64:
    """Hash of the ``size`` word hashes from ``begin`` on: a polynomial, then one round of xor, multiply, xor."""
    h = np.uint64(0)
    for i in range(begin, begin + size):
        h = h * SHINGLE_BASE + words[i]
    h ^= h >> np.uint64(32)
    h *= SHINGLE_MIX
    return h ^ (h >> np.uint64(32))
