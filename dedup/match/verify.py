"""Candidate pairs to verified pairs: exact scores, aligned passages, and the relation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.engine.base import IntArray
from dedup.errors import SourceError
from dedup.kernels import align as columns
from dedup.kernels.banded import EQUAL
from dedup.kernels.edits import N_COUNTS, OWN_WORDS, QUOTED_EQUAL, QUOTED_WORDS
from dedup.kernels.join import contains
from dedup.kernels.overlap import intersections
from dedup.kernels.passages import covered_words
from dedup.kernels.words import BOILERPLATE, CHARACTER, COMMON
from dedup.match.aligned import Aligned, aligned, fixed, lists
from dedup.match.candidates import CHANNELS
from dedup.match.edits import aligned_words, words_of
from dedup.match.edits import replaced as replaced_words
from dedup.match.mirror import mirrored
from dedup.match.order import in_order
from dedup.match.pairs import of_table
from dedup.match.relation import ACCEPTED, Floats, is_form, relations
from dedup.match.spin import is_rewrite
from dedup.match.substitutions import REPLACED, replaced
from dedup.schema import CLUES, MATCHES, READINGS, SPANS, empty
from dedup.sketch import details, hexadecimal


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


class Verified(NamedTuple):
    """What is known of some pairs.

    Attributes:
        matches: ``schema.MATCHES``.
        spans: ``schema.SPANS``, their passages.
        replaced: ``substitutions.REPLACED``, what the accepted ones say of replacements.
        totals: ``TOTALS``, what the edits of each accepted one come to; both only where `rewrites` are looked for.
        clues: ``schema.CLUES`` of the accepted ones.
        readings: ``schema.READINGS`` of the accepted ones; both only where `excerpts` are looked for.
    """

    matches: pa.Table
    spans: pa.Table
    replaced: pa.Table
    totals: pa.Table
    clues: pa.Table
    readings: pa.Table


TOTALS = pa.schema(
    [("left", pa.int64()), ("right", pa.int64()), ("counts", pa.list_(pa.int64(), N_COUNTS))]  # kernels.edits
)


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
    words, offsets = lists(made, "words")
    marks = lists(made, "marks")[0]
    marks = marks | BOILERPLATE * covered_words(words, offsets, config.shingle_size, known.boilerplate)
    marks = (marks | COMMON * (contains(known.common, words) & (marks & CHARACTER == 0))).astype(np.uint8)
    column = pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(marks))
    return made.set_column(made.column_names.index("marks"), "marks", column)


def verify(pairs: pa.Table, known: pa.Table, config: Config) -> Verified:
    """Score every candidate pair exactly, and align it where `excerpts` are looked for.

    Args:
        pairs: ``schema.CANDIDATES``; ``left`` and ``right`` are rows of ``known``.
        known: ``schema.DETAILS`` of the documents, as ``prepared`` gives them.

    Returns:
        One row per pair, in order, their passages, and what the edits of the accepted ones say; ``left`` and ``right``
        in them are docs.
    """
    if "excerpts" not in config.detect:
        nothing = (empty(schema) for schema in (SPANS, REPLACED, TOTALS, CLUES, READINGS))
        return Verified(_copies(pairs, known, config), *nothing)
    from dedup.match.collate import collated  # here: a run for copies alone starts without it

    turned = _turned(pairs, known)
    pairs = mirrored(pairs, turned)
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    made = aligned(left, right, known, config)
    matches = _matches(pairs, made, known, config)
    spans = in_order(mirrored(_spans(pairs, made, known), turned[made.owner]))
    accepted = matches.column("accepted").to_numpy()
    seen = collated(matches, left, right, known, made, turned)
    if "rewrites" not in config.detect:
        return Verified(mirrored(matches, turned), spans, empty(REPLACED), empty(TOTALS), *seen)
    words, offsets = lists(known, "words")
    docs = known.column("doc").to_numpy()
    replacements = replaced(made.edits, left, right, offsets, words, docs, made.found, made.owner, fixed())
    replacements = mirrored(replacements, pc.greater(*replacements.select(["left", "right"]).columns).to_numpy())
    matches = mirrored(matches, turned)
    totals = _totals(matches.select(["left", "right"]), made.totals, accepted)
    replacements = replacements.filter(pa.array(np.isin(of_table(replacements), of_table(totals))))
    return Verified(matches, spans, in_order(replacements), totals, *seen)


def _totals(ends: pa.Table, totals: IntArray, accepted: npt.NDArray[np.bool_]) -> pa.Table:
    rows = pa.array(np.flatnonzero(accepted))
    counts = pa.FixedSizeListArray.from_arrays(pa.array(totals[accepted].ravel()), totals.shape[1])
    return pa.table([*ends.take(rows).columns, counts], schema=TOTALS)


def _turned(pairs: pa.Table, known: pa.Table) -> npt.NDArray[np.bool_]:
    """Which pairs are aligned from right to left, so that a verdict does not hang on the order of the input.

    Where passages may be drawn in more than one way, the alignment takes the first; first is the text of lesser digest.
    """
    digests = known.column("text_digest").combine_chunks()
    left, right = (digests.take(pairs.column(side).combine_chunks()) for side in ("left", "right"))
    turned: npt.NDArray[np.bool_] = pc.greater(left, right).to_numpy(zero_copy_only=False)
    return turned


def _copies(pairs: pa.Table, known: pa.Table, config: Config) -> pa.Table:
    """The pairs as ``schema.MATCHES`` where only copies are looked for: nothing is aligned, so nothing known of it."""
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    scores = _scores(left, right, intersections(*lists(known, "shingles"), left, right), known)
    near = scores["jaccard"] >= config.min_jaccard
    docs = known.column("doc").to_numpy()
    made = {
        "left": pa.array(docs[left]),
        "right": pa.array(docs[right]),
        "relation": pc.if_else(pa.array(near), "near", pa.scalar(None, pa.string())),
        "accepted": pa.array(near),
        **{name: pa.array(column) for name, column in scores.items()},
        "channels": _channels(pairs.column("channels").to_numpy()),
    }
    columns = [made[f.name] if f.name in made else pa.nulls(len(pairs), f.type) for f in MATCHES]
    return pa.table(columns, schema=MATCHES)


def _matches(pairs: pa.Table, made: Aligned, known: pa.Table, config: Config) -> pa.Table:
    """The aligned pairs as ``schema.MATCHES``."""
    left, right = pairs.column("left").to_numpy(), pairs.column("right").to_numpy()
    n_words = np.diff(lists(known, "words")[1])
    scores = _scores(left, right, made.n_shared, known)
    most_own = np.zeros(len(left), np.int64)
    np.maximum.at(most_own, made.owner, made.own)
    names = relations(
        scores["jaccard"],
        np.maximum(scores["containment_left"], scores["containment_right"]),
        made.n_shared,
        most_own,
        words_of(made.copied, EQUAL),
        made.copied[:, 2 * EQUAL],
        is_form(made.copied),
        _rewrites(made.totals, n_words[left], n_words[right], config),
        config,
    )
    docs = known.column("doc").to_numpy()
    columns = {
        "left": docs[left],
        "right": docs[right],
        "relation": pa.array(names, pa.string()),
        "accepted": pa.array([name in ACCEPTED for name in names], pa.bool_()),
        **scores,
        "channels": _channels(pairs.column("channels").to_numpy()),
        **_rates(made, n_words[left], n_words[right]),
        "n_passages": np.bincount(made.owner, minlength=len(left)).astype(np.int64),
    }
    later = {f.name: pa.nulls(len(left), f.type) for f in MATCHES if f.name not in columns}  # spin score and directions
    return pa.table([(columns | later)[name] for name in MATCHES.names], schema=MATCHES)


def _rewrites(totals: IntArray, left_words: IntArray, right_words: IntArray, config: Config) -> npt.NDArray[np.bool_]:
    """Which pairs are rewrites, with enough words of their own to speak of."""
    enough = (totals[:, OWN_WORDS] >= config.min_passage_words) & ("rewrites" in config.detect)
    return np.asarray(enough & is_rewrite(totals, left_words, right_words))


def _scores(left: IntArray, right: IntArray, shared: IntArray, known: pa.Table) -> dict[str, Floats]:
    """Exact Jaccard and both containments of each pair, given the number of shingles that it shares."""
    sizes = known.column("n_shingles").to_numpy()
    union = sizes[left] + sizes[right] - shared
    return {
        "jaccard": shared / np.maximum(union, 1),
        "containment_left": shared / np.maximum(sizes[left], 1),
        "containment_right": shared / np.maximum(sizes[right], 1),
    }


def _rates(made: Aligned, left_words: IntArray, right_words: IntArray) -> dict[str, pa.Array]:
    """Aligned shares, substitution rate outside quotations and edit rate inside them; null where nothing is aligned."""
    totals = made.totals
    instead = replaced_words(totals)
    prose = totals[:, 2 * EQUAL] + instead
    quoted = totals[:, QUOTED_WORDS]
    edited = quoted - totals[:, QUOTED_EQUAL]
    ours, theirs = (
        aligned_words(made.found, made.owner, made.edits, slice(first, first + 2), len(totals))
        for first in (columns.LEFT_BEGIN, columns.RIGHT_BEGIN)
    )
    return {
        "aligned_left": pa.array(ours / np.maximum(left_words, 1)),
        "aligned_right": pa.array(theirs / np.maximum(right_words, 1)),
        "substitution_rate": pa.array(instead / np.maximum(prose, 1), mask=prose == 0),
        "quote_edit_rate": pa.array(edited / np.maximum(quoted, 1), mask=quoted == 0),
    }


def _channels(bits: npt.NDArray[np.uint8]) -> pa.Array:
    sets = [[name for k, name in enumerate(CHANNELS) if mask >> k & 1] for mask in range(1 << len(CHANNELS))]
    return pa.array(sets, pa.list_(pa.string())).take(pa.array(bits))


def _spans(pairs: pa.Table, made: Aligned, known: pa.Table) -> pa.Table:
    """The passages as ``schema.SPANS``; which ones are spun is told later."""
    found, owner = made.found, made.owner
    n_equal = words_of(made.edits.counts, EQUAL)
    docs = known.column("doc").to_numpy()
    begins, offsets = lists(known, "begins")
    ends = lists(known, "ends")[0]
    left, right = pairs.column("left").to_numpy()[owner], pairs.column("right").to_numpy()[owner]
    left_first, left_last = offsets[left] + found[:, columns.LEFT_BEGIN], offsets[left] + found[:, columns.LEFT_END] - 1
    right_first = offsets[right] + found[:, columns.RIGHT_BEGIN]
    right_last = offsets[right] + found[:, columns.RIGHT_END] - 1
    n_left, n_right = left_last - left_first + 1, right_last - right_first + 1
    verbatim = (n_left == n_right) & (n_equal == n_left)
    values = {
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
        "n_equal": n_equal,
        "n_own": made.own,
    }
    return pa.table([pa.array(values[name]) for name in SPANS.names], schema=SPANS)
