"""What the whole story says of the order of two of its texts."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from dedup.config import Config
from dedup.lineage import context, infer
from dedup.lineage.branching import Candidates
from dedup.lineage.context import Histories
from dedup.lineage.evidence import STORY
from dedup.lineage.model import model
from tests.lineage.corpus import lineage, node, pair, tables


def _pairs(ends, coverage=1.0):
    left, right = (np.array(side, np.int64) for side in zip(*ends, strict=True))
    shares = np.full(left.size, coverage)
    return SimpleNamespace(
        left=left, right=right, coverage_left=shares, coverage_right=shares, reference=np.zeros(left.size)
    )


def _told(pairs, likely):
    """Histories in which the edges of the pairs have these marginals: of each pair forward and backward."""
    pair = np.repeat(np.arange(pairs.left.size), 2)
    forward = np.tile([True, False], pairs.left.size)
    ends = (
        np.where(forward, pairs.left[pair], pairs.right[pair]),
        np.where(forward, pairs.right[pair], pairs.left[pair]),
    )
    nothing = np.zeros(pair.size)
    return Histories(Candidates(pair, forward, *ends, nothing, nothing), np.ravel(likely).astype(np.float64), {})


THREE = [(0, 1), (0, 2), (1, 2)]


def test_the_story_tells_an_order_that_the_pair_does_not():
    """Where one text was far likelier made of the other than the other way round, it comes after it."""
    pairs = _pairs(THREE)
    said = context.add(pairs, {"growth": np.zeros(3)}, _told(pairs, [(0.9, 0.01), (0.0, 0.0), (0.02, 0.8)]))
    assert said[STORY][0] > 1.0
    assert said[STORY][1] == 0.0
    assert said[STORY][2] < -1.0


@pytest.mark.parametrize("coverage", [0.05, 1.0])
def test_all_evidence_together_is_what_was_fitted(coverage):
    """Evidence adds up to what the weights make of the pair and of the histories; so passages and versions differ."""
    pairs = _pairs(THREE, coverage)
    score = np.array([2.0, -1.0, 0.5])
    said = context.add(pairs, {"growth": score}, _told(pairs, [(0.5, 0.1)] * 3))
    by_pair, by_histories = model().story[:2] if coverage < 0.1 else model().story[2:]
    wanted = by_pair * score + by_histories * np.log((0.5 + context.LEAST) / (0.1 + context.LEAST))
    np.testing.assert_allclose(said["growth"] + said[STORY], wanted)


def test_two_texts_that_are_alone_have_no_story():
    """Where no third text is related to either, their own evidence is all there is."""
    pairs = _pairs([(0, 1), (2, 3)])
    said = context.add(pairs, {"growth": np.array([2.0, -1.0])}, _told(pairs, [(0.9, 0.0)] * 2))
    assert said[STORY].tolist() == [0.0, 0.0]


def test_a_pair_that_is_no_candidate_keeps_its_own_order():
    """Of a text's worst relatives histories say nothing."""
    pairs = _pairs(THREE)
    told = _told(pairs, [(0.9, 0.0)] * 3)
    edges = Candidates(*(getattr(told.edges, field.name)[:4] for field in fields(Candidates)))
    said = context.add(pairs, {"growth": np.array([2.0, 2.0, -1.5])}, Histories(edges, told.marginal[:4], {}))
    assert said[STORY][2] == 0.0


def _three(*dates):
    """Three texts, the second and third excerpts of the first, and the third an excerpt of the second, too."""
    nodes = [node(doc, date, publisher=f"P{doc}") for doc, date in enumerate(dates)]
    pairs = [
        pair(0, 1, "excerpt", (0, 0, 300)),
        pair(0, 2, "excerpt", (0, 0, 200)),
        pair(1, 2, "excerpt", (0, 0, 200), jaccard=0.4),
    ]
    return nodes, pairs


def test_the_direction_by_texts_alone_knows_no_dates():
    """Dates change what is said of an order in all, in one sense and the other, never what the texts say."""
    dates = ("2022-02-02", "2022-02-03", "2022-02-04")
    told = [infer(*tables(*_three(*own)), Config()).directions.to_pylist() for own in ((None,) * 3, dates, dates[::-1])]
    without, forward, backward = ([row["direction_text"] for row in rows] for rows in told)
    assert without == forward == backward
    assert told[1][0]["direction_all"] > 0.9
    assert told[2][0]["direction_all"] < 0.1


def test_evidence_with_that_of_the_story_adds_up_to_the_direction():
    """What a row says for its order, taken together, is its direction; the story's part is told in a sentence."""
    rows, _ = lineage(*_three("2022-02-02", "2022-02-03", "2022-02-04"))
    row = rows[2, 1]
    total = sum(said["log_odds"] for said in row["evidence"])
    assert np.isclose(1.0 / (1.0 + np.exp(-total)), row["direction_all"])
    story = next(said for said in row["evidence"] if said["kind"] == STORY)
    assert "all documents of the story together" in story["detail"]
    assert story["detail"].startswith("against it") == (story["log_odds"] < 0)
