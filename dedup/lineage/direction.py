"""From evidence to probabilities: is there a derivation at all, and which way does it go?"""

from __future__ import annotations

from typing import cast

import numpy as np

from dedup.lineage.evidence import METADATA, Evidence
from dedup.lineage.views import FloatArray, IntArray, Members, Pairs

# A direction is told from this probability on; below, the answer is "unknown".
TOLD = 0.55

# Log-odds of a direct derivation between texts that share half of their words, when nothing else is known. Texts that
# share so much verbatim prose outside quotations are hardly ever independent (20 to 1); a common source that is not in
# the pile is the more likely doubt, and it grows as the shared part shrinks.
PASSAGES_STRENGTH = 3.0
# Near copies resemble each other all through, so a common source explains them less well.
COPIES_STRENGTH = 4.5
# Nothing observed makes a derivation quite certain or quite impossible.
LEAST_SHARE, MOST_SHARE, MOST_JACCARD = 0.02, 0.95, 0.995
# News is taken over while it is news: beyond two days the rate of copying falls as one over the age (a scale-free
# tail), while texts that recur (a weekly report, a form of words) are as likely after months as after days. The odds of
# a derivation fall by as much, down to e^-4: archives are copied too.
FRESH_SECONDS = 2 * 86_400.0
MOST_REMOTE = 4.0

EXACT_STRENGTH = COPIES_STRENGTH + float(np.log(MOST_JACCARD / (1.0 - MOST_JACCARD)))
"""Log-odds of a derivation between equal texts."""


def logistic(score: FloatArray) -> FloatArray:
    """Probability of log-odds."""
    return cast("FloatArray", np.exp(log_logistic(score)))


def log_logistic(score: FloatArray) -> FloatArray:
    """Logarithm of the probability of log-odds, without underflow."""
    return cast("FloatArray", -np.logaddexp(0.0, -score))


def strength(pairs: Pairs) -> FloatArray:
    """Log-odds that one text of each pair derives directly from the other, whichever way.

    A base by relation plus the logit of how much is shared: the Jaccard resemblance of near copies, else the share of
    the better covered side. So of two possible sources the one that shares more is the better one.
    """
    near = np.array([relation in {"exact", "near"} for relation in pairs.relation], dtype=np.bool_)
    share = np.clip(np.maximum(pairs.coverage_left, pairs.coverage_right), LEAST_SHARE, MOST_SHARE)
    share = np.where(near, np.clip(np.nan_to_num(pairs.jaccard), LEAST_SHARE, MOST_JACCARD), share)
    return np.where(near, COPIES_STRENGTH, PASSAGES_STRENGTH) + np.log(share / (1.0 - share))


def remoteness(members: Members, left: IntArray, right: IntArray) -> FloatArray:
    """Log-odds, 0 or less, by which the time between two texts speaks against a direct derivation; 0 if undated.

    Args:
        members: the documents of stories.
        left, right: places of the documents that stand for each pair's texts.
    """
    lag = np.abs(members.begin[left] + members.end[left] - members.begin[right] - members.end[right]) / 2.0
    told = members.dated[left] & members.dated[right]
    return np.where(told, -np.clip(np.log(np.maximum(lag, 1.0) / FRESH_SECONDS), 0.0, MOST_REMOTE), 0.0)


def score(evidence: Evidence) -> FloatArray:
    """Log-odds that left precedes right, by all evidence."""
    return sum(evidence.values(), np.zeros(1))


def score_text(evidence: Evidence) -> FloatArray:
    """Log-odds that left precedes right, by what stands in the texts alone."""
    return score({kind: values * (kind not in METADATA) for kind, values in evidence.items()})
