"""A pair side by side, as a page shows it: passages marked, edits word by word, scores, and who had it first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dedup.report.direction import Directions, directions
from dedup.report.edits import IntArray, edits_of, words_of
from dedup.report.links import Links
from dedup.report.marking import Edited, Note, Run, Span, marked, precedence, spaced
from dedup.result.summary import counted, date, label
from dedup.result.words import ONLY_COPIES, SCORES, meaning, verdict

Row = dict[str, Any]

LIMIT = 20_000  # characters of either text that are written
_MOST_PASSAGES = 200  # that are marked: the longest; the table holds all
_SIDES = ("left", "right")
_SURE = 0.5  # confidence from which on a source is called so without more ado


class PairRows(NamedTuple):
    """What the tables say of a pair.

    Attributes:
        pair: a row of ``pairs``.
        left, right: rows of ``documents``.
        passages: its rows of ``passages``.
        edges: rows of ``lineage`` of either document: those whose parent is the other one, and those without a parent.
    """

    pair: Row
    left: Row
    right: Row
    passages: Sequence[Row]
    edges: Sequence[Row]


class Comparison(NamedTuple):
    """Two texts cut where their marks begin and end; a passage bears the same number on both sides."""

    left: tuple[Run, ...]
    right: tuple[Run, ...]


class Score(NamedTuple):
    """A number of a pair, and what it says."""

    name: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Side:
    """One document of a pair.

    Attributes:
        side: ``left`` or ``right``; ``letter`` is how the ids of its places begin.
        role: what it is to the other one, as far as the run tells: its source, or derived from it; else empty.
        facts: date, publisher and length, as far as they are known.
        href: of the document's section; None where it has none.
        runs: its text; None where it can no longer be read.
    """

    side: str
    letter: str
    role: str
    label: str
    title: str | None
    facts: tuple[str, ...]
    href: str | None
    runs: tuple[Run, ...] | None


@dataclass(frozen=True, slots=True)
class PairView:
    """All that a page says of a pair.

    Attributes:
        key: of its section.
        story: address of its story's section; None where that is not shown.
        kinds: of the passages, by number; ``verbatim``, ``edited`` or ``spun``.
        passages: how many there are of each kind, in words.
        unmarked: passages that are too many to be marked.
        remark: what the run did not look for; empty where it looked for all.
    """

    key: str
    title: str
    story: str | None
    verdict: str
    meaning: str
    accepted: bool
    relation: str | None
    channels: tuple[str, ...]
    left: Side
    right: Side
    kinds: tuple[str, ...]
    passages: str
    unmarked: int
    scores: tuple[Score, ...]
    direction: Directions
    remark: str

    @property
    def edits(self) -> set[str]:
        """The kinds of edits that are marked in either text."""
        runs = (*(self.left.runs or ()), *(self.right.runs or ()))
        return {segment.edit for run in runs for segment in run.segments}


def pair_views(
    rows: Sequence[PairRows], texts: Mapping[str, str], links: Links, *, limit: int = LIMIT
) -> list[PairView]:
    """What a page says of some pairs: all of them are aligned at once.

    Args:
        texts: by ``doc_id``; of a pair that lacks one, neither is shown.
        links: where documents are shown.
        limit: characters of either text that are written at most; what is left out is counted.
    """
    readable = [row.pair["left_id"] in texts and row.pair["right_id"] in texts for row in rows]
    ids = {row.pair[f"{side}_id"]: None for row, known in zip(rows, readable, strict=True) if known for side in _SIDES}
    words = words_of({doc_id: texts[doc_id] for doc_id in ids})
    edits = edits_of([row.passages if known else () for row, known in zip(rows, readable, strict=True)], words)
    return [
        _pair_view(row, texts if known else None, edit, links, limit)
        for row, known, edit in zip(rows, readable, edits, strict=True)
    ]


def side_by_side(
    texts: tuple[str, str],
    passages: Sequence[Row],
    edits: tuple[IntArray, IntArray],
    notes: tuple[Sequence[Note], Sequence[Note]] = ((), ()),
    *,
    limit: int = LIMIT,
) -> Comparison:
    """Two texts with their passages, edits and notes marked, and folded where nothing is.

    Args:
        texts: left and right.
        passages: rows of ``passages``; their numbers count from 0.
        edits: as ``edits.edits_of`` gives them for the pair.
        notes: places of evidence on either side.
        limit: characters of either text that are written at most.
    """
    longest = sorted(range(len(passages)), key=lambda k: passages[k]["left_begin"] - passages[k]["left_end"])
    shown = sorted(longest[:_MOST_PASSAGES])
    sides = []
    for place, side in enumerate(_SIDES):
        spans = [Span(passages[k][f"{side}_begin"], passages[k][f"{side}_end"], k) for k in shown]
        edited = Edited(edits[place], texts[1 - place])
        sides.append(marked(texts[place], precedence(spans), edited=edited, notes=notes[place], fold=True, limit=limit))
    return Comparison(*sides)


def _pair_view(
    rows: PairRows, texts: Mapping[str, str] | None, edits: tuple[IntArray, IntArray], links: Links, limit: int
) -> PairView:
    pair, passages = rows.pair, rows.passages
    left_id, right_id = pair["left_id"], pair["right_id"]
    direction = directions(pair, rows.edges, texts or {})
    compared: tuple[tuple[Run, ...] | None, tuple[Run, ...] | None] = (None, None)
    if texts is not None:
        notes = direction.notes["left"], direction.notes["right"]
        compared = side_by_side((texts[left_id], texts[right_id]), passages, edits, notes, limit=limit)
    return PairView(
        key=f"{links.key(left_id)}-{links.key(right_id)}",
        title=f"{label(left_id)} and {label(right_id)}",
        story=links.story(rows.left["story_id"]) if pair["accepted"] else None,
        verdict=verdict(pair),
        meaning=meaning(pair),
        accepted=pair["accepted"],
        relation=pair["relation"],
        channels=tuple(pair["channels"]),
        left=_side("left", rows.left, rows.edges, compared[0], links),
        right=_side("right", rows.right, rows.edges, compared[1], links),
        kinds=tuple(passage["kind"] for passage in passages),
        passages=_counted(passages),
        unmarked=max(0, len(passages) - _MOST_PASSAGES),
        scores=tuple(Score(name, pair[column]) for name, column in SCORES),
        direction=direction,
        remark=ONLY_COPIES if pair["n_passages"] is None else "",
    )


def _side(side: str, row: Row, edges: Sequence[Row], runs: tuple[Run, ...] | None, links: Links) -> Side:
    return Side(
        side=side,
        letter=side[0],
        role=_role(row["doc_id"], edges),
        label=row["doc_id"],
        title=row["title"],
        facts=facts(row),
        href=links.document(row["doc_id"]),
        runs=None if runs is None else spaced(runs),
    )


def _role(doc_id: str, edges: Sequence[Row]) -> str:
    """What a document of a pair is to the other one; empty where the run does not tell, or tells both."""
    edges = [edge for edge in edges if edge["parent_id"] is not None]
    if len({edge["parent_id"] for edge in edges}) != 1:
        return ""
    sure = max(edge["confidence"] for edge in edges) >= _SURE
    if edges[0]["parent_id"] == doc_id:
        return "source" if sure else "possible source"
    return "derived" if sure else "possibly derived"


def facts(row: Row) -> tuple[str, ...]:
    """Date, publisher and length of a document, as far as they are known."""
    known = (date(row), row["publisher"], counted(row["n_words"], "word"))
    return tuple(fact for fact in known if fact)


def _counted(passages: Sequence[Row]) -> str:
    """How many passages there are of each kind, in words."""
    kinds = [passage["kind"] for passage in passages]
    if not kinds:
        return "no shared passage"
    parts = [f"{kinds.count(kind):,} {kind}" for kind in ("verbatim", "edited", "spun") if kind in kinds]
    return f"{counted(len(kinds), 'shared passage')}: {', '.join(parts)}"
