"""Clusters of copies and stories of related texts.

Clusters are components over ``exact`` and ``near`` pairs and equal texts, stories over all accepted pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.engine.base import IntArray
from dedup.errors import GiantClusterError
from dedup.kernels.unionfind import bounded_components, components
from dedup.match.pairs import distinct
from dedup.schema import CLUSTERS, STORIES

BoolArray = npt.NDArray[np.bool_]
Name = Callable[[int], str]

COPIES = ("exact", "near")
GIANT_PART = 100  # no cluster may hold more than one in this many of the distinct texts of a corpus
GIANT_CORPUS = 10_000  # distinct texts from which on the share means anything


_SHOWN = 240  # characters of an id


def shown(doc_id: str) -> str:
    """An id as sentences show it: on one line, and not too long."""
    words = " ".join(doc_id.split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 3]}..."


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which cluster and story each document is in, of those that an accepted pair or an equal text ties to another.

    Attributes:
        docs: these documents, ascending.
        cluster: of each the number of its cluster, from 1 by first document; -1 where it has no copy.
        story: the same for stories.
        n_cut: accepted pairs that were cut because their story would have swallowed too much of the corpus.
    """

    docs: IntArray
    cluster: IntArray
    story: IntArray
    n_cut: int

    @property
    def in_stories(self) -> IntArray:
        """The documents of stories, ascending."""
        return self.docs[self.story >= 0]

    def cluster_of(self, docs: IntArray) -> IntArray:
        """Number of the cluster of any documents; -1 for none."""
        if self.docs.size == 0:
            return np.full(docs.size, -1, np.int64)
        place = np.minimum(np.searchsorted(self.docs, docs), self.docs.size - 1)
        return np.where(self.docs[place] == docs, self.cluster[place], -1)


def cluster(matches: pa.Table, text: IntArray, name: Name, config: Config) -> Clustering:
    """Gather documents into clusters and stories.

    Args:
        matches: ``schema.MATCHES`` between first documents of texts.
        text: per document of the corpus the first document with the same normalised text.
        name: gives the name by which the user knows a document, for the message of an error.
        config: settings of the run.

    Raises:
        GiantClusterError: a cluster holds more than 1 % of the distinct texts of a corpus of 10,000 or more.
    """
    copies = np.flatnonzero(text != np.arange(text.size))
    accepted = matches.filter(matches.column("accepted"))
    ends = [text[copies], copies, column(accepted, "left"), column(accepted, "right")]
    docs = distinct(np.concatenate(ends))
    first, again, left, right = (np.searchsorted(docs, end) for end in ends)
    near = is_any(accepted, COPIES)
    label = components(docs.size, np.concatenate([first, left[near]]), np.concatenate([again, right[near]]))
    once = np.ones(docs.size, np.int64)  # equality cannot be a false merge, so equal texts count once
    once[again] = 0
    n_texts = text.size - copies.size
    limit = n_texts // GIANT_PART if n_texts >= GIANT_CORPUS else text.size
    weight = np.zeros(docs.size, np.int64)
    np.add.at(weight, label, once)
    if weight.size and weight.max() > limit and not config.allow_giant:
        raise _giant(docs, int(weight.argmax()), label, weight, n_texts, accepted.filter(near), name)
    loose = np.flatnonzero(~near)
    share = np.maximum(_scores(accepted, "aligned_left"), _scores(accepted, "aligned_right"))
    strongest = loose[np.lexsort((right[loose], left[loose], -share[loose]))]
    joined, refused = bounded_components(weight, label[left[strongest]], label[right[strongest]], limit)
    return Clustering(docs, _numbered(label), _numbered(joined[label]), int(refused.sum()))


def column(table: pa.Table, name: str, null: int = -1) -> IntArray:
    """A column as whole numbers, with ``null`` in the place of nulls."""
    values = table.column(name).combine_chunks()
    return np.asarray(pc.fill_null(values.cast(pa.int64()), pa.scalar(null, pa.int64())), dtype=np.int64)


