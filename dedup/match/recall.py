"""The recall of a run, measured: what brute force finds on a sample, and how much of it the clusters hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.kernels.recall import count_similar
from dedup.kernels.shingles import shingle_sets

SAMPLE_TEXTS = 1000


@dataclass(frozen=True, slots=True)
class Recall:
    """Pairs of resemblance ``min_jaccard`` or more between a sample of texts and all others.

    ``expected`` were found by brute force; of these, ``found`` are in one cluster. ``share`` is None where there are
    none.
    """

    sampled: int
    expected: int
    found: int

    @property
    def share(self) -> float | None:
        """Found of expected."""
        return self.found / self.expected if self.expected else None


def measure(sketches: pa.Table, texts: npt.NDArray[np.int64], cluster: npt.NDArray[np.int64], config: Config) -> Recall:
    """Compare the clusters with brute force on a sample.

    The sample is the ``SAMPLE_TEXTS`` texts of least digest: as good as random, and the same in whatever order the
    texts come.

    Args:
        sketches: ``schema.SKETCHES``; row ``i`` is document ``i``.
        texts: for each document the first one with the same text; equal texts count once.
        cluster: for each document the number of its cluster, negative for none.
    """
    lists = sketches.column("words").combine_chunks()
    offsets = lists.offsets.to_numpy()
    sets, set_offsets = shingle_sets(lists.flatten().to_numpy(), offsets - offsets[0], config.shingle_size)
    sizes = np.diff(set_offsets) * (texts == np.arange(len(texts)))  # a text that stands before has no shingles here
    firsts = np.flatnonzero(sizes)
    sets = sets[np.repeat(sizes > 0, np.diff(set_offsets))]
    set_offsets = np.concatenate([[0], np.cumsum(sizes[firsts])])
    by_digest = pc.sort_indices(sketches.column("text_digest").take(pa.array(firsts))).to_numpy()
    sample = np.sort(by_digest[:SAMPLE_TEXTS]).astype(np.int64)
    expected, found = count_similar(sets, set_offsets, sample, cluster[firsts], config.min_jaccard)
    return Recall(len(sample), int(expected), int(found))
