"""Wires and outlets: their names, guides, lines of their own, and how exactly they tell the time.

Those of ``dev`` and ``test`` share neither names nor lines; only the wires, which are real, are the same.
"""

from __future__ import annotations

import functools
import random
from typing import NamedTuple

from histories import HALVES

from syndication.guides import GUIDES

HOUSES = 150  # of each half, more than a story has documents
WIRES = ("Reuters", "AFP", "AP", "UPI", "Interfax", "Kyodo", "DPA", "Xinhua")
PRECISIONS = ("day", "minute", "second")

_TOWNS = """
Ashby Barrow Calder Dunmore Eastleigh Fairhaven Glenrock Halden Inverlea Jarrow Kenmore Linden Marlow Newhall Oakridge
Penrith Queensbury Redfield Stanmore Thornbury Upton Vale Westbrook Yarmouth Alder Brighton Corran Delmar Elgin Forth
""".split()
_PAPERS = """
Gazette Courier Herald Tribune Observer Chronicle Mail Monitor Record Standard Telegraph Ledger Dispatch Examiner
Sentinel News Argus Mercury Register Bulletin Wire Today Business-Journal Review
""".split()
_PEOPLE = (
    "Anna Marsh, Peter Holm, Ruth Kelly, James Ostrow, Maria Lindt, Paul Deane, Karen Voss, Simon Hale, Laura Beck, "
    "David Orme, Nina Castell, Mark Tully, Helen Frost, Ian Galt, Sara Munro, Tom Wexler, Eva Roth, Colin Pryce"
).split(", ")
_ABOVE = (
    "By {person}",
    "{house} staff",
    "From our correspondent",
    "{person}, {house}",
    "By {house} news desk",
    "Updated at 14:20",
    "{house} | Business",
    "By {person}, business editor",
)
_WITHIN = (
    "For the latest headlines, follow our {house} channel online or via the app.",
    "Click here to subscribe to {house}.",
    "Read more: What the markets did this week",
    "Related article: The week in business",
    "ADVERTISEMENT",
    "Story continues below",
    "Sign up for the {house} morning briefing.",
    "See also: Our guide to the budget",
)
_BELOW = (
    "{person} is a staff writer of {house}.",
    "Copyright {house}. All rights reserved. This material may not be published, broadcast or rewritten.",
    "Follow {house} for more news on business and politics.",
    "Subscribe to {house} today and never miss a story.",
    "{house} welcomes letters to the editor. Letters may be shortened.",
    "Do you have a story? Call the {house} news desk.",
    "To get the day's top stories delivered to your inbox, sign up for the {house} newsletter.",
    "Additional reporting by {person}",
    "This article may not be reproduced without the permission of {house}.",
    "Read the full edition of {house} for more on this story.",
    "Terms of use apply. (c) {house} Media Group",
    "What do you think? Join the debate at {house} online.",
)
_WIRE_BELOW = "(Reporting by {person}; Editing by {other})"
_DATELINES = ("{place}, {date} ({wire}) - ", "{place} ({wire}) - ", "{place}: ", "{place}, {date} - ", "")


class House(NamedTuple):
    """A wire or an outlet.

    Attributes:
        guide: number of its style guide; outlets may share one.
        above, within, below: its own lines, the same in all its articles but for who wrote them.
        dateline: its form; empty if it prints none.
        precision: of its dates.
    """

    name: str
    host: str
    guide: int
    above: tuple[str, ...]
    within: tuple[str, ...]
    below: tuple[str, ...]
    dateline: str
    precision: str

    def line(self, template: str, chance: random.Random) -> str:
        """A line of the house, with the names of who wrote this article."""
        person, other = chance.sample(_PEOPLE, 2)
        return template.format(house=self.name, person=person, other=other)


@functools.cache
def houses(half: str) -> tuple[House, ...]:
    """The outlets of a half."""
    chance = random.Random(f"houses/{half}")  # noqa: S311 (a simulation)
    names = sorted(f"{town} {paper}" for town in _own(_TOWNS, half) for paper in _PAPERS)
    return tuple(_house(name, chance.randrange(GUIDES), half, chance) for name in chance.sample(names, HOUSES))


@functools.cache
def wires(half: str) -> tuple[House, ...]:
    """The wires; their guides are their own."""
    chance = random.Random(f"wires/{half}")  # noqa: S311 (a simulation)
    made = (_house(name, -1 - at, half, chance) for at, name in enumerate(WIRES))
    return tuple(
        house._replace(dateline=_DATELINES[0], above=(), within=(), below=(_WIRE_BELOW,), precision="second")
        for house in made
    )


def _house(name: str, guide: int, half: str, chance: random.Random) -> House:
    host = name.lower().replace(" ", "").replace("-", "") + ".example"
    return House(
        name=name,
        host=host,
        guide=guide,
        above=tuple(chance.sample(_own(_ABOVE, half), chance.choice((0, 0, 1)))),
        within=tuple(chance.sample(_own(_WITHIN, half), chance.choice((0, 0, 1)))),
        below=tuple(chance.sample(_own(_BELOW, half), chance.choice((1, 1, 2)))),
        dateline=chance.choice(_DATELINES),
        precision=chance.choice(PRECISIONS),
    )


def _own(things: tuple[str, ...] | list[str], half: str) -> list[str]:
    """What of a list belongs to a half: every other."""
    return list(things[HALVES.index(half) :: 2])
