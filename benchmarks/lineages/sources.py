"""Sources that are not in the pile: are they inferred, and does a document without any keep from being given one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bootstrap
import numpy as np
from bootstrap import Rows
from histories import Story
from phylogeny import unseen

from lineages import HIDDEN, Bench, Figure, Row, Run, figure, row
from lineages.trees import viewed

BELIEVED = 0.5  # the confidence from which on a parent is taken for one


def ask(bench: Bench) -> Iterator[Row]:
    """Rows for inferred sources, and for false parents with and without hidden documents."""
    yield from _inferred(bench)
    for name, pile in ((f"{HIDDEN:.0%} hidden", bench.veiled), ("nothing hidden", bench.plain)):
        figures, numbers = [], []
        for metadata in (False, True):
            stories, run = pile(metadata=metadata)
            own, n = _false_parents(stories, run, metadata=metadata)
            figures.append(own)
            numbers.append(n)
        yield row(f"false parents, {name}", *figures, documents=numbers)


def _inferred(bench: Bench) -> Iterator[Row]:
    counts, names = [], []
    for metadata in (False, True):
        stories, run = bench.veiled(metadata=metadata)
        counts.append(np.array([unseen(story, run.claims_of(story)) for story in stories]))
        names.append([story.name for story in stories])
    for name, least, whole in (("precision", 0.9, 0), ("recall", 0.6, 2)):
        figures = [_share(own, whole, least, groups) for own, groups in zip(counts, names, strict=True)]
        totals = [own.sum(axis=0).tolist() for own in counts]
        yield row(f"unseen sources, {name}, {HIDDEN:.0%} hidden", *figures, proposed_right_present=totals)


def _share(counts: Rows, whole: int, least: float, groups: Sequence[str]) -> Figure:
    """The share of right ones among all, which stand in column ``whole``; no figure where there are none."""

    def share(rows: Rows) -> float:
        total = counts[rows].sum(axis=0)
        return float(total[1] / max(total[whole], 1))

    if not counts[:, whole].any():
        return figure(None, least=least)
    return figure(share(np.arange(len(counts))), least=least, interval=bootstrap.interval(share, groups))


def _false_parents(stories: Sequence[Story], run: Run, *, metadata: bool) -> tuple[Figure, int]:
    """Of the documents without a source in the pile, the share that is given one with some confidence."""
    wrong, groups = [], []
    for story in stories:
        true, claims = viewed(story, run.claims_of(story), metadata=metadata)
        believed = {
            claim.child
            for claim in claims
            if claim.parent is not None and (claim.confidence or 0.0) >= BELIEVED and true.verdict(claim) is not None
        }
        sourceless = [doc for doc, parents in true.parents.items() if not parents]
        wrong += [doc in believed for doc in sourceless]
        groups += [story.name] * len(sourceless)
    values = np.array(wrong, np.float64)
    interval = bootstrap.interval(lambda rows: float(values[rows].mean()), groups)
    return figure(float(values.mean()), most=0.01, interval=interval), len(wrong)
