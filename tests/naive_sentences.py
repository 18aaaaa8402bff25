"""Slow, obvious twins of the kernels that find passages in other words.

Terms are integers from 0 on, sentences lists of them; an exact word of ``loose`` is -1 - its partner's place.
"""

from __future__ import annotations

import bisect
import itertools
import math
from collections import Counter, defaultdict

from dedup.kernels import blocks as bounds
from dedup.kernels import merging, rewording, sentences, summaries
from dedup.kernels.words import FIRST

UNIT = sentences.UNIT


# --- sentences.py ---


def sentence_bounds(marks, least):
    """Begins of sentences and the number of words."""
    found = [0]
    for i, mark in enumerate(marks):
        if i > 0 and mark & FIRST and i - found[-1] >= least:
            found.append(i)
    if len(found) > 1 and len(marks) - found[-1] < least:
        found.pop()
    return [*found, len(marks)]


def cut(ids, places):
    """The sentences of a text."""
    return [ids[a:b] for a, b in itertools.pairwise(places)]


def terms_of(words, lemmas):
    """The term of each word: its lemma, or, negative, what names the word."""
    return [lemma if lemma >= 0 else int(word) - (1 << 63) for word, lemma in zip(words, lemmas, strict=True)]


def numbered(left, right):
    """Numbers of the terms of two texts, as they come, and the terms."""
    values = list(dict.fromkeys([*left, *right]))
    return [values.index(v) for v in left], [values.index(v) for v in right], values


def holders(parts, n):
    """Sentences that hold each term."""
    return [sum(t in part for part in parts) for t in range(n)]


def weights(counts, n_sentences):
    """What each term weighs."""
    return [round(UNIT * math.log(1 + n_sentences / count)) for count in counts]


def near_seeds(at, parts, distance):
    """Terms of the sentences that are at most ``distance`` from one of those ``at``."""
    return {t for s, part in enumerate(parts) for t in part if any(abs(s - i) <= distance for i in at)}


def stand_ins(values, near, left, right, synonyms):
    """For each near term of one text alone the first near synonym that the other alone has; ``synonyms`` by lemma."""
    out = []
    for t, value in enumerate(values):
        known = synonyms[value] if t in near and not (left[t] and right[t]) and 0 <= value < len(synonyms) else []
        others = [values.index(synonym) for synonym in known if synonym in values]
        alone = [u for u in others if u in near and (left if left[t] else right)[u] == 0]
        out.append(alone[0] if alone else -1)
    return out


def affordable(left, right, most):
    """The greatest limit, halved as often as needed, with which the work stays within ``most``."""
    limit = max([1, *right])
    while limit > 1 and sum(a * b for a, b in zip(left, right, strict=True) if b <= limit) > most:
        limit //= 2
    return limit


def cosine(left, right, weight):
    """Cosine of two bags of terms."""
    one, two = Counter(left), Counter(right)
    squares = [float(sum((weight[t] * n) ** 2 for t, n in bag.items())) for bag in (one, two)]
    dot = float(sum(weight[t] ** 2 * one[t] * two[t] for t in one))
    return dot / math.sqrt(max(squares[0] * squares[1], 1.0))


def seeds(left, right, weight, min_cosine, min_dice):
    """Pairs of sentences alike with their cosines."""
    out = []
    for i, one in enumerate(left):
        alike = []
        for j, two in enumerate(right):
            dice = 2 * len(set(one) & set(two)) / (len(set(one)) + len(set(two)))
            if cosine(one, two, weight) > min_cosine and dice > min_dice:
                alike.append((-cosine(one, two, weight), j))
        out += [((i, j), -minus) for minus, j in sorted(alike)[: sentences.MAX_PARTNERS]]
    return [pair for pair, _ in out], [value for _, value in out]


# --- blocks.py ---


