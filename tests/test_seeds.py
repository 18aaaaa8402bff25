"""The five seed articles: what tests/seeds.toml says of them is what a run finds (issue 2, point 2)."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

import dedup

EXPECTED: dict[str, Any] = tomllib.loads(Path(__file__).with_name("seeds.toml").read_text(encoding="utf-8"))
(PAIR,) = EXPECTED["pairs"]

each_document = pytest.mark.parametrize(("doc_id", "expected"), EXPECTED["documents"].items())


@pytest.fixture(scope="module")
def result(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A run over the seeds with the default settings."""
    return dedup.run(str(seeds), out=tmp_path_factory.mktemp("seeds") / "out")


def test_every_seed_is_a_document(result: dedup.Result, seeds: Path) -> None:
    """The five articles are five documents, in the order of their names, and nothing is rejected or passed over."""
    assert result.documents.column("doc_id").to_pylist() == sorted(path.name for path in seeds.iterdir())
    assert result.documents.column("doc_id").to_pylist() == list(EXPECTED["documents"])
    assert result.rejects.num_rows == EXPECTED["n_rejects"]
    assert result.summary()["warnings"] == []


@each_document
def test_metadata_is_read_from_the_text(doc_id: str, expected: dict[str, Any], result: dedup.Result) -> None:
    """Dates and the address are those that the articles bear; the undated one stays undated."""
    row = next(row for row in result.documents.to_pylist() if row["doc_id"] == doc_id)
    published = row["published_at"]
    assert (published and published.date()) == expected.get("published_at")
    assert row["published_precision"] == ("day" if published else None)
    assert row["url"] == expected.get("url")


def test_one_pair_is_accepted(result: dedup.Result) -> None:
    """Of all pairs one is accepted: independent texts on one event are no pair."""
    accepted = [row for row in result.pairs.to_pylist() if row["accepted"]]
    assert [(row["left_id"], row["right_id"], row["relation"]) for row in accepted] == [
        (PAIR["left"], PAIR["right"], PAIR["relation"])
    ]


@each_document
def test_lineage(doc_id: str, expected: dict[str, Any], result: dedup.Result) -> None:
    """Each document has the parents that it must have, with confidence, and no other."""
    edges = [row for row in result.lineage.to_pylist() if row["child_id"] == doc_id and row["parent_kind"] != "none"]
    assert [(row["parent_id"], row["parent_kind"]) for row in edges] == [
        (parent, "document") for parent in expected["parents"]
    ]
    assert all(row["confidence"] >= PAIR["min_confidence"] for row in edges)


def test_evidence_adds_up(result: dedup.Result) -> None:
    """The log-odds of the one edge sum to its direction with all that is known."""
    (edge,) = [row for row in result.lineage.to_pylist() if row["parent_id"]]
    odds = edge["direction_all"] / (1 - edge["direction_all"])
    assert sum(item["log_odds"] for item in edge["evidence"]) == pytest.approx(math.log(odds))


def test_explain_shows_the_passages(result: dedup.Result) -> None:
    """``explain`` tells the verdict, the direction with its evidence, and shows what is shared, in both texts."""
    explained = result.explain(PAIR["left"], PAIR["right"])
    text = explained.text()
    assert f"Verdict: {PAIR['relation']} (accepted)" in text
    assert re.search(rf"{PAIR['left']} (very )?likely derives from {PAIR['right']}", text)
    assert "the source is dated 2022-02-25, 1 day before this text (2022-02-26)" in text
    for words in PAIR["shared"]:
        assert words in text
        assert any(words in passage["right_text"] for passage in explained.to_dict()["passages"])


def test_passages_are_what_the_texts_hold(result: dedup.Result, seeds: Path) -> None:
    """The spans of ``passages`` cut the very words that ``explain`` shows out of the original files."""
    sides = {side: (seeds / PAIR[side]).read_text(encoding="utf-8") for side in ("left", "right")}
    passages = result.explain(PAIR["left"], PAIR["right"]).to_dict()["passages"]
    assert len(passages) == result.passages.num_rows > 0
    for passage in passages:
        for side, text in sides.items():
            assert passage[f"{side}_text"] == text[passage[f"{side}_begin"] : passage[f"{side}_end"]]


def test_the_last_screen_names_the_story(result: dedup.Result) -> None:
    """A run ends with the story's title, its lineage as a tree, and the files that were written."""
    screen = result.summary_text()
    assert "Story 1: Putin Ready to Send Negotiation Team" in screen
    assert f"  {PAIR['right']}  2022-02-25\n  └─ {PAIR['left']}  2022-02-26  partial, confidence 0." in screen
    assert all(f"{name}  " in screen for name in result.record["files"])
