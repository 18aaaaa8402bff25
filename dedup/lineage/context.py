"""What the whole story says of the order of two of its texts.

Two texts alone tell their order badly; the others know more. What a third text shares with one of them and not with the
other, and which histories are possible at all, is in the marginals of the branchings: how much likelier one of the two
was made of the other than the other way round. Beside what the pair itself says, this is one more kind of evidence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dedup.lineage import branching, direction, kinship
from dedup.lineage.branching import Candidates
from dedup.lineage.evidence import METADATA, STORY, Evidence, genres
from dedup.lineage.model import model
from dedup.lineage.views import FloatArray, IntArray, Members, Pairs

_PAIR_ALONE = np.array([1.0, 0.0, 1.0, 0.0])  # the weights with which the story would add nothing
LEAST = 1e-3  # marginal that counts: of what is less likely both ways round, histories say next to nothing


class Histories(NamedTuple):
    """All possible histories of the stories.

    Attributes:
        edges: possible edges between texts; their direction is that of the pair alone.
        marginal: probability of each.
        none: per text the probability that it has no parent here.
    """

    edges: Candidates
    marginal: FloatArray
    none: dict[int, float]


def histories(members: Members, pairs: Pairs, weighed: Evidence, origin: IntArray) -> Histories:
    """Who may have been made of whom.

    Args:
        members: the documents of stories.
        pairs: pairs of texts.
        weighed: evidence that a pair's left text precedes, of the pair alone.
        origin: per place of a text's first document, the place of the document that stands for the text in time.
    """
    score = direction.score(weighed)
    relatives = kinship.relatives(pairs, score)
    told = kinship.choices(members, pairs, relatives, weighed, origin)
    edges = branching.candidates(relatives, kinship.weigh(told), score)
    return Histories(edges, *branching.marginals(edges, members.story))


def direction_text(members: Members, pairs: Pairs, weighed: Evidence, origin: IntArray, told: Histories) -> FloatArray:
    """Probability that each pair's left text precedes, by texts alone: of the pair, and of the whole story.

    Args:
        members: the documents of stories.
        pairs: pairs of texts.
        weighed: evidence of the pair alone, metadata included.
        origin: per place of a text's first document, the place of the document that stands for the text in time.
        told: the histories by all evidence, which are those by texts where nothing else is known.
    """
    silent = {kind: values * (kind not in METADATA) for kind, values in weighed.items()}
    if members.dated.any() or any(members.title) or any(weighed[kind].any() for kind in METADATA):
        bare = replace(members, dated=np.zeros_like(members.dated), title=[None] * members.doc.size)
        told = histories(bare, pairs, silent, origin)
    return direction.logistic(direction.score(add(pairs, silent, told)))


def balance(pairs: Pairs, told: Histories) -> tuple[FloatArray, FloatArray]:
    """How much likelier each pair's right text was made of the left one than the left of the right, as a logarithm.

    Returns:
        This; and whether the story says something, 0 or 1: it does of candidates where a third text is related to one.
    """
    edges, n = told.edges, pairs.left.size
    forward = np.bincount(edges.pair, told.marginal * edges.forward, n)
    backward = np.bincount(edges.pair, told.marginal * ~edges.forward, n)
    n_relatives = np.bincount(np.concatenate((pairs.left, pairs.right)))
    says = (np.bincount(edges.pair, minlength=n) > 0) & (
        np.maximum(n_relatives[pairs.left], n_relatives[pairs.right]) > 1
    )
    return np.log((forward + LEAST) / (backward + LEAST)), says.astype(np.float64)


def inputs(pairs: Pairs, score: FloatArray, told: Histories) -> FloatArray:
    """What ``model().story`` weighs, in its order: ``float64[pairs, 4]``.

    Args:
        pairs: pairs of texts.
        score: log-odds that a pair's left text precedes, by the pair alone.
        told: the histories that this evidence gives.
    """
    passage = genres(pairs)[:, 0]
    log_ratio, says = balance(pairs, told)
    held = np.stack((score * says, log_ratio * says), axis=1)
    return np.concatenate((held * passage[:, None], held * (1.0 - passage)[:, None]), axis=1)


def add(pairs: Pairs, weighed: Evidence, told: Histories) -> Evidence:
    """The evidence of the pairs alone, and beside it what the whole story adds to it or takes from it."""
    more = model().story - _PAIR_ALONE
    return {**weighed, STORY: inputs(pairs, direction.score(weighed), told) @ more}
