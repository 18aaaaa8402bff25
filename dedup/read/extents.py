"""Which row of which file each document came from: as few numbers as there are gaps in the input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.read.rows import Numbers

_LEAST = 64


class Extents:
    """A map from documents to files and rows.

    Documents are numbered in the order of the input, so that consecutive rows of one file are consecutive documents
    until a row is lost. Each such extent costs 24 bytes (and up to twice as much while the arrays grow): its file, its
    first row and its first document.
    """

    def __init__(self) -> None:
        self._starts = np.zeros((3, _LEAST), np.int64)
        self._n = 0
        self._n_documents = 0
        self._next = (-1, -1)  # file and row that would extend the last extent

    def __len__(self) -> int:
        return self._n

    def add(self, files: Numbers, rows: Numbers) -> None:
        """Add the next documents.

        Args:
            files: the file that each is in.
            rows: its row there.
        """
        if not len(rows):
            return
        follows = np.empty(len(rows), np.bool_)
        follows[0] = (files[0], rows[0]) == self._next
        follows[1:] = (files[1:] == files[:-1]) & (rows[1:] == rows[:-1] + 1)
        new = np.flatnonzero(~follows)
        end = self._n + len(new)
        if end > self._starts.shape[1]:
            larger = np.zeros((3, max(end, 2 * self._starts.shape[1])), np.int64)
            larger[:, : self._n] = self._starts[:, : self._n]
            self._starts = larger
        self._starts[:, self._n : end] = files[new], rows[new], self._n_documents + new
        self._n = end
        self._n_documents += len(rows)
        self._next = (int(files[-1]), int(rows[-1]) + 1)

    def by_file(self, docs: Numbers) -> Iterator[tuple[int, Numbers, Numbers]]:
        """Yield file, documents and their rows, file by file.

        Args:
            docs: documents, ascending.

        Raises:
            IndexError: there is no such document.
        """
        if len(docs) and not 0 <= docs[0] <= docs[-1] < self._n_documents:
            raise IndexError(f"Documents {docs[0]} to {docs[-1]} of {self._n_documents}.")
        files, rows, firsts = self._starts[:, : self._n]
        bounds = np.flatnonzero(np.diff(files)) + 1  # extents with which another file begins
        cuts = np.searchsorted(docs, firsts[bounds])
        for part in np.split(docs, cuts[(cuts > 0) & (cuts < len(docs))]):
            if len(part):
                extent = np.searchsorted(firsts, part, "right") - 1
                yield int(files[extent[0]]), part, rows[extent] + part - firsts[extent]
