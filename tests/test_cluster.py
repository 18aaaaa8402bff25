"""Clusters, stories and the keep decision."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import schema
from dedup.cluster import cluster, clusters_table, decide, stories_table
from dedup.config import Config
from dedup.errors import GiantClusterError
from dedup.lineage import infer


def _name(doc):
    return f"d{doc}"


def _matches(*rows):
    """Accepted pairs out of (left, right, relation, score)."""
    return pa.Table.from_pylist(
        [
            {
                "left": left,
                "right": right,
                "relation": relation,
                "accepted": relation != "quote",
                "jaccard": score,
                "containment_left": score,
                "containment_right": score / 2,
                "aligned_left": score,
                "aligned_right": score,
            }
            for left, right, relation, score in rows
        ],
        schema=schema.MATCHES,
    )


def _nodes(matches, text, config, **columns):
    """Nodes with clusters and stories as ``cluster`` finds them."""
    found = cluster(matches, np.array(text, np.int64), _name, config)
    rows = []
    for doc, first in enumerate(text):
        row = {"doc": doc, "text": first, "n_chars": 100, "n_words": 20}
        row |= {"cluster": int(found.cluster[doc]), "story": int(found.story[doc])}
        row |= {name: values[doc] for name, values in columns.items()}
        rows.append(
            {name: None if name in {"cluster", "story"} and value == -1 else value for name, value in row.items()}
        )
    return pa.Table.from_pylist(rows, schema=schema.NODES)


def _decide(matches, text, config, edges=None, **columns):
    nodes = _nodes(matches, text, config, **columns)
    return nodes, decide(nodes, matches, schema.empty(schema.EDGES) if edges is None else edges, _name, config)


def _day(day):
    return dt.datetime(2022, 2, day, tzinfo=dt.UTC)


def test_clusters_hold_copies_and_stories_hold_all():
    """Near and exact pairs make clusters, excerpts join them to stories, refused pairs do nothing."""
    matches = _matches((0, 3, "near", 0.8), (1, 2, "exact", 1.0), (3, 4, "excerpt", 0.9), (1, 5, "quote", 0.1))
    found = cluster(matches, np.array([0, 1, 1, 3, 4, 5]), _name, Config())
    assert found.cluster.tolist() == [1, 2, 2, 1, -1, -1]
    assert found.story.tolist() == [1, 2, 2, 1, 1, -1]
    assert found.n_cut == 0


def test_no_pairs_no_clusters():
    """A corpus without pairs, and one without documents, have no clusters."""
    empty = schema.empty(schema.MATCHES)
    assert cluster(empty, np.arange(3), _name, Config()).story.tolist() == [-1, -1, -1]
    assert cluster(empty, np.arange(0), _name, Config()).story.tolist() == []


def test_a_giant_cluster_stops_the_run_with_its_cause():
    """More than 1 % of 10,000 texts in one cluster is an error that names members, weakest link and hub."""
    star = _matches(*((7, right, "near", 0.7 + right / 1000) for right in range(8, 8 + 101)))
    with pytest.raises(GiantClusterError) as error:
        cluster(star, np.arange(10_000), _name, Config())
    assert "102 of 10,000" in error.value.message
    assert "d7, d8, d9" in error.value.message
    assert "jaccard 0.71" in error.value.message
    assert "d7 alone has 101 links" in error.value.message
    assert "--allow-giant" in error.value.hint
    assert cluster(star, np.arange(10_000), _name, Config(allow_giant=True)).cluster.max() == 1


def test_equal_texts_are_no_giant():
    """A thousand copies of one text count as one text."""
    copies = _matches(*((0, right, "exact", 1.0) for right in range(1, 1000)))
    text = np.concatenate((np.zeros(1000, np.int64), np.arange(1000, 12_000)))
    assert (cluster(copies, text, _name, Config()).cluster[:1000] == 1).all()


def test_a_giant_story_is_cut_at_its_weakest_bridge():
    """Two stories of 60 texts tied by the weakest pair stay two, and the cut is counted."""
    one = [(0, right, "partial", 0.5) for right in range(1, 60)]
    other = [(60, right, "partial", 0.5) for right in range(61, 120)]
    found = cluster(_matches((0, 60, "partial", 0.1), *one, *other), np.arange(10_000), _name, Config())
    assert (found.story[:60] == 1).all()
    assert (found.story[60:120] == 2).all()
    assert found.n_cut == 1


def test_a_small_corpus_has_no_giants():
    """Below 10,000 texts one story may hold everything."""
    chain = _matches(*((doc, doc + 1, "near", 0.8) for doc in range(499)))
    assert (cluster(chain, np.arange(500), _name, Config()).cluster == 1).all()


def test_never_through_a_chain():
    """A - B - C with B kept out: C does not match A, so it stays."""
    _, decision = _decide(_matches((0, 1, "near", 0.8), (1, 2, "near", 0.83)), [0, 1, 2], Config(keep="first"))
    assert decision.canonical.tolist() == [0, 0, 2]
    assert decision.kept.tolist() == [True, False, True]
    assert decision.reason == [
        "first in the input of 2 copies",
        "near copy of d0 (jaccard 0.80)",
        "no exact or near match with a kept document",
    ]


@pytest.mark.parametrize(
    ("keep", "kept", "reason"),
    [
        ("earliest", 2, "earliest of 4 copies (2022-02-25)"),
        ("longest", 1, "longest of 4 copies (900 characters)"),
        ("first", 0, "first in the input of 4 copies"),
        ("rating", 3, "highest rating of 4 copies (0.5)"),
    ],
)
def test_keep_policies(keep, kept, reason):
    """Each policy keeps the member that it names, and says so."""
    matches = _matches(*((0, right, "exact", 1.0) for right in (1, 2, 3)))
    _, decision = _decide(
        matches,
        [0, 0, 0, 0],
        Config(keep=keep),
        published_at=[None, _day(26), _day(25), _day(25)],
        published_precision=[None, "day", "day", "day"],
        n_chars=[100, 900, 900, 100],
        keep_value=[None, float("nan"), 0.25, 0.5],
    )
    assert decision.canonical.tolist() == [kept] * 4
    assert decision.reason[kept] == reason
    assert {decision.reason[doc] for doc in range(4) if doc != kept} == {f"same text as d{kept}"}


def test_keep_root_follows_the_lineage():
    """The root of the story's lineage stays, though it comes last in the input."""
    matches = _matches((0, 1, "near", 0.9), (0, 2, "near", 0.8), (1, 2, "near", 0.9))
    edges = pa.Table.from_pylist(
        [
            {"child": 0, "parent": 1, "parent_kind": "document", "rank": 1},
            {"child": 1, "parent": 2, "parent_kind": "document", "rank": 1},
            {"child": 2, "parent_kind": "none", "rank": 1, "evidence": [{"kind": "root"}]},
        ],
        schema=schema.EDGES,
    )
    nodes, decision = _decide(matches, [0, 1, 2], Config(keep="root"), edges)
    assert decision.canonical.tolist() == [2, 2, 2]
    assert decision.rank.tolist() == [2, 1, 0]
    assert decision.reason[2] == "root of the lineage of 3 copies"
    assert stories_table(nodes, edges, _name).column("root_ids").to_pylist() == [["d2"]]


