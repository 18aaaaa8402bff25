"""Slow, obvious twins of the kernels that find edits: banded.py, edits.py, edited.py."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from typing import NamedTuple

from dedup.kernels import banded as kernels
from dedup.kernels import edits as columns
from dedup.kernels import words
from tests import naive

FAR = 1 << 40
COST = {kernels.EQUAL: 0, kernels.INFLECTED: 1, kernels.NOTATION: 2, kernels.SYNONYM: 3, kernels.OTHER: 10}
GAP, OPEN = 5, 2

Span = tuple[int, int, int, int]


class Known(NamedTuple):
    """What the detector knows: lemmas of words, pairs of lemmas, and what phrases note."""

    lemmas: dict[int, int]
    synonyms: set[frozenset[int]]
    notations: dict[int, int]

    def kind(self, one: int, other: int) -> int:
        """What one word is to another."""
        if one == other:
            return kernels.EQUAL
        lemma, other_lemma = self.lemmas.get(one, -1), self.lemmas.get(other, -1)
        if lemma >= 0 and lemma == other_lemma:
            return kernels.INFLECTED
        if one in self.notations and self.notations[one] == self.notations.get(other):
            return kernels.NOTATION
        if lemma >= 0 and other_lemma >= 0 and frozenset({lemma, other_lemma}) in self.synonyms:
            return kernels.SYNONYM
        return kernels.OTHER


class Edit(NamedTuple):
    """An edit, as the kernel's row has it."""

    span: Span
    kind: int
    marks: int


# --- banded.py ---


