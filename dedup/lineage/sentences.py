"""The evidence in words that a journalist understands. "The source" is the parent of an edge, "this text" its child."""

from __future__ import annotations

import functools

import numpy as np

from dedup.lineage.evidence import attributions
from dedup.lineage.names import Published, named_in, published_as
from dedup.lineage.views import Members, Pairs

SEEN = {
    "growth": "{other} has more words of its own than {one}",
    "additions": "within what they share, {other} has more words that {one} lacks",
    "insertions": "within what they share, {other} has words in more places where {one} has none",
    "middle": "between the shared passages {other} has more of its own",
    "ending": "{other} goes on for longer after the last shared passage",
    "typicality": "where words stand for each other, those of {one} are the more usual ones",
    "synonyms": "of words that mean the same, {one} has the more usual ones",
    "wordiness": "{other} says in more words what {one} says in fewer",
    "quotations": "quotations are the same in both, while in the prose around them {one} has the more usual words",
    "errors": "where words stand for each other, those of {one} are better known",
    "slips": "words that {one} spells well are misspelt in {other}",
    "strange": "{other} has more words of its own that English does not know",
    "updates": "counts, days or dates have moved on in {other}",
    "years": "{other} names later years in place of those of {one}",
    "latest_year": "{other} names a year that is later than any of {one}",
    "emphasis": "{other} has more emphatic words of its own",
    "talk": "{other} has more words of talk and narration of its own than its length lets expect",
    "grammar": "{other} has more function words of its own than its length lets expect",
    "markup": "{other} has more remains of markup",
    "fit": "what they share has more words in common with the rest of {one} than with the rest of {other}",
    "kin": "what they share has its words again elsewhere in {one}, not in {other}",
    "seams": "where they part, {one} runs on smoothly and {other} changes its subject",
    "beyond": "{other} has more than what they share",
    "sentences": "within what they share, {other} has more whole sentences that {one} lacks",
    "clauses": "within what they share, {other} has more parts of sentences that {one} lacks",
    "worked": "{other} is the longer of two texts that were worked over",
    "truncation": "{other} ends where {one} goes on",
    "beheading": "{other} begins where {one} has something before",
    "torn": "passages begin and end with sentences in {other}, and within sentences in {one}",
    "names": "{other} names somebody shortly whom {one} has introduced in full, in words that {other} lacks",
    "openings": "{other} begins with a word that points back at what only {one} has before it",
    "dangling": "{other} has words that point back at what only {one} has before them",
    "residues": "a shared closing line has text behind it in {other} alone",
    "boilerplate": "{other} has more of the lines that many texts of the pile have",
    "house_lines": "{other} has more lines of its house",
    "wire_lines": "{other} lacks lines of a wire that {one} has",
    "stray": "{other} has more stretches that have nothing to do with the rest",
}
"""What each clue says where its number is above 0; below, the two change their parts."""

_SHOWN = {"year": 4, "month": 7, "day": 10, "minute": 16}  # letters of an ISO date-time that the precision bears
_SPANS = ((31_557_600, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def time(members: Members, parent: int, child: int) -> str:
    """How the two dates stand to each other."""
    lag = int(members.begin[child] + members.end[child] - members.begin[parent] - members.end[parent]) // 2
    order = "before" if lag > 0 else "after"
    sentence = f"the source is dated {date(members, parent)}, {_duration(abs(lag))} {order} this text"
    return _against(lag < 0, f"{sentence} ({date(members, child)})")


def attribution(members: Members, published: Published, parent: int, child: int, log_odds: float) -> str:
    """Which of the two names the other's publisher or address."""
    namer, named = (child, parent) if log_odds > 0 else (parent, child)
    cue = label(members, published, namer, named) or "the other"
    who, whom = ("this text", "the source") if log_odds > 0 else ("the source", "this text")
    return _against(log_odds < 0, f"{who} names {cue}, where {whom} was published")


def story(log_odds: float) -> str:
    """What the other documents of the story have changed."""
    more = "more" if log_odds > 0 else "less"
    return _against(
        log_odds < 0, f"all documents of the story together make this order {more} likely than the two alone"
    )


def clue(name: str, value: float, log_odds: float) -> str:
    """What a clue has seen.

    Args:
        name: of the clue.
        value: its number, turned towards parent before child.
        log_odds: of the kind of evidence that it stands for.
    """
    return _seen(name, value > 0, log_odds < 0)


@functools.cache
def _seen(name: str, forward: bool, contrary: bool) -> str:
    one, other = ("the source", "this text") if forward else ("this text", "the source")
    return _against(contrary, SEEN[name].format(one=one, other=other))


def wording(members: Members, parent: int, child: int) -> str:
    """Whose wording betrays a synonym machine."""
    one, other = float(members.spin[child]), float(members.spin[parent])
    sentence = f"a synonym machine wrote this text with probability {one:.2f}, the source with {other:.2f}"
    return _against(one < other, sentence)


def unknown(members: Members, tie: str, one: int, other: int) -> str:
    """Why no direction is told between two documents that a tie binds."""
    dated = int(members.dated[one]) + int(members.dated[other])
    apart = members.end[one] <= members.begin[other] or members.end[other] <= members.begin[one]
    if dated == 0:
        return f"{tie}; neither bears a date, and nothing else tells which came first"
    if dated == 1:
        return f"{tie}; only one of the two bears a date, and nothing else tells which came first"
    dates = f"{date(members, one)} and {date(members, other)}"
    if apart:
        return f"{tie}; their dates ({dates}) alone do not tell which came first"
    return f"{tie}; their dates ({dates}) do not differ, and nothing else tells which came first"


def unlikely(members: Members, tie: str, parent: int, child: int, shared: float) -> str:
    """Why a document that came first is not taken for the source of one that a tie binds to it."""
    sentence = f"{tie}, {shared:.0%} of its words"
    lag = int(members.begin[child] - members.begin[parent])
    if members.dated[parent] and members.dated[child] and lag > 0:
        sentence += f" and {_duration(lag)} later"
    return f"{sentence}: not enough to call it the source"


def tie(pairs: Pairs, row: int, other_id: str) -> str:
    """What binds a text to another one."""
    relation = pairs.relation[row]
    if relation == "near":
        return f"a near copy of {other_id} (jaccard {pairs.jaccard[row]:.2f})"
    if relation == "excerpt":
        return f"one of this text and {other_id} is an excerpt of the other"
    if relation == "rewrite":
        return f"one of this text and {other_id} is the other in other words"
    return f"shares passages with {other_id}"


def label(members: Members, published: Published, namer: int, named: int | None) -> str | None:
    """What a text names as its source.

    Args:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        namer: place of the document that names.
        named: place of the document that must fit what it names; None if any source but itself will do.
    """
    if not members.named[namer]:
        return None
    own = published_as(members, namer)
    if named is None:
        return next((cue for cue in members.cues[namer] if not named_in([cue]) & own), None)
    theirs = published.get(int(members.text[named]), frozenset())
    return next(iter(attributions(members.named[namer], own, theirs)), None)


def date(members: Members, place: int) -> str:
    """A time of publication, as precise as it is known."""
    shown = str(np.datetime64(int(members.begin[place]), "s")).replace("T", " ")
    return shown[: _SHOWN.get(members.precision[place] or "second", len(shown))]


def _against(contrary: bool, sentence: str) -> str:
    return f"against it: {sentence}" if contrary else sentence


def _duration(seconds: int) -> str:
    for unit, name in _SPANS:
        if seconds >= unit:
            count = seconds // unit
            return f"{count:,} {name}{'s' if count > 1 else ''}"
    return "less than a second"
