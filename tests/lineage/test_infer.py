"""Small stories whose right answer is obvious."""

from __future__ import annotations

import math
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import schema
from dedup.config import Config
from dedup.errors import InternalError
from dedup.lineage import infer, inference
from dedup.lineage.direction import TOLD
from tests.lineage.corpus import lineage, near, node, pair, tables, tree


def test_seeds_000_and_001():
    """The Moscow Times text of the day before is the source, by its date alone, and the evidence says no more."""
    rows, originality = lineage(
        [
            node(0, "2022-02-26", cues=["interfax"]),
            node(1, "2022-02-25", url="https://www.themoscowtimes.com/2022/02/25/a76595", cues=["themoscowtimes.com"]),
        ],
        [pair(0, 1, "partial", (50, 0, 70), (200, 100, 50), jaccard=0.073)],
    )
    edge = rows[0, 1]
    assert (edge["parent"], edge["parent_kind"], edge["relation"]) == (1, "document", "partial")
    assert edge["confidence"] >= 0.7
    assert edge["direction_text"] == 0.5
    (said,) = edge["evidence"]
    assert said["kind"] == "time"
    assert said["detail"] == "the source is dated 2022-02-25, 1 day before this text (2022-02-26)"
    assert rows[1, 1]["parent_kind"] == "none"
    assert rows[1, 1]["evidence"][0]["kind"] == "root"
    assert originality.tolist() == [1 - 120 / 400, 1.0]


def test_chain_by_dates():
    """Each version is nearest to the one before it: a chain, not a star."""
    rows, originality = lineage(
        [node(0, "2022-02-03"), node(1, "2022-02-02"), node(2, "2022-02-01")],
        [near(0, 1, 0.9), near(1, 2, 0.9), pair(0, 2, "near", (0, 0, 356), jaccard=0.8)],
    )
    assert tree(rows) == {0: 1, 1: 2, 2: None}
    assert rows[0, 1]["confidence"] > 0.9
    assert originality.tolist() == pytest.approx([10 / 400, 10 / 400, 1.0])


def test_two_texts_by_themselves_have_a_calibration_of_their_own(monkeypatch):
    """Where nothing competes, a parent is as sure as such parents are; a third relative makes it one among several."""
    claims = dict(inference.model().confidence) | {f"pair{dated}": (1.0, 9.0) for dated in ("", "_dated")}
    sure = replace(inference.model(), confidence=claims)
    monkeypatch.setattr(inference, "model", lambda: sure)
    nodes = [node(0, "2022-02-03"), node(1, "2022-02-02"), node(2, "2022-02-01")]
    alone, _ = lineage(nodes[:2], [near(0, 1, 0.9)])
    among, _ = lineage(nodes, [near(0, 1, 0.9), near(1, 2, 0.9), pair(0, 2, "near", (0, 0, 356), jaccard=0.8)])
    assert alone[0, 1]["confidence"] > 0.999 > among[0, 1]["confidence"]


def test_star():
    """Three papers print the same wire story on one day: all come from the wire, none from another paper."""
    papers = [node(doc, "2022-02-02") for doc in (1, 2, 3)]
    between = [near(a, b, 0.8) for a, b in ((1, 2), (1, 3), (2, 3))]
    rows, _ = lineage([node(0, "2022-02-01"), *papers], [near(0, doc, 0.8) for doc in (1, 2, 3)] + between)
    assert tree(rows) == {0: None, 1: 0, 2: 0, 3: 0}


def test_equal_texts_make_a_star_from_the_earliest():
    """Dated copies hang on the first dated one; an undated copy gets no parent."""
    rows, originality = lineage(
        [
            node(0, "2022-02-03", text=0),
            node(1, "2022-02-01", text=0),
            node(2, None, text=0),
            node(3, "2022-02-02", text=0),
        ],
        [],
    )
    assert tree(rows) == {0: 1, 1: None, 2: None, 3: 1}
    assert rows[0, 1]["relation"] == "exact"
    assert rows[0, 1]["child_coverage"] == rows[0, 1]["parent_coverage"] == 1.0
    assert rows[2, 1]["evidence"][0]["kind"] == "unknown"
    assert "only one of the two bears a date" in rows[2, 1]["evidence"][0]["detail"]
    assert originality.tolist() == pytest.approx([0.0, np.nan, np.nan, 0.0], nan_ok=True)


