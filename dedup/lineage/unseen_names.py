"""Sources that texts name, and that published none of the texts that share their words.

That a text names an agency says that the agency's report is missing, not which texts were made of it itself and which
of one another: all that goes back to it may have kept its name. So each text of the group is given a probability of
having been made of the missing source with none but missing texts between, by a logistic regression on what the
branching says of it; a source stands where it is likely enough that over half of its children are its own.
``benchmarks/fit_unseen.py`` writes the weights.
"""

from __future__ import annotations

import functools
import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from dedup.lineage.branching import Candidates
from dedup.lineage.direction import logistic
from dedup.lineage.evidence import attributions
from dedup.lineage.model import FILE
from dedup.lineage.names import Names, Published, named_in, spellings
from dedup.lineage.unseen_readings import Ties
from dedup.lineage.views import FloatArray, Members

WIRES = ("AFP", "ANSA", "AP", "Associated Press", "DPA", "EFE", "Interfax", "ITAR-TASS", "Kyodo", "Press Association",
         "Reuters", "RIA Novosti", "TASS", "UPI", "Xinhua")  # fmt: skip
"""Agencies whose names in a text speak of a source even where the pile has nothing that they published."""
WIRE_NAMES: Names = frozenset().union(*map(spellings, WIRES))

# Texts that hold together: else a name that both bear may come with a line of the house, or with another story.
TIED_SHARE, TIED_WORDS = 0.3, 40
MAX_TEXTS = 300  # of a group that is looked at: the fit has seen none of more than 60, and each name is weighed for all
BELIEVED = 0.7  # probability from which on a source is told: of those told of simulated stories 11 of 13 were right
LEAST_CHANCE = 0.5  # of a child: one that is less likely its own than not is not ascribed to a source
MOST_CHILDREN = 7  # that a source is given by a name: more are never surer
_LEAST = 1e-9  # probability whose logarithm is taken
_LEAST_WEIGHT = -9.0  # of an edge, and where there is none

FEATURES = (
    "names",  # whether the text names the source itself
    "root",  # whether the branching gives it no parent
    "parent_names",  # whether its parent names the source
    "weight",  # log-odds of the edge from its parent; 0 without one
    "next_weight",  # of the best other one
    "attributed",  # whether it names its parent
    "direction",  # log-odds that its parent precedes it, as a logarithm
    "hours",  # logarithm of the logarithm of those after the first text of the group
    "first",  # whether it is that
    "wire",  # whether the source is an agency
    "namers",  # logarithm of the texts that name the source
    "share",  # of these among the group
    "texts",  # logarithm of the texts of the group
    "roots",  # of those without a parent
    "depth",  # logarithm of the steps up to the first text of its line
    "own",  # logarithm of its words that no other text has: none in a verbatim copy, which has no lines of its house
    "root_own",  # of those of the first text of its line
    "least_own",  # of those of the text of the group that has fewest
)
"""What speaks for a text's having been made of the source that its group names."""


class Mention(NamedTuple):
    """A publisher that texts of a group name, and that published none of the group.

    Attributes:
        texts: of the group, ascending.
        namers: those that name it.
        names: its spellings.
    """

    texts: list[int]
    namers: list[int]
    names: Names


class Line(NamedTuple):
    """Where the branching puts a text; parent and edge are -1 where it has no parent."""

    parent: int
    edge: int
    root: int
    depth: int


def named(
    members: Members, published: Published, ties: Ties, edges: Candidates, parent_edge: Mapping[int, int]
) -> list[tuple[float, list[int], str | None]]:
    """Sources that texts name: gain in bits, children, the name as the texts have it.

    Args:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        ties: pairs of texts.
        edges: possible edges.
        parent_edge: row of the edge that enters each text in the branching.
    """
    found: list[tuple[float, list[int], str | None]] = []
    weight = weights()
    mentioned = mentions(members, published, ties)
    own = unshared(ties, mentioned)
    for mention in mentioned:
        said = features(members, published, mention, edges, parent_edge, own)
        chance = logistic(said @ np.array([weight.get(name, 0.0) for name in FEATURES]) + weight.get("bias", 0.0))
        probability, children = likeliest(chance)
        if probability >= BELIEVED:
            cues = Counter(
                cue for text in mention.namers for cue in members.cues[text] if mention.names & named_in([cue])
            )
            label = min(cues, key=lambda cue: (-cues[cue], cue))
            gain = float(np.log2(probability) - np.log2(max(1.0 - probability, _LEAST)))
            found.append((gain, sorted(mention.texts[k] for k in children), label))
    return found


def mentions(members: Members, published: Published, ties: Ties) -> list[Mention]:
    """What the texts of each group name that is not in sight; names that the same texts bear are those of one source.

    A publisher is known if the pile has something that it published, or if it is an agency; of texts whose own
    publishers are not known nothing is out of sight.
    """
    groups = ties.groups(members.doc.size, TIED_SHARE, TIED_WORDS)
    of_group: dict[int, list[int]] = defaultdict(list)
    for text, group in enumerate(groups.tolist()):
        if members.text[text] == text:
            of_group[group].append(text)
    known = WIRE_NAMES.union(*published.values())
    found = []
    for texts in of_group.values():
        if not 2 <= len(texts) <= MAX_TEXTS or not all(published.get(text) for text in texts):
            continue
        out_of_sight = known.difference(*(published[text] for text in texts))
        bearers: dict[str, list[int]] = defaultdict(list)
        for text in texts:
            for name in named_in(members.cues[text]) & out_of_sight:
                bearers[name].append(text)
        sources: dict[tuple[int, ...], set[str]] = defaultdict(set)
        for name, namers in bearers.items():
            sources[tuple(namers)].add(name)
        found += [Mention(texts, list(namers), frozenset(names)) for namers, names in sorted(sources.items())]
    return found


