"""Clusters of copies, stories of related texts, and the decision which document of them stays.

Clusters are components over ``exact`` and ``near`` pairs, stories over all accepted ones. A document is removed only
where it *directly* matches the one that is kept: components chain A to B to C although A and C share little, so to be
in one is never a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import KEEP_POLICIES, Config
from dedup.errors import GiantClusterError
from dedup.kernels.unionfind import bounded_components, components
from dedup.schema import CLUSTERS, STORIES

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Name = Callable[[int], str]

COPIES = ("exact", "near")
GIANT_PART = 100  # no cluster may hold more than one in this many of the distinct texts of a corpus
GIANT_CORPUS = 10_000  # distinct texts from which on the share means anything


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which cluster and story each document is in.

    Attributes:
        cluster: per document the number of its cluster, from 1 by first document; -1 where it has no copy.
        story: the same for stories; -1 where no accepted pair ties the document to another.
        n_cut: accepted pairs that were cut because their story would have swallowed too much of the corpus.
    """

    cluster: IntArray
    story: IntArray
    n_cut: int


def cluster(matches: pa.Table, text: IntArray, name: Name, config: Config) -> Clustering:
    """Gather documents into clusters and stories.

    Args:
        matches: ``schema.MATCHES``.
        text: per document the first document with the same normalised text.
        name: gives the name by which the user knows a document, for the message of an error.
        config: settings of the run.

    Raises:
        GiantClusterError: a cluster holds more than 1 % of the distinct texts of a corpus of 10,000 or more.
    """
    n = text.size
    accepted = matches.filter(matches.column("accepted"))
    left, right = _column(accepted, "left"), _column(accepted, "right")
    copy = _is_any(accepted, COPIES)
    label = components(n, left[copy], right[copy])
    distinct = (text == np.arange(n)).astype(np.int64)  # equality cannot be a false merge, so equal texts count once
    n_texts = int(distinct.sum())
    limit = n_texts // GIANT_PART if n_texts >= GIANT_CORPUS else n
    weight = np.zeros(n, np.int64)
    np.add.at(weight, label, distinct)
    if weight.size and weight.max() > limit and not config.allow_giant:
        raise _giant(int(weight.argmax()), label, weight, accepted.filter(copy), name)
    loose = np.flatnonzero(~copy)
    share = np.maximum(_scores(accepted, "aligned_left"), _scores(accepted, "aligned_right"))
    strongest = loose[np.lexsort((right[loose], left[loose], -share[loose]))]
    joined, refused = bounded_components(weight, label[left[strongest]], label[right[strongest]], limit)
    return Clustering(_numbered(label), _numbered(joined[label]), int(refused.sum()))


def _column(table: pa.Table, name: str, null: int = -1) -> IntArray:
    column = table.column(name).combine_chunks()
    return np.asarray(pc.fill_null(column.cast(pa.int64()), pa.scalar(null, pa.int64())), dtype=np.int64)


