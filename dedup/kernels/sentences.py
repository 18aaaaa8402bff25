"""Sentences of two texts that say the same: their terms, what a term weighs, and pairs of sentences alike.

A term is a word's lemma, or the word itself where no dictionary knows it. It weighs the more, the fewer sentences of
the two texts hold it. Two sentences are alike if their terms are, by cosine and by Dice's coefficient, function words
included: the seeds of Sanchez-Perez, Sidorov and Gelbukh, "A winning approach to text alignment for text reuse
detection at PAN 2014". All sums are of whole numbers, so that they do not hang on the order of the terms.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.align import Words
from dedup.kernels.hashing import SHINGLE_BASE
from dedup.kernels.order import grown
from dedup.kernels.words import FIRST

UNIT = 1000  # weights and evidence are whole numbers: thousandths
LEAST_SENTENCE = 6  # words; a shorter one goes with the one after it: "No." says nothing
MAX_PARTNERS = 8  # of a sentence, the best: repeated sentences would have each other for partners, all of them
MAX_STEPS = 1 << 22  # of the inner loop of ``seeds`` for one pair of texts, some ten milliseconds
NO_LEMMA = np.uint64(1 << 63)

Ids: TypeAlias = npt.NDArray[np.int64]
# Different terms of the sentences of a text: where those of each begin, and the end; the terms; how often each stands.
Bags: TypeAlias = tuple[Ids, Ids, Ids]
Lemmas: TypeAlias = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]  # of the words of the left and the right text

# One of two texts: the number of each word's term; the same, but of a word in an exact passage -1 - about its partner's
# place in the other text; marks of the words; where sentences begin, and the number of words.
Side: TypeAlias = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.uint8], npt.NDArray[np.int64]]


@kernel
def count_loose(ids: npt.NDArray[np.int64]) -> int:
    """How many words of a stretch are in no exact passage."""
    n = 0
    for t in ids:
        n += t >= 0
    return n


@kernel
def put(row: npt.NDArray[np.int64], a: int, a_end: int, b: int, b_end: int) -> None:
    """Write a span of either side into the first four columns of a row."""
    row[0], row[1], row[2], row[3] = a, a_end, b, b_end


@kernel
def fill_in(out: npt.NDArray[np.int64], values: npt.NDArray[np.int64]) -> None:
    """Write values to the beginning of an array."""
    for i in range(len(values)):
        out[i] = values[i]


@kernel
def taken(rows: npt.NDArray[np.int64], places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The rows in the order of their places."""
    out = np.empty((len(places), rows.shape[1]), np.int64)
    for r in range(len(places)):
        fill_in(out[r], rows[places[r]])
    return out


@kernel
def term_of(word: np.uint64, lemma: np.int32) -> np.int64:
    """The term of a word: the number of its lemma, or where that is -1 a negative number, the word itself."""
    return np.int64(lemma) if lemma >= 0 else np.int64(word | NO_LEMMA)


@kernel
def sentence_bounds(marks: npt.NDArray[np.uint8], least: int) -> npt.NDArray[np.int64]:
    """Where the sentences of a text begin, and its number of words; none but the only one has less than ``least``."""
    bounds = np.zeros(len(marks) + 2, np.int64)
    n = 1
    for i in range(1, len(marks)):
        if marks[i] & FIRST > 0 and i - bounds[n - 1] >= least:
            bounds[n] = i
            n += 1
    if n > 1 and len(marks) - bounds[n - 1] < least:
        n -= 1
    bounds[n] = len(marks)
    return bounds[: n + 1]


@kernel
def numbered(words: Words, lemmas: Lemmas) -> tuple[Ids, Ids, Ids]:
    """Number the terms of two texts as they come, equal ones alike: numbers on the left, on the right, and the terms.

    An open table knows those that came: it is small enough to stay in the nearest cache.
    """
    bits, n = 1, 0
    while 1 << bits < 2 * (len(words[0]) + len(words[1])):
        bits += 1
    entries, mask, shift = np.full(1 << bits, -1, np.int32), np.uint64((1 << bits) - 1), np.uint64(64 - bits)
    left_ids, right_ids = np.empty(len(words[0]), np.int64), np.empty(len(words[1]), np.int64)
    values = np.empty(len(words[0]) + len(words[1]), np.int64)
    for side, ids in enumerate((left_ids, right_ids)):
        for i in range(len(ids)):
            term = term_of(words[side][i], lemmas[side][i])
            at = np.uint64(term) * SHINGLE_BASE >> shift
            while entries[at] >= 0 and values[entries[at]] != term:
                at = (at + np.uint64(1)) & mask
            if entries[at] < 0:
                entries[at], values[n] = n, term
                n += 1
            ids[i] = entries[at]
    return left_ids, right_ids, values[:n]


