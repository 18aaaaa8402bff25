"""The keep decision."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import schema
from dedup.cluster import stories_table
from dedup.config import Config
from dedup.keep import crowded, decide, undecided
from dedup.match.candidates import MAX_LINKS
from tests.stories import NO_EDGES, canonical, corpora, day, decided, matches


def test_never_through_a_chain():
    """A - B - C with B kept out: C does not match A, so it stays."""
    _, decision = decided(matches((0, 1, "near", 0.8), (1, 2, "near", 0.83)), [0, 1, 2], Config(keep="first"))
    assert decision.canonical.tolist() == [0, 0, 2]
    assert decision.kept.tolist() == [True, False, True]
    assert decision.reason == [
        "first in the input of 2 copies",
        "near copy of d0 (jaccard 0.80)",
        "no exact or near match with a kept document",
    ]


def test_a_decision_speaks_of_rows():
    """Documents outside of stories have no row, and do not shift who stands for whom."""
    pairs = matches((2, 7, "near", 0.8), (4, 9, "near", 0.9))
    made, decision = decided(
        pairs, [*range(9), 9, 4], Config(keep="longest"), n_chars=[1, 1, 5, 1, 5, 1, 1, 9, 1, 9, 9]
    )
    assert made.column("doc").to_pylist() == [2, 4, 7, 9, 10]
    assert decision.canonical.tolist() == [2, 3, 2, 3, 3]
    assert canonical(made, decision) == {2: 7, 4: 9, 7: 7, 9: 9, 10: 9}
    assert decision.of_clusters(made).tolist() == [2, 3]
    assert decision.reason[0] == "near copy of d7 (jaccard 0.80)"


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
    _, decision = decided(
        matches(),
        [0, 0, 0, 0],
        Config(keep=keep),
        published_at=[None, day(26), day(25), day(25)],
        published_precision=[None, "day", "day", "day"],
        n_chars=[100, 900, 900, 100],
        keep_value=[None, float("nan"), 0.25, 0.5],
    )
    assert decision.canonical.tolist() == [kept] * 4
    assert decision.reason[kept] == reason
    assert {decision.reason[doc] for doc in range(4) if doc != kept} == {f"same text as d{kept}"}


def test_keep_root_follows_the_lineage():
    """The root of the story's lineage stays, though it comes last in the input."""
    pairs = matches((1, 2, "near", 0.9), (1, 3, "near", 0.8), (2, 3, "near", 0.9))
    edges = pa.Table.from_pylist(
        [
            {"child": 1, "parent": 2, "parent_kind": "document", "rank": 1},
            {"child": 2, "parent": 3, "parent_kind": "document", "rank": 1},
            {"child": 3, "parent_kind": "none", "rank": 1, "evidence": [{"kind": "root"}]},
        ],
        schema=schema.EDGES,
    )
    made, decision = decided(pairs, [0, 1, 2, 3], Config(keep="root"), edges)
    assert canonical(made, decision) == {1: 3, 2: 3, 3: 3}
    assert decision.rank.tolist() == [2, 1, 0]
    assert decision.reason[2] == "root of the lineage of 3 copies"
    assert stories_table(made, edges, schema.empty(schema.SOURCES)).column("root_ids").to_pylist() == [["d3"]]


def test_excerpts_go_only_when_asked():
    """An excerpt stays by default, and goes with its containment told under --drop excerpt."""
    pairs = matches((0, 1, "excerpt", 0.9))
    assert decided(pairs, [0, 1], Config())[1].kept.tolist() == [True, True]
    _, decision = decided(pairs, [0, 1], Config(drop=("exact", "near", "excerpt"), keep="longest"), n_chars=[5, 9])
    assert decision.reason == ["excerpt of d1 (containment 0.90)", "longest of 2 matching documents (9 characters)"]
    assert decision.canonical.tolist() == [1, 1]


