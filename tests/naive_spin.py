"""Slow and obvious twins of the kernels for the dictionary and for the spin score of a lone document."""

import collections
import math

from dedup.kernels import spin as kernels
from dedup.kernels.words import CAPITAL, FIRST, NUMBER, QUOTED

EDGE = int(kernels.EDGE)


def naive_places(wanted, words):
    """Place of each word in a list; -1 where it is not in it."""
    return [words.index(word) if word in words else -1 for word in wanted]


def naive_classed(words, marks):
    """Numbers and names as such, other words as they are."""
    return [
        int(kernels.NUMBERS) if mark & NUMBER else int(kernels.NAMES) if mark & CAPITAL and not mark & FIRST else word
        for word, mark in zip(words, marks, strict=True)
    ]


def naive_neighbours(tokens, marks):
    """For each word of a text what stands before and after it in its sentence: another word or the edge."""
    left = [tokens[i - 1] if i and not marks[i] & FIRST else EDGE for i in range(len(tokens))]
    right = [tokens[i + 1] if i + 1 < len(tokens) and not marks[i + 1] & FIRST else EDGE for i in range(len(tokens))]
    return left, right


def naive_background(texts):
    """In how many texts (tokens, marks) each word and each pair stands."""
    counts = collections.Counter()
    for tokens, marks in texts:
        left, right = naive_neighbours(tokens, marks)
        counts.update({*tokens, *zip(left, tokens, strict=True), *zip(tokens, right, strict=True)})
    return counts


def naive_likeliest(lemmas, forms, zipf, synonyms, members, k):
    """The most usual synonyms of each word in a form that it shares, those of equal use in the order of the lists."""
    chosen = []
    for lemma, form in zip(lemmas, forms, strict=True):
        others = [other for synonym in synonyms[lemma] for other in members[synonym] if forms[other] & form]
        ranked = sorted(others, key=lambda other: -zipf[other])[:k]
        chosen.append(ranked + [-1] * (k - len(ranked)))
    return chosen


def naive_weigh(tokens, marks, places, free, counts, own, dictionary):
    """Place, columns by number and likeliest original of each lemma that could have been replaced."""
    words, lemmas, zipf, n_synonyms, chosen = dictionary
    left, right = naive_neighbours(tokens, marks)
    seen, rows = set(), []
    for i, (token, place) in enumerate(zip(tokens, places, strict=True)):
        if not free[i] or (lemmas[place], marks[i] & QUOTED) in seen:
            continue
        seen.add((lemmas[place], marks[i] & QUOTED))

        def others(key):
            return max(counts[key] - own, 0)

        before, after = others((left[i], token)), others((token, right[i]))
        gain, original = 0.0, -1
        for other in chosen[place] if min(before, after) < kernels.RARE else []:
            there = counts[left[i], words[other]], counts[words[other], right[i]]
            if other >= 0 and min(there) > 0 and math.log2(1 + there[0]) + math.log2(1 + there[1]) > gain:
                gain, original = math.log2(1 + there[0]) + math.log2(1 + there[1]), other
        best = zipf[chosen[place][0]] if chosen[place][0] >= 0 else 0.0
        own_gain = math.log2(1 + before) + math.log2(1 + after)
        row = {
            kernels.ZIPF: zipf[place], kernels.BEST_ZIPF: best, kernels.ADVANTAGE: best - zipf[place],
            kernels.SYNONYMS: n_synonyms[place], kernels.LEFT: math.log2(1 + before),
            kernels.RIGHT: math.log2(1 + after), kernels.WORD: math.log2(1 + others(token)), kernels.GAIN: gain,
            kernels.EXCESS: gain - own_gain, kernels.LEFT_WORD: math.log2(1 + others(left[i])),
            kernels.RIGHT_WORD: math.log2(1 + others(right[i])), kernels.LEFT_UNSEEN: before == 0,
            kernels.RIGHT_UNSEEN: after == 0, kernels.BOTH_UNSEEN: before == after == 0,
        }  # fmt: skip
        rows.append((i, [float(row[column]) for column in range(kernels.COLUMNS)], original))
    return rows


def naive_log_odds(columns, terms, bias):
    """The sum of terms (column, knot, other column or -1, weight) for each row."""
    return [
        bias + sum(w * max(row[of] - over, 0.0) * (row[by] if by >= 0 else 1.0) for of, over, by, w in terms)
        for row in columns
    ]


def naive_mixture(log_ratios, shares):
    """The best log-likelihood ratio of a text over the shares."""
    return max(sum(math.log1p(s * (math.exp(ratio) - 1)) for ratio in log_ratios) for s in shares)


def naive_hits(words, tokens, marks, phrases):
    """Phrases (words, in small letters) in a text: of those that begin at a word the first of the list."""
    found = []
    for i in range(len(words)):
        for number, (phrase, lower) in enumerate(phrases):
            span = range(i, min(i + len(phrase), len(words)))
            fits = [phrase[k - i] in (words[k], tokens[k]) and not marks[k] & QUOTED for k in span]
            if len(fits) == len(phrase) and all(fits) and not (lower and marks[i] & CAPITAL):
                found.append([number, i, i + len(phrase) - 1])
                break
    return found
