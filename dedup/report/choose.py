"""Which stories a page shows when it cannot show all, by which rule, and in words what it leaves out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup.report.views import StoryLine
from dedup.result.summary import counted

BUDGET = 4_900_000  # bytes of a page


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to show a story.

    Attributes:
        name: of the rule.
        strength: how much it holds; 0 where it does not.
        fact: what there is to see, in words.
    """

    name: str
    strength: Callable[[StoryLine], float]
    fact: Callable[[StoryLine], str]


# A story is shown for one of these: the page takes the strongest of each in turn until it is full. A share of the
# documents is taken as if there were two more without, so that a story of two does not come before one of many.
REASONS = (
    Reason("largest", lambda story: story.n_texts, lambda story: counted(story.n_texts, "distinct text")),
    Reason(
        "spun texts",
        lambda story: story.n_spun / (story.n_documents + 2),
        lambda story: f"{story.n_spun:,} of {counted(story.n_documents, 'document')} spun",
    ),
    Reason("unseen sources", lambda story: story.n_unseen, lambda story: counted(story.n_unseen, "unseen source")),
    Reason(
        "many publishers",
        lambda story: story.n_publishers if story.n_publishers > 2 else 0,
        lambda story: counted(story.n_publishers, "publisher"),
    ),
    Reason(
        "uncertain sources",
        lambda story: story.n_uncertain / (story.n_documents + 2),
        lambda story: f"source uncertain of {story.n_uncertain:,} of {counted(story.n_documents, 'document')}",
    ),
)


class Lead(NamedTuple):
    """Where to begin to read: an address in the page, what is there, why to look at it, and how much there is."""

    href: str
    name: str
    why: str
    fact: str


def in_turn(lines: Sequence[StoryLine]) -> list[StoryLine]:
    """All stories, the most interesting first: of each reason the strongest, then of each the next.

    Stories of equal strength come by their size, then in the order of the pile.
    """
    found: dict[int, StoryLine] = {}
    for strongest in itertools.zip_longest(*(_ranked(lines, reason) for reason in REASONS)):
        for line in strongest:
            if line is not None:
                found.setdefault(line.story_id, line)
    return list(found.values())


def _ranked(lines: Iterable[StoryLine], reason: Reason) -> list[StoryLine]:
    """The stories for which a reason holds, the strongest first."""
    held = [line for line in lines if reason.strength(line)]
    return sorted(held, key=lambda line: (-reason.strength(line), -line.n_documents, line.story_id))


def leads(lines: Iterable[StoryLine]) -> list[Lead]:
    """Where to begin: of each reason the strongest of some stories, each but once."""
    left = {line.story_id: line for line in lines}
    found = []
    for reason in REASONS:
        best = next(iter(_ranked(left.values(), reason)), None)
        if best is not None:
            del left[best.story_id]
            found.append(Lead(f"#story-{best.story_id}", best.title, reason.name, reason.fact(best)))
    return found


def left_out(lines: Sequence[StoryLine], n_full: int, n_drawn: int, n_listed: int) -> Iterator[str]:
    """What the page leaves out of the stories, in words.

    Args:
        lines: all stories.
        n_full: stories shown with texts: their pairs and documents.
        n_drawn: stories shown with their lineage only.
        n_listed: stories in the list.
    """
    names = [reason.name for reason in REASONS]
    rule = f"taken in turn: {', '.join(names[:-1])} and {names[-1]}"
    if n_full < len(lines):
        yield f"Stories shown with texts: {n_full:,} of {len(lines):,}, {rule}."
        yield f"Stories shown with their lineage, but without texts: {n_drawn:,} more."
    if n_listed < len(lines):
        yield f"Stories listed: {n_listed:,}; the others are in stories.parquet."
