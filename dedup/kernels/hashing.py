"""XXH3-64 of byte spans and of words, and what the hash of a shingle is made with.

XXH3 is Yann Collet's (xxHash, specification ``doc/xxhash_spec.md`` of version 0.8.2, seed 0, default secret).
The package ``xxhash`` computes the same values (``xxh3_64_intdigest``), so that anyone can check ours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.vectors import add_stripe, fold_product, read64, reversed_bytes

# One run of bytes that the specification calls the secret, and the numbers that it holds.
SECRET = np.frombuffer(
    bytes.fromhex(
        "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
        "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
        "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
        "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e"
    ),
    dtype=np.uint8,
)

_SECRET64: npt.NDArray[np.uint64] = SECRET.view("<u8").astype(np.uint64)

P32_1 = np.uint64(0x9E3779B1)
P32_2 = np.uint64(0x85EBCA77)
P32_3 = np.uint64(0xC2B2AE3D)
P64_1 = np.uint64(0x9E3779B185EBCA87)
P64_2 = np.uint64(0xC2B2AE3D27D4EB4F)
P64_3 = np.uint64(0x165667B19E3779F9)
P64_4 = np.uint64(0x85EBCA77C2B2AE63)
P64_5 = np.uint64(0x27D4EB2F165667C5)
_MX_1 = np.uint64(0x165667919E3779F9)
MX_2 = np.uint64(0x9FB21C651E98DF25)
LOW = np.uint64(0xFFFFFFFF)

_EMPTY = _SECRET64[7] ^ _SECRET64[8]
_SHORT = (_SECRET64[0] & LOW) ^ (_SECRET64[0] >> np.uint64(32))
_MIDDLE = _SECRET64[1] ^ _SECRET64[2]
_LONG_LOW = _SECRET64[3] ^ _SECRET64[4]
_LONG_HIGH = _SECRET64[5] ^ _SECRET64[6]
_INITIAL = np.array([P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1], np.uint64)

_TILE = 256  # words that are hashed together: their parts stay in the first cache

# Multipliers of the shingle hash: the golden ratio in 64 bits, and XXH's second prime as the finaliser.
SHINGLE_BASE = np.uint64(0x9E3779B97F4A7C15)
SHINGLE_MIX = np.uint64(0xC2B2AE3D27D4EB4F)


@kernel
def avalanche(h: np.uint64) -> np.uint64:
    """Let every bit of a sum change every bit of the hash: XXH3's last step."""
    h ^= h >> np.uint64(37)
    h *= _MX_1
    return h ^ (h >> np.uint64(32))


@kernel
def avalanche64(h: np.uint64) -> np.uint64:
    """The same for the shortest inputs: the last step of XXH64."""
    h ^= h >> np.uint64(33)
    h *= P64_2
    h ^= h >> np.uint64(29)
    h *= P64_3
    return h ^ (h >> np.uint64(32))


@kernel
def _hash_to_8(head: np.uint64, length: int) -> np.uint64:
    """Hash of the first ``length`` (1 to 8) bytes of ``head``; the rest of ``head`` does not matter.

    Both formulas of the specification, for up to 3 bytes and from 4 on, are worked out and one is taken: without a
    branch, a loop over words becomes vector code.
    """
    n = np.uint64(length)
    last = (head >> np.uint64(8 * (length - 1) & 63)) & np.uint64(255)
    middle = (head >> np.uint64(8 * (length >> 1) & 63)) & np.uint64(255)
    combined = ((head & np.uint64(255)) << np.uint64(16)) | (middle << np.uint64(24)) | last | (n << np.uint64(8))
    short = avalanche64(combined ^ _SHORT)
    h: np.uint64 = ((head >> np.uint64(8 * (length - 4) & 63)) & LOW) + (head << np.uint64(32))
    h ^= _MIDDLE
    h ^= ((h << np.uint64(49)) | (h >> np.uint64(15))) ^ ((h << np.uint64(24)) | (h >> np.uint64(40)))
    h *= MX_2
    h ^= (h >> np.uint64(35)) + n
    h *= MX_2
    return short if length < 4 else h ^ (h >> np.uint64(28))


