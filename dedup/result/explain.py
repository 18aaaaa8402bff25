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

if TYPE_CHECKING:
    from dedup.result import Result

Row = dict[str, Any]

_MEANING = {
    "exact": "their texts are equal, up to case, white space and the style of quotation marks and dashes",
    "near": "they are near copies: most of what stands in one stands in the other",
    "excerpt": "one is an excerpt: most of it stands in the other",
    "rewrite": "one is the other in other words: half of the shorter text or more is aligned, and most edits put other "
    "words in place",
    "partial": "they share passages, but neither holds most of the other",
    "quote": "they share nothing but quotations: both heard the same speaker, so this is no sign of copying",
    None: "what they share is too little, a common way to say things, or a form filled in with other numbers and names",
}
_LISTED = 20  # passages, children, ties: the data holds all
_LEVELS = ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not"), (0.0, "possibly"))
_ONLY_COPIES = "The run looked for copies only (--detect copies): it knows of no passages, nor who had it first."


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
        "unseen": unseen,
        "passages": [_with_text(span, texts) for span in spans],
    }
    lines = [
        *_headed("left ", left),
        *_headed("right", right),
        *(f"{first} stands here for {asked}: their texts are equal." for asked, first in bearers.items()),
        "",
        f"Verdict: {_verdict(pair)}; {_meaning(pair)}.",
        "",
        *_scores(pair),
        "",
        *([_ONLY_COPIES] if pair["n_passages"] is None else _direction(edges, roots, unseen, pair, texts)),
        *([] if pair["n_passages"] is None else ["", *_passages(spans, texts)]),
    ]
    return Explanation(data, lines)


def _meaning(pair: Row) -> str:
    if pair["relation"] is None and pair["n_passages"] is None:
        return "they resemble each other too little to be copies, and nothing else was looked for"
    return _MEANING[pair["relation"]]


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
    lines = [*_headed("document", row), "", *_fate(row), *_spin(row)]
    for edge in parents:
        lines += ["", *_edge(edge, unseen)]
    for edge in children[:_LISTED]:
        lines += ["", f"Source of {label(edge['child_id'])} ({edge['relation']}, confidence {edge['confidence']:.2f})."]
    for source in made:
        lines += ["", f"Source of a text that is not in the pile, of which were made {_listed(source['child_ids'])}."]
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


def _listed(ids: list[str]) -> str:
    more = len(ids) - _LISTED
    return ", ".join(map(label, ids[:_LISTED])) + (f" and {more:,} more" if more > 0 else "")


def _fate(row: Row) -> list[str]:
    kept = "kept" if row["kept"] else f"not kept; {label(row['canonical_id'])} stands for it"
    originality = "unknown" if row["originality"] is None else f"{row['originality']:.0%} of its words"
    story, cluster = row["story_id"] or "none", row["cluster_id"] or "none"
    return [
        f"Decision: {kept} ({row['kept_reason']}).",
        f"Story: {story}. Cluster of copies: {cluster}. Originality: {originality}.",
    ]


def _ties(doc_id: str, pairs: list[Row]) -> list[str]:
    """The accepted pairs of a document, the closest first."""
    if not pairs:
        return ["Compared with no other document."]
    accepted = sorted((pair for pair in pairs if pair["accepted"]), key=lambda pair: -float(pair["jaccard"]))
    lines = [f"Compared with {counted(len(pairs), 'document')}, tied to {len(accepted):,}{':' if accepted else '.'}"]
    for pair in accepted[:_LISTED]:
        other = pair["right_id"] if pair["left_id"] == doc_id else pair["left_id"]
        lines.append(f"  {label(other)}  {pair['relation']}, jaccard {pair['jaccard']:.3f}")
    return lines + ([f"  ... and {len(accepted) - _LISTED:,} more"] if len(accepted) > _LISTED else [])


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
    """What is said of the wording of a document."""
    if row["spin_score"] is None:
        return [f"No spin score: {row['spin_reason']}."]
    lines = [f"Spin score {row['spin_score']:.2f}: how likely a synonym machine made its wording."]
    for piece in row["spin_evidence"]:
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


def _verdict(pair: Row) -> str:
    return f"{pair['relation'] or 'no relation'} ({'accepted' if pair['accepted'] else 'refused'})"


