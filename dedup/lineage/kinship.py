"""Which of a text's relatives it was made from: what tells a parent from a grandparent, a sibling or a common source.

Likeness does not: two outlets that follow one style guide are more like each other than like their source. Stemmatics
asks instead which *readings* two texts share against a third one (Lachmann's common errors; ``kernels.readings``). A
relative that lacks what the child shares with others before it cannot be where the child has that from; so of all texts
before the child the parent is the one that is least contradicted. What another relative says counts by the probability
that it precedes the child, since what a text shares with those made of it says nothing of where it comes from.

How much a feature tells depends on the edge and on who else there is: readings tell little where two texts share a
paragraph, and direction less where there is no clock. So a small network weighs them (``lineage.network``), each
relative beside each rival.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dedup.kernels import omissions as omitting
from dedup.kernels import readings as columns
from dedup.kernels.omissions import omissions
from dedup.kernels.readings import duels, readings
from dedup.lineage import direction
from dedup.lineage.direction import log_logistic, logistic
from dedup.lineage.evidence import METADATA, Evidence
from dedup.lineage.network import FILE, Network, Rounds, log_odds, network
from dedup.lineage.views import BoolArray, FloatArray, IntArray, Members, Pairs

MAX_RELATIVES = 32  # of a text, that are looked at
_HOUR = 3600.0  # seconds
EVEN = 0.5  # a probability that says nothing
LEAST_SHARE = 0.02  # a text shares no less with a relative, and leaves no less unshared
_WORD = re.compile(r"\w+")

NAMES = (
    "direction",  # logarithm of the probability that the parent precedes the child
    "remoteness",  # log-odds, 0 or less, by which the time between the two speaks against a direct derivation
    "near",  # whether the two are near copies
    "rewrite",  # whether one of the two is the other in other words
    "coverage",  # logit of the share of the child's words that stand in shared passages
    "parent_coverage",  # logit of the share of the parent's words that do
    "missing",  # logarithm of the share of the child's joints that the parent lacks
    "missing_more",
    "against",  # logarithm of the readings of other relatives that the parent lacks, each by that of its length
    "against_more",
    "lost",  # logarithm of the joints of those that a text before the parent has
    "lost_more",
    "late",  # logarithm of the joints of those that a text between the parent and the child has
    "late_more",
    "lost_short",  # logarithms of small readings and of joints in long ones
    "lost_long",
    "late_short",
    "late_long",
    "tied_short",  # the same of those that parent and child share with nobody before the child
    "tied_long",
    "alone",  # logarithm of the share of the child's joints that nobody has
    "parent_alone",  # the same of the parent
    "copies",  # logarithm of the number of documents with the child's text
    "parent_copies",  # the same of the parent: what was taken over often is likely to be taken over again
    "first",  # logarithm of the probability that no relative precedes the child
    "parent_first",  # the same of the parent
    "preceded",  # logarithm of the probability that the likeliest of its relatives precedes the child
    "time",  # log-odds that the parent precedes the child, by their dates
    "attribution",  # the same by which of the two names the other
    "lag",  # logarithm of hours and one from parent to child, below 0 where the child is dated before; 0 if undated
    "overlap",  # whether the dates are too coarse to tell an order
    "jaccard",  # resemblance of the two texts
    "dated",  # whether both have a date
    "title",  # resemblance of the words of the two titles
    "titled",  # whether both have a title
)
"""The features of an edge; ``..._more`` is how much it has more than the best of the child's relatives."""

DUELS = (
    "rival_short",  # logarithm of the short stretches of the child that the rival has and the relative lacks, and one
    "rival_long",  # the same of the joints of long ones
    "own_short",  # what the relative has and the rival lacks
    "own_long",
    "lead",  # logarithm of all that the relative has beyond the rival, short stretches twice, less that of the rival
    "related",  # whether the two are relatives of each other
    "rival_before",  # probability that the rival precedes the relative, less one half; 0 where they are not related
    "rival_precedes",  # probability that the rival precedes the child, less one half
    "own_precedes",  # the same of the relative
    "own_only",  # logarithm of the joints that the relative has, and neither the child nor the rival
    "own_only_places",  # the same of the places at which they stand
    "both",  # what relative and rival have, and the child has not
    "both_places",
    "rival_only",  # what the rival has, and neither the child nor the relative
    "rival_only_places",
)
"""What is told of a relative beside a rival."""


_Seen = tuple[IntArray, IntArray, IntArray, IntArray, FloatArray, IntArray, IntArray, IntArray]


