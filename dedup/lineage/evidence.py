"""Evidence for which of two texts came first, as named log-odds.

Every kind is antisymmetric: what speaks for "left precedes right" speaks as much against "right precedes left". The
kinds are taken for independent and add up to the score of the direction (naive Bayes); its logistic function is the
probability. What the texts bear is weighed by a logistic regression for each genre of pairs, calibrated for each
relation (``lineage.model``); time and attribution speak beside it, with weights that are set by hand.
"""

from __future__ import annotations

import numpy as np

from dedup.lineage.model import FEATURES, model
from dedup.lineage.names import Names, Published, named_in, published_as
from dedup.lineage.views import FloatArray, IntArray, Members, Pairs
from dedup.match.clues import CLUES, KINDS
from dedup.match.collation import RELATIONS

Evidence = dict[str, FloatArray]
"""Log-odds that left precedes right, per kind: one number per pair."""

METADATA = ("time", "attribution")
"""The kinds that need more than the texts; attribution asks who published the other."""
STORY = "story"
"""The kind that needs the other documents of the story, and so comes last (``lineage.context``)."""

# Share of pairs whose stamps stand in the wrong order: updates, time zones, crawl dates. It is set by hand, and bounds
# what a clock can say to log(0.98 / 0.02) = 3.89.
OUTLIER_SHARE = 0.02
# Lags between source and copy: wires are taken over within minutes, archives after years. Log-normal, so its median is
# a time and its spread a factor (e^6 = 400).
MEDIAN_LAG_SECONDS = 6 * 3600.0
LAG_SPREAD = 6.0

# A text that names another's publisher has most often taken from it; not always: both may name a third one's wire, or
# the name be that of a speaker. Even odds of 9 to 1; a link to the very page is hardly ever there by chance.
NAMED = 2.2
LINKED = 4.5

# Where one of two texts is the other as a synonym machine words it, the one whose wording betrays a machine is the
# copy; the spin scores of the two, each told without the other, say which. They are bounded, for they can err together.
SPUN = 0.5
MOST_WORDING = 3.0

# Share of the less covered text: up to the first the pair is no version of one text, from the second on it is.
BORROWED, VERSION = 0.1, 0.4

MOST_TEXTUAL = 3.3  # log-odds: texts alone make no order surer than 27 to 1, and never outweigh a sound clock


def weigh(members: Members, published: Published, pairs: Pairs, origin: IntArray, said: FloatArray) -> Evidence:
    """Evidence between different texts.

    Args:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        pairs: pairs of texts.
        origin: per place of a text's first document, the place of the member that stands for the text in time.
        said: as ``said_by_texts`` gives it.
    """
    return {
        "time": time_log_odds(members, origin[pairs.left], origin[pairs.right]),
        "attribution": _attribution(members, pairs.left, pairs.right, published),
        **textual(said),
    }


def features(members: Members, pairs: Pairs) -> FloatArray:
    """What the texts of each pair say, ``float64[pairs, len(model.FEATURES)]``."""
    return np.column_stack((pairs.clues, _wording(members, pairs)))


def said_by_texts(members: Members, pairs: Pairs) -> FloatArray:
    """Log-odds of each feature that left precedes right, ``float64[pairs, len(model.FEATURES)]``; not bounded."""
    return features(members, pairs) * weights(genres(pairs), pairs.relation)


def textual(said: FloatArray) -> Evidence:
    """Log-odds that left precedes right, by kind; all together at most ``MOST_TEXTUAL``.

    Args:
        said: as ``said_by_texts`` gives it.
    """
    total = np.abs(said.sum(axis=1, keepdims=True))
    log_odds = said * np.minimum(1.0, MOST_TEXTUAL / np.maximum(total, MOST_TEXTUAL))
    kinds: Evidence = {}
    for feature, column in zip(FEATURES, log_odds.T, strict=True):
        kind = KINDS.get(feature, feature)
        kinds[kind] = kinds.get(kind, 0.0) + column
    return kinds


def genres(pairs: Pairs) -> FloatArray:
    """How far each pair belongs to each genre, ``float64[pairs, len(model.GENRES)]``; each row adds up to 1.

    Who borrows a passage has little of the other text, and the other has little of his; versions share more.
    """
    shared = np.minimum(pairs.coverage_left, pairs.coverage_right)
    version = np.clip((shared - BORROWED) / (VERSION - BORROWED), 0.0, 1.0)
    return np.column_stack((1.0 - version, version * (1.0 - pairs.reference), version * pairs.reference))


def weights(genre: FloatArray, relation: list[str]) -> FloatArray:
    """What each feature of each pair weighs, ``float64[pairs, len(model.FEATURES)]``.

    Args:
        genre: as ``genres`` gives it.
        relation: of each pair.
    """
    rows = np.array([RELATIONS.index(name) for name in relation], np.int64)
    return np.asarray(genre @ model().direction * model().trust[rows, None])


