import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.errors import UnknownDocumentError
from dedup.report.gather import ALL_DRAWN, MOST_DRAWN, Gather
from dedup.report.members import members_of
from dedup.report.tables import Groups
from tests.report.made import run


def day(number):
    """A day of one month."""
    return dt.datetime(2022, 2, number, tzinfo=dt.UTC)


def pile(n, **columns):
    """Documents a0, a1 ... of one story."""
    return [{"doc_id": f"a{at}", "story_id": 1} | {k: v(at) for k, v in columns.items()} for at in range(n)]


@given(st.lists(st.integers(-1, 5), max_size=30), st.lists(st.integers(-2, 6), max_size=6))
def test_groups_are_the_rows_of_a_number(numbers, asked):
    """A group holds the rows of its number in their order, and knows the first of them."""
    groups = Groups(np.array(numbers, np.int64))
    rows = {number: [row for row, other in enumerate(numbers) if other == number] for number in asked}
    assert [groups.of(number).tolist() for number in asked] == [rows[number] for number in asked]
    assert groups.of(*asked).tolist() == [row for number in asked for row in rows[number]]
    firsts = [next(iter(rows[number]), -1) for number in asked]
    assert groups.first(np.array(asked, np.int64)).tolist() == firsts


@pytest.fixture(scope="module")
def seeds_run(seeds, tmp_path_factory):
    """A run of the seeds."""
    return dedup.run([str(seeds)], out=tmp_path_factory.mktemp("seeds") / "out")


def test_the_story_of_the_seeds(seeds_run):
    """The seeds are one story of two documents, of which one is made of the other, and the edge knows its pair."""
    gather = Gather(seeds_run)
    [line] = gather.lines()
    assert (line.n_documents, line.relations, line.title[:11]) == (2, ("partial",), "Putin Ready")
    [story] = gather.stories([1], n_full=12)
    assert [node.label[:3] for node in story.nodes] == ["000", "001"]
    [edge] = story.edges
    row = seeds_run.lineage.to_pylist()[0]
    assert (edge.parent, edge.child, edge.pair) == ("d1", "d0", "d0-d1")
    assert (edge.relation, edge.confidence) == (row["relation"], row["confidence"])
    pair = gather.pair_rows(gather.row_of_pair("d0-d1"))
    assert pair.passages == seeds_run.passages.to_pylist()
    assert pair.edges == seeds_run.lineage.to_pylist()
    document = gather.document_rows(0)
    assert [taken.edge for taken in document.parents] == [row]
    assert (document.parents[0].side, document.parents[0].passages) == ("left", pair.passages)
    assert [edge["child_id"] for edge in gather.document_rows(1).children] == [row["child_id"]]


def test_a_story_that_is_not_there(seeds_run):
    """A number of no story is an error that says where the numbers are."""
    for number in (0, -1, 2):
        with pytest.raises(UnknownDocumentError, match="no story"):
            Gather(seeds_run).stories([number])


def test_titles_come_from_the_root():
    """A story is called after its root; else after the first document with a title; else by the id of the first."""
    stories = [
        {"story_id": 1, "n_documents": 3, "root_ids": ["c"]},
        {"story_id": 2, "n_documents": 2, "root_ids": ["d"]},
        {"story_id": 3, "n_documents": 2, "root_ids": []},
    ]
    names = [("a", 1, "A"), ("b", 1, "B"), ("c", 1, "C"), ("d", 2, ""), ("e", 2, "E"), ("f", 3, None), ("g", 3, None)]
    documents = [{"doc_id": name, "story_id": story, "title": title} for name, story, title in names]
    gather = Gather(run(documents=documents, stories=stories))
    assert [gather.title(story) for story in (1, 2, 3)] == ["C", "E", "f"]


def test_lines_count_what_is_spun_and_uncertain():
    """The list of stories counts spun texts, and primary sources that are less than even odds or not known."""
    documents = pile(5, spin_score=lambda at: [0.9, 0.5, 0.4, None, 0.0][at])
    edges = [{"child_id": f"a{at}", "parent_id": "a0"} for at in (1, 2, 3)]
    edges[0] |= {"confidence": 0.4}
    edges[1] |= {"confidence": None}
    edges += [{"child_id": "a3", "parent_id": "a1", "rank": 2, "confidence": 0.1}]
    pairs = [{"left_id": "a0", "right_id": "a1"}, {"left_id": "a0", "right_id": "a2", "relation": "excerpt"}]
    pairs += [{"left_id": "a1", "right_id": "a2", "relation": None, "accepted": False}]
    [line] = Gather(run(documents=documents, lineage=edges, pairs=pairs)).lines()
    assert (line.n_spun, line.n_uncertain, line.relations) == (2, 2, ("excerpt", "near"))


