"""Cues: the sources and addresses that a text names, as evidence of where it comes from.

A cue is lower-cased: a host ("themoscowtimes.com"), an address without its scheme, or a name that an attribution phrase
points at ("reuters", "the independent").
"""

from __future__ import annotations

import re

MAX_CUES = 32

_NAME = r"(?:[Tt]he )?[A-Z][\w&'’-]{1,40}(?: [A-Z][\w&'’-]{1,40}){0,3}"
_ADDRESS = re.compile(r"https?://([^\s<>\"')\]}|\\^`]{1,300})")
_NAMED = (
    re.compile(
        rf"(?:[Aa]ccording to|[Vv]ia|[Pp]er|[Rr]eported by|[Ff]irst (?:appeared|published) (?:on|in|by|at)) ({_NAME})"
    ),
    re.compile(rf"[Oo]riginally (?:appeared|published) (?:on|in|by|at) ({_NAME})"),
    re.compile(rf"({_NAME}) (?:reported|has reported|reports|had quoted|quoted|cited)\b"),
    # A wire in brackets after the place of a dateline: "MOSCOW (Reuters) -".
    re.compile(r"\(([A-Z][A-Za-z]{1,20}(?: [A-Z][A-Za-z]{1,20})?)\) *[-–—]"),
)
# A cheap test that spares most texts the patterns above.
_HINTS = re.compile(r"://|ccording to|[Vv]ia |[Pp]er [A-Z]|report|appeared|ublished|quoted|cited|\) *[-–—]")


def cues(text: str) -> list[str]:
    """Cues of one text, ascending, at most 32.

    >>> cues('The BBC reported it first. See https://www.example.org/a/?b=1 for more.')
    ['example.org', 'example.org/a', 'the bbc']
    """
    if not _HINTS.search(text):
        return []
    found: set[str] = set()
    for address in _ADDRESS.findall(text):
        found |= {host(address), plain_address(address)}
    for pattern in _NAMED:
        found |= {name.lower() for name in pattern.findall(text)}
    return sorted(found)[:MAX_CUES]


def plain_address(address: str) -> str:
    """An address without scheme, "www.", query, fragment and final slash, lower-cased."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.strip().lower())
    return bare.split("?")[0].split("#")[0].removeprefix("www.").rstrip("/.,;:")


def host(address: str) -> str:
    """The host of an address, without port and "www."."""
    return plain_address(address).split("/")[0].split(":")[0]
