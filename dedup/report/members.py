"""The documents of a story as a table: who had it when, how much of it is their own, and of whom it was made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dedup.report.gather import Gather
from dedup.report.tables import Row
from dedup.report.views import Node, Story

_LISTED = 60  # documents of one story


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A line of the table.

    Attributes:
        source: id of the primary parent, or what an unseen one is called; None where none is known.
        pair: key of the section of the two; None where there is none.
        shown: whether the document has a section of its own.
        node: key of the node that is drawn of its text; None where none is.
    """

    document: Node
    shown: bool
    node: str | None
    source: str | None
    relation: str | None
    confidence: float | None
    pair: str | None
    unseen: bool


def members_of(gather: Gather, story: Story, documents: Collection[int], pairs: Collection[int]) -> list[Member]:
    """The documents of a story by time, the undated last, each with its primary source.

    Args:
        documents, pairs: rows that have a section.
    """
    members = gather.members(story.story_id)
    edges = gather.edges_of(members)
    primary: dict[int, tuple[Row, int]] = {}
    for at, row, pair in zip(edges.tolist(), gather.lineage.take(edges), gather.pair_of(edges).tolist(), strict=True):
        if row["rank"] == 1:
            primary[int(gather.child[at])] = (row, pair)
    order = sorted(members.tolist(), key=lambda at: (gather.moments[at], at))[:_LISTED]
    stand_in = dict(zip(members.tolist(), gather.drawn(story.story_id)[1].tolist(), strict=True))
    found = []
    for at, node in zip(order, gather.nodes(order), strict=True):
        row, pair = primary.get(at, ({}, -1))
        unseen = row.get("parent_kind") == "unseen"
        found.append(
            Member(
                document=node,
                shown=at in documents,
                node=f"d{stand_in[at]}" if stand_in[at] >= 0 else None,
                source=gather.unseen_source(row)[1] if unseen else row.get("parent_id"),
                relation=row.get("relation"),
                confidence=row.get("confidence"),
                pair=gather.pair_key(pair) if pair in pairs else None,
                unseen=unseen,
            )
        )
    return found