def test_excerpts_go_only_when_asked():
    """An excerpt stays by default, and goes with its containment told under --drop excerpt."""
    matches = _matches((0, 1, "excerpt", 0.9))
    assert _decide(matches, [0, 1], Config())[1].kept.tolist() == [True, True]
    _, decision = _decide(matches, [0, 1], Config(drop=("exact", "near", "excerpt"), keep="longest"), n_chars=[5, 9])
    assert decision.reason == ["excerpt of d1 (containment 0.90)", "longest of 2 matching documents (9 characters)"]
    assert decision.canonical.tolist() == [1, 1]


def test_a_hundred_thousand_copies_are_decided_quickly():
    """Copies of one text and of its near copy cost no more than one step each."""
    n = 100_000
    text = [0] * (n // 2) + [n // 2] * (n // 2)
    rows = np.arange(n)
    columns = {name: [None] * n for name in schema.MATCHES.names}
    columns |= {"left": np.array(text), "right": rows, "accepted": [True] * n, "jaccard": [1.0] * n}
    columns |= {"relation": ["exact"] * n}
    stars = pa.table(columns, schema=schema.MATCHES).filter(np.array(text) != rows)
    matches = pa.concat_tables([stars, _matches((0, n // 2, "near", 0.8))])
    story = pa.array(np.ones(n, np.int64))
    node_columns = {name: pa.nulls(n, schema.NODES.field(name).type) for name in schema.NODES.names}
    node_columns |= {"doc": pa.array(rows), "text": pa.array(text), "story": story, "cluster": story}
    nodes = pa.table(node_columns, schema=schema.NODES)
    decision = decide(nodes, matches.slice(0, n // 2 - 1), schema.empty(schema.EDGES), _name, Config(keep="first"))
    assert decision.kept.sum() == 2
    decision = decide(nodes, matches, schema.empty(schema.EDGES), _name, Config(keep="first"))
    assert decision.kept.sum() == 1


@st.composite
def _corpora(draw):
    """Texts with copies, and random pairs between their first documents."""
    text = []
    for doc in range(draw(st.integers(1, 10))):
        firsts = sorted(set(text))
        text.append(draw(st.sampled_from([doc, *firsts])))
    firsts = sorted(set(text))
    pairs = {(text[doc], doc): "exact" for doc in range(len(text)) if text[doc] != doc}
    between = [(a, b) for a in firsts for b in firsts if a < b]
    for pair in draw(st.sets(st.sampled_from(between))) if between else ():
        pairs[pair] = draw(st.sampled_from(["near", "excerpt", "partial", "quote"]))
    return text, [(*pair, relation, 0.8) for pair, relation in sorted(pairs.items())]


@settings(max_examples=150, deadline=None)
@given(
    _corpora(), st.sampled_from([("exact", "near"), ("exact",), ("near",), (), ("exact", "near", "excerpt")]), st.data()
)
def test_decision_equals_the_obvious_greedy(corpus, drop, data):
    """Going document by document, and looking at every pair of documents, gives the same decision."""
    text, pairs = corpus
    dates = data.draw(st.lists(st.sampled_from([None, _day(1), _day(2)]), min_size=len(text), max_size=len(text)))
    relation = {(left, right): kind for left, right, kind, _ in pairs if kind != "exact"}
    relation |= {(right, left): kind for (left, right), kind in relation.items()}

    def tied(one, other):
        return "exact" if text[one] == text[other] else relation.get((text[one], text[other]))

    canonical = {}
    for doc in sorted(range(len(text)), key=lambda doc: (dates[doc] is None, dates[doc] or 0, doc)):
        if doc in canonical:
            continue
        canonical[doc] = doc
        for other in range(len(text)):
            if other not in canonical and tied(doc, other) in drop:
                canonical[other] = doc
    _, decision = _decide(_matches(*pairs), text, Config(drop=drop), published_at=dates)
    assert decision.canonical.tolist() == [canonical[doc] for doc in range(len(text))]
    assert all(decision.reason)


@settings(max_examples=50, deadline=None)
@given(_corpora())
def test_tables_fit_their_schema_and_lose_no_document(corpus):
    """Clusters and stories count every document that is in one, and name a kept document each."""
    text, pairs = corpus
    matches = _matches(*pairs)
    nodes, decision = _decide(matches, text, Config(drop=("exact", "near")))
    edges = infer(nodes, matches, schema.empty(schema.SPANS), Config()).edges
    clusters = schema.check(clusters_table(nodes, matches, decision, _name), schema.CLUSTERS)
    stories = schema.check(stories_table(nodes, edges, _name), schema.STORIES)
    in_cluster = len(text) - nodes.column("cluster").null_count
    in_story = len(text) - nodes.column("story").null_count
    assert sum(clusters.column("n_documents").to_pylist()) == in_cluster
    assert sum(stories.column("n_documents").to_pylist()) == in_story
    assert all(decision.kept[int(name[1:])] for name in clusters.column("canonical_id").to_pylist())
    assert clusters.column("cluster_id").to_pylist() == list(range(1, clusters.num_rows + 1))


def test_cluster_and_story_rows():
    """The figures of a small corpus, worked out by hand."""
    matches = _matches((0, 1, "exact", 1.0), (0, 2, "near", 0.75), (2, 3, "partial", 0.3))
    nodes, decision = _decide(
        matches,
        [0, 0, 2, 3],
        Config(),
        published_at=[_day(3), None, _day(2), _day(9)],
        publisher=["A", "B", "A", None],
    )
    clusters = clusters_table(nodes, matches, decision, _name).to_pylist()
    assert clusters == [
        {
            "cluster_id": 1,
            "canonical_id": "d2",
            "n_documents": 3,
            "min_jaccard": 0.75,
            "first_published_at": _day(2),
            "last_published_at": _day(3),
        }
    ]
    (story,) = stories_table(
        nodes, infer(nodes, matches, schema.empty(schema.SPANS), Config()).edges, _name
    ).to_pylist()
    assert (story["n_documents"], story["n_clusters"], story["n_publishers"]) == (4, 2, 2)
    assert (story["first_published_at"], story["last_published_at"], story["n_unseen"]) == (_day(2), _day(9), 0)
