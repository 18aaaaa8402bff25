"""The flow of this room, from the tables to all that is found of the lineage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.lineage import branching, context, direction, evidence
from dedup.lineage.branching import Candidates
from dedup.lineage.copies import copies
from dedup.lineage.descent import common_source
from dedup.lineage.model import model
from dedup.lineage.names import by_text
from dedup.lineage.parents import all_parents
from dedup.lineage.rows import Findings, table
from dedup.lineage.sources import ascribed, sources_table
from dedup.lineage.unseen import unseen
from dedup.lineage.views import BoolArray, Found, Members, Pairs
from dedup.schema import DIRECTIONS


def inferred(
    nodes: pa.Table, found: Found, config: Config, name: Callable[[int], str]
) -> tuple[pa.Table, npt.NDArray[np.float64], pa.Table, pa.Table]:
    """Edges, originality, directions and sources, for ``lineage.infer``."""
    members = Members.of(nodes)
    pairs = Pairs.of(members, found, config.min_passage_words)
    findings = _findings(members, pairs, config.min_passage_words, name)
    directions = _directions(members, pairs, findings)
    return *table(findings), directions, sources_table(findings)


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
    confidence = np.where(
        _by_themselves(edges),
        model().certainty(marginal, "pair", both_dated),
        model().certainty(marginal, "document", both_dated),
    )
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


def _by_themselves(edges: Candidates) -> BoolArray:
    """Whether the two texts of each edge have no other relatives: then nothing competes, and nothing else tells."""
    n_relatives = np.bincount(edges.child)  # of each text, for all are possible children
    return np.asarray((n_relatives[edges.child] == 1) & (n_relatives[edges.parent] == 1))
