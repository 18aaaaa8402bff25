"""The table of edges: one row per parent of each document, or one that says why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.lineage import evidence, sentences
from dedup.lineage.branching import Candidates
from dedup.lineage.copies import Copies
from dedup.lineage.direction import TOLD
from dedup.lineage.evidence import Evidence
from dedup.lineage.names import Published
from dedup.lineage.parents import Parents
from dedup.lineage.sources import child_row, in_sight, taken_from_elsewhere
from dedup.lineage.unseen import Unseen
from dedup.lineage.views import FloatArray, IntArray, Members, Pairs
from dedup.match.clues import CLUES
from dedup.schema import EDGES

Row = dict[str, Any]

_CLUES = list(CLUES)
_ENDS = ("child_begin", "child_end", "parent_begin", "parent_end")


@dataclass(frozen=True, slots=True)
class Findings:
    """All that is known of the stories when the table is written.

    Attributes:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        copies: documents with equal texts.
        pairs: pairs of different texts.
        evidence: log-odds that a pair's left text precedes.
        strongest: by kind of evidence, the clue that says most of it in each pair.
        direction_text: probability of it by the texts alone.
        edges: possible edges between texts.
        confidence: probability of each of them.
        no_parent: probability that a text has no parent here, by the place of its first document.
        parents: the edges that are told.
        unseen: sources that are not in the pile, ordered by their first children.
        min_words: a text shorter than this is too short to speak of derivation.
        name: the name by which the user knows a document, given its number in the corpus.
    """

    members: Members
    published: Published
    copies: Copies
    pairs: Pairs
    evidence: Evidence
    strongest: dict[str, IntArray]
    direction_text: FloatArray
    edges: Candidates
    confidence: FloatArray
    no_parent: dict[int, float]
    parents: Parents
    unseen: list[Unseen]
    min_words: int
    name: Callable[[int], str]


def table(found: Findings) -> tuple[pa.Table, FloatArray]:
    """The rows of all documents of stories, by child, then rank; and the originality of each document.

    Originality is NaN where a document has a copy and it is not known which of the two came first.
    """
    members = found.members
    originality = np.ones(members.doc.size)
    ties, copy_ties, unlikely = _text_ties(found), _copy_ties(found), _unlikely_parents(found)
    of_child: dict[int, list[Row]] = {}
    for child, edge in zip(found.edges.child[found.parents.edge].tolist(), _derived(found), strict=True):
        of_child.setdefault(child, []).append(edge)
    source_of = {text: k for k, source in enumerate(found.unseen) for text in source.children.tolist()}
    sight = in_sight(found)
    copy_row = {place: row for row, place in enumerate(found.copies.copy.tolist())}
    copied = dict(zip(found.copies.copy[found.copies.told].tolist(), _copied(found), strict=True))
    first = found.copies.first_probability(members.doc.size)
    rows: list[Row] = []
    for place, text in enumerate(members.text.tolist()):
        if members.n_words[place] < found.min_words:
            rows.append(_too_short(found, place))
            originality[place] = np.nan
        elif place in copied:
            rows.append(copied[place])
            originality[place] = 0.0
        elif place in copy_row:
            probability = float(first[place]) * found.no_parent.get(text, 1.0)
            rows.append(_unknown_copy(found, copy_row[place], probability))
            originality[place] = np.nan
        elif text in of_child or text in source_of:
            rows += [child_row(found, text, source_of[text])] if text in source_of else []
            rows += of_child.get(text, [])
            originality[place] = found.parents.originality[text]
        else:
            probability = float(first[place]) * found.no_parent.get(text, 1.0)
            row, is_copy = _parentless(found, place, probability, ties.get(text), copy_ties.get(place))
            root = _root(found, place, probability, unlikely.get(text))
            rows.append(row or taken_from_elsewhere(found, sight, text, root))
            originality[place] = np.nan if is_copy else 1.0
    return pa.Table.from_pylist(rows, schema=EDGES), originality


def _text_ties(found: Findings) -> dict[int, int]:
    """For each text the row of its strongest candidate edge whose direction is not told either way."""
    edges = found.edges
    open_ = np.flatnonzero((edges.direction < TOLD) & (1.0 - edges.direction < TOLD))
    best: dict[int, int] = {}
    for row in open_.tolist():  # a child's best candidates come first
        best.setdefault(int(edges.child[row]), row)
    return best


def _unlikely_parents(found: Findings) -> dict[int, int]:
    """For each text the row of its strongest candidate edge whose direction is told, though it was not taken."""
    best: dict[int, int] = {}
    for row in np.flatnonzero(found.edges.told).tolist():
        best.setdefault(int(found.edges.child[row]), row)
    return best


def _copy_ties(found: Findings) -> dict[int, int]:
    """For each document that stands for its text, the first of its copies that may as well stand before it."""
    best: dict[int, int] = {}
    for row in np.flatnonzero(~found.copies.told).tolist():
        copy = int(found.copies.copy[row])
        best.setdefault(int(found.copies.origin[copy]), copy)
    return best


def _name(found: Findings, place: int) -> str:
    return found.name(int(found.members.doc[place]))


def _no_parent(found: Findings, place: int, confidence: float | None, kind: str, detail: str) -> Row:
    return {
        "child": int(found.members.doc[place]),
        "parent_kind": "none",
        "parent_label": sentences.label(found.members, found.published, place, None),
        "rank": 1,
        "confidence": confidence,
        "evidence": [{"kind": kind, "log_odds": 0.0, "detail": detail}],
    }


def _too_short(found: Findings, place: int) -> Row:
    n_words = int(found.members.n_words[place])
    detail = f"{n_words} word{'s' if n_words != 1 else ''}: a text under {found.min_words} may recur by chance"
    return _no_parent(found, place, None, "too short", detail)


def _unknown_copy(found: Findings, row: int, probability: float) -> Row:
    place = int(found.copies.copy[row])
    origin = int(found.copies.origin[place])
    tie = f"the same text as {_name(found, origin)}"
    detail = sentences.unknown(found.members, tie, place, origin)
    return _no_parent(found, place, probability, "unknown", detail)


def _parentless(
    found: Findings, place: int, probability: float, edge: int | None, copy: int | None
) -> tuple[Row | None, bool]:
    """The row of a document whose ties tell no direction, if it has any, and whether it may be a copy nevertheless."""
    members, pairs = found.members, found.pairs
    if copy is not None:
        detail = sentences.unknown(members, f"the same text as {_name(found, copy)}", place, copy)
        return _no_parent(found, place, probability, "unknown", detail), True
    if edge is not None:
        other = int(found.copies.origin[found.edges.parent[edge]])
        pair = int(found.edges.pair[edge])
        detail = sentences.unknown(members, sentences.tie(pairs, pair, _name(found, other)), place, other)
        return _no_parent(found, place, probability, "unknown", detail), pairs.relation[pair] == "near"
    return None, False


def _root(found: Findings, place: int, probability: float, edge: int | None) -> Row:
    """The row of a document that none of its story is likely to be the source of."""
    detail = "no document of its story came before it and shares its words"
    if edge is not None:
        parent = int(found.copies.origin[found.edges.parent[edge]])
        pair = int(found.edges.pair[edge])
        shared = (found.pairs.coverage_right if found.edges.forward[edge] else found.pairs.coverage_left)[pair]
        detail = sentences.unlikely(
            found.members, sentences.tie(found.pairs, pair, _name(found, parent)), parent, place, float(shared)
        )
    return _no_parent(found, place, probability, "root", detail)


def _copied(found: Findings) -> list[Row]:
    """The rows of the copies that are surely later than the origin of their text."""
    copies = found.copies
    rows = np.flatnonzero(copies.told)
    child = copies.copy[rows]
    parent = copies.origin[child]
    said = _weighed(found, parent, child, copies.evidence, rows, np.ones(rows.size))
    columns = (column.tolist() for column in (parent, child, rows))
    return [
        {
            **_edge(found, parent, child),
            "rank": 1,
            "relation": "exact",
            "confidence": float(copies.confidence[row]),
            "direction_text": float(copies.direction_text[row]),
            "direction_all": float(copies.direction_all[row]),
            "child_coverage": 1.0,
            "parent_coverage": 1.0,
            "evidence": evidence,
        }
        for parent, child, row, evidence in zip(*columns, said, strict=True)
    ]


def _derived(found: Findings) -> list[Row]:
    """The rows of the edges that are told, in their order."""
    edges, pairs, told = found.edges, found.pairs, np.array(found.parents.edge, np.int64)
    pair, forward = edges.pair[told], edges.forward[told]
    parent, child = found.copies.origin[edges.parent[told]], found.copies.origin[edges.child[told]]
    said = _weighed(found, parent, child, found.evidence, pair, np.where(forward, 1.0, -1.0))
    text, left, right = found.direction_text[pair], pairs.coverage_left[pair], pairs.coverage_right[pair]
    numbers = {
        "rank": np.array(found.parents.rank, np.int64),
        "confidence": found.confidence[told],
        "direction_text": np.where(forward, text, 1.0 - text),
        "direction_all": edges.direction[told],
        "child_coverage": np.where(forward, right, left),
        "parent_coverage": np.where(forward, left, right),
    }
    ends = zip(parent.tolist(), child.tolist(), strict=True)
    measured = zip(*(column.tolist() for column in numbers.values()), strict=True)
    return [
        {
            **_edge(found, *between),
            "relation": pairs.relation[row],
            **dict(zip(numbers, values, strict=True)),
            "evidence": evidence,
        }
        for between, row, values, evidence in zip(ends, pair.tolist(), measured, said, strict=True)
    ]


def _edge(found: Findings, parent: int, child: int) -> Row:
    members = found.members
    return {
        "child": int(members.doc[child]),
        "parent": int(members.doc[parent]),
        "parent_kind": "document",
        "parent_label": sentences.label(members, found.published, child, parent),
    }


def _weighed(
    found: Findings, parent: IntArray, child: IntArray, evidence: Evidence, row: IntArray, sign: FloatArray
) -> list[list[Row]]:
    """For each edge the kinds that say something, signed towards parent before child, and where its texts show them.

    Args:
        parent, child: places of the documents of each edge.
        row: of each edge, in the evidence.
        sign: 1 where the evidence speaks of parent before child, -1 where it speaks of child before parent.
    """
    said: list[list[Row]] = [[] for _ in range(row.size)]
    for kind, values in evidence.items():
        signed = sign * values[row]
        at = np.flatnonzero(signed)
        log_odds = signed[at].tolist()
        if kind in found.strongest:
            details, places = _shown(found, found.strongest[kind][row[at]], row[at], sign[at], log_odds)
        else:
            ends = zip(parent[at].tolist(), child[at].tolist(), log_odds, strict=True)
            details, places = [_detail(found, kind, *end) for end in ends], [{}] * at.size
        for edge, odds, detail, place in zip(at.tolist(), log_odds, details, places, strict=True):
            said[edge].append({"kind": kind, "log_odds": odds, "detail": detail, **place})
    return said


def _shown(
    found: Findings, clue: IntArray, row: IntArray, sign: FloatArray, log_odds: list[float]
) -> tuple[list[str], list[Row]]:
    """What the texts of some pairs show: in words, and where, in characters of the child and of the parent.

    Args:
        clue: the clue of each pair.
        row, sign: of each pair, as ``_weighed`` takes them.
        log_odds: of the kind of evidence that the clue stands for.
    """
    values = (sign * found.pairs.clues[row, clue]).tolist()
    details = [sentences.clue(_CLUES[k], *said) for k, *said in zip(clue.tolist(), values, log_odds, strict=True)]
    sides = found.pairs.places[row, clue]  # of the left text, then of the right one
    sides = np.where(sign[:, None] > 0, sides[:, [2, 3, 0, 1]], sides)
    places = [{end: at for end, at in zip(_ENDS, ends, strict=True) if at >= 0} for ends in sides.tolist()]
    return details, places


def _detail(found: Findings, kind: str, parent: int, child: int, log_odds: float) -> str:
    if kind == evidence.STORY:
        return sentences.story(log_odds)
    if kind == "time":
        return sentences.time(found.members, parent, child)
    if kind == "attribution":
        return sentences.attribution(found.members, found.published, parent, child, log_odds)
    return sentences.wording(found.members, parent, child)