@kernel
def near_seeds(
    pairs: npt.NDArray[np.int64],
    side: int,
    ids: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.int64],
    distance: int,
    near: npt.NDArray[np.bool_],
) -> None:
    """Mark the terms of the sentences that are at most ``distance`` from one with a partner.

    Args:
        pairs: seeds, the sentences of this text in column ``side``.
        near: for each term; what is marked stays so.
    """
    done = np.zeros(len(bounds) - 1, np.bool_)
    for p in range(len(pairs)):
        for s in range(max(0, pairs[p, side] - distance), min(len(done), pairs[p, side] + distance + 1)):
            if not done[s]:
                done[s] = True
                for k in range(bounds[s], bounds[s + 1]):
                    near[ids[k]] = True


@kernel
def stand_ins(
    values: npt.NDArray[np.int64],
    near: npt.NDArray[np.bool_],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    starts: npt.NDArray[np.int64],
    synonyms: npt.NDArray[np.int32],
    numbers: npt.NDArray[np.int32],
) -> npt.NDArray[np.int64]:
    """For each term that one text alone holds a synonym that the other one alone holds, the first; else -1.

    Args:
        values: the terms by their numbers, those of words without a lemma negative.
        near: the terms that matter; the others get none, and are none.
        left, right: how many sentences of each text hold each term.
        starts, synonyms: synonyms of all lemmas end to end, those of lemma ``i`` from ``starts[i]`` on, ascending.
        numbers: for each lemma -1, and left so.
    """
    out = np.full(len(values), -1, np.int64)
    lone, n = np.empty(len(values), np.int64), 0
    for t in range(len(values)):
        if values[t] >= 0 and near[t] and (left[t] == 0 or right[t] == 0):
            numbers[values[t]], lone[n] = t, t
            n += 1
    for t in lone[:n]:
        for k in range(starts[values[t]], starts[values[t] + 1]):
            other = numbers[synonyms[k]]
            if other >= 0 and (left[other] == 0) != (left[t] == 0):
                out[t] = other
                break
    for t in lone[:n]:
        numbers[values[t]] = -1
    return out


@kernel
def bags(ids: Ids, bounds: Ids, n: int) -> Bags:
    """The different terms of each sentence of a text, as they come, and how often each stands in it.

    Args:
        ids: of the words, less than ``n``.
        bounds: of the sentences.
    """
    starts, terms, times = np.zeros(len(bounds), np.int64), np.empty(len(ids), np.int64), np.empty(len(ids), np.int64)
    place, filled = np.full(n, -1, np.int64), 0  # where each term stands in ``terms``; none in an earlier sentence
    for s in range(len(bounds) - 1):
        for i in range(bounds[s], bounds[s + 1]):
            if place[ids[i]] < starts[s]:
                place[ids[i]], terms[filled], times[filled] = filled, ids[i], 0
                filled += 1
            times[place[ids[i]]] += 1
        starts[s + 1] = filled
    return starts, terms[:filled], times[:filled]


@kernel
def holders(bags: Bags, n: int) -> Ids:
    """How many sentences of a text hold each of ``n`` terms."""
    out = np.zeros(n, np.int64)
    for t in bags[1]:
        out[t] += 1
    return out


@kernel
def weights(counts: npt.NDArray[np.int64], n_sentences: int) -> npt.NDArray[np.int64]:
    """What each term weighs: the logarithm of one and the sentences for each that holds it, in thousandths."""
    out, most = np.empty(len(counts), np.int64), 0
    for t in range(len(counts)):
        most = max(most, counts[t])
    of_count = np.full(most + 1, -1, np.int64)
    for t in range(len(counts)):
        if of_count[counts[t]] < 0:  # one logarithm for all terms that so many sentences hold: most are in one or two
            of_count[counts[t]] = np.int64(np.rint(UNIT * np.log(1.0 + n_sentences / counts[t])))
        out[t] = of_count[counts[t]]
    return out


@kernel
def _squares(bags: Bags, weight: Ids) -> npt.NDArray[np.float64]:
    """Of each sentence the square of its length as a vector of terms."""
    starts, terms, times = bags
    squares = np.zeros(len(starts) - 1)
    for s in range(len(starts) - 1):
        for k in range(starts[s], starts[s + 1]):
            t = terms[k]
            squares[s] += np.float64(times[k] * times[k] * weight[t] * weight[t])
    return squares


