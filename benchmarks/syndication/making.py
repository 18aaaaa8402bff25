"""How one document is made of another: the steps, by the names that ``Story.how`` has for them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from edits import sentences

from syndication import editing, wording
from syndication.guides import guide
from syndication.houses import House
from syndication.pages import Page, Paragraph
from syndication.settings import Settings

BARE = frozenset({"copy", "boilerplate"})  # kinds that leave the story itself alone
WHOLE = frozenset({"excerpt", "churn"})  # kinds that are not cut: what they took might go
HEAVY_NOISE, LIGHT_NOISE = 0.04, 0.008  # of the words

Step = Callable[[Page], Page]


@dataclass(frozen=True)
class Source:
    """Whom a document may name as its source, and what stands in datelines.

    Attributes:
        name: as it is named.
        address: of the source's page.
        place, date: where and when the original was written.
        wire: that wrote it; empty if no wire did.
    """

    name: str
    address: str
    place: str
    date: str
    wire: str


@dataclass(frozen=True)
class Desk:
    """Who makes a document, and by which rules.

    Attributes:
        fresh: news for updates, shared by all that goes back to one original; each piece is used once.
    """

    house: House
    half: str
    settings: Settings
    chance: random.Random
    fresh: list[Paragraph]

    def made(self, page: Page, kind: str, source: Source) -> tuple[Page, list[str]]:
        """A page made of another, and the names of the steps that changed its text.

        Of a churn or an excerpt, ``page`` is what was put together; ``Desk`` then handles it as any other.
        """
        if kind == "copy":
            return page, []
        done = []
        for name, step in self._steps(kind, source):
            new = step(page)
            if new.text != page.text:
                done.append(name)
            page = new
        return replace(page, title=self._titled(page)), done

    def _steps(self, kind: str, source: Source) -> list[tuple[str, Step]]:
        """The steps in order, the main one first; lines of the house come last."""
        chance, settings = self.chance, self.settings
        main: dict[str, Step] = {
            "cut": self._cut,
            "style": self._styled,
            "edit": lambda page: editing.edit(editing.corrected(page, chance, settings.corrected), chance),
            "spun": self._spun,
            "update": lambda page: editing.update(
                editing.corrected(page, chance, settings.corrected), chance, self.fresh
            ),
            "reword": lambda page: wording.reworded(page, self.half, chance),
            "noise": lambda page: editing.noise(page, chance, HEAVY_NOISE),
        }
        steps = [(kind, main[kind])] if kind in main else []
        also: list[tuple[float, str, Step]] = [
            (settings.also_cut, "cut", self._cut),
            (settings.also_styled, "style", self._styled),
            (settings.also_edited, "edit", main["edit"]),
            (settings.also_noisy, "noise", lambda page: editing.noise(page, chance, LIGHT_NOISE)),
        ]
        if kind not in BARE | {"update"}:
            barred = {kind, *({"cut"} if kind in WHOLE else ())}
            steps += [(name, step) for rate, name, step in also if chance.random() < rate and name not in barred]
        if kind != "update":
            steps.append(("boilerplate", lambda page: self._lined(page, source)))
            if chance.random() < settings.attributed:
                steps.append(("attributed", lambda page: self._attributed(page, source)))
        return steps

    def _cut(self, page: Page) -> Page:
        return editing.cut(page, self.chance, inner=self.chance.random() < self.settings.inner_cuts)

    def _styled(self, page: Page) -> Page:
        return replace(page.rewritten(guide(self.half, self.house.guide).apply), guide=self.house.guide)

    def _spun(self, page: Page) -> Page:
        rate = self.chance.uniform(self.settings.spin_least, self.settings.spin_most)
        return wording.spun(page, self.half, rate, self.chance.randrange(2**31))

    def _lined(self, page: Page, source: Source) -> Page:
        """Without most lines of the house before, with those of this one, and with its dateline."""
        chance, house = self.chance, self.house
        kept = tuple(part for part in page.paragraphs if part.key or chance.random() < self.settings.residue)
        page = replace(page, paragraphs=kept)
        if chance.random() >= self.settings.dateline_kept:
            page = replace(page, dateline=dateline(house, source))
        if chance.random() >= self.settings.own_lines:
            return page
        above = [Paragraph(house.line(line, chance), "", house.name) for line in house.above]
        below = [Paragraph(house.line(line, chance), "", house.name) for line in house.below]
        within = [Paragraph(line.format(house=house.name), "", house.name) for line in house.within]
        parts = list(page.paragraphs)
        at = chance.randint(1, max(1, len(parts) - 1))
        return replace(page, paragraphs=(*above, *parts[:at], *within, *parts[at:], *below))

    def _attributed(self, page: Page, source: Source) -> Page:
        """The page with the name of its source, in the text or below it."""
        lines = (
            f"This article first appeared on {source.name}.",
            f"Source: {source.name}",
            f"Original url: <{source.address}>",
            f"Published by {source.name} under licence.",
        )
        own = lines[("dev", "test").index(self.half) :: 2]
        story = page.story
        first = sentences(story[0].text) if story else [""]
        body = first[0].rstrip()
        if self.chance.random() < 0.5 and body.endswith(".") and '"' not in body and "”" not in body:
            lead = f"{body[:-1]}, {source.name} reported.{first[0][len(body) :]}{''.join(first[1:])}"
            return page.with_story([story[0]._replace(text=lead), *story[1:]])
        return replace(page, paragraphs=(*page.paragraphs, Paragraph(self.chance.choice(own), "", self.house.name)))

    def _titled(self, page: Page) -> str:
        """The title as it was, or a new one of the first words."""
        story = page.story
        if self.chance.random() < 0.5 or not story:
            return page.title
        return " ".join(story[0].text.split()[:9]).rstrip(",.;:")


def dateline(house: House, source: Source) -> str:
    """The dateline of a house; none without a place, or where it would name a wire and there is none."""
    if not source.place or ("{wire}" in house.dateline and not source.wire):
        return ""
    return house.dateline.format(place=source.place, date=source.date, wire=source.wire)
