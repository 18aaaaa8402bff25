"""A background: in how many texts of a corpus each word and each pair of neighbours stands.

It is a count-min sketch (Cormode and Muthukrishnan 2005) whose two counters for a key lie in one cache line. Counts
stop at 255; a key that no text has may seem to have been met, never the other way round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import SHINGLE_BASE, mixed
from dedup.kernels.lexicon import lookup
from dedup.kernels.wording import Dictionary
from dedup.kernels.words import CAPITAL, FIRST, NUMBER

LINE_BITS = 6  # of a cache line of 64 counters
MOST = 255  # texts that a counter tells

# What numbers, names and the ends of sentences are counted as.
NUMBERS, NAMES, EDGE = np.uint64(1), np.uint64(2), np.uint64(3)

U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]


@kernel
def token_of(word: np.uint64, mark: int) -> np.uint64:
    """What a word is counted as: itself, or as any number or any name."""
    if mark & NUMBER > 0:
        return NUMBERS
    return NAMES if mark & CAPITAL > 0 and mark & FIRST == 0 else word


@kernel
def is_name(marks: U8, i: int) -> bool:
    """Whether a word has its capital inside a sentence, or at its beginning with another such word behind."""
    if marks[i] & (CAPITAL | FIRST) == CAPITAL | FIRST:
        i = min(i + 1, len(marks) - 1)
    return bool(marks[i] & (CAPITAL | FIRST) == CAPITAL)


@kernel
def read(
    words: U64,
    marks: U8,
    offsets: I64,
    dictionary: Dictionary,
    function: int,
    mutable: int,
    tokens: U64,
    places: I32,
    free: npt.NDArray[np.bool_],
    tallies: I64,
) -> None:
    """What is known of the words of texts before anything is counted.

    Args:
        words, marks: of all texts, end to end.
        offsets: where each text begins, and the end.
        dictionary: the words known, as ``kernels.wording`` takes them.
        function, mutable: kinds of them.
        tokens: gets what each word is counted as.
        places: gets the place of each in the dictionary, or -1.
        free: gets whether a synonym machine could have touched a word: it is mutable, and no name.
        tallies: ``int64[texts, 3]``, gets of each text the words that are neither capital nor numbers, those of them
            that the dictionary has, and its function words.
    """
    known, buckets, kinds = dictionary
    lookup(words, known, buckets, places)
    for text in range(len(offsets) - 1):
        ordinary, in_dictionary, functions = 0, 0, 0
        for i in range(offsets[text], offsets[text + 1]):
            tokens[i] = token_of(words[i], marks[i])
            kind = kinds[places[i]] if places[i] >= 0 else np.uint8(0)
            free[i] = kind == mutable and not is_name(marks, i)
            is_ordinary = marks[i] & (CAPITAL | NUMBER) == 0
            ordinary += is_ordinary
            in_dictionary += is_ordinary and places[i] >= 0
            functions += kind == function
        tallies[text, 0], tallies[text, 1], tallies[text, 2] = ordinary, in_dictionary, functions


@kernel
def pair_key(left: np.uint64, right: np.uint64) -> np.uint64:
    """Key of two neighbours, in this order."""
    return mixed((left ^ (left >> np.uint64(29))) * SHINGLE_BASE + right)


@kernel
def _counters(table: U8, key: np.uint64) -> tuple[int, int]:
    """The places of both counters of a key, which lie in one cache line."""
    spread = mixed(key * SHINGLE_BASE)
    line = (int(spread >> np.uint64(12)) << LINE_BITS) & (len(table) - 1)
    return line + int(spread & np.uint64(63)), line + int((spread >> np.uint64(6)) & np.uint64(63))


@kernel
def count_of(table: U8, key: np.uint64) -> np.uint8:
    """In how many texts a key stands."""
    one, other = _counters(table, key)
    return min(table[one], table[other])


@kernel
def all_counts(table: U8, keys: U64, n: int, out: U8) -> None:
    """In how many texts the first ``n`` keys stand.

    In a loop of its own: the table is larger than any cache near, and the processor waits for many keys at once only
    where nothing hangs on what it finds.
    """
    for i in range(n):
        out[i] = count_of(table, keys[i])


@kernel
def others(count: np.uint8, own: int) -> int:
    """Of texts counted those that are others; ``own`` is 1 if the text itself was counted."""
    return max(int(count) - own, 0)


@kernel
def _add(table: npt.NDArray[np.uint8], key: np.uint64) -> None:
    one, other = _counters(table, key)
    if table[one] < MOST:
        table[one] += 1
    if other != one and table[other] < MOST:
        table[other] += 1


@kernel
def _is_new(key: np.uint64, text: int, keys: U64, stamps: npt.NDArray[np.int64]) -> bool:
    """Whether a text has not had this key before; ``keys`` is a hash table that ``stamps`` clears for each text."""
    at = np.int64(mixed(key)) & (len(keys) - 1)
    while stamps[at] == text:
        if keys[at] == key:
            return False
        at = (at + 1) & (len(keys) - 1)
    keys[at], stamps[at] = key, text
    return True


@kernel
def count(
    tokens: U64, marks: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64], room: int, table: npt.NDArray[np.uint8]
) -> None:
    """Add texts to a background.

    Args:
        tokens, marks: of the words of all texts, end to end.
        offsets: where each text begins, and the end.
        room: a power of two, over twice the keys of the longest text.
        table: counters, a power of two of them.
    """
    keys, stamps = np.empty(room, np.uint64), np.full(room, -1, np.int64)
    for text in range(len(offsets) - 1):
        begin, end = offsets[text], offsets[text + 1]
        left = EDGE
        for i in range(begin, end):
            if marks[i] & FIRST > 0 and i > begin:
                if _is_new(pair_key(left, EDGE), text, keys, stamps):
                    _add(table, pair_key(left, EDGE))
                left = EDGE
            if _is_new(tokens[i], text, keys, stamps):
                _add(table, tokens[i])
            if _is_new(pair_key(left, tokens[i]), text, keys, stamps):
                _add(table, pair_key(left, tokens[i]))
            left = tokens[i]
        if end > begin and _is_new(pair_key(left, EDGE), text, keys, stamps):
            _add(table, pair_key(left, EDGE))
