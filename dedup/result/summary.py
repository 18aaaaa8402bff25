"""What a run found: in numbers, and on a screen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from dedup.config import KEEP_POLICIES

if TYPE_CHECKING:
    from dedup.result import Result

_STORIES_SHOWN = 5
_DOCUMENTS_SHOWN = 12  # of one story
_TITLE_SHOWN = 64  # characters

Row = dict[str, Any]


def summarise(result: Result) -> dict[str, Any]:
    """The run in numbers, as plain values that JSON can hold."""
    record, documents = result.record, result.documents
    edges = result.lineage.filter(pc.equal(result.lineage.column("parent_kind"), "document"))
    accepted = result.pairs.filter(result.pairs.column("accepted"))
    return {
        "path": str(result.path),
        "n_documents": documents.num_rows,
        "n_rejects": result.rejects.num_rows,
        "rejects_by_reason": _counts(result.rejects.column("reason").to_pylist()),
        "n_pairs": accepted.num_rows,
        "n_refused": result.pairs.num_rows - accepted.num_rows,
        "pairs_by_relation": _counts(accepted.column("relation").to_pylist()),
        "n_clusters": result.clusters.num_rows,
        "n_stories": result.stories.num_rows,
        "n_edges": edges.num_rows,
        "n_removed": documents.num_rows - int(pc.sum(documents.column("kept")).as_py() or 0),
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


def _counts(values: list[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _warnings(result: Result) -> list[str]:
    record = result.record
    found = []
    if record["n_unparsed_times"]:
        found.append(f"{record['n_unparsed_times']:,} times were not understood, such as {record['unparsed_time']!r}.")
    if record["n_cut_pairs"]:
        found.append(f"{record['n_cut_pairs']:,} pairs would have tied a giant story; it was cut at its weakest bridges.")
    if record["skipped_files"]:
        names = record["skipped_files"]
        found.append(f"{len(names):,} files of no known format were passed over, such as {names[0]}.")
    share = record["recall"]["share"]
    if share is not None and share < record["recall"]["stated"]:
        found.append(f"The measured recall, {share:.3f}, is below the stated {record['recall']['stated']}.")
    if result.config.keep not in KEEP_POLICIES and not result.documents.num_rows:
        found.append(f"Nothing could be ranked by {result.config.keep}.")
    return found


def _numbers(found: dict[str, Any], result: Result) -> str:
    kinds = ", ".join(f"{n:,} {relation}" for relation, n in found["pairs_by_relation"].items())
    lines = [
        f"{found['n_documents']:,} documents, {found['n_rejects']:,} rejects "
        f"in {found['seconds']:.1f} s, {found['peak_memory_bytes'] / 1e6:,.0f} MB.",
        f"{found['n_pairs']:,} pairs accepted{f' ({kinds})' if kinds else ''}, {found['n_refused']:,} refused.",
        f"{found['n_clusters']:,} clusters of copies, {found['n_stories']:,} stories, {found['n_edges']:,} derivations; "
        f"{found['n_removed']:,} documents need not be kept.",
    ]
    recall = found["recall"]
    if recall["expected"]:
        lines.append(
            f"Recall measured at jaccard {result.config.min_jaccard}: {recall['found']:,} of {recall['expected']:,} pairs "
            f"of {recall['sampled']:,} sampled texts."
        )
    lines += [f"Rejects: {reason}, {n:,}." for reason, n in found["rejects_by_reason"].items()]
    lines += [f"Note: {warning}" for warning in found["warnings"]]
    return "\n".join(lines)


def _stories(result: Result) -> list[str]:
    """The largest stories, each with its lineage as a tree."""
    order = [("n_clusters", "descending"), ("n_documents", "descending"), ("story_id", "ascending")]
    shown = result.stories.sort_by(order).slice(0, _STORIES_SHOWN).to_pylist()
    ids = [story["story_id"] for story in shown]
    wanted = pc.is_in(result.documents.column("story_id"), pc.cast(ids, "int64")) if ids else None
    members = result.documents.filter(wanted).to_pylist() if wanted is not None else []
    by_id = {row["doc_id"]: row for row in members}
    inside = pc.is_in(result.lineage.column("child_id"), value_set=_strings(list(by_id)))
    edges = result.lineage.filter(inside).to_pylist()
    parts = [_story(story, by_id, edges) for story in shown]
    if result.stories.num_rows > len(shown):
        parts.append(f"... and {result.stories.num_rows - len(shown):,} more stories in stories.parquet.")
    return parts


def _strings(values: list[str]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.string())


def _story(story: Row, by_id: dict[str, Row], edges: list[Row]) -> str:
    members = {doc_id for doc_id, row in by_id.items() if row["story_id"] == story["story_id"]}
    mine = [edge for edge in edges if edge["child_id"] in members and edge["rank"] == 1]
    children: dict[str | None, list[Row]] = {}
    for edge in mine:
        children.setdefault(edge["parent_id"], []).append(edge)
    heads = [edge["child_id"] for edge in children.get(None, [])] or sorted(members)
    named = next((by_id[doc_id]["title"] for doc_id in [*story["root_ids"], *heads] if by_id[doc_id]["title"]), None)
    lines = [f"Story {story['story_id']}: {_short(named) if named else heads[0]} ({story['n_documents']:,} documents)"]
    for head in heads:
        _branch(head, None, "  ", children, by_id, lines)
    if len(lines) > _DOCUMENTS_SHOWN + 1:
        lines = [*lines[: _DOCUMENTS_SHOWN + 1], f"  ... and {len(lines) - _DOCUMENTS_SHOWN - 1:,} more"]
    return "\n".join(lines)


def _branch(
    head: str, head_edge: Row | None, margin: str, children: dict[str | None, list[Row]], by_id: dict[str, Row], lines: list[str]
) -> None:
    """Append a document and all below it to the lines; iterative, for a chain may be long."""
    stack = [(head, head_edge, margin, margin)]
    while stack:
        doc_id, edge, first, rest = stack.pop()
        lines.append(first + _document(by_id[doc_id], edge))
        below = children.get(doc_id, [])
        for k, child in reversed(list(enumerate(below))):
            last = k == len(below) - 1
            stack.append((child["child_id"], child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  ")))


def _document(row: Row, edge: Row | None) -> str:
    parts = [row["doc_id"], date(row)]
    if edge is not None:
        parts.append(f"{edge['relation']}, confidence {edge['confidence']:.2f}")
    return "  ".join(part for part in parts if part)


def date(row: Row) -> str:
    """The time of publication as far as it is known; empty if it is not."""
    moment = row["published_at"]
    if moment is None:
        return "undated"
    formats = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "minute": "%Y-%m-%d %H:%M"}
    return str(moment.strftime(formats.get(row["published_precision"], "%Y-%m-%d %H:%M:%S")))


def _short(title: str) -> str:
    words = " ".join(title.split())
    return words if len(words) <= _TITLE_SHOWN else words[: _TITLE_SHOWN - 3] + "..."


def _files(found: dict[str, Any], result: Result) -> str:
    width = max(len(name) for name in found["files"])
    lines = [f"Written to {result.path}:"]
    lines += [f"  {name:<{width}}  {rows:,} rows" for name, rows in found["files"].items()]
    return "\n".join([*lines, "  run.json"])
