"""What is said of documents, pairs and edges, in words that need no manual: the same in the terminal and on a page.

Every sentence may hold ids, names and phrases from outside: make it safe where it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dedup.result.summary import label, short

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
LISTED = 20  # passages, children, ties: the data holds all
_LEVELS = ((0.9, "very likely"), (0.75, "likely"), (0.5, "more likely than not"), (0.0, "possibly"))
ONLY_COPIES = "The run looked for copies only (--detect copies): it knows of no passages, nor who had it first."
NEITHER = "Who had it first: the run names neither as the source of the other."
SCORES = (  # of a pair: what each says, and its column
    ("resemblance (jaccard)", "jaccard"),
    ("share of left found in right", "containment_left"),
    ("share of right found in left", "containment_right"),
    ("words of left in shared passages", "aligned_left"),
    ("words of right in shared passages", "aligned_right"),
    ("words replaced outside quotations", "substitution_rate"),
    ("words changed inside quotations", "quote_edit_rate"),
    ("probability of a synonym machine", "spin_score"),
)
ABOUT_SCORES = "0 to 1; all but the last exactly counted"
ABOUT_EVIDENCE = "Evidence for this direction (+) or against it (-), as log-odds"
SIDES = (("source", "parent"), ("this text", "child"))  # how evidence calls the two ends of an edge


def verdict(pair: Row) -> str:
    """The relation of a row of ``pairs``, and whether it was accepted."""
    return f"{pair['relation'] or 'no relation'} ({'accepted' if pair['accepted'] else 'refused'})"


def meaning(pair: Row) -> str:
    """What the relation of a row of ``pairs`` means, as the second half of a sentence."""
    if pair["relation"] is None and pair["n_passages"] is None:
        return "they resemble each other too little to be copies, and nothing else was looked for"
    return _MEANING[pair["relation"]]


def fate(row: Row) -> list[str]:
    """What became of a document, given its row of ``documents``."""
    kept = "kept" if row["kept"] else f"not kept; {label(row['canonical_id'])} stands for it"
    originality = "unknown" if row["originality"] is None else f"{row['originality']:.0%} of its words"
    story, cluster = row["story_id"] or "none", row["cluster_id"] or "none"
    return [
        f"Decision: {kept} ({row['kept_reason']}).",
        f"Story: {story}. Cluster of copies: {cluster}. Originality: {originality}.",
    ]


def spin(row: Row) -> str:
    """What is said of the wording of a document."""
    if row["spin_score"] is None:
        return f"No spin score: {row['spin_reason']}."
    return f"Spin score {row['spin_score']:.2f}: how likely a synonym machine made its wording."


def derived(edge: Row, unseen: Sequence[Row]) -> list[str]:
    """From what a document derives, given a row of ``lineage``: what it is, then how sure, and how it is known.

    Args:
        unseen: rows of ``unseen``, each with the documents made of it as ``child_ids``.
    """
    if edge["confidence"] is None:
        return ["Source: unknown."]
    if edge["parent_kind"] == "unseen":
        return [_unseen(edge, unseen)]
    if edge["parent_id"] is None:
        return [f"Source: none found here (probability {edge['confidence']:.2f})."]
    level = next(word for least, word in _LEVELS if edge["confidence"] >= least)
    child, parent = f"{edge['child_coverage']:.0%}", f"{edge['parent_coverage']:.0%}"
    text_only, all_known = f"{edge['direction_text']:.2f}", f"{edge['direction_all']:.2f}"
    question, also = ("Who had it first:", "") if edge["rank"] == 1 else ("A further source:", "also ")
    who = f"{label(edge['child_id'])} {level} {also}derives from {label(edge['parent_id'])}"
    return [
        f"{question} {who} (confidence {edge['confidence']:.2f}).",
        f"Shared passages hold {child} of the derived text and {parent} of its source.",
        f"Direction from the texts alone: {text_only}; with dates and addresses: {all_known}.",
    ]


def listed(ids: list[str]) -> str:
    """Some ids, and how many more there are."""
    more = len(ids) - LISTED
    return ", ".join(map(label, ids[:LISTED])) + (f" and {more:,} more" if more > 0 else "")


def _unseen(edge: Row, unseen: Sequence[Row]) -> str:
    named = f" ({short(edge['parent_label'])})" if edge["parent_label"] else ""
    said = f"{label(edge['child_id'])} derives from a source that is not in the pile{named}"
    source = next((source for source in unseen if source["unseen_id"] == edge["unseen_id"]), None)
    if source is not None:
        said += f", shared with {listed([other for other in source['child_ids'] if other != edge['child_id']])}"
    above = f"; it descends from {label(source['parent_id'])}" if source and source["parent_id"] else ""
    return f"Source: {said} (confidence {edge['confidence']:.2f}){above}."