@kernel
def _hash_9_to_16(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    low = read64(data, begin) ^ _LONG_LOW
    high = read64(data, begin + length - 8) ^ _LONG_HIGH
    return avalanche(np.uint64(length) + reversed_bytes(low) + high + fold_product(low, high))


@kernel
def mix16(data: npt.NDArray[np.uint8], at: int, secret_at: int | np.int64) -> np.uint64:
    """Sixteen bytes, made different by the secret and multiplied with each other."""
    product: np.uint64 = fold_product(
        read64(data, at) ^ read64(SECRET, secret_at), read64(data, at + 8) ^ read64(SECRET, secret_at + 8)
    )
    return product


@kernel
def _hash_17_to_240(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    acc = np.uint64(length) * P64_1
    end = begin + length
    if length <= 128:
        for i in range((length - 1) // 32, -1, -1):
            acc += mix16(data, begin + 16 * i, 32 * i)
            acc += mix16(data, end - 16 * (i + 1), 32 * i + 16)
        return avalanche(acc)
    for i in range(length // 16):
        acc += mix16(data, begin + 16 * i, 16 * i if i < 8 else 16 * i - 125)
        if i == 7:
            acc = avalanche(acc)
    return avalanche(acc + mix16(data, end - 16, np.int64(119)))


@kernel
def accumulate_long(acc: npt.NDArray[np.uint64], data: npt.NDArray[np.uint8], length: int) -> None:
    """Sum up ``data[:length]``, over 240 bytes, in eight numbers: stripes of 64 bytes, blocks of 16 stripes."""
    for i in range(8):
        acc[i] = _INITIAL[i]
    for stripe in range((length - 1) // 64):
        add_stripe(acc, data, 64 * stripe, SECRET, 8 * (stripe % 16))
        if stripe % 16 == 15:
            for i in range(8):
                acc[i] = ((acc[i] ^ (acc[i] >> np.uint64(47))) ^ read64(SECRET, 128 + 8 * i)) * P32_1
    add_stripe(acc, data, length - 64, SECRET, 121)


@kernel
def merged(acc: npt.NDArray[np.uint64], start: np.uint64, secret_at: int | np.int64) -> np.uint64:
    """The hash of a long span from its eight sums."""
    for i in range(4):
        start += fold_product(
            acc[2 * i] ^ read64(SECRET, secret_at + 16 * i), acc[2 * i + 1] ^ read64(SECRET, secret_at + 8 + 16 * i)
        )
    return avalanche(start)


@kernel
def _hash_over_16(data: npt.NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    if length <= 240:
        return _hash_17_to_240(data, begin, length)
    acc = np.empty(8, np.uint64)
    accumulate_long(acc, data[begin:], length)
    return merged(acc, np.uint64(length) * P64_1, np.int64(11))


@kernel
def xxh3_64(data: npt.NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """XXH3-64 of ``data[begin:end]``, equal to ``xxhash.xxh3_64_intdigest``; ``data`` goes on for 8 bytes more."""
    length = end - begin
    if length > 16:
        return _hash_over_16(data, begin, length)
    if length > 8:
        return _hash_9_to_16(data, begin, length)
    return _hash_to_8(read64(data, begin), length) if length > 0 else avalanche64(_EMPTY)


@kernel
def hash_words(
    text: npt.NDArray[np.uint8], edges: npt.NDArray[np.uint32], n: int, words: npt.NDArray[np.uint64]
) -> None:
    """XXH3-64 of each word: word ``i`` is ``text[edges[2 * i]:edges[2 * i + 1]]``, of one byte at least.

    Words of up to 8 bytes, most of all, are hashed by vector code, a tile of them at a time: first their bytes and
    lengths are gathered, then all go through the same formula. The longer ones are noted, and follow one by one.

    Args:
        text: goes on for 8 bytes after the last word.
        n: number of words; ``words`` has room for them.
    """
    heads, lengths = np.empty(_TILE, np.uint64), np.empty(_TILE, np.int64)
    longer = np.empty(_TILE + 1, np.int64)
    for first in range(0, n, _TILE):
        size = min(_TILE, n - first)
        n_longer = 0
        for i in range(size):
            begin, end = int(edges[2 * (first + i)]), int(edges[2 * (first + i) + 1])
            heads[i] = read64(text, begin)
            lengths[i] = end - begin
            longer[n_longer] = i
            n_longer += end - begin > 8
        for i in range(size):
            words[first + i] = _hash_to_8(heads[i], lengths[i])
        for k in range(n_longer):
            at = first + longer[k]
            begin, length = int(np.int64(edges[2 * at])), int(lengths[longer[k]])  # else it compiles twice
            long = length > 16
            words[at] = _hash_over_16(text, begin, length) if long else _hash_9_to_16(text, begin, length)


@kernel
def mixed(h: np.uint64) -> np.uint64:
    """One round of xor, multiply, xor, after which the upper bits depend on all."""
    h ^= h >> np.uint64(32)
    h *= SHINGLE_MIX
    return h ^ (h >> np.uint64(32))