def test_a_hundred_thousand_copies_are_decided_quickly():
    """Copies of one text and of its near copy cost no more than one step each."""
    n = 100_000
    text = np.repeat([0, n // 2], n // 2)
    pair = matches((0, n // 2, "near", 0.8))
    one = pa.array(np.ones(n, np.int64))
    columns = {name: pa.nulls(n, schema.NODES.field(name).type) for name in schema.NODES.names}
    columns |= {"doc": pa.array(np.arange(n)), "text": pa.array(text), "story": one, "cluster": one}
    columns |= {"doc_id": pa.array([f"d{doc}" for doc in range(n)])}
    made = pa.table(columns, schema=schema.NODES)
    decision = decide(made, schema.empty(schema.MATCHES), NO_EDGES, Config(keep="first"))
    assert decision.kept.sum() == 2
    decision = decide(made, pair, NO_EDGES, Config(keep="first"))
    assert decision.kept.sum() == 1


@settings(max_examples=150, deadline=None)
@given(
    corpora(), st.sampled_from([("exact", "near"), ("exact",), ("near",), (), ("exact", "near", "excerpt")]), st.data()
)
def test_decision_equals_the_obvious_greedy(corpus, drop, data):
    """Going document by document, and looking at every pair of documents, gives the same decision."""
    text, pairs = corpus
    dates = data.draw(st.lists(st.sampled_from([None, day(1), day(2)]), min_size=len(text), max_size=len(text)))
    relation = {(left, right): kind for left, right, kind, _ in pairs}
    relation |= {(right, left): kind for (left, right), kind in relation.items()}

    def tied(one, other):
        return "exact" if text[one] == text[other] else relation.get((text[one], text[other]))

    wanted = {}
    for doc in sorted(range(len(text)), key=lambda doc: (dates[doc] is None, dates[doc] or 0, doc)):
        if doc in wanted:
            continue
        wanted[doc] = doc
        for other in range(len(text)):
            if other not in wanted and tied(doc, other) in drop:
                wanted[other] = doc
    made, decision = decided(matches(*pairs), text, Config(drop=drop), published_at=dates)
    found = canonical(made, decision)
    assert wanted == {doc: found.get(doc, doc) for doc in range(len(text))}
    assert all(decision.reason)


@pytest.mark.parametrize(("n", "compared"), [(MAX_LINKS + 1, False), (MAX_LINKS + 2, True)])
def test_undecided_pairs_are_of_large_clusters_only(n, compared):
    """Where all pairs of a cluster were verified, nobody stays for want of a comparison."""
    pairs = matches(*((k, k + 1, "near", 0.8) for k in range(n - 1)))
    made, decision = decided(pairs, list(range(n)), Config())
    assert decision.kept.sum() > 1
    assert bool(len(undecided(made, decision, 0)[0])) == bool(crowded(made).any()) == compared


@settings(max_examples=40)
@given(st.lists(st.integers(40, 60), min_size=1, max_size=3), st.integers(0, 4), st.randoms(use_true_random=False))
def test_undecided_pairs_hold_the_nth_best(sizes, nth, draw):
    """In each large cluster the nth best text that is kept is compared with every text kept that comes after it."""
    rows, text, chars = [], [], []
    for size in sizes:
        begin = len(text)
        text += [begin + k for k in range(size)] + [begin + draw.randrange(size) for _ in range(5)]
        rows += [(begin + k, begin + k + 1, "near", 0.8) for k in range(size - 1)]
        chars += [draw.randrange(100) for _ in range(size + 5)]
    made, decision = decided(matches(*rows), text, Config(keep="longest"), n_chars=chars)
    kept = made.filter(pa.array(decision.kept)).to_pylist()
    wanted, nths = set(), set()
    for cluster in {row["cluster"] for row in kept}:
        mine = sorted((row for row in kept if row["cluster"] == cluster), key=lambda row: (-row["n_chars"], row["doc"]))
        ordered = list(dict.fromkeys(row["text"] for row in mine))
        wanted |= {tuple(sorted((ordered[nth], other))) for other in ordered[nth + 1 :]}
        nths.update(ordered[nth : nth + 1])
    found = list(zip(*(side.tolist() for side in undecided(made, decision, nth)), strict=True))
    of_text = dict(zip(made.column("doc").to_pylist(), made.column("cluster").to_pylist(), strict=True))
    assert wanted <= set(found)
    assert len(found) == len(set(found))
    for left, right in found:
        assert left < right
        assert (text[left], text[right], of_text[left]) == (left, right, of_text[right])
        assert nths & {left, right}


def test_without_the_drop_of_exact_copies_each_text_is_compared_once():
    """Copies that stay beside each other are one text to compare."""
    n = MAX_LINKS + 5
    pairs = matches(*((k, k + 1, "near", 0.8) for k in range(n - 1)))
    made, decision = decided(pairs, [*range(n), 0, 0, 3], Config(drop=("near",)))
    left, right = undecided(made, decision, 0)
    assert np.all(left < right)
    assert right.max() < n
    assert len(set(zip(left.tolist(), right.tolist(), strict=True))) == len(left)


def test_nothing_is_undecided_without_stories():
    """No nodes, no pairs; no round breaks on an empty corpus."""
    made, decision = decided(matches(), [0, 1], Config())
    assert made.num_rows == 0
    for nth in range(3):
        assert [side.tolist() for side in undecided(made, decision, nth)] == [[], []]
