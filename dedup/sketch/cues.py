"""Cues: the sources and addresses that a text names, as evidence of where it comes from.

A cue is lower-cased: a host ("themoscowtimes.com"), an address without its scheme, or a name that an attribution phrase
points at ("reuters", "the independent").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_CUES = 32

_NAME = r"(?:[Tt]he )?[A-Z][\w&'’-]{1,40}(?: [A-Z][\w&'’-]{1,40}){0,3}"
_FORWARD = re.compile(_NAME)
_BACKWARD = re.compile(rf"(?<![\w&'’-])({_NAME})$")
_NAME_CHARS = 180  # no name is longer
_ADDRESS = re.compile(r"https?://([^\s<>\"')\]}|\\^`]{1,300})")
# A wire in brackets after the place of a dateline: "MOSCOW (Reuters) -".
_WIRE = re.compile(r"\(([A-Z][A-Za-z]{1,20}(?: [A-Z][A-Za-z]{1,20})?)\) *[-–—]")

# Phrases that a name follows, and that follow a name. They are looked for as plain strings, which costs next to
# nothing; patterns look only around them.
_NAME_FOLLOWS = (
    *("according to ", "According to ", "reported by ", "Reported by ", "via ", "Via ", "per ", "Per "),
    *(f"{verb} {word} " for verb in ("appeared", "published") for word in ("on", "in", "by", "at")),
)
_FOLLOWS_NAME = (" reported", " reports", " has reported", " had quoted", " quoted", " cited")

# Where this is not found, there is no cue. It is in the language of RE2, with which Arrow passes over all texts at
# once, and finds more than the patterns above, for its "\w" knows no letters but ASCII's.
_BEFORE, _AFTER = ("|".join(map(re.escape, phrases)) for phrases in (_NAME_FOLLOWS, _FOLLOWS_NAME))
ANY_CUE = rf"://|\) [-–—]|(?:^|\PL)(?:{_BEFORE})(?:[Tt]he )?[A-Z]|[A-Z]\S+(?:{_AFTER})"


def cues(text: str) -> list[str]:
    """Cues of one text, ascending, at most 32.

    >>> cues('The BBC reported it first. See https://www.example.org/a/?b=1 for more.')
    ['example.org', 'example.org/a', 'the bbc']
    """
    found: set[str] = set()
    if "://" in text:
        for address in _ADDRESS.findall(text):
            found |= {host(address), plain_address(address)}
    for phrase in _NAME_FOLLOWS:
        found |= {name[0].lower() for at in _places(text, phrase) if (name := _FORWARD.match(text, at + len(phrase)))}
    for phrase in _FOLLOWS_NAME:
        before = (text[max(0, at - _NAME_CHARS) : at] for at in _places(text, phrase))
        found |= {name[1].lower() for words in before if (name := _BACKWARD.search(words))}
    if ") -" in text or ") –" in text or ") —" in text:
        found |= {name.lower() for name in _WIRE.findall(text)}
    return sorted(found)[:MAX_CUES]


def _places(text: str, phrase: str) -> Iterator[int]:
    """Where a phrase begins in a text, as words of their own."""
    at = text.find(phrase)
    while at >= 0:
        if at == 0 or not (text[at - 1].isalpha() and phrase[0].isalpha()):  # not "per" in "paper"
            yield at
        at = text.find(phrase, at + 1)


def plain_address(address: str) -> str:
    """An address without scheme, "www.", query, fragment and final slash, lower-cased."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", address.strip().lower())
    return bare.split("?")[0].split("#")[0].removeprefix("www.").rstrip("/.,;:")


def host(address: str) -> str:
    """The host of an address, without port and "www."."""
    return plain_address(address).split("/")[0].split(":")[0]