def test_a_large_story_draws_each_text_once():
    """Beyond a size each text is drawn once, as its earliest bearer, with how many bear it; edges follow."""
    n = ALL_DRAWN + 10
    documents = pile(n, text_digest=lambda at: str(at % 2), published_at=lambda at: day(28 if at < 2 else 1 + at % 20))
    edges = [{"child_id": "a1", "parent_id": "a0"}, {"child_id": "a3", "parent_id": "a1", "relation": "exact"}]
    [story] = Gather(run(documents=documents, lineage=edges)).stories([1])
    assert [(node.label, node.same_text) for node in story.nodes] == [("a20", n // 2), ("a21", n // 2)]
    assert [(edge.parent, edge.child) for edge in story.edges] == [("d20", "d21")]
    assert story.n_documents == n


def test_a_giant_story_is_bounded():
    """Of very many texts the earliest are drawn; edges to the others are left out."""
    documents = pile(3 * MOST_DRAWN, published_at=lambda at: day(1) - dt.timedelta(minutes=at))
    edges = [{"child_id": f"a{at}", "parent_id": f"a{at + 1}"} for at in range(3 * MOST_DRAWN - 1)]
    gather = Gather(run(documents=documents, lineage=edges))
    [story] = gather.stories([1], n_full=12)
    assert len(story.nodes) == MOST_DRAWN
    assert len(story.edges) == MOST_DRAWN - 1
    assert sum(node.shown for node in story.nodes) == 12
    assert len(members_of(gather, story, [], [])) <= MOST_DRAWN


def test_order_in_time_knows_precision():
    """A document of a day stands in the middle of it, and an undated one last."""
    times = [(day(2), "day"), (day(2) + dt.timedelta(hours=9), "minute"), (None, None), (day(2), "second")]
    documents = pile(4, published_at=lambda at: times[at][0], published_precision=lambda at: times[at][1])
    gather = Gather(run(documents=documents))
    [story] = gather.stories([1])
    assert [line.document.label for line in members_of(gather, story, [], [])] == ["a3", "a1", "a0", "a2"]


def test_unseen_sources_are_nodes():
    """An unseen source is a node of its own; one that only a text names, too; and what it descends from is an edge."""
    unseen = [{"unseen_id": 3, "story_id": 1, "label": "reuters", "parent_id": "a0", "probability": 0.7}]
    edges = [
        {"child_id": f"a{at}", "parent_kind": "unseen", "unseen_id": 3, "relation": None, "confidence": 0.7}
        for at in (1, 2)
    ]
    edges += [{"child_id": "a3", "parent_kind": "unseen", "parent_label": "tass", "relation": None}]
    gather = Gather(run(documents=pile(4), lineage=edges, unseen=unseen))
    [story] = gather.stories([1])
    assert [(node.key, node.label) for node in story.nodes if node.unseen] == [("u3", "reuters"), ("ud3", "tass")]
    told = {(edge.parent, edge.child, edge.relation) for edge in story.edges}
    assert told == {(*ends, "unseen") for ends in [("u3", "d1"), ("u3", "d2"), ("ud3", "d3"), ("d0", "u3")]}
    assert gather.document_rows(1).unseen[0]["child_ids"] == ["a1", "a2"]
    assert [line.source for line in members_of(gather, story, [], [])] == [None, "reuters", "reuters", "tass"]


def test_of_two_edges_between_two_texts_the_better_is_drawn():
    """Where copies of a text name the same source, one edge stands for both: the primary, then the surer one."""
    n = ALL_DRAWN + 1
    documents = pile(n, text_digest=lambda at: str(min(at, 1)))
    edges = [{"child_id": f"a{at}", "parent_id": "a0", "confidence": at / n} for at in range(1, n)]
    [story] = Gather(run(documents=documents, lineage=edges)).stories([1])
    assert [edge.confidence for edge in story.edges] == [(n - 1) / n]
