"""Candidate pairs to verified pairs: exact scores, aligned passages, and the relation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.kernels import align as columns
from dedup.kernels import passages as kernels
from dedup.kernels.join import contains
from dedup.kernels.shingles import overlaps, shingle_sets
from dedup.kernels.words import BOILERPLATE, CHARACTER, COMMON
from dedup.match.candidates import CHANNELS
from dedup.match.mirror import mirrored
from dedup.match.relation import ACCEPTED, is_form, passages_that_count, relations
from dedup.schema import MATCHES, SPANS
from dedup.sketch.passage import guaranteed_run


def verify(
    pairs: pa.Table,
    sketches: pa.Table,
    boilerplate: npt.NDArray[np.uint64],
    common: npt.NDArray[np.uint64],
    config: Config,
) -> tuple[pa.Table, pa.Table]:
    """Score every candidate pair exactly and align it.

    Args:
        pairs: ``schema.CANDIDATES``; ``left`` and ``right`` are rows of ``sketches``.
        sketches: ``schema.SKETCHES``.
        boilerplate: shingles that too many documents hold, ascending.
        common: words that too many documents hold, ascending.

    Returns:
        ``schema.MATCHES`` with one row per pair, in order, and ``schema.SPANS`` with the passages of all pairs;
        ``left`` and ``right`` in them are docs.
    """
    turned = _turned(pairs, sketches)
    pairs = mirrored(pairs, turned)
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    lists = sketches.column("words").combine_chunks()
    offsets, words = lists.offsets.to_numpy(), lists.flatten().to_numpy()
    offsets = offsets - offsets[0]
    size = config.shingle_size
    marks = _flat(sketches, "marks").to_numpy()
    marks = marks | BOILERPLATE * kernels.covered_words(words, offsets, size, boilerplate)
    marks = (marks | COMMON * (contains(common, words) & (marks & CHARACTER == 0))).astype(np.uint8)
    found, owner, totals = kernels.align_pairs(
        left, right, offsets, words, marks, size, config.max_gap_words, guaranteed_run(config)
    )
    counts = passages_that_count(found[:, kernels.N_OWN], found[:, kernels.N_RARE], found[:, kernels.N_FILLED], config)
    found[~counts, kernels.N_OWN] = 0
    matches = _matches(pairs, sketches, (words, offsets), found, owner, totals, config)
    docs = sketches.column("doc").to_numpy()
    spans = _spans(found, docs[left[owner]], docs[right[owner]], left[owner], right[owner], offsets, sketches)
    return mirrored(matches, turned), mirrored(spans, turned[owner])


def _turned(pairs: pa.Table, sketches: pa.Table) -> npt.NDArray[np.bool_]:
    """Which pairs are aligned from right to left, so that a verdict does not hang on the order of the input.

    Where passages may be drawn in more than one way, the alignment takes the first; first is the text of lesser digest.
    """
    rank = np.argsort(np.argsort(np.asarray(sketches.column("text_digest").to_pylist()), kind="stable"))
    turned: npt.NDArray[np.bool_] = rank[pairs.column("left").to_numpy()] > rank[pairs.column("right").to_numpy()]
    return turned


def _matches(
    pairs: pa.Table,
    sketches: pa.Table,
    texts: tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]],
    found: npt.NDArray[np.int64],
    owner: npt.NDArray[np.int64],
    totals: npt.NDArray[np.int64],
    config: Config,
) -> pa.Table:
    """The pairs as ``schema.MATCHES``; passages and totals as ``align_pairs`` gives them."""
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    words, offsets = texts
    n_words = np.diff(offsets)
    shared, scores = _scores(words, offsets, left, right, config.shingle_size)
    most_own = np.zeros(len(left), np.int64)
    np.maximum.at(most_own, owner, found[:, kernels.N_OWN])
    names = relations(
        scores["jaccard"],
        np.maximum(scores["containment_left"], scores["containment_right"]),
        shared,
        most_own,
        totals[:, kernels.ALIGNED_EQUAL],
        totals[:, kernels.PROSE_EQUAL],
        is_form(totals),
        config,
    )
    docs = sketches.column("doc").to_numpy()
    made = {
        "left": docs[left],
        "right": docs[right],
        "relation": pa.array(names, pa.string()),
        "accepted": pa.array([name in ACCEPTED for name in names], pa.bool_()),
        **scores,
        "channels": _channels(pairs.column("channels").to_numpy()),
        **_rates(totals, n_words[left], n_words[right]),
        "n_passages": np.bincount(owner, minlength=len(left)).astype(np.int64),
    }
    return pa.table([made[name] for name in MATCHES.names], schema=MATCHES)


def _flat(sketches: pa.Table, name: str) -> pa.Array:
    return sketches.column(name).combine_chunks().flatten()


def _scores(
    words: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    size: int,
) -> tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.float64]]]:
    """The number of shared shingles, and exact Jaccard and both containments, of each pair."""
    sets, set_offsets = shingle_sets(words, offsets, size)
    sizes = np.diff(set_offsets)
    shared = overlaps(sets, set_offsets, left, right)
    union = sizes[left] + sizes[right] - shared
    return shared, {
        "jaccard": shared / np.maximum(union, 1),
        "containment_left": shared / np.maximum(sizes[left], 1),
        "containment_right": shared / np.maximum(sizes[right], 1),
    }


def _rates(
    totals: npt.NDArray[np.int64], left_words: npt.NDArray[np.int64], right_words: npt.NDArray[np.int64]
) -> dict[str, pa.Array]:
    """Aligned shares, substitution rate outside quotations and edit rate inside them; null where nothing is aligned."""
    aligned = totals[:, kernels.ALIGNED_EQUAL] + totals[:, kernels.ALIGNED_REPLACED]
    replaced = totals[:, kernels.PROSE_REPLACED]
    prose = totals[:, kernels.PROSE_EQUAL] + replaced
    quoted = totals[:, kernels.IN_QUOTES]
    edited = quoted - totals[:, kernels.IN_QUOTES_EQUAL]
    return {
        "aligned_left": pa.array(aligned / np.maximum(left_words, 1)),
        "aligned_right": pa.array(aligned / np.maximum(right_words, 1)),
        "substitution_rate": pa.array(replaced / np.maximum(prose, 1), mask=prose == 0),
        "quote_edit_rate": pa.array(edited / np.maximum(quoted, 1), mask=quoted == 0),
    }


def _channels(bits: npt.NDArray[np.uint8]) -> pa.Array:
    sets = [[name for k, name in enumerate(CHANNELS) if mask >> k & 1] for mask in range(1 << len(CHANNELS))]
    return pa.array([sets[mask] for mask in bits], pa.list_(pa.string()))


def _spans(
    found: npt.NDArray[np.int64],
    left_docs: npt.NDArray[np.int64],
    right_docs: npt.NDArray[np.int64],
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    sketches: pa.Table,
) -> pa.Table:
    """The passages as ``schema.SPANS``."""
    begins, ends = _flat(sketches, "begins").to_numpy(), _flat(sketches, "ends").to_numpy()
    left_first, left_last = offsets[left] + found[:, columns.LEFT_BEGIN], offsets[left] + found[:, columns.LEFT_END] - 1
    right_first = offsets[right] + found[:, columns.RIGHT_BEGIN]
    right_last = offsets[right] + found[:, columns.RIGHT_END] - 1
    n_left, n_right = left_last - left_first + 1, right_last - right_first + 1
    verbatim = (n_left == n_right) & (found[:, columns.N_EQUAL] == n_left)
    made = {
        "left": left_docs,
        "right": right_docs,
        "left_begin": begins[left_first].astype(np.int64),
        "left_end": ends[left_last].astype(np.int64),
        "right_begin": begins[right_first].astype(np.int64),
        "right_end": ends[right_last].astype(np.int64),
        "kind": pa.array(np.where(verbatim, "verbatim", "edited").tolist(), pa.string()),
        "left_word_begin": found[:, columns.LEFT_BEGIN],
        "left_word_end": found[:, columns.LEFT_END],
        "right_word_begin": found[:, columns.RIGHT_BEGIN],
        "right_word_end": found[:, columns.RIGHT_END],
        "n_equal": found[:, columns.N_EQUAL],
        "n_own": found[:, kernels.N_OWN],
    }
    return pa.table([pa.array(made[name]) for name in SPANS.names], schema=SPANS)
