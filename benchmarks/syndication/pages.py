"""What is printed: paragraphs, each of which knows where it was born."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Paragraph(NamedTuple):
    """A paragraph.

    Attributes:
        key: the paragraph of an original from which it comes, however changed; empty if it is a line of a house.
        house: whose line it is.
    """

    text: str
    key: str
    house: str = ""


@dataclass(frozen=True)
class Page:
    """A document as it is printed.

    Attributes:
        dateline: stands before the first paragraph that is no line of a house; may be empty.
        guide: number of the style guide to which it was brought last.
        errors: the typing errors that stand in it: the wrong word and the right one.
    """

    title: str
    paragraphs: tuple[Paragraph, ...]
    dateline: str = ""
    guide: int = -1
    errors: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The whole, paragraphs parted by an empty line."""
        first = next((at for at, part in enumerate(self.paragraphs) if part.key), -1)
        lines = [self.dateline * (at == first) + part.text for at, part in enumerate(self.paragraphs)]
        return "\n\n".join(lines)

    @property
    def story(self) -> list[Paragraph]:
        """The paragraphs that are no lines of a house."""
        return [part for part in self.paragraphs if part.key]

    @property
    def n_words(self) -> int:
        """Words of the story."""
        return sum(len(part.text.split()) for part in self.story)

    def with_story(self, story: list[Paragraph]) -> Page:
        """The page with other paragraphs; lines of houses above the story stay above, the others go below it."""
        keys = [bool(part.key) for part in self.paragraphs]
        first = keys.index(True) if True in keys else 0
        above = [part for part in self.paragraphs[:first] if not part.key]
        below = [part for part in self.paragraphs[first:] if not part.key]
        return replace(self, paragraphs=(*above, *story, *below))

    def rewritten(self, change: Callable[[str], str]) -> Page:
        """The page with each paragraph of the story changed; one of which nothing is left goes."""
        parts = (part._replace(text=change(part.text)) if part.key else part for part in self.paragraphs)
        return replace(self, paragraphs=tuple(part for part in parts if part.text.strip()))
