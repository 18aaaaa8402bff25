"""The questions of ``lineage.py``, a module each; here what they share: the bench, runs and what they say, rows.

Each module has a function ``ask(bench)`` that yields rows. Each pile goes through ``dedup run`` twice: once with its
metadata, once as nothing but ids and texts. Many stories lie in one pile, so that a parent in a wrong story is seen.
"""

from __future__ import annotations

import functools
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import histories
import pyarrow.parquet as pq
from asking import target
from histories import Article, Order, Story
from measure import measured
from phylogeny import Claim
from simulator import stories
from syndication.settings import Settings

Row = dict[str, Any]
Figure = dict[str, Any]

SEED = 5  # of the simulator
UNKNOWN = 0.5  # the probability of either order where nothing is said
HIDDEN = 0.3
WRONG, MISSING = 0.1, 0.3


class Said(NamedTuple):
    """What a pair of documents is said to be: probabilities that the left one was first, None where nothing is said."""

    text: float | None
    all: float | None

    def turned(self) -> Said:
        """The same with the sides exchanged."""
        return Said(*(None if value is None else 1.0 - value for value in self))


@dataclass(frozen=True)
class Run:
    """A finished run.

    Attributes:
        out: its folder.
        took: wall and processor time in seconds, peak memory.
    """

    out: Path
    took: dict[str, float]

    def table(self, name: str, columns: Sequence[str]) -> dict[str, list[Any]]:
        """Some columns of a table as lists."""
        read = pq.read_table(self.out / f"{name}.parquet", columns=list(columns))
        return {column: read[column].to_pylist() for column in columns}

    @functools.cached_property
    def seconds(self) -> dict[str, float]:
        """How long each stage took."""
        record: dict[str, Any] = json.loads((self.out / "run.json").read_text(encoding="utf-8"))
        return dict(record["seconds"])

    @functools.cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each document's text."""
        table = self.table("documents", ("doc_id", "text_digest"))
        return dict(zip(table["doc_id"], table["text_digest"], strict=True))

    @functools.cached_property
    def claims(self) -> dict[str, list[Claim]]:
        """The lineage that was found, by child.

        What is ascribed to an inferred source descends, as a document, from what the source descends from.
        """
        sources = self.table("unseen", ("unseen_id", "parent_id"))
        above = dict(zip(sources["unseen_id"], sources["parent_id"], strict=True))
        columns = ("child_id", "parent_id", "unseen_id", "rank", "confidence")
        found: dict[str, list[Claim]] = defaultdict(list)
        for child, parent, unseen, rank, confidence in zip(*self.table("lineage", columns).values(), strict=True):
            name = None if unseen is None else f"unseen {unseen}"
            found[child].append(Claim(child, above.get(unseen, parent), rank, confidence, name))
        return found

    @functools.cached_property
    def said(self) -> dict[tuple[str, str], Said]:
        """The order of each accepted pair, by both ids in either order; copies of a text speak for one another."""
        columns = ("left_id", "right_id", "accepted", "direction_text", "direction_all")
        found: dict[tuple[str, str], Said] = {}
        for left, right, accepted, text, everything in zip(*self.table("pairs", columns).values(), strict=True):
            if accepted:
                own = Said(text, everything)
                ends = self.digests[left], self.digests[right]
                for pair, said in (((left, right), own), ((right, left), own.turned())):
                    found[pair] = said
                    found.setdefault(ends if pair[0] == left else ends[::-1], said)
        return found

    def chance(self, order: Order, *, text: bool) -> float:
        """The probability that is given to the true order of a pair; one half where nothing is said of it."""
        pair = order.earlier, order.later
        said = self.said.get(pair) or self.said.get((self.digests[pair[0]], self.digests[pair[1]]))
        value = None if said is None else said.text if text else said.all
        return UNKNOWN if value is None else value

    def claims_of(self, story: Story) -> list[Claim]:
        """The lineage of the documents of one story."""
        return [claim for article in story.articles for claim in self.claims.get(article.id, ())]


@dataclass(frozen=True)
class Bench:
    """What all questions share.

    Attributes:
        work: folder for piles and runs.
        half: ``dev`` or ``test``: of all stories.
        sample: stories that are made up.
        rounds: how often a time is measured.
    """

    work: Path
    half: str
    sample: int
    rounds: int
    _made: dict[str, list[Story]] = field(default_factory=dict, repr=False)
    _runs: dict[tuple[str, bool], Run] = field(default_factory=dict, repr=False)

    def run(self, name: str, articles: Iterable[Article], *, metadata: bool, again: bool = False) -> Run:
        """``dedup run``, all detection and default settings, on a pile; each pile once, unless ``again``."""
        key = name, metadata
        if again or key not in self._runs:
            folder = self.work / "lineage" / f"{name}-{'metadata' if metadata else 'text'}-{self.half}"
            pile = histories.pile(folder / "pile.parquet", articles, metadata=metadata)
            self._runs[key] = started(pile, folder / "out")
        return self._runs[key]

    def made(self, name: str, **changes: Any) -> list[Story]:
        """Stories of the simulator; changes of what is hidden and dated leave the stories themselves as they are."""
        if name not in self._made:
            settings = Settings(name=name, **changes)
            self._made[name] = list(stories(self.sample, settings, self.half, SEED))
        return self._made[name]

    def simulated(self, name: str, *, metadata: bool, **changes: Any) -> tuple[list[Story], Run]:
        """Stories of the simulator, and the run on the pile of all of them."""
        own = self.made(name, **changes)
        return own, self.run(name, (article for story in own for article in story.articles), metadata=metadata)

    def plain(self, *, metadata: bool) -> tuple[list[Story], Run]:
        """Stories of which nothing is hidden, with true dates."""
        return self.simulated("plain", metadata=metadata)

    def veiled(self, *, metadata: bool) -> tuple[list[Story], Run]:
        """The same with a share of the documents hidden."""
        return self.simulated("hidden", metadata=metadata, hidden=HIDDEN)


def started(source: Path, out: Path) -> Run:
    """Run the command on a source."""
    command = [sys.executable, "-m", "dedup", "run", str(source), "-o", str(out), "--quiet"]
    return Run(out, measured(command))


def figure(
    value: float | None,
    *,
    least: float | None = None,
    most: float | None = None,
    interval: tuple[float, float] | None = None,
) -> Figure:
    """A figure beside its target, if there is one, and its bootstrap interval."""
    wanted = target(value, least, most)
    return {
        "value": None if value is None else round(value, 4),
        "interval": [round(bound, 4) for bound in interval] if interval else None,
        "target": wanted.text,
        "met": wanted.met,
    }


def row(
    name: str,
    text: Figure | None,
    everything: Figure | None = None,
    baselines: dict[str, float] | None = None,
    **details: Any,
) -> Row:
    """A row of the results.

    Args:
        name: what is measured.
        text: the figure for texts alone.
        everything: the figure with metadata.
        baselines: what simple rules reach.
        details: further figures, as JSON.
    """
    figures = [own for own in (text, everything) if own is not None]
    misses = any(own["met"] is False for own in figures)
    told = any(own["met"] is not None for own in figures)
    return {
        "row": name,
        "text": text,
        "metadata": everything,
        "baselines": {key: round(value, 4) for key, value in (baselines or {}).items()},
        "met": False if misses else True if told else None,
        **details,
    }