def features(
    members: Members,
    published: Published,
    mention: Mention,
    edges: Candidates,
    parent_edge: Mapping[int, int],
    own: FloatArray,
) -> FloatArray:
    """What speaks for each text of a group, ``float64[texts, len(FEATURES)]``.

    Args:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        mention: the group and the source that it names.
        edges: possible edges.
        parent_edge: row of the edge that enters each text in the branching.
        own: words of each text that no other has.
    """
    lines = [_line(text, edges, parent_edge) for text in mention.texts]
    start = min((int(members.begin[text]) for text in mention.texts if members.dated[text]), default=0)
    least = min(own[text] for text in mention.texts)
    group = _group(mention, lines)
    rows = []
    for text, line in zip(mention.texts, lines, strict=True):
        seconds = int(members.begin[text]) - start if members.dated[text] else 0
        rows.append((
            text in mention.namers,
            *_entered(members, published, text, line, mention, edges),
            np.log1p(np.log1p(max(0, seconds) / 3600.0)),
            bool(members.dated[text]) and seconds == 0,
            *group,
            np.log1p(line.depth),
            *np.log1p([own[text], own[line.root], least]),
        ))  # fmt: skip
    return np.array(rows, np.float64)


def _entered(
    members: Members, published: Published, text: int, line: Line, mention: Mention, edges: Candidates
) -> tuple[float, ...]:
    """The features of the edge by which a text has its parent, from ``root`` to ``direction``."""
    if line.edge < 0:
        return 1.0, 0.0, 0.0, _LEAST_WEIGHT, 0.0, 0.0
    theirs = published.get(line.parent, frozenset())
    precedes = edges.direction[line.edge]
    return (
        0.0,
        float(line.parent in mention.namers),
        float(edges.weight[line.edge]),
        _next_weight(text, line.edge, edges),
        float(bool(attributions(members.cues[text], published[text], theirs))),
        float(np.log1p(max(0.0, np.log(max(precedes, _LEAST) / max(1.0 - precedes, _LEAST))))),
    )


def _group(mention: Mention, lines: list[Line]) -> tuple[float, ...]:
    """The features that all texts of a group share, from ``wire`` to ``roots``."""
    n_texts, n_namers = len(mention.texts), len(mention.namers)
    n_roots = sum(line.edge < 0 for line in lines)
    is_wire = not mention.names.isdisjoint(WIRE_NAMES)
    return float(is_wire), float(np.log(n_namers)), n_namers / n_texts, float(np.log(n_texts)), float(np.log1p(n_roots))


def likeliest(chance: FloatArray) -> tuple[float, list[int]]:
    """The texts, two or more, of which most likely over half, and two, are children of one source.

    Args:
        chance: of each text; they are taken for independent.

    Returns:
        The probability that over half are; places of the texts, the likeliest first.
    """
    order = np.argsort(-chance, kind="stable")
    best, children = 0.0, order[:0]
    counts = np.ones(1)  # probability of each number of right ones among those taken so far
    for n, p in enumerate(chance[order[:MOST_CHILDREN]].tolist(), 1):
        if p < LEAST_CHANCE:
            break
        counts = np.convolve(counts, (1.0 - p, p))
        probability = float(counts[max(2, n // 2 + 1) :].sum())
        if probability > best:
            best, children = probability, order[:n]
    return best, children.tolist()


def unshared(ties: Ties, mentioned: list[Mention]) -> FloatArray:
    """Words of each text that no other text has; 0 for those of no group that names a source."""
    texts = np.unique(np.array([text for mention in mentioned for text in mention.texts], np.int64))
    _, held = ties.held(texts)
    return np.asarray(np.bincount(np.repeat(texts, ties.n_words[texts]), held == 0, ties.n_words.size), np.float64)


@functools.cache
def weights() -> Mapping[str, float]:
    """What one unit of each feature, and ``bias``, adds to the log-odds."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({name: float(weight) for name, weight in told["unseen"].items()})


def _line(text: int, edges: Candidates, parent_edge: Mapping[int, int]) -> Line:
    edge = parent_edge.get(text, -1)
    root, depth = text, 0
    while root in parent_edge:
        root, depth = int(edges.parent[parent_edge[root]]), depth + 1
    return Line(int(edges.parent[edge]) if edge >= 0 else -1, edge, root, depth)


def _next_weight(text: int, edge: int, edges: Candidates) -> float:
    """The weight of the best candidate but one."""
    begin, end = np.searchsorted(edges.child, [text, text + 1]).tolist()
    others = (float(edges.weight[row]) for row in range(begin, end) if row != edge)
    return max(_LEAST_WEIGHT, max(others, default=_LEAST_WEIGHT))