@pytest.mark.parametrize("dates", [(None, None), ("2022-02-01", "2022-02-01"), ("2022-02-01", "2022-02-01T12:00:00")])
@pytest.mark.parametrize("relation", ["exact", "near"])
def test_copies_without_telling_dates_have_no_lineage(dates, relation):
    """Unknown is a right answer: no edge, a reason in words, and no originality."""
    nodes = [node(0, dates[0]), node(1, dates[1], text=0 if relation == "exact" else 1)]
    rows, originality = lineage(nodes, [near(0, 1, 0.9)] if relation == "near" else [])
    assert tree(rows) == {0: None, 1: None}
    assert {row["evidence"][0]["kind"] for row in rows.values()} == {"unknown"}
    expected = "neither bears a date" if dates[0] is None else "do not differ"
    assert all(expected in row["evidence"][0]["detail"] for row in rows.values())
    assert "document 0" in rows[1, 1]["evidence"][0]["detail"]
    assert np.isnan(originality).all()


def test_a_text_names_the_copy_that_it_came_from():
    """Undated copies of a text that names Reuters come from the copy that Reuters published."""
    copies = [node(doc, None, text=0, publisher=who, cues=["reuters"]) for doc, who in enumerate(["Yahoo", "Reuters"])]
    rows, originality = lineage(copies, [])
    assert tree(rows) == {0: 1, 1: None}
    assert rows[0, 1]["parent_label"] == "reuters"
    assert rows[0, 1]["evidence"][0]["kind"] == "attribution"
    assert originality.tolist() == [0.0, 1.0]


def test_a_line_of_a_house_tells_the_copy_that_it_came_from():
    """Undated copies with a line of one of the two publishers come from that one."""
    line = ["the day"]
    copies = [node(doc, text=0, publisher=who, publishers_named=line) for doc, who in enumerate(["Post", "The Day"])]
    rows, _ = lineage(copies, [])
    assert tree(rows) == {0: 1, 1: None}
    assert rows[0, 1]["evidence"][0]["detail"] == "this text names the day, where the source was published"


def test_one_of_undated_copies_has_no_parent():
    """Each may have been the first; where their text has a parent, even the first has one."""
    rows, _ = lineage([node(0), node(1, text=0), node(2, text=0)], [])
    assert [row["confidence"] for row in rows.values()] == pytest.approx([1 / 3] * 3)
    story = [node(0, "2022-02-01"), node(1, "2022-02-03"), node(2, "2022-02-03", text=1)]
    rows, _ = lineage(story, [near(0, 1, 0.9)])
    assert (rows[1, 1]["parent"], rows[2, 1]["parent"]) == (0, None)
    assert rows[2, 1]["confidence"] < 0.1


def test_the_copy_that_a_text_names_goes_before_a_dated_one():
    """That the other one has a date says nothing; an earlier date says more than a name."""
    names = {"cues": ["reuters"]}
    first = node(0, "2022-02-02", publisher="Post", **names)
    rows, _ = lineage([first, node(1, text=0, publisher="Reuters", **names)], [])
    assert tree(rows) == {0: 1, 1: None}
    later = node(1, "2022-02-04", text=0, publisher="Reuters", **names)
    rows, _ = lineage([first, later], [])
    assert tree(rows) == {0: None, 1: 0}


def test_titles_do_not_touch_what_texts_say():
    """The direction by texts alone is the same with titles and without."""
    texts = [pair(0, 1, "partial", (0, 0, 300)), pair(0, 2, "partial", (0, 0, 280)), pair(1, 2, "partial", (0, 0, 290))]
    told = []
    for titles in ([None] * 3, ["Oil", "Oil", "Gold"]):
        found = infer(*tables([node(doc, title=title) for doc, title in enumerate(titles)], texts), Config())
        told.append(found.directions.column("direction_text").to_pylist())
    assert told[0] == told[1]