def _scores(table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    return np.nan_to_num(np.asarray(table.column(name).to_numpy(), dtype=np.float64))


def is_any(table: pa.Table, values: tuple[str, ...], name: str = "relation") -> BoolArray:
    """Which rows hold one of some values."""
    return np.asarray(pc.is_in(table.column(name), pa.array(values, pa.string())), dtype=np.bool_)


def _numbered(label: IntArray) -> IntArray:
    """Number the components of several members from 1 in the order of their first member; -1 for the others."""
    _, place, size = np.unique(label, return_inverse=True, return_counts=True)
    number = np.where(size > 1, np.cumsum(size > 1), -1)
    return number[place].astype(np.int64)


def _giant(
    docs: IntArray, root: int, label: IntArray, weight: IntArray, n_texts: int, copies: pa.Table, name: Name
) -> GiantClusterError:
    members = docs[label == root]
    inside = copies.filter(np.isin(column(copies, "left"), members))
    ends = np.concatenate((column(inside, "left"), column(inside, "right")))
    busiest = np.bincount(ends).argmax()
    weakest = float(pc.min(inside.column("jaccard")).as_py())
    shown = ", ".join(name(int(doc)) for doc in members[:3])
    n_links = int(np.bincount(ends).max())
    return GiantClusterError(
        f"One cluster holds {int(weight[root]):,} of {n_texts:,} distinct texts ({shown}, ...). "
        f"Its weakest link has jaccard {weakest:.2f}; {name(int(busiest))} alone has {n_links:,} links.",
        hint="Look at these texts: a template or boilerplate page chains them. Raise --min-jaccard, clean the texts, "
        "or go on with --allow-giant if they are copies.",
    )


def clusters_table(nodes: pa.Table, matches: pa.Table, canonical: IntArray) -> pa.Table:
    """One row per cluster, as ``schema.CLUSTERS``.

    Args:
        nodes: ``schema.NODES``.
        matches: ``schema.MATCHES``.
        canonical: row of the canonical document of each cluster in ``nodes``, by number of the cluster.
    """
    groups = _Groups(nodes, "cluster")
    return pa.table(
        [
            groups.numbers,
            nodes.column("doc_id").take(pa.array(canonical)),
            groups.sizes,
            _least_jaccard(nodes, matches, canonical),
            *groups.published(),
        ],
        schema=CLUSTERS,
    )


class _Groups:
    """Documents by their cluster or story.

    Args:
        nodes: ``schema.NODES``.
        name: the column of the numbers of the groups, from 1; a document without one is in none.

    Attributes:
        numbers: of the groups, ascending.
        sizes: documents in each.
    """

    def __init__(self, nodes: pa.Table, name: str) -> None:
        numbers = column(nodes, name)
        order = np.argsort(numbers, kind="stable")
        self._rows = order[np.searchsorted(numbers[order], 1) :]
        self._nodes = nodes
        self.numbers, self._starts, self.sizes = np.unique(numbers[self._rows], return_index=True, return_counts=True)

    def published(self) -> tuple[pa.Array, pa.Array]:
        """The first and the last time of publication in each group; null where none is known."""
        kind, known = CLUSTERS.field("first_published_at").type, np.iinfo(np.int64)
        made = []
        for best, null in ((np.minimum, known.max), (np.maximum, known.min)):
            times = column(self._nodes, "published_at", null=null)[self._rows]
            found = best.reduceat(times, self._starts) if len(times) else times
            made.append(pa.array(found, mask=found == null).cast(kind))
        return made[0], made[1]

    def distinct(self, values: IntArray) -> IntArray:
        """How many values each group has, given the value of each document; less than 0 stands for none."""
        mine, owner = values[self._rows], np.repeat(np.arange(len(self.sizes)), self.sizes)
        pairs = distinct(owner[mine >= 0] << 32 | mine[mine >= 0])
        return np.bincount(pairs >> 32, minlength=len(self.sizes))


def _least_jaccard(nodes: pa.Table, matches: pa.Table, canonical: IntArray) -> npt.NDArray[np.float64]:
    """Least resemblance of each cluster's canonical document to those that match it directly as copies."""
    docs = column(nodes, "doc")
    copies = matches.filter(matches.column("accepted"))
    copies = copies.filter(is_any(copies, COPIES))
    jaccard = _scores(copies, "jaccard")
    least = np.ones(docs.size)
    for side in ("left", "right"):
        np.minimum.at(least, np.searchsorted(docs, column(copies, side)), jaccard)
    return least[np.searchsorted(docs, column(nodes, "text")[canonical])]


def stories_table(nodes: pa.Table, edges: pa.Table, sources: pa.Table) -> pa.Table:
    """One row per story, as ``schema.STORIES``.

    A root is a document that descends from none of the pile, not by way of an unseen source either, and is sure not to
    or the parent of others.

    Args:
        nodes: ``schema.NODES``.
        edges: ``schema.EDGES``.
        sources: ``schema.SOURCES``; each counts once, however many documents were made of it.
    """
    groups = _Groups(nodes, "story")
    numbers = groups.numbers
    cluster = column(nodes, "cluster")
    alone = np.where(cluster < 0, np.arange(len(cluster)) + len(cluster) + 1, cluster)  # a document without a cluster
    publisher = nodes.column("publisher").combine_chunks().dictionary_encode().indices
    story, docs = column(nodes, "story"), column(nodes, "doc")
    of_edge = story[np.searchsorted(docs, column(edges, "child"))]
    roots: dict[int, list[str]] = {int(number): [] for number in numbers}
    for place in np.searchsorted(docs, _roots(edges, sources)).tolist():
        roots[int(story[place])].append(nodes.column("doc_id")[place].as_py())

    def count(stories: IntArray) -> IntArray:
        return np.bincount(stories, minlength=numbers.max(initial=0) + 1)[numbers]

    return pa.table(
        [
            numbers,
            groups.sizes,
            groups.distinct(alone),
            groups.distinct(np.asarray(publisher.fill_null(-1), np.int64)),
            *groups.published(),
            pa.array([roots[int(number)] for number in numbers], pa.list_(pa.string())),
            count(of_edge[is_any(edges, ("document",), "parent_kind")]),
            count(column(sources, "story_id")),
        ],
        schema=STORIES,
    )


def _roots(edges: pa.Table, sources: pa.Table) -> list[int]:
    """Documents that descend from none of the pile, and are sure not to or the parent of others."""
    parents = set(edges.column("parent").to_pylist())
    descended = sources.column("unseen_id").filter(sources.column("parent").is_valid()).combine_chunks()
    below = edges.filter(pc.is_valid(edges.column("parent"))).column("child").combine_chunks()
    below = pc.is_in(edges.column("child"), value_set=below)
    alone = edges.filter(pc.invert(pc.or_(below, pc.is_in(edges.column("unseen_id"), value_set=descended))))
    rows = alone.select(["child", "evidence"]).to_pylist()
    sure = ("root", "unseen")
    return [row["child"] for row in rows if row["child"] in parents or row["evidence"][0]["kind"] in sure]
