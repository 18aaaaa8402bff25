"""Who published a text and whom a text names, brought to a common spelling so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from dedup.lineage.views import Members

Names = frozenset[str]
Published = dict[int, Names]

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})  # as in bbc.co.uk


def published_as(members: Members, place: int) -> Names:
    """The spellings under which other texts may name the publisher or the address of a document."""
    return spellings(members.publisher[place]) | spellings(members.url[place])


def by_text(members: Members) -> Published:
    """For each text, by the place of its first document: the spellings of all its publishers and addresses."""
    found: Published = {}
    for place, text in enumerate(members.text.tolist()):
        found[text] = found.get(text, frozenset()) | published_as(members, place)
    return found


def named_in(cues: Iterable[str]) -> Names:
    """The spellings of all sources and addresses that a text names."""
    return frozenset().union(*(spellings(cue) for cue in cues))


@lru_cache(maxsize=65536)
def spellings(name: str | None) -> Names:
    """Spellings of a publisher, a host or an address, by which equal ones meet.

    >>> sorted(spellings("The Moscow Times") & spellings("https://www.themoscowtimes.com/2022/02/25/putin"))
    ['themoscowtimes']
    """
    text = (name or "").strip().lower()
    if "." not in text or len(text.split()) > 1:
        return frozenset(filter(None, (_squeezed(text), _squeezed(text.removeprefix("the ")))))
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # a malformed address, such as an unclosed "[": it names nobody
        return frozenset()
    page = f"{host}{parts.path.rstrip('/')}"
    return frozenset(filter(None, (host, _site(host), page if page != host else "")))


def _squeezed(name: str) -> str:
    return "".join(letter for letter in name if letter.isalnum())


def _site(host: str) -> str:
    """The part of a host that bears the name: ``bbc`` of ``news.bbc.co.uk``."""
    labels = host.split(".")
    if len(labels) < 2:
        return ""
    at = -3 if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else -2
    return _squeezed(labels[at])
