"""The benchmarks: their corpora are what they claim to be, and their truth is true. No rival, no network."""

import itertools
import json
import re
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

BENCHMARKS = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(scope="module", autouse=True)
def _beside():
    """The scripts import one another as neighbours."""
    sys.path.insert(0, str(BENCHMARKS))
    yield
    sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def vocabulary():
    """A small Zipfian list of words that are none, with accented and Greek ones."""
    import corpus

    letters = [a + b + c for a, b, c in itertools.product("bdfgklmnprst", "aeiou", "bdfgklmnprst")]
    words = {
        "en": [[first + second, 1 / (1 + at)] for at, (first, second) in enumerate(itertools.product(letters, "aei"))],
        "fr": [["été", 0.1], ["où", 0.1]],
        "el": [["και", 0.1], ["λόγος", 0.1]],
    }
    return corpus.Vocabulary.of(words, n_phrases=100, draws=1 << 16)


def documents(vocabulary, **options):
    """A corpus and its planted copies, in small batches."""
    import corpus

    batches, planted = zip(*corpus.batches(vocabulary, corpus.Options(**options), size=200), strict=True)
    return pa.Table.from_batches(batches), pa.concat_tables(planted)


def naive(text):
    """The word 5-shingles of a text."""
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + 5]) for at in range(len(words) - 4)}


def jaccard(one, other):
    """Jaccard of two sets."""
    return len(one & other) / len(one | other) if one or other else 0.0


