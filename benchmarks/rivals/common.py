"""What the adapters share: the parts of the task that a library leaves to its user, in the plainest fast Python.

An adapter is a script, ``with_NAME.py CORPUS LABELS``: it reads the column ``text`` of a Parquet file and saves an
array with one label per document; equal labels mean one cluster. It imports its library and this file, and nothing of
dedup.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

SHINGLE = 5
SLOTS = 128
BANDS = 16
ROWS = 8
MIN_JACCARD = 0.7

_words = re.compile(r"\w+").findall


def read(corpus: Path) -> list[str]:
    """The texts as Python strings, for libraries that take nothing else."""
    texts: list[str] = pq.read_table(corpus, columns=["text"])["text"].to_pylist()
    return texts


def shingles(text: str) -> list[str]:
    """Lower-cased word 5-shingles, joined by a space: the way the examples of rensa and datasketch make them."""
    words = _words(text.lower())
    return [" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)] or [" ".join(words)]


def connected(n: int, neighbours: Iterable[tuple[int, Iterable[int]]]) -> npt.NDArray[np.int64]:
    """Labels of documents, given the neighbours of some: union-find with path halving."""
    parent = list(range(n))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, others in neighbours:
        for other in others:
            if other != one:
                a, b = root(one), root(other)
                parent[max(a, b)] = min(a, b)
    return np.array([root(at) for at in range(n)])


def banded(signatures: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Labels from signatures (documents x ``SLOTS``), for a library without LSH: sort each band, link equal neighbours.

    Linking neighbours in sorted order is the cheapest rule there is: a band costs one sort.
    """
    n = len(signatures)
    label = np.arange(n)
    links = []
    for band in range(BANDS):
        rows = np.ascontiguousarray(signatures[:, band * ROWS : (band + 1) * ROWS]).view(np.uint64)
        key = rows[:, 0].copy()
        for column in range(1, rows.shape[1]):  # 64 bits of a band are enough to sort by: multiply, add, fold
            key = key * np.uint64(0x9E3779B97F4A7C15) + rows[:, column]
            key ^= key >> np.uint64(29)
        order = np.argsort(key)
        equal = np.flatnonzero(key[order[1:]] == key[order[:-1]])
        links.append(np.stack([order[equal], order[equal + 1]]))
    left, right = np.concatenate(links, axis=1)
    while True:
        low = np.minimum(label[left], label[right])
        before = label.copy()
        np.minimum.at(label, label[left], low)
        np.minimum.at(label, label[right], low)
        label = label[label]
        if np.array_equal(label, before):
            return label


def adapter(labels: Callable[[Path], npt.NDArray[np.int64]]) -> None:
    """Run an adapter as a script."""
    corpus, out = Path(sys.argv[1]), Path(sys.argv[2])
    np.save(out, labels(corpus))
