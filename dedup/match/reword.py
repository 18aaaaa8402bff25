"""Passages that two texts share in other words, merged with the exact ones."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from dedup.engine.base import U64, IntArray
from dedup.kernels.rewording import reword_pairs
from dedup.lexicon import english


@functools.cache
def synonyms_of_lemmas() -> tuple[IntArray, npt.NDArray[np.int32]]:
    """``starts``, and the synonyms of all lemmas end to end: those of lemma ``i`` from ``starts[i]`` on, ascending."""
    pairs = english().synonyms
    low, high = (pairs >> np.uint64(32)).astype(np.int32), pairs.astype(np.uint32).astype(np.int32)
    ends = np.concatenate([np.stack([low, high], 1), np.stack([high, low], 1)])
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    n_lemmas = int(english().lemmas.max()) + 1
    starts = np.searchsorted(ends[:, 0], np.arange(n_lemmas + 1)).astype(np.int64)
    return starts, np.ascontiguousarray(ends[:, 1])


def reworded(
    left: IntArray,
    right: IntArray,
    offsets: IntArray,
    words: U64,
    lemmas: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
    found: IntArray,
    owner: IntArray,
) -> tuple[IntArray, IntArray]:
    """All passages of some pairs of documents, the exact ones and those in other words.

    An exact passage that lies in one in other words is absorbed; two exact ones with a small gap between them are
    joined; all others stay as they are. What a passage is, and what tells how much it means, is in the columns of
    ``kernels.merging``.

    Args:
        left, right: documents of each pair, places in ``offsets``.
        offsets: of the documents in ``words``, ``lemmas`` (-1 where unknown) and ``marks``.
        found: exact passages, as ``kernels.passages.align_pairs`` gives them.
        owner: the pair of each passage, ascending.

    Returns:
        ``int64[n, kernels.merging.N_COLUMNS]``, those of a pair by their place on the left, and the pair of each.
    """
    return reword_pairs(left, right, offsets, words, lemmas, marks, found, owner, *synonyms_of_lemmas())
