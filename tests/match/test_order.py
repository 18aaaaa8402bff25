"""Verdicts do not hang on the order of the input."""

from __future__ import annotations

import gzip
import itertools
import json
import random

import pytest

from dedup.config import Config
from tests.match.corpus import matched, prose

SIDES = ("containment", "aligned")


def _verdicts(texts):
    """What was found of each pair, whatever the order in which the two stand."""
    found = {}
    for row in matched(texts, Config()).matches.to_pylist():
        left, right = texts[row["left"]], texts[row["right"]]
        scores = [(row[f"{name}_left"], row[f"{name}_right"]) for name in SIDES]
        scores = scores if left < right else [pair[::-1] for pair in scores]
        shared = [row[name] for name in ("relation", "jaccard", "substitution_rate", "quote_edit_rate", "n_passages")]
        found[frozenset((left, right))] = (shared, scores)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_repeats_and_moves_give_one_verdict(seed):
    """Texts whose passages can be drawn in many ways: the same scores in every order."""
    draw = random.Random(seed)
    pieces = [" ".join(prose(k, 12)) for k in range(6)]
    texts = list({" ".join(draw.choices(pieces, k=9)) for _ in range(6)})
    wanted = _verdicts(texts)
    assert wanted
    assert all(
        _verdicts(list(order)) == wanted for order in itertools.islice(itertools.permutations(texts), 0, 720, 90)
    )


def test_real_newswire_gives_one_verdict(data):
    """A stretch of Reuters forwards and backwards."""
    with gzip.open(data / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = list({json.loads(line)["text"] for line in itertools.islice(lines, 11_500, 14_500)})
    texts.sort()
    forwards, backwards = _verdicts(texts), _verdicts(texts[::-1])
    both = forwards.keys() & backwards.keys()  # near the caps, which pairs are compared may depend on the order
    assert len(both) > 0.95 * len(forwards)
    assert [pair for pair in both if forwards[pair] != backwards[pair]] == []
