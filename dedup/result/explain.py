"""Explain a document or a pair: scores, passages in their context, evidence, in words that need no manual."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup.errors import UnknownDocumentError
from dedup.result.passages import in_context
from dedup.result.summary import counted, date, label, short
from dedup.result.texts import texts_of
from dedup.result.words import (
    ABOUT_EVIDENCE,
    ABOUT_SCORES,
    LISTED,
    NEITHER,
    ONLY_COPIES,
    SCORES,
    SIDES,
    derived,
    fate,
    listed,
    meaning,
    spin,
    verdict,
)

if TYPE_CHECKING:
    from dedup.result import Result

Row = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Explanation:
    """What a run says of a document or a pair, as data and as text."""

    data: dict[str, Any]
    lines: list[str]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values that JSON can hold."""
        return self.data

    def text(self) -> str:
        """The explanation in words."""
        return "\n".join(self.lines)


def explain_pair(result: Result, a: str, b: str, source: Sequence[Any] | None) -> Explanation:
    """Explain what ties two documents; see ``Result.explain``."""
    if a == b:
        raise UnknownDocumentError(
            f"{a} is named twice.", hint=f"What the run says of it alone: dedup explain {result.path} {a}"
        )
    pair, bearers = _pair(result, a, b)
    left_id, right_id = pair["left_id"], pair["right_id"]
    left, right = _document(result, left_id), _document(result, right_id)
    texts = texts_of(result, [left, right], source)
    spans = _rows(result.passages, left_id=left_id, right_id=right_id)
    histories = {child: _rows(result.lineage, child_id=child) for child in (left_id, right_id)}
    edges = [edge for rows in histories.values() for edge in rows if edge["parent_id"] in histories]
    roots = [row for rows in histories.values() for row in rows if row["parent_id"] is None]
    unseen = _sources(result, [row["unseen_id"] for row in roots])
    data = {
        "left": _plain(left),
        "right": _plain(right),
        "same_text": bearers,
        "pair": _plain(pair),
        "lineage": [_plain(edge) for edge in edges],
        "without_parent": [_plain(row) for row in roots],
        "unseen": unseen,
        "passages": [_with_text(span, texts) for span in spans],
    }
    lines = [
        *_headed("left ", left),
        *_headed("right", right),
        *(f"{first} stands here for {asked}: their texts are equal." for asked, first in bearers.items()),
        "",
        f"Verdict: {verdict(pair)}; {meaning(pair)}.",
        "",
        *_scores(pair),
        "",
        *([ONLY_COPIES] if pair["n_passages"] is None else _direction(edges, roots, unseen, pair, texts)),
        *([] if pair["n_passages"] is None else ["", *_passages(spans, texts)]),
    ]
    return Explanation(data, lines)


def _pair(result: Result, a: str, b: str) -> tuple[Row, dict[str, str]]:
    """The row of ``pairs`` of two documents; and which documents stand in it for them, if others do.

    Of a text that many documents bear, only the first is listed with other texts, and each of the others with it.
    """
    pair = _one(result.pairs, left_id=min(a, b), right_id=max(a, b))
    if pair is not None:
        return pair, {}
    digests = {doc_id: _document(result, doc_id)["text_digest"] for doc_id in (a, b)}
    asked = [a] if digests[a] == digests[b] else [a, b]
    firsts = {doc_id: _rows(result.documents, text_digest=digests[doc_id])[0]["doc_id"] for doc_id in asked}
    left_id, right_id = sorted((firsts[a], firsts.get(b, b)))
    pair = _one(result.pairs, left_id=left_id, right_id=right_id)
    if pair is None:
        raise UnknownDocumentError(
            f"The run did not compare {a} and {b}: they share no copy, no band and too few other keys.",
            hint=f"See what either is tied to with: dedup explain {result.path} {a}",
        )
    return pair, {doc_id: first for doc_id, first in firsts.items() if doc_id != first}


def explain_document(result: Result, a: str) -> Explanation:
    """Explain one document: what became of it, whom it follows and who follows it, and what it is tied to."""
    row = _document(result, a)
    parents = _rows(result.lineage, child_id=a)
    children = _rows(result.lineage, parent_id=a)
    unseen = _sources(result, [edge["unseen_id"] for edge in parents])
    made = _sources(result, [source["unseen_id"] for source in _rows(result.unseen, parent_id=a)])
    pairs = [*_rows(result.pairs, left_id=a), *_rows(result.pairs, right_id=a)]
    data = {
        "document": _plain(row),
        "parents": [_plain(edge) for edge in parents],
        "children": [_plain(edge) for edge in children],
        "unseen": unseen,
        "unseen_children": made,
        "pairs": [_plain(pair) for pair in pairs],
    }
    lines = [*_headed("document", row), "", *fate(row), *_spin(row)]
    for edge in parents:
        lines += ["", *_edge(edge, unseen)]
    for edge in children[:LISTED]:
        lines += ["", f"Source of {label(edge['child_id'])} ({edge['relation']}, confidence {edge['confidence']:.2f})."]
    for source in made:
        lines += ["", f"Source of a text that is not in the pile, of which were made {listed(source['child_ids'])}."]
    lines += ["", *_ties(a, pairs)]
    return Explanation(data, lines)


def _sources(result: Result, numbers: list[int | None]) -> list[Row]:
    """Unseen sources by their numbers, each with the documents that were made of it."""
    wanted = pa.array([number for number in numbers if number is not None], pa.int64())
    sources = result.unseen.filter(pc.is_in(result.unseen.column("unseen_id"), value_set=wanted))
    edges = result.lineage.filter(pc.is_in(result.lineage.column("unseen_id"), value_set=wanted))
    children: dict[int, list[str]] = {}
    for edge in edges.select(["unseen_id", "child_id"]).to_pylist():
        children.setdefault(edge["unseen_id"], []).append(edge["child_id"])
    return [source | {"child_ids": children[source["unseen_id"]]} for source in sources.to_pylist()]


