"""What a page shows, as plain values: made from the tables once, drawn and written by the rest of the room.

Every string here comes from outside or may: it is escaped where it is written, never before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A document of a story, or a source that is not in the pile.

    Attributes:
        key: unique in the page: ``d12`` for row 12 of ``documents``, ``u3`` for unseen source 3, ``ud12`` for one that
            document 12 alone derives from.
        label: id of the document, or what the unseen source is called.
        published_at: in UTC; None where unknown.
        precision: year, month, day, minute or second; None without a date.
        shown: whether it has a section of its own, if anything of its story has.
        same_text: documents of the story with the very same text, this one among them.
    """

    key: str
    label: str
    unseen: bool = False
    title: str | None = None
    publisher: str | None = None
    published_at: dt.datetime | None = None
    precision: str | None = None
    n_words: int | None = None
    same_text: int = 1
    originality: float | None = None
    spin_score: float | None = None
    kept: bool = True
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A likely derivation.

    Attributes:
        parent, child: keys of nodes.
        pair: key of the pair's section in the page; None where the page does not show it.
        relation: as in the table ``lineage``.
    """

    parent: str
    child: str
    relation: str
    confidence: float
    rank: int = 1
    pair: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story: documents that share text, unseen sources, and who was made of whom."""

    story_id: int
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    n_documents: int  # of the whole story; the nodes may be fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A pair of documents, of which neither is told to be made of the other."""

    key: str
    left: str
    right: str
    relation: str
    jaccard: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in the list of stories.

    Attributes:
        n_texts: distinct texts up to copies.
        n_spun: documents that a synonym machine wrote, more likely than not.
        n_uncertain: documents of which it is less than even odds where they come from.
        relations: of the pairs that tie it.
    """

    story_id: int
    title: str
    n_documents: int
    n_texts: int
    n_publishers: int
    n_unseen: int
    n_spun: int
    n_uncertain: int
    first: dt.datetime | None
    last: dt.datetime | None
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The run as a whole.

    Attributes:
        figures: what there is, how many, and what is meant.
        relations: accepted pairs by relation.
        channels: accepted and refused pairs by the channel that found them; those that no other found.
        originality: documents by share of their own words, in bins of 5 %; ``n_unmeasured`` have none.
        clusters, stories: how many of each size.
        flows: whose texts were made of whose: leader, follower, how many, the most first; none of a house to itself.
        curve: (jaccard, probability of becoming a candidate).
        measured: (jaccard, share found, its interval, in words); None where no pair was found to measure by.
        recall: what was asked for and what was measured, in words.
        rejects: by reason.
    """

    figures: tuple[tuple[str, int, str], ...]
    relations: tuple[tuple[str, int], ...]
    channels: tuple[tuple[str, int, int], ...]
    originality: tuple[int, ...]
    n_unmeasured: int
    clusters: tuple[tuple[str, int], ...]
    stories: tuple[tuple[str, int], ...]
    flows: tuple[tuple[str, str, int], ...]
    bands: int
    rows: int
    min_jaccard: float
    curve: tuple[tuple[float, float], ...]
    measured: tuple[float, float, float, float, str] | None
    recall: str
    rejects: tuple[tuple[str, int], ...]
    warnings: tuple[str, ...]
