"""How usual a document's wording is in its corpus, and whether a synonym would be more usual."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.background import EDGE, MOST, all_counts, others, pair_key
from dedup.kernels.words import FIRST, QUOTED

# Columns of what is known of a word: its frequency in English at large and that of its most usual synonym (on Zipf's
# scale: log10 of uses in a thousand million words), the difference, log2(1 + number of synonyms); then, as
# log2(1 + texts), how many other texts have it beside its left and right neighbour, itself, its best synonym between
# these neighbours (the sum of two), what that is beyond its own, and the neighbours; then yes or no.
(
    ZIPF, BEST_ZIPF, ADVANTAGE, SYNONYMS, LEFT, RIGHT, WORD, GAIN, EXCESS, LEFT_WORD, RIGHT_WORD,
    LEFT_UNSEEN, RIGHT_UNSEEN, BOTH_UNSEEN, COLUMNS,
) = range(15)  # fmt: skip
IN_DICTIONARY = 4  # columns that say the same of a word wherever it stands: the first ones

# What the background counts of a word: texts that have it beside its left and right neighbour, itself, the neighbours,
# and its likeliest original beside either.
BEFORE, AFTER, ITSELF, ON_LEFT, ON_RIGHT, BEST_BEFORE, BEST_AFTER, COUNTS = range(8)
ASKED = 5  # of these at once; the others only where a word is rare

RARE = 4  # other texts: where a word stands in so few between its neighbours, synonyms are tried

U64 = npt.NDArray[np.uint64]
U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
_TINY, _HUGE = 1e-100, 1e100  # of products of ratios
_LOGS = np.log2(1.0 + np.arange(MOST + 1))  # of counts


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
def neighbours(tokens: U64, marks: U8, i: int, begin: int, end: int) -> tuple[np.uint64, np.uint64]:
    """What stands on both sides of a word in its sentence; ``begin`` and ``end`` are those of its text."""
    left = tokens[i - 1] if i > begin and marks[i] & FIRST == 0 else EDGE
    return left, tokens[i + 1] if i + 1 < end and marks[i + 1] & FIRST == 0 else EDGE


@kernel
def _ask_for_words(
    tokens: U64, marks: U8, begin: int, end: int, at: I64, table: U8, keys: U64, found: U8, counts: U8
) -> None:
    """Count some words of one text, and their neighbours; ``keys`` and ``found`` are room for ``ASKED`` of each."""
    for row in range(len(at)):
        i = at[row]
        left, right = neighbours(tokens, marks, i, begin, end)
        keys[ASKED * row + BEFORE], keys[ASKED * row + AFTER] = pair_key(left, tokens[i]), pair_key(tokens[i], right)
        keys[ASKED * row + ITSELF] = tokens[i]
        keys[ASKED * row + ON_LEFT], keys[ASKED * row + ON_RIGHT] = left, right
    all_counts(table, keys, ASKED * len(at), found)
    for row in range(len(at)):
        for k in range(ASKED):
            counts[row, k] = found[ASKED * row + k]
        counts[row, BEST_BEFORE], counts[row, BEST_AFTER] = 0, 0


@kernel
def _ask_for_synonyms(
    tokens: U64,
    marks: U8,
    begin: int,
    end: int,
    own: int,
    at: I64,
    places: I32,
    words: U64,
    chosen: I32,
    table: U8,
    keys: U64,
    found: U8,
    asked: I32,
    counts: U8,
    originals: I32,
) -> None:
    """Of the rare words of one text find the synonym that is most usual between the neighbours, and count it.

    That is the one of the greatest sum of log2(1 + count) of the two pairs, where the background has both.

    Args:
        keys, found: room for each choice of each word, twice.
        asked: likewise, three columns: the word's row, the synonym, and which of these have the left neighbour.
    """
    n, n_met = 0, 0
    for row in range(len(at)):
        originals[row] = -1
        if min(others(counts[row, BEFORE], own), others(counts[row, AFTER], own)) < RARE:
            left, _ = neighbours(tokens, marks, at[row], begin, end)
            for other in chosen[places[at[row]]]:
                if other < 0:
                    break
                keys[n], asked[n, 0], asked[n, 1] = pair_key(left, words[other]), row, other
                n += 1
    all_counts(table, keys, n, found)
    for k in range(n):
        asked[n_met, 2] = k
        n_met += found[k] > 0
    behind, after = keys[n:], found[n:]
    for m in range(n_met):
        row, other = asked[asked[m, 2], 0], asked[asked[m, 2], 1]
        _, right = neighbours(tokens, marks, at[row], begin, end)
        behind[m] = pair_key(words[other], right)
    all_counts(table, behind, n_met, after)
    for m in range(n_met):
        row, other, before = asked[asked[m, 2], 0], asked[asked[m, 2], 1], found[asked[m, 2]]
        best = _LOGS[counts[row, BEST_BEFORE]] + _LOGS[counts[row, BEST_AFTER]]
        if after[m] > 0 and _LOGS[before] + _LOGS[after[m]] > best:
            originals[row], counts[row, BEST_BEFORE], counts[row, BEST_AFTER] = other, before, after[m]


@kernel
def weigh(
    tokens: U64,
    marks: U8,
    places: I32,
    free: npt.NDArray[np.bool_],
    offsets: I64,
    own: npt.NDArray[np.bool_],
    table: U8,
    words: U64,
    lemmas: I32,
    chosen: I32,
    at: I64,
    counts: U8,
    originals: I32,
) -> int:
    """What the background says of the words that could have been replaced.

    A lemma counts once a text, where it stands first, outside quotations and once more inside: what a text is about it
    says again and again.

    Args:
        places: of the words in the dictionary.
        own: whether the background has counted each text.
        words, lemmas, chosen: of the dictionary: hashes, lemmas, ``likeliest``.
        at: gets the places of these words in the texts; room for all words that are ``free``.
        counts: ``uint8[words, COUNTS]``, gets what the names of the counts above say; those of the word and its
            neighbours are of other texts, where the background has counted this one.
        originals: gets the place of the likeliest original in the dictionary, -1 if none is likelier.

    Returns:
        How many such words there are.
    """
    n, longest = 0, 0
    for text in range(len(offsets) - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    room = max(ASKED, 2 * chosen.shape[1]) * longest
    keys, found, asked = np.empty(room, np.uint64), np.empty(room, np.uint8), np.empty((room + 1, 3), np.int32)
    last = np.full((2, len(words)), -1, np.int32)  # text in which each lemma was met last
    for text in range(len(offsets) - 1):
        begin, end, first, counted = offsets[text], offsets[text + 1], n, int(own[text])
        for i in range(begin, end):
            quoted = 1 if marks[i] & QUOTED > 0 else 0
            if free[i] and last[quoted, lemmas[places[i]]] != text:
                last[quoted, lemmas[places[i]]] = text
                at[n] = i
                n += 1
        mine, kept = at[first:n], counts[first:n]
        _ask_for_words(tokens, marks, begin, end, mine, table, keys, found, kept)
        _ask_for_synonyms(
            tokens, marks, begin, end, counted, mine, places, words, chosen, table, keys, found, asked, kept,
            originals[first:n],
        )  # fmt: skip
        for row in range(len(kept)):
            for k in range(ASKED):
                kept[row, k] = others(kept[row, k], counted)
    return n


@kernel
def fill_columns(in_dictionary: F64, counts: U8, row: F64) -> None:
    """All that is known of a word: the columns above.

    Args:
        in_dictionary: the first columns.
        counts: as ``weigh`` gives them.
        row: gets the columns.
    """
    for k in range(IN_DICTIONARY):
        row[k] = in_dictionary[k]
    row[LEFT], row[RIGHT], row[WORD] = _LOGS[counts[BEFORE]], _LOGS[counts[AFTER]], _LOGS[counts[ITSELF]]
    row[GAIN] = _LOGS[counts[BEST_BEFORE]] + _LOGS[counts[BEST_AFTER]]
    row[EXCESS] = row[GAIN] - row[LEFT] - row[RIGHT]
    row[LEFT_WORD], row[RIGHT_WORD] = _LOGS[counts[ON_LEFT]], _LOGS[counts[ON_RIGHT]]
    row[LEFT_UNSEEN], row[RIGHT_UNSEEN] = counts[BEFORE] == 0, counts[AFTER] == 0
    row[BOTH_UNSEEN] = max(counts[BEFORE], counts[AFTER]) == 0


@kernel
def all_columns(places: I32, in_dictionary: F64, counts: U8, columns: F64) -> None:
    """``fill_columns`` for words at some places of the dictionary."""
    for i in range(len(places)):
        fill_columns(in_dictionary[places[i]], counts[i], columns[i])


@kernel
def log_odds(
    places: I32, in_dictionary: F64, counts: U8, of: I64, over: F64, times: I64, weights: F64, bias: float, out: F64
) -> None:
    """Log-odds of each word: the sum of terms, each a weight times the part of a column beyond a knot.

    Args:
        places, in_dictionary, counts: as ``all_columns`` takes them.
        of, over: column and knot of each term: ``max(column - knot, 0)``.
        times: another column that the term is multiplied with, or -1.
    """
    row = np.empty(COLUMNS)
    for i in range(len(places)):
        fill_columns(in_dictionary[places[i]], counts[i], row)
        total = bias
        for k in range(len(of)):
            value = max(row[of[k]] - over[k], 0.0)
            if times[k] >= 0:
                value *= row[times[k]]
            total += weights[k] * value
        out[i] = total


@kernel
def mixture(log_ratios: F64, inside: npt.NDArray[np.bool_], offsets: I64, shares: F64, gains: F64, means: F64) -> None:
    """Log-likelihood ratio of each text: some share of its words outside quotations replaced, against none.

    Under a share s a word whose features are r times as likely for a replaced word as for another has the ratio
    1 + s (r - 1); of the ``shares`` the best counts.

    Args:
        log_ratios: log r of each word.
        inside: whether it stands in a quotation.
        offsets: where the words of each text begin, and the end.
        gains: gets the logarithm for each text, which may be less than 0.
        means: ``float64[texts, 2]``, gets the mean of the log-ratios outside quotations, and inside; 0 where none is.
    """
    products = np.empty(len(shares))
    for text in range(len(offsets) - 1):
        totals, sums, n = np.zeros(len(shares)), np.zeros(2), np.zeros(2, np.int64)
        products[:] = 1.0
        for i in range(offsets[text], offsets[text + 1]):
            side = int(inside[i])
            sums[side] += log_ratios[i]
            n[side] += 1
            if side == 1:
                continue
            more = np.exp(log_ratios[i]) - 1.0
            for k in range(len(shares)):
                products[k] *= 1.0 + shares[k] * more
                if not _TINY < products[k] < _HUGE:  # a logarithm for many words, not one for each
                    totals[k] += np.log(products[k])
                    products[k] = 1.0
        gains[text] = -np.inf
        for k in range(len(shares)):
            gains[text] = max(gains[text], totals[k] + np.log(products[k]))
        for side in range(2):
            means[text, side] = sums[side] / max(n[side], 1)
