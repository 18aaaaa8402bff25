"""The recall of a run, measured: what single slots find around a sample, and how much of it the clusters hold.

Two texts of resemblance J agree in a slot of a signature with probability J. Each of ``schema.PROBES`` slots, which no
band uses, is looked up by itself: a pair of J = 0.7 escapes all eight with probability 0.3^8, one in fifteen thousand.
What they find is verified exactly, so that this is a count and no estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, IntArray
from dedup.kernels.recall import probe
from dedup.match.pairs import distinct, packed
from dedup.schema import PROBES
from dedup.sketch.corpus import Corpus

SAMPLE_TEXTS = 1000
_MOST_EACH = 100  # pairs of one sampled text; in a corpus of a single template, it would be all of it
_MOST_OWNERS = 32  # sampled texts looked up by one and the same slot


@dataclass(frozen=True, slots=True)
class Recall:
    """Pairs of resemblance ``min_jaccard`` or more between a sample of texts and all others.

    ``expected`` were found by probing; of these, ``found`` are in one cluster. ``share`` is None where there are none.
    """

    sampled: int
    expected: int
    found: int

    @property
    def share(self) -> float | None:
        """Found of expected."""
        return self.found / self.expected if self.expected else None


def sample(corpus: Corpus, firsts: npt.NDArray[np.bool_], config: Config) -> IntArray:
    """The sampled texts: those of least digest among those that have shingles."""
    return corpus.least(firsts & corpus.shingled(config), SAMPLE_TEXTS)


def probed(corpus: Corpus, sampled: IntArray, firsts: npt.NDArray[np.bool_], config: Config) -> U64:
    """Pairs of a sampled text and another that agree in a slot, as one number each, ascending.

    Args:
        sampled: as ``sample`` gives it.
        firsts: per document whether it is the first with its text; equal texts count once.
    """
    if len(sampled) == 0:
        return np.zeros(0, np.uint64)
    wanted, owners = _lookup(_slots(corpus.entries.take(sampled, ["probes"]).column("probes").combine_chunks()))
    hits = np.full(len(sampled), (_MOST_EACH + 1) * PROBES)  # each finds itself, too
    candidates = firsts & corpus.shingled(config)
    lefts, rights, begin = [], [], 0
    for batch in corpus.entries.batches(["probes"]):
        rows = np.flatnonzero(candidates[begin : begin + batch.num_rows])
        places, right = probe(_slots(batch.column(0))[rows], begin + rows, wanted, owners, hits).T
        left = sampled[places]
        lefts.append(left[left != right])
        rights.append(right[left != right])
        begin += batch.num_rows
    return _bounded(np.concatenate(lefts), np.concatenate(rights))


def _lookup(slots: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], IntArray]:
    """Slots of a sample, ``uint32[sample, PROBES]``, by probe and ascending; and the place in the sample of each.

    A slot that many have is looked up for the first ``_MOST_OWNERS`` of them: the others' become the greatest value,
    which no text has.
    """
    order = np.argsort(slots, axis=0, kind="stable").T
    wanted = np.take_along_axis(slots.T, order, axis=1)
    for row in wanted:
        nth = np.arange(len(row)) - np.searchsorted(row, row)
        row[nth >= _MOST_OWNERS] = np.iinfo(np.uint32).max
    again = np.argsort(wanted, axis=1, kind="stable")
    return np.take_along_axis(wanted, again, axis=1), np.take_along_axis(order, again, axis=1)


def _slots(column: pa.FixedSizeListArray) -> npt.NDArray[np.uint32]:
    return np.asarray(column.flatten().to_numpy().reshape(-1, PROBES))


def _bounded(owners: IntArray, others: IntArray) -> U64:
    """At most ``_MOST_EACH`` pairs of each sampled text, ascending; a pair of two sampled texts is one."""
    order = np.lexsort((others, owners))
    owners, others = owners[order], others[order]
    first = np.ones(len(owners), np.bool_)
    first[1:] = (owners[1:] != owners[:-1]) | (others[1:] != others[:-1])
    owners, others = owners[first], others[first]
    taken = np.arange(len(owners)) - np.searchsorted(owners, owners) < _MOST_EACH
    return distinct(packed(owners[taken], others[taken]))


def counted(sampled: IntArray, left: IntArray, right: IntArray) -> Recall:
    """Compare the clusters with what probing found.

    Args:
        sampled: the sample.
        left, right: number of the cluster of each document of the pairs that probing found and that resemble each other
            enough; negative for none.
    """
    return Recall(len(sampled), len(left), int(((left == right) & (left >= 0)).sum()))
