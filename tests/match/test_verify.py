"""Exact scores, passages and rates of verified pairs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.read import Reader
from tests.match.corpus import matched, prose


def _shingles(text, size=5):
    words = text.lower().split()
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(0, 7), max_size=6), min_size=2, max_size=6))
def test_scores_equal_set_arithmetic_on_strings(choices):
    """Jaccard and both containments are those of the sets of word tuples, whoever the neighbours are."""
    blocks = [prose(k, 20) for k in range(8)]
    texts = [" ".join(word for k in choice for word in blocks[k]) for choice in choices]
    for row in matched(texts).matches.to_pylist():
        if row["relation"] == "exact":
            assert texts[row["left"]] == texts[row["right"]]
            continue
        left, right = _shingles(texts[row["left"]]), _shingles(texts[row["right"]])
        shared = len(left & right)
        assert row["jaccard"] == shared / len(left | right)
        assert row["containment_left"] == shared / len(left)
        assert row["containment_right"] == shared / len(right)
        assert 0 <= row["aligned_left"] <= 1
        assert 0 <= row["aligned_right"] <= 1


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 7), max_size=6), min_size=2, max_size=6))
def test_spans_hold_the_same_words(choices):
    """A verbatim passage is the same run of words on both sides, and n_passages counts the pair's passages."""
    blocks = [prose(k, 20) for k in range(8)]
    texts = [" ".join(word for k in choice for word in blocks[k]) for choice in choices]
    found = matched(texts)
    counts = dict.fromkeys(zip(found.matches["left"].to_pylist(), found.matches["right"].to_pylist(), strict=True), 0)
    for row in found.spans.to_pylist():
        counts[row["left"], row["right"]] += 1
        left = texts[row["left"]][row["left_begin"] : row["left_end"]]
        right = texts[row["right"]][row["right_begin"] : row["right_end"]]
        words = (row["left_word_begin"], row["left_word_end"]), (row["right_word_begin"], row["right_word_end"])
        assert left.split() == texts[row["left"]].split()[slice(*words[0])]
        assert right.split() == texts[row["right"]].split()[slice(*words[1])]
        assert (left == right) == (row["kind"] == "verbatim")
    assert [row["n_passages"] for row in found.matches.to_pylist()] == list(counts.values())


def test_the_seeds(seeds):
    """Of the five seeds two share text: 000 and 001, `partial` at Jaccard 0.073; the others share an event only."""
    texts = [text for batch in Reader([str(seeds)], Config()) for text in batch.records.column("text").to_pylist()]
    accepted = [row for row in matched(texts).matches.to_pylist() if row["accepted"]]
    assert [(row["left"], row["right"], row["relation"]) for row in accepted] == [(0, 1, "partial")]
    assert accepted[0]["jaccard"] == pytest.approx(0.073, abs=0.0005)
    assert accepted[0]["channels"] == ["passage"]


def test_rates_tell_prose_from_quotations():
    """Words replaced in the prose count in substitution_rate, words changed in quotations in quote_edit_rate."""
    words = prose(1, 100)
    prose_changed, quote_changed = list(words), list(words)
    prose_changed[20] = "other"
    quote_changed[70] = "other"

    def text(run):
        return " ".join([*run[:50], '"' + run[50], *run[51:89], run[89] + '"', *run[90:]])

    rows = {
        (row["left"], row["right"]): row
        for row in matched([text(words), text(prose_changed), text(quote_changed)]).matches.to_pylist()
    }
    assert rows[0, 1]["substitution_rate"] == pytest.approx(1 / 60)
    assert rows[0, 1]["quote_edit_rate"] == 0
    assert rows[0, 2]["substitution_rate"] == 0
    assert rows[0, 2]["quote_edit_rate"] == pytest.approx(1 / 40)


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads):
    """The tables are the same on one thread and on several."""
    blocks = [prose(k, 30) for k in range(6)]
    texts = [" ".join([*blocks[k % 6], *blocks[(k + 1) % 6], *prose(50 + k, 20)]) for k in range(30)]
    one, many = matched(texts), matched(texts, threads=threads)
    assert one.matches.equals(many.matches)
    assert one.spans.equals(many.spans)
