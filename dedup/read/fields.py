"""Which column holds what: as configured, or guessed from the names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dedup.config import KEEP_POLICIES, Config
from dedup.errors import SourceError

GUESSES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "article", "story", "raw_content", "article_text", "fulltext", "full_text"),
    "id": ("id", "doc_id", "document_id", "docid", "uid", "uuid", "_id", "url", "link"),
    "time": (
        *("date", "published", "published_at", "timestamp", "time", "created_at", "date_published", "publish_date"),
        *("published_date", "publication_date", "pub_date", "pubdate", "datetime", "created", "date_publish"),
    ),
    "publisher": ("publisher", "source", "outlet", "site", "domain", "series", "publication", "source_domain"),
    "title": ("title", "headline", "heading"),
    "url": ("url", "link", "canonical_url", "source_url", "uri", "href", "permalink"),
}
_MOST_NAMES = 30  # names that a message lists


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns chosen from one set of columns; None where there is none.

    Attributes:
        keep: the column that ``--keep`` names, if it names one.
        columns: all columns that there were, in order.
        guessed: the roles whose column was guessed.
        asked: the configured columns that are there.
    """

    text: str | None
    id: str | None
    title: str | None
    time: str | None
    publisher: str | None
    url: str | None
    keep: str | None
    columns: tuple[str, ...]
    guessed: tuple[str, ...]
    asked: frozenset[str]

    def chosen(self) -> dict[str, str]:
        """Column by role, for the roles that have one."""
        values = {role: getattr(self, role) for role in (*GUESSES, "keep")}
        return {role: name for role, name in values.items() if name is not None}

    def used(self) -> list[str]:
        """The columns to read, each once, in the order of the input."""
        wanted = set(self.chosen().values())
        return [name for name in dict.fromkeys(self.columns) if name in wanted]


class Chooser:
    """Chooses columns, always the same for the same names."""

    def __init__(self, config: Config) -> None:
        self._asked = {role: getattr(config, f"{role}_field") for role in GUESSES}
        self.keep = None if config.keep in KEEP_POLICIES else config.keep
        self.choose = lru_cache(maxsize=256)(self._choose)  # bounded: hostile JSON may name new columns on every line

    def required(self) -> dict[str, str]:
        """The configured columns but that of the text, by role: a file without one is an error."""
        return {role: name for role, name in self._asked.items() if name is not None and role != "text"}

    def check(self, present: frozenset[str], columns: Sequence[str], path: str) -> None:
        """Insist that the configured columns were there.

        Args:
            present: the configured columns that were met in the file.
            columns: the names to list in the message.
            path: the file.

        Raises:
            SourceError: one was not (that of the text is a reject instead).
        """
        for role, name in self.required().items():
            if name not in present:
                raise SourceError(
                    f"{path} has no column {name!r} (--{role}-field). {listed(columns)}",
                    hint=f"Name a column that every source has, or leave out --{role}-field to have it guessed.",
                )

    def _choose(self, columns: tuple[str, ...]) -> Fields:
        folded: dict[str, str] = {}
        for name in columns:
            folded.setdefault(name.casefold(), name)
        chosen: dict[str, str | None] = {}
        for role, guesses in GUESSES.items():
            asked = self._asked[role]
            if asked is not None:
                chosen[role] = asked if asked in columns else None
            else:
                chosen[role] = next((folded[guess] for guess in guesses if guess in folded), None)
        return Fields(
            **chosen,
            keep=self.keep if self.keep in columns else None,
            columns=columns,
            guessed=tuple(role for role, name in chosen.items() if name is not None and self._asked[role] is None),
            asked=frozenset(name for name in self._asked.values() if name in columns),
        )


_TEXT_COLUMNS = ("id", "text", "title", "date", "url")
TEXT_FIELDS: Fields = Chooser(Config()).choose(_TEXT_COLUMNS)  # those of a text file, whatever is configured


def listed(columns: Sequence[str]) -> str:
    """A sentence that names the columns there are, for a message."""
    names = [name if len(name) <= 60 else name[:57] + "..." for name in columns[:_MOST_NAMES]]
    more = f" and {len(columns) - _MOST_NAMES} more" if len(columns) > _MOST_NAMES else ""
    return f"Its columns: {', '.join(names) or 'none'}{more}."
