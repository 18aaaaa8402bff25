"""What the tables say of sources that are not in the pile: rows of their children, and a row of each source itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from dedup.lineage.branching import Candidates
from dedup.lineage.names import Names, Published
from dedup.lineage.parents import Parents, explained_words, held_words, line
from dedup.lineage.unseen import Unseen, elsewhere, explained
from dedup.lineage.unseen_names import WIRE_NAMES
from dedup.lineage.views import BoolArray, IntArray, Members, Pairs
from dedup.schema import SOURCES

if TYPE_CHECKING:
    from dedup.lineage.rows import Findings

_LISTED = 3  # further children that a sentence names

Row = dict[str, Any]


def ascribed(
    members: Members, pairs: Pairs, edges: Candidates, primary: IntArray, parents: Parents, sources: list[Unseen]
) -> Parents:
    """Put unseen sources in the place of the primary parents of their children, whose further parents stay.

    Only other children of the same source are none: what two of them share they have from it. What an unseen source
    explains of a child are the words of the passages that it shares with other children.
    """
    if not sources:
        return parents
    void = set(primary[explained(edges, primary, sources)].tolist())
    source_of = {text: number for number, source in enumerate(sources) for text in source.children.tolist()}
    kept: list[tuple[int, int]] = []
    further: dict[int, list[int]] = defaultdict(list)
    for edge, rank in zip(parents.edge, parents.rank, strict=True):
        child, parent = int(edges.child[edge]), int(edges.parent[edge])
        siblings = child in source_of and source_of[child] == source_of.get(parent)
        if edge not in void and not siblings:
            if rank > 1:
                further[child].append(edge)
            kept.append((edge, min(rank, 1 + len(further[child]))))
    originality = dict(parents.originality)
    for source in sources:
        for text in source.children.tolist():
            words = _reconstructed(members, source, text)
            for edge in further[text]:
                words |= explained_words(members, pairs, edges, edge)
            originality[text] = float(1.0 - words.mean())
    return Parents([edge for edge, _ in kept], [rank for _, rank in kept], originality)


def _reconstructed(members: Members, source: Unseen, text: int) -> BoolArray:
    """Which words of a child stand in passages that it shares with others."""
    return held_words(int(members.n_words[text]), source.passages[text])


def child_row(found: Findings, text: int, number: int) -> Row:
    """The row of a text that was made of an unseen source, given its place in the list of these."""
    source = found.unseen[number]
    words = _reconstructed(found.members, source, text)
    names = [_name(found, other) for other in source.children.tolist() if other != text]
    more = len(names) - _LISTED
    listed = ", ".join(names[:_LISTED]) + (f" and {more:,} more" if more > 0 else "")
    why = (
        f"two or more of them name {source.label}, which published none of them"
        if source.label
        else "each of them lacks words in which others agree, so that none is the source of the rest"
    )
    detail = f"{np.count_nonzero(words):,} of its {words.size:,} words are shared with {listed}; {why}"
    return {
        "child": int(found.members.doc[found.copies.origin[text]]),
        "parent_kind": "unseen",
        "unseen_id": number + 1,
        "parent_label": source.label,
        "rank": 1,
        "confidence": source.probability,
        "child_coverage": float(words.mean()),
        "evidence": [{"kind": "unseen", "log_odds": 0.0, "detail": detail}],
    }


def taken_from_elsewhere(found: Findings, in_sight: Published, text: int, row: Row) -> Row:
    """The row of a text without a parent here, changed if the text says of itself that it was taken from elsewhere.

    Its confidence stays what it was: the probability that its source is not here.
    """
    told, label = elsewhere(found.members, in_sight, text)
    if not told:
        return row
    detail = (
        f"it names {label}, which published nothing of its story"
        if label
        else f"a synonym machine wrote it with probability {found.members.spin[text]:.2f}, and needs a text to do so"
    )
    evidence = [{"kind": "unseen", "log_odds": 0.0, "detail": detail}, *row["evidence"]]
    return row | {"parent_kind": "unseen", "parent_label": label, "evidence": evidence}


def in_sight(found: Findings) -> Published:
    """For each text the names that cannot prove its source to be missing: those who published texts of its story.

    Where it is not known who published a text, or where others were made of it, any agency may have published it.
    """
    members = found.members
    of_story: dict[int, Names] = {}
    for text, names in found.published.items():
        of_story[int(members.story[text])] = of_story.get(int(members.story[text]), frozenset()) | names
    sources = set(found.edges.parent[found.parents.edge].tolist())
    return {
        text: of_story[int(members.story[text])] | (frozenset() if names and text not in sources else WIRE_NAMES)
        for text, names in found.published.items()
    }


def sources_table(found: Findings) -> pa.Table:
    """``schema.SOURCES``, by number."""
    members, origin = found.members, found.copies.origin
    above = _lines(found)
    rows = []
    for number, source in enumerate(found.unseen):
        places = [(text, span) for text in source.children.tolist() for span in source.passages[text].tolist()]
        parent = above[_node(number)]
        rows.append(
            {
                "unseen_id": number + 1,
                "story_id": int(members.story[source.children[0]]),
                "label": source.label,
                "parent": int(members.doc[origin[parent[0]]]) if parent else None,
                "n_children": source.children.size,
                "gain_bits": source.gain,
                "probability": source.probability,
                "passages": [
                    {"doc": int(members.doc[origin[text]]), "begin": begin, "end": end} for text, (begin, end) in places
                ],
            }
        )
    return pa.Table.from_pylist(rows, schema=SOURCES)


def _lines(found: Findings) -> dict[int, list[int]]:
    """The parents of texts and of unseen sources; a parent of a source that descends from it is left out."""
    above: dict[int, list[int]] = defaultdict(list)
    for edge in found.parents.edge:
        above[int(found.edges.child[edge])].append(int(found.edges.parent[edge]))
    for number, source in enumerate(found.unseen):
        for text in source.children.tolist():
            above[text].append(_node(number))
    for number, source in enumerate(found.unseen):
        if source.parent >= 0 and _node(number) not in line(source.parent, above):
            above[_node(number)] = [source.parent]
    return above


def _node(number: int) -> int:
    """What stands for an unseen source among texts, which are numbered from 0."""
    return -1 - number


def _name(found: Findings, text: int) -> str:
    return found.name(int(found.members.doc[found.copies.origin[text]]))