def split(pairs, gap, side=0, whole=0, turns=0):
    """Parts of the pairs with no gap on either side."""
    if whole == 2 or turns == bounds.MAX_TURNS or not pairs:
        return [pairs] if pairs else []
    ordered = sorted(pairs, key=lambda pair: pair[side])
    cuts = [k for k in range(1, len(pairs)) if ordered[k][side] - ordered[k - 1][side] > gap]
    parts = [ordered[a:b] for a, b in itertools.pairwise([0, *cuts, len(pairs)])]
    if len(parts) == 1:
        return split(ordered, gap, 1 - side, whole + 1, turns + 1)
    return [part for one in parts for part in split(one, gap, 1 - side, 1, turns + 1)]


def blocks(pairs, left, right, weight, max_gap, min_gap, min_similarity):
    """Spans of words that close seeds make; ``left`` and ``right`` are (ids, begins of sentences)."""
    out = []
    for gap in range(max_gap, min_gap - 1, -1):
        rest = []
        for part in split(pairs, gap):
            i, j = [pair[0] for pair in part], [pair[1] for pair in part]
            a, a_end = left[1][min(i)], left[1][max(i) + 1]
            b, b_end = right[1][min(j)], right[1][max(j) + 1]
            if cosine(left[0][a:a_end], right[0][b:b_end], weight) >= min_similarity:
                out.append([a, a_end, b, b_end])
            else:
                rest += part
        pairs = rest
    return out


def gain(expected, taken_over):
    """Evidence of a term that the other side holds where so many are expected by chance."""
    chance = 1 - math.exp(-expected)
    return max(1, round(UNIT * math.log(1 + taken_over * (1 - chance) / chance)))


def loss(taken_over):
    """Evidence of a term that the other side has not."""
    return round(UNIT * math.log(1 - taken_over))


def gains(ids, counts, n_words, taken_over):
    """Evidence of the terms of a stretch."""
    always = bounds.ALWAYS * len(ids) / max(n_words, bounds.BACKGROUND)
    return {t: gain(counts[t] * (len(ids) / n_words) + always, taken_over) for t in ids if t >= 0}


def border(ids, marks, begin, end, known, stand_in, missing, partners):
    """The place with the greatest sum of evidence from ``begin`` towards ``end``, and the evidence of loose words."""
    step = 1 if end >= begin else -1
    best, evidence, exact = (0, begin, 0), 0, 0
    for here in range(begin, end, step):
        t = ids[here if step > 0 else here - 1]
        if t < 0 and partners[0] <= -1 - t < partners[1]:
            exact += bounds.EXACT_WORD
        elif t in known and t >= 0:
            evidence += known[t]
        else:
            synonym = known.get(stand_in[t], 0) // bounds.SYNONYM if t >= 0 and stand_in[t] >= 0 else 0
            evidence += synonym if synonym > 0 else missing
        at = here + step
        ends = at in {0, len(ids)} or marks[at] & FIRST
        value = evidence + exact + (bounds.AT_SENTENCE if ends else 0)
        if value > best[0]:
            best = (value, at, evidence)
    return best[1], best[2]


def settle(ids, marks, begin, end, *rest):
    """The best borders around the middle, and the evidence."""
    middle = (begin + end) // 2
    first, before = border(ids, marks, middle, max(0, begin - bounds.REACH), *rest)
    last, after = border(ids, marks, middle, min(len(ids), end + bounds.REACH), *rest)
    return first, last, before + after


def settled(block, left, right, elsewhere, stand_in):
    """A block with its best borders and its evidence; ``left`` and ``right`` are (ids, loose, marks, begins)."""
    a, a_end, b, b_end = block
    total, missing = len(left[1]) + len(right[1]), loss(bounds.TAKEN_OVER)
    for _ in range(bounds.ROUNDS):
        known = gains(right[1][b:b_end], elsewhere, total, bounds.TAKEN_OVER)
        near = (b - bounds.REACH, b_end + bounds.REACH)
        a, a_end, one = settle(left[1], left[2], a, a_end, known, stand_in, missing, near)
        known = gains(left[1][a:a_end], elsewhere, total, bounds.TAKEN_OVER)
        near = (a - bounds.REACH, a_end + bounds.REACH)
        b, b_end, two = settle(right[1], right[2], b, b_end, known, stand_in, missing, near)
    return a, a_end, b, b_end, min(one, two)