def _scores(pair: Row) -> list[str]:
    rows = [
        ("resemblance (jaccard)", pair["jaccard"]),
        ("share of left found in right", pair["containment_left"]),
        ("share of right found in left", pair["containment_right"]),
        ("words of left in shared passages", pair["aligned_left"]),
        ("words of right in shared passages", pair["aligned_right"]),
        ("words replaced outside quotations", pair["substitution_rate"]),
        ("words changed inside quotations", pair["quote_edit_rate"]),
        ("probability of a synonym machine", pair["spin_score"]),
    ]
    shown = [f"  {name:<34} {'-' if value is None else f'{value:.3f}'}" for name, value in rows]
    return ["Scores (0 to 1; all but the last exactly counted):", *shown, f"  found by: {', '.join(pair['channels'])}"]


def _direction(edges: list[Row], roots: list[Row], unseen: list[Row], pair: Row, texts: dict[str, str]) -> list[str]:
    if edges:
        return [line for edge in edges for line in _edge(edge, [], texts)]
    lines = ["Who had it first: the run names neither as the source of the other."]
    for row in roots if pair["accepted"] else []:
        if row["parent_kind"] == "unseen":
            lines += _edge(row, unseen)
        else:
            lines += [f"  {item['detail']}" for item in row["evidence"]]
    return lines


def _unseen(edge: Row, unseen: list[Row]) -> str:
    """From what a document derives that is not in the pile."""
    named = f" ({short(edge['parent_label'])})" if edge["parent_label"] else ""
    said = f"{label(edge['child_id'])} derives from a source that is not in the pile{named}"
    source = next((source for source in unseen if source["unseen_id"] == edge["unseen_id"]), None)
    if source is not None:
        said += f", shared with {_listed([other for other in source['child_ids'] if other != edge['child_id']])}"
    above = f"; it descends from {label(source['parent_id'])}" if source and source["parent_id"] else ""
    return f"Source: {said} (confidence {edge['confidence']:.2f}){above}."


def _edge(edge: Row, unseen: list[Row], texts: dict[str, str] | None = None) -> list[str]:
    """An edge in words; with the texts, also the places that show its evidence."""
    details = [f"  {item['detail']}" for item in edge["evidence"]]
    if edge["confidence"] is None:
        return ["Source: unknown.", *details]
    if edge["parent_kind"] == "unseen":
        return [_unseen(edge, unseen), *details]
    if edge["parent_id"] is None:
        return [f"Source: none found here (probability {edge['confidence']:.2f}).", *details]
    level = next(word for least, word in _LEVELS if edge["confidence"] >= least)
    child, parent = f"{edge['child_coverage']:.0%}", f"{edge['parent_coverage']:.0%}"
    text_only, all_known = f"{edge['direction_text']:.2f}", f"{edge['direction_all']:.2f}"
    question, also = ("Who had it first:", "") if edge["rank"] == 1 else ("A further source:", "also ")
    who = f"{label(edge['child_id'])} {level} {also}derives from {label(edge['parent_id'])}"
    return [
        f"{question} {who} (confidence {edge['confidence']:.2f}).",
        f"  Shared passages hold {child} of the derived text and {parent} of its source.",
        f"  Direction from the texts alone: {text_only}; with dates and addresses: {all_known}.",
        "  Evidence for this direction (+) or against it (-), as log-odds:",
        *(line for item in edge["evidence"] for line in _evidence(item, edge, texts)),
    ]


def _evidence(item: Row, edge: Row, texts: dict[str, str] | None) -> list[str]:
    """A kind of evidence with its weight, and where the texts show it."""
    lines = [f"    {item['log_odds']:+.2f}  {item['kind']}: {item['detail']}"]
    sides = [("source", "parent"), ("this text", "child")]
    seen = [(who, side) for who, side in sides if texts is not None and item[f"{side}_begin"] is not None]
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
    for number, span in enumerate(spans[:_LISTED], 1):
        lines += ["", f"  {number}. {span['kind']}"]
        shown = in_context(span, texts[span["left_id"]], texts[span["right_id"]])
        for side, words in zip(("left", "right"), shown, strict=True):
            begin, end = span[f"{side}_begin"], span[f"{side}_end"]
            lines += [f"     {side} (characters {begin:,}-{end:,}):", f"       {words}"]
    return lines + (["", f"  ... and {len(spans) - _LISTED:,} more"] if len(spans) > _LISTED else [])
