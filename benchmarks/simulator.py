"""Make histories of syndicated news whose truth is known: who took what from whom, and how.

Usage: ``python benchmarks/simulator.py [--stories 2] [--half dev|test] [--seed 1]`` prints some, to be read.

A wire's article (Reuters-21578, see ``syndication/originals.py``) goes from house to house: it is copied, cut from the
end, brought into the style of another house, edited, spun, updated, translated, misread, merged with another, quoted in
an article on something else. All rates are in ``syndication/settings.py``. Each original serves one story only, and
names it; ``dev`` and ``test`` share no original, no outlet, no line of an outlet, no half of the spinner's dictionary.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import random
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import newswire
from histories import HALVES, Article, Story
from syndication import editing, news
from syndication.dates import later, told
from syndication.guides import guide
from syndication.houses import House, houses, wires
from syndication.making import LIGHT_NOISE, Desk, Source, dateline
from syndication.originals import Original, originals
from syndication.pages import Page, Paragraph
from syndication.settings import Settings
from xxhash import xxh3_64_hexdigest

SPREAD = 0.65  # standard deviation of the logarithm of the size of a story
OWN_REPORT = 0.25  # of the originals are no wire's
LEFT_ALONE = frozenset({"copy", "boilerplate", "attributed"})  # what leaves the story as it was
SECOND = 0.3  # of what is made of an original is made of the second, where there is one


@dataclass(frozen=True)
class Document:
    """A document of a story, visible or not.

    Attributes:
        origin: of the first original that it goes back to: what stands in datelines.
        parents: numbers of documents, the primary one first.
        depth: steps up to the original.
    """

    number: int
    page: Page
    house: House
    when: dt.datetime
    origin: Source
    address: str
    parents: tuple[int, ...] = ()
    how: str = ""
    depth: int = 0


def stories(
    n: int, settings: Settings, half: str, seed: int, found: Iterable[Original] | None = None
) -> Iterator[Story]:
    """Stories, one after another; the same arguments give the same ones.

    Args:
        half: ``dev`` or ``test``.
        found: the originals; those of Reuters-21578 if none are given.

    Raises:
        FileNotFoundError: the data are absent.
        ValueError: there are not enough originals; those of a half are enough for 900 stories of the usual size.
    """
    if half not in HALVES:
        raise ValueError(f"half is {half!r}, not one of {', '.join(HALVES)}")
    stock = news.Stock(originals(half) if found is None else found, _chance(seed, half, "stock"))
    for _ in range(n):
        yield _History(stock, settings, half, seed).story()


@dataclass
class _History:
    """One story while it grows."""

    stock: news.Stock
    settings: Settings
    half: str
    seed: int
    documents: list[Document] = field(default_factory=list)
    roots: list[int] = field(default_factory=list)
    singles: set[int] = field(default_factory=set)
    houses_used: set[str] = field(default_factory=set)
    fresh: list[list[Paragraph]] = field(default_factory=list)  # news for updates of each original

    def story(self) -> Story:
        """Grow the whole, then hide documents and tell what is known of the others."""
        self.first = self.stock.root()
        self.name = self.first.id
        self.chance = _chance(self.seed, self.name, "tree")
        settings, chance = self.settings, self.chance
        drawn = round(chance.lognormvariate(math.log(settings.median), SPREAD))
        size = min(max(drawn, settings.least), settings.most)
        self._root(self.first)
        second = self.stock.related(self.first) if chance.random() < settings.second_root else None
        if second and size > 3:
            self._root(second)
        while len(self.documents) < size:
            self._derived()
        for _ in range(sum(chance.random() < settings.singles for _ in range(size))):
            self._single()
        return self._told()

    def _root(self, original: Original) -> None:
        """An original, in the style of the house that wrote it."""
        chance = self.chance
        own = chance.random() < OWN_REPORT
        house = self._house() if own else chance.choice(wires(self.half))
        page = printed(original, house, self.half)
        if chance.random() < self.settings.running:
            story = page.story
            story.insert(chance.randint(1, len(story)), news.running(self.half, f"{original.id}/running", chance))
            page = page.with_story(story)
        page, coming = news.fresh(self.half, page, chance)
        self.fresh.append(coming)
        if chance.random() < self.settings.also_noisy:
            page = editing.noise(page, chance, LIGHT_NOISE)
        self.roots.append(len(self.documents))
        self._add(page, house, original.when, _origin(original, "" if own else house.name))

    def _single(self) -> None:
        """A document without a source, on the same topic and day; some quote the same speech as the original."""
        original = self.stock.related(self.first)
        if original is None:
            return
        house = self._house()
        page = printed(original, house, self.half)
        words = news.speech(self.documents[0].page)
        if words and self.chance.random() < self.settings.quoting:
            quoting = Paragraph(f'"{words}," an official told a news conference.', f"{original.id}/quoting")
            story = page.story
            story.insert(self.chance.randint(1, len(story)), quoting)
            page = page.with_story(story)
        self.singles.add(len(self.documents))
        self._add(page, house, original.when, _origin(original, ""))

    def _derived(self) -> None:
        """One more document, made of an earlier one."""
        chance, settings = self.chance, self.settings
        kind = chance.choices(list(settings.kinds), list(settings.kinds.values()))[0]
        parent = self._latest(self._parent()) if kind == "update" else self._parent()
        house = parent.house if kind == "update" else self._house(parent)
        fresh = self.fresh[self.roots.index(self._oldest(parent))]
        desk = Desk(house, self.half, settings, chance, fresh)
        page, parents, origin, written = parent.page, [parent.number], parent.origin, parent.when
        if kind == "excerpt":
            host = self.stock.unrelated(self.first)
            page, origin = editing.excerpt(page, printed(host, house, self.half), chance), _origin(host, "")
            written = host.when
        elif kind == "churn":
            page, parents, kind = self._churned(parent)
        named = self.documents[chance.choice((parent.number, self._oldest(parent)))]
        source = Source(named.house.name, named.address, origin.place, origin.date, origin.wire)
        page, steps = desk.made(page, kind, source)
        how = [kind] * (kind in {"excerpt", "churn"}) + steps
        latest = max(self.documents[number].when for number in parents)
        when = max(later(latest, chance, settings, update=kind == "update"), written)
        self._add(page, house, when, origin, tuple(parents), "+".join(how) or "copy", 1 + parent.depth)

    def _parent(self) -> Document:
        """An original, or any document that was made of one; not one that is as deep as may be."""
        made = [each for each in self.documents if 0 < each.depth < self.settings.depth]
        if not made or self.chance.random() < self.settings.from_root:
            return self.documents[self.roots[-1 if self.chance.random() < SECOND else 0]]
        weights = [self.settings.from_copies if set(each.how.split("+")) <= LEFT_ALONE else 1.0 for each in made]
        return self.chance.choices(made, weights)[0]

    def _latest(self, document: Document) -> Document:
        """The last version of a document by its own house."""
        for each in self.documents[document.number + 1 :]:
            if each.house == document.house and each.parents == (document.number,):
                document = each
        return document

    def _churned(self, parent: Document) -> tuple[Page, list[int], str]:
        """Two documents merged; a light edit where no other has what this one lacks."""
        others = [each for each in self.documents if each is not parent and each.depth < self.settings.depth]
        for other in self.chance.sample(others, min(8, len(others))):
            page, order = editing.churn(parent.page, other.page, self.chance)
            if len(order) == 2:
                return page, [(parent.number, other.number)[at] for at in order], "churn"
        return parent.page, [parent.number], "edit"

    def _oldest(self, document: Document) -> int:
        """The original that a document goes back to."""
        while document.parents:
            document = self.documents[document.parents[0]]
        return document.number

    def _house(self, parent: Document | None = None) -> House:
        """A house that has printed nothing of this story; its guide may be that of another child of ``parent``.

        In a story of more documents than there are houses, any house.
        """
        free = [house for house in houses(self.half) if house.name not in self.houses_used] or list(houses(self.half))
        if parent and self.chance.random() < self.settings.shared_guide:
            guides = {each.house.guide for each in self.documents if parent.number in each.parents}
            free = [house for house in free if house.guide in guides] or free
        return self.chance.choice(free)

    def _add(
        self,
        page: Page,
        house: House,
        when: dt.datetime,
        origin: Source,
        parents: tuple[int, ...] = (),
        how: str = "",
        depth: int = 0,
    ) -> None:
        number = len(self.documents)
        slug = re.sub(r"[^a-z0-9]+", "-", page.title.lower()).strip("-")[:60]
        address = f"https://www.{house.host}/news/{slug}-{self._id(number)[-6:]}"
        self.houses_used.add(house.name)
        self.documents.append(Document(number, page, house, when, origin, address, parents, how, depth))

    def _id(self, number: int) -> str:
        """An id that does not tell the order."""
        return f"{self.name}-{xxh3_64_hexdigest(f'{self.seed}/{self.name}/{number}'.encode())[:6]}"

    def _hidden(self) -> set[int]:
        """The documents that are not in the pile; at least two of the story stay."""
        chance = _chance(self.seed, self.name, "hidden")
        true = [each.number for each in self.documents if each.number not in self.singles]
        chance.shuffle(true)
        n = int(self.settings.hidden * len(true) + chance.random())
        return set(true[: min(n, len(true) - 2)])

    def _told(self) -> Story:
        hidden = frozenset(map(self._id, self._hidden()))
        chance = _chance(self.seed, self.name, "dates")
        dates = [told(each.when, each.house.precision, chance, self.settings) for each in self.documents]
        articles = [
            Article(
                id=self._id(each.number),
                text=each.page.text,
                title=each.page.title if self.settings.metadata else None,
                publisher=each.house.name if self.settings.metadata else None,
                published_at=dates[each.number] if self.settings.metadata else None,
                url=each.address if self.settings.metadata else None,
            )
            for each in self.documents
        ]
        _chance(self.seed, self.name, "order").shuffle(articles)
        return Story(
            name=self.name,
            kind=self.settings.name,
            articles=[article for article in articles if article.id not in hidden],
            parents={self._id(each.number): [self._id(at) for at in each.parents] for each in self.documents},
            hidden=hidden,
            how={self._id(each.number): each.how for each in self.documents if each.parents},
        )


def printed(original: Original, house: House, half: str) -> Page:
    """An original as a house prints it that wrote it itself: in its style, with its lines and its name."""
    chance = _chance(original.id, house.name, "printed")
    style = guide(half, house.guide)
    parts = [
        Paragraph(style.apply(re.sub(r"\bReuters\b", house.name, text)), f"{original.id}/{at}")
        for at, text in enumerate(original.paragraphs)
    ]
    above, below = (
        [Paragraph(house.line(line, chance), "", house.name) for line in lines] for lines in (house.above, house.below)
    )
    wire = house.name if "{wire}" in house.dateline and house.guide < 0 else ""
    return Page(
        title=" ".join(word if "." in word else word.capitalize() for word in original.title.split()),
        paragraphs=(*above, *parts, *below),
        dateline=dateline(house, _origin(original, wire)),
        guide=house.guide,
    )


def _origin(original: Original, wire: str) -> Source:
    return Source("", "", original.place, f"{original.when:%B} {original.when.day}", wire)


def _chance(*parts: object) -> random.Random:
    return random.Random("/".join(map(str, parts)))  # noqa: S311 (a simulation)


def _show(story: Story) -> None:
    """A story as text: first who comes from whom, then the documents."""
    known = {article.id: article for article in story.articles}
    for child, parents in story.parents.items():
        seen = known.get(child)
        about = f"{seen.publisher} {seen.published_at}" if seen else "hidden"
        print(f"{child} {about}: {story.how.get(child, 'original')} <- {', '.join(parents) or 'nothing'}")
    for child in story.parents:
        if child in known:
            print(f"\n=== {child} | {story.how.get(child, 'original')} | {known[child].title}\n{known[child].text}")


def main() -> int:
    """Print stories; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=2)
    parser.add_argument("--half", choices=HALVES, default="dev")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hidden", type=float, default=0.0)
    given = parser.parse_args()
    if not newswire.DATA.is_dir():
        print(f"{newswire.DATA} is absent: set DEDUP_DATA to the folder of the data.", file=sys.stderr)
        return 2
    for story in stories(given.stories, Settings(hidden=given.hidden), given.half, given.seed):
        _show(story)
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