# --- summaries.py ---


def long_stretch(partners, n_sentences):
    """From the first partner to the last, and to the ends if these are near."""
    ordered = sorted(partners)
    longest = max([0, *(b - a for a, b in itertools.pairwise(ordered))])
    first, last = ordered[0], ordered[-1]
    return (0 if first <= longest else first), (n_sentences if n_sentences - 1 - last <= longest else last + 1)


def likeness(seeds_of):
    """Sentences, mean of their best cosines, most of them in one block; ``seeds_of`` are (sentence, cosine, block)."""
    best, inside = defaultdict(float), defaultdict(set)
    for sentence, value, block in seeds_of:
        best[sentence] = max(best[sentence], value)
        if block >= 0:
            inside[block].add(sentence)
    total = 0.0
    for value in best.values():
        total += value
    return len(best), total / max(len(best), 1), max([0, *map(len, inside.values())])


def exact_words(loose, begin, end):
    """Words whose partners lie between two places, and the longest run of them."""
    partners = [-1 - t if begin <= -1 - t < end else None for t in loose]
    longest, here = 0, 0
    for before, partner in itertools.pairwise([None, *partners]):
        if partner is None:
            here = 0
        else:
            here = here + 1 if before is not None and abs(partner - before - 1) <= summaries.MAX_SHIFT else 1
        longest = max(longest, here)
    return sum(p is not None for p in partners), longest


def _summary(group, found, column, short, long, counts, stand_in):
    """The summary that a group of seeds (pair, cosine, block) makes, or None."""
    n, mean, most = likeness([(pair[0], value, block) for pair, value, block in group])
    if n < summaries.LEAST_SENTENCES or mean < summaries.LEAST_COSINE or most > summaries.IN_ONE_BLOCK * n or most >= n:
        return None
    first, last = long_stretch([pair[1] for pair, _, _ in group], len(long[3]) - 1)
    b, b_end = long[3][first], long[3][last]
    a, a_end = short[3][group[0][0][0]], short[3][group[-1][0][0] + 1]
    if b_end - b < summaries.LEAST_RATIO * (a_end - a):
        return None
    share = (a_end - a) / len(short[1])
    known = {
        t: gain((max(counts[t] - 1, 0) + bounds.ALWAYS) * share, summaries.SUMMED_UP)
        for t in long[1][b:b_end]
        if t >= 0
    }
    a, a_end, evidence = settle(short[1], short[2], a, a_end, known, stand_in, loss(summaries.SUMMED_UP), (b, b_end))
    n, (n_exact, longest) = a_end - a, exact_words(short[1][a:a_end], b, b_end)
    strongest = max([0, *(row[4] for row in found if row[column] < a_end and a < row[column + 1])])
    fits = (
        n >= summaries.LEAST_WORDS
        and b_end - b <= summaries.MOST_RATIO * n
        and evidence + UNIT * (n_exact - longest) >= summaries.LEAST_DENSITY * (n - longest)
        and longest <= summaries.MOST_EXACT * n
        and strongest <= summaries.BESIDE_BLOCK * evidence
    )
    return [a, a_end, b, b_end, evidence] if fits else None


def summed_up(pairs, cosines, inside, found, column, short, long, counts, stand_in):
    """Stretches of the short text that sum up such of the long one."""
    ordered = sorted(zip(pairs, cosines, inside, strict=True), key=lambda seed: seed[0][0])
    cuts = [k for k in range(1, len(ordered)) if ordered[k][0][0] - ordered[k - 1][0][0] > summaries.MAX_GAP]
    groups = [ordered[a:b] for a, b in itertools.pairwise([0, *cuts, len(ordered)])]
    made = [_summary(group, found, column, short, long, counts, stand_in) for group in groups if group]
    return [row for row in made if row is not None]


