"""The tables of a story's documents and pairs as columns of numbers, which the rest of this room computes on.

Only documents that belong to a story are looked at; here a document is its place among them, ascending.
A *text* is the set of documents with equal normalised text, and is named by its first document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.errors import InternalError
from dedup.match.clues import CLUES

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_NAMED = ("cues", "publishers_named")
_UNITS = {"year": "Y", "month": "M", "day": "D", "minute": "m"}  # of published_precision; all else is a second


def numbers(table: pa.Table, name: str, null: int = -1) -> IntArray:
    """A column of whole numbers, with ``null`` in the place of nulls."""
    column = table.column(name).combine_chunks()
    return np.asarray(pc.fill_null(column, pa.scalar(null, pa.int64())), dtype=np.int64)


def decimals(table: pa.Table, name: str) -> FloatArray:
    """A column of floating-point numbers, with NaN in the place of nulls."""
    return np.asarray(table.column(name).to_numpy(), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Members:
    """The documents that belong to a story.

    Attributes:
        doc: their numbers in the corpus, ascending.
        text: place of the first document with the same text; equal to its own place for that one.
        story: number of the story.
        n_words: length.
        dated: whether a time of publication is known.
        begin: start of the interval that the time of publication may lie in, in seconds since 1970; 0 where undated.
        end: end of that interval, exclusive.
        precision: ``year``, ``month``, ``day``, ``minute``, ``second`` or None.
        publisher: name of the publisher or None.
        url: address or None.
        title: as it was published, or None.
        cues: sources and addresses that the text names as such.
        named: these, and publishers that it names for whatever reason.
        spin: probability that its wording is a synonym machine's; NaN where that cannot be told.
    """

    doc: IntArray
    text: IntArray
    story: IntArray
    n_words: IntArray
    dated: BoolArray
    begin: IntArray
    end: IntArray
    precision: list[str | None]
    publisher: list[str | None]
    url: list[str | None]
    title: list[str | None]
    cues: list[list[str]]
    named: list[list[str]]
    spin: FloatArray

    @classmethod
    def of(cls, nodes: pa.Table) -> Members:
        """Take the documents with a story out of a table of ``schema.NODES``, ordered by ``doc``.

        Raises:
            InternalError: a text's first document is not in the story of the others.
        """
        inside = nodes.filter(pc.is_valid(nodes.column("story")))
        doc = numbers(inside, "doc")
        first = numbers(inside, "text")
        text = np.minimum(np.searchsorted(doc, first), max(0, doc.size - 1))
        story = numbers(inside, "story")
        if not np.array_equal(doc[text], first) or not np.array_equal(story[text], story):
            raise InternalError("A document is in a story that the first document of its text is not in.")
        precision = inside.column("published_precision").to_pylist()
        dated, begin, end = _intervals(inside, precision)
        cues, publishers = ([names or [] for names in inside.column(name).to_pylist()] for name in _NAMED)
        return cls(
            doc=doc,
            text=text.astype(np.int64),
            story=story,
            n_words=numbers(inside, "n_words"),
            dated=dated,
            begin=begin,
            end=end,
            precision=precision,
            publisher=inside.column("publisher").to_pylist(),
            url=inside.column("url").to_pylist(),
            title=inside.column("title").to_pylist(),
            cues=cues,
            named=[sorted({*own, *more}) for own, more in zip(cues, publishers, strict=True)],
            spin=decimals(inside, "spin_score"),
        )


def _intervals(nodes: pa.Table, precision: list[str | None]) -> tuple[BoolArray, IntArray, IntArray]:
    """Whether each document is dated, and the half-open interval of seconds that its time of publication lies in."""
    times = nodes.column("published_at")
    dated = np.asarray(times.is_valid().to_numpy(), dtype=np.bool_)
    seconds = numbers(pa.table({"seconds": times.cast(pa.int64())}), "seconds", null=0)
    begin, end = seconds.copy(), seconds + 1
    names = np.array(precision, dtype=object)
    for name, unit in _UNITS.items():
        rows = names == name
        start = seconds[rows].astype("datetime64[s]").astype(f"datetime64[{unit}]")
        begin[rows] = start.astype("datetime64[s]").astype(np.int64)
        end[rows] = (start + 1).astype("datetime64[s]").astype(np.int64)
    return dated, begin, end


class Found(NamedTuple):
    """What matching has found of the pairs.

    Attributes:
        matches: ``schema.MATCHES``.
        spans: ``schema.SPANS``.
        clues: ``schema.CLUES``.
        readings: ``schema.READINGS``; the last two have a row for each accepted pair.
    """

    matches: pa.Table
    spans: pa.Table
    clues: pa.Table
    readings: pa.Table


@dataclass(frozen=True, slots=True)
class Pairs:
    """Accepted pairs between different texts of one story, ordered by left, then right.

    Attributes:
        left: place of the left text's first document among the members.
        right: place of the right one's.
        relation: ``near``, ``excerpt``, ``partial`` ...
        jaccard: resemblance of the shingle sets.
        spin: probability that one is the other as a synonym machine words it; NaN where that cannot be told.
        coverage_left: share of the left text's words inside the pair's passages; of its words aligned, or else of its
            shingles shared, where the pair has no passage (two near copies of a few words).
        coverage_right: share of the right text's.
        first_span: the pair's passages are ``spans_*[first_span[i]:first_span[i + 1]]``.
        spans_left: passages in words of the left text, shape (passages, 2), half-open.
        spans_right: the same in words of the right text.
        first_run: the pair's runs of equal words are ``runs[first_run[i]:first_run[i + 1]]``.
        runs: ``int64[n, 4]``, first word on the left, first word on the right, words, and in how many places the pair
            differs by the same change as after the run; by place on the left.
        reference: how little the two report: 1 for a work of reference, 0 for news, something between.
        clues: ``float64[pairs, clues]``, in the order of ``match.clues.CLUES``: above 0 for left before right.
        places: ``int64[pairs, clues, 4]``, the strongest place of each, in characters of the left and the right text;
            -1 where a side has none.
    """

    left: IntArray
    right: IntArray
    relation: list[str]
    jaccard: FloatArray
    spin: FloatArray
    coverage_left: FloatArray
    coverage_right: FloatArray
    first_span: IntArray
    spans_left: IntArray
    spans_right: IntArray
    first_run: IntArray
    runs: IntArray
    reference: FloatArray
    clues: FloatArray
    places: IntArray

    @classmethod
    def of(cls, members: Members, found: Found, min_words: int) -> Pairs:
        """Take the pairs that lineage speaks of out of what was found of pairs.

        Args:
            members: the documents of stories.
            found: the pairs.
            min_words: a text shorter than this is too short to speak of derivation; pairs with it are left out.
        """
        matches = found.matches
        left, right = numbers(matches, "left"), numbers(matches, "right")
        accepted = np.array(matches.column("accepted").to_pylist(), dtype=np.bool_)
        at_left, known_left = _places(members.doc, left)
        at_right, known_right = _places(members.doc, right)
        use = accepted & known_left & known_right
        use[use] = (
            (members.text[at_left[use]] != members.text[at_right[use]])
            & (members.story[at_left[use]] == members.story[at_right[use]])
            & (members.n_words[at_left[use]] >= min_words)
            & (members.n_words[at_right[use]] >= min_words)
        )
        rows = np.flatnonzero(use)
        rows = rows[np.lexsort((right[rows], left[rows]))]
        taken = matches.take(rows)
        first, span_left, span_right = _spans_of(left[rows], right[rows], found.spans)
        first_run, runs = _grouped(left[rows], right[rows], found.readings, "runs")
        collated = found.clues.take(pa.array(_rows_of(left[rows], right[rows], found.clues)))
        clues, places = (collated.column(name).combine_chunks().flatten() for name in ("values", "places"))
        at_left, at_right = at_left[rows], at_right[rows]
        return cls(
            left=at_left,
            right=at_right,
            relation=[str(relation) for relation in taken.column("relation").to_pylist()],
            jaccard=decimals(taken, "jaccard"),
            spin=decimals(taken, "spin_score"),
            coverage_left=_coverage(taken, "left", first, span_left, members.n_words[at_left]),
            coverage_right=_coverage(taken, "right", first, span_right, members.n_words[at_right]),
            first_span=first,
            spans_left=span_left,
            spans_right=span_right,
            first_run=first_run // 4,
            runs=runs.astype(np.int64).reshape(-1, 4),
            reference=decimals(collated, "reference"),
            clues=np.asarray(clues, np.float64).reshape(rows.size, len(CLUES)),
            places=np.asarray(places, np.int64).reshape(rows.size, len(CLUES), 4),
        )


def _places(doc: IntArray, wanted: IntArray) -> tuple[IntArray, BoolArray]:
    """Place of each wanted number in an ascending array, and whether it is there."""
    place = np.searchsorted(doc, wanted).astype(np.int64)
    place[place == doc.size] = 0
    known = doc[place] == wanted if doc.size else np.zeros(wanted.size, np.bool_)
    return place, known


def _spans_of(left: IntArray, right: IntArray, spans: pa.Table) -> tuple[IntArray, IntArray, IntArray]:
    """The passages of each pair, grouped: offsets, words on the left side, words on the right side."""
    span_left, span_right = numbers(spans, "left"), numbers(spans, "right")
    width = 1 + max((int(side.max()) for side in (right, span_right) if side.size), default=0)
    pair_key, span_key = left * width + right, span_left * width + span_right
    place, known = _places(pair_key, span_key)
    rows = np.flatnonzero(known)
    begin = numbers(spans, "left_word_begin")
    rows = rows[np.lexsort((begin[rows], place[rows]))]
    first = np.searchsorted(place[rows], np.arange(left.size + 1)).astype(np.int64)
    sides = [
        np.stack([numbers(spans, f"{side}_word_begin")[rows], numbers(spans, f"{side}_word_end")[rows]], axis=1)
        for side in ("left", "right")
    ]
    return first, sides[0], sides[1]


def _grouped(left: IntArray, right: IntArray, table: pa.Table, name: str) -> tuple[IntArray, npt.NDArray[Any]]:
    """A column of lists in the order of the pairs: offsets, and the values end to end."""
    column = table.column(name).combine_chunks().take(pa.array(_rows_of(left, right, table)))
    return column.offsets.to_numpy().astype(np.int64), column.values.to_numpy(zero_copy_only=False)


def _rows_of(left: IntArray, right: IntArray, table: pa.Table) -> IntArray:
    """The row of each pair.

    Raises:
        InternalError: the table has no row for a pair.
    """
    theirs = [numbers(table, side) for side in ("left", "right")]
    width = 1 + max((int(side.max()) for side in (right, theirs[1]) if side.size), default=0)
    keys = theirs[0] * width + theirs[1]
    order = np.argsort(keys)
    place, known = _places(keys[order], left * width + right)
    if not known.all():
        raise InternalError("An accepted pair was not collated.")
    return order[place]


def _coverage(matches: pa.Table, side: str, first: IntArray, spans: IntArray, n_words: IntArray) -> FloatArray:
    aligned, containment = decimals(matches, f"aligned_{side}"), decimals(matches, f"containment_{side}")
    without = np.nan_to_num(np.where(aligned > 0, aligned, containment))
    return np.where(np.diff(first) > 0, np.minimum(1.0, covered(first, spans) / n_words), without)


def covered(first: IntArray, spans: IntArray) -> IntArray:
    """Words that lie in at least one passage of each group.

    Args:
        first: group ``i`` owns ``spans[first[i]:first[i + 1]]``.
        spans: half-open ranges, shape (passages, 2), in any order within a group.
    """
    n_groups = first.size - 1
    if spans.shape[0] == 0:
        return np.zeros(n_groups, np.int64)
    group = np.repeat(np.arange(n_groups), np.diff(first))
    order = np.lexsort((spans[:, 0], group))
    shift = group * (int(spans.max()) + 1)  # lays the groups end to end, so that one sweep serves them all
    begin, end = spans[order, 0] + shift, spans[order, 1] + shift
    reach = np.concatenate(([0], np.maximum.accumulate(end)[:-1]))
    new = np.maximum(0, end - np.maximum(begin, reach))
    return np.bincount(group, weights=new, minlength=n_groups).astype(np.int64)
