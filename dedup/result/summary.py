"""What a run found: in numbers, and on a screen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from dedup.result import Result

_STORIES_SHOWN = 5
_DOCUMENTS_SHOWN = 12  # of one story
_TITLE_SHOWN = 90  # characters
_ID_SHOWN = 240

Row = dict[str, Any]
Node: TypeAlias = str | int | None  # id of a document, number of an unseen source; None above those without parent
Branch: TypeAlias = tuple[str | int, str]  # a node and what is shown of it

SUSPECTED = 0.5  # spin score from which on a document is counted as spun


def summarise(result: Result) -> dict[str, Any]:
    """The run in numbers, as plain values that JSON can hold."""
    record, documents = result.record, result.documents
    edges = result.lineage.filter(pc.equal(result.lineage.column("parent_kind"), pa.scalar("document")))
    accepted = result.pairs.filter(result.pairs.column("accepted"))
    n_kept = int(np.count_nonzero(documents.column("kept")))
    return {
        "path": str(result.path),
        "n_documents": documents.num_rows,
        "n_rejects": result.rejects.num_rows,
        "rejects_by_reason": _counts(result.rejects.column("reason")),
        "n_pairs": accepted.num_rows,
        "n_refused": result.pairs.num_rows - accepted.num_rows,
        "pairs_by_relation": _counts(accepted.column("relation")),
        "channels": record.get("channels", {}),
        "n_clusters": result.clusters.num_rows,
        "n_stories": result.stories.num_rows,
        "n_edges": edges.num_rows,
        "n_unseen": result.unseen.num_rows,
        "n_removed": documents.num_rows - n_kept,
        "n_spun": len(_spun(documents)),
        "recall": record["recall"],
        "warnings": _warnings(result),
        "seconds": record["seconds"]["all"],
        "peak_memory_bytes": record["peak_memory_bytes"],
        "files": {name: file["rows"] for name, file in record["files"].items()},
    }


def summary_text(result: Result) -> str:
    """The last screen of a run: numbers, the largest stories with their lineage, the files."""
    found = summarise(result)
    parts = [_numbers(found, result), *_stories(result), _files(found, result)]
    return "\n\n".join(part for part in parts if part)


def _counts(column: pa.ChunkedArray[Any]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, column.to_pylist())).items()))


def _warnings(result: Result) -> list[str]:
    record = result.record
    found = []
    if record["n_unparsed_times"]:
        found.append(f"{record['n_unparsed_times']:,} times were not understood, such as {record['unparsed_time']!r}.")
    if record["n_cut_pairs"]:
        found.append(
            f"{record['n_cut_pairs']:,} pairs would have tied a giant story; it is cut at its weakest bridges."
        )
    if record["n_capped_candidates"]:
        found.append(
            f"{record['n_capped_candidates']:,} pairs that share enough keys were not compared: of each document only "
            f"the best {result.config.max_candidates:,} are (--max-candidates)."
        )
    if record["skipped_files"]:
        names = record["skipped_files"]
        found.append(f"{len(names):,} files of no known format were passed over, such as {names[0]}.")
    share = record["recall"]["share"]
    if share is not None and share < record["recall"]["stated"]:
        found.append(f"The measured recall, {share:.3f}, is below the stated {record['recall']['stated']}.")
    return found


def _spun(documents: pa.Table) -> list[str]:
    """Documents whose wording was more likely than not made by a synonym machine, the likeliest first."""
    suspected = documents.filter(pc.greater_equal(documents.column("spin_score"), SUSPECTED))
    return list(suspected.sort_by([("spin_score", "descending"), ("doc_id", "ascending")]).column("doc_id").to_pylist())


def _numbers(found: dict[str, Any], result: Result) -> str:
    kinds = ", ".join(f"{n:,} {relation}" for relation, n in found["pairs_by_relation"].items())
    read = f"{counted(found['n_documents'], 'document')}, {counted(found['n_rejects'], 'reject')}"
    pairs = f"{counted(found['n_pairs'], 'pair')} accepted{f' ({kinds})' if kinds else ''}"
    copies, stories = counted(found["n_clusters"], "cluster"), counted(found["n_stories"], "story", "stories")
    derivations, removed = counted(found["n_edges"], "derivation"), counted(found["n_removed"], "document")
    lines = [
        f"{read} in {found['seconds']:.1f} s, {found['peak_memory_bytes'] / 1e6:,.0f} MB.",
        f"{pairs}, {found['n_refused']:,} refused.",
        f"{copies} of copies, {stories}, {derivations}; {removed} need not be kept.",
    ]
    if len(found["channels"]) > 1:
        shares = (f"{name} {n['pairs']:,} ({n['alone']:,} alone)" for name, n in found["channels"].items())
        lines.append(f"Pairs by the channel that found them: {', '.join(shares)}.")
    if spun := _spun(result.documents):
        told = f"{counted(len(spun), 'document')}, such as {label(spun[0])}"
        lines.append(f"Worded by a synonym machine, more likely than not: {told}.")
    if found["n_unseen"]:
        lines.append(f"Inferred from what several texts share: {counted(found['n_unseen'], 'source')} not in the pile.")
    recall = found["recall"]
    if recall["expected"]:
        share = f"{recall['found']:,} of {recall['expected']:,} pairs of {recall['sampled']:,} sampled texts"
        lines.append(f"Recall measured at jaccard {result.config.min_jaccard}: {share}.")
    lines += [f"Rejects: {reason}, {n:,}." for reason, n in found["rejects_by_reason"].items()]
    lines += [f"Note: {warning}" for warning in found["warnings"]]
    return "\n".join(lines)


def _stories(result: Result) -> list[str]:
    """The largest stories, each with its lineage as a tree."""
    shown = result.stories.sort_by(
        [("n_clusters", "descending"), ("n_documents", "descending"), ("story_id", "ascending")]
    )
    shown = shown.slice(0, _STORIES_SHOWN)
    inside = pc.is_in(result.documents.column("story_id"), value_set=shown.column("story_id").combine_chunks())
    by_id = {row["doc_id"]: row for row in result.documents.filter(inside).to_pylist()}
    of_them = pc.is_in(result.lineage.column("child_id"), value_set=pa.array(list(by_id), pa.string()))
    edges = result.lineage.filter(of_them).to_pylist()
    told = pc.is_in(result.unseen.column("story_id"), value_set=shown.column("story_id").combine_chunks())
    unseen = result.unseen.filter(told).to_pylist()
    parts = [_story(story, by_id, edges, unseen) for story in shown.to_pylist()]
    if result.stories.num_rows > len(shown):
        parts.append(f"... and {result.stories.num_rows - len(shown):,} more stories in stories.parquet.")
    return parts


def _story(story: Row, by_id: dict[str, Row], edges: list[Row], unseen: list[Row]) -> str:
    members = {doc_id for doc_id, row in by_id.items() if row["story_id"] == story["story_id"]}
    children: dict[Node, list[Branch]] = {}
    for source in unseen:
        if source["story_id"] == story["story_id"]:
            children.setdefault(source["parent_id"], []).append((source["unseen_id"], _source(source)))
    for edge in edges:
        if edge["child_id"] in members and edge["rank"] == 1:
            above: Node = edge["parent_id"] if edge["unseen_id"] is None else edge["unseen_id"]
            children.setdefault(above, []).append((edge["child_id"], _document(by_id[edge["child_id"]], edge)))
    heads = children.get(None, []) or [(doc_id, _document(by_id[doc_id])) for doc_id in sorted(members)]
    first = [*story["root_ids"], *(head for head, _ in heads if isinstance(head, str)), *sorted(members)]
    named = next((by_id[doc_id]["title"] for doc_id in first if by_id[doc_id]["title"]), None)
    title, size = short(named) if named else label(first[0]), counted(story["n_documents"], "document")
    lines = [f"Story {story['story_id']}: {title} ({size})"]
    for head in heads:
        lines += _tree(head, children)
    if len(lines) > _DOCUMENTS_SHOWN + 1:
        lines = [*lines[: _DOCUMENTS_SHOWN + 1], f"  ... and {len(lines) - _DOCUMENTS_SHOWN - 1:,} more"]
    return "\n".join(lines)


def _tree(head: Branch, children: dict[Node, list[Branch]]) -> list[str]:
    """A document or a source and all below it, a line each; iterative, for a chain may be long."""
    lines = []
    stack: list[tuple[Branch, str, str]] = [(head, "  ", "  ")]
    while stack:
        (node, text), first, rest = stack.pop()
        lines.append(first + text)
        below = children.get(node, [])
        for k, child in reversed(list(enumerate(below))):
            tee, rail = ("└─ ", "   ") if k == len(below) - 1 else ("├─ ", "│  ")
            stack.append((child, rest + tee, rest + rail))
    return lines


def _source(source: Row) -> str:
    """An unseen source in the tree."""
    return f"[a source that is not in the pile{': ' + short(source['label']) if source['label'] else ''}]"


def _document(row: Row, edge: Row | None = None) -> str:
    """A document in the tree, and how it comes from what stands above it."""
    parts = [label(row["doc_id"]), date(row)]
    if edge is not None and edge["parent_id"] is not None:
        parts.append(f"{edge['relation']}, confidence {edge['confidence']:.2f}")
    elif edge is not None and edge["unseen_id"] is not None:
        parts.append(f"confidence {edge['confidence']:.2f}")
    return "  ".join(part for part in parts if part)


def date(row: Row) -> str:
    """The time of publication as far as it is known; empty if it is not."""
    moment = row["published_at"]
    if moment is None:
        return "undated"
    formats = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M"}
    return str(moment.strftime(formats.get(row["published_precision"], "%Y-%m-%d %H:%M:%S")))


def short(text: str, limit: int = _TITLE_SHOWN) -> str:
    """A title on one line, and no longer than is good to read."""
    words = " ".join(text[: 8 * limit].split())
    return words if len(words) <= limit else words[: limit - 3] + "..."


def label(doc_id: str) -> str:
    """An id on one line; whole, unless it is of a length that no one would copy."""
    return short(doc_id, _ID_SHOWN)


def counted(n: int, noun: str, nouns: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "story", "stories"), counted(2000, "pair")
    ('1 story', '2,000 pairs')
    """
    return f"{n:,} {noun if n == 1 else nouns or noun + 's'}"


def _files(found: dict[str, Any], result: Result) -> str:
    width = max(len(name) for name in found["files"])
    lines = [f"Written to {result.path}:"]
    lines += [f"  {name:<{width}}  {rows:,} rows" for name, rows in found["files"].items()]
    return "\n".join([*lines, "  run.json"])
