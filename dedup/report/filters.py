"""How the templates write numbers, shares, dates and words from outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from dedup.report.safe import bounded, visible
from dedup.report.views import Node, StoryLine
from dedup.result.summary import counted

NOTHING = "–"
_DATES = {
    "year": "%Y",
    "month": "%b %Y",
    "day": "%-d %b %Y",
    "minute": "%-d %b %Y %H:%M",
    "second": "%-d %b %Y %H:%M:%S",
}


def number(value: float | None) -> str:
    """A count.

    >>> number(12345), number(None)
    ('12,345', '–')
    """
    return NOTHING if value is None else f"{value:,}"


def percent(share: float | None) -> str:
    """A share; neither all nor nothing unless it is.

    >>> percent(0.5), percent(0.999), percent(0.001), percent(1.0), percent(None)
    ('50%', '> 99%', '< 1%', '100%', '–')
    """
    if share is None:
        return NOTHING
    if 0.0 < share < 0.01:
        return "< 1%"
    return "> 99%" if 0.99 < share < 1.0 else f"{share:.0%}"


def score(value: float | None) -> str:
    """A probability or a resemblance.

    >>> score(0.987), score(None)
    ('0.99', '–')
    """
    return NOTHING if value is None else f"{value:.2f}"


def day(moment: dt.datetime | None) -> str:
    """The day of a moment."""
    return NOTHING if moment is None else moment.strftime(_DATES["day"])


def date(node: Node) -> str:
    """When a document was published, as precisely as that is known."""
    return _moment(node.published_at, node.precision)


def _moment(moment: dt.datetime | None, precision: str | None) -> str:
    return "undated" if moment is None else moment.strftime(_DATES.get(precision or "second", _DATES["second"]))


def line(text: str | None, most: int = 120) -> str:
    """Words from outside on one line, of bounded length, with nothing hidden in them."""
    return visible(bounded(text or "", most))


def facts(story: StoryLine) -> str:
    """A story in numbers."""
    parts = [counted(story.n_documents, "document"), counted(story.n_texts, "distinct text")]
    parts += [counted(story.n_publishers, "publisher")] if story.n_publishers else []
    parts += [counted(story.n_unseen, "unseen source")] if story.n_unseen else []
    parts += [counted(story.n_spun, "spun text")] if story.n_spun else []
    if story.first is not None:
        parts.append(
            day(story.first) if day(story.first) == day(story.last) else f"{day(story.first)} – {day(story.last)}"
        )
    return " · ".join(parts)


FILTERS: dict[str, Callable[..., Any]] = {
    "visible": visible,
    "line": line,
    "num": number,
    "counted": counted,
    "percent": percent,
    "score": score,
    "day": day,
    "date": date,
    "facts": facts,
}