# --- agreement.py ---


def common(left, right):
    """Words in common, as bags."""
    return (Counter(left) & Counter(right)).total()


def in_order(left, right):
    """Terms that stand once in either, and the longest increasing subsequence of their places."""
    one, two = Counter(left), Counter(right)
    places = [right.index(t) for t in left if one[t] == 1 and two[t] == 1]
    ends = []
    for place in places:
        at = bisect.bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(places), len(ends)


# --- merging.py ---


def even(gap, other, most):
    """Whether two gaps are small and about the same."""
    least = min(gap, other)
    return least >= 0 and max(gap, other) <= most and abs(gap - other) <= merging.MAX_UNEVEN + least // 4


def frames(exact):
    """Exact passages joined over small even gaps."""
    out = []
    for p, (a, a_end, b, b_end, n, *_) in enumerate(exact):
        if out and even(a - out[-1][1], b - out[-1][3], merging.MAX_JOINED):
            out[-1] = [out[-1][0], a_end, out[-1][2], b_end, out[-1][4] + n, -1]
        else:
            out.append([a, a_end, b, b_end, n, p])
    return out


def loose_ids(ids, exact, side):
    """The ids, and in exact passages -1 - the partner's place."""
    out = list(ids)
    for row in exact:
        for i in range(row[side], row[side + 1]):
            out[i] = -1 - min(row[2 - side] + i - row[side], row[3 - side] - 1)
    return out


def overlap(one, two):
    """Whether two rows overlap on the left, and on the right."""
    return tuple(one[k] < two[k + 1] and two[k] < one[k + 1] for k in (0, 2))


def with_exact(span, exact):
    """The hull of a span and the exact passages that it overlaps on both sides, and how many these are."""
    rows = [row[:4] for row in exact if all(overlap(span, row))]
    hull = [pick(row[k] for row in [span, *rows]) for k, pick in enumerate((min, max, min, max))]
    return hull, len(rows)