def strongest(said: FloatArray) -> dict[str, IntArray]:
    """By kind of evidence, for each pair the clue of that kind that says most of what all of them come to.

    Args:
        said: as ``said_by_texts`` gives it.
    """
    found = {}
    for kind in dict.fromkeys(KINDS[clue] for clue in CLUES):
        own = np.array([k for k, clue in enumerate(CLUES) if KINDS[clue] == kind])
        total = said[:, own].sum(axis=1, keepdims=True)
        found[kind] = own[np.argmax(said[:, own] * np.sign(total), axis=1)]
    return found


def weigh_copies(members: Members, first: IntArray, second: IntArray) -> Evidence:
    """Evidence between two documents with the same text, from their metadata alone.

    A text that names one of its publishers, and not the other, was first published by the one that it names.
    """
    published = {
        int(place): published_as(members, int(place))
        for place in np.union1d(first, second)
        if members.named[members.text[place]]
    }
    return {
        "time": time_log_odds(members, first, second),
        "attribution": _attribution(members, first, second, published),
    }


def time_log_odds(members: Members, left: IntArray, right: IntArray) -> FloatArray:
    """Log-odds that left precedes right, by their times of publication.

    A lag is log-normal in the true order; beside it stands an outlier density, flat in the logarithm of the lag and as
    likely in either order, of such a height that the best lag speaks with odds of 1 - ``OUTLIER_SHARE`` to
    ``OUTLIER_SHARE``, and a lag that no newsroom has speaks hardly at all. (Xu and Smith 2018, "Contrastive training
    for models of information cascades", learn the lag's weight; here it is set.)

    Nothing is said where a date is missing. Where the two intervals that the precision leaves (a day, a minute)
    overlap, any moment of either is as likely as another: an evening comes after most of its day.
    """
    lag = (members.begin[right] + members.end[right] - members.begin[left] - members.end[left]) / 2.0
    deviation = np.log(np.maximum(np.abs(lag), 1.0) / MEDIAN_LAG_SECONDS) / LAG_SPREAD
    likely = np.exp(-0.5 * deviation**2)
    odds = 1.0 + (1.0 - 2.0 * OUTLIER_SHARE) / OUTLIER_SHARE * likely
    before = _before(members, left, right)
    order = np.log(before * odds + (1.0 - before)) - np.log(before + (1.0 - before) * odds)
    return np.where(members.dated[left] & members.dated[right], order, 0.0)


def _before(members: Members, left: IntArray, right: IntArray) -> FloatArray:
    """Probability that a moment of the left interval comes before one of the right interval, both drawn evenly."""
    begin, end = members.begin[left].astype(np.float64), members.end[left].astype(np.float64)
    other, other_end = members.begin[right].astype(np.float64), members.end[right].astype(np.float64)
    # Of the left moments below the right interval all come before; of those within it, on average those up to halfway.
    low, high = np.clip(other, begin, end), np.clip(other_end, begin, end)
    within = (high - low) * (other_end - (low + high) / 2.0) / np.maximum(other_end - other, 1.0)
    return np.asarray((low - begin + within) / np.maximum(end - begin, 1.0))


def attributions(child_names: list[str], child_published: Names, parent_published: Names) -> list[str]:
    """What one text names that is the other's publisher or address, its own apart; the telling ones first."""
    theirs = parent_published - child_published
    fitting = [cue for cue in child_names if named_in([cue]) & theirs]
    return sorted(fitting, key=lambda cue: (-attribution_weight(cue, theirs), cue))


def attribution_weight(cue: str, published: Names) -> float:
    """Log-odds that a text which bears this cue comes after the one published so."""
    return LINKED if any("/" in name for name in named_in([cue]) & published) else NAMED


def _attribution(members: Members, left: IntArray, right: IntArray, published: Published) -> FloatArray:
    """Log-odds that left precedes right, by which of them names the other's publisher or address."""
    log_odds = np.zeros(left.size)
    nobody: Names = frozenset()
    for row, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        if not members.named[one] and not members.named[other]:
            continue
        of_one, of_other = published.get(one, nobody), published.get(other, nobody)
        forward = attributions(members.named[other], of_other, of_one)
        backward = attributions(members.named[one], of_one, of_other)
        if forward and not backward:
            log_odds[row] = attribution_weight(forward[0], of_one)
        elif backward and not forward:
            log_odds[row] = -attribution_weight(backward[0], of_other)
    return log_odds


def _wording(members: Members, pairs: Pairs) -> FloatArray:
    """Log-odds that left precedes right, where one is the other in a synonym machine's words."""
    least, most = np.finfo(np.float64).eps, 1.0 - np.finfo(np.float64).eps
    left, right = (np.clip(members.spin[side], least, most) for side in (pairs.left, pairs.right))
    log_odds = np.log(right / (1.0 - right)) - np.log(left / (1.0 - left))
    told = (np.nan_to_num(pairs.spin) >= SPUN) & np.isfinite(log_odds)
    return np.where(told, np.clip(log_odds, -MOST_WORDING, MOST_WORDING), 0.0)
