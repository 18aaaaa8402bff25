"""How the weights of the spin score of a lone text are fitted."""

import numpy as np
import pyarrow as pa
import pytest


@pytest.fixture(scope="module")
def fit_lone():
    """The script, where what it needs is installed."""
    return pytest.importorskip("fit_lone", exc_type=ImportError)


def test_a_fit_finds_the_weights_that_made_the_data(fit_lone):
    """Of plenty of data the weights come out; of a feature that is never seen, what is believed."""
    chance = np.random.default_rng(0)
    values = chance.normal(size=(4000, 3)) * [1.0, 2.0, 0.0]
    truth = chance.random(4000) < 1 / (1 + np.exp(-(values @ [2.0, -1.0, 0.0] + 0.5)))
    weights, bias = fit_lone.fitted(values, truth, np.array([0.0, 0.0, 6.0]))
    assert weights == pytest.approx([2.0, -1.0, 6.0], abs=0.2)
    assert bias == pytest.approx(0.5, abs=0.2)


def test_the_words_that_a_machine_put_in_are_labelled(fit_lone):
    """A word counts as put in if it begins in a span that the machine says it has written."""
    text = 'The minister uttered that the petroleum was vended. "We uttered it", he said.'
    story = fit_lone.Story(0, text, 0.2, ((13, 20), (30, 39)))
    known = fit_lone.looked_at([story])
    truth, texts = fit_lone.labels([story], known)
    words = known.prose.words
    outside = known.free.at[~known.free.quoted]
    named = [text[words.begins[i] : words.ends[i]] for i in outside[truth].tolist()]
    assert named == ["uttered", "petroleum"]
    assert set(texts.tolist()) == {0}


def test_terms_have_the_values_that_the_model_gives_them(fit_lone):
    """What is fitted is what is scored: the sum of weighed terms is the log-ratio of the model."""
    texts = [f"The {word} minister said that the old house was {word} again." for word in ("big", "large", "small")]
    known = fit_lone.looked_at([fit_lone.Story(number, text) for number, text in enumerate(texts)])
    columns = fit_lone.columns_of(known)
    assert len(columns) > 9
    table = fit_lone.word_table(columns, columns[:, 0] > np.median(columns[:, 0]), with_corpus=True)
    weights = np.array([term["weight"] for term in table["terms"]])
    expected = fit_lone.matrix(columns, fit_lone.terms(with_corpus=True)) @ weights + table["bias"]
    assert known.free.log_ratios(fit_lone.WordModel.read(table)) == pytest.approx(expected)


def test_a_machine_leaves_its_phrases(fit_lone):
    """Planted phrases are those of the list, and are found again."""
    text = "They fought against the foreign minister and called for thousands of troops in eastern Kyiv. " * 3
    planted = [fit_lone._planted(text, seed) for seed in range(5)]
    assert len(set(planted)) > 1
    texts = pa.array(planted, pa.large_string())
    from dedup.spin.traces import hits
    from dedup.spin.words import Prose

    assert {"calque", "numeral", "case"} <= {hit.kind for hit in hits(texts, Prose.of(texts))}