@kernel
def _postings(bags: Bags, counts: Ids) -> Bags:
    """The sentences that hold each term, and how often: those of term ``t`` from ``start[t]`` on."""
    starts, terms, times = bags
    start, filled = np.zeros(len(counts) + 1, np.int64), np.empty(len(counts), np.int64)
    for t in range(len(counts)):
        start[t + 1], filled[t] = start[t] + counts[t], start[t]
    where, often = np.empty(len(terms), np.int64), np.empty(len(terms), np.int64)
    for s in range(len(starts) - 1):
        for k in range(starts[s], starts[s + 1]):
            at = filled[terms[k]]
            where[at], often[at] = s, times[k]
            filled[terms[k]] += 1
    return start, where, often


@kernel
def affordable(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], most: int) -> int:
    """How many sentences of the right text may hold a term that is looked up, for the work to stay within ``most``.

    Args:
        left, right: how many sentences of each text hold each term.
    """
    limit = 1
    for t in range(len(right)):
        limit = max(limit, right[t])
    while limit > 1:
        steps = 0
        for t in range(len(right)):
            if right[t] <= limit:
                steps += left[t] * right[t]
        if steps <= most:
            break
        limit //= 2
    return limit


@kernel
def _keep_best(
    partners: npt.NDArray[np.int64], cosines: npt.NDArray[np.float64], kept: int, partner: int, cosine: float
) -> int:
    """Put a partner among the best ones, of which ``kept`` are there, by descending cosine; of equals the earlier."""
    at = kept
    while at > 0 and (cosines[at - 1] < cosine or (cosines[at - 1] == cosine and partners[at - 1] > partner)):
        if at < MAX_PARTNERS:
            partners[at], cosines[at] = partners[at - 1], cosines[at - 1]
        at -= 1
    if at < MAX_PARTNERS:
        partners[at], cosines[at] = partner, cosine
    return min(kept + 1, MAX_PARTNERS)


@kernel
def seeds(
    left: Bags, right: Bags, left_counts: Ids, right_counts: Ids, weight: Ids, min_cosine: float, min_dice: float
) -> tuple[Ids, npt.NDArray[np.float64]]:
    """Pairs of sentences alike, rows (left, right), at most ``MAX_PARTNERS`` to a left one; and their cosines.

    Ascending by the left sentence, then descending by cosine. In huge texts the terms that most sentences hold are
    passed over, so that no pair takes more than ``MAX_STEPS``: cosines are then somewhat too small.

    Args:
        left_counts, right_counts: how many sentences of each text hold each term.
    """
    starts, terms, times = left
    limit = affordable(left_counts, right_counts, MAX_STEPS)
    left_squares, right_squares = _squares(left, weight), _squares(right, weight)
    start, where, often = _postings(right, right_counts)
    ends, n_right = right[0], len(right[0]) - 1
    dots, common, touched = np.zeros(n_right), np.zeros(n_right, np.int64), np.empty(n_right + 1, np.int64)
    partners, cosines = np.empty(MAX_PARTNERS, np.int64), np.empty(MAX_PARTNERS)
    out, scores, filled = np.empty((16, 2), np.int64), np.empty(MAX_PARTNERS * (len(starts) - 1)), 0
    for s in range(len(starts) - 1):
        n_touched, kept = 0, 0
        for k in range(starts[s], starts[s + 1]):
            t = terms[k]
            if right_counts[t] <= limit:
                factor = np.float64(times[k] * weight[t] * weight[t])
                for p in range(start[t], start[t + 1]):
                    r = where[p]
                    touched[n_touched] = r
                    n_touched += common[r] == 0  # no branch: nobody can guess it
                    dots[r] += factor * often[p]
                    common[r] += 1
        for k in range(n_touched):
            r = touched[k]
            if 2.0 * common[r] / (starts[s + 1] - starts[s] + ends[r + 1] - ends[r]) > min_dice:
                cosine = dots[r] / np.sqrt(left_squares[s] * right_squares[r])
                if cosine > min_cosine:
                    kept = _keep_best(partners, cosines, kept, r, cosine)
            dots[r], common[r] = 0.0, 0
        if filled + kept > len(out):
            out = grown(out, 2 * len(out) + kept)
        for k in range(kept):
            out[filled, 0], out[filled, 1], scores[filled] = s, partners[k], cosines[k]
            filled += 1
    return out[:filled], scores[:filled]
