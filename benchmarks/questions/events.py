"""Are two articles on one event by different hands taken for one another's source? They must not.

All pairs of stories of one topic and day that share no 15 words in a row; such runs are found here by a plain program.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import bootstrap
import newswire
import numpy as np
from newswire import Story
from spinner import half

from questions import Bench, Row, row

Pairs = dict[tuple[str, str], dict[str, Any]]

RUN = 15  # words in a row that a copy shares with its source
SAMPLE = 20_000


def ask(bench: Bench) -> Iterator[Row]:
    """A run on Reuters; of pairs drawn from all, and of those that the run compared, the share that it accepted."""
    run = bench.run("events", newswire.DATA / "reuters-21578.jsonl.gz")
    pairs = run.pairs(["relation", "accepted"])
    drawn = [pair for pair in _drawn(bench.half) if not _share_a_run(*pair)]
    yield _judged("events-called-derived", drawn, pairs, most=0.005)
    stories = {story.doc_id: story for story in _stories(bench.half)}
    compared = [
        (stories[left], stories[right])
        for left, right in pairs
        if left < right and left in stories and right in stories and _same_event(stories[left], stories[right])
    ]
    compared = [pair for pair in compared if not _share_a_run(*pair)]
    yield _judged("events-compared-called-derived", compared, pairs)


def _judged(
    name: str,
    events: list[tuple[Story, Story]],
    pairs: dict[tuple[str, str], dict[str, Any]],
    most: float | None = None,
) -> Row:
    verdicts = [pairs.get((one.doc_id, other.doc_id)) for one, other in events]
    accepted = np.array([bool(verdict and verdict["accepted"]) for verdict in verdicts])
    relations = Counter(verdict["relation"] for verdict in verdicts if verdict and verdict["accepted"])
    examples = [f"{one.doc_id} {other.doc_id}" for (one, other), yes in zip(events, accepted, strict=True) if yes]
    return row(
        name,
        float(accepted.mean()),
        most=most,
        interval=bootstrap.interval(lambda rows: float(accepted[rows].mean()), [one.doc_id for one, _ in events]),
        pairs=len(events),
        derived=dict(relations.most_common()),
        examples=examples[:5],
    )


def _stories(which: str) -> list[Story]:
    """The stories of one half that are long enough to share a run of words, and have a topic and a day."""
    return [
        story
        for story in newswire.stories()
        if half(story.doc_id) == which and story.topics and story.published_at and len(story.words) >= RUN
    ]


def _drawn(which: str) -> Iterator[tuple[Story, Story]]:
    """Pairs of one topic and day, drawn without regard to how many stories such a day has."""
    days: dict[Any, list[Story]] = defaultdict(list)
    for story in _stories(which):
        for topic in sorted(story.topics):
            days[topic, story.published_at and story.published_at.date()].append(story)
    every = sorted(
        {
            (one.doc_id, other.doc_id): (one, other)
            for of_day in days.values()
            for at, one in enumerate(of_day)
            for other in of_day[at + 1 :]
        }.items()
    )
    chance = random.Random(1)  # noqa: S311 (a sample)
    yield from (pair for _, pair in chance.sample(every, min(SAMPLE, len(every))))


def _same_event(one: Story, other: Story) -> bool:
    if one.published_at is None or other.published_at is None:
        return False
    return bool(one.topics & other.topics) and one.published_at.date() == other.published_at.date()


def _share_a_run(one: Story, other: Story) -> bool:
    """Whether two stories have a run of ``RUN`` words in common."""
    runs = [{tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)} for words in (one.words, other.words)]
    return not runs[0].isdisjoint(runs[1])
