"""Exact scores, passages and rates of verified pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.errors import SourceError
from dedup.match import confirm, match
from dedup.read import Reader
from tests.match.corpus import corpus, expanded, matched, prose

COPIES = Config(detect=("copies",))


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
    assert accepted[0]["channels"] == ["passage", "style", "anchor"]


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


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 7), min_size=1, max_size=6), min_size=2, max_size=6))
def test_copies_are_told_by_their_score_alone(choices):
    """Where only copies are looked for, a pair is near from min_jaccard on; the rest is null."""
    blocks = [prose(k, 20) for k in range(8)]
    texts = [" ".join(word for k in choice for word in blocks[k]) for choice in choices]
    fast, full = matched(texts, COPIES), matched(texts)
    assert fast.texts.tolist() == full.texts.tolist()
    assert fast.spans.num_rows == 0
    aligned = {(row["left"], row["right"]): row for row in full.matches.to_pylist()}
    for row in fast.matches.to_pylist():
        for name in ("jaccard", "containment_left", "containment_right"):
            assert row[name] == aligned[row["left"], row["right"]][name]
        assert (row["relation"], row["accepted"]) == (("near", True) if row["jaccard"] >= 0.7 else (None, False))
        assert row["channels"] == ["surface"]
        unknown = ("aligned_left", "aligned_right", "substitution_rate", "quote_edit_rate", "n_passages")
        assert {row[name] for name in unknown} == {None}


def test_copies_have_no_passages():
    """The tables of a run for copies: exact and near pairs, no passages."""
    words = prose(1, 100)
    texts = [" ".join(words), " ".join(words).upper(), " ".join([*words[:95], *prose(2, 5)])]
    pairs, passages = expanded(texts, ["a", "b", "c"], COPIES)
    assert [(row["left_id"], row["right_id"], row["relation"], row["n_passages"]) for row in pairs] == [
        ("a", "b", "exact", None),
        ("a", "c", "near", None),
        ("b", "c", "near", None),
    ]
    assert passages == []


def test_more_pairs_can_be_confirmed():
    """Pairs that no key has found are verified as all others are; those verified before stay as they were."""
    words = prose(1, 100)
    texts = [" ".join([*words[: 100 - k], *prose(10 + k, k)]) for k in (0, 5, 10, 80)] + [" ".join(prose(2, 90))]
    config = Config()
    with corpus(texts, config) as (made, engine):
        before = match(made, config, engine)
        after = confirm(before, np.array([0, 0, 0, 2]), np.array([1, 3, 4, 3]), made, config, engine)
        same = confirm(after, np.array([0, 2]), np.array([4, 3]), made, config, engine)
    rows = {(row["left"], row["right"]): row for row in after.matches.to_pylist()}
    assert len(rows) == len(after.matches)
    for row in before.matches.to_pylist():
        assert rows.pop((row["left"], row["right"])) == row
    assert rows.keys() <= {(0, 3), (0, 4), (2, 3)}
    assert (rows[0, 4]["relation"], rows[0, 4]["accepted"], rows[0, 4]["jaccard"]) == (None, False, 0)
    assert {tuple(row["channels"]) for row in rows.values()} == {("cluster",)}
    assert after.n_candidates == before.n_candidates + len(rows)
    assert len(after.spans) == sum(row["n_passages"] for row in after.matches.to_pylist())
    assert same.matches.equals(after.matches)
    assert same.spans.equals(after.spans)


@pytest.mark.parametrize("config", [Config(), COPIES], ids=lambda config: "+".join(config.detect))
def test_a_text_that_has_changed_stops_the_run(config):
    """Verification reads texts again, and refuses any that is not the one that was sketched."""
    words = prose(1, 60)
    with corpus([" ".join(words), " ".join(words[:58])], config) as (made, engine):
        made.digests[1, 0] ^= 1
        with pytest.raises(SourceError, match="has changed"):
            match(made, config, engine)
