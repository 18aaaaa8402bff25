"""Sources that are not in the pile: are they inferred, and does a document without any keep from being given one?

**What can be inferred.** Of most hidden documents nothing is left to see: nothing was made of them, or nothing visible,
or one document only, which is then the source itself for all that anybody can tell; or a visible verbatim copy stands
for them. The others count as present (``phylogeny.unseen``). Of a part of these one visible text has kept all that any
other has kept, as far as it goes: such a text may be the source itself, and its readings prove no other. The rest are
*identifiable*. The simulator knows the texts of hidden documents, so the shares are told beside the figures.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import bootstrap
import numpy as np
from bootstrap import Rows
from histories import Story, words
from phylogeny import COPY, Claim, unseen

from lineages import HIDDEN, Bench, Figure, Row, Run, figure, row
from lineages.trees import viewed

BELIEVED = 0.5  # the confidence from which on a parent is taken for one
COPIED, KEPT, IDENTIFIABLE = "a visible verbatim copy", "kept whole by a visible text", "identifiable"
FATES = ("no visible child", "one visible child", COPIED, KEPT, IDENTIFIABLE)
"""What can be known of a hidden document; the last two are present."""

Joints = frozenset[tuple[str, str]]


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
    counts, names, found = [], [], []
    fates: list[dict[str, str]] = []
    for metadata in (False, True):
        stories, run = bench.veiled(metadata=metadata)
        fates = fates or [fate(*both) for both in zip(stories, bench.plain(metadata=metadata)[0], strict=True)]
        claims = [run.claims_of(story) for story in stories]
        counts.append(np.array([unseen(*both) for both in zip(stories, claims, strict=True)]))
        found.append(np.array([_identified(*each) for each in zip(stories, claims, fates, strict=True)]))
        names.append([story.name for story in stories])
    for name, least, whole in (("precision", 0.9, 0), ("recall", 0.6, 2)):
        figures = [_share(own, whole, least, groups) for own, groups in zip(counts, names, strict=True)]
        totals = [own.sum(axis=0).tolist() for own in counts]
        yield row(f"unseen sources, {name}, {HIDDEN:.0%} hidden", *figures, proposed_right_present=totals)
    figures = [_share(own, 2, None, groups) for own, groups in zip(found, names, strict=True)]
    of_all = Counter(itertools.chain.from_iterable(own.values() for own in fates))
    yield row(
        f"unseen sources, recall of identifiable ones, {HIDDEN:.0%} hidden",
        *figures,
        right_present=[own.sum(axis=0)[1:].tolist() for own in found],
        hidden={name: of_all[name] for name in FATES},
    )


def fate(story: Story, whole: Story) -> dict[str, str]:
    """Of each hidden document of a story what can be known of it.

    Args:
        story: with hidden documents.
        whole: the same with all documents visible.
    """
    joints = {article.id: _joints(article.text) for article in whole.articles}
    return {hidden: _fate(hidden, story, joints) for hidden in sorted(story.hidden)}


def lines(hidden: str, story: Story) -> list[frozenset[str]]:
    """The visible documents of each line of descent from a hidden one, with none but hidden ones between."""

    def seen(doc: str) -> frozenset[str]:
        return frozenset().union(*map(seen, made[doc])) if doc in story.hidden else frozenset({doc})

    made = _made(story)
    return [own for own in map(seen, made[hidden]) if own]


def _made(story: Story) -> dict[str, list[str]]:
    """What was made of each document, by primary parent."""
    made: dict[str, list[str]] = defaultdict(list)
    for child, own in story.parents.items():
        for parent in own[:1]:
            made[parent].append(child)
    return made


def _fate(hidden: str, story: Story, joints: Mapping[str, Joints]) -> str:
    branches = lines(hidden, story)
    if len(branches) < 2:
        return FATES[len(branches)]
    if any(child not in story.hidden and story.how.get(child) == COPY for child in _made(story)[hidden]):
        return COPIED
    for article in story.articles:
        others = (joints[doc] for branch in branches if article.id not in branch for doc in branch)
        if joints[hidden] & frozenset().union(*others) <= joints[article.id]:
            return KEPT
    return IDENTIFIABLE


def _joints(text: str) -> Joints:
    """The pairs of neighbouring words of a text."""
    return frozenset(itertools.pairwise(words(text)))


def _identified(story: Story, claims: Iterable[Claim], fates: Mapping[str, str]) -> tuple[int, int, int]:
    """Sources that were inferred, identifiable ones among those that they are right of, and all of these."""
    ascribed: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if claim.unseen is not None:
            ascribed[claim.unseen].add(claim.child)
    families = [frozenset().union(*lines(hidden, story)) for hidden, name in fates.items() if name == IDENTIFIABLE]
    right = sum(any(len(own & family) > max(1, len(own) / 2) for own in ascribed.values()) for family in families)
    return len(ascribed), right, len(families)


def _share(counts: Rows, whole: int, least: float | None, groups: Sequence[str]) -> Figure:
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