class Choices(NamedTuple):
    """Texts, each with the relatives of which it may have been made, and what tells of which it was.

    Attributes:
        features: ``float64[edges, len(NAMES)]``.
        bounds: the edges of text ``i`` are ``bounds[i]:bounds[i + 1]``.
        duels: gives, for a first text, one behind the last and their rounds, ``float64[rows, len(DUELS)]``.
    """

    features: FloatArray
    bounds: IntArray
    duels: Callable[[int, int, Rounds], FloatArray]


class Relatives(NamedTuple):
    """Possible edges ``parent -> child`` between texts, ordered by child, at most ``MAX_RELATIVES`` for each.

    Attributes:
        pair: row of the pair that ties the two.
        forward: whether the pair's left text is the parent.
        parent: place of the parent's first document.
        child: place of the child's.
    """

    pair: IntArray
    forward: BoolArray
    parent: IntArray
    child: IntArray


def relatives(pairs: Pairs, score: FloatArray) -> Relatives:
    """Both directions of every pair; a child with many relatives keeps those that explain most and likely precede.

    Args:
        pairs: pairs of texts.
        score: log-odds that a pair's left text precedes.
    """
    n = pairs.left.size
    pair, forward = np.tile(np.arange(n), 2), np.arange(2 * n) < n
    parent, child = np.concatenate((pairs.left, pairs.right)), np.concatenate((pairs.right, pairs.left))
    share = _logit(np.concatenate((pairs.coverage_right, pairs.coverage_left)))
    order = np.lexsort((parent, -(share + log_logistic(toward(score, pair, forward))), child))
    rank = np.arange(2 * n) - np.searchsorted(child[order], child[order])
    kept = order[rank < MAX_RELATIVES]
    return Relatives(pair[kept], forward[kept], parent[kept], child[kept])


def toward(score: FloatArray, pair: IntArray, forward: BoolArray) -> FloatArray:
    """Log-odds that the parent of each edge precedes its child, from those that a pair's left text precedes."""
    return np.where(forward, score[pair], -score[pair])


def choices(members: Members, pairs: Pairs, edges: Relatives, weighed: Evidence, origin: IntArray) -> Choices:
    """What tells, of each possible edge, whether the child was made directly from the parent.

    Args:
        members: the documents of stories.
        pairs: pairs of texts.
        edges: possible edges.
        weighed: evidence that a pair's left text precedes, of all kinds.
        origin: per place of a text's first document, the place of the document that stands for the text in time.
    """
    precedes = toward(direction.score(weighed), edges.pair, edges.forward)
    texts, first, child = np.unique(edges.child, return_index=True, return_inverse=True)
    parent = np.searchsorted(texts, edges.parent).astype(np.int64)
    bounds = np.append(first, edges.child.size).astype(np.int64)
    chances, n_words = logistic(precedes), members.n_words[texts]
    seen = bounds, parent, edges.pair, edges.forward.astype(np.int64), chances, n_words, pairs.first_run, pairs.runs
    told = np.zeros((0, len(NAMES)))
    if edges.child.size:
        told = _features(members, pairs, edges, weighed, origin, (precedes, first, child, parent), readings(*seen))
    return Choices(told, bounds, functools.partial(_duels, seen))


def _features(
    members: Members,
    pairs: Pairs,
    edges: Relatives,
    weighed: Evidence,
    origin: IntArray,
    known: tuple[FloatArray, IntArray, IntArray, IntArray],
    read: FloatArray,
) -> FloatArray:
    """``Choices.features``.

    Args:
        known: log-odds that the parent of each edge precedes its child; the first edge of each text; child and parent
            of each edge, as texts.
        read: as ``kernels.readings.readings`` gives it.
    """
    precedes, first, child, parent = known
    texts = edges.child[first]
    joints = np.maximum(members.n_words[texts], 2) - 1.0
    alone = np.log(read[first, columns.ALONE] + 1.0) - np.log(joints + 1.0)
    kind = np.array(pairs.relation)[edges.pair]
    sides = pairs.coverage_left[edges.pair], pairs.coverage_right[edges.pair]
    made = {
        "direction": log_logistic(precedes),
        "remoteness": direction.remoteness(members, origin[edges.parent], origin[edges.child]),
        "near": (kind == "near").astype(np.float64),
        "rewrite": (kind == "rewrite").astype(np.float64),
        "coverage": _logit(np.where(edges.forward, sides[1], sides[0])),
        "parent_coverage": _logit(np.where(edges.forward, sides[0], sides[1])),
        "missing": np.log(joints[child] - read[:, columns.HELD] + 1.0) - np.log(joints[child] + 1.0),
        **_counted(read),
        "alone": alone[child],
        "parent_alone": alone[parent],
        **_orders(precedes, first, child, parent),
        **{kind: toward(weighed[kind], edges.pair, edges.forward) for kind in METADATA},
        **_dates(members, origin[edges.parent], origin[edges.child]),
        **_titles(members, origin[edges.parent], origin[edges.child]),
        "jaccard": np.nan_to_num(pairs.jaccard)[edges.pair],
    }
    copies = np.log(np.bincount(members.text)[texts])
    made |= {"copies": copies[child], "parent_copies": copies[parent]}
    for name in ("missing", "against", "lost", "late"):
        # Above the least of the child's relatives, of which those that hardly precede it count as having more.
        least = np.minimum.reduceat(made[name] - log_logistic(precedes), first)
        made[f"{name}_more"] = made[name] - least[child]
    return np.stack([made[name] for name in NAMES], axis=1)


