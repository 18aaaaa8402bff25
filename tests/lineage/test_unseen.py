"""Sources that are not in the pile: proposed where the texts prove one, and nowhere else."""

from __future__ import annotations

import dataclasses
import difflib
import itertools
import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import schema
from dedup.lineage import unseen_names
from dedup.lineage.branching import Candidates
from dedup.lineage.names import by_text
from dedup.lineage.unseen import elsewhere, explained, unseen
from dedup.lineage.unseen_names import LEAST_CHANCE, MOST_CHILDREN, likeliest
from dedup.lineage.unseen_readings import Ties
from dedup.lineage.views import Members, Pairs
from tests import naive_unseen
from tests.lineage.corpus import node

PARAGRAPHS = [[f"p{k}w{i}" for i in range(25)] for k in range(10)]
SOURCE = list(itertools.chain(*PARAGRAPHS))


def _without(*dropped):
    return list(itertools.chain(*(part for k, part in enumerate(PARAGRAPHS) if k not in dropped)))


def _edited(words, every, first, said=None):
    """Each so many words another word stands in its place: a house's own, or the one that a guide says."""
    return [f"{said or id(words)}{k}" if k % every == first else word for k, word in enumerate(words)]


def _view(cls, n, **columns):
    """A view of which only some columns matter."""
    names = [field.name for field in dataclasses.fields(cls)]
    return cls(**{name: columns.get(name, np.zeros(n)) for name in names})


def _collated(texts, **columns):
    """Members and pairs of texts that are lists of words."""
    rows = [
        node(doc, n_words=len(words), **{name: values[doc] for name, values in columns.items()})
        for doc, words in enumerate(texts)
    ]
    members = Members.of(pa.Table.from_pylist(rows, schema=schema.NODES))
    ends, runs, first = [], [], [0]
    for a, b in itertools.combinations(range(len(texts)), 2):
        found = difflib.SequenceMatcher(None, texts[a], texts[b], autojunk=False).get_matching_blocks()[:-1]
        if found:
            ends.append((a, b))
            runs += [tuple(block) for block in found]
            first.append(len(runs))
    left, right = np.array(ends, np.int64).reshape(-1, 2).T
    runs = np.array(runs, np.int64).reshape(-1, 3)
    return members, _view(Pairs, left.size, left=left, right=right, first_run=np.array(first), runs=runs)


def _sources(texts, parents=(), **columns):
    """The sources that are proposed, given primary edges as (parent, child), and the edges that they replace."""
    members, pairs = _collated(texts, **columns)
    edges = sorted(parents, key=lambda edge: edge[1])
    row = {pair: k for k, pair in enumerate(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))}
    parent, child = np.array(edges, np.int64).reshape(-1, 2).T
    pair = np.array([row[min(edge), max(edge)] for edge in edges], np.int64)
    likely = {"weight": np.full(len(edges), 4.0), "direction": np.full(len(edges), 0.95)}
    candidates = _view(Candidates, len(edges), pair=pair, parent=parent, child=child, **likely)
    primary = np.arange(len(edges))
    found = unseen(members, by_text(members), pairs, candidates, primary)
    return found, explained(candidates, primary, found).tolist()


def test_three_siblings_betray_their_source():
    """Each of three lacks paragraphs that the other two have: all three were made of a text that is not here."""
    found, _ = _sources([_without(1, 4), _without(2, 5), _without(3, 6)])
    (source,) = found
    assert source.children.tolist() == [0, 1, 2]
    assert source.gain > 0
    assert 0.8 < source.probability < 0.9
    assert source.label is None
    assert source.parent == -1
    assert {text: spans.tolist() for text, spans in source.passages.items()} == {k: [[0, 200]] for k in range(3)}


def test_words_here_and_there_prove_no_source():
    """Two papers that use one synonym machine agree against their source wherever it has put a word, and prove nothing.

    Three machines with words of their own look the same: what two of them left alone may be what two of them put in.
    """
    machined = [_edited(_edited(SOURCE, 9, first), 9, 7, "machine") for first in (1, 4)]
    assert _sources([SOURCE, *machined], parents=[(0, 1), (0, 2)])[0] == []
    assert _sources([_edited(SOURCE, 9, first) for first in (1, 4, 7)])[0] == []


