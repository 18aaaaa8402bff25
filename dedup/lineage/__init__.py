"""Lineage: from verified pairs and metadata to directed edges, each with its confidence and its evidence.

Read ``inference.inferred`` first; the modules stand in the order in which it calls them: views, names, copies,
evidence, direction, kinship, branching, context, unseen, parents, sources, rows, descent. What was fitted is in model
and network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.later import later
from dedup.schema import DIRECTIONS, EDGES, SOURCES, empty

if TYPE_CHECKING:
    from dedup.lineage.views import Found

__all__ = ["Found", "Lineage", "directed", "infer"]

__getattr__ = later(__name__, {"views": ("Found",)})


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
    from dedup.lineage.inference import inferred  # here: a run for copies alone starts without it

    return Lineage(*inferred(nodes, found, config, name))


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
    left, right = (table.column(side).to_numpy() for side in ("left", "right"))
    return pa.array(left << 32 | right)