def merged(of_left, of_right, found, exact):
    """All passages as dicts."""
    out = []
    for rows, side in ((of_left, 0), (of_right, 2)):
        for *turned, evidence in rows:
            span, _ = with_exact(turned[side:] + turned[:side], exact)
            out.append({"span": span, "kind": merging.SUMMARY, "evidence": evidence, "found": -1, "side": side // 2})
    for *span, evidence in found:
        beside = [row for row in out if row["kind"] == merging.SUMMARY]
        if not any(overlap(span, row["span"])[row["side"]] for row in beside):
            out.append({"span": span, "kind": merging.REWORDED, "evidence": evidence, "found": -1})
    for *span, n, place in exact:
        others = [row for row in out if not row.get("frame")]
        if not any(all(overlap(span, row["span"])) for row in others):
            kind = merging.EXACT if place >= 0 else merging.REWORDED
            out.append({"span": span, "kind": kind, "evidence": UNIT * n, "found": place, "frame": True})
    return out


def joined(rows, n_left, n_right):
    """Neighbours joined over even gaps, and carried on to the ends of the texts."""
    out = []
    for row in rows:
        (a, a_end, b, b_end), last = row["span"], out[-1] if out else None
        if last:
            c, c_end, d, d_end = last["span"]
            most = max(merging.MAX_JOINED, min(a_end - a, c_end - c))
            if max(row["kind"], last["kind"]) == merging.REWORDED and even(a - c_end, b - d_end, most):
                evidence = last["evidence"] + row["evidence"]
                out[-1] = {"span": [c, a_end, d, b_end], "kind": merging.REWORDED, "evidence": evidence, "found": -1}
                continue
        out.append({**row, "span": [a, a_end, b, b_end]})
    for row in out:
        a, a_end, b, b_end = row["span"]
        if row["kind"] == merging.REWORDED:
            most = max(merging.MAX_JOINED, a_end - a)
            if even(a, b, most):
                row["span"][0], row["span"][2] = 0, 0
            if even(n_left - a_end, n_right - b_end, most):
                row["span"][1], row["span"][3] = n_left, n_right
    return out


# --- rewording.py ---


def proven(found, exact, left, right, elsewhere, stand_in):
    """Blocks with their best borders that stand the tests."""
    out = []
    for block in found:
        *span, evidence = settled(with_exact(block, exact)[0], left, right, elsewhere, stand_in)
        (a, a_end, b, b_end), n_exact = with_exact(span, exact)
        loose = [sum(t >= 0 for t in side) for side in (left[1][a:a_end], right[1][b:b_end])]
        least = rewording.MIN_ADDED if n_exact else rewording.MIN_EVIDENCE
        if min(a_end - a, b_end - b) < rewording.LEAST_WORDS or min(loose) < rewording.LEAST_LOOSE or evidence < least:
            continue
        out.append([a, a_end, b, b_end, evidence])
    return out


def chosen(found):
    """Blocks without those that overlap a better one."""
    out = []
    for row in sorted(found, key=lambda row: -row[4]):
        if not any(any(overlap(row, other)) for other in out):
            out.append(row)
    return out


def blocks_of_seeds(pairs, left, right, found):
    """The block that holds the middles of both sentences of each seed, or -1."""
    out = []
    for i, j in pairs:
        a, b = (left[i] + left[i + 1]) // 2, (right[j] + right[j + 1]) // 2
        held = [k for k, row in enumerate(found) if row[0] <= a < row[1] and row[2] <= b < row[3]]
        out.append(held[0] if held else -1)
    return out


def passages(left, right, exact, synonyms):
    """All passages of two texts, each (words, terms, marks), as rows of the kernel's columns."""
    ids = numbered(left[1], right[1])
    n_terms, exact = len(ids[2]), frames(exact)
    sides = []
    for k, (_, _, marks) in enumerate((left, right)):
        places = sentence_bounds(marks, sentences.LEAST_SENTENCE)
        sides.append((ids[k], loose_ids(ids[k], exact, 2 * k), marks, places))
    of_left, of_right, found = [], [], []
    if min(sum(t >= 0 for t in side[1]) for side in sides) >= rewording.LEAST_LOOSE:
        parts = [cut(side[0], side[3]) for side in sides]
        counts = [holders(part, n_terms) for part in parts]
        both = [a + b for a, b in zip(*counts, strict=True)]
        weight = weights(both, len(parts[0]) + len(parts[1]))
        pairs, cosines = seeds(*parts, weight, rewording.MIN_COSINE, rewording.MIN_DICE)
        around = [near_seeds({pair[k] for pair in pairs}, parts[k], rewording.MAX_GAP) for k in (0, 1)]
        stand_in = stand_ins(ids[2], around[0] | around[1], *counts, synonyms)
        places = [(side[0], side[3]) for side in sides]
        rough = blocks(pairs, *places, weight, rewording.MAX_GAP, rewording.MIN_GAP, rewording.MIN_SIMILARITY)
        found = chosen(proven(rough, exact, *sides, [max(n - 2, 0) for n in both], stand_in))
        inside = blocks_of_seeds(pairs, sides[0][3], sides[1][3], found)
        of_left = summed_up(pairs, cosines, inside, found, 0, *sides, counts[0], stand_in)
        turned = [(j, i) for i, j in pairs]
        of_right = summed_up(turned, cosines, inside, found, 2, sides[1], sides[0], counts[1], stand_in)
    rows = sorted(merged(of_left, of_right, found, exact), key=lambda row: row["span"][0])
    out = []
    for row in joined(rows, len(left[0]), len(right[0])):
        a, a_end, b, b_end = row["span"]
        if row["kind"] == merging.EXACT:
            n, order = row["evidence"] // UNIT, (0, 0)
        else:
            n, order = common(left[0][a:a_end], right[0][b:b_end]), in_order(ids[0][a:a_end], ids[1][b:b_end])
        out.append([a, a_end, b, b_end, n, row["kind"], row["evidence"], *order, row["found"]])
    return out
