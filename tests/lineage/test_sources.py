"""What is told of sources that are not in the pile: rows of the texts made of them, and of each source."""

from __future__ import annotations

import difflib
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from dedup import schema
from dedup.cluster import stories_table
from dedup.config import Config
from dedup.lineage import infer
from dedup.lineage.parents import Parents
from dedup.lineage.sources import ascribed, sources_table
from dedup.lineage.unseen import Unseen
from tests.lineage.corpus import lineage, node, pair, tables, tree

PARTS = [[f"p{k}w{i}" for i in range(25)] for k in range(10)]
OTHER = [f"o{i}" for i in range(50)]


def _without(*dropped):
    return list(itertools.chain(*(part for k, part in enumerate(PARTS) if k not in dropped)))


SIBLINGS = [_without(1, 4), _without(2, 5), _without(3, 6)]


def _story(texts, dates=(), **columns):
    """Documents out of texts, which are lists of words, and the pairs of those that share some."""
    given = itertools.chain(dates, itertools.repeat(None))
    nodes = [
        node(doc, date, n_words=len(words), **{name: values[doc] for name, values in columns.items()})
        for doc, (words, date) in enumerate(zip(texts, given, strict=False))
    ]
    pairs = []
    for a, b in itertools.combinations(range(len(texts)), 2):
        blocks = difflib.SequenceMatcher(None, texts[a], texts[b], autojunk=False).get_matching_blocks()[:-1]
        if blocks and texts[a] != texts[b]:
            pairs.append(pair(a, b, "partial", *map(tuple, blocks), jaccard=0.5))
    return nodes, pairs


def test_siblings_have_an_unseen_source():
    """Three texts of which each lacks what the others share get one source, and say why."""
    rows, originality = lineage(*_story(SIBLINGS))
    assert sorted(rows) == [(0, 1), (1, 1), (2, 1)]
    for row in rows.values():
        assert (row["parent"], row["parent_kind"], row["unseen_id"], row["parent_label"]) == (None, "unseen", 1, None)
        assert 0.8 < row["confidence"] < 0.9
        assert row["child_coverage"] == 1.0
        assert row["direction_all"] is row["relation"] is None
    (said,) = rows[0, 1]["evidence"]
    assert (said["kind"], said["log_odds"]) == ("unseen", 0.0)
    assert said["detail"] == (
        "200 of its 200 words are shared with document 1, document 2; "
        "each of them lacks words in which others agree, so that none is the source of the rest"
    )
    assert originality.tolist() == [0.0, 0.0, 0.0]


def test_what_a_child_adds_is_its_own():
    """Words that no other child of the source has are original, and no passage of the source."""
    rows, originality = lineage(*_story([*SIBLINGS[:2], OTHER + SIBLINGS[2]]))
    assert rows[2, 1]["child_coverage"] == pytest.approx(200 / 250)
    assert originality.tolist() == [0.0, 0.0, pytest.approx(50 / 250)]


def test_the_first_sibling_is_not_the_source():
    """Edges from the first dated sibling to the others are no longer told."""
    rows, _ = lineage(*_story(SIBLINGS, ["2022-02-02", "2022-02-03", "2022-02-03"]))
    assert {key: row["unseen_id"] for key, row in rows.items()} == {(0, 1): 1, (1, 1): 1, (2, 1): 1}


def test_further_parents_stay():
    """Of three edges one enters a child as its primary: it goes; the others stay, and explain what they explained."""
    spans = np.array([[0, 100], [80, 150], [0, 60]])
    edges = SimpleNamespace(
        pair=np.arange(3), forward=np.ones(3, np.bool_), parent=np.array([0, 2, 0]), child=np.array([1, 1, 3])
    )
    pairs = SimpleNamespace(spans_right=spans, first_span=np.arange(4))
    source = Unseen(np.array([1, 4]), -1, None, 1.0, 0.8, {1: np.array([[0, 50]]), 4: np.array([[0, 20], [30, 40]])})
    before = Parents([0, 1, 2], [1, 2, 1], {1: 0.25, 3: 0.7})
    members = SimpleNamespace(n_words=np.full(5, 200))
    after = ascribed(members, pairs, edges, np.array([0, 2]), before, [source])
    assert (after.edge, after.rank) == ([1, 2], [2, 1])
    assert after.originality == {1: pytest.approx(80 / 200), 3: 0.7, 4: pytest.approx(170 / 200)}
    assert ascribed(members, pairs, edges, np.array([0, 2]), before, []) is before


def test_children_of_one_source_are_no_further_parents_of_each_other():
    """What two children share they have from their source; the ranks of the others close up."""
    edges = SimpleNamespace(
        pair=np.arange(3), forward=np.ones(3, np.bool_), parent=np.array([0, 4, 2]), child=np.array([1, 1, 1])
    )
    pairs = SimpleNamespace(spans_right=np.array([[0, 100], [100, 150], [150, 200]]), first_span=np.arange(4))
    source = Unseen(np.array([1, 4]), -1, None, 1.0, 0.8, {1: np.array([[0, 50]]), 4: np.array([[0, 20]])})
    before = Parents([0, 1, 2], [1, 2, 3], {1: 0.0})
    members = SimpleNamespace(n_words=np.full(5, 200))
    after = ascribed(members, pairs, edges, np.array([0]), before, [source])
    assert (after.edge, after.rank) == ([2], [2])
    assert after.originality[1] == pytest.approx(100 / 200)


