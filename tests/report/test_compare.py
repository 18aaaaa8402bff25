"""Two texts side by side: nothing of them is lost, no mark overlaps, and places agree with the tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.report.compare import PairRows, pair_views, side_by_side
from dedup.report.edits import BEGIN, END, OTHER_BEGIN, OTHER_END, PASSAGE, edits_of, words_of
from dedup.report.links import Links
from dedup.report.marking import CUT, FOLDED, Note, Span, marked, precedence, spaced
from dedup.report.page import environment
from dedup.report.safe import bounded, visible
from tests.report.rows import HOSTILE, LINKS, document, edge, evidence, pair, passage, unspaced, written

WORDS = st.lists(
    st.sampled_from("fire at sea the ship sank no one was hurt 12 Minsk said “yes” 船 é".split()), max_size=60
)
CHARACTERS = st.text("a \n", max_size=900) | st.text(max_size=20)


def _spans(draw, text, n):
    places = st.integers(0, max(0, len(text) - 1))
    spans = []
    for number in range(n):
        begin = draw(places)
        spans.append(Span(begin, draw(st.integers(begin + 1, len(text))), number) if text else Span(0, 0, number))
    return spans


@given(st.data(), CHARACTERS, st.integers(0, 6), st.integers(0, 400), st.booleans())
def test_segments_give_the_text(data, text, n, limit, fold):
    """Put together, the segments are the text, folded and cut ones included; each place has the mark that is first."""
    spans, notes = _spans(data.draw, text, n), [Note(*span) for span in _spans(data.draw, text, 3)]
    runs = marked(text, spans, notes=notes, fold=fold, limit=limit)
    assert "".join(run.text for run in runs) == text
    held = [[span.number for span in spans if span.begin <= place < span.end] for place in range(len(text))]
    noted = [any(note.begin <= place < note.end for note in notes) for place in range(len(text))]
    at = 0
    for run in runs:
        for it in run.segments:
            here = slice(at, at + len(it.text))
            assert {tuple(numbers[:1]) for numbers in held[here]} <= {() if run.span is None else (run.span,)}
            if run.state != CUT:
                assert {tuple(numbers[1:2]) for numbers in held[here]} <= {() if it.also is None else (it.also,)}
                assert set(noted[here]) <= {it.note is not None}
            at = here.stop
    for span in spans if text else []:
        begun = [run for run in runs if run.first and run.span == span.number]
        begun += [it for run in runs for it in run.segments if span.number in it.spans]
        assert len(begun) == 1
    for note in notes if text else []:
        assert sum(note.number in it.notes for run in runs for it in run.segments) == 1


@given(st.text("a ", min_size=1, max_size=2000), st.integers(0, 500), st.data())
def test_no_more_is_written_than_the_limit(text, limit, data):
    """Of a long text about as much is written as the limit says, and no more."""
    runs = marked(text, _spans(data.draw, text, 3), fold=True, limit=limit)
    written = sum(run.size for run in runs if run.state != CUT)
    assert written <= limit + 80 * len(runs) if len(text) > limit else written == len(text)


def test_far_from_what_is_shared_a_text_is_folded():
    """A long stretch that nobody shares is folded, but for its ends and what is noted in it."""
    text = "word " * 2000
    runs = marked(text, [Span(0, 50, 0)], notes=[Note(5000, 5010, 0)], fold=True, limit=20_000)
    folded = [run for run in runs if run.state == FOLDED]
    assert len(folded) == 2
    assert sum(run.size for run in folded) > 8000
    assert all(segment.note is None for run in folded for segment in run.segments)
    assert any(segment.note == 0 for run in runs if run.state != FOLDED for segment in run.segments)


@st.composite
def _pairs(draw):
    """Two texts of words, and passages whose ends stand at words."""
    sides = [draw(WORDS), draw(WORDS)]
    texts, places = [], []
    for words in sides:
        found, text = [], ""
        for word in words:
            text += draw(st.sampled_from(["", " ", "\n\n"])) if not text else draw(st.sampled_from([" ", ", ", "\r\n"]))
            found.append((len(text), len(text) + len(word)))
            text += word
        texts.append(text)
        places.append(found)
    passages = []
    for _ in range(draw(st.integers(0, 4)) if all(sides) else 0):
        bounds = []
        for found in places:
            first = draw(st.integers(0, len(found) - 1))
            bounds.append((found[first][0], found[draw(st.integers(first, len(found) - 1))][1]))
        passages.append(passage(*bounds, draw(st.sampled_from(["verbatim", "edited", "spun"]))))
    return {"a": texts[0], "b": texts[1]}, passages


@settings(deadline=None)
@given(_pairs())
def test_edits_stay_in_their_passages(case):
    """What is called an edit lies within its passage on both sides, and is left out nowhere twice."""
    texts, passages = case
    ((left, right),) = edits_of([passages], words_of(texts))
    assert left[:, [OTHER_BEGIN, OTHER_END]].tolist() == right[:, [BEGIN, END]].tolist()
    for side, edits in (("left", left), ("right", right)):
        for row in edits.tolist():
            passage = passages[row[PASSAGE]]
            assert passage[f"{side}_begin"] <= row[BEGIN] <= row[END] <= passage[f"{side}_end"]


@settings(deadline=None)
@given(_pairs())
def test_side_by_side_gives_both_texts(case):
    """Both texts come out whole, and each passage begins where the table says, on either side."""
    texts, passages = case
    (edits,) = edits_of([passages], words_of(texts))
    made = side_by_side((texts["a"], texts["b"]), passages, edits)
    for side, runs, text in (("left", made.left, texts["a"]), ("right", made.right, texts["b"])):
        assert "".join(run.text for run in runs) == text
        begun, at = {}, 0
        for run in runs:
            if run.first:
                begun[run.span] = at
            for segment in run.segments:
                begun |= dict.fromkeys(segment.spans, at)
                at += len(segment.text)
        assert begun == {number: row[f"{side}_begin"] for number, row in enumerate(passages)}


def test_edits_of_a_pair_are_named():
    """Words replaced, put in and left out are told apart, and each names what stands on the other side."""
    left, right = "The big ship sank off Minsk on Monday night.", "The large ship sank on Monday night, they said."
    row = passage((0, len(left) - 1), (0, right.index(",")))
    (edits,) = edits_of([[row]], words_of({"a": left, "b": right}))
    made = side_by_side((left, right), [row], edits)
    edited = [[(it.text, it.edit, it.other) for run in runs for it in run.segments if it.edit] for runs in made]
    assert edited == [
        [("big", "replaced", "there: “large” (a synonym)"), ("off Minsk", "only", "only here")],
        [("large", "replaced", "there: “big” (a synonym)"), ("", "missing", "not here: “off Minsk”")],
    ]


def test_nothing_is_compared_with_nothing():
    """No pair, a pair of no passage, and empty texts are cases like others."""
    assert pair_views([], {}, LINKS) == []
    assert edits_of([], words_of({})) == []
    rows = PairRows(pair(), document("a", ""), document("b", ""), [], [])
    (view,) = pair_views([rows], {"a": "", "b": ""}, LINKS)
    assert view.left.runs == view.right.runs == ()


@given(st.data(), st.text("a \n\t\r", max_size=60), st.integers(0, 6))
def test_empty_lines_are_shown_one_at_a_time(data, text, n):
    """Of several empty lines one is left, of those at the ends none; all marks stay."""
    runs = marked(text, _spans(data.draw, text, n), notes=[Note(0, 1, 0)], limit=1000)
    made = spaced(runs)
    assert "".join(run.text for run in made) == unspaced(text)
    for before, after in zip(runs, made, strict=True):
        assert (before.span, before.first, before.state) == (after.span, after.first, after.state)
        assert [one.notes for one in before.segments] == [one.notes for one in after.segments]


@pytest.mark.parametrize(
    ("edges", "roles"),
    [
        ([], ("", "")),
        ([edge([])], ("derived", "source")),
        ([edge([], confidence=0.3)], ("possibly derived", "possible source")),
        ([edge([], child_id="b", parent_id="a")], ("source", "derived")),
        ([edge([]), edge([], child_id="b", parent_id="a")], ("", "")),
        ([edge([], parent_id=None)], ("", "")),
    ],
)
def test_each_side_is_called_what_it_is(edges, roles):
    """The source is called so, as surely as the run tells; where it does not, neither is."""
    rows = PairRows(pair(), document("a", "x"), document("b", "y"), [], edges)
    (view,) = pair_views([rows], {}, LINKS)
    assert (view.left.role, view.right.role) == roles


def test_longer_passages_come_first():
    """Of passages that overlap the longer one has the words."""
    assert precedence([Span(0, 5, 0), Span(2, 20, 1), Span(3, 8, 2)]) == [Span(2, 20, 1), Span(0, 5, 0), Span(3, 8, 2)]


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200f", "\u061c", "\ufffe"]
)
def test_what_cannot_be_seen_is_shown(character):
    """Control characters and marks of direction are shown, not obeyed."""
    assert character not in visible(f"a{character}b")
    assert visible(f"a{character}b")[0] == "a"


@given(st.text(max_size=200), st.integers(2, 40))
def test_bounded_is_one_line(text, most):
    """A bounded text is one line of at most so many characters."""
    made = bounded(text, most)
    assert len(made) <= most
    assert "\n" not in made


@settings(deadline=None, max_examples=50)
@given(_pairs(), st.sampled_from([20_000, 120]))
def test_a_pair_is_written_as_it_stands(case, limit):
    """The page's texts are the texts, but for empty lines beyond one; each address in the section leads somewhere."""
    texts, passages = case
    ends = {side: (0, 1) if texts[side] else (None, None) for side in "ab"}
    edges = [edge([evidence(-0.2, child=ends["a"]), evidence(1.5, ends["a"], ends["b"])])]
    rows = PairRows(pair(), document("a", texts["a"]), document("b", texts["b"]), passages, edges)
    (view,) = pair_views([rows], texts, LINKS, limit=limit)
    shown = written("pair.html.j2", pair=view)
    if limit > 10_000:
        assert shown.texts == [visible(unspaced(texts[side])) for side in "ab"]
    assert len(shown.ids) == len(set(shown.ids))
    assert set(shown.targets) - {"doc-d0", "story-1"} <= set(shown.ids)
    assert [reason.log_odds for reason in view.direction.told[0].reasons] == [1.5, -0.2]


