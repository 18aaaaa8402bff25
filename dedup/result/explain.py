"""Explain a document or a pair: scores, passages in their context, evidence, in words that need no manual."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from dedup.errors import UnknownDocumentError
from dedup.result.passages import in_context
from dedup.result.summary import date
from dedup.result.texts import texts_of

if TYPE_CHECKING:
    from dedup.result import Result

Row = dict[str, Any]

_MEANING = {
    "exact": "their texts are equal, up to case, white space and the style of quotation marks and dashes",
    "near": "they are near copies: most of what stands in one stands in the other",
    "excerpt": "one is an excerpt: most of it stands in the other",
    "partial": "they share passages, but neither holds most of the other",
    "quote": "they share nothing but quotations: both heard the same speaker, so this is no sign of copying",
    None: "they share too little to call one a copy, an excerpt or a reworking of the other",
}
_LEVELS = ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not"), (0.0, "possibly"))


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
    left_id, right_id = min(a, b), max(a, b)
    left, right = _document(result, left_id), _document(result, right_id)
    pair = _one(result.pairs, left_id=left_id, right_id=right_id)
    if pair is None:
        raise UnknownDocumentError(
            f"The run did not compare {a} and {b}: they share no copy, no band and too few passage keys.",
            hint=f"See what either is tied to with: dedup explain {result.path} {a}",
        )
    texts = texts_of(result, [left, right], source)
    spans = _rows(result.passages, left_id=left_id, right_id=right_id)
    passages = [in_context(span, texts[left_id], texts[right_id]) for span in spans]
    edges = [*_rows(result.lineage, child_id=a, parent_id=b), *_rows(result.lineage, child_id=b, parent_id=a)]
    roots = [row for row in _rows(result.lineage, child_id=a) + _rows(result.lineage, child_id=b) if not row["parent_id"]]
    data = {
        "left": _plain(left),
        "right": _plain(right),
        "pair": _plain(pair),
        "lineage": [_plain(edge) for edge in edges],
        "passages": passages,
    }
    lines = [
        *_headed("left ", left),
        *_headed("right", right),
        "",
        f"Verdict: {pair['relation'] or 'no relation'} ({'accepted' if pair['accepted'] else 'refused'}); "
        f"{_MEANING[pair['relation']]}.",
        "",
        *_scores(pair),
        "",
        *_direction(edges, roots, pair),
        "",
        *_passages(passages, left_id, right_id),
    ]
    return Explanation(data, lines)


def explain_document(result: Result, a: str) -> Explanation:
    """Explain one document: what became of it, whom it follows and who follows it, and what it is tied to."""
    row = _document(result, a)
    parents = _rows(result.lineage, child_id=a)
    children = _rows(result.lineage, parent_id=a)
    pairs = [*_rows(result.pairs, left_id=a), *_rows(result.pairs, right_id=a)]
    data = {
        "document": _plain(row),
        "parents": [_plain(edge) for edge in parents],
        "children": [_plain(edge) for edge in children],
        "pairs": [_plain(pair) for pair in pairs],
    }
    kept = "kept" if row["kept"] else f"not kept; {row['canonical_id']} stands for it"
    originality = "unknown" if row["originality"] is None else f"{row['originality']:.0%} of its words"
    lines = [
        *_headed("document", row),
        "",
        f"Decision: {kept} ({row['kept_reason']}).",
        f"Story: {row['story_id'] or 'none'}. Cluster of copies: {row['cluster_id'] or 'none'}. "
        f"Originality: {originality}.",
    ]
    for edge in parents:
        lines += ["", *_edge(edge)]
    for edge in children:
        lines += ["", f"Source of {edge['child_id']} ({edge['relation']}, confidence {edge['confidence']:.2f})."]
    accepted = [pair for pair in pairs if pair["accepted"]]
    lines += ["", f"Compared with {len(pairs):,} documents, tied to {len(accepted):,}:" if pairs else "Tied to nothing."]
    for pair in accepted[:20]:
        other = pair["right_id"] if pair["left_id"] == a else pair["left_id"]
        lines.append(f"  {other}  {pair['relation']}, jaccard {pair['jaccard']:.3f}")
    return Explanation(data, lines)


def _document(result: Result, doc_id: str) -> Row:
    row = _one(result.documents, doc_id=doc_id)
    if row is None:
        near = [i for i in result.documents.column("doc_id").to_pylist() if doc_id in i][:3]
        hint = f"Did you mean {' or '.join(near)}?" if near else "The ids are in the column doc_id of documents.parquet."
        raise UnknownDocumentError(f"The run in {result.path} holds no document {doc_id!r}.", hint=hint)
    return row


def _rows(table: pa.Table, **values: str) -> list[Row]:
    for name, value in values.items():
        table = table.filter(pc.equal(table.column(name), value))
    rows: list[Row] = table.to_pylist()
    return rows


def _one(table: pa.Table, **values: str) -> Row | None:
    rows = _rows(table, **values)
    return rows[0] if rows else None


def _plain(row: Row) -> Row:
    """A row with times as ISO text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in row.items()}


