"""The measured recall of a run."""

from __future__ import annotations

from itertools import combinations

import pyarrow as pa
import pytest

from dedup.config import Config
from dedup.match import recall
from dedup.schema import CANDIDATES
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


def _pairs(pairs):
    rows = [{"left": i, "right": j, "channels": 1, "n_shared": 1} for i, j in pairs]
    return pa.Table.from_pylist(rows, schema=CANDIDATES)


@pytest.mark.parametrize("min_jaccard", [0.5, 0.7, 0.9])
def test_recall_equals_brute_force_when_all_are_sampled(min_jaccard):
    """Expected are all pairs that resemble enough; the keys have found them."""
    texts = [*_family(12), "too short", ""]
    found = matched(texts, Config(min_jaccard=min_jaccard)).recall
    assert (found.sampled, found.expected) == (12, len(_similar(texts, min_jaccard)))
    assert found.share == 1


def test_missed_pairs_show():
    """Candidates that lack one pair in a few have a share below one."""
    texts = _family(6)
    wanted = sorted(_similar(texts, 0.7))
    measured = recall.measure(sketches(texts), _pairs(wanted[1:]), Config())
    assert (measured.expected, measured.found) == (len(wanted), len(wanted) - 1)
    assert measured.share == (len(wanted) - 1) / len(wanted)


def test_a_sample_counts_its_own_pairs_only(monkeypatch):
    """Pairs without a sampled text are not expected, and the sample does not depend on the order of the texts."""
    monkeypatch.setattr(recall, "SAMPLE_TEXTS", 3)
    texts = _family(10)
    one = recall.measure(sketches(texts), _pairs(_similar(texts, 0.7)), Config())
    other = recall.measure(sketches(texts[::-1]), _pairs(_similar(texts[::-1], 0.7)), Config())
    assert one == other
    assert one.sampled == 3
    assert 0 < one.expected < len(_similar(texts, 0.7))
    assert one.share == 1


def test_nothing_alike_has_no_share():
    """Where no pair resembles enough there is no recall to tell."""
    assert recall.measure(sketches(["one text", "another"]), _pairs([]), Config()).share is None