def _scores(table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    return np.nan_to_num(np.asarray(table.column(name).to_numpy(), dtype=np.float64))


def _is_any(table: pa.Table, values: tuple[str, ...], name: str = "relation") -> BoolArray:
    wanted = frozenset(values)
    return np.array([value in wanted for value in table.column(name).to_pylist()], dtype=np.bool_)


def _numbered(label: IntArray) -> IntArray:
    """Number the components of several members from 1 in the order of their first member; -1 for the others."""
    _, place, size = np.unique(label, return_inverse=True, return_counts=True)
    number = np.where(size > 1, np.cumsum(size > 1), -1)
    return number[place].astype(np.int64)


def _giant(root: int, label: IntArray, weight: IntArray, copies: pa.Table, name: Name) -> GiantClusterError:
    members = np.flatnonzero(label == root)
    inside = copies.filter(label[_column(copies, "left")] == root)
    ends = np.concatenate((_column(inside, "left"), _column(inside, "right")))
    busiest = np.bincount(ends).argmax()
    weakest = float(pc.min(inside.column("jaccard")).as_py())
    shown = ", ".join(name(int(doc)) for doc in members[:3])
    n_links = int(np.bincount(ends).max())
    return GiantClusterError(
        f"One cluster holds {int(weight[root]):,} of {int(weight.sum()):,} distinct texts ({shown}, ...). "
        f"Its weakest link has jaccard {weakest:.2f}; {name(int(busiest))} alone has {n_links:,} links.",
        hint="Look at these texts: a template or boilerplate page chains them. Raise --min-jaccard, clean the texts, "
        "or go on with --allow-giant if they are copies.",
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """Which documents stay, and for whose sake the others go.

    Attributes:
        canonical: per document the kept one that it matches directly; itself where it is kept.
        kept: per document whether it stays.
        reason: per document why, in words.
        rank: per document its place in the order of the keep policy, 0 for the best.
    """

    canonical: IntArray
    kept: BoolArray
    reason: list[str]
    rank: IntArray


def decide(nodes: pa.Table, matches: pa.Table, edges: pa.Table, name: Name, config: Config) -> Decision:
    """Decide which documents stay, greedily in the order of the keep policy.

    The best document not yet decided stays; every document not yet decided that directly matches it, by a relation that
    ``config.drop`` names, goes. What matches one of several equal texts matches all of them, so the work is done per
    text: it costs O(pairs + documents log documents), however many copies a text has.

    Args:
        nodes: ``schema.NODES``.
        matches: ``schema.MATCHES``; only accepted pairs within one story count.
        edges: ``schema.EDGES``, which ``keep = "root"`` goes by; may be empty.
        name: gives the name by which the user knows a document, for the reasons.
        config: settings of the run.
    """
    text = _column(nodes, "text")
    depth, has_child = _depths(nodes.num_rows, edges)
    order = _policy_order(nodes, depth, has_child, config.keep)
    droppable = _droppable(nodes, matches, text, config.drop)
    canonical, through = _greedy(order, text, droppable, "exact" in config.drop)
    kept = canonical == np.arange(text.size)
    rank = np.empty(text.size, np.int64)
    rank[order] = np.arange(text.size)
    n_stands_for = np.bincount(canonical, minlength=text.size)
    reason = ["no copy"] * text.size
    losses: dict[int, str] = {}  # equal texts go for the same reason
    tied = "cluster" if set(config.drop) <= set(COPIES) else "story"
    for doc in np.flatnonzero(_column(nodes, tied) >= 0).tolist():
        first = int(text[doc])
        if kept[doc]:
            reason[doc] = _win(nodes, doc, int(n_stands_for[doc]), int(depth[doc]), bool(has_child[doc]), config)
        elif first == text[canonical[doc]]:
            reason[doc] = f"same text as {name(int(canonical[doc]))}"
        else:
            if first not in losses:
                losses[first] = _loss(matches, int(through[first]), text, doc, name(int(canonical[doc])))
            reason[doc] = losses[first]
    return Decision(canonical, kept, reason, rank)


def _policy_order(nodes: pa.Table, depth: IntArray, has_child: BoolArray, keep: str) -> IntArray:
    """Documents from the best to the worst; of equals the first in the input is the best."""
    if keep == "first":
        return np.arange(nodes.num_rows)
    if keep == "earliest":
        return np.argsort(_column(nodes, "published_at", null=np.iinfo(np.int64).max), kind="stable")
    if keep == "longest":
        return np.argsort(-_column(nodes, "n_chars"), kind="stable")
    if keep == "root":
        return np.lexsort((~has_child, depth))
    value = np.asarray(nodes.column("keep_value").to_numpy(), dtype=np.float64)
    return np.argsort(np.where(np.isnan(value), np.inf, -value), kind="stable")


def _depths(n: int, edges: pa.Table) -> tuple[IntArray, BoolArray]:
    """Steps from each document up to the root of its lineage, and whether it is the parent of any."""
    primary = edges.filter(_is_any(edges, ("document",), "parent_kind") & (_column(edges, "rank") == 1))
    up = np.arange(n)
    up[_column(primary, "child")] = _column(primary, "parent")
    depth = (up != np.arange(n)).astype(np.int64)
    has_child = np.zeros(n, np.bool_)
    has_child[_column(primary, "parent")] = True
    while not np.array_equal(up[up], up):  # each round doubles the steps taken
        depth += depth[up]
        up = up[up]
    return depth, has_child


def _droppable(nodes: pa.Table, matches: pa.Table, text: IntArray, drop: tuple[str, ...]) -> pa.Table:
    """Pairs of different texts by which a document may go, each seen from both sides, by text.

    Columns: ``text`` and ``other``, the first documents of the two; ``pair``, the row of ``matches``.
    """
    left, right = text[_column(matches, "left")], text[_column(matches, "right")]
    story = _column(nodes, "story")
    accepted = np.array(matches.column("accepted").to_pylist(), dtype=np.bool_)
    pair = np.flatnonzero(accepted & _is_any(matches, drop) & (left != right) & (story[left] == story[right]))
    left, right = left[pair], right[pair]
    sides = {"text": (left, right), "other": (right, left), "pair": (pair, pair)}
    both = pa.table({name: np.concatenate(columns) for name, columns in sides.items()})
    return both.sort_by([("text", "ascending"), ("other", "ascending")])


def _greedy(order: IntArray, text: IntArray, droppable: pa.Table, exact: bool) -> tuple[IntArray, IntArray]:
    """The kept document of each document; and per text the row of ``matches`` through which it went, or -1.

    Args:
        order: documents, the best first.
        text: first document with the same text.
        droppable: as ``_droppable`` gives it.
        exact: whether equal texts go too.
    """
    n = text.size
    first = np.searchsorted(_column(droppable, "text"), np.arange(n + 1)).tolist()
    others, pairs = _column(droppable, "other").tolist(), _column(droppable, "pair").tolist()
    texts = text.tolist()
    claimed, through = [-1] * n, np.full(n, -1, np.int64)
    canonical = np.arange(n)
    for doc in order.tolist():
        own = texts[doc]
        if claimed[own] >= 0:
            canonical[doc] = claimed[own]
            continue
        for row in range(first[own], first[own + 1]):
            other = others[row]
            if claimed[other] < 0:
                claimed[other] = doc
                through[other] = pairs[row]
        if exact:
            claimed[own] = doc
    return canonical, through


def _loss(matches: pa.Table, row: int, text: IntArray, gone: int, kept_name: str) -> str:
    """Why a document goes whose text the pair in this row ties to that of a kept one."""
    pair = matches.slice(row, 1).to_pylist()[0]
    side, other = ("left", "right") if text[pair["left"]] == text[gone] else ("right", "left")
    if pair["relation"] == "near":
        return f"near copy of {kept_name} (jaccard {pair['jaccard']:.2f})"
    if pair["relation"] == "partial":
        return f"shares passages with {kept_name} ({pair[f'aligned_{side}']:.0%} of its words)"
    inside, around = pair[f"containment_{side}"], pair[f"containment_{other}"]
    if inside >= around:
        return f"excerpt of {kept_name} (containment {inside:.2f})"
    return f"holds {kept_name} as an excerpt (containment {around:.2f})"


def _win(nodes: pa.Table, doc: int, n: int, depth: int, has_child: bool, config: Config) -> str:
    """Why a document with copies or relatives stays, for ``n`` documents with itself among them."""
    if n == 1:
        drop = " or ".join(config.drop)
        return f"no {drop} match with a kept document" if drop else "nothing is dropped"
    among = f"{n:,} {'copies' if set(config.drop) <= set(COPIES) else 'matching documents'}"
    if config.keep == "earliest" and nodes.column("published_at")[doc].is_valid:
        return f"earliest of {among} ({_date(nodes, doc)})"
    if config.keep == "longest":
        return f"longest of {among} ({nodes.column('n_chars')[doc].as_py():,} characters)"
    if config.keep == "root" and depth:
        return f"nearest to the root of the lineage of {among} (depth {depth})"
    if config.keep == "root" and has_child:
        return f"root of the lineage of {among}"
    value = nodes.column("keep_value")[doc].as_py()
    if config.keep not in KEEP_POLICIES and value is not None:
        return f"highest {config.keep} of {among} ({value:g})"
    why = {"earliest": ", none dated", "root": ", without a known source", "first": ""}
    return f"first in the input of {among}{why.get(config.keep, f', none with {config.keep}')}"


def _date(nodes: pa.Table, doc: int) -> str:
    seconds = int(_column(nodes.slice(doc, 1), "published_at")[0])
    shown = str(np.datetime64(seconds, "s")).replace("T", " ")
    letters = {"year": 4, "month": 7, "day": 10, "minute": 16}
    return shown[: letters.get(nodes.column("published_precision")[doc].as_py(), len(shown))]


def clusters_table(nodes: pa.Table, matches: pa.Table, decision: Decision, name: Name) -> pa.Table:
    """One row per cluster, as ``schema.CLUSTERS``; its canonical document is the best-ranked one that is kept."""
    inside = np.flatnonzero(_column(nodes, "cluster") >= 0)
    number = _column(nodes.take(inside), "cluster")
    table = (
        nodes.take(inside)
        .group_by("cluster", use_threads=False)
        .aggregate([("doc", "count"), ("published_at", "min"), ("published_at", "max")])
    )
    best_first = np.lexsort((decision.rank[inside], ~decision.kept[inside], number))
    starts = np.unique(number[best_first], return_index=True)[1]
    canonical = decision.canonical[inside[best_first][starts]]
    table = table.sort_by("cluster")
    return pa.table(
        [
            table.column("cluster"),
            pa.array([name(int(doc)) for doc in canonical], pa.string()),
            table.column("doc_count"),
            _least_jaccard(nodes, matches, canonical),
            table.column("published_at_min"),
            table.column("published_at_max"),
        ],
        schema=CLUSTERS,
    )


def _least_jaccard(nodes: pa.Table, matches: pa.Table, canonical: IntArray) -> npt.NDArray[np.float64]:
    """Least resemblance of each cluster's canonical document to those that match it directly as copies."""
    text = _column(nodes, "text")
    copies = matches.filter(matches.column("accepted"))
    copies = copies.filter(_is_any(copies, COPIES))
    jaccard = _scores(copies, "jaccard")
    least = np.ones(text.size)
    for side in ("left", "right"):
        np.minimum.at(least, text[_column(copies, side)], jaccard)
    return least[text[canonical]]


def stories_table(nodes: pa.Table, edges: pa.Table, name: Name) -> pa.Table:
    """One row per story, as ``schema.STORIES``.

    A root is a document without a parent that is either sure to have none here or the parent of others.
    """
    table = (
        nodes.filter(pc.is_valid(nodes.column("story")))
        .group_by("story", use_threads=False)
        .aggregate(
            [
                ("doc", "count"),
                ("cluster", "count_distinct", pc.CountOptions(mode="only_valid")),
                ("cluster", "count", pc.CountOptions(mode="only_null")),
                ("publisher", "count_distinct", pc.CountOptions(mode="only_valid")),
                ("published_at", "min"),
                ("published_at", "max"),
            ]
        )
    )
    table = table.sort_by("story")
    numbers = _column(table, "story")
    story = _column(nodes, "story")
    of_edge = story[_column(edges, "child")]
    roots: dict[int, list[str]] = {int(number): [] for number in numbers}
    for doc in _roots(edges):
        roots[int(story[doc])].append(name(doc))

    def count(parent_kind: str) -> IntArray:
        rows = of_edge[_is_any(edges, (parent_kind,), "parent_kind")]
        return np.bincount(rows, minlength=numbers.max(initial=0) + 1)[numbers]

    return pa.table(
        [
            table.column("story"),
            table.column("doc_count"),
            pc.add(table.column(2), table.column(3)),
            table.column("publisher_count_distinct"),
            table.column("published_at_min"),
            table.column("published_at_max"),
            pa.array([roots[int(number)] for number in numbers], pa.list_(pa.string())),
            count("document"),
            count("unseen"),
        ],
        schema=STORIES,
    )


def _roots(edges: pa.Table) -> list[int]:
    parents = set(edges.column("parent").to_pylist())
    alone = edges.filter(_is_any(edges, ("none",), "parent_kind"))
    rows = alone.select(["child", "evidence"]).to_pylist()
    return [row["child"] for row in rows if row["child"] in parents or row["evidence"][0]["kind"] == "root"]