def test_strong_text_evidence_beats_a_wrong_clock():
    """A text that links to the other one comes from it, whatever its stamp says."""
    rows, _ = lineage(
        [
            node(0, "2022-02-02", publisher="The Times", url="https://times.example/a"),
            node(1, "2022-02-01", publisher="Blog", n_words=200, cues=["times.example/a"]),
        ],
        [pair(0, 1, "excerpt", (0, 0, 200))],
    )
    assert tree(rows) == {0: None, 1: 0}
    evidence = {said["kind"]: said for said in rows[1, 1]["evidence"]}
    assert evidence["time"]["log_odds"] < 0
    assert evidence["time"]["detail"].startswith("against it: the source is dated 2022-02-02, 1 day after this text")
    assert evidence["attribution"]["detail"] == "this text names times.example/a, where the source was published"
    assert rows[1, 1]["parent_label"] == "times.example/a"
    assert rows[1, 1]["direction_all"] > 0.6
    assert rows[1, 1]["direction_text"] == 0.5


def test_two_sources_churned_into_one():
    """A text comes from two older ones: that which gave more is its primary parent, the other one of rank 2.

    Where both gave about as much, either may be the primary one: of simulated stories both count as right.
    """
    rows, originality = lineage(
        [node(0, "2022-02-01"), node(1, "2022-02-01"), node(2, "2022-02-02")],
        [pair(0, 2, "partial", (0, 0, 280)), pair(1, 2, "partial", (0, 280, 80))],
    )
    assert (rows[2, 1]["parent"], rows[2, 2]["parent"]) == (0, 1)
    assert 0.2 < rows[2, 2]["confidence"] < 0.6  # most further parents of simulated stories are none
    assert rows[2, 2]["child_coverage"] == 80 / 400
    assert originality.tolist() == [1.0, 1.0, pytest.approx(40 / 400)]


def test_a_second_source_must_explain_something_new():
    """An older text that shares only what the primary parent explains already is no second parent."""
    rows, _ = lineage(
        [node(0, "2022-02-01"), node(1, "2022-02-01"), node(2, "2022-02-02")],
        [pair(0, 2, "partial", (0, 0, 200)), pair(1, 2, "partial", (0, 0, 160), (200, 200, 10))],
    )
    assert sorted(rows) == [(0, 1), (1, 1), (2, 1)]


def test_short_texts_have_no_lineage():
    """Equal texts of three words tell nothing of each other, however many there are and whatever their dates."""
    nodes = [node(doc, f"2022-02-{doc % 28 + 1:02}", text=0, n_words=3) for doc in range(500)]
    rows, originality = lineage(nodes, [])
    assert len(rows) == 500
    assert {row["evidence"][0]["kind"] for row in rows.values()} == {"too short"}
    assert np.isnan(originality).all()


def test_empty_corpus():
    """No documents, no edges."""
    rows, originality = lineage([], [])
    assert rows == {}
    assert originality.size == 0


def test_contradicting_tables_are_an_error_of_ours():
    """A copy whose text's first document is in another story is refused."""
    with pytest.raises(InternalError, match="story"):
        lineage([node(0, None, story=2), node(1, None, text=0)], [])


def test_evidence_names_documents_as_the_user_does():
    """The name given for a document stands in the sentences."""
    found = infer(*tables([node(0), node(1)], [near(0, 1, 0.9)]), Config(), name="story-{}.txt".format)
    details = [said["detail"] for row in found.edges.to_pylist() for said in row["evidence"]]
    assert "a near copy of story-1.txt (jaccard 0.90)" in details[0]
    assert "a near copy of story-0.txt (jaccard 0.90)" in details[1]


_DATES = st.sampled_from([None, "2022-02-01", "2022-02-01T12:00:00", "2022-02-02", "2022-02-03T08:30:00", "2021-01-01"])


