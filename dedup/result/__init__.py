"""A finished run: its tables, and the questions that can be asked of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from dedup import store
from dedup.config import Config
from dedup.errors import OutputError
from dedup.later import later

if TYPE_CHECKING:
    from dedup.report import Report
    from dedup.result.explain import Explanation
    from dedup.result.filter import FilterReport
    from dedup.result.preview import FilterPreview

__all__ = ["Explanation", "FilterPreview", "FilterReport", "Result"]

# What answers a question loads when it is asked: a run ends with a result of which it may ask nothing.
__getattr__ = later(__name__, {"explain": ("Explanation",), "filter": ("FilterReport",), "preview": ("FilterPreview",)})


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
        from dedup.result.summary import summarise

        return summarise(self)

    def summary_text(self) -> str:
        """What the run found, in words: the numbers, the largest stories with their lineage, the files."""
        from dedup.result.summary import summary_text

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
        from dedup.result.explain import explain_document, explain_pair

        return explain_document(self, a) if b is None else explain_pair(self, a, b, source)

    def report(self, path: str | Path | None = None, *, source: Sequence[Any] | None = None) -> Report:
        """Write the report: one page that shows the run, and that opens offline.

        Args:
            path: the file; ``report.html`` in the run's folder if none is named.
            source: where the texts are now, if they have moved since the run. The page does without those that cannot
                be read again, and says so.

        Returns:
            The page, with what it shows and what it leaves out.

        Raises:
            OutputError: the file cannot be written there.
        """
        from dedup.report import render

        report = render(self, source=source)
        store.write_made(self.path / store.REPORT if path is None else Path(path), report.html, self.path, self.record)
        return report

    def lineage_svg(self, story_id: int) -> str:
        """The lineage of a story on an axis of time, as an SVG that stands by itself.

        Raises:
            UnknownDocumentError: the run has no such story.
        """
        from dedup.report import notebook

        return str(notebook.lineage_svg(self, story_id))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from dedup.report import notebook

        return str(notebook.html(self))

    def export(self, to: str, path: str | Path | None = None, *, stories: Sequence[int] = ()) -> str:
        """The run in a format of others.

        Args:
            to: ``prov`` (W3C PROV-JSON), ``graphml``, ``dot``, ``json`` (nodes and links) or ``card`` (a dataset card).
            path: a file to write it to, too.
            stories: numbers of the stories to export; everything, if none is named. A card has all.

        Returns:
            The text of the file.

        Raises:
            ConfigError: there is no such format.
            OutputError: the file cannot be written there.
            UnknownDocumentError: the run has no such story.
        """
        from dedup.export import export

        text = export(self, to, stories)
        if path is not None:
            store.write_made(Path(path), text, self.path, self.record)
        return text

    @overload
    def filter(self, sources: Any, out: str | Path, *, dry_run: Literal[False] = False) -> FilterReport:  # noqa: D418
        """Copy; see below."""

    @overload
    def filter(self, sources: Any, out: str | Path | None = None, *, dry_run: Literal[True]) -> FilterPreview:  # noqa: D418
        """Show; see below."""

    def filter(
        self, sources: Any, out: str | Path | None = None, *, dry_run: bool = False
    ) -> FilterReport | FilterPreview:
        """Copy the records that the run keeps, all else about them untouched; or show what would go.

        Args:
            sources: those of the run, in the same words.
            out: the folder to write; it must be empty or not exist.
            dry_run: write nothing, and tell how many documents would go, whose and why, with examples.

        Raises:
            OutputError: ``out`` is inside a source, or not empty, or none is named.
            SourceError: a source is missing, has changed since the run, or is not one that it has read.
        """
        from dedup.result.filter import check_sources, filter_sources

        named = list(sources) if isinstance(sources, list | tuple) else [sources]
        if dry_run:
            from dedup.result.preview import preview

            return preview(self, check_sources(self, named))
        if out is None:
            raise OutputError("No folder was named for the records that are kept.", hint="Name one, or use dry_run.")
        return filter_sources(self, named, Path(out))