def test_copies_of_a_child_hang_on_it():
    """The earliest document with a child's text has the row of the source, and the others are its copies."""
    nodes, pairs = _story(SIBLINGS, ["2022-02-02"] * 3)
    nodes.append(node(3, "2022-02-01", text=2, n_words=200))
    found = infer(*tables(nodes, pairs), Config())
    rows = {row["child"]: row for row in found.edges.to_pylist()}
    assert (rows[3]["unseen_id"], rows[2]["parent"], rows[2]["relation"]) == (1, 3, "exact")
    (source,) = found.sources.to_pylist()
    assert {place["doc"] for place in source["passages"]} == {0, 1, 3}


def test_sources_are_numbered_through_the_run():
    """Each story's sources follow those of the stories before; a story counts its own."""
    nodes, pairs = _story(SIBLINGS * 2, story=[1] * 3 + [2] * 3, doc_id=list("abcdef"))
    for row in nodes[3:]:  # another story of the same form, not of the same texts
        row["text"] = row["doc"]
    inside = [own for own in pairs if (own[0]["left"] < 3) == (own[0]["right"] < 3)]
    nodes_table, found = tables(nodes, inside)
    made = infer(nodes_table, found, Config())
    sources = schema.check(made.sources, schema.SOURCES).to_pylist()
    assert [(row["unseen_id"], row["story_id"], row["n_children"]) for row in sources] == [(1, 1, 3), (2, 2, 3)]
    assert made.edges.column("unseen_id").to_pylist() == [1] * 3 + [2] * 3
    assert sources[0]["passages"] == [{"doc": doc, "begin": 0, "end": 200} for doc in range(3)]
    assert sources[0]["gain_bits"] > 0
    stories = stories_table(nodes_table, made.edges, made.sources).to_pylist()
    assert [(story["n_unseen"], story["n_edges"], story["root_ids"]) for story in stories] == [
        (1, 0, ["a", "b", "c"]),
        (1, 0, ["d", "e", "f"]),
    ]


def test_a_source_with_a_visible_source():
    """Where the children go back to a visible text, their source does, and that text is the root."""
    added = [part for k, part in enumerate(PARTS) for part in (part, [f"new{k}w{i}" for i in range(25)])]
    children = [list(itertools.chain(*(added[:k] + added[k + 1 : k + 8] + added[k + 9 :]))) for k in (1, 3, 5)]
    story = _story([_without(), *children], ["2022-02-01", *["2022-02-04"] * 3], doc_id=list("abcd"))
    nodes, found = tables(*story)
    made = infer(nodes, found, Config())
    (source,) = made.sources.to_pylist()
    assert (source["parent"], source["n_children"]) == (0, 3)
    assert stories_table(nodes, made.edges, made.sources).column("root_ids").to_pylist() == [["a"]]


def test_no_source_descends_from_itself():
    """Of two sources that would be each other's ancestor by way of their children, the second has no parent."""
    spans = np.zeros((0, 2), np.int64)
    sources = [
        Unseen(np.array(own), parent, None, 1.0, 0.8, dict.fromkeys(own, spans))
        for own, parent in (([0, 1], 2), ([2, 3], 1))
    ]
    found = SimpleNamespace(
        members=SimpleNamespace(doc=np.arange(4) * 10, story=np.ones(4, np.int64)),
        copies=SimpleNamespace(origin=np.arange(4)),
        edges=None,
        parents=SimpleNamespace(edge=[]),
        unseen=sources,
    )
    assert sources_table(found).column("parent").to_pylist() == [20, None]


def _lone(**columns):
    """A text that shares nothing with the other one of its story."""
    nodes = [
        node(doc, date, n_words=4000, **{name: values[doc] for name, values in columns.items()})
        for doc, date in enumerate(["2022-02-02", "2022-02-01"])
    ]
    return lineage(nodes, [])[0]


def test_a_lone_text_names_its_agency():
    """A text that stems from no visible one, and names an agency, comes from there; no source is counted for it."""
    row = _lone(publisher=["The Day", "The Post"], cues=[["reuters"], []])[0, 1]
    assert (row["parent_kind"], row["parent_label"]) == ("unseen", "reuters")
    assert row["parent"] is row["unseen_id"] is None
    assert [said["kind"] for said in row["evidence"]] == ["unseen", "root"]
    assert row["evidence"][0]["detail"] == "it names reuters, which published nothing of its story"
    assert 0.5 < row["confidence"] <= 1.0


@pytest.mark.parametrize(
    ("publishers", "cues"),
    [
        (["The Day", "Reuters"], ["reuters"]),  # in sight
        (["Reuters", "The Post"], ["reuters"]),  # its own
        ([None, "The Post"], ["reuters"]),  # it may be its own
        (["The Day", "The Post"], ["the ministry"]),  # no agency
    ],
)
def test_a_name_that_proves_nothing(publishers, cues):
    """Nothing is said of a source where the agency may have published the text, or a text of its story."""
    assert _lone(publisher=publishers, cues=[cues, []])[0, 1]["parent_kind"] == "none"


def test_the_source_of_others_may_quote_an_agency():
    """A text of which others were made is the source here, whatever agency it quotes."""
    story = _story([_without(), _without(3)], ["2022-02-01", "2022-02-02"], publisher=["A", "B"], cues=[["afp"], []])
    rows, _ = lineage(*story)
    assert tree(rows) == {0: None, 1: 0}
    assert (rows[0, 1]["parent_kind"], rows[0, 1]["parent_label"]) == ("none", "afp")


def test_a_machine_needs_a_source():
    """A text that a synonym machine wrote was written from another, be it known who published it or not."""
    row = _lone(spin_score=[0.97, 0.0])[0, 1]
    assert (row["parent_kind"], row["unseen_id"], row["parent_label"]) == ("unseen", None, None)
    assert "with probability 0.97" in row["evidence"][0]["detail"]
