"""A finished run: its tables, and the questions that can be asked of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from dedup import store
from dedup.config import Config
from dedup.result.explain import Explanation, explain_document, explain_pair
from dedup.result.filter import FilterReport, filter_sources
from dedup.result.summary import summarise, summary_text

__all__ = ["Explanation", "FilterReport", "Result"]


class Result:
    """A finished run in a folder; its tables are read when they are first asked for, and never change.

    Args:
        path: the folder.
        record: its run record, as ``run.json`` holds it.
    """

    def __init__(self, path: Path, record: dict[str, Any]) -> None:
        self.path = path
        self.record = record
        self.config = Config.from_mapping(record["parameters"])

    @classmethod
    def open(cls, path: str | Path) -> Result:
        """Open the run in a folder.

        Raises:
            OutputError: the folder holds no finished run, or one of another schema version.
        """
        return cls(Path(path), store.read_record(Path(path)))

    def __repr__(self) -> str:
        return f"Result({str(self.path)!r})"

    @functools.cached_property
    def documents(self) -> pa.Table:
        """One row per document, in the order of the input."""
        return store.read_table(self.path, "documents")

    @functools.cached_property
    def pairs(self) -> pa.Table:
        """One row per verified pair, accepted or not."""
        return store.read_table(self.path, "pairs")

    @functools.cached_property
    def passages(self) -> pa.Table:
        """The aligned passages of the pairs."""
        return store.read_table(self.path, "passages")

    @functools.cached_property
    def lineage(self) -> pa.Table:
        """The likely derivations, child by child."""
        return store.read_table(self.path, "lineage")

    @functools.cached_property
    def unseen(self) -> pa.Table:
        """The sources that are not in the pile, as far as the texts made of them prove them."""
        return store.read_table(self.path, "unseen")

    @functools.cached_property
    def clusters(self) -> pa.Table:
        """One row per cluster of copies."""
        return store.read_table(self.path, "clusters")

    @functools.cached_property
    def stories(self) -> pa.Table:
        """One row per story of related documents."""
        return store.read_table(self.path, "stories")

    @functools.cached_property
    def substitutions(self) -> pa.Table:
        """Words that replace each other in at least two independent stories."""
        return store.read_table(self.path, "substitutions")

    @functools.cached_property
    def rejects(self) -> pa.Table:
        """One row per record that could not be used."""
        return store.read_table(self.path, "rejects")

    def summary(self) -> dict[str, Any]:
        """What the run found, in numbers, as plain values."""
        return summarise(self)

    def summary_text(self) -> str:
        """What the run found, in words: the numbers, the largest stories with their lineage, the files."""
        return summary_text(self)

    def explain(self, a: str, b: str | None = None, *, source: Sequence[Any] | None = None) -> Explanation:
        """Explain a document, or what ties two of them.

        Args:
            a, b: ids of documents; ``b`` may be left out.
            source: where the texts are now, if they have moved since the run.

        Raises:
            UnknownDocumentError: the run holds no such document, or never compared the two.
            TextUnavailableError: a text cannot be read again, or has changed.
        """
        return explain_document(self, a) if b is None else explain_pair(self, a, b, source)

    def filter(self, sources: Any, out: str | Path) -> FilterReport:
        """Copy the records that the run keeps, all else about them untouched.

        Args:
            sources: those of the run, in the same words.
            out: the folder to write; it must be empty or not exist.

        Raises:
            OutputError: ``out`` is inside a source, or not empty.
            SourceError: a source is missing, has changed since the run, or is not one that it has read.
        """
        return filter_sources(self, list(sources) if isinstance(sources, list | tuple) else [sources], Path(out))
