"""The stock from which a simulation draws: originals that are used once, and news that nobody has printed."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterable

from histories import HALVES

from syndication.originals import LEAST_WORDS, Original
from syndication.pages import Page, Paragraph

ROOT_WORDS = 150  # of the originals that are handed on; a shorter one may be a host, or stand alone
NEAR = dt.timedelta(days=2)
HELD, GENERAL = 4, 3  # pieces of news for updates: paragraphs held back, lines that might be said in any story

# What goes on and is counted; an update counts on.
_RUNNING = (
    "Outside, {n} demonstrators kept up their protest for a {nth} day, witnesses said.",
    "Dockers stayed out for a {nth} day, and {n} ships were waiting to unload, port officials said.",
    "Bank clerks were on strike for a {nth} day and at least {n} workers had been suspended, union officials said.",
    "Police said {n} people had been detained in unrest elsewhere in the country, the {nth} day of clashes.",
    "Heavy rain fell in the region for a {nth} day and left {n} people without homes, local radio said.",
    "Some {n} farmers blocked roads to the capital for a {nth} day, officials said.",
)
_LATER = (
    "A spokesman declined to comment further when asked on {day}.",
    "Officials said a fuller statement was expected on {day}.",
    "Dealers said trading was quiet after the news, with only {n} contracts changing hands.",
    "Analysts said the news had been widely expected and would have little effect before {day}.",
    "An aide, who asked not to be named, put the cost at up to {n} million dollars.",
    "Lawyers for both sides were to meet again on {day}, an official said.",
    "Officials later confirmed the report but gave no details.",
    "In later trading prices recovered some of their losses, brokers said.",
    "A source close to the talks said {n} questions were still open.",
    'Asked whether more would follow, the spokesman said: "We shall see on {day}."',
    "Critics said the matter was far from closed and called for a full account by {day}.",
    "The announcement came too late for most European markets, which reopen on {day}.",
    "It was the {nth} such step this year, according to a tally of public records.",
    "Two banks said they would review their forecasts by {day}.",
)  # fmt: skip
_NTH = "second third fourth".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday".split()
_SPEECH = re.compile(r"[\"“]([A-Z][^\"“”]{50,260}?)[,.]?[\"”]")


class Stock:
    """Originals in an order that is drawn; each is given away once.

    Args:
        found: the originals of one half.
    """

    def __init__(self, found: Iterable[Original], chance: random.Random) -> None:
        ordered = sorted(found, key=lambda original: original.id)
        chance.shuffle(ordered)
        self._left = {original.id: original for original in ordered}

    def root(self) -> Original:
        """An original to hand on.

        Raises:
            ValueError: there is none left.
        """
        return self._given(next((each for each in self._left.values() if _n_words(each) >= ROOT_WORDS), None))

    def related(self, to: Original) -> Original | None:
        """One of the same topic (without topics: of the same place) and days, which tells something else; if any."""

        def is_near(each: Original) -> bool:
            about = each.topics & to.topics if to.topics else not each.topics and each.place == to.place
            return bool(about) and abs(each.when - to.when) <= NEAR

        found = next((each for each in self._left.values() if is_near(each)), None)
        return self._given(found) if found else None

    def unrelated(self, to: Original) -> Original:
        """One of the same days, if any, that shares no topic.

        Raises:
            ValueError: there is none left.
        """
        others = [each for each in self._left.values() if not each.topics & to.topics]
        near = (each for each in others if abs(each.when - to.when) <= NEAR)
        return self._given(next(near, others[0] if others else None))

    def _given(self, original: Original | None) -> Original:
        if original is None:
            raise ValueError("The originals are used up: ask for fewer stories.")
        return self._left.pop(original.id)


def running(half: str, key: str, chance: random.Random) -> Paragraph:
    """A paragraph that counts something that goes on."""
    return Paragraph(_filled(chance.choice(_RUNNING[HALVES.index(half) :: 2]), chance), key)


def fresh(half: str, page: Page, chance: random.Random) -> tuple[Page, list[Paragraph]]:
    """A page as it is first printed, and the news for its updates, each to be used once.

    Up to ``HELD`` paragraphs of the page's second half are held back: as in a newsroom, the story is not yet whole. To
    them come a few lines that might be said in any story.
    """
    story = page.story
    later = range((len(story) + 1) // 2, len(story))
    held = chance.sample(later, min(len(later), chance.randint(0, HELD)))
    kept = [part for at, part in enumerate(story) if at not in held]
    if sum(len(part.text.split()) for part in kept) < LEAST_WORDS:
        held, kept = [], story
    lines = chance.sample(_LATER[HALVES.index(half) :: 2], GENERAL)
    news = [Paragraph(_filled(line, chance), f"{story[0].key}/later{at}") for at, line in enumerate(lines)]
    news += [story[at] for at in held]
    chance.shuffle(news)
    return page.with_story(kept), news


def speech(page: Page) -> str | None:
    """The longest thing that somebody says in a page, without quotation marks."""
    said = (found[1] for part in page.story for found in _SPEECH.finditer(part.text))
    return max(said, key=len, default=None)


def _filled(template: str, chance: random.Random) -> str:
    number = chance.choice((chance.randint(11, 99), 10 * chance.randint(10, 90)))
    return template.format(n=number, nth=chance.choice(_NTH), day=chance.choice(_DAYS))


def _n_words(original: Original) -> int:
    return sum(len(part.split()) for part in original.paragraphs)
