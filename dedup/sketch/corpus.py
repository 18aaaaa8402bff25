"""All documents of a run after one pass over them: a few numbers of each; the rest is where the engine keeps it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, Dealt, Engine, IntArray, Texts
from dedup.sketch import Sketches
from dedup.spool import Packed, Spool

_Columns = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], U64]  # n_chars, n_words, digests


class Ready(NamedTuple):
    """Some documents, ready to be added to a corpus: packed entries, dealt keys, and the numbers that stay."""

    entries: Packed
    surface: Dealt
    features: Dealt
    columns: _Columns


class Corpus:
    """What the pass over the documents leaves behind: 24 bytes of memory a document, and what the engine holds.

    Args:
        engine: holds the piles of keys.
        entries: takes ``schema.ENTRIES`` of every document.
        texts: gives the texts again.

    Attributes:
        surface: pile of band keys; a value is a document, and above it half of its next band key.
        features: pile of the keys of ``FEATURES``; a value is a document, and above it the place of its channel.
        n_chars: length of each text, ``int32[documents]``.
        n_words: words of each text, ``int32[documents]``.
        digests: xxh3-128 of each normalised text, ``uint64[documents, 2]``.
    """

    def __init__(self, engine: Engine, entries: Spool, texts: Texts) -> None:
        self.entries, self.texts = entries, texts
        self.surface, self.features = engine.pile("surface"), engine.pile("features")
        self.n_chars, self.n_words = np.zeros(0, np.int32), np.zeros(0, np.int32)
        self.digests = np.zeros((0, 2), np.uint64)
        self._columns: list[_Columns] = []

    def __len__(self) -> int:
        return len(self.n_chars)

    def ready(self, records: pa.RecordBatch, made: Sketches) -> Ready:
        """Make documents ready to be added, given their records without texts, and their sketches; in any thread."""
        numbers = [made.table.column(name).to_numpy().astype(np.int32) for name in ("n_chars", "n_words")]
        return Ready(
            self.entries.pack([*records.columns, *made.table.columns[1:]]),
            self.surface.deal(*made.surface),
            self.features.deal(*made.features),
            (numbers[0], numbers[1], made.digests),
        )

    def add(self, ready: Ready) -> None:
        """Add the next documents."""
        self.entries.append(ready.entries)
        self.surface.add(ready.surface)
        self.features.add(ready.features)
        self._columns.append(ready.columns)

    def close(self) -> None:
        """All documents have been added."""
        self.entries.close()
        if self._columns:
            self.n_chars, self.n_words, self.digests = map(np.concatenate, zip(*self._columns, strict=True))
        self._columns = []

    def least(self, which: npt.NDArray[np.bool_], n: int) -> IntArray:
        """The ``n`` documents of least digest: as good as random, and the same in whatever order the texts come."""
        docs = np.flatnonzero(which)
        high = self.digests[docs, 0]
        if len(docs) > n:
            docs = docs[high <= np.partition(high, n - 1)[n - 1]]
        order = np.lexsort((self.digests[docs, 1], self.digests[docs, 0]))[:n]
        return np.sort(docs[order])

    def shingled(self, config: Config) -> npt.NDArray[np.bool_]:
        """Which texts are long enough to have shingles."""
        return self.n_words >= config.shingle_size