def _ties(doc_id: str, pairs: list[Row]) -> list[str]:
    """The accepted pairs of a document, the closest first."""
    if not pairs:
        return ["Compared with no other document."]
    accepted = sorted((pair for pair in pairs if pair["accepted"]), key=lambda pair: -float(pair["jaccard"]))
    lines = [f"Compared with {counted(len(pairs), 'document')}, tied to {len(accepted):,}{':' if accepted else '.'}"]
    for pair in accepted[:LISTED]:
        other = pair["right_id"] if pair["left_id"] == doc_id else pair["left_id"]
        lines.append(f"  {label(other)}  {pair['relation']}, jaccard {pair['jaccard']:.3f}")
    return lines + ([f"  ... and {len(accepted) - LISTED:,} more"] if len(accepted) > LISTED else [])


def _document(result: Result, doc_id: str) -> Row:
    row = _one(result.documents, doc_id=doc_id)
    if row is None:
        ids = result.documents.column("doc_id")
        near = ids.filter(pc.match_substring(ids, doc_id))[:3].to_pylist()
        known = "The ids are in the column doc_id of documents.parquet."
        hint = f"Did you mean {' or '.join(map(str, near))}?" if near else known
        raise UnknownDocumentError(f"The run in {result.path} holds no document {doc_id!r}.", hint=hint)
    return row


def _rows(table: pa.Table, **values: str) -> list[Row]:
    for name, value in values.items():
        table = table.filter(pc.equal(table.column(name), pa.scalar(value)))
    rows: list[Row] = table.to_pylist()
    return rows


def _one(table: pa.Table, **values: str) -> Row | None:
    rows = _rows(table, **values)
    return rows[0] if rows else None


def _plain(row: Row) -> Row:
    """A row with times as ISO text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _spin(row: Row) -> list[str]:
    """What is said of the wording of a document, and why."""
    lines = [spin(row)]
    for piece in row["spin_evidence"] if row["spin_score"] is not None else []:
        likely = f", likely {short(piece['original'])!r}" if piece["original"] else ""
        lines.append(f"  {piece['log_odds']:+.2f}  {short(piece['phrase'])!r}{likely}")
    return lines


def _headed(role: str, row: Row) -> list[str]:
    facts = [date(row), row["publisher"], f"{row['n_words']:,} words"]
    title = short(row["title"] or "")
    return [
        f"{role}  {label(row['doc_id'])}  ({', '.join(f for f in facts if f)})",
        *([f"       {title}"] if title else []),
    ]


def _scores(pair: Row) -> list[str]:
    rows = [(name, pair[column]) for name, column in SCORES]
    shown = [f"  {name:<34} {'-' if value is None else f'{value:.3f}'}" for name, value in rows]
    return [f"Scores ({ABOUT_SCORES}):", *shown, f"  found by: {', '.join(pair['channels'])}"]


def _direction(edges: list[Row], roots: list[Row], unseen: list[Row], pair: Row, texts: dict[str, str]) -> list[str]:
    if edges:
        return [line for edge in edges for line in _edge(edge, [], texts)]
    lines = [NEITHER]
    for row in roots if pair["accepted"] else []:
        if row["parent_kind"] == "unseen":
            lines += _edge(row, unseen)
        else:
            lines += [f"  {item['detail']}" for item in row["evidence"]]
    return lines


def _edge(edge: Row, unseen: list[Row], texts: dict[str, str] | None = None) -> list[str]:
    """An edge in words; with the texts, also the places that show its evidence."""
    head, *rest = derived(edge, unseen)
    if edge["parent_id"] is None:
        return [head, *(f"  {item['detail']}" for item in edge["evidence"])]
    shown = [f"  {line}" for line in [*rest, f"{ABOUT_EVIDENCE}:"]]
    return [head, *shown, *(line for item in edge["evidence"] for line in _evidence(item, edge, texts))]


def _evidence(item: Row, edge: Row, texts: dict[str, str] | None) -> list[str]:
    """A kind of evidence with its weight, and where the texts show it."""
    lines = [f"    {item['log_odds']:+.2f}  {item['kind']}: {item['detail']}"]
    seen = [(who, side) for who, side in SIDES if texts is not None and item[f"{side}_begin"] is not None]
    for who, side in seen:
        text = (texts or {})[edge[f"{side}_id"]][item[f"{side}_begin"] : item[f"{side}_end"]]
        lines.append(f"           {who}: {short(text)!r}")
    return lines


def _with_text(span: Row, texts: dict[str, str]) -> Row:
    """A passage with its two texts."""
    cuts = {side: slice(span[f"{side}_begin"], span[f"{side}_end"]) for side in ("left", "right")}
    return span | {f"{side}_text": texts[span[f"{side}_id"]][cut] for side, cut in cuts.items()}


def _passages(spans: list[Row], texts: dict[str, str]) -> list[str]:
    lines = [f"Shared passages ({len(spans):,}); words in [brackets] stand on one side only:"]
    for number, span in enumerate(spans[:LISTED], 1):
        lines += ["", f"  {number}. {span['kind']}"]
        shown = in_context(span, texts[span["left_id"]], texts[span["right_id"]])
        for side, words in zip(("left", "right"), shown, strict=True):
            begin, end = span[f"{side}_begin"], span[f"{side}_end"]
            lines += [f"     {side} (characters {begin:,}-{end:,}):", f"       {words}"]
    return lines + (["", f"  ... and {len(spans) - LISTED:,} more"] if len(spans) > LISTED else [])
