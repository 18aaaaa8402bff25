"""The texts of a corpus: held while they are few, else read again; and brought together as the pairs need them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.unionfind import components

IntArray = npt.NDArray[np.int64]
Batches = Iterator[tuple[IntArray, pa.LargeStringArray]]

_SCHEMA = pa.schema([("doc", pa.int64()), ("text", pa.large_string())])
_OPTIONS = pa.ipc.IpcWriteOptions(compression="zstd")


class HeldTexts:
    """The texts of all documents: in memory as long as they take no more than ``limit`` bytes, else read again.

    Args:
        limit: bytes held in memory.
        again: yields the texts of some documents, given ascending, from where they came from.
    """

    def __init__(self, limit: int, again: Callable[[IntArray], Batches]) -> None:
        self._limit, self._again = limit, again
        self._held: list[pa.LargeStringArray] | None = []
        self._begins = [0]
        self._bytes = 0

    @property
    def held(self) -> bool:
        """Whether the texts are in memory."""
        return self._held is not None

    def add(self, texts: pa.LargeStringArray) -> None:
        """Add the texts of the next documents."""
        if self._held is None:
            return
        self._bytes += _n_bytes(texts)
        if self._bytes > self._limit:
            self._held = None
            return
        self._held.append(texts)
        self._begins.append(self._begins[-1] + len(texts))

    def read(self, docs: IntArray) -> Batches:
        """Yield the texts of some documents, given ascending, in batches."""
        if self._held is None:
            yield from self._again(docs)
            return
        cuts = np.searchsorted(docs, np.array(self._begins, np.int64))
        for texts, first, begin, end in zip(self._held, self._begins, cuts, cuts[1:], strict=False):
            if begin < end:
                yield docs[begin:end], texts.take(pa.array(docs[begin:end] - first))


def _n_bytes(texts: pa.LargeStringArray) -> int:
    offsets = np.frombuffer(texts.buffers()[1], np.int64, len(texts) + 1, 8 * texts.offset)
    return int(offsets[-1] - offsets[0])


class Block(NamedTuple):
    """Pairs whose documents are brought together.

    Attributes:
        rows: of the pairs.
        sets: the one or two sets that hold their documents.
        small: whether that is one small set, so that one thread may do all of it.
    """

    rows: IntArray
    sets: tuple[int, ...]
    small: bool


class Blocks(NamedTuple):
    """Documents divided into sets, and pairs by the sets that they need.

    Attributes:
        docs: the documents that pairs name, ascending.
        of_doc: number of the set of each.
        blocks: ordered so that a set needed twice is needed again soon.
    """

    docs: IntArray
    of_doc: IntArray
    blocks: list[Block]


def blocks(left: IntArray, right: IntArray, sizes: npt.NDArray[np.int32], small: int, large: int) -> Blocks:
    """Divide documents into sets of about ``small`` characters such that nearly all pairs need only one.

    Documents that pairs tie together come into one set. A component that is larger than ``small`` has sets of its own,
    of about ``large`` characters.

    Args:
        left, right: documents of each pair.
        sizes: characters of every document of the corpus.
    """
    docs, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    left, right = places[: len(left)], places[len(left) :]
    _, component = np.unique(components(len(docs), left, right), return_inverse=True)
    size = np.bincount(component, weights=sizes[docs]).astype(np.int64)
    giant = size > small
    shared = np.cumsum(np.where(giant, 0, size)) // max(small, 1)
    n_shared = int(shared[-1]) + 1 if len(shared) else 0
    own = np.where(giant, size // max(large, 1) + 1, 0)  # sets of its own that a giant component has
    first = np.where(giant, n_shared + np.cumsum(own) - own, shared)
    order = np.argsort(component, kind="stable")
    before = np.cumsum(sizes[docs[order]]) - sizes[docs[order]] - (np.cumsum(size) - size)[component[order]]
    of_doc = np.empty(len(docs), np.int64)
    of_doc[order] = first[component[order]] + np.where(giant[component[order]], before // max(large, 1), 0)
    one, other = np.minimum(of_doc[left], of_doc[right]), np.maximum(of_doc[left], of_doc[right])
    rows = np.lexsort((other, one)).astype(np.int64)
    changes = np.flatnonzero((np.diff(one[rows]) != 0) | (np.diff(other[rows]) != 0)) + 1
    made = []
    for cut in np.split(rows, changes) if len(rows) else []:
        sets = tuple(sorted({int(one[cut[0]]), int(other[cut[0]])}))
        made.append(Block(np.sort(cut), sets, sets[-1] < n_shared))
    return Blocks(docs, of_doc, made)


class Sets:
    """The texts of sets of documents, each set readable by itself.

    Args:
        read: yields the texts of documents, as ``HeldTexts.read`` does.
        found: the sets.
        scratch: gives a folder for one file per set, if there are more than one.
        held: whether the texts are in memory, so that no files are needed.
    """

    def __init__(
        self, read: Callable[[IntArray], Batches], found: Blocks, scratch: Callable[[], Path], *, held: bool
    ) -> None:
        self._read, self._docs, self._of_doc = read, found.docs, found.of_doc
        self._paths: list[Path] = []
        n_sets = 1 + int(found.of_doc.max(initial=0))
        if n_sets > 1 and not held:
            self._paths = [scratch() / f"dedup-texts-{number}.arrow" for number in range(n_sets)]
            self._divide()

    def texts(self, number: int) -> Batches:
        """Yield the documents of a set and their texts."""
        if not self._paths:
            yield from self._read(self._docs[self._of_doc == number])
            return
        with pa.OSFile(str(self._paths[number])) as file:
            while file.tell() < file.size():
                for batch in pa.ipc.open_stream(file):
                    yield batch.column(0).to_numpy(), batch.column(1)

    def clear(self) -> None:
        """Remove the files."""
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _divide(self) -> None:
        """Read the texts once, in order, and deal them to the files of their sets.

        Each piece is a stream of its own at the end of its file: there may be more sets than files can be open.
        """
        for docs, texts in self._read(self._docs):
            sets = self._of_doc[np.searchsorted(self._docs, docs)]
            for number in np.unique(sets).tolist():
                rows = np.flatnonzero(sets == number)
                columns = [pa.array(docs[rows]), texts.take(pa.array(rows))]
                with open(self._paths[number], "ab") as file, pa.ipc.new_stream(file, _SCHEMA, options=_OPTIONS) as out:
                    out.write_batch(pa.RecordBatch.from_arrays(columns, schema=_SCHEMA))
