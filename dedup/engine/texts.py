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

    def add(self, texts: pa.LargeStringArray) -> None:
        """Add the texts of the next documents."""
        if self._held is None:
            return
        self._bytes += texts.nbytes
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


class Block(NamedTuple):
    """Pairs whose documents are brought together: rows of the pairs, and one or two sets of documents."""

    rows: IntArray
    sides: tuple[int, ...]


def blocks(
    left: IntArray, right: IntArray, sizes: npt.NDArray[np.int32], limit: int
) -> tuple[IntArray, npt.NDArray[np.int32], list[Block]]:
    """Divide documents into sets of about ``limit`` characters, and pairs by the sets that they need.

    Documents that pairs tie together come into one set, as long as they fit; so nearly all pairs need only one.

    Args:
        left, right: documents of each pair.
        sizes: characters of every document of the corpus.

    Returns:
        The documents that pairs name, ascending; the set of each; the pairs by set, ordered so that a set needed twice
        is needed again soon.
    """
    docs, places = np.unique(np.concatenate([left, right]), return_inverse=True)
    left, right = places[: len(left)], places[len(left) :]
    of_doc = np.zeros(len(docs), np.int32)
    if sizes[docs].sum() > limit:
        order = np.argsort(components(len(docs), left, right), kind="stable")
        of_doc[order] = np.cumsum(sizes[docs[order]]) // limit
    first, second = np.minimum(of_doc[left], of_doc[right]), np.maximum(of_doc[left], of_doc[right])
    rows = np.lexsort((second, first)).astype(np.int64)
    changes = np.flatnonzero((np.diff(first[rows]) != 0) | (np.diff(second[rows]) != 0)) + 1
    cuts = [cut for cut in np.split(rows, changes) if len(cut)]
    made = [Block(np.sort(cut), tuple(sorted({int(first[cut[0]]), int(second[cut[0]])}))) for cut in cuts]
    return docs, of_doc, made


class Sets:
    """The texts of sets of documents, each set readable by itself; a context manager.

    Args:
        read: yields the texts of documents, as ``HeldTexts.read`` does.
        docs: the documents, ascending.
        of_doc: set of each.
        scratch: gives a folder for one file per set, if there are more than one.
    """

    def __init__(
        self,
        read: Callable[[IntArray], Batches],
        docs: IntArray,
        of_doc: npt.NDArray[np.int32],
        scratch: Callable[[], Path],
    ) -> None:
        self._read, self._docs = read, docs
        self._paths: list[Path] = []
        n_sets = 1 + int(of_doc.max(initial=0))
        if n_sets > 1:
            self._paths = [scratch() / f"dedup-texts-{number}.arrow" for number in range(n_sets)]
            self._divide(of_doc)

    def texts(self, number: int) -> Batches:
        """Yield the documents of a set and their texts."""
        if not self._paths:
            yield from self._read(self._docs)
            return
        with pa.OSFile(str(self._paths[number])) as file:
            while file.tell() < file.size():
                for batch in pa.ipc.open_stream(file):
                    yield batch.column(0).to_numpy(), batch.column(1)

    def clear(self) -> None:
        """Remove the files."""
        for path in self._paths:
            path.unlink(missing_ok=True)

    def _divide(self, of_doc: npt.NDArray[np.int32]) -> None:
        """Read the texts once, in order, and deal them to the files of their sets.

        Each piece is a stream of its own at the end of its file: there may be more sets than files can be open.
        """
        for docs, texts in self._read(self._docs):
            sets = of_doc[np.searchsorted(self._docs, docs)]
            for number in np.unique(sets).tolist():
                rows = np.flatnonzero(sets == number)
                columns = [pa.array(docs[rows]), texts.take(pa.array(rows))]
                with open(self._paths[number], "ab") as file, pa.ipc.new_stream(file, _SCHEMA, options=_OPTIONS) as out:
                    out.write_batch(pa.RecordBatch.from_arrays(columns, schema=_SCHEMA))
