"""The decision which document of several that match stays.

A document is removed only where it *directly* matches the one that is kept: components chain A to B to C although A
and C share little, so to be in one is never a reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.cluster import COPIES, column, is_any, shown
from dedup.config import KEEP_POLICIES, Config
from dedup.engine.base import IntArray
from dedup.match.candidates import MAX_LINKS

BoolArray = npt.NDArray[np.bool_]

ROUNDS = 8  # of comparing the best document of a large cluster with the others


@dataclass(frozen=True, slots=True)
class Decision:
    """Which documents of stories stay, and for whose sake the others go; documents are rows of ``schema.NODES``.

    Attributes:
        canonical: of each the kept one that it matches directly; itself where it is kept.
        reason: of each why it stays or goes, in words.
        rank: of each its place in the order of the keep policy, 0 for the best.
    """

    canonical: IntArray
    reason: list[str]
    rank: IntArray

    @property
    def kept(self) -> BoolArray:
        """Whether each stays."""
        return np.asarray(self.canonical == np.arange(self.canonical.size))

    def of_clusters(self, nodes: pa.Table) -> IntArray:
        """The canonical document of each cluster, by its number: of those that are kept the best, else of all."""
        inside = np.flatnonzero(column(nodes, "cluster") >= 0)
        number = column(nodes, "cluster")[inside]
        best_first = np.lexsort((self.rank[inside], ~self.kept[inside], number))
        starts = np.unique(number[best_first], return_index=True)[1]
        return self.canonical[inside[best_first][starts]]


def decide(nodes: pa.Table, matches: pa.Table, edges: pa.Table, config: Config) -> Decision:
    """Decide which documents stay, greedily in the order of the keep policy.

    The best document not yet decided stays; every document not yet decided that directly matches it, by a relation that
    ``config.drop`` names, goes. What matches one of several equal texts matches all of them, so the work is done per
    text: it costs O(pairs + documents log documents), however many copies a text has.

    Args:
        nodes: ``schema.NODES``.
        matches: ``schema.MATCHES``; only accepted pairs within one story count.
        edges: ``schema.EDGES``, which ``keep = "root"`` goes by; may be empty.
        config: settings of the run.
    """
    docs = column(nodes, "doc")
    matches = matches.filter(matches.column("accepted"))
    inside = _among(column(matches, "left"), docs) & _among(column(matches, "right"), docs)  # others were cut
    matches = _placed(matches.filter(pa.array(inside)), ("left", "right"), docs)
    text = np.searchsorted(docs, column(nodes, "text"))
    depth, has_child = _depths(docs.size, _placed(edges, ("child", "parent"), docs))
    order = _policy_order(nodes, depth, has_child, config.keep)
    canonical, through = _greedy(order, text, _droppable(nodes, matches, config.drop), "exact" in config.drop)
    rank = np.empty(docs.size, np.int64)
    rank[order] = np.arange(docs.size)
    reasons = _Reasons(nodes, matches, depth, has_child, config)
    return Decision(canonical, reasons.of(text, canonical, through), rank)


def crowded(nodes: pa.Table) -> BoolArray:
    """Of each cluster, by its number, whether it has so many texts that not all their pairs are verified anyhow."""
    docs, text, cluster = (column(nodes, name) for name in ("doc", "text", "cluster"))
    texts = cluster[(cluster >= 0) & (docs == text)]
    return np.asarray(np.bincount(texts, minlength=cluster.max(initial=0) + 1) > MAX_LINKS + 1)


def undecided(nodes: pa.Table, decision: Decision, nth: int) -> tuple[IntArray, IntArray]:
    """Pairs of texts to compare: the ``nth`` best document that is kept of each cluster with all others of the cluster.

    Only of clusters that are ``crowded``.

    Returns:
        The lesser and the greater document of each pair.
    """
    docs, text, cluster = (column(nodes, name) for name in ("doc", "text", "cluster"))
    kept = np.flatnonzero(decision.kept & (cluster >= 0))
    kept = kept[np.lexsort((decision.rank[kept], cluster[kept]))]
    kept = kept[np.sort(np.unique(text[kept], return_index=True)[1])]
    kept = kept[np.argsort(cluster[kept], kind="stable")]
    numbers, starts, sizes = np.unique(cluster[kept], return_index=True, return_counts=True)
    best = np.full(cluster.max(initial=0) + 1, -1)
    several = sizes > max(nth, 1)
    best[numbers[several]] = text[kept[starts[several] + nth]]
    texts = np.flatnonzero((cluster >= 0) & (docs == text))
    texts = texts[crowded(nodes)[cluster[texts]] & (best[cluster[texts]] >= 0)]
    left, right = best[cluster[texts]], docs[texts]
    own = left == right
    return np.minimum(left, right)[~own], np.maximum(left, right)[~own]


def _among(wanted: IntArray, docs: IntArray) -> BoolArray:
    """Which documents are among the ascending ones."""
    if docs.size == 0:
        return np.zeros(wanted.size, np.bool_)
    return np.asarray(docs[np.minimum(np.searchsorted(docs, wanted), docs.size - 1)] == wanted)


def _placed(table: pa.Table, names: tuple[str, str], docs: IntArray) -> pa.Table:
    """A table whose first two columns name documents by their rows among the nodes."""
    for i, name in enumerate(names):
        table = table.set_column(i, name, pa.array(np.searchsorted(docs, column(table, name)).astype(np.int64)))
    return table


def _policy_order(nodes: pa.Table, depth: IntArray, has_child: BoolArray, keep: str) -> IntArray:
    """Documents from the best to the worst; of equals the first in the input is the best."""
    if keep == "first":
        return np.arange(nodes.num_rows)
    if keep == "earliest":
        return np.argsort(column(nodes, "published_at", null=np.iinfo(np.int64).max), kind="stable")
    if keep == "longest":
        return np.argsort(-column(nodes, "n_chars"), kind="stable")
    if keep == "root":
        return np.lexsort((~has_child, depth))
    value = np.asarray(nodes.column("keep_value").to_numpy(), dtype=np.float64)
    return np.argsort(np.where(np.isnan(value), np.inf, -value), kind="stable")


def _depths(n: int, edges: pa.Table) -> tuple[IntArray, BoolArray]:
    """Steps from each document up to the root of its lineage, and whether it is the parent of any."""
    primary = edges.filter(is_any(edges, ("document",), "parent_kind") & (column(edges, "rank") == 1))
    up = np.arange(n)
    up[column(primary, "child")] = column(primary, "parent")
    depth = (up != np.arange(n)).astype(np.int64)
    has_child = np.zeros(n, np.bool_)
    has_child[column(primary, "parent")] = True
    while not np.array_equal(up[up], up):  # each round doubles the steps taken
        depth += depth[up]
        up = up[up]
    return depth, has_child


def _droppable(nodes: pa.Table, matches: pa.Table, drop: tuple[str, ...]) -> pa.Table:
    """Pairs of texts by which a document may go, each seen from both sides, by text.

    Columns: ``text`` and ``other``, the first documents of the two; ``pair``, the row of ``matches``.
    """
    left, right, story = column(matches, "left"), column(matches, "right"), column(nodes, "story")
    pair = np.flatnonzero(is_any(matches, drop) & (story[left] == story[right]))
    left, right = left[pair], right[pair]
    sides = {"text": (left, right), "other": (right, left), "pair": (pair, pair)}
    both = pa.table({name: np.concatenate(columns) for name, columns in sides.items()})
    return both.take(pa.array(np.lexsort((column(both, "other"), column(both, "text")))))


def _greedy(order: IntArray, text: IntArray, droppable: pa.Table, exact: bool) -> tuple[IntArray, IntArray]:
    """The kept document of each document; and per text the row of ``matches`` through which it went, or -1.

    Args:
        order: documents, the best first.
        text: first document with the same text.
        droppable: as ``_droppable`` gives it.
        exact: whether equal texts go too.
    """
    n = text.size
    first = np.searchsorted(column(droppable, "text"), np.arange(n + 1)).tolist()
    others, pairs = column(droppable, "other").tolist(), column(droppable, "pair").tolist()
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


# Columns of the pairs that a reason may tell.
_TOLD = ["left", "relation", "jaccard", "containment_left", "containment_right", "aligned_left", "aligned_right"]


class _Reasons:
    """Why documents stay or go, in words.

    Args:
        nodes: ``schema.NODES``.
        matches: the accepted pairs, between rows of ``nodes``.
        depth, has_child: as ``_depths`` gives them.
        config: settings of the run.
    """

    def __init__(
        self, nodes: pa.Table, matches: pa.Table, depth: IntArray, has_child: BoolArray, config: Config
    ) -> None:
        self._nodes, self._matches, self._config = nodes, matches, config
        self._ids = nodes.column("doc_id")
        self._depth, self._has_child = depth, has_child
        self._copies_only = set(config.drop) <= set(COPIES)

    def of(self, text: IntArray, canonical: IntArray, through: IntArray) -> list[str]:
        """The reason of each document.

        Args:
            text: row of the first document with the same text.
            canonical: row of the document that is kept for it.
            through: of each text the row of ``matches`` through which it went, or -1.
        """
        n_stands_for = np.bincount(canonical, minlength=text.size).tolist()
        tied = column(self._nodes, "cluster" if self._copies_only else "story") >= 0
        names = [shown(doc_id) for doc_id in self._ids.take(pa.array(canonical)).to_pylist()]
        wins, losses = self._wins(), self._losses(through)
        reasons = ["no copy"] * text.size
        equal = (text == text[canonical]).tolist()
        kept, texts = (canonical == np.arange(text.size)).tolist(), text.tolist()
        for place in np.flatnonzero(tied).tolist():
            if kept[place]:
                reasons[place] = wins(place, n_stands_for[place])
            elif equal[place]:
                reasons[place] = f"same text as {names[place]}"
            else:
                reasons[place] = losses(texts[place], names[place])
        return reasons

    def _losses(self, through: IntArray) -> Callable[[int, str], str]:
        """The function that tells why a text goes for the sake of a kept document."""
        texts = np.flatnonzero(through >= 0)
        pairs = self._matches.select(_TOLD).take(pa.array(through[texts])).to_pylist()
        of_text = dict(zip(texts.tolist(), pairs, strict=True))

        def loss(text: int, kept: str) -> str:
            pair = of_text[text]
            side, other = ("left", "right") if pair["left"] == text else ("right", "left")
            if pair["relation"] == "near":
                return f"near copy of {kept} (jaccard {pair['jaccard']:.2f})"
            if pair["relation"] == "partial":
                return f"shares passages with {kept} ({pair[f'aligned_{side}']:.0%} of its words)"
            inside, around = pair[f"containment_{side}"], pair[f"containment_{other}"]
            if inside >= around:
                return f"excerpt of {kept} (containment {inside:.2f})"
            return f"holds {kept} as an excerpt (containment {around:.2f})"

        return loss

    def _wins(self) -> Callable[[int, int], str]:
        """The function that tells why a document stays that stands for ``n`` with itself among them."""
        config, depth, has_child = self._config, self._depth.tolist(), self._has_child.tolist()
        dates = _dates(self._nodes) if config.keep == "earliest" else []
        lengths = column(self._nodes, "n_chars").tolist()
        values = self._nodes.column("keep_value").to_pylist()
        alone = f"no {' or '.join(config.drop)} match with a kept document" if config.drop else "nothing is dropped"
        why = {"earliest": ", none dated", "root": ", without a known source", "first": ""}
        otherwise = why.get(config.keep, f", none with {config.keep}")

        def win(place: int, n: int) -> str:
            if n == 1:
                return alone
            among = f"{n:,} {'copies' if self._copies_only else 'matching documents'}"
            if config.keep == "earliest" and dates[place]:
                return f"earliest of {among} ({dates[place]})"
            if config.keep == "longest":
                return f"longest of {among} ({lengths[place]:,} characters)"
            if config.keep == "root" and depth[place]:
                return f"nearest to the root of the lineage of {among} (depth {depth[place]})"
            if config.keep == "root" and has_child[place]:
                return f"root of the lineage of {among}"
            if config.keep not in KEEP_POLICIES and values[place] is not None:
                return f"highest {config.keep} of {among} ({values[place]:g})"
            return f"first in the input of {among}{otherwise}"

        return win


_LETTERS = {"year": 4, "month": 7, "day": 10, "minute": 16}


def _dates(nodes: pa.Table) -> list[str]:
    """When each document was published, as precisely as it is known; empty where it is not."""
    times = column(nodes, "published_at", null=0).astype("datetime64[s]").astype(str).tolist()
    dated = nodes.column("published_at").is_valid().to_pylist()
    precisions = nodes.column("published_precision").to_pylist()
    return [
        time.replace("T", " ")[: _LETTERS.get(precision)] if known else ""
        for time, precision, known in zip(times, precisions, dated, strict=True)
    ]
