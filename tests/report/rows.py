"""Rows of the tables, as small as they can be, and a reader of what a section shows."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser
from typing import Any

from dedup.report.links import Links
from dedup.report.page import environment

Row = dict[str, Any]

LINKS = Links({"a": "d0", "b": "d1"}, {"d0"}, {"d0-d1"}, {1})
HOSTILE = "</div><script>alert(1)</script><img src=x onerror=alert(1)>--></style>\u202e\x1b ' \" ` {{ 7*7 }} "


def document(doc_id: str, text: str, **known: Any) -> Row:
    """A row of ``documents``."""
    row = {"doc_id": doc_id, "title": None, "publisher": None, "published_at": dt.datetime(2022, 2, 26), "url": None}
    row |= {"published_precision": "day", "n_words": len(text.split()), "n_chars": len(text), "story_id": 1}
    row |= {"source_path": "in.jsonl", "source_row": 0, "kept": True, "kept_reason": "no copy", "canonical_id": doc_id}
    row |= {"cluster_id": None, "originality": 0.5, "n_copies": 0, "spin_score": None, "spin_reason": "too short"}
    return row | {"spin_evidence": []} | known


def pair(**known: Any) -> Row:
    """A row of ``pairs``."""
    names = ["jaccard", "containment_left", "containment_right", "aligned_left", "aligned_right", "substitution_rate"]
    row = dict.fromkeys([*names, "quote_edit_rate", "spin_score"], 0.5) | {"left_id": "a", "right_id": "b"}
    return row | {"relation": "partial", "accepted": True, "channels": ["passage"], "n_passages": 1} | known


def edge(evidence: list[Row], **known: Any) -> Row:
    """A row of ``lineage``."""
    row = {"child_id": "a", "parent_id": "b", "parent_kind": "document", "unseen_id": None, "parent_label": None}
    row |= {"rank": 1, "relation": "partial", "confidence": 0.8, "direction_text": 0.6, "direction_all": 0.7}
    return row | {"child_coverage": 0.5, "parent_coverage": 0.5, "evidence": evidence} | known


def evidence(
    weight: float,
    child: tuple[int | None, int | None] = (None, None),
    parent: tuple[int | None, int | None] = (None, None),
) -> Row:
    """A kind of evidence."""
    places = {"child_begin": child[0], "child_end": child[1], "parent_begin": parent[0], "parent_end": parent[1]}
    return {"kind": "growth", "log_odds": weight, "detail": "<b>seen</b>"} | places


def passage(left: tuple[int, int], right: tuple[int, int], kind: str = "edited") -> Row:
    """A row of ``passages``."""
    row = {"left_id": "a", "right_id": "b", "left_begin": left[0], "left_end": left[1]}
    return row | {"right_begin": right[0], "right_end": right[1], "kind": kind}


def unspaced(text: str) -> str:
    """The text with one empty line at a time, and none at either end."""
    if "\n" not in text:
        return text
    kept: list[str] = []
    for line in text.split("\n"):
        blank = not line.strip(" \t\r")
        if not blank or (kept and kept[-1].strip(" \t\r")):
            kept.append(line)
        elif kept:
            kept[-1] = line
    return "\n".join(kept if kept and kept[-1].strip(" \t\r") else kept[:-1])


class Shown(HTMLParser):
    """What a section shows.

    Attributes:
        texts: what stands in its texts, without what the page adds to them.
        tags: all that begin, with their attributes.
        ids: of its places; ``targets``, what it leads to.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self._path: list[tuple[str, list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go down."""
        named = dict(attrs)
        classes = (named.get("class") or "").split()
        self.tags.append((tag, named))
        self.ids += [named["id"] or ""] if "id" in named else []
        href = named.get("href") or ""
        self.targets += [href[1:]] if href.startswith("#") else []
        if tag not in ("rect", "path", "br", "img", "input"):
            self._path.append((tag, classes))
        if tag == "div" and "text" in classes:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        """Go up."""
        if self._path and self._path[-1][0] == tag:
            self._path.pop()

    def handle_data(self, data: str) -> None:
        """Gather what belongs to a text."""
        classes = {name for _, names in self._path for name in names}
        added = {"pn", "ref", "cut", "likely"} & classes or any(tag == "summary" for tag, _ in self._path)
        if "text" in classes and not added:
            self.texts[-1] += data

    @property
    def safe(self) -> bool:
        """Whether there is nothing in it that a browser would run or fetch."""
        handlers = [
            name for _, named in self.tags for name in named if name.startswith("on") or name in ("style", "src")
        ]
        return not handlers and not {tag for tag, _ in self.tags} & {"script", "style", "img", "iframe", "object"}


def written(name: str, **context: Any) -> Shown:
    """What a template shows."""
    return Shown(environment().get_template(name).render(**context))
