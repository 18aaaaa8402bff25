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
    of_child: dict[int, list[tuple[int, int]]] = {}
    for edge, rank in zip(found.parents.edge, found.parents.rank, strict=True):
        of_child.setdefault(int(found.edges.child[edge]), []).append((edge, rank))
    source_of = {text: k for k, source in enumerate(found.unseen) for text in source.children.tolist()}
    sight = in_sight(found)
    copy_row = {place: row for row, place in enumerate(found.copies.copy.tolist())}
    told, first = found.copies.told, found.copies.first_probability(members.doc.size)
    rows: list[Row] = []
    for place, text in enumerate(members.text.tolist()):
        if members.n_words[place] < found.min_words:
            rows.append(_too_short(found, place))
            originality[place] = np.nan
        elif place in copy_row and told[copy_row[place]]:
            rows.append(_copied(found, copy_row[place]))
            originality[place] = 0.0
        elif place in copy_row:
            rows.append(_unknown_copy(found, copy_row[place]))
            originality[place] = np.nan
        elif text in of_child or text in source_of:
            rows += [child_row(found, text, source_of[text])] if text in source_of else []
            rows += [_derived(found, edge, rank) for edge, rank in of_child.get(text, [])]
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


def _unknown_copy(found: Findings, row: int) -> Row:
    place = int(found.copies.copy[row])
    origin = int(found.copies.origin[place])
    tie = f"the same text as {_name(found, origin)}"
    detail = sentences.unknown(found.members, tie, place, origin)
    return _no_parent(found, place, 1.0 - float(found.copies.confidence[row]), "unknown", detail)


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


def _copied(found: Findings, row: int) -> Row:
    copies = found.copies
    child = int(copies.copy[row])
    parent = int(copies.origin[child])
    return {
        **_edge(found, parent, child),
        "rank": 1,
        "relation": "exact",
        "confidence": float(copies.confidence[row]),
        "direction_text": float(copies.direction_text[row]),
        "direction_all": float(copies.direction_all[row]),
        "child_coverage": 1.0,
        "parent_coverage": 1.0,
        "evidence": _weighed(found, parent, child, copies.evidence, row, 1.0),
    }


def _derived(found: Findings, edge: int, rank: int) -> Row:
    edges, pairs = found.edges, found.pairs
    parent, child = (int(found.copies.origin[text]) for text in (edges.parent[edge], edges.child[edge]))
    pair, forward = int(edges.pair[edge]), bool(edges.forward[edge])
    coverage = float(pairs.coverage_left[pair]), float(pairs.coverage_right[pair])
    child_coverage, parent_coverage = coverage[::-1] if forward else coverage
    text = float(found.direction_text[pair])
    sign = 1.0 if forward else -1.0
    said = _weighed(found, parent, child, found.evidence, pair, sign)
    return {
        **_edge(found, parent, child),
        "rank": rank,
        "relation": pairs.relation[pair],
        "confidence": float(found.confidence[edge]),
        "direction_text": text if forward else 1.0 - text,
        "direction_all": float(edges.direction[edge]),
        "child_coverage": child_coverage,
        "parent_coverage": parent_coverage,
        "evidence": [item | _place(found, pair, forward, item["kind"]) for item in said],
    }


def _edge(found: Findings, parent: int, child: int) -> Row:
    members = found.members
    return {
        "child": int(members.doc[child]),
        "parent": int(members.doc[parent]),
        "parent_kind": "document",
        "parent_label": sentences.label(members, found.published, child, parent),
    }


def _weighed(found: Findings, parent: int, child: int, evidence: Evidence, row: int, sign: float) -> list[Row]:
    """The kinds that say something, signed towards parent before child."""
    said = []
    for kind, values in evidence.items():
        log_odds = sign * float(values[row])
        if log_odds:
            detail = _detail(found, kind, parent, child, log_odds, row, sign)
            said.append({"kind": kind, "log_odds": log_odds, "detail": detail})
    return said


def _place(found: Findings, pair: int, forward: bool, kind: str) -> Row:
    """Where the texts show a kind of evidence, in characters of the child and of the parent."""
    if kind not in found.strongest:
        return {}
    clue = found.strongest[kind][pair]
    at = found.pairs.places[pair, clue].tolist()
    parent, child = (at[:2], at[2:]) if forward else (at[2:], at[:2])
    ends = ("child_begin", "child_end", "parent_begin", "parent_end")
    return {end: where for end, where in zip(ends, (*child, *parent), strict=True) if where >= 0}


def _detail(found: Findings, kind: str, parent: int, child: int, log_odds: float, row: int, sign: float) -> str:
    if kind == evidence.STORY:
        return sentences.story(log_odds)
    if kind == "time":
        return sentences.time(found.members, parent, child)
    if kind == "attribution":
        return sentences.attribution(found.members, found.published, parent, child, log_odds)
    if kind == "wording":
        return sentences.wording(found.members, parent, child)
    clue = found.strongest[kind][row]
    return sentences.clue(_CLUES[clue], sign * float(found.pairs.clues[row, clue]), log_odds)
