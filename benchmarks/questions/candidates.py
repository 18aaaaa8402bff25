"""Does a spun story meet its original at all? Recall of candidates, and what each channel adds to it.

Stories of one half are spun and put beside all of Reuters-21578. A pair is found if ``pairs`` has a row for it, refused
or not. Stories are taken in which so many words can be replaced; ``candidates-most`` takes any, and replaces all that
can be. ``candidates_of_...`` counts pairs that no channel of copies has found: those that ``max_candidates`` bounds.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import bootstrap
import newswire
import numpy as np
from newswire import Story
from spinner import Spun, spin

from questions import Bench, Row, Run, mean, row


class Way(NamedTuple):
    """How stories are spun: share of the words replaced, share of the function words perturbed, and the target."""

    name: str
    rate: float
    perturb: float = 0.0
    least: float | None = None


WAYS = (
    Way("7.5", 0.075),
    Way("15", 0.15),
    Way("22", 0.22),
    Way("37", 0.37, least=0.99),
    Way("37-perturbed", 0.37, 0.1, least=0.95),
    Way("most", 1.0),
)
SHORT = 0.02  # by so much may the share of replaced words fall short of what was asked for
_BOUNDLESS = frozenset({"surface", "digest", "cluster"})  # channels of copies: these pairs are never left out


def ask(bench: Bench) -> Iterator[Row]:
    """A run for each way to spin."""
    for way in WAYS:
        sample = list(itertools.islice(spun(bench.half, way.rate, way.perturb, way.name), bench.sample))
        made = [story for story, _ in sample]
        run = bench.run(f"candidates-{way.name}", [*newswire.stories(), *made])
        yield _judged(run, way, made, [own.rate for _, own in sample])


def spun(which: str, rate: float, perturb: float = 0.0, name: str = "") -> Iterator[tuple[Story, Spun]]:
    """Stories of one half, spun with its half of the dictionary, in an order as good as random."""
    for story in newswire.originals(which):
        own = spin(story.text, rate, which, perturb=perturb)
        if own.substitutions and (own.rate >= rate - SHORT or rate == 1):
            yield story.made(own.text, f"spun-{name or rate}"), own


def _judged(run: Run, way: Way, made: list[Story], rates: list[float]) -> Row:
    pairs = run.pairs(["channels", "relation", "accepted"])
    own = [pairs.get((story.doc_id, story.made_from)) for story in made]
    found = np.array([pair is not None for pair in own])
    # Each pair stands there twice, once for each of its documents.
    counts = Counter(left for (left, _), pair in pairs.items() if _BOUNDLESS.isdisjoint(pair["channels"]))
    of_spun = [counts[story.doc_id] for story in made]
    return row(
        f"candidates-{way.name}",
        float(found.mean()),
        least=way.least,
        interval=bootstrap.interval(lambda rows: float(found[rows].mean()), range(len(made))),
        spun=len(made),
        words_replaced=round(mean(rates) or 0.0, 4),
        channels=_channels([pair for pair in own if pair], len(made)),
        relations=dict(Counter(str(pair["relation"]) if pair else "not found" for pair in own).most_common()),
        candidates_of_spun={"mean": round(float(np.mean(of_spun)), 1), "most": max(of_spun)},
        candidates_of_any={"mean": round(len(pairs) / len(newswire.stories()), 1), "most": max(counts.values())},
        pairs=len(pairs) // 2,
    )


def _channels(found: list[dict[str, Any]], n: int) -> dict[str, dict[str, float]]:
    """The share of all true pairs that each channel found, and that no other did."""
    names = sorted({channel for pair in found for channel in pair["channels"]})
    return {
        name: {
            "found": round(sum(name in pair["channels"] for pair in found) / n, 4),
            "alone": round(sum(pair["channels"] == [name] for pair in found) / n, 4),
        }
        for name in names
    }
