"""Is a pair spun, or honestly edited? The verdict on pairs, its false alarms, the relation and the parent.

Spun stories, honest edits of other stories, and the genuine follow-ups that the newswire itself holds lie in one pile
with all of Reuters-21578. A pair is called spun from a ``spin_score`` of 0.5 on; one that was not found is not.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import bootstrap
import edits
import newswire
import numpy as np
import numpy.typing as npt
from newswire import Story
from spinner import half, spin

from questions import Bench, Row, Run, row
from questions.candidates import SHORT, WAYS, Way

SPUN = 0.5  # the spin score from which on a pair is called spun
FOLLOW_UP = 0.2  # of the shingles of one story in the other, from which on two stories of a day are follow-ups
_RATES = ("7.5", "15", "22", "37")

Flags = npt.NDArray[np.bool_]


class Judged(NamedTuple):
    """A pair of the pile: what was done (or ``follow-up``), and what the run says of it, None where it has no row."""

    how: str
    left: str
    right: str
    verdict: dict[str, Any] | None


def ask(bench: Bench) -> Iterator[Row]:
    """One run; rows for the verdict, for each way of spinning and each kind of edit."""
    made = list(itertools.chain(_spun(bench), _edited(bench)))
    run = bench.run("pairs", [*newswire.stories(), *made])
    pairs = run.pairs(["relation", "accepted", "spin_score", "containment_left", "containment_right"])
    judged = [
        Judged(story.how, story.doc_id, story.made_from, pairs.get((story.doc_id, story.made_from))) for story in made
    ]
    judged += [Judged("follow-up", left, right, pairs[left, right]) for left, right in _follow_ups(pairs, bench.half)]
    groups = _groups(run, judged)
    known = any(pair["spin_score"] is not None for pair in pairs.values())
    flagged = np.array([_is_spun(pair) for pair in judged])
    truth = np.array([pair.how.startswith("spun") for pair in judged])
    yield _f1(flagged, truth, groups, known)
    for how in dict.fromkeys(pair.how for pair in judged):
        yield _share(how, judged, flagged, groups, known)
    yield from _rewrites(run, judged, groups)


def _share(how: str, judged: list[Judged], flagged: Flags, groups: Sequence[str], known: bool) -> Row:
    """The share that is called spun: recall where the pairs are spun, else false alarms."""
    mine = np.array([pair.how == how for pair in judged])
    own = flagged[mine]
    of_mine = list(itertools.compress(groups, mine))
    accepted = sum(bool(pair.verdict and pair.verdict["accepted"]) for pair in itertools.compress(judged, mine))
    return row(
        f"pairs-{how}-called-spun",
        float(own.mean()) if known else None,
        most=0.01 if how == "follow-up" else None,
        interval=bootstrap.interval(lambda rows: float(own[rows].mean()), of_mine) if known else None,
        pairs=len(own),
        accepted=round(accepted / len(own), 4),
    )


def _f1(flagged: Flags, truth: Flags, groups: Sequence[str], known: bool) -> Row:
    """The verdict on all pairs: spun ones are the positives, edits and follow-ups the negatives."""

    def f1(rows: npt.NDArray[np.int64]) -> float:
        called, true = flagged[rows], truth[rows]
        return float(2 * (called & true).sum() / max(called.sum() + true.sum(), 1))

    return row(
        "pairs-f1",
        f1(np.arange(len(truth))) if known else None,
        least=0.95,
        interval=bootstrap.interval(f1, groups) if known else None,
        precision=round(float((flagged & truth).sum() / max(flagged.sum(), 1)), 4) if known else None,
        recall=round(float(flagged[truth].mean()), 4) if known else None,
        spun=int(truth.sum()),
        honest=int((~truth).sum()),
    )


def _rewrites(run: Run, judged: list[Judged], groups: Sequence[str]) -> Iterator[Row]:
    """For each way of spinning the share called ``rewrite``, and the share whose first parent is the original."""
    lineage = run.table("lineage", ["child_id", "parent_id", "rank"])
    parents = {child: parent for child, parent, rank in zip(*lineage.values(), strict=True) if rank == 1}
    for how in dict.fromkeys(pair.how for pair in judged if pair.how.startswith("spun")):
        mine = [at for at, pair in enumerate(judged) if pair.how == how]
        relations = [(judged[at].verdict or {}).get("relation") or "none" for at in mine]
        of_mine = [groups[at] for at in mine]
        for name, flags in (
            ("rewrite", np.array([relation == "rewrite" for relation in relations])),
            ("parent", np.array([parents.get(judged[at].left) == judged[at].right for at in mine])),
        ):
            yield row(
                f"pairs-{how}-{name}",
                float(flags.mean()),
                interval=bootstrap.interval(lambda rows, flags=flags: float(flags[rows].mean()), of_mine),  # type: ignore[misc]
                relations={relation: relations.count(relation) for relation in sorted(set(relations))},
            )


def _spun(bench: Bench) -> Iterator[Story]:
    """Stories of the first half of the originals, a turn for each rate; too short of words for it are left out."""
    ways = [way for way in WAYS if way.name in _RATES]
    left = dict.fromkeys(ways, bench.sample)
    turns = itertools.cycle(ways)
    for story in _parted(bench.half)[0]:
        way: Way = next(turns)
        own = spin(story.text, way.rate, bench.half)
        if left[way] and own.rate >= way.rate - SHORT:
            left[way] -= 1
            yield story.made(own.text, f"spun-{way.name}")


def _edited(bench: Bench) -> Iterator[Story]:
    """Stories of the other half of the originals, a turn for each kind of edit."""
    left = dict.fromkeys(edits.KINDS, bench.sample)
    turns = itertools.cycle(edits.KINDS)
    for story in _parted(bench.half)[1]:
        kind = next(turns)
        text = edits.edit(story.text, kind, other=newswire.neighbour(story).text)
        if left[kind] and text != story.text:
            left[kind] -= 1
            yield story.made(text, kind)


def _parted(which: str) -> tuple[Sequence[Story], Sequence[Story]]:
    """The originals in two, so that no story is both spun and edited."""
    own = newswire.originals(which)
    return own[: len(own) // 2], own[len(own) // 2 :]


def _follow_ups(pairs: dict[tuple[str, str], dict[str, Any]], which: str) -> list[tuple[str, str]]:
    """Pairs of the newswire's own stories that share much text, of one topic and within a day, both of the half."""
    own = {story.doc_id: story for story in newswire.stories() if half(story.doc_id) == which}
    found = []
    for (left, right), pair in pairs.items():
        if left >= right or left not in own or right not in own:
            continue
        one, other = own[left], own[right]
        much = max(pair["containment_left"], pair["containment_right"]) >= FOLLOW_UP and one.text != other.text
        if much and (one.topics & other.topics or one.topics == other.topics) and _within_a_day(one, other):
            found.append((left, right))
    return found


def _within_a_day(one: Story, other: Story) -> bool:
    if one.published_at is None or other.published_at is None:
        return False
    return abs(one.published_at - other.published_at) <= dt.timedelta(days=1)


def _is_spun(pair: Judged) -> bool:
    score = (pair.verdict or {}).get("spin_score")
    return score is not None and score >= SPUN


def _groups(run: Run, judged: list[Judged]) -> list[str]:
    """The story to which each pair belongs; its original where it belongs to none."""
    table = run.table("documents", ["doc_id", "story_id"])
    story_of = dict(zip(*table.values(), strict=True))
    return [str(story_of.get(pair.right) or pair.right) for pair in judged]
