"""Keys to candidate pairs: which documents are worth comparing.

Every channel's keys are joined by sorting. A band of the `surface` channel is never dropped; a `passage` key that more
than ``max_key_documents`` documents hold is boilerplate. A key shared by k documents costs O(k): each document is
linked to the next ``MAX_LINKS`` that hold the key and to the first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import Engine
from dedup.kernels import join as kernels
from dedup.schema import CANDIDATES

MAX_LINKS = 32
CHANNELS = ("surface", "passage")  # bit k of CANDIDATES.channels stands for CHANNELS[k]
_SURFACE, _PASSAGE = 1, 2

_NO_LIMIT = np.iinfo(np.int64).max
_RARITY_STEPS = 16  # per halving of the documents that hold a key


class Found(NamedTuple):
    """Candidate pairs (``schema.CANDIDATES``, by left and right), and what was left out of them.

    ``boilerplate`` holds the shingles that too many texts have, ascending; ``n_capped`` counts the pairs that shared
    enough keys and were left out by ``max_candidates``.
    """

    pairs: pa.Table
    boilerplate: npt.NDArray[np.uint64]
    n_capped: int


def candidates(sketches: pa.Table, config: Config, engine: Engine) -> Found:
    """Find the pairs of documents that share enough keys.

    Args:
        sketches: ``schema.SKETCHES``, one row per distinct text; ``doc`` is any number that grows with the rows.

    Returns:
        A pair is a candidate if it shares a band, or ``min_shared_keys`` passage keys; of the latter at most
        ``max_candidates`` per document stay, the ones that share most and rarest keys.
    """
    n_texts = len(sketches)
    surface = _linked(_key_table(sketches, "surface"), _NO_LIMIT, n_texts, engine)
    passage_keys = _key_table(sketches, "passage")
    passage = _linked(passage_keys, config.max_key_documents, n_texts, engine)
    enough = passage.filter(pa.array(passage.column("n_shared").to_numpy() >= config.min_shared_keys))
    best = _best(enough, config.max_candidates)
    keys, counts = np.unique(passage_keys.column("key").to_numpy(), return_counts=True)
    return Found(_merged(surface, best), keys[counts > config.max_key_documents], len(enough) - len(best))


def _key_table(sketches: pa.Table, channel: str) -> pa.Table:
    """One row per key and document."""
    lists = sketches.column(channel).combine_chunks()
    counts = np.diff(lists.offsets.to_numpy())
    docs = np.repeat(sketches.column("doc").to_numpy(), counts)
    return pa.table({"key": lists.flatten(), "doc": docs})


def _linked(keys: pa.Table, max_documents: int, n_texts: int, engine: Engine) -> pa.Table:
    """Pairs that share keys: left, right, n_shared, weight; by left and right."""

    def link(part: pa.Table) -> pa.Table:
        starts = kernels.run_starts(part.column("key").to_numpy())
        left, right, sizes = kernels.link_runs(starts, part.column("doc").to_numpy(), MAX_LINKS, max_documents)
        rarity = (_RARITY_STEPS * np.log2((n_texts + 1) / sizes)).astype(np.int64)
        # Documents are numbered below 2^32 in a run, so that a pair fits one sortable number.
        return pa.table({"pair": (left.astype(np.uint64) << np.uint64(32)) | right.astype(np.uint64), "weight": rarity})

    def count(part: pa.Table) -> pa.Table:
        pairs = part.column("pair").to_numpy()
        starts = kernels.run_starts(pairs)
        firsts = pairs[starts[:-1]]
        totals = np.concatenate([[0], np.cumsum(part.column("weight").to_numpy())])
        return pa.table(
            {
                "left": (firsts >> np.uint64(32)).astype(np.int64),
                "right": (firsts & np.uint64(0xFFFFFFFF)).astype(np.int64),
                "n_shared": np.diff(starts),
                "weight": totals[starts[1:]] - totals[starts[:-1]],
            }
        )

    return engine.group(engine.group(keys, "key", link), "pair", count)


def _best(pairs: pa.Table, max_candidates: int) -> pa.Table:
    """The heaviest pairs such that no document has more than ``max_candidates``; ties by left and right."""
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    order = np.lexsort((right, left, -pairs.column("weight").to_numpy()))
    n = int(right.max()) + 1 if len(right) else 0
    keep = kernels.cap_per_document(left[order], right[order], n, max_candidates)
    return pairs.take(pa.array(np.sort(order[keep])))


def _merged(surface: pa.Table, passage: pa.Table) -> pa.Table:
    """Union of the two channels' pairs: the channels as bits, the shared keys added up."""
    left = np.concatenate([t.column("left").to_numpy() for t in (surface, passage)])
    right = np.concatenate([t.column("right").to_numpy() for t in (surface, passage)])
    shared = np.concatenate([t.column("n_shared").to_numpy() for t in (surface, passage)])
    bits = np.repeat(np.array([_SURFACE, _PASSAGE], np.uint8), [len(surface), len(passage)])
    order = np.lexsort((right, left))
    left, right, shared, bits = left[order], right[order], shared[order], bits[order]
    first = np.ones(len(left), np.bool_)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    starts = np.flatnonzero(first)
    columns = [left[starts], right[starts]]
    columns += (
        [np.bitwise_or.reduceat(bits, starts), np.add.reduceat(shared, starts)] if len(starts) else [bits, shared]
    )
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=CANDIDATES)
