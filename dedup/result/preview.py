"""What ``filter`` would leave out, shown before anything is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import DROPPABLE
from dedup.errors import InternalError, TextUnavailableError
from dedup.result.summary import counted, date, label, short
from dedup.result.texts import texts_of

if TYPE_CHECKING:
    from dedup.result import Result

Row = dict[str, Any]
IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]
ObjectArray: TypeAlias = npt.NDArray[np.object_]

_EXAMPLES = 10
_PUBLISHERS = 10  # shown on a screen: the data holds all
_WORDS = 200  # characters of the first words of a text
_RULE = (
    "Relations take turns; of each the least alike come first, where doubt is best spent, one for each kept document "
    "as long as there are others."
)


@dataclass(frozen=True, slots=True)
class FilterPreview:
    """What ``filter`` would leave out.

    Attributes:
        n_records: records of the sources.
        n_kept, n_removed, n_rejects: what becomes of them; rejects are those that the run could not use.
        relations: documents that go, by their relation to the one that stands for them.
        publishers: of each publisher that loses documents: name (None where unknown), its documents, those that go, and
            these by relation; who loses most comes first.
        examples: of documents that go, each with the kept one, their relation, jaccard and first words.
    """

    n_records: int
    n_kept: int
    n_removed: int
    n_rejects: int
    relations: dict[str, int]
    publishers: list[Row]
    examples: list[Row]

    def to_dict(self) -> Row:
        """The preview as plain values that JSON can hold."""
        return {
            "n_records": self.n_records,
            "n_kept": self.n_kept,
            "n_removed": self.n_removed,
            "n_rejects": self.n_rejects,
            "removed_by_relation": self.relations,
            "removed_by_publisher": self.publishers,
            "examples": self.examples,
            "examples_chosen": _RULE,
        }

    def text(self) -> str:
        """The preview in words."""
        lines = [f"Would keep {self.n_kept:,} of {counted(self.n_records, 'record')}; nothing is written."]
        if self.n_rejects:
            lines.append(f"Not copied: {counted(self.n_rejects, 'record')} that the run could not use.")
        if not self.n_removed:
            return "\n".join([*lines, "No document would go: each is kept."])
        kinds = ", ".join(f"{n:,} {relation}" for relation, n in self.relations.items())
        lines += [f"{counted(self.n_removed, 'document')} would go, by relation to the kept one: {kinds}.", ""]
        lines += [*self._publishers(), "", f"Examples ({len(self.examples):,} of {self.n_removed:,}). {_RULE}"]
        for number, example in enumerate(self.examples, 1):
            lines += ["", f"  {number}. {example['relation']}, jaccard {example['jaccard']:.3f}"]
            lines += [line for role in ("removed", "kept") for line in _shown(role, example[role])]
        return "\n".join(lines)

    def _publishers(self) -> list[str]:
        shown = [(short(row["publisher"] or "(unknown)"), row) for row in self.publishers[:_PUBLISHERS]]
        width = max(len(name) for name, _ in shown)
        lines = ["By publisher:"]
        for name, row in shown:
            kinds = ", ".join(f"{n:,} {relation}" for relation, n in row["by_relation"].items())
            lines.append(f"  {name:<{width}}  {row['n_removed']:,} of {row['n_documents']:,} ({kinds})")
        more = len(self.publishers) - len(shown)
        return [*lines, f"  ... and {counted(more, 'more publisher')}"] if more else lines


def preview(result: Result, paths: list[str]) -> FilterPreview:
    """Show what ``filter`` would leave out of these inputs; see ``Result.filter``."""
    chosen = pa.array(paths, pa.string())
    inside = np.asarray(pc.is_in(result.documents.column("source_path"), value_set=chosen))
    n_rejects = int(np.count_nonzero(pc.is_in(result.rejects.column("source_path"), value_set=chosen)))
    gone = np.flatnonzero(inside & ~np.asarray(result.documents.column("kept")))
    ties = _ties(result, gone)
    publishers = result.documents.column("publisher").to_numpy(zero_copy_only=False)
    return FilterPreview(
        n_records=int(np.count_nonzero(inside)) + n_rejects,
        n_kept=int(np.count_nonzero(inside)) - gone.size,
        n_removed=gone.size,
        n_rejects=n_rejects,
        relations=_named(np.bincount(ties.relation, minlength=len(DROPPABLE))),
        publishers=_by_publisher(publishers[inside], publishers[gone], ties.relation),
        examples=_examples(result, gone, ties),
    )


class _Ties(NamedTuple):
    """What ties each of some documents to the kept one, a row of ``documents``; relations by place in ``DROPPABLE``."""

    kept: IntArray
    relation: IntArray
    jaccard: FloatArray


def _ties(result: Result, gone: IntArray) -> _Ties:
    """How documents are tied to those that stand for them: by the pair of the first documents with their texts."""
    documents, pairs = result.documents, result.pairs.filter(result.pairs.column("accepted"))
    ids = documents.column("doc_id").combine_chunks()
    codes = documents.column("text_digest").combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.unique(codes, return_index=True)[1][codes]
    kept = _rows_of(documents.column("canonical_id").take(pa.array(gone)), ids)
    ends = np.sort(np.stack([_rows_of(pairs.column(name), ids) for name in ("left_id", "right_id")]), axis=0)
    wanted = np.sort(np.stack([first[gone], first[kept]]), axis=0)
    pair_keys, keys = (low * len(ids) + high for low, high in (ends, wanted))
    order = np.argsort(pair_keys)
    relation, jaccard = np.zeros(gone.size, np.int64), np.ones(gone.size)  # of equal texts
    other = np.flatnonzero(first[gone] != first[kept])
    found = np.searchsorted(pair_keys, keys[other], sorter=order)
    at = order[np.minimum(found, max(order.size - 1, 0))] if order.size else np.zeros(0, np.int64)
    if at.size != other.size or (pair_keys[at] != keys[other]).any():
        raise InternalError(f"A document of {result.path} goes without a match with the one that is kept.")
    names = pairs.column("relation").combine_chunks()
    relation[other] = _rows_of(names, pa.array(DROPPABLE))[at]
    jaccard[other] = pairs.column("jaccard").to_numpy()[at]
    return _Ties(kept, relation, jaccard)


def _rows_of(values: Any, ids: Any) -> IntArray:
    """Where each value stands among the ids; every one does."""
    rows: IntArray = pc.index_in(values, value_set=ids).to_numpy(zero_copy_only=False).astype(np.int64)
    return rows


def _none() -> IntArray:
    return np.zeros(len(DROPPABLE), np.int64)


def _named(counts: IntArray) -> dict[str, int]:
    """Counts by relation, those that are not 0."""
    return {name: n for name, n in zip(DROPPABLE, counts.tolist(), strict=True) if n}


def _by_publisher(every: ObjectArray, gone: ObjectArray, relation: IntArray) -> list[Row]:
    """The publishers that lose documents, the greatest loss first, then by name."""
    n_documents, by_relation = Counter(every.tolist()), defaultdict[Any, IntArray](_none)
    for (name, kind), n in Counter(zip(gone.tolist(), relation.tolist(), strict=True)).items():
        by_relation[name][kind] = n
    rows = [
        {
            "publisher": name,
            "n_documents": n_documents[name],
            "n_removed": int(counts.sum()),
            "by_relation": _named(counts),
        }
        for name, counts in by_relation.items()
    ]
    return sorted(rows, key=lambda row: (-row["n_removed"], row["publisher"] or ""))


def choose(ties: _Ties, n: int = _EXAMPLES) -> IntArray:
    """Places of some documents that go, as examples; ``_RULE`` says which."""
    alike = np.argsort(ties.jaccard, kind="stable")
    of_kept = _nth(ties.relation * (ties.kept.max(initial=0) + 1) + ties.kept, alike)
    turn = _nth(ties.relation, np.lexsort((ties.jaccard, of_kept)))
    chosen: IntArray = np.lexsort((ties.relation, turn))[:n]
    return chosen


def _nth(group: IntArray, order: IntArray) -> IntArray:
    """Of each element how many of its group come before it in an order."""
    together = order[np.argsort(group[order], kind="stable")]
    begins = np.r_[True, np.diff(group[together]) != 0][: group.size]
    nth = np.empty(group.size, np.int64)
    nth[together] = np.arange(group.size) - np.maximum.accumulate(np.where(begins, np.arange(group.size), 0))
    return nth


def _examples(result: Result, gone: IntArray, ties: _Ties) -> list[Row]:
    """The examples, as plain values."""
    chosen = choose(ties)
    rows = np.unique(np.r_[gone[chosen], ties.kept[chosen]])
    found = dict(zip(rows.tolist(), result.documents.take(pa.array(rows)).to_pylist(), strict=True))
    try:
        texts = texts_of(result, list(found.values()), None)
    except TextUnavailableError:  # the kept one may stand in a source that is gone: what the tables hold is shown
        texts = {}
    sides = {row: _side(document, texts.get(document["doc_id"])) for row, document in found.items()}
    return [
        {
            "relation": DROPPABLE[ties.relation[place]],
            "jaccard": float(ties.jaccard[place]),
            "removed": sides[int(gone[place])],
            "kept": sides[int(ties.kept[place])],
        }
        for place in chosen.tolist()
    ]


def _side(document: Row, text: str | None) -> Row:
    facts = {name: document[name] for name in ("doc_id", "title", "publisher", "n_words")}
    published = None if document["published_at"] is None else date(document)
    return {**facts, "published": published, "begins": None if text is None else short(text, _WORDS)}


def _shown(role: str, side: Row) -> list[str]:
    """One document of an example, on two or three lines."""
    facts = [side["published"] or "undated", side["publisher"], counted(side["n_words"], "word")]
    lines = [f"     {role:<7}  {label(side['doc_id'])}  ({', '.join(short(fact) for fact in facts if fact)})"]
    lines += [f"              {short(side['title'])}"] if side["title"] else []
    return lines + ([f"              {side['begins']}"] if side["begins"] else [])
