"""The rates of the simulator, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# How often a document is made in each way, as weights.
KINDS: Mapping[str, float] = MappingProxyType({
    "copy": 0.07,
    "boilerplate": 0.07,
    "cut": 0.13,
    "style": 0.15,
    "edit": 0.14,
    "spun": 0.14,
    "update": 0.10,
    "reword": 0.09,
    "noise": 0.03,
    "churn": 0.07,
    "excerpt": 0.06,
})  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """All rates are shares of 1; lengths are in words.

    What is ``hidden`` and what is known of dates is drawn apart from the rest: two settings that differ in these alone
    give the same stories, so that a loss can be measured.

    Attributes:
        name: the ``kind`` of the stories made.
        least: fewest documents of a story; a long story is rare.
        median: documents of the middle story; sizes are log-normal.
        most: most documents of a story.
        depth: most steps from a document up to its original.
        from_root: documents made of an original; the others are made of any that are not.
        from_copies: how much less often a document that left the story alone is handed on: what is made of it cannot be
            told from what is made of its source.
        kinds: weights of the ways to make a document.
        also_cut: documents that are cut, too.
        also_styled: documents that are brought into the house's own style, too.
        also_edited: documents that are edited lightly, too.
        also_noisy: documents that get typing errors, too; and originals that have some.
        inner_cuts: of cuts, those that take paragraphs from within; the others take the end.
        shared_guide: documents of a house that has the style guide of a sibling.
        own_lines: documents to which the house adds its lines.
        residue: lines of the parent's house that are left standing, each.
        dateline_kept: documents that keep their parent's dateline; the others write one of their own, or none.
        attributed: documents that name their source in the text.
        second_root: stories that have a second original, on the same topic.
        running: stories whose original counts something that goes on (the hurt, the days), so that an update can count
            on.
        corrected: errors that an edit or an update puts right, each.
        spin_least: fewest words of a spun text that are replaced.
        spin_most: most of them.
        singles: documents that look related and are not, for each document of the story.
        quoting: of these, those that quote the same speech.
        hidden: documents of the story that are not in the pile.
        wrong_dates: documents with a wrong date.
        missing_dates: documents without a date.
        metadata: whether title, publisher, date and address are told at all.
        lag: median minutes from a document to one made of it.
        spread: standard deviation of the logarithm of this lag.
    """

    name: str = "syndication"
    least: int = 3
    median: float = 9.0
    most: int = 60
    depth: int = 6
    from_root: float = 0.4
    from_copies: float = 0.3
    kinds: Mapping[str, float] = field(default_factory=lambda: KINDS)
    also_cut: float = 0.25
    also_styled: float = 0.55
    also_edited: float = 0.2
    also_noisy: float = 0.06
    inner_cuts: float = 0.25
    shared_guide: float = 0.3
    own_lines: float = 0.7
    residue: float = 0.12
    dateline_kept: float = 0.4
    attributed: float = 0.2
    second_root: float = 0.2
    running: float = 0.2
    corrected: float = 0.7
    spin_least: float = 0.06
    spin_most: float = 0.3
    singles: float = 0.12
    quoting: float = 0.3
    hidden: float = 0.0
    wrong_dates: float = 0.0
    missing_dates: float = 0.0
    metadata: bool = True
    lag: float = 150.0
    spread: float = 1.2