def banded(left: list[int], right: list[int], known: Known, band: int) -> tuple[int, dict[int, tuple[int, int]]]:
    """The cheapest way and its cost: for each left word with a telling partner, the partner and the kind."""
    n, m = len(left), len(right)
    half = band + m // max(n, 1) + 1

    def inside(i: int, j: int) -> bool:
        return i >= 0 and abs(j - i * m // max(n, 1)) <= half

    @functools.cache
    def best(i: int, j: int) -> int:
        if not inside(i, j):
            return FAR
        return 0 if i == j == 0 else min(through(i, j), down(i, j), across(i, j))

    def through(i: int, j: int) -> int:
        return best(i - 1, j - 1) + COST[known.kind(left[i - 1], right[j - 1])] if i and j else FAR

    @functools.cache
    def down(i: int, j: int) -> int:
        return min(down(i - 1, j), best(i - 1, j) + OPEN) + GAP if i and inside(i, j) else FAR

    @functools.cache
    def across(i: int, j: int) -> int:
        return min(across(i, j - 1), best(i, j - 1) + OPEN) + GAP if j and inside(i, j) else FAR

    found = {}
    i, j, state = n, m, "through"
    while i or j:
        if state == "through" and best(i, j) != through(i, j):
            state = "down" if best(i, j) == down(i, j) else "across"
        if state == "through":
            i, j = i - 1, j - 1
            kind = known.kind(left[i], right[j])
            if kind != kernels.OTHER:
                found[i] = j, kind
        elif state == "down":
            i -= 1
            state = "down" if down(i, j) < best(i, j) + OPEN else "through"
        else:
            j -= 1
            state = "across" if across(i, j) < best(i, j) + OPEN else "through"
    return best(n, m), found


def paired(left: list[int], right: list[int], known: Known, size: int, band: int) -> dict[int, tuple[int, int]]:
    """Equal ends, anchors, and the cheapest way between them."""
    shorter = min(len(left), len(right))
    ahead = next((k for k in range(shorter) if left[k] != right[k]), shorter)
    behind = next((k for k in range(shorter - ahead) if left[-1 - k] != right[-1 - k]), shorter - ahead)
    found = {i: (i, kernels.EQUAL) for i in range(ahead)}
    found |= {len(left) - 1 - k: (len(right) - 1 - k, kernels.EQUAL) for k in range(behind)}
    ours, theirs = left[ahead : len(left) - behind], right[ahead : len(right) - behind]
    anchors = []
    if len(ours) * len(theirs) > 400:
        places = naive.partners(naive.shingles(ours, size), naive.shingles(theirs, size))
        runs = naive.maximal_runs(ours, theirs, places)
        anchors = [runs[c] for c in naive.heaviest_chain(runs)] if runs else []
    i = j = 0
    for begin, other_begin, length in [*anchors, (len(ours), len(theirs), 0)]:
        _, between = banded(ours[i:begin], theirs[j:other_begin], known, band)
        found |= {ahead + i + k: (ahead + j + partner, kind) for k, (partner, kind) in between.items()}
        found |= {ahead + begin + k: (ahead + other_begin + k, kernels.EQUAL) for k in range(length)}
        i, j = begin + length, other_begin + length
    return found


# --- edits.py ---


def moves(left: list[int], right: list[int], taken: dict[int, int]) -> dict[int, int]:
    """Left words that are found elsewhere on the right, in runs of two or more."""
    places: dict[tuple[int, int], list[list[int]]] = defaultdict(lambda: [[], []])
    for side, (text, used) in enumerate([(left, set(taken)), (right, set(taken.values()))]):
        for at in range(len(text) - 1):
            if at not in used and at + 1 not in used:
                places[text[at], text[at + 1]][side].append(at)
    moved: dict[int, int] = {}
    for i, j in sorted(pair for one, other in places.values() for pair in zip(one, other, strict=False)):
        begins = moved[i] == j if i in moved else j not in moved.values()
        if begins and i + 1 not in moved and j + 1 not in moved.values():
            moved |= {i: j, i + 1: j + 1}
    return moved


def phrase(text: list[int]) -> int:
    """Hash of a phrase, word by word."""
    return functools.reduce(lambda h, word: naive.shingle_hash([h, word]), text)


class Passage:
    """One passage whose edits are sought: both sides with their marks."""

    def __init__(self, left: naive.Side, right: naive.Side, known: Known, phrases: dict[tuple[int, ...], int]) -> None:
        self.left, self.right, self.known, self.phrases = left, right, known, phrases
        self.edits: list[Edit] = []
        self.stretches: list[int] = []  # length of the stretch that each edit belongs to
        self.counts: Counter[int] = Counter()

    def marks(self, span: Span) -> int:
        """Marks of an edit."""
        out = 0
        for side, begin, end in ((self.left, *span[:2]), (self.right, *span[2:])):
            for mark in side.marks[begin:end]:
                out |= mark & (words.QUOTED | words.NUMBER)
                out |= mark & words.CAPITAL if not mark & words.FIRST else 0
        return out

    def add(self, span: Span, kind: int) -> None:
        """Note an edit and count it."""
        marks = self.marks(span)
        inside = bool(marks & words.QUOTED)
        n, m = span[1] - span[0], span[3] - span[2]
        self.edits.append(Edit(span, kind, marks))
        self.stretches.append(0)
        self.counts[2 * kind + inside] += n + m if not n or not m else min(n, m)
        if kind == kernels.OTHER and max(n, m) > 3:
            self.counts[2 * kernels.DELETED + inside] += max(n - m, 0)
            self.counts[2 * kernels.INSERTED + inside] += max(m - n, 0)
        if not inside and kind not in (kernels.NOTATION, kernels.MOVED):
            self.counts[columns.NUMBERS_EDITED] += bool(marks & words.NUMBER)
            self.counts[columns.NAMES_EDITED] += bool(marks & words.CAPITAL)

    def replaced(self, span: Span) -> None:
        """The edits of a block between two telling words, none of whose words was moved."""
        i, i_end, j, j_end = span
        n, m = i_end - i, j_end - j
        if not n and not m:
            return
        if not n or not m:
            self.add(span, kernels.INSERTED if m else kernels.DELETED)
            return
        one, other = (self.phrases.get(tuple(side), -1) for side in (self.left.text[i:i_end], self.right.text[j:j_end]))
        marks = [*self.left.marks[i:i_end], *self.right.marks[j:j_end]]
        numbers = n != m and all(mark & words.NUMBER for mark in marks)
        if max(n, m) <= 3 and (one == other >= 0 or numbers):
            self.add(span, kernels.NOTATION)
        elif n == m <= 3:
            for k in range(n):
                self.add((i + k, i + k + 1, j + k, j + k + 1), kernels.OTHER)
        else:
            self.add(span, kernels.OTHER)

    def block(self, span: Span, gone: dict[int, int]) -> None:
        """The edits of a block, of which some words may have moved."""
        ours = [i for i in range(span[0], span[1]) if i not in gone]
        theirs = [j for j in range(span[2], span[3]) if j not in gone.values()]
        i, i_end = (ours[0], ours[-1] + 1) if ours else (span[1], span[1])
        j, j_end = (theirs[0], theirs[-1] + 1) if theirs else (span[3], span[3])
        if i_end - i == len(ours) and j_end - j == len(theirs):
            self.replaced((i, i_end, j, j_end))
            return
        for begin, end in _runs(ours):
            self.add((begin, end, j, j), kernels.DELETED)
        for begin, end in _runs(theirs):
            self.add((i_end, i_end, begin, end), kernels.INSERTED)

    def close(self, first: int, n: int, m: int) -> None:
        """End a stretch of edits."""
        made = self.edits[first:]
        self.stretches[first:] = [max(n, m)] * len(made)
        if made and not any(edit.marks & words.QUOTED for edit in made):
            self.counts[columns.STRETCHES] += 1
            self.counts[columns.ISOLATED] += min(n, m) in (1, 2) and max(n, m) <= 3


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Runs of numbers that follow each other."""
    begins = [at for at in places if at - 1 not in places]
    ends = [at + 1 for at in places if at + 1 not in places]
    return list(zip(begins, ends, strict=True))


def edits_of(passage: Passage, size: int, band: int) -> dict[int, tuple[int, int]]:
    """Fill in the edits of a passage; return the partners of its left words."""
    left, right = passage.left.text, passage.right.text
    found = paired(left, right, passage.known, size, band)
    gone = moves(left, right, {i: j for i, (j, _) in found.items()})
    i = j = first = i_first = j_first = 0
    for k, (partner, kind) in [*sorted(found.items()), (len(left), (len(right), kernels.EQUAL))]:
        passage.block((i, k, j, partner), gone)
        i, j = k + 1, partner + 1
        if kind != kernels.EQUAL:
            passage.add((k, k + 1, partner, partner + 1), kind)
            continue
        passage.close(first, k - i_first, partner - j_first)
        first, i_first, j_first = len(passage.edits), i, j
    begins = [at for at in gone if gone.get(at - 1) != gone[at] - 1]
    for at in sorted(begins):
        length = next(k for k in range(1, len(left) + 1) if gone.get(at + k) != gone[at] + k)
        passage.add((at, at + length, gone[at], gone[at] + length), kernels.MOVED)
    return found


def count_equal(passage: Passage, found: dict[int, tuple[int, int]], before: int | None) -> int | None:
    """Count the equal words of a passage; return the place of its last sentence's first one, or what was before."""
    counts = passage.counts
    halves, begins = 0, True
    for side in (passage.left, passage.right):
        counts[columns.QUOTED_WORDS] += sum(bool(mark & words.QUOTED) for mark in side.marks)
    for i, mark in enumerate(passage.left.marks):
        begins = begins or bool(mark & words.FIRST)
        j, kind = found.get(i, (0, kernels.OTHER))
        if kind != kernels.EQUAL:
            continue
        either = mark | passage.right.marks[j]
        counts[2 * kernels.EQUAL + bool(either & words.QUOTED)] += 1
        counts[columns.QUOTED_EQUAL] += sum(bool(m & words.QUOTED) for m in (mark, passage.right.marks[j]))
        if not either & (words.QUOTED | words.BOILERPLATE):
            halves += 1 if either & words.CHARACTER else 2
            counts[columns.RARE_WORDS] += not either & words.COMMON
        if begins:
            counts[columns.SENTENCES] += before is not None
            counts[columns.IN_ORDER] += before is not None and j > before
            before, begins = j, False
    counts[columns.OWN_WORDS] = halves // 2
    return before
