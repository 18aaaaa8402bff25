"""Slow, obvious twins of the kernels and the ground of the clues of structure, on lists of words."""

from __future__ import annotations

from collections import Counter
from math import sqrt

LEAST_CUT = 4


def alike(words, frequency, window, spans, commonest, unknown):
    """Cosine of the words inside some spans of a window and those outside."""
    inside, outside = Counter(), Counter()
    for i in range(*window):
        weight = commonest - (frequency[i] or unknown)
        if weight > 0:
            held = any(begin <= i < end for begin, end in spans)
            (inside if held else outside)[words[i]] += weight
    if not inside or not outside:
        return 0.0
    both = sum(sqrt(inside[word] * outside[word]) for word in inside)
    return both / sqrt(sum(inside.values()) * sum(outside.values()))


def names(text, spans, titles):
    """The last words of the names of a text, by where they stand first: place, alone or not, shared or not.

    Args:
        text: words, each with whether it has a capital letter, and whether it is a name: one that begins no sentence.
    """
    found = {}
    for i, (word, _, is_name) in enumerate(text):
        if is_name and not (i + 1 < len(text) and text[i + 1][2]):
            alone = i == 0 or not text[i - 1][1] or text[i - 1][0] in titles
            found.setdefault(word, (i, alone, any(begin <= i < end for begin, end in spans)))
    return found


def orphans(left, right, left_spans, right_spans, titles):
    """What the right text has lost, and the left one: how many names; where the first is introduced, where alone."""
    ours, theirs = names(left, left_spans, titles), names(right, right_spans, titles)
    out = []
    for lost in (0, 1):
        found = []
        for word in ours:
            if word in theirs:
                introduced, alone = (ours[word], theirs[word]) if lost == 0 else (theirs[word], ours[word])
                if not introduced[1] and not introduced[2] and alone[1] and alone[2]:
                    found.append((introduced[0], alone[0]))
        out.append([len(found), *(found[0] if found else (-1, -1))])
    return out


def pieces(passages, cuts):
    """Passages without the cuts in them: rows of left begin, left end, right begin, right end.

    Args:
        passages: such rows.
        cuts: of each passage the edits that put words in or leave them out, such rows, in order.
    """
    made = []
    for (left, left_end, right, right_end), edits in zip(passages, cuts, strict=True):
        long = [row for row in edits if max(row[1] - row[0], row[3] - row[2]) >= LEAST_CUT]
        begins = [(left, right), *((a_end, b_end) for _, a_end, _, b_end in long)]
        ends = [*((a, b) for a, _, b, _ in long), (left_end, right_end)]
        made += [(a, a_end, b, b_end) for (a, b), (a_end, b_end) in zip(begins, ends, strict=True)]
    return [row for row in made if row[0] < row[1] and row[2] < row[3]]


def stretches(n, spans):
    """What is left of a text of ``n`` words without some spans: runs of ``LEAST_CUT`` words or more."""
    free = [all(not begin <= i < end for begin, end in spans) for i in range(n)]
    runs, begin = [], 0
    for i in range(n + 1):
        if i == n or not free[i]:
            runs.append((begin, i))
            begin = i + 1
    return [(begin, end) for begin, end in runs if end - begin >= LEAST_CUT]