def _headed(role: str, row: Row) -> list[str]:
    facts = [date(row), row["publisher"], f"{row['n_words']:,} words"]
    title = " ".join((row["title"] or "").split())[:100]
    return [f"{role}  {row['doc_id']}  ({', '.join(f for f in facts if f)})", *([f"       {title}"] if title else [])]


def _scores(pair: Row) -> list[str]:
    rows = [
        ("resemblance (jaccard)", pair["jaccard"]),
        ("share of left found in right", pair["containment_left"]),
        ("share of right found in left", pair["containment_right"]),
        ("words of left in shared passages", pair["aligned_left"]),
        ("words of right in shared passages", pair["aligned_right"]),
        ("words replaced outside quotations", pair["substitution_rate"]),
        ("words changed inside quotations", pair["quote_edit_rate"]),
    ]
    shown = [f"  {name:<34} {'-' if value is None else f'{value:.3f}'}" for name, value in rows]
    return ["Scores (0 to 1; runs of words, exactly counted):", *shown, f"  found by: {', '.join(pair['channels'])}"]


def _direction(edges: list[Row], roots: list[Row], pair: Row) -> list[str]:
    if edges:
        return [line for edge in edges for line in _edge(edge)]
    lines = ["Who had it first: the run names neither as the source of the other."]
    if pair["accepted"]:
        lines += [f"  {item['detail']}" for row in roots for item in row["evidence"]]
    return lines


def _edge(edge: Row) -> list[str]:
    if edge["parent_id"] is None:
        lines = [f"Source: none found here (probability {edge['confidence']:.2f})."] if edge["confidence"] is not None else ["Source: unknown."]
        return lines + [f"  {item['detail']}" for item in edge["evidence"]]
    level = next(word for least, word in _LEVELS if edge["confidence"] >= least)
    lines = [
        f"Who had it first: {edge['child_id']} {level} derives from {edge['parent_id']} "
        f"(confidence {edge['confidence']:.2f}).",
        f"  Shared passages hold {edge['child_coverage']:.0%} of the derived text and {edge['parent_coverage']:.0%} of "
        "its source.",
        f"  Direction from the texts alone: {edge['direction_text']:.2f}; with dates and addresses: "
        f"{edge['direction_all']:.2f}.",
        "  Evidence for this direction (+) or against it (-), as log-odds:",
    ]
    return lines + [f"    {item['log_odds']:+.2f}  {item['kind']}: {item['detail']}" for item in edge["evidence"]]


def _passages(passages: list[Row], left_id: str, right_id: str) -> list[str]:
    lines = [f"Shared passages ({len(passages)}); words in [brackets] stand on one side only:"]
    for number, passage in enumerate(passages, 1):
        lines += ["", f"  {number}. {passage['kind']}"]
        for side, doc_id in (("left", left_id), ("right", right_id)):
            lines.append(f"     {side} (characters {passage[f'{side}_begin']:,}-{passage[f'{side}_end']:,}):")
            lines.append(f"       {passage[f'{side}_shown']}")
    return lines