def test_a_seed_always_makes_the_same_corpus(vocabulary):
    """The same options give the same texts and copies; another seed gives others."""
    first, again, other = (documents(vocabulary, documents=450, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first[0] != other[0]
    assert first[0]["id"].to_pylist() == list(range(450))


def test_copies_have_about_the_jaccard_that_was_meant(vocabulary):
    """Planted copies spread over 0.3 to 1.0, each near its target; exact ones are exact."""
    import corpus

    table, planted = documents(vocabulary, documents=1000, copies=0.4)
    sets = [naive(text) for text in table["text"].to_pylist()]
    rows = planted.to_pylist()
    off = [abs(jaccard(sets[row["copy"]], sets[row["source"]]) - row["target"]) for row in rows]
    assert len(rows) == 400
    assert np.mean(off) < 0.03
    assert {row["kind"] for row in rows} == set(range(len(corpus.KINDS)))
    assert np.histogram([row["target"] for row in rows], np.arange(0.3, 1.05, 0.1))[0].min() >= 20
    texts = table["text"].to_pylist()
    assert all(texts[row["copy"]] == texts[row["source"]] for row in rows if row["kind"] == 0)


def test_texts_look_like_sentences_and_some_are_not_ascii(vocabulary):
    """Texts start with a capital and end with a full stop; about 12 % hold some non-ASCII."""
    table, _ = documents(vocabulary, documents=1000, copies=0.0)
    texts = table["text"].to_pylist()
    assert all(text.endswith(".") and text[0] == text[0].upper() for text in texts)
    assert 0.08 < np.mean([not text.isascii() for text in texts]) < 0.2


def test_the_same_text_again_and_again(vocabulary):
    """``same=1`` is one text only; ``same=0.5`` is one text in half of the places."""
    assert len(set(documents(vocabulary, documents=400, copies=0.0, same=1.0)[0]["text"].to_pylist())) == 1
    texts = documents(vocabulary, documents=400, copies=0.0, same=0.5)[0]["text"].to_pylist()
    assert max(texts.count(text) for text in set(texts)) == 200


def test_templates_differ_in_one_word_and_families_lie_apart(vocabulary):
    """Any two templates have J >= 0.95, two of a family J > 0.81, two of different families J < 0.7."""
    import corpus

    texts = [text for batch in corpus.templates(vocabulary, 30) for text in batch["text"].to_pylist()]
    sets = [naive(text) for text in texts]
    assert min(jaccard(a, b) for a, b in itertools.combinations(sets, 2)) >= 386 / 406
    table, family = corpus.families(vocabulary, worlds=1, n_families=6, members=5)
    sets = [naive(text) for text in table["text"].to_pylist()]
    for a, b in itertools.combinations(range(len(sets)), 2):
        score = jaccard(sets[a], sets[b])
        assert score > 0.81 if family[a] == family[b] else score < 0.7


def test_the_truth_equals_brute_force(vocabulary, monkeypatch):
    """``all_pairs`` finds each pair of 300 documents with J >= 0.3, however many documents hold a shingle."""
    import truth

    table, _ = documents(vocabulary, documents=300, copies=0.5)
    texts = table["text"].to_pylist()
    texts[:20] = [" ".join(texts[0].split()[:12])] * 10 + [" ".join(texts[0].split()[:13])] * 10  # common shingles
    sets = [naive(text) for text in texts]
    scores = {pair: jaccard(sets[pair[0]], sets[pair[1]]) for pair in itertools.combinations(range(300), 2)}
    brute = {pair: score for pair, score in scores.items() if score >= 0.3}
    for common in (100, 3):
        monkeypatch.setattr(truth, "COMMON", common)
        left, right, score = truth.all_pairs(truth.shingles(np.arange(300), pa.array(texts)), 0.3)
        assert dict(zip(zip(left.tolist(), right.tolist(), strict=True), score.tolist(), strict=True)) == brute


def test_scores_of_clusters():
    """Recall counts true pairs in one cluster; precision by pairs and by the clusters of the truth."""
    import truth

    known = truth.Truth(5, np.array([0, 1, 0]), np.array([1, 2, 2]), np.array([0.75, 0.95, 0.65]))
    labels = np.array([7, 7, 7, 7, -1])
    found = truth.cluster_pairs(labels)
    assert sorted(zip(*found[:2], strict=True)) == list(itertools.combinations(range(4), 2))
    scores = {(0, 1): 0.75, (1, 2): 0.95, (0, 2): 0.65}
    exact = np.array([scores.get(pair, 0.0) for pair in zip(*found[:2], strict=True)])
    precision = known.precision(found, exact)
    assert known.recall(labels)["recall"] == 1
    assert known.recall(np.array([0, 0, 1, 2, 3]))["recall"] == 0.5
    assert precision["precision"] == pytest.approx(2 / 6, abs=1e-4)
    assert precision["precision of clusters"] == pytest.approx(3 / 6, abs=1e-4)


def test_large_clusters_are_scored_by_a_sample():
    """The sample of a large cluster stands for all its pairs."""
    import truth

    left, right, weight = truth.cluster_pairs(np.zeros(5000, np.int64))
    assert len(left) == truth.SAMPLE
    assert (left < right).all()
    assert weight.sum() == pytest.approx(5000 * 4999 / 2)


def test_rows_are_merged_by_name_and_shown(tmp_path):
    """A row replaces the row of its name; the table tells ratio, target and whether it is met."""
    import report

    run = {"wall": 2.0, "cpu": 3.0, "peak_mb": 100.0}
    row = {"row": "task-10-other", "ours": [run], "other": [run | {"wall": 8.0}], "ratio": 4.0, "target": ">= 5"}
    failed = {"row": "task-10-gone", "failed": "no such package", "met": False}
    out = tmp_path / "speed.json"
    report.merge(out, [row | {"met": True}, failed])
    report.merge(out, [row | {"met": False}])
    rows = json.loads(out.read_text())["rows"]
    assert [own["row"] for own in rows] == ["task-10-gone", "task-10-other"]
    shown = report.table(rows)
    assert "no such package" in shown
    assert "| task-10-other | 2.00 (2.00–2.00) | 8.00 (8.00–8.00) | 4 | >= 5 | NO |" in shown


def test_measured_counts_a_process_and_its_orphans(tmp_path):
    """Processor time and memory include a grandchild whose parent has gone; a failure tells its last line."""
    from measure import FailedError, measured

    child = "import time; x = bytearray(80_000_000); t = time.process_time()\nwhile time.process_time() < t + 0.3: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"
    figures = measured([sys.executable, "-c", parent])
    assert figures["cpu"] >= 0.3
    assert figures["peak_mb"] >= 80
    with pytest.raises(FailedError, match="no luck"):
        measured([sys.executable, "-c", "raise SystemExit('no luck')"])


def test_the_exponent_is_the_slope_of_logarithms():
    """Time that grows with the square has the exponent 2; time that does not grow has 0."""
    from scale import exponent

    assert exponent([10, 100, 1000], [1, 100, 10_000]) == 2
    assert exponent([10, 100, 1000], [5, 5, 5]) == 0


def test_scores_of_whole_systems(vocabulary, tmp_path):
    """A system that joins what the truth joins has recall and precision of clusters 1; one that joins nothing, 0."""
    import corpus
    import speed
    import truth

    path = tmp_path / "corpus.parquet"
    corpus.write(path, vocabulary, corpus.Options(300, copies=0.4))
    texts = corpus.pq.read_table(path)["text"]
    left, right, _ = truth.all_pairs(truth.shingles(np.arange(300), texts), truth.MIN_JACCARD)
    labels = {"faultless": truth.components(300, left, right), "blind": np.full(300, -1)}
    scores = speed.score(path, labels)
    assert scores["faultless"]["recall"] == scores["faultless"]["precision of clusters"] == 1
    assert scores["faultless"]["true pairs"] == len(left) > 20
    assert scores["blind"]["recall"] == scores["blind"]["found pairs"] == 0