def test_among_many_texts_three_agree_by_chance():
    """Three siblings prove their source where they are alone; among many it takes more to name them."""
    three = [_without(1), _without(3), _without(5)]
    assert [source.gain for source in _sources(three)[0]] == [20.0 - 16.0]
    tail = [f"tail{i}" for i in range(25)]
    others = [[*tail, *(f"t{k}w{i}" for i in range(90))] for k in range(5)]  # tied to the first of the three
    assert _sources([[*three[0], *tail], *three[1:], *others])[0] == []
    three = [_without(1, 4), _without(2, 5), _without(3, 6)]
    (source,) = _sources([[*three[0], *tail], *three[1:], *others])[0]
    assert source.children.tolist() == [0, 1, 2]
    assert source.gain == pytest.approx(40 - 16 - np.log2(56))


def test_a_visible_source_is_enough():
    """With the source itself in the pile nothing else is supposed, and its edges stay."""
    found, replaced = _sources(
        [_without(1, 4), _without(2, 5), _without(3, 6), SOURCE], parents=[(3, 0), (3, 1), (3, 2)]
    )
    assert found == []
    assert replaced == [False] * 3


@pytest.mark.parametrize(
    "texts",
    [
        [_without(1, 4), _without(2, 5)],  # two alone: to suppose a source saves nothing
        [SOURCE, _without(2), _without(2, 5), _without(2, 5, 7)],  # a chain
        [_without(8, 9), _without(6, 7, 8, 9), _without(4, 5, 6, 7, 8, 9)],  # one has all that the others have
    ],
)
def test_no_source_where_a_visible_text_explains_all(texts):
    """What one visible text holds needs no other."""
    assert _sources(texts)[0] == []


def test_one_style_guide_is_no_source():
    """Two papers that edit by one guide agree against the agency, which is their source all the same."""
    styled = [_edited(SOURCE, 12, 5, "guide")] * 2
    papers = [styled[0][:200], styled[1][30:]]
    found, _ = _sources([SOURCE, *papers], parents=[(0, 1), (0, 2)])
    assert found == []


def test_edges_to_a_sibling_are_void():
    """Siblings of which the first was taken for the source of the others lose their edges; further children stay."""
    texts = [_without(1, 4), _without(2, 5), _without(3, 6), _without(1, 4, 8)]
    found, replaced = _sources(texts, parents=[(0, 1), (0, 2), (0, 3)])
    (source,) = found
    assert source.children.tolist() == [0, 1, 2]
    assert replaced == [True, True, False]


def test_a_source_has_a_visible_source():
    """Where the children of an unseen text go back to a visible one, so does the unseen one."""
    added = [part for k, part in enumerate(PARAGRAPHS) for part in (part, [f"new{k}w{i}" for i in range(25)])]
    children = [list(itertools.chain(*(added[:k] + added[k + 1 : k + 8] + added[k + 9 :]))) for k in (1, 3, 5)]
    found, replaced = _sources([SOURCE, *children], parents=[(0, 1), (0, 2), (0, 3)])
    (source,) = found
    assert source.children.tolist() == [1, 2, 3]
    assert source.parent == 0
    assert replaced == [True] * 3


def _newsroom(publishers, cues, parents):
    texts = [_without(), _without(9), _without(8, 9)]
    return _sources(texts, parents=parents, publisher=publishers, cues=cues)


def test_a_named_agency_is_the_source(monkeypatch):
    """Papers name an agency of which the pile has nothing: it is the source of those that are likely enough its own."""
    monkeypatch.setattr(unseen_names, "weights", lambda: {"bias": -4.0, "names": 8.0})
    found, replaced = _newsroom(["The Day", "The Post", "The Star"], [["reuters"], ["reuters"], []], [(0, 1), (1, 2)])
    (source,) = found
    assert source.label == "reuters"
    assert source.children.tolist() == [0, 1]
    assert source.gain == pytest.approx(np.log2(0.982**2 / (1 - 0.982**2)), abs=0.01)
    assert replaced == [True, False]


@pytest.mark.parametrize(
    ("publishers", "cues"),
    [
        (["Reuters", "The Post", "The Star"], [["reuters"], ["reuters"], ["reuters"]]),  # it is in the pile
        ([None, "The Post", "The Star"], [["reuters"], ["reuters"], []]),  # the first may be the agency's
        (["The Day", "The Post", "The Star"], [["the ministry"], ["the ministry"], []]),  # nobody who publishes
    ],
)
def test_a_name_is_that_of_a_publisher_out_of_sight(publishers, cues, monkeypatch):
    """No source for a name that is in sight, or may be, or is nobody's."""
    monkeypatch.setattr(unseen_names, "weights", lambda: {"bias": 9.0})
    assert _newsroom(publishers, cues, [(0, 1), (1, 2)])[0] == []


@pytest.mark.parametrize("cues", [[["reuters"], ["afp"], []], [["reuters"], ["reuters"], []], [["reuters"], [], []]])
def test_a_name_alone_is_not_enough(cues):
    """What was made of an agency's report may be handed on with its name: nothing tells siblings from children here."""
    assert _newsroom(["The Day", "The Post", "The Star"], cues, [(0, 1), (1, 2)])[0] == []


