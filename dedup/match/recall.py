"""The recall of a run, measured: what brute force finds on a sample, and how much of it the keys found too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.kernels.recall import similar_to_sample
from dedup.kernels.shingles import shingle_sets

SAMPLE_TEXTS = 1000


@dataclass(frozen=True, slots=True)
class Recall:
    """Pairs of resemblance ``min_jaccard`` or more between a sample of texts and all others.

    ``expected`` were found by brute force, ``found`` of them were candidates; ``share`` is null where there were none.
    """

    sampled: int
    expected: int
    found: int

    @property
    def share(self) -> float | None:
        """Found of expected."""
        return self.found / self.expected if self.expected else None


def measure(sketches: pa.Table, pairs: pa.Table, config: Config) -> Recall:
    """Compare the candidates with brute force on a sample.

    The sample is the ``SAMPLE_TEXTS`` texts of least digest: as good as random, and the same in whatever order the
    texts come.

    Args:
        sketches: ``schema.SKETCHES``, one row per distinct text.
        pairs: ``schema.CANDIDATES`` by docs.
    """
    lists = sketches.column("words").combine_chunks()
    offsets = lists.offsets.to_numpy()
    sets, set_offsets = shingle_sets(lists.flatten().to_numpy(), offsets - offsets[0], config.shingle_size)
    shingled = np.diff(set_offsets) > 0
    by_digest = pc.sort_indices(sketches.column("text_digest")).to_numpy()
    sample = np.sort(by_digest[shingled[by_digest]][:SAMPLE_TEXTS]).astype(np.int64)
    left, right = similar_to_sample(sets, set_offsets, sample, config.min_jaccard)
    docs = sketches.column("doc").to_numpy()
    wanted = _packed(docs[left], docs[right])
    known = _packed(pairs.column("left").to_numpy(), pairs.column("right").to_numpy())
    return Recall(len(sample), len(wanted), int(np.isin(wanted, known).sum()))


def _packed(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    return (left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64)
