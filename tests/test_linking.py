"""Many texts that resemble each other: not all pairs are compared, yet clusters are whole and nobody stays in vain."""

from __future__ import annotations

import collections
import datetime as dt
import itertools
import random

import pyarrow as pa
import pytest

import dedup
from dedup.cluster import cluster
from dedup.config import Config
from dedup.match import match, measured
from tests.match.corpus import corpus, prose
from tests.naive_graph import components
from tests.stories import labels, name

DETECT = [("copies",), ("copies", "excerpts")]


def _shingles(text, size=5):
    words = text.split()
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def _jaccard(left, right):
    return len(left & right) / len(left | right)


def _template(n):
    """Texts that each differ from a template by one word: all of them are near copies of each other."""
    words = prose(1, 400)
    return [" ".join([*words[:k], f"own{k}", *words[k + 1 :]]) for k in range(n)]


def _drift(n):
    """Texts that each begin a word later than the one before: near copies of their neighbours, not of the others."""
    words = prose(2, 120 + n)
    return [" ".join(words[k : k + 120]) for k in range(n)]


def _families(n_families, n_each):
    """Variants of some texts that have much in common, dealt out in turn; and the family of each."""
    common = prose(1000, 228)
    texts = []
    for k in range(n_each):
        for family in range(n_families):
            words = [*common, *prose(family, 72)]
            for change in range(3):
                words[(7 * k + 131 * change) % 300] = f"x{k}y{family}z{change}"
            texts.append(" ".join(words))
    return texts, [row % n_families for row in range(n_families * n_each)]


def _run(texts, out, seed, **config):
    """Rows of the documents of a run, dated and ordered at random."""
    draw = random.Random(seed)
    days = draw.sample(range(1000), len(texts))
    dates = [(dt.date(2020, 1, 1) + dt.timedelta(days=day)).isoformat() for day in days]
    padded = [text + " " * draw.randrange(50) for text in texts]
    table = pa.table({"id": [f"d{k:03}" for k in range(len(texts))], "text": padded, "date": dates})
    return dedup.run(table, Config(**config), out=out).documents.to_pylist()


def _best(rows, keep):
    """Numbers of the documents from the best to the worst."""
    value = {"earliest": lambda k: (rows[k]["published_at"], k), "longest": lambda k: (-rows[k]["n_chars"], k)}
    return sorted(range(len(rows)), key=value[keep])


@pytest.mark.parametrize("detect", DETECT, ids="+".join)
@pytest.mark.parametrize("keep", ["earliest", "longest"])
def test_of_one_template_one_text_stays(keep, detect, tmp_path):
    """Three hundred texts of which any two are near copies: the best stays, though it was not linked to all others."""
    rows = _run(_template(300), tmp_path / "out", 3, keep=keep, detect=detect)
    best = _best(rows, keep)[0]
    assert best != 0
    assert [row["doc_id"] for row in rows if row["kept"]] == [rows[best]["doc_id"]]
    assert {row["canonical_id"] for row in rows} == {rows[best]["doc_id"]}
    assert {row["cluster_id"] for row in rows} == {1}


@pytest.mark.parametrize("detect", DETECT, ids="+".join)
@pytest.mark.parametrize("seed", [4, 5])
def test_of_a_drift_those_stay_that_match_none_that_stays(seed, detect, tmp_path):
    """A chain of near copies: who goes matches the one that stays for it, and no two that stay match each other."""
    texts = _drift(200)
    rows = _run(texts, tmp_path / "out", seed, keep="earliest", detect=detect)
    sets = [_shingles(text) for text in texts]
    number = {row["doc_id"]: k for k, row in enumerate(rows)}
    assert {row["cluster_id"] for row in rows} == {1}
    for k, row in enumerate(rows):
        assert _jaccard(sets[k], sets[number[row["canonical_id"]]]) >= 0.7
    kept = [k for k, row in enumerate(rows) if row["kept"]]
    assert 1 < len(kept) < 30
    assert not [pair for pair in itertools.combinations(kept, 2) if _jaccard(sets[pair[0]], sets[pair[1]]) >= 0.7]


@pytest.mark.parametrize("detect", DETECT, ids="+".join)
def test_the_decision_is_that_of_brute_force(detect, tmp_path):
    """With all pairs compared the greedy decision is the same: linking loses nothing here."""
    texts = [*_template(60), *_drift(60)]
    rows = _run(texts, tmp_path / "out", 6, keep="earliest", detect=detect)
    sets, wanted = [_shingles(text) for text in texts], {}
    for k in _best(rows, "earliest"):
        for other in [k, *range(len(texts))] if k not in wanted else ():
            if other not in wanted and _jaccard(sets[k], sets[other]) >= 0.7:
                wanted[other] = k
    assert [row["canonical_id"] for row in rows] == [rows[wanted[k]]["doc_id"] for k in range(len(rows))]


def _bands(made):
    """Documents of each band key."""
    runs = collections.defaultdict(list)
    for number in range(made.surface.n_parts):
        part = made.surface.part(number)
        for key, value in zip(part.keys.tolist(), part.values.tolist(), strict=True):
            runs[key].append(value & 0xFFFFFFFF)
    return runs.values()


@pytest.mark.parametrize("config", [Config(detect=("copies",)), Config(detect=("copies",), num_perm=16, recall=0.95)])
def test_interleaved_families_are_told_apart_and_kept_together(config):
    """Ten families of forty in turn, which share bands: the clusters are the families, and no expected pair is lost."""
    texts, families = _families(10, 40)
    with corpus(texts, config) as (made, engine):
        found = match(made, config, engine)
    clustering = cluster(found.matches, found.texts, name, config)
    assert labels(clustering, 400)[0] == [family + 1 for family in families]
    told = measured(found, clustering.cluster_of)
    assert told.share == 1
    assert told.expected > 1000
    assert found.n_candidates < 400 * 399 / 2 / 2


def test_a_star_around_the_first_would_tear_families_apart():
    """Why not: where families share bands, the first document of a band is no copy of most others in it."""
    config = Config(detect=("copies",), num_perm=16, recall=0.95)
    texts, families = _families(10, 40)
    sets = [_shingles(text) for text in texts]
    assert min(_jaccard(sets[k % 10], sets[k]) for k in range(400)) >= 0.8
    assert max(_jaccard(sets[0], sets[k]) for k in range(400) if families[k] != 0) < 0.6
    with corpus(texts, config) as (made, _):
        star = {(min(run), doc) for run in _bands(made) for doc in run if doc != min(run)}
    found = components(400, [(left, right) for left, right in star if _jaccard(sets[left], sets[right]) >= 0.7])
    assert len(set(found)) > 50