def test_two_spellings_are_one_name():
    """A host and the name of its house, which the same texts bear, are one source; an agency beside it is another."""
    cues = [["reuters", "reuters.com", "afp"], ["reuters", "reuters.com"]]
    members, pairs = _collated([SOURCE, _without(9)], publisher=["The Day", "The Post"], cues=cues)
    found = unseen_names.mentions(members, by_text(members), Ties.of(members, pairs))
    assert [(mention.texts, mention.namers) for mention in found] == [([0, 1], [0]), ([0, 1], [0, 1])]
    assert "afp" in found[0].names
    assert "reuters" in found[1].names


@given(st.lists(st.floats(0.0, 1.0), max_size=8))
def test_the_likeliest_children_are_those_of_the_naive_search(chances):
    """As good as the best of all sets of the likeliest texts, counted outcome by outcome."""
    probability, children = likeliest(np.array(chances))
    best = naive_unseen.most_right(chances, LEAST_CHANCE, MOST_CHILDREN)
    assert probability == pytest.approx(best, abs=1e-12)
    assert naive_unseen.right(chances, children) == pytest.approx(best, abs=1e-12)


def test_what_a_text_has_alone():
    """Its own lines are counted; a verbatim copy of the source has none."""
    members, pairs = _collated([SOURCE, [*SOURCE[:200], *["line"] * 7]], publisher=["A", "B"], cues=[["afp"], ["afp"]])
    ties = Ties.of(members, pairs)
    mentioned = unseen_names.mentions(members, by_text(members), ties)
    assert unseen_names.unshared(ties, mentioned).tolist() == [50, 7]


def test_the_weights_are_those_of_the_features():
    """The file names nothing else."""
    assert set(unseen_names.weights()) == {"bias", *unseen_names.FEATURES}


@pytest.mark.parametrize(
    ("publisher", "cues", "spin", "said"),
    [
        ("The Day", ["reuters"], 0.0, (True, "reuters")),
        ("Reuters", ["reuters"], 0.0, (False, None)),
        ("The Day", ["the ministry"], 0.0, (False, None)),
        ("The Day", [], 0.99, (True, None)),
        ("The Day", [], None, (False, None)),
    ],
)
def test_a_lone_text_may_say_that_it_comes_from_elsewhere(publisher, cues, spin, said):
    """It names an agency, or a machine wrote it."""
    members, _ = _collated([SOURCE], publisher=[publisher], cues=[cues], spin_score=[spin])
    assert elsewhere(members, by_text(members), 0) == said


def test_the_order_of_the_texts_does_not_matter():
    """The same texts in another order give the same sources."""
    texts = [_without(1, 4), _without(2, 5), _without(3, 6), _edited(_without(2, 7), 40, 3), ["other"] * 30]
    wanted = {frozenset(map(id, map(texts.__getitem__, s.children.tolist()))) for s in _sources(texts)[0]}
    for order in itertools.islice(itertools.permutations(texts), 0, 120, 17):
        found = {frozenset(id(order[k]) for k in s.children.tolist()) for s in _sources(list(order))[0]}
        assert found == wanted


def test_a_story_of_a_thousand_documents_takes_seconds():
    """A thousand children of one unseen text, each tied to twenty others, take less than 5 s."""
    chance = np.random.default_rng(1)
    texts = [_without(*chance.choice(10, 3, replace=False).tolist()) for _ in range(60)]
    members, pairs = _collated(texts)
    n, copies = len(texts), 17
    shift = np.repeat(np.arange(copies) * n, pairs.left.size)
    runs = np.diff(pairs.first_run)
    many = _view(
        Pairs,
        shift.size,
        left=np.tile(pairs.left, copies) + shift,
        right=np.tile(pairs.right, copies) + shift,
        first_run=np.concatenate(([0], np.cumsum(np.tile(runs, copies)))),
        runs=np.tile(pairs.runs, (copies, 1)),
    )
    rows = [node(doc, n_words=len(texts[doc % n]), story=1) for doc in range(n * copies)]
    all_members = Members.of(pa.Table.from_pylist(rows, schema=schema.NODES))
    nothing = _view(Candidates, 0, pair=np.zeros(0, int), parent=np.zeros(0, int), child=np.zeros(0, int))
    unseen(members, {}, pairs, nothing, np.zeros(0, int))  # compiles
    began = time.perf_counter()
    unseen(all_members, {}, many, nothing, np.zeros(0, int))
    assert time.perf_counter() - began < 5
