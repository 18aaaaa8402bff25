"""Lineage: from verified pairs and metadata to directed edges, each with its confidence and its evidence.

Read ``infer`` first; the modules stand in the order in which it calls them: views, names, copies, evidence, direction,
kinship, branching, context, unseen, parents, sources, rows, descent. What was fitted is in model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.lineage import branching, context, direction, evidence
from dedup.lineage.copies import copies
from dedup.lineage.descent import common_source
from dedup.lineage.model import model
from dedup.lineage.names import by_text
from dedup.lineage.parents import all_parents
from dedup.lineage.rows import Findings, table
from dedup.lineage.sources import ascribed, sources_table
from dedup.lineage.unseen import unseen
from dedup.lineage.views import Found, Members, Pairs, numbers
from dedup.schema import DIRECTIONS, EDGES, SOURCES, empty

__all__ = ["Found", "Lineage", "directed", "infer"]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What lineage found.

    Attributes:
        edges: table of ``schema.EDGES``, by child, then rank; every document of a story has a row of rank 1.
        originality: per row of the nodes the share of its words that no parent explains; NaN where it has a copy and
            nothing tells which of them came first.
        directions: table of ``schema.DIRECTIONS``: of each accepted pair of texts which came first.
        sources: table of ``schema.SOURCES``: those that are not in the pile, by number.
        known: whether anything was inferred; where only copies are looked for there is no lineage.
    """

    edges: pa.Table
    originality: npt.NDArray[np.float64]
    directions: pa.Table
    sources: pa.Table
    known: bool = True

    @classmethod
    def unknown(cls, nodes: pa.Table) -> Lineage:
        """The lineage of a run that looks for copies only."""
        return cls(empty(EDGES), np.full(nodes.num_rows, np.nan), empty(DIRECTIONS), empty(SOURCES), known=False)


def infer(
    nodes: pa.Table,
    found: Found,
    config: Config,
    *,
    name: Callable[[int], str] = "document {}".format,
) -> Lineage:
    """Find the likely parents of every document that belongs to a story.

    Confidence is, for the primary parent of a text, made of the share of all possible histories of its story that hold
    the edge (``lineage.branching``); for a further parent and for a copy of an equal text, which compete with nothing,
    of the probability that the pair is a derivation and goes this way; of an unseen source, it is the probability that
    it is one and the text was made of it; without a parent, that of having none here. All but those of copies and of
    unseen sources are calibrated (``lineage.model``).

    Args:
        nodes: ``schema.NODES``, one row per document of a story.
        found: the pairs, which tie the first documents of texts.
        config: settings of the run.
        name: gives the name by which the user knows a document; evidence speaks of documents by it.

    Returns:
        The edges, and the originality of the documents.

    Raises:
        InternalError: the tables contradict each other.
    """
    members = Members.of(nodes)
    pairs = Pairs.of(members, found, config.min_passage_words)
    findings = _findings(members, pairs, config.min_passage_words, name)
    directions = _directions(members, pairs, findings)
    return Lineage(*table(findings), directions=directions, sources=sources_table(findings))


def directed(matches: pa.Table, lineage: Lineage) -> pa.Table:
    """``schema.MATCHES`` with the directions that the lineage tells."""
    keys = [_keys(table) for table in (matches, lineage.directions)]
    rows = pc.index_in(keys[0], value_set=keys[1])
    for name in DIRECTIONS.names[2:]:
        column = lineage.directions.column(name).take(rows)
        matches = matches.set_column(matches.column_names.index(name), name, column)
    return matches


def _keys(table: pa.Table) -> pa.Array:
    """One number for each pair; documents are numbered below 2^31."""
    return pa.array(numbers(table, "left") << 32 | numbers(table, "right"))


def _directions(members: Members, pairs: Pairs, findings: Findings) -> pa.Table:
    ends = [members.doc[side] for side in (pairs.left, pairs.right)]
    common, tied = common_source(pairs, findings.edges, findings.parents, findings.unseen, members.doc.size)
    likely = (findings.direction_text, direction.logistic(direction.score(findings.evidence)))
    columns = [*map(pa.array, (*ends, *likely)), pa.array(common, mask=~tied)]
    return pa.table(columns, schema=DIRECTIONS)


def _findings(members: Members, pairs: Pairs, min_words: int, name: Callable[[int], str]) -> Findings:
    published = by_text(members)
    equal = copies(members, min_words)
    said = evidence.said_by_texts(members, pairs)
    weighed = evidence.weigh(members, published, pairs, equal.origin, said)
    left, right = equal.origin[pairs.left], equal.origin[pairs.right]
    strength = direction.strength(pairs) + direction.remoteness(members, left, right)
    edges, marginal, alone = told = context.histories(members, pairs, weighed, equal.origin)
    direction_text = context.direction_text(members, pairs, weighed, equal.origin, told)
    weighed = context.add(pairs, weighed, told)
    edges = edges.turned(direction.score(weighed))
    dated = members.dated[equal.origin]
    both_dated = dated[edges.parent] & dated[edges.child]
    confidence = model().certainty(marginal, "document", both_dated)
    none = model().certainty(np.array(list(alone.values())), "none", dated[np.array(list(alone), np.int64)])
    no_parent = dict(zip(alone, none.tolist(), strict=True))
    primary = branching.primary_parents(edges, marginal, no_parent)
    sources = unseen(members, published, pairs, edges, primary)
    parents = all_parents(members, pairs, edges, primary, min_words)
    parents = ascribed(members, pairs, edges, primary, parents, sources)
    further = [edge for edge, rank in zip(parents.edge, parents.rank, strict=True) if rank > 1]
    likely = direction.logistic(strength[edges.pair[further]]) * edges.direction[further]
    confidence[further] = model().certainty(likely, "further", both_dated[further])
    return Findings(
        members=members,
        published=published,
        copies=equal,
        pairs=pairs,
        evidence=weighed,
        strongest=evidence.strongest(said),
        direction_text=direction_text,
        edges=edges,
        confidence=confidence,
        no_parent=no_parent,
        parents=parents,
        unseen=sources,
        min_words=min_words,
        name=name,
    )
