"""The tables about documents: nobody is lost, whether in a story or not, however the rows are cut."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from dedup import documents
from dedup.cluster import cluster
from dedup.config import Config
from dedup.keep import decide
from dedup.lineage import Found, Lineage, infer
from dedup.match import match
from dedup.schema import DOCUMENTS, NODES, SOURCES, UNSEEN, check, empty
from dedup.sketch.normalise import normalise
from dedup.spin import Scored
from tests.match.corpus import corpus, prose
from tests.stories import NO_EDGES, name

WORDS = prose(1, 80)
# Three copies of one text, a near copy, two texts with a passage in common, two alone.
TEXTS = [
    " ".join(prose(2, 60)),
    " ".join(WORDS),
    " ".join(WORDS).upper(),
    " ".join([*prose(3, 60), *prose(4, 30)]),
    " ".join([*WORDS[:78], *prose(6, 2)]),
    " ".join([*prose(7, 60), *prose(4, 30)]),
    " ".join(WORDS) + " ",
    "short",
]


def _table(config, rows_per_batch, inferred=True):
    """The nodes, and the table of documents in pieces."""
    with corpus(TEXTS, config, batch=rows_per_batch) as (made, engine):
        found = match(made, config, engine)
        entries = documents.in_pairs(made.entries, found)
        clustering = cluster(found.matches, found.texts, name, config)
        nothing = pa.array([[]] * len(clustering.in_stories), pa.list_(pa.string()))
        named = {"cues": nothing, "publishers_named": nothing}
        spins = Scored(None, found.texts)
        nodes = check(documents.nodes(entries, found.texts, clustering, spins, named), NODES)
        decision = decide(nodes, found.matches, NO_EDGES, config)
        accepted = found.matches.filter(found.matches.column("accepted"))
        lineage = (
            infer(nodes, Found(accepted, found.spans, found.clues, found.readings), config)
            if inferred
            else Lineage.unknown(nodes)
        )
        return nodes, list(documents.table(made.entries, nodes, spins, lineage, decision))


def test_nodes_are_the_documents_of_stories():
    """A node for each document that an accepted pair or an equal text ties to another, ascending."""
    nodes, _ = _table(Config(), 100)
    assert nodes.select(["doc", "doc_id", "text", "story", "cluster"]).to_pylist() == [
        {"doc": 1, "doc_id": "d1", "text": 1, "story": 1, "cluster": 1},
        {"doc": 2, "doc_id": "d2", "text": 1, "story": 1, "cluster": 1},
        {"doc": 3, "doc_id": "d3", "text": 3, "story": 2, "cluster": None},
        {"doc": 4, "doc_id": "d4", "text": 4, "story": 1, "cluster": 1},
        {"doc": 5, "doc_id": "d5", "text": 5, "story": 2, "cluster": None},
        {"doc": 6, "doc_id": "d6", "text": 1, "story": 1, "cluster": 1},
    ]


@pytest.mark.parametrize("rows_per_batch", [1, 3, 100])
@pytest.mark.parametrize("rows_per_group", [1, 2, 5, 100])
def test_pieces_are_the_whole(rows_per_batch, rows_per_group, monkeypatch):
    """Every document once, in the order of the input, however the rows came and however they are written."""
    monkeypatch.setattr(documents, "_ROWS_PER_GROUP", rows_per_group)
    _, pieces = _table(Config(keep="first"), rows_per_batch)
    assert [len(piece) for piece in pieces[:-1]] == [rows_per_group] * (len(pieces) - 1)
    assert 0 < len(pieces[-1]) <= rows_per_group
    made = pa.concat_tables([check(piece, DOCUMENTS) for piece in pieces])
    assert made.column("doc_id").to_pylist() == [f"d{k}" for k in range(8)]
    assert made.column("n_chars").to_pylist() == [len(text) for text in TEXTS]
    assert made.column("story_id").to_pylist() == [None, 1, 1, 2, 1, 2, 1, None]
    assert made.column("cluster_id").to_pylist() == [None, 1, 1, None, 1, None, 1, None]
    assert made.column("canonical_id").to_pylist() == ["d0", "d1", "d1", "d3", "d1", "d5", "d1", "d7"]
    assert made.column("kept").to_pylist() == [True, True, False, True, False, True, False, True]
    assert made.column("n_copies").to_pylist() == [0, 3, 3, 0, 3, 0, 3, 0]
    assert [made.column("kept_reason")[k].as_py() for k in (0, 2, 7)] == ["no copy", "same text as d1", "no copy"]


def test_a_document_outside_of_stories_is_original():
    """What shares nothing is all its own."""
    originality = pa.concat_tables(_table(Config(), 100)[1]).column("originality").to_pylist()
    assert [originality[0], originality[7]] == [1.0, 1.0]


def test_without_lineage_nothing_is_known_of_originality():
    """Where only copies are looked for, the column is null throughout: alone does not mean original."""
    made = pa.concat_tables(_table(Config(detect=("copies",)), 100, inferred=False)[1])
    assert made.column("originality").null_count == len(TEXTS)
    assert made.column("story_id").to_pylist() == [None, 1, 1, None, 1, None, 1, None]


def test_passages_of_unseen_sources_are_places_in_the_texts():
    """Words become characters of the original text, in whatever batches the texts come; a visible parent has its id."""
    texts = {2: "Two  “words”, and more: one two three.", 5: "ONE\ntwo", 7: "", 9: "See: one two three"}
    places = [(2, 4, 7), (5, 0, 2), (9, 1, 4), (2, 0, 2)]
    rows = [
        {"unseen_id": 1, "parent": 7, "passages": [dict(zip(("doc", "begin", "end"), at, strict=True)) for at in own]}
        for own in (places[:3], places[3:])
    ]
    rows[1] |= {"unseen_id": 2, "parent": None}
    sources = pa.Table.from_pylist(rows, schema=SOURCES)
    nodes = pa.Table.from_pylist([{"doc": doc, "doc_id": f"d{doc}"} for doc in texts], schema=NODES)
    docs = documents.children(sources)
    assert docs.tolist() == [2, 5, 9]
    batches = [
        (own, normalise(pa.array([texts[doc] for doc in own], pa.large_string())).words) for own in ([2], [5, 9])
    ]
    made = check(documents.unseen(sources, nodes, [(np.array(own), words) for own, words in batches]), UNSEEN)
    assert made.column("parent_id").to_pylist() == ["d7", None]
    told = [place for places in made.column("passages").to_pylist() for place in places]
    assert [texts[int(place["doc_id"][1:])][place["begin"] : place["end"]] for place in told] == [
        "one two three",
        "ONE\ntwo",
        "one two three",
        "Two  “words",
    ]


def test_no_unseen_sources():
    """An empty table is one of the same form."""
    assert documents.children(empty(SOURCES)).size == 0
    assert check(documents.unseen(empty(SOURCES), empty(NODES), []), UNSEEN).num_rows == 0


def test_names_are_those_of_the_user():
    """A document's number gives its id, in one line."""
    entries = pa.table({"doc": np.array([2, 5]), "doc_id": ["a\nb", "c" * 500]})
    named = documents.namer(entries)
    assert named(2) == "a b"
    assert len(named(5)) < 500
