"""Clusters and stories."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from dedup import schema
from dedup.cluster import cluster, clusters_table, shown, stories_table
from dedup.config import Config
from dedup.errors import GiantClusterError
from dedup.lineage import infer
from tests import naive_graph
from tests.stories import corpora, day, decided, labels, matches, name, silent


def test_clusters_hold_copies_and_stories_hold_all():
    """Near pairs and equal texts make clusters, excerpts join them to stories, refused pairs do nothing."""
    pairs = matches((0, 3, "near", 0.8), (3, 4, "excerpt", 0.9), (1, 5, "quote", 0.1))
    found = cluster(pairs, np.array([0, 1, 1, 3, 4, 5]), name, Config())
    assert labels(found, 6) == ([1, 2, 2, 1, -1, -1], [1, 2, 2, 1, 1, -1])
    assert found.n_cut == 0
    assert found.cluster_of(np.array([5, 3, 0, 2])).tolist() == [-1, 1, 1, 2]


def test_no_pairs_no_clusters():
    """A corpus without pairs, and one without documents, have no clusters."""
    for n in (3, 0):
        found = cluster(schema.empty(schema.MATCHES), np.arange(n), name, Config())
        assert found.docs.size == 0
        assert found.cluster_of(np.arange(n)).tolist() == [-1] * n


@settings(max_examples=100)
@given(corpora())
def test_clusters_and_stories_equal_graph_components(corpus):
    """Components of the graph of documents, numbered by first member; whoever is alone in one is in none."""
    text, pairs = corpus
    equal = [(first, doc) for doc, first in enumerate(text) if first != doc]
    found = labels(cluster(matches(*pairs), np.array(text), name, Config()), len(text))
    for numbers, kinds in zip(found, (("near",), ("near", "excerpt", "partial")), strict=True):
        tied = [(left, right) for left, right, kind, _ in pairs if kind in kinds]
        roots = naive_graph.components(len(text), equal + tied)
        several = sorted(root for root in set(roots) if roots.count(root) > 1)
        assert numbers == [several.index(root) + 1 if root in several else -1 for root in roots]


def test_a_giant_cluster_stops_the_run_with_its_cause():
    """More than 1 % of 10,000 texts in one cluster is an error that names members, weakest link and hub."""
    star = matches(*((7, right, "near", 0.7 + right / 1000) for right in range(8, 8 + 101)))
    with pytest.raises(GiantClusterError) as error:
        cluster(star, np.arange(10_000), name, Config())
    assert "102 of 10,000" in error.value.message
    assert "d7, d8, d9" in error.value.message
    assert "jaccard 0.71" in error.value.message
    assert "d7 alone has 101 links" in error.value.message
    assert "--allow-giant" in error.value.hint
    assert cluster(star, np.arange(10_000), name, Config(allow_giant=True)).cluster.max() == 1


def test_equal_texts_are_no_giant():
    """A thousand copies of one text count as one text, also in a cluster of a hundred others."""
    text = np.concatenate((np.zeros(1000, np.int64), np.arange(1000, 12_000)))
    none = schema.empty(schema.MATCHES)
    assert labels(cluster(none, text, name, Config()), 1001)[0] == [1] * 1000 + [-1]
    star = matches(*((0, right, "near", 0.8) for right in range(1000, 1105)))
    assert labels(cluster(star, text, name, Config()), 1106)[0] == [1] * 1105 + [-1]


def test_a_giant_story_is_cut_at_its_weakest_bridge():
    """Two stories of 60 texts tied by the weakest pair stay two, and the cut is counted."""
    one = [(0, right, "partial", 0.5) for right in range(1, 60)]
    other = [(60, right, "partial", 0.5) for right in range(61, 120)]
    found = cluster(matches((0, 60, "partial", 0.1), *one, *other), np.arange(10_000), name, Config())
    assert labels(found, 121)[1] == [1] * 60 + [2] * 60 + [-1]
    assert found.n_cut == 1


@pytest.mark.parametrize("lone", [50, 200])
def test_a_document_cut_from_its_story_stands_alone(lone):
    """Where a cut leaves a document alone it is in no story, has no row among the nodes, and no say."""
    star = [(0, right, "partial", 0.5) for right in range(1, 101) if right != 50]
    pairs = matches(*sorted([*star, (0, lone, "partial", 0.1)]))
    found = cluster(pairs, np.arange(10_000), name, Config())
    assert (found.n_cut, found.story[found.docs == lone].tolist()) == (1, [-1])
    config = Config(keep="first", drop=("partial",))
    made, decision = decided(pairs, list(range(10_000)), config)
    assert made.column("doc").to_pylist() == [doc for doc in range(101) if doc != 50]
    assert decision.reason == decided(matches(*star), list(range(10_000)), config)[1].reason


def test_a_small_corpus_has_no_giants():
    """Below 10,000 texts one story may hold everything."""
    chain = matches(*((doc, doc + 1, "near", 0.8) for doc in range(499)))
    assert labels(cluster(chain, np.arange(500), name, Config()), 500)[0] == [1] * 500


@settings(max_examples=50, deadline=None)
@given(corpora())
def test_tables_fit_their_schema_and_lose_no_document(corpus):
    """Clusters and stories count every document that is in one, and name a kept document each."""
    text, pairs = corpus
    made, decision = decided(matches(*pairs), text, Config(drop=("exact", "near")))
    found = infer(made, silent(matches(*pairs)), Config())
    canonical = decision.of_clusters(made)
    clusters = schema.check(clusters_table(made, matches(*pairs), canonical), schema.CLUSTERS)
    stories = schema.check(stories_table(made, found.edges, found.sources), schema.STORIES)
    in_cluster = made.num_rows - made.column("cluster").null_count
    assert sum(clusters.column("n_documents").to_pylist()) == in_cluster
    assert sum(stories.column("n_documents").to_pylist()) == made.num_rows
    kept = made.filter(pa.array(decision.kept)).column("doc_id").to_pylist()
    assert set(clusters.column("canonical_id").to_pylist()) <= set(kept)
    assert clusters.column("cluster_id").to_pylist() == list(range(1, clusters.num_rows + 1))


def test_cluster_and_story_rows():
    """The figures of a small corpus, worked out by hand."""
    pairs = matches((0, 2, "near", 0.75), (2, 3, "partial", 0.3))
    made, decision = decided(
        pairs,
        [0, 0, 2, 3, 4],
        Config(),
        published_at=[day(3), None, day(2), day(9), day(1)],
        publisher=["A", "B", "A", None, "C"],
    )
    clusters = clusters_table(made, pairs, decision.of_clusters(made)).to_pylist()
    assert clusters == [
        {
            "cluster_id": 1,
            "canonical_id": "d2",
            "n_documents": 3,
            "min_jaccard": 0.75,
            "first_published_at": day(2),
            "last_published_at": day(3),
        }
    ]
    found = infer(made, silent(pairs), Config())
    (story,) = stories_table(made, found.edges, found.sources).to_pylist()
    assert (story["n_documents"], story["n_clusters"], story["n_publishers"]) == (4, 2, 2)
    assert (story["first_published_at"], story["last_published_at"], story["n_unseen"]) == (day(2), day(9), 0)


def test_an_id_is_shown_on_one_line():
    """Long ids and ids with line breaks do not break a sentence."""
    assert shown(" a\n b\t") == "a b"
    assert len(shown("x" * 1000)) == 240
