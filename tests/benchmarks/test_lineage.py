"""lineage.py reads what a run says as it was meant, and its table shows it."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@pytest.fixture
def run(tmp_path):
    """A finished run on a, b and its copy c, d; an inferred source stands between a and b."""
    from lineages import Run

    documents = {"doc_id": list("abcd"), "text_digest": ["1", "2", "2", "3"]}
    lineage = {
        "child_id": ["a", "b", "c", "d", "d"],
        "parent_id": [None, None, None, "b", "a"],
        "parent_kind": ["unseen", "unseen", "none", "document", "document"],
        "unseen_id": [None, 1, None, None, None],
        "rank": [1, 1, 1, 1, 2],
        "confidence": [0.9, 0.8, None, 0.7, 0.6],
        "direction_text": [None, None, None, 0.9, 0.8],
        "direction_all": [None, None, None, 0.9, 0.8],
    }
    unseen = {"unseen_id": [1], "parent_id": ["a"]}
    pairs = {
        "left_id": ["a", "b", "b", "a"],
        "right_id": ["b", "c", "d", "d"],
        "accepted": [True, True, True, False],
        "direction_text": [0.75, None, 0.5, 0.9],
        "direction_all": [0.9, None, 0.25, 0.9],
    }
    tables = {"documents": documents, "lineage": lineage, "unseen": unseen, "pairs": pairs}
    for name, table in tables.items():
        pq.write_table(pa.table(table), tmp_path / f"{name}.parquet")
    return Run(tmp_path, {})


def test_an_inferred_source_hands_its_own_parent_down(run):
    """What is ascribed to it descends, as a document, from what it descends from."""
    from phylogeny import Claim

    assert set(run.claims) == set("abcd")
    assert run.claims["b"] == [Claim("b", "a", 1, 0.8, unseen="unseen 1")]
    assert [claim.parent for claim in run.claims["d"]] == ["b", "a"]
    assert run.claims["a"] == [Claim("a", None, 1, 0.9)]


def test_the_chance_of_an_order_is_that_of_its_pair(run):
    """Either way round; of a copy where it has none itself; one half where nothing is told or nothing accepted."""
    from histories import Order

    def chance(earlier, later, text=True):
        return run.chance(Order(earlier, later, "", ""), text=text)

    assert chance("a", "b") == 0.75
    assert chance("b", "a") == 0.25
    assert chance("a", "c") == 0.75
    assert chance("d", "c", text=False) == 0.75
    assert chance("b", "c") == 0.5
    assert chance("a", "d") == 0.5


def test_a_lineage_is_judged_by_document_or_by_text(run):
    """With metadata the copy c lacks its parent; without any it is one with b."""
    from histories import Article, Story
    from lineages.trees import dir_edges, judged

    articles = [Article(name, text) for name, text in zip("abcd", ("one", "two", "two", "three"), strict=True)]
    story = Story("s", "test", articles, {"b": ["a"], "c": ["b"], "d": ["c"]}, frozenset(), {"c": "copy"})
    assert dir_edges(judged([story], run.claims, metadata=True)) == pytest.approx(2 / 3)
    assert dir_edges(judged([story], run.claims, metadata=False)) == 1.0


def test_simple_rules_see_related_documents_alone():
    """A document that is kin to none is hidden from them, so that it costs them nothing."""
    from histories import Article, Story
    from lineages.trees import _rules, dir_edges

    articles = [
        Article("a", "one two", published_at="2020-01-01"),
        Article("b", "one", published_at="2021-01-01"),
        Article("c", ""),
    ]
    results = _rules([Story("s", "test", articles, {"b": ["a"]}, frozenset(), {})])
    assert dir_edges(results["shorter is later"]) == dir_edges(results["nearest earlier"]) == 1.0
    assert dir_edges(results["longer is later"]) == 0.0


def test_the_table_shows_both_figures_and_their_targets():
    """A missed target says NO, a figure that could not be had says so."""
    from lineage import table
    from lineages import figure, row

    rows = [
        row("first", figure(0.5, least=0.9, interval=(0.4, 0.6)), figure(0.95, least=0.9), {"random": 0.25}),
        row("second", figure(None, most=0.1)),
        {"row": "third", "failed": "exit code 1: no word", "met": False},
    ]
    lines = table(rows).splitlines()[2:]
    assert lines[0] == "| first | 0.5 (0.4–0.6) | >= 0.9 | 0.95 | >= 0.9 | NO | random 0.25 |"
    assert lines[1] == "| second | not known | <= 0.1 |  |  |  |  |"
    assert "could not be run: exit code 1: no word" in lines[2]
