"""Where in the page a document or a pair is shown, if it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses within the page.

    Attributes:
        keys: of documents by id, such as ``d12``; whoever has none is named, but never linked.
        documents: keys of the documents that have a section of their own.
        pairs: keys of the pairs that have one, such as ``d3-d12``.
        stories: numbers of the stories that have one.
    """

    keys: Mapping[str, str]
    documents: Collection[str]
    pairs: Collection[str]
    stories: Collection[int] = ()

    def key(self, doc_id: str) -> str:
        """The key of a document that has one."""
        return self.keys[doc_id]

    def document(self, doc_id: str | None) -> str | None:
        """Address of a document's section; None where it has none."""
        key = self.keys.get(doc_id) if doc_id is not None else None
        return f"#doc-{key}" if key in self.documents else None

    def pair(self, a: str, b: str) -> str | None:
        """Address of the section of two documents, in whatever order; None where it has none."""
        one, other = self.keys.get(a), self.keys.get(b)
        found = next((key for key in (f"{one}-{other}", f"{other}-{one}") if key in self.pairs), None)
        return None if found is None else f"#pair-{found}"

    def story(self, story_id: int | None) -> str | None:
        """Address of a story's section; None where it has none."""
        return f"#story-{story_id}" if story_id in self.stories else None
