"""The measured recall of a run."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dedup.cluster import cluster
from dedup.config import Config
from dedup.match import recall
from dedup.match.copies import collapse
from tests.match.corpus import matched, prose, sketches


def _family(n):
    """Texts more and less alike."""
    words = prose(1, 100)
    return [" ".join([*words[: 100 - 3 * k], *prose(10 + k, 3 * k)]) for k in range(n)]


def _similar(texts, min_jaccard):
    sets = [{tuple(t.split()[i : i + 5]) for i in range(len(t.split()) - 4)} for t in texts]
    return {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if len(sets[i] & sets[j]) >= min_jaccard * len(sets[i] | sets[j]) > 0
    }


def _measured(texts, clusters, config=None):
    made = sketches(texts)
    return recall.measure(made, collapse(made), np.array(clusters), config or Config())


@pytest.mark.parametrize("min_jaccard", [0.5, 0.7, 0.9])
def test_recall_equals_brute_force_when_all_are_sampled(min_jaccard):
    """Expected are all pairs of different texts that resemble enough; the clusters of a run hold them."""
    texts = [*_family(12), "too short", ""]
    config = Config(min_jaccard=min_jaccard)
    found = matched(texts, config)
    clusters = cluster(found.matches, found.texts, str, config).cluster
    measured = _measured([*texts, texts[3]], [*clusters, clusters[3]], config)
    assert (measured.sampled, measured.expected) == (12, len(_similar(texts, min_jaccard)))
    assert measured.share == 1


def test_missed_pairs_show():
    """A document that stands outside of its cluster lowers the share by its pairs."""
    texts = _family(6)
    wanted = _similar(texts, 0.7)
    measured = _measured(texts, [1, 1, 1, 1, 1, -1])
    lost = len([pair for pair in wanted if 5 in pair])
    assert lost
    assert (measured.expected, measured.found) == (len(wanted), len(wanted) - lost)
    assert measured.share == (len(wanted) - lost) / len(wanted)


def test_a_sample_counts_its_own_pairs_only(monkeypatch):
    """Pairs without a sampled text are not expected, and the sample does not depend on the order of the texts."""
    monkeypatch.setattr(recall, "SAMPLE_TEXTS", 3)
    texts = _family(10)
    clusters = [1, 1, 1, 2, 2, 2, 1, 1, -1, -1]
    one, other = _measured(texts, clusters), _measured(texts[::-1], clusters[::-1])
    assert one == other
    assert one.sampled == 3
    assert one.expected < len(_similar(texts, 0.7))


def test_nothing_expected_is_no_recall():
    """Where no pair resembles enough there is no recall to tell."""
    assert _measured(["one text", "another"], [-1, -1]).share is None
