"""Slow and obvious twins of the kernels for the dictionary and for the spin score of a lone document."""

import collections
import math

from dedup.kernels import background
from dedup.kernels import spin as kernels
from dedup.kernels.words import CAPITAL, FIRST, NUMBER, QUOTED

EDGE = int(background.EDGE)


def naive_places(wanted, words):
    """Place of each word in a list; -1 where it is not in it."""
    return [words.index(word) if word in words else -1 for word in wanted]


def naive_read(text, kinds, function, mutable):
    """Of each word of a text what it is counted as, its place among ``kinds`` or -1, whether it is free; and tallies.

    These are: ordinary words, those of them that are known, and function words.
    """

    def inside(i):
        return i < len(text) and text[i][1] & CAPITAL and not text[i][1] & FIRST

    rows, known = [], list(kinds)
    ordinary = [word for word, mark in text if not mark & (CAPITAL | NUMBER)]
    for i, (word, mark) in enumerate(text):
        name = inside(i) or (mark & CAPITAL and mark & FIRST and inside(i + 1))
        token = int(background.NUMBERS) if mark & NUMBER else int(background.NAMES) if inside(i) else word
        rows.append((token, known.index(word) if word in kinds else -1, kinds.get(word) == mutable and not name))
    functions = sum(kinds.get(word) == function for word, _ in text)
    return rows, [len(ordinary), sum(word in kinds for word in ordinary), functions]


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
    """Place, counts by number and likeliest original of each lemma that could have been replaced."""
    words, lemmas, chosen = dictionary
    left, right = naive_neighbours(tokens, marks)
    seen, rows = set(), []
    for i, (token, place) in enumerate(zip(tokens, places, strict=True)):
        if not free[i] or (lemmas[place], marks[i] & QUOTED) in seen:
            continue
        seen.add((lemmas[place], marks[i] & QUOTED))
        row = {
            kernels.BEFORE: counts[left[i], token], kernels.AFTER: counts[token, right[i]],
            kernels.ITSELF: counts[token], kernels.ON_LEFT: counts[left[i]], kernels.ON_RIGHT: counts[right[i]],
        }  # fmt: skip
        row = {name: max(count - own, 0) for name, count in row.items()}
        gain, original, best = 0.0, -1, (0, 0)
        for other in chosen[place] if min(row[kernels.BEFORE], row[kernels.AFTER]) < kernels.RARE else []:
            there = counts[left[i], words[other]], counts[words[other], right[i]]
            if other >= 0 and min(there) > 0 and math.log2(1 + there[0]) + math.log2(1 + there[1]) > gain:
                gain, original, best = math.log2(1 + there[0]) + math.log2(1 + there[1]), other, there
        row |= {kernels.BEST_BEFORE: best[0], kernels.BEST_AFTER: best[1]}
        rows.append((i, [row[name] for name in range(kernels.COUNTS)], original))
    return rows


def naive_columns(in_dictionary, counts):
    """The columns of a word by number."""
    (zipf, best_zipf, advantage, synonyms), log = in_dictionary, [math.log2(1 + count) for count in counts]
    gain = log[kernels.BEST_BEFORE] + log[kernels.BEST_AFTER]
    before, after = counts[kernels.BEFORE], counts[kernels.AFTER]
    row = {
        kernels.ZIPF: zipf, kernels.BEST_ZIPF: best_zipf, kernels.ADVANTAGE: advantage, kernels.SYNONYMS: synonyms,
        kernels.LEFT: log[kernels.BEFORE], kernels.RIGHT: log[kernels.AFTER], kernels.WORD: log[kernels.ITSELF],
        kernels.GAIN: gain, kernels.EXCESS: gain - log[kernels.BEFORE] - log[kernels.AFTER],
        kernels.LEFT_WORD: log[kernels.ON_LEFT], kernels.RIGHT_WORD: log[kernels.ON_RIGHT],
        kernels.LEFT_UNSEEN: before == 0, kernels.RIGHT_UNSEEN: after == 0, kernels.BOTH_UNSEEN: before == after == 0,
    }  # fmt: skip
    return [float(row[column]) for column in range(kernels.COLUMNS)]


def naive_log_odds(columns, terms, bias):
    """The sum of terms (column, knot, other column or -1, weight) for each row."""
    return [
        bias + sum(w * max(row[of] - over, 0.0) * (row[by] if by >= 0 else 1.0) for of, over, by, w in terms)
        for row in columns
    ]


def naive_mixture(ratios, shares):
    """The best log-likelihood ratio of a text over the shares, and the mean of ratios outside quotations and inside.

    ``ratios`` are pairs of a log-ratio and whether it is one of a quotation.
    """
    outside, inside = ([ratio for ratio, quoted in ratios if quoted == side] for side in (False, True))
    best = max(sum(math.log1p(s * (math.exp(ratio) - 1)) for ratio in outside) for s in shares)
    return best, [sum(part) / max(len(part), 1) for part in (outside, inside)]


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
