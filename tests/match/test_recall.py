"""The measured recall of a run."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.cluster import cluster
from dedup.config import Config
from dedup.match import measured, recall
from tests.match.corpus import corpus, firsts, matched, prose


def _family(n):
    """Texts more and less alike."""
    words = prose(1, 100)
    return [" ".join([*words[: 100 - 3 * k], *prose(10 + k, 3 * k)]) for k in range(n)]


def _couples(n):
    """Pairs of texts of resemblance 0.74 that share nothing with the others."""
    words = [prose(k, 100) for k in range(n)]
    return [" ".join(text) for k in range(n) for text in (words[k], [*words[k][:85], *prose(500 + k, 15)])]


def _similar(texts, min_jaccard):
    sets = [{tuple(t.split()[i : i + 5]) for i in range(len(t.split()) - 4)} for t in texts]
    return {
        (i, j)
        for i, j in combinations(range(len(texts)), 2)
        if texts.index(texts[i]) == i
        and texts.index(texts[j]) == j
        and len(sets[i] & sets[j]) >= min_jaccard * len(sets[i] | sets[j]) > 0
    }


def _pairs(ends):
    return set(zip(*(side.tolist() for side in ends), strict=True))


def _measured(texts, clusters, config=None):
    """The recall of made-up clusters, one number per text."""
    return measured(matched(texts, config), lambda docs: np.array(clusters, np.int64)[docs])


@pytest.mark.parametrize("detect", [("copies",), ("copies", "excerpts")])
@pytest.mark.parametrize("min_jaccard", [0.5, 0.7, 0.9])
def test_recall_equals_brute_force_when_all_are_sampled(min_jaccard, detect):
    """Expected are all pairs of different texts that resemble enough; the clusters of a run hold them."""
    texts = [*_family(12), "too short", ""]
    texts.append(texts[3])
    config = Config(min_jaccard=min_jaccard, detect=detect)
    found = matched(texts, config)
    assert _pairs(found.probed) == _similar(texts, min_jaccard)
    told = measured(found, cluster(found.matches, found.texts, str, config).cluster_of)
    assert (told.sampled, told.expected, told.share) == (12, len(_similar(texts, min_jaccard)), 1)


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8)), max_size=12))
def test_probing_finds_what_brute_force_finds(choices):
    """Any few families of texts: the pairs that single slots find, verified, are those of set arithmetic."""
    texts = [" ".join([*prose(family, 90)[: 90 - 2 * k], *prose(9 * family + k + 50, k)]) for family, k in choices]
    assert _pairs(matched(texts, Config(detect=("copies",))).probed) == _similar(texts, 0.7)


def test_probing_adds_no_pairs():
    """What single slots find is compared, counted as missed, and listed nowhere: the bands stand for themselves."""
    texts, config = _couples(40), Config(detect=("copies",), recall=0.2)
    found = matched(texts, config)
    rows = found.matches.to_pylist()
    assert all("surface" in row["channels"] for row in rows)
    assert len(rows) == found.n_candidates
    listed = {(row["left"], row["right"]) for row in rows if row["accepted"]}
    assert listed < _pairs(found.probed) == _similar(texts, 0.7)
    told = measured(found, cluster(found.matches, found.texts, str, config).cluster_of)
    assert (told.expected, told.found) == (40, len(listed))
    assert 0 < told.share < 1


def test_probing_adds_no_passages():
    """With excerpts too, a pair that only single slots find leaves neither a row nor a passage."""
    config = Config(recall=0.2, min_shared_keys=1000)  # no passage channel
    found = matched(_couples(40), config)
    listed = {(row["left"], row["right"]) for row in found.matches.to_pylist()}
    assert {(row["left"], row["right"]) for row in found.spans.to_pylist()} == listed < _pairs(found.probed)


def test_missed_pairs_show():
    """A document that stands outside of its cluster lowers the share by its pairs."""
    texts = _family(6)
    wanted = _similar(texts, 0.7)
    told = _measured(texts, [1, 1, 1, 1, 1, -1])
    lost = len([pair for pair in wanted if 5 in pair])
    assert lost
    assert (told.expected, told.found) == (len(wanted), len(wanted) - lost)
    assert told.share == (len(wanted) - lost) / len(wanted)


def test_a_sample_counts_its_own_pairs_only(monkeypatch):
    """Pairs without a sampled text are not expected, and the sample does not depend on the order of the texts."""
    monkeypatch.setattr(recall, "SAMPLE_TEXTS", 3)
    texts = _family(10)
    clusters = [1, 1, 1, 2, 2, 2, 1, 1, -1, -1]
    one, other = _measured(texts, clusters), _measured(texts[::-1], clusters[::-1])
    assert one == other
    assert one.sampled == 3
    with corpus(texts) as (made, _):
        sampled = set(recall.sample(made, firsts(texts), Config()).tolist())
    wanted = {pair for pair in _similar(texts, 0.7) if sampled & set(pair)}
    assert 0 < one.expected == len(wanted) < len(_similar(texts, 0.7))


@pytest.mark.parametrize("n_sampled", [1, 3, 60])
def test_a_sampled_text_is_compared_with_a_bounded_number(n_sampled, monkeypatch):
    """In a corpus of one template a sampled text is compared with some of it, not with all."""
    monkeypatch.setattr(recall, "SAMPLE_TEXTS", n_sampled)
    monkeypatch.setattr(recall, "_MOST_EACH", 5)
    words = prose(1, 200)
    texts = [" ".join([*words[:k], "changed", *words[k + 1 :]]) for k in range(60)]
    with corpus(texts) as (made, _):
        sampled = recall.sample(made, firsts(texts), Config())
        pairs = recall.probed(made, sampled, firsts(texts), Config())
    assert len(sampled) == n_sampled
    assert 5 <= len(pairs) <= 5 * n_sampled
    assert np.all(np.diff(pairs.astype(np.int64)) > 0)
    ends = np.stack([pairs >> np.uint64(32), pairs & np.uint64(0xFFFFFFFF)]).astype(np.int64)
    assert np.all(ends[0] < ends[1])
    assert np.all(np.isin(ends, sampled).any(axis=0))


@pytest.mark.parametrize("seed", range(6))
def test_copies_do_not_crowd_out_near_copies(seed, monkeypatch):
    """However often a sampled text stands in the corpus, it is compared with a near copy that stands at the end."""
    monkeypatch.setattr(recall, "SAMPLE_TEXTS", 1)
    words = prose(seed, 100)
    texts = [" ".join(words)] * 150 + [" ".join([*words[:95], *prose(50, 5)])]
    found = matched(texts, Config(detect=("copies",)))
    assert _pairs(found.probed) == {(0, 150)}


@given(st.lists(st.sampled_from([0, 1, 2**32 - 2]), min_size=1, max_size=20), st.integers(1, 4))
def test_a_slot_is_looked_up_for_a_few_texts(values, most):
    """Of the sampled texts that agree in a slot the first few look for it; all places stand once in each probe."""
    slots = np.repeat(np.array(values, np.uint32)[:, None], recall.PROBES, axis=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recall, "_MOST_OWNERS", most)
        wanted, owners = recall._lookup(slots)
    assert wanted.shape == owners.shape == (recall.PROBES, len(values))
    for row, places in zip(wanted.tolist(), owners.tolist(), strict=True):
        assert row == sorted(row)
        assert sorted(places) == list(range(len(values)))
        looked_up = {place: slot for slot, place in zip(row, places, strict=True) if slot != 2**32 - 1}
        assert looked_up == {k: value for k, value in enumerate(values) if values[:k].count(value) < most}


def test_nothing_expected_is_no_recall():
    """Where no pair resembles enough there is no recall to tell."""
    assert _measured(["one text", "another"], [-1, -1]).share is None
    assert _measured([], []).share is None