def _counted(read: FloatArray) -> dict[str, FloatArray]:
    """The features that are readings counted."""
    logs = np.log1p(read)
    lost, late = (
        np.log1p(2.0 * read[:, short] + read[:, long])
        for short, long in ((columns.LOST_SHORT, columns.LOST_LONG), (columns.LATE_SHORT, columns.LATE_LONG))
    )
    return {
        "against": np.log1p(read[:, columns.AGAINST]),
        "lost": lost,
        "late": late,
        "lost_short": logs[:, columns.LOST_SHORT],
        "lost_long": logs[:, columns.LOST_LONG],
        "late_short": logs[:, columns.LATE_SHORT],
        "late_long": logs[:, columns.LATE_LONG],
        "tied_short": logs[:, columns.TIED_SHORT],
        "tied_long": logs[:, columns.TIED_LONG],
    }


def _orders(precedes: FloatArray, first: IntArray, child: IntArray, parent: IntArray) -> dict[str, FloatArray]:
    """Whether anything precedes the child, and the parent, all relatives taken together."""
    alone = np.add.reduceat(log_logistic(-precedes), first)
    most = np.maximum.reduceat(log_logistic(precedes), first)
    return {"first": alone[child], "parent_first": alone[parent], "preceded": most[child]}


def _dates(members: Members, parent: IntArray, child: IntArray) -> dict[str, FloatArray]:
    """How the dates of two documents stand to each other."""
    dated = members.dated[parent] & members.dated[child]
    lag = (members.begin[child] + members.end[child] - members.begin[parent] - members.end[parent]) / 2.0
    overlap = (members.begin[child] < members.end[parent]) & (members.begin[parent] < members.end[child])
    return {
        "lag": np.where(dated, np.sign(lag) * np.log1p(np.abs(lag) / _HOUR), 0.0),
        "overlap": (dated & overlap).astype(np.float64),
        "dated": dated.astype(np.float64),
    }


def _titles(members: Members, parent: IntArray, child: IntArray) -> dict[str, FloatArray]:
    """How like the titles of two documents are."""
    words = [frozenset(_WORD.findall((title or "").lower())) for title in members.title]
    titled = np.array([bool(own) for own in words], np.bool_)
    both = titled[parent] & titled[child]
    alike = np.zeros(parent.size)
    for row in np.flatnonzero(both).tolist():
        one, other = words[parent[row]], words[child[row]]
        alike[row] = len(one & other) / len(one | other)
    return {"title": alike, "titled": both.astype(np.float64)}


def weigh(told: Choices) -> FloatArray:
    """Log-odds of each edge against "not from here", by the network that is shipped."""
    return log_odds(*told, shipped())


def shipped() -> Network:
    """The weights that ``benchmarks/fit_kinship.py`` has fitted."""
    return network(FILE, NAMES, DUELS)


def _duels(seen: _Seen, begin: int, end: int, rounds: Rounds) -> FloatArray:
    """``Choices.duels``; ``seen``: what the kernel takes, the range of texts apart."""
    bounds, _, _, _, chances, *_ = seen
    counted = duels(*seen, begin, end)
    more = np.log1p(counted[:, : columns.BEFORE])
    whole = np.log1p(2.0 * counted[:, columns.MORE_SHORT] + counted[:, columns.MORE_LONG])
    before = counted[:, columns.BEFORE]
    related = before >= 0.0
    precedes = chances[bounds[begin] : bounds[end]] - EVEN
    omitted = np.log1p(omissions(*seen[:4], *seen[5:], begin, end))
    return np.column_stack((
        more, more[rounds.turned], whole[rounds.turned] - whole, related, np.where(related, before - EVEN, 0.0),
        precedes[rounds.rival], precedes[rounds.own], omitted, omitted[rounds.turned, : omitting.BOTH_JOINTS],
    ))  # fmt: skip


def _logit(share: FloatArray) -> FloatArray:
    share = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE)
    return np.asarray(np.log(share / (1.0 - share)))
