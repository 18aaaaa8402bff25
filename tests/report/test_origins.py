"""A document's words coloured by where they come from: nothing is lost, and the shares are those of the lineage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.report.links import Links
from dedup.report.marking import Note
from dedup.report.origins import DocumentRows, Taken, coloured, document_views
from dedup.report.safe import visible
from dedup.result.texts import texts_of
from tests.report.rows import HOSTILE, LINKS, document, edge, passage, unspaced, written

TEXT = "The ship sank off the coast. No one was hurt, they said."


@st.composite
def _claims(draw):
    text = draw(st.text("ab \n", min_size=1, max_size=200))
    place = st.integers(0, len(text))
    stretch = st.tuples(place, place).map(sorted).map(tuple)
    return text, draw(st.lists(st.lists(stretch, max_size=4), max_size=4)), draw(st.lists(stretch, max_size=3))


@given(_claims())
def test_each_word_has_the_first_source_that_holds_it(case):
    """The text comes out whole, and each place of it has the first of the sources that claim it."""
    text, claims, noted = case
    runs = coloured(text, claims, [Note(*stretch, number, "x") for number, stretch in enumerate(noted)])
    assert "".join(run.text for run in runs) == text
    source_of = [source for source, stretches in enumerate(claims) for _ in stretches]
    at = 0
    for run in runs:
        for place in range(at, at + run.size):
            held = [source for source, them in enumerate(claims) if any(a <= place < b for a, b in them)]
            assert (None if run.span is None else source_of[run.span]) == (held[0] if held else None)
        at += run.size


def _rows(**known):
    nothing = {"parents": [], "roots": [], "unseen": [], "children": [], "n_children": 0, "copies": []}
    return DocumentRows(**nothing | {"document": document("a", TEXT)} | known)


def test_parents_come_by_rank():
    """The primary parent has the words that a further one holds, too; each leads to where the page compares the two."""
    taken = [
        Taken(edge([], parent_id="b"), [passage((0, 28), (5, 33))], "left"),
        Taken(edge([], parent_id="c", rank=2), [passage((3, 9), (4, 56))], "right"),
    ]
    (view,) = document_views([_rows(parents=taken)], {"a": TEXT}, LINKS)
    assert [(run.span, run.text) for run in view.runs] == [(0, TEXT[:28]), (1, TEXT[28:56])]
    assert view.origins == ((0, "#pair-d0-d1-l1"), (1, None))
    assert [source.share for source in view.sources] == [0.5, 0.5]
    assert view.own == 0.0


def test_an_unseen_source_comes_first():
    """An unseen source stands in the place of the primary parent."""
    root = edge([], parent_id=None, parent_kind="unseen", unseen_id=3, parent_label="Reuters", relation=None)
    places = [{"doc_id": "b", "begin": 0, "end": 56}, {"doc_id": "a", "begin": 0, "end": 28}]
    unseen = {"unseen_id": 3, "label": "Reuters", "parent_id": None, "probability": 0.7, "passages": places}
    taken = [Taken(edge([], rank=2), [passage((0, 56), (0, 56))], "left")]
    rows = _rows(roots=[root], unseen=[unseen | {"child_ids": ["a", "b"]}], parents=taken)
    (view,) = document_views([rows], {"a": TEXT}, LINKS)
    assert [source.share for source in view.sources] == [0.5, 0.5]
    assert view.sources[0].relative.label == "a source that is not in the pile (Reuters)"
    assert view.roots[0].startswith("Source: a derives from a source that is not in the pile (Reuters), shared with b")
    assert written("document.html.j2", document=view).texts == [TEXT]


def test_what_was_made_of_it_comes_by_confidence():
    """The surest of the texts made of a document is named first."""
    children = [edge([], child_id=name, confidence=sure) for name, sure in (("x", 0.2), ("b", 0.9), ("y", 0.5))]
    (view,) = document_views([_rows(children=children, n_children=7)], {"a": TEXT}, LINKS)
    assert [child.label for child in view.children] == ["b", "y", "x"]
    assert [child.compare for child in view.children] == ["#pair-d0-d1", None, None]


def test_an_equal_text_explains_all():
    """Of a copy nothing is its own, though no passage of it is noted."""
    (view,) = document_views([_rows(parents=[Taken(edge([], relation="exact"), [], "left")])], {"a": TEXT}, LINKS)
    assert (view.sources[0].share, view.own) == (1.0, 0.0)


def test_spin_evidence_stands_in_its_place():
    """A phrase of a synonym machine is underlined, and what probably stood there stands behind it."""
    pieces = [{"begin": 4, "end": 8, "phrase": "ship", "original": "<vessel>", "log_odds": 2.0}]
    row = document("a", TEXT, spin_score=0.9, spin_reason=None, spin_evidence=pieces)
    (view,) = document_views([_rows(document=row)], {"a": TEXT}, LINKS)
    (noted,) = [it for run in view.runs for it in run.segments if it.note is not None]
    assert (noted.text, noted.likely) == ("ship", "<vessel>")
    shown = written("document.html.j2", document=view)
    assert shown.texts == [TEXT]
    assert shown.safe


def test_hostile_words_are_only_words():
    """Whatever a document holds or is called, no tag comes of it, and no address but those of the web is a link."""
    row = document(HOSTILE, HOSTILE * 9, title=HOSTILE * 999, publisher=HOSTILE, source_path=HOSTILE)
    parents = [Taken(edge([], child_id=HOSTILE, parent_id=HOSTILE + "b"), [], "left")]
    rows = [
        _rows(document=row | {"url": url}, parents=parents, copies=[HOSTILE], roots=[edge([], parent_id=None)])
        for url in (
            "javascript:alert(1)",
            "data:text/html,<script>",
            "https://x/\u202e",
            " https://x",
            "https://x/'\"><script>",
        )
    ]
    for view in document_views(rows, {HOSTILE: HOSTILE * 9}, Links({HOSTILE: "d0"}, {"d0"}, ())):
        shown = written("document.html.j2", document=view)
        assert shown.texts == [visible(HOSTILE * 9)]
        assert shown.safe
        links = [named["href"] for _, named in shown.tags if "href" in named]
        assert all(link.startswith("#") or link == "https://x/'\"><script>" for link in links)


def test_what_stands_for_a_document_is_named():
    """A document that is not kept leads to the one that stands for it, and says why; a kept one leads nowhere."""
    gone = document("b", TEXT, kept=False, kept_reason="same text as a", canonical_id="a")
    kept, lost = document_views([_rows(document=document("a", TEXT)), _rows(document=gone)], {}, LINKS)
    assert (kept.reason, kept.stand_in) == ("no copy", None)
    assert (lost.reason, lost.stand_in.label, lost.stand_in.href) == ("same text as a", "a", "#doc-d0")
    assert "#doc-d0" in [named.get("href") for _, named in written("document.html.j2", document=lost).tags]


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_a_document_is_written_as_it_stands(text):
    """The page's text is the text, but for empty lines beyond one."""
    (view,) = document_views([_rows(document=document("a", text))], {"a": text}, LINKS)
    shown = written("document.html.j2", document=view)
    assert shown.texts == [visible(unspaced(text))]


@pytest.fixture(scope="module")
def result(seeds, tmp_path_factory):
    """A run over the seeds."""
    return dedup.run(str(seeds), out=tmp_path_factory.mktemp("seeds") / "out")


def test_what_is_plain_is_the_originality_of_the_run(result):
    """The share of a seed's words that are left plain is the originality that the run gives it."""
    documents = {row["doc_id"]: row for row in result.documents.to_pylist()}
    edges = [row for row in result.lineage.to_pylist() if row["parent_id"]]
    assert edges
    for row in edges:
        sides = {row["child_id"]: "left", row["parent_id"]: "right"} if row["child_id"] < row["parent_id"] else {}
        taken = Taken(row, result.passages.to_pylist(), sides.get(row["child_id"], "right"))
        rows = _rows(document=documents[row["child_id"]], parents=[taken])
        (view,) = document_views(
            [rows], texts_of(result, [rows.document], None), Links({row["child_id"]: "d0"}, (), ())
        )
        assert view.own == pytest.approx(view.originality)
