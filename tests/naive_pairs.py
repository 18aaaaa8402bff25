"""Slow, obvious twins of the kernels that find pairs: scatter.py, join.py, overlap.py, recall.py."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from dedup.kernels.scatter import MIX, N_PARTS
from tests.naive import shingles


def scatter(entries: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Entries with mixed keys, dealt one by one to the part that the first byte of the mixed key names."""
    parts: list[list[tuple[int, int]]] = [[] for _ in range(N_PARTS)]
    for key, value in entries:
        mixed = key * int(MIX) % 2**64
        parts[mixed.to_bytes(8, "big")[0]].append((mixed, value))
    return parts


def run_starts(keys: list[int]) -> list[int]:
    """Where a key differs from the one before, and the end."""
    return [i for i in range(len(keys)) if i == 0 or keys[i] != keys[i - 1]] + [len(keys)]


def links_each(size: int, max_links: int) -> int:
    """All of a short run; of a long one so many that its links are about 4096, but never fewer than four."""
    return min(max_links, max(4, 4096 // size))


def links(runs: list[list[int]], max_links: int, max_documents: int) -> list[tuple[int, int, int]]:
    """Lesser and greater document of pairs that stand near each other in a run, or hold its least; the run's size."""
    found = []
    for run in runs:
        least, each = min(run), links_each(len(run), max_links)
        for i, j in combinations(range(len(run)), 2) if len(run) <= max_documents else ():
            if j - i <= each or least in (run[i], run[j]):
                found.append((min(run[i], run[j]), max(run[i], run[j]), len(run)))
    return found


def cap_per_document(pairs: list[tuple[int, int]], limit: int) -> list[bool]:
    """Take pair after pair while both its documents have room."""
    counts: Counter[int] = Counter()
    kept = []
    for pair in pairs:
        kept.append(all(counts[doc] < limit for doc in pair))
        counts.update(pair if kept[-1] else ())
    return kept


def distinct(lists: list[list[int]]) -> list[list[int]]:
    """Each list without repetitions: a dict keeps the order of first places."""
    return [list(dict.fromkeys(values)) for values in lists]


def shingle_sets(texts: list[list[int]], size: int) -> list[list[int]]:
    """Distinct shingles of each text."""
    return distinct([shingles(text, size) for text in texts])


def intersections(sets: list[set[int]], pairs: list[tuple[int, int]]) -> list[int]:
    """Size of the intersection of each pair."""
    return [len(sets[left] & sets[right]) for left, right in pairs]


def probe(slots: list[list[int]], begin: int, sample: list[list[int]], left_over: list[int]) -> list[tuple[int, int]]:
    """Place in the sample and document, slot by slot in which they agree, as long as the place has some left over."""
    found = []
    for d, mine in enumerate(slots):
        for k, slot in enumerate(mine):
            for place, other in enumerate(sample):
                if other[k] == slot and left_over[place] > 0:
                    left_over[place] -= 1
                    found.append((place, begin + d))
    return found
