"""From the tables of a run to what a page shows of its stories, pairs and documents."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.errors import UnknownDocumentError
from dedup.report.compare import PairRows
from dedup.report.origins import DocumentRows, Taken
from dedup.report.safe import bounded
from dedup.report.tables import Ints, Row, Tables, floats, integers, place_of
from dedup.report.views import Edge, Node, Story, StoryLine, Tie
from dedup.result.summary import SUSPECTED

UNCERTAIN = 0.5  # less confidence than this in where a document comes from
TITLE_SHOWN = 120
ALL_DRAWN = 40  # documents of a story that are all drawn; of a larger one, each text once
MOST_DRAWN = 60
_CHILDREN_SHOWN = 50  # of one document
_COPIES_SHOWN = 20
_NO_NAME = "a source that is not in the pile"


class Gather(Tables):
    """The tables of a finished run, and what a page shows of them."""

    def lines(self) -> list[StoryLine]:
        """All stories, in the order of the table."""
        result = self.result
        spun = floats(result.documents, "spin_score") >= SUSPECTED
        unsure = (integers(result.lineage, "rank") == 1) & ~(floats(result.lineage, "confidence") >= UNCERTAIN)
        most = int(self.story.max(initial=0)) + 1
        n_spun = np.bincount(self.story[spun], minlength=most).tolist()
        n_uncertain = np.bincount(self.story[self.child[unsure]], minlength=most).tolist()
        relations = self._relations()
        return [
            StoryLine(
                story_id=row["story_id"],
                title=self.title(row["story_id"]),
                n_documents=row["n_documents"],
                n_texts=row["n_clusters"],
                n_publishers=row["n_publishers"],
                n_unseen=row["n_unseen"],
                n_spun=n_spun[row["story_id"]],
                n_uncertain=n_uncertain[row["story_id"]],
                first=row["first_published_at"],
                last=row["last_published_at"],
                relations=relations.get(row["story_id"], ()),
            )
            for row in result.stories.drop_columns(["root_ids"]).to_pylist()
        ]

    def _relations(self) -> dict[int, tuple[str, ...]]:
        """Relations of the accepted pairs of each story, by name."""
        taken = np.flatnonzero(self.result.pairs.column("accepted"))
        relation = self.result.pairs.column("relation").take(taken)
        table = pa.table({"story": self.story[self.left[taken]], "relation": relation})
        found: dict[int, list[str]] = {}
        for row in table.group_by(["story", "relation"]).aggregate([]).to_pylist():
            found.setdefault(row["story"], []).append(row["relation"])
        return {story: tuple(sorted(names)) for story, names in found.items()}

    def title(self, story_id: int) -> str:
        """What a story is called: the first title of its roots, then of its documents; else the id of its first."""
        return self._titles[story_id]

    @functools.cached_property
    def _titles(self) -> dict[int, str]:
        roots = self.result.stories.column("root_ids").combine_chunks()
        of_roots = integers(self.result.stories, "story_id")[np.asarray(pc.list_parent_indices(roots), np.int64)]
        places = np.asarray(pc.index_in(pc.list_flatten(roots), value_set=self.ids), np.int64)
        inside = np.flatnonzero(self.story)
        order, numbers = np.concatenate([places, inside]), np.concatenate([of_roots, self.story[inside]])
        titles = self.result.documents.column("title").take(order)
        titled = np.flatnonzero(np.asarray(pc.greater(pc.utf8_length(titles).fill_null(0), 0)))
        found: dict[int, str] = {}
        for chosen, names in ((titled, titles.take(titled)), (slice(None), self.ids.take(order))):
            stories, first = np.unique(numbers[chosen], return_index=True)
            called = names.take(pa.array(first)).to_pylist()
            found = {int(s): bounded(name, TITLE_SHOWN) for s, name in zip(stories, called, strict=True)} | found
        return found

    def stories(self, story_ids: Sequence[int], *, n_full: int = 0) -> list[Story]:
        """Stories to be drawn: of a large one not all documents.

        Args:
            story_ids: which ones.
            n_full: how many documents of each have sections of their own, with the pairs of the edges among them.

        Raises:
            UnknownDocumentError: there is no such story.
        """
        return [self._story(story_id, n_full) for story_id in story_ids]

    def drawn(self, story_id: int) -> tuple[Ints, Ints]:
        """Documents of a story that are drawn, and for each of all its documents which one stands for it, or -1."""
        members = self.members(story_id)
        if len(members) <= ALL_DRAWN:
            return members, members
        order = np.array(self.earliest(members, len(members)), np.int64)
        _, first, text = np.unique(self.text[order], return_index=True, return_inverse=True)
        kept = order[np.sort(first)][:MOST_DRAWN]
        stand_in = order[first][text][np.argsort(order, kind="stable")]  # back in the order of the input
        return kept, np.where(np.isin(stand_in, kept), stand_in, -1)

    def nodes(self, rows: Iterable[int]) -> list[Node]:
        """Documents as nodes."""
        rows = list(rows)
        return [_node(at, row) for at, row in zip(rows, self.documents.take(rows), strict=True)]

    def _story(self, story_id: int, n_full: int) -> Story:
        members = self.members(story_id) if story_id > 0 else np.zeros(0, np.int64)
        if not len(members):
            raise UnknownDocumentError(
                f"The run in {self.result.path} holds no story {story_id}.",
                hint="The numbers are in the column story_id of stories.parquet.",
            )
        kept, stand_in = self.drawn(story_id)
        bearers = np.unique(stand_in, return_counts=True)
        count = dict(zip(*(part.tolist() for part in bearers), strict=True))
        full = set(self.earliest(kept, n_full))
        nodes = [
            _node(at, row, same_text=count[at], shown=at in full)
            for at, row in zip(kept.tolist(), self.documents.take(kept), strict=True)
        ]
        edges, sources = self._edges(dict(zip(members.tolist(), stand_in.tolist(), strict=True)), full)
        nodes += [Node(key=key, label=label, unseen=True) for key, label in sources.items()]
        return Story(
            story_id=story_id,
            title=self.title(story_id),
            nodes=tuple(nodes),
            edges=tuple(edges),
            n_documents=len(members),
        )

    def earliest(self, documents: Ints, n: int) -> list[int]:
        """The first documents in time."""
        return list(documents[np.argsort(self.moments[documents], kind="stable")][:n].tolist())

    def _edges(self, stand_in: dict[int, int], full: set[int]) -> tuple[list[Edge], dict[str, str]]:
        """Derivations among the documents drawn, the best of each two; and the unseen sources, by key.

        Args:
            stand_in: for each document of the story the one that is drawn for it; -1 where none is.
            full: documents that have sections of their own.
        """
        found: dict[tuple[str, str], Edge] = {}
        sources: dict[str, str] = {}
        rows = self.edges_of(np.array(list(stand_in), np.int64))
        for at, pair, row in zip(rows.tolist(), self.pair_of(rows).tolist(), self.lineage.take(rows), strict=True):
            child, parent = stand_in[int(self.child[at])], stand_in.get(int(self.parent[at]), -1)
            key, label = self.unseen_source(row) if row["parent_kind"] == "unseen" else (f"d{parent}", "")
            if child < 0 or child == parent or key == "d-1" or row["confidence"] is None:
                continue
            edge = Edge(
                parent=key,
                child=f"d{child}",
                relation=row["relation"] or "unseen",
                confidence=row["confidence"],
                rank=row["rank"],
                pair=self.pair_key(pair) if pair >= 0 and {child, parent} <= full else None,
            )
            best = found.setdefault((key, edge.child), edge)
            if (edge.rank, -edge.confidence) < (best.rank, -best.confidence):
                found[key, edge.child] = edge
            if label:
                sources[key] = label
        return [*found.values(), *self._above(sources, stand_in)], sources

    def _above(self, sources: Iterable[str], stand_in: dict[int, int]) -> Iterator[Edge]:
        """From which documents unseen sources descend themselves, as far as that is known."""
        for key in sources:
            row = self.unseen.get(int(key[1:])) if key[1:].isdigit() else None
            parent = place_of(self.ids, row["parent_id"]) if row else -1
            if row and stand_in.get(parent, -1) >= 0:
                yield Edge(parent=f"d{stand_in[parent]}", child=key, relation="unseen", confidence=row["probability"])

    def unseen_source(self, row: Row) -> tuple[str, str]:
        """Key and name of the unseen source of a row of the lineage; one of a single child has the child's number."""
        number = row["unseen_id"]
        if number is None:
            key, name = f"ud{place_of(self.ids, row['child_id'])}", row["parent_label"]
        else:
            key, name = f"u{number}", self.unseen[number]["label"]
        return key, bounded(name or _NO_NAME, TITLE_SHOWN)

    def tie(self, row: int) -> Tie:
        """A row of ``pairs`` in few words."""
        pair = self.pairs.take([row])[0]
        return Tie(
            key=self.pair_key(row),
            left=pair["left_id"],
            right=pair["right_id"],
            relation=pair["relation"],
            jaccard=pair["jaccard"],
        )

    def pair_rows(self, row: int) -> PairRows:
        """A row of ``pairs`` with all that belongs to it."""
        ends = np.array([self.left[row], self.right[row]])
        left, right = self.documents.take(ends)
        edges = self.edges_of(ends)
        edges = edges[np.isin(self.parent[edges], [-1, *ends.tolist()])]
        return PairRows(self.pairs.take([row])[0], left, right, self.passages_of(row), self.lineage.take(edges))

    def document_rows(self, at: int) -> DocumentRows:
        """A row of ``documents`` with all that belongs to it."""
        row = self.documents.take([at])[0]
        edges = self.by_child.of(at)
        pairs = self.pair_of(edges).tolist()
        mine = self.lineage.take(edges)
        roots = [edge for edge in mine if edge["parent_id"] is None]
        children = self.by_parent.of(at)
        copies = self.clusters.of(row["cluster_id"]) if row["cluster_id"] else np.zeros(0, np.int64)
        return DocumentRows(
            document=row,
            parents=[
                Taken(edge, self.passages_of(pair) if pair >= 0 else [], "left" if self.left[pair] == at else "right")
                for edge, pair in zip(mine, pairs, strict=True)
                if edge["parent_id"] is not None
            ],
            roots=roots,
            unseen=[self._with_children(edge["unseen_id"]) for edge in roots if edge["unseen_id"] is not None],
            children=self.lineage.take(children[:_CHILDREN_SHOWN]),
            n_children=len(children),
            copies=[self.ids[other].as_py() for other in copies[copies != at][:_COPIES_SHOWN].tolist()],
        )

    def _with_children(self, unseen_id: int) -> Row:
        """A row of ``unseen`` with the documents that were made of it."""
        theirs = np.flatnonzero(integers(self.result.lineage, "unseen_id") == unseen_id)
        return {**self.unseen[unseen_id], "child_ids": [self.ids[at].as_py() for at in self.child[theirs].tolist()]}


def _node(at: int, row: Row, *, same_text: int = 1, shown: bool = False) -> Node:
    return Node(
        key=f"d{at}",
        label=row["doc_id"],
        title=row["title"],
        publisher=row["publisher"],
        published_at=row["published_at"],
        precision=row["published_precision"],
        n_words=row["n_words"],
        same_text=same_text,
        originality=row["originality"],
        spin_score=row["spin_score"],
        kept=row["kept"],
        shown=shown,
    )