def test_hostile_words_are_only_words():
    """Whatever stands in texts, titles, ids and evidence, no tag and no attribute comes of it."""
    texts = {HOSTILE + "1": HOSTILE * 9, HOSTILE + "2": HOSTILE * 9}
    left, right = (
        document(doc_id, text, title=HOSTILE * 999, publisher=HOSTILE, url="javascript:alert(1)", kept_reason=HOSTILE)
        for doc_id, text in texts.items()
    )
    ids = {"left_id": HOSTILE + "1", "right_id": HOSTILE + "2"}
    n = len(HOSTILE) * 9
    passages = [passage((0, n), (0, n), "verbatim") | ids]
    seen = [evidence(1.0, (0, 60), (5, n)) | {"detail": HOSTILE, "kind": HOSTILE}]
    told = edge(seen, child_id=ids["left_id"], parent_id=ids["right_id"])
    rows = PairRows(pair(**ids), left, right, passages, [told])
    links = Links({ids["left_id"]: "d0", ids["right_id"]: "d1"}, {"d0", "d1"}, {"d0-d1"})
    (view,) = pair_views([rows], texts, links)
    shown = written("pair.html.j2", pair=view)
    assert shown.texts == [visible(HOSTILE * 9)] * 2
    assert shown.safe
    assert all(named["href"].startswith("#") for _, named in shown.tags if "href" in named)


def test_without_texts_the_tables_still_speak():
    """A pair whose texts are gone is shown with its scores and its evidence."""
    rows = PairRows(pair(), document("a", "x"), document("b", "y"), [], [edge([evidence(1.0, (0, 1))])])
    (view,) = pair_views([rows], {"a": "x"}, LINKS)
    shown = written("pair.html.j2", pair=view)
    assert shown.texts == []
    assert "pair-d0-d1-ea" in shown.ids


def test_a_book_does_not_hang():
    """A passage of 100,000 words is compared in bounded time and written in bounded size."""
    left = " ".join(f"word{k % 997} and{k % 13}" for k in range(50_000))
    right = " ".join(f"word{k % 997 if k % 10 else k} and{k % 13}" for k in range(50_000))
    row = passage((0, len(left)), (0, len(right)))
    texts = {"a": left, "b": right}
    rows = PairRows(pair(), document("a", left), document("b", right), [row], [])
    (view,) = pair_views([rows], texts, LINKS)
    html = environment().get_template("pair.html.j2").render(pair=view)
    assert len(html) < 1_000_000
    assert "".join(run.text for run in view.left.runs) == left