@st.composite
def _stories(draw):
    """Texts of one or two stories, copies of them, and pairs with passages between them."""
    n = draw(st.integers(2, 8))
    nodes = []
    for doc in range(n):
        text = draw(st.sampled_from([doc, doc, *{row["text"] for row in nodes}]))
        story = nodes[text]["story"] if text < doc else draw(st.sampled_from([1, 2, None]))
        publisher = draw(st.sampled_from([None, "Reuters", "The Times"]))
        cues = nodes[text]["cues"] if text < doc else draw(st.sampled_from([[], ["reuters"], ["the times", "reuters"]]))
        nodes.append(node(doc, draw(_DATES), text=text, story=story, publisher=publisher, cues=cues))
    firsts = sorted({row["text"] for row in nodes})
    possible = [(a, b) for a in firsts for b in firsts if a < b and nodes[a]["story"] == nodes[b]["story"] is not None]
    pairs = []
    for a, b in sorted(draw(st.sets(st.sampled_from(possible), max_size=12))) if possible else ():
        relation = draw(st.sampled_from(["near", "partial", "excerpt"]))
        begin = draw(st.integers(0, 200))
        passage = (begin, draw(st.integers(0, 200)), draw(st.integers(15, 200)))
        pairs.append(pair(a, b, relation, passage, jaccard=draw(st.floats(0.0, 1.0))))
    return nodes, pairs


@settings(max_examples=120, deadline=None)
@given(_stories(), st.randoms(use_true_random=False))
def test_promises_of_every_lineage(story, random):
    """One primary row per document of a story, no cycle, evidence that adds up, and no dependence on row order."""
    nodes, pairs = story
    rows, originality = lineage(nodes, pairs)
    assert sorted(child for child, rank in rows if rank == 1) == [row["doc"] for row in nodes if row["story"]]
    assert nx.is_directed_acyclic_graph(
        nx.DiGraph((row["parent"], row["child"]) for row in rows.values() if row["parent"] is not None)
    )
    for row in rows.values():
        assert 0.0 <= row["confidence"] <= 1.0
        if row["parent_kind"] == "document":
            score = sum(said["log_odds"] for said in row["evidence"])
            assert row["direction_all"] == pytest.approx(1 / (1 + math.exp(-score)))
            assert row["direction_all"] >= TOLD
        else:
            assert row["rank"] == 1
            assert row["evidence"][0]["detail"]
    known = originality[~np.isnan(originality)]
    assert ((known >= 0.0) & (known <= 1.0)).all()
    shuffled = pairs.copy()
    random.shuffle(shuffled)
    first, again = infer(*tables(nodes, pairs), Config()), infer(*tables(nodes, shuffled), Config())
    assert first.edges.equals(again.edges)


def test_two_thousand_stories_are_quick(benchmark_corpus):
    """Twenty thousand documents with five thousand pairs are a matter of seconds, and every document has its row."""
    found = infer(*benchmark_corpus, Config())
    documents = found.edges.filter(np.array(found.edges.column("rank")) == 1)
    assert documents.column("child").to_pylist() == list(range(20_000))


@pytest.fixture
def benchmark_corpus():
    """Two thousand stories of ten documents, three pairs each."""
    rows = np.random.default_rng(1)
    n = 20_000
    nodes = [node(doc, f"2022-02-{doc % 28 + 1:02}", story=doc // 10 + 1, cues=["reuters"]) for doc in range(n)]
    pairs = []
    for story in range(2_000):
        for left, right in sorted({tuple(sorted(rows.choice(10, 2, replace=False))) for _ in range(3)}):
            pairs.append(near(story * 10 + int(left), story * 10 + int(right), 0.8))
    return tables(nodes, pairs)


def test_edges_fit_the_schema():
    """The table of edges has exactly the columns of the data model."""
    found = infer(*tables([node(0)], []), Config())
    assert schema.check(found.edges, schema.EDGES).num_rows == 1
