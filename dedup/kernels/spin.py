"""How usual a document's wording is in its corpus, and whether a synonym would be more usual.

A background counts in how many texts each word and each pair of neighbours stands: a count-min sketch (Cormode and
Muthukrishnan 2005) whose two counters for a key lie in one cache line. Counts stop at 255; a key that no text has may
seem to have been met, never the other way round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import SHINGLE_BASE, mixed
from dedup.kernels.words import CAPITAL, FIRST, NUMBER, QUOTED

LINE_BITS = 6  # of a cache line of 64 counters
MOST = 255

# What numbers, names and the ends of sentences are counted as.
NUMBERS, NAMES, EDGE = np.uint64(1), np.uint64(2), np.uint64(3)

# Columns of what is known of a word: its frequency in English at large and that of its most usual synonym (on Zipf's
# scale: log10 of uses in a thousand million words), the difference, log2(1 + number of synonyms); then, as
# log2(1 + texts), how many other texts have it beside its left and right neighbour, itself, its best synonym between
# these neighbours (the sum of two), what that is beyond its own, and the neighbours; then yes or no.
(
    ZIPF, BEST_ZIPF, ADVANTAGE, SYNONYMS, LEFT, RIGHT, WORD, GAIN, EXCESS, LEFT_WORD, RIGHT_WORD,
    LEFT_UNSEEN, RIGHT_UNSEEN, BOTH_UNSEEN, COLUMNS,
) = range(15)  # fmt: skip

RARE = 4  # other texts: where a word stands in so few between its neighbours, synonyms are tried

U64 = npt.NDArray[np.uint64]


@kernel
def classed(words: U64, marks: npt.NDArray[np.uint8], tokens: U64) -> None:
    """What each word is counted as: itself, or as any number or any name."""
    for i in range(len(words)):
        tokens[i] = words[i]
        if marks[i] & NUMBER > 0:
            tokens[i] = NUMBERS
        elif marks[i] & CAPITAL > 0 and marks[i] & FIRST == 0:
            tokens[i] = NAMES


@kernel
def pair_key(left: np.uint64, right: np.uint64) -> np.uint64:
    """Key of two neighbours, in this order."""
    return mixed((left ^ (left >> np.uint64(29))) * SHINGLE_BASE + right)


@kernel
def count_of(table: npt.NDArray[np.uint8], key: np.uint64, own: int) -> int:
    """In how many other texts a key stands; ``own`` is 1 if the text itself was counted."""
    spread = mixed(key * SHINGLE_BASE)
    line = (np.int64(spread >> np.uint64(12)) << LINE_BITS) & (len(table) - 1)
    one = table[line + np.int64(spread & np.uint64(63))]
    other = table[line + np.int64((spread >> np.uint64(6)) & np.uint64(63))]
    return max(int(min(one, other)) - own, 0)


@kernel
def _add(table: npt.NDArray[np.uint8], key: np.uint64) -> None:
    spread = mixed(key * SHINGLE_BASE)
    line = (np.int64(spread >> np.uint64(12)) << LINE_BITS) & (len(table) - 1)
    one, other = line + np.int64(spread & np.uint64(63)), line + np.int64((spread >> np.uint64(6)) & np.uint64(63))
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


@kernel
def likeliest(
    lemmas: npt.NDArray[np.int32],
    forms: npt.NDArray[np.uint8],
    zipf: npt.NDArray[np.float64],
    synonyms: npt.NDArray[np.int32],
    synonyms_from: npt.NDArray[np.int64],
    members: npt.NDArray[np.int32],
    members_from: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.int32],
) -> None:
    """The most usual synonyms of each word of a dictionary, in the same form, the most usual first.

    Args:
        lemmas, forms, zipf: of each word.
        synonyms, synonyms_from: lemmas that are synonyms of each lemma.
        members, members_from: words of each lemma.
        chosen: ``int32[words, k]``, gets their places; the rest stays as it is.
    """
    k = chosen.shape[1]
    for word in range(len(lemmas)):
        n = 0
        for s in range(synonyms_from[lemmas[word]], synonyms_from[lemmas[word] + 1]):
            for m in range(members_from[synonyms[s]], members_from[synonyms[s] + 1]):
                other = members[m]
                if forms[other] & forms[word] == 0:
                    continue
                at = n
                while at > 0 and zipf[chosen[word, at - 1]] < zipf[other]:
                    if at < k:
                        chosen[word, at] = chosen[word, at - 1]
                    at -= 1
                if at < k:
                    chosen[word, at] = other
                    n = min(n + 1, k)


@kernel
def gain(
    left: np.uint64,
    right: np.uint64,
    word: int,
    words: U64,
    table: npt.NDArray[np.uint8],
    chosen: npt.NDArray[np.int32],
) -> tuple[float, int]:
    """How usual the best synonym of a word would be between its neighbours, and its place; 0 and -1 if none would be.

    That is the sum of log2(1 + count) of the two pairs, where the background has both.
    """
    best, found = 0.0, -1
    for k in range(chosen.shape[1]):
        other = chosen[word, k]
        if other < 0:
            break
        before = count_of(table, pair_key(left, words[other]), 0)
        if before == 0:
            continue
        after = count_of(table, pair_key(words[other], right), 0)
        usual = np.log2(1.0 + before) + np.log2(1.0 + after) if after > 0 else 0.0
        if usual > best:
            best, found = usual, other
    return best, found


@kernel
def weigh(
    tokens: U64,
    marks: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int32],
    free: npt.NDArray[np.bool_],
    offsets: npt.NDArray[np.int64],
    own: npt.NDArray[np.bool_],
    table: npt.NDArray[np.uint8],
    words: U64,
    lemmas: npt.NDArray[np.int32],
    zipf: npt.NDArray[np.float64],
    n_synonyms: npt.NDArray[np.float64],
    chosen: npt.NDArray[np.int32],
    at: npt.NDArray[np.int64],
    columns: npt.NDArray[np.float64],
    originals: npt.NDArray[np.int32],
) -> int:
    """What is known of the words that could have been replaced.

    A lemma counts once a text, where it stands first, outside quotations and once more inside: what a text is about it
    says again and again.

    Args:
        places: of the words in the dictionary.
        words, lemmas, zipf, n_synonyms, chosen: of the dictionary: hashes, lemmas, frequency, log2(1 + synonyms),
            ``likeliest``.
        at: gets the places of these words in the texts; room for all words that are ``free``.
        columns: ``float64[words, COLUMNS]``, gets what the names of the columns above say.
        originals: gets the place of the likeliest original in the dictionary, -1 if none is likelier.

    Returns:
        How many such words there are.
    """
    n = 0
    last = np.full((2, len(words)), -1, np.int64)  # text in which each lemma was met last
    for text in range(len(offsets) - 1):
        begin, end, counted = offsets[text], offsets[text + 1], int(own[text])
        for i in range(begin, end):
            quoted = 1 if marks[i] & QUOTED > 0 else 0
            if not free[i] or last[quoted, lemmas[places[i]]] == text:
                continue
            here = places[i]
            last[quoted, lemmas[here]] = text
            left = tokens[i - 1] if i > begin and marks[i] & FIRST == 0 else EDGE
            right = tokens[i + 1] if i + 1 < end and marks[i + 1] & FIRST == 0 else EDGE
            before = count_of(table, pair_key(left, tokens[i]), counted)
            after = count_of(table, pair_key(tokens[i], right), counted)
            usual, original = 0.0, -1
            if min(before, after) < RARE:
                usual, original = gain(left, right, here, words, table, chosen)
            row = columns[n]
            row[ZIPF] = zipf[here]
            row[BEST_ZIPF] = zipf[chosen[here, 0]] if chosen[here, 0] >= 0 else 0.0
            row[ADVANTAGE] = row[BEST_ZIPF] - row[ZIPF]
            row[SYNONYMS] = n_synonyms[here]
            row[LEFT], row[RIGHT] = np.log2(1.0 + before), np.log2(1.0 + after)
            row[WORD] = np.log2(1.0 + count_of(table, tokens[i], counted))
            row[GAIN] = usual
            row[EXCESS] = usual - row[LEFT] - row[RIGHT]
            row[LEFT_WORD] = np.log2(1.0 + count_of(table, left, counted))
            row[RIGHT_WORD] = np.log2(1.0 + count_of(table, right, counted))
            row[LEFT_UNSEEN], row[RIGHT_UNSEEN] = before == 0, after == 0
            row[BOTH_UNSEEN] = before == 0 and after == 0
            at[n], originals[n] = i, original
            n += 1
    return n


@kernel
def log_odds(
    columns: npt.NDArray[np.float64],
    of: npt.NDArray[np.int64],
    over: npt.NDArray[np.float64],
    times: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
    bias: float,
    out: npt.NDArray[np.float64],
) -> None:
    """Log-odds of each row: the sum of terms, each a weight times the part of a column beyond a knot.

    Args:
        of, over: column and knot of each term: ``max(column - knot, 0)``.
        times: another column that the term is multiplied with, or -1.
    """
    for i in range(len(columns)):
        total = bias
        for k in range(len(of)):
            value = max(columns[i, of[k]] - over[k], 0.0)
            if times[k] >= 0:
                value *= columns[i, times[k]]
            total += weights[k] * value
        out[i] = total


@kernel
def mixture(
    log_ratios: npt.NDArray[np.float64],
    offsets: npt.NDArray[np.int64],
    shares: npt.NDArray[np.float64],
    gains: npt.NDArray[np.float64],
) -> None:
    """Log-likelihood ratio of each text: some share of its words replaced, against none.

    Under a share s a word whose features are r times as likely for a replaced word as for another has the ratio
    1 + s (r - 1); of the ``shares`` the best counts.

    Args:
        log_ratios: log r of each word.
        offsets: where the words of each text begin, and the end.
        gains: gets the logarithm for each text, which may be less than 0.
    """
    for text in range(len(offsets) - 1):
        best = -np.inf
        for k in range(len(shares)):
            total = 0.0
            for i in range(offsets[text], offsets[text + 1]):
                total += np.log1p(shares[k] * (np.exp(log_ratios[i]) - 1.0))
            best = max(best, total)
        gains[text] = best
