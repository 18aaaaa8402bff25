"""Candidate pairs to verified pairs: exact scores, aligned passages, and the relation."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.engine.base import IntArray
from dedup.errors import SourceError
from dedup.kernels import align as columns
from dedup.kernels import passages as kernels
from dedup.kernels.join import contains
from dedup.kernels.overlap import intersections
from dedup.kernels.words import BOILERPLATE, CHARACTER, COMMON
from dedup.match.candidates import CHANNELS
from dedup.match.mirror import mirrored
from dedup.match.relation import ACCEPTED, Floats, is_form, passages_that_count, relations
from dedup.schema import MATCHES, SPANS, empty
from dedup.sketch import details, hexadecimal
from dedup.sketch.passage import guaranteed_run


class Known(NamedTuple):
    """What the corpus as a whole says.

    Attributes:
        digests: xxh3-128 of every normalised text, ``uint64[documents, 2]``.
        boilerplate: shingles that too many documents hold, ascending.
        common: words that too many documents hold, ascending.
    """

    digests: npt.NDArray[np.uint64]
    boilerplate: npt.NDArray[np.uint64]
    common: npt.NDArray[np.uint64]


def prepared(docs: IntArray, texts: pa.LargeStringArray, known: Known, config: Config) -> pa.Table:
    """Some texts as ``schema.DETAILS``, with boilerplate and common words marked.

    Raises:
        SourceError: a text is not the one that was sketched.
    """
    made = details(docs, texts, config)
    if not made.column("text_digest").equals(pa.chunked_array([hexadecimal(known.digests[docs])])):
        raise SourceError("A source has changed while the run was reading it.", hint="Run again.")
    if "excerpts" not in config.detect:
        return made
    words, offsets = _lists(made, "words")
    marks = _lists(made, "marks")[0]
    marks = marks | BOILERPLATE * kernels.covered_words(words, offsets, config.shingle_size, known.boilerplate)
    marks = (marks | COMMON * (contains(known.common, words) & (marks & CHARACTER == 0))).astype(np.uint8)
    column = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(marks))
    return made.set_column(made.column_names.index("marks"), "marks", column)


def verify(pairs: pa.Table, known: pa.Table, config: Config) -> tuple[pa.Table, pa.Table]:
    """Score every candidate pair exactly, and align it where `excerpts` are looked for.

    Args:
        pairs: ``schema.CANDIDATES``; ``left`` and ``right`` are rows of ``known``.
        known: ``schema.DETAILS`` of the documents, as ``prepared`` gives them.

    Returns:
        ``schema.MATCHES`` with one row per pair, in order, and ``schema.SPANS`` with the passages of all pairs;
        ``left`` and ``right`` in them are docs.
    """
    shared, scores = _scores(pairs, known)
    if "excerpts" not in config.detect:
        return _copies(pairs, known, scores, config), empty(SPANS)
    turned = _turned(pairs, known)
    pairs = mirrored(pairs, turned)
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    words, offsets = _lists(known, "words")
    found, owner, totals = kernels.align_pairs(
        left, right, offsets, words, _lists(known, "marks")[0], _lists(known, "order")[0],
        config.shingle_size, config.max_gap_words, guaranteed_run(config),
    )  # fmt: skip
    counts = passages_that_count(found[:, kernels.N_OWN], found[:, kernels.N_RARE], found[:, kernels.N_FILLED], config)
    found[~counts, kernels.N_OWN] = 0
    aligned = _Aligned(found, owner, totals)
    matches = _matches(pairs, mirrored(pa.table(scores), turned), shared, aligned, known, config)
    return mirrored(matches, turned), mirrored(_spans(pairs, aligned, known), turned[owner])


class _Aligned(NamedTuple):
    """Passages of pairs, the pair that each belongs to, and the totals of each pair (``kernels.passages``)."""

    found: IntArray
    owner: IntArray
    totals: IntArray


def _turned(pairs: pa.Table, known: pa.Table) -> npt.NDArray[np.bool_]:
    """Which pairs are aligned from right to left, so that a verdict does not hang on the order of the input.

    Where passages may be drawn in more than one way, the alignment takes the first; first is the text of lesser digest.
    """
    digests = known.column("text_digest").combine_chunks()
    left, right = (digests.take(pairs.column(side).combine_chunks()) for side in ("left", "right"))
    turned: npt.NDArray[np.bool_] = pc.greater(left, right).to_numpy(zero_copy_only=False)
    return turned


def _copies(pairs: pa.Table, known: pa.Table, scores: dict[str, Floats], config: Config) -> pa.Table:
    """The pairs as ``schema.MATCHES`` where only copies are looked for: nothing is aligned, so nothing known of it."""
    near = scores["jaccard"] >= config.min_jaccard
    docs = known.column("doc").to_numpy()
    made = {
        **{side: pa.array(docs[pairs.column(side).to_numpy()]) for side in ("left", "right")},
        "relation": pc.if_else(pa.array(near), "near", pa.scalar(None, pa.string())),
        "accepted": pa.array(near),
        **{name: pa.array(column) for name, column in scores.items()},
        "channels": _channels(pairs.column("channels").to_numpy()),
    }
    columns = [made[f.name] if f.name in made else pa.nulls(len(pairs), f.type) for f in MATCHES]
    return pa.table(columns, schema=MATCHES)


def _matches(
    pairs: pa.Table, scores: pa.Table, shared: IntArray, aligned: _Aligned, known: pa.Table, config: Config
) -> pa.Table:
    """The aligned pairs as ``schema.MATCHES``."""
    found, owner, totals = aligned
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    n_words = np.diff(_lists(known, "words")[1])
    most_own = np.zeros(len(left), np.int64)
    np.maximum.at(most_own, owner, found[:, kernels.N_OWN])
    names = relations(
        scores.column("jaccard").to_numpy(),
        np.maximum(scores.column("containment_left").to_numpy(), scores.column("containment_right").to_numpy()),
        shared,
        most_own,
        totals[:, kernels.ALIGNED_EQUAL],
        totals[:, kernels.PROSE_EQUAL],
        is_form(totals),
        config,
    )
    docs = known.column("doc").to_numpy()
    made = {
        "left": docs[left],
        "right": docs[right],
        "relation": pa.array(names, pa.string()),
        "accepted": pa.array([name in ACCEPTED for name in names], pa.bool_()),
        **{name: scores.column(name) for name in scores.column_names},
        "channels": _channels(pairs.column("channels").to_numpy()),
        **_rates(totals, n_words[left], n_words[right]),
        "n_passages": np.bincount(owner, minlength=len(left)).astype(np.int64),
    }
    return pa.table([made[name] for name in MATCHES.names], schema=MATCHES)


def _lists(table: pa.Table, name: str) -> tuple[npt.NDArray[Any], IntArray]:
    """A column of lists as values, end to end, and offsets, without a copy: many pairs share a large table."""
    column = table.column(name)
    lists = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return lists.values.to_numpy(), lists.offsets.to_numpy()


def _scores(pairs: pa.Table, known: pa.Table) -> tuple[IntArray, dict[str, Floats]]:
    """The number of shared shingles, and exact Jaccard and both containments, of each pair."""
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    sets, offsets = _lists(known, "shingles")
    sizes = np.diff(offsets)
    shared = intersections(sets, offsets, left, right)
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
    return pa.array(sets, pa.list_(pa.string())).take(pa.array(bits))


def _spans(pairs: pa.Table, aligned: _Aligned, known: pa.Table) -> pa.Table:
    """The passages as ``schema.SPANS``."""
    found, owner, _ = aligned
    docs = known.column("doc").to_numpy()
    begins, offsets = _lists(known, "begins")
    ends = _lists(known, "ends")[0]
    left, right = pairs.column("left").to_numpy()[owner], pairs.column("right").to_numpy()[owner]
    left_first, left_last = offsets[left] + found[:, columns.LEFT_BEGIN], offsets[left] + found[:, columns.LEFT_END] - 1
    right_first = offsets[right] + found[:, columns.RIGHT_BEGIN]
    right_last = offsets[right] + found[:, columns.RIGHT_END] - 1
    n_left, n_right = left_last - left_first + 1, right_last - right_first + 1
    verbatim = (n_left == n_right) & (found[:, columns.N_EQUAL] == n_left)
    made = {
        "left": docs[left],
        "right": docs[right],
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
