"""What two texts share and what they do not says which came first: texts in, numbers and places out."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.kernels import fit as kernels
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import DELETED, INSERTED
from dedup.kernels.edits import KIND
from dedup.kernels.words import BOILERPLATE, CAPITAL
from dedup.lexicon.frequency import zipf
from dedup.match.aligned import aligned, lists
from dedup.match.clues.lists import begins, listed
from dedup.match.clues.pieces import pieces
from dedup.match.clues.structure import STRUCTURE as KINDS
from dedup.match.collation import Collation
from dedup.match.edits import Edits
from dedup.sketch import details
from dedup.sketch.phrases import occurrences
from tests import naive_clues_structure as naive

STRUCTURE = {name: reader for readers in KINDS.values() for name, reader in readers.items()}
TURN = [RIGHT_BEGIN, RIGHT_END, LEFT_BEGIN, LEFT_END]
TOPICS = {
    "coffee": "coffee beans harvest growers roasters brazil export quotas price frost crop plantation aroma warehouse",
    "ships": "harbour vessel cargo captain dock tugboat anchor freight hull sailors strait convoy pilot lighthouse",
}
PLAIN = "the of a to in and said was for on with by from that".split()


def sentences(topic, seed, n=12):
    """Sentences of one topic, as good as random."""
    chance = random.Random(seed)
    words = TOPICS[topic].split()
    made = []
    for _ in range(n):
        drawn = [chance.choice(words if k % 2 else PLAIN) for k in range(chance.randint(9, 14))]
        made.append(" ".join(drawn).capitalize() + ".")
    return made


def collated(pairs):
    """Pairs of texts as a collation, aligned as a run aligns them."""
    made = details(
        np.arange(2 * len(pairs)), pa.array([t for pair in pairs for t in pair], pa.large_string()), Config()
    )
    left, right = np.arange(0, 2 * len(pairs), 2), np.arange(1, 2 * len(pairs), 2)
    found = aligned(left, right, made, Config())
    words, offsets = lists(made, "words")
    return Collation(
        left, right, words, offsets, lists(made, "marks")[0], lists(made, "lemmas")[0], found.found, found.owner,
        found.edits, zipf(words),
    )  # fmt: skip


def swapped(c):
    """The same collation with the sides exchanged; the passages of a pair are sorted by their new left side."""
    order = np.lexsort((c.found[:, RIGHT_BEGIN], c.owner))
    place = np.argsort(order)
    rows = c.edits.rows.copy()
    rows[:, :4] = rows[:, TURN]
    kind = c.edits.rows[:, KIND]
    rows[:, KIND] = np.where(kind == INSERTED, DELETED, np.where(kind == DELETED, INSERTED, kind))
    of_edit = place[c.edits.passage]
    by_place = np.argsort(of_edit, kind="stable")
    turned = Edits(rows[by_place], of_edit[by_place], c.edits.counts[order])
    return c._replace(left=c.right, right=c.left, found=c.found[order][:, TURN], owner=c.owner[order], edits=turned)


def clue(name, left, right):
    """Value of a clue, and the words that it shows on either side."""
    c = collated([(left, right)])
    found = STRUCTURE[name](c)
    texts = [[], []]
    for side, text in enumerate((left, right)):
        begin, end = found.spans[0, 2 * side : 2 * side + 2]
        first, last = (lists(details(np.arange(1), pa.array([text], pa.large_string()), Config()), at)[0]
                       for at in ("begins", "ends"))  # fmt: skip
        texts[side] = text[first[begin] : last[end - 1]] if begin < end else ""
    return found.values[0], *texts


@st.composite
def texts(draw):
    """Two texts of sentences in common and of their own, in any order."""
    stock = [
        *sentences("coffee", 1, 5),
        *sentences("ships", 2, 5),
        *("He met Paul Volcker.", "Volcker said no more.", "However, it was late."),
        *("Click here to subscribe.", "Reporting by Ann Ray."),
    ]
    return tuple(" ".join(draw(st.lists(st.sampled_from(stock), min_size=1, max_size=9))) for _ in range(2))


@settings(deadline=None)
@given(st.lists(texts(), max_size=3))
def test_exchanging_the_sides_turns_every_clue_around(pairs):
    """What speaks for one text as the earlier speaks against it as the later, with the same weight."""
    c = collated(pairs)
    turned = swapped(c)
    for name, reader in STRUCTURE.items():
        np.testing.assert_allclose(reader(c).values, -reader(turned).values, atol=1e-12, err_msg=name)


@settings(deadline=None)
@given(st.lists(texts(), max_size=3))
def test_places_lie_within_the_texts(pairs):
    """A place is a run of words of its text, or there is none."""
    c = collated(pairs)
    n_words = np.diff(c.offsets)
    for name, reader in STRUCTURE.items():
        found = reader(c)
        assert np.isfinite(found.values).all()
        for side, rows in ((0, c.left), (2, c.right)):
            begin, end = found.spans[:, side], found.spans[:, side + 1]
            none = (begin == -1) & (end == -1)
            assert (none | ((begin >= 0) & (begin < end) & (end <= n_words[rows]))).all(), name


@settings(deadline=None)
@given(st.lists(texts(), max_size=3))
def test_pieces_agree_with_their_twin(pairs):
    """Pieces are the passages without the cuts, stretches what is left of the texts."""
    c = collated(pairs)
    p = pieces(c)
    kinds = np.isin(c.edits.rows[:, KIND], (DELETED, INSERTED))
    for pair in range(len(pairs)):
        own = np.flatnonzero(c.owner == pair)
        cuts = [c.edits.rows[(c.edits.passage == k) & kinds, :4].tolist() for k in own]
        wanted = naive.pieces(c.found[own, :4].tolist(), cuts)
        mine = p.owner == pair
        sides = [(side.begin[mine] - side.low[pair], side.end[mine] - side.low[pair]) for side in p.sides]
        assert sorted(np.stack([*sides[0], *sides[1]], axis=1).tolist()) == sorted(map(list, wanted))
        for k, side in enumerate(p.sides):
            n = int(side.high[pair] - side.low[pair])
            spans = [row[2 * k : 2 * k + 2] for row in wanted]
            free = naive.stretches(n, spans) if wanted else []
            assert (side.stretches[side.holder == pair] - side.low[pair]).tolist() == [list(run) for run in free]
            assert side.rest[pair] == n - len({i for begin, end in spans for i in range(begin, end)})


@given(st.data())
def test_likeness_agrees_with_its_twin(data):
    """The kernel gives the cosine that counting word by word gives."""
    words = data.draw(st.lists(st.integers(1, 6), max_size=30))
    frequency = data.draw(
        st.lists(st.sampled_from([0.0, 1.5, 4.0, 6.4, 7.2]), min_size=len(words), max_size=len(words))
    )
    place = st.integers(0, len(words))
    windows = data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=4))
    spans = [sorted(data.draw(st.lists(st.tuples(place, place).map(sorted), max_size=3))) for _ in windows]
    bounds = np.cumsum([0, *map(len, spans)])
    flat = np.array([span for own in spans for span in own], np.int64).reshape(-1, 2)
    found = kernels.alike(
        np.array(words, np.uint64), np.array(frequency, np.float64), np.array(windows, np.int64).reshape(-1, 2),
        bounds.astype(np.int64), flat,
    )  # fmt: skip
    wanted = [
        naive.alike(words, frequency, window, own, kernels.COMMONEST, kernels.UNKNOWN)
        for window, own in zip(windows, spans, strict=True)
    ]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


@given(st.data())
def test_orphans_agree_with_their_twin(data):
    """The kernel finds the names that looking through both texts finds."""
    word = st.tuples(st.integers(1, 5), st.sampled_from([(False, False), (True, False), (True, True)]))
    sides = [[(w, *flags) for w, flags in data.draw(st.lists(word, max_size=14))] for _ in range(2)]
    n = data.draw(st.integers(0, 3))
    shared = []
    for side in sides:
        place = st.integers(0, len(side))
        shared.append(sorted(data.draw(st.lists(st.tuples(place, place).map(sorted), min_size=n, max_size=n))))
    both = sides[0] + sides[1]
    first = len(sides[0])
    names = np.flatnonzero([is_name for _, _, is_name in both])
    texts = np.searchsorted(names, np.array([[0, first, first, len(both)]]))
    words = np.array([w for w, _, _ in both], np.uint64)
    marks = np.array([CAPITAL * capital for _, capital, _ in both], np.uint8)
    spans = [np.array(shared[k], np.int64).reshape(-1, 2) + first * k for k in (0, 1)]
    found = kernels.orphans(words, marks, names, texts, np.array([0, n]), *spans, np.array([5], np.uint64))
    wanted = np.array(naive.orphans(*sides, *shared, {5}))
    wanted[0, kernels.ALONE] += first * (wanted[0, 0] > 0)
    wanted[1, kernels.INTRODUCED] += first * (wanted[1, 0] > 0)
    np.testing.assert_array_equal(found[0], wanted)


def test_an_excerpt_fits_better_where_it_was_born():
    """Of a passage in two texts, one on its topic and one on another, the first is the source."""
    born, other = sentences("coffee", 3, 20), sentences("ships", 4, 14)
    host = " ".join([*other[:7], *born[6:12], *other[7:]])
    for name in ("fit", "kin", "seams"):
        value, *_ = clue(name, " ".join(born), host)
        assert value > 0.1, name
    assert born[8] in clue("fit", " ".join(born), host)[2]


def test_what_was_put_below_from_elsewhere_is_a_stray():
    """An end that has nothing to do with what stands before it was put there later."""
    text, other = sentences("coffee", 5), sentences("ships", 6)
    value, _, shown = clue("stray", " ".join(text), " ".join([*text, other[0]]))
    assert value > 0
    assert shown == other[0].rstrip(".")
    assert clue("stray", " ".join(text[:-1]), " ".join(text))[0] == 0


def test_a_text_that_breaks_off_was_cut():
    """A text that ends, or begins, within another was cut; the more surely if it ends within a sentence."""
    text = sentences("coffee", 7)
    whole = " ".join(text)
    cut, *_ = clue("truncation", whole, " ".join(text[:8]))
    broken, *_ = clue("truncation", whole, " ".join(text[:8]) + " " + " ".join(text[8].split()[:6]))
    assert (cut, broken) == (1.0, 2.0)
    value, shown, _ = clue("beheading", whole, " ".join(text[3:]))
    assert value == 1.0
    assert shown.startswith(text[0][:-1])
    assert clue("torn", whole, " ".join(text[:8]) + " " + " ".join(text[8].split()[:6]))[0] > 0


def test_what_one_text_has_beyond_the_other_is_counted():
    """More words, more sentences, more clauses: the right text has grown."""
    text = sentences("coffee", 8)
    other = sentences("ships", 9)
    grown = [*text[:4], other[0], *text[4:9], other[1], *text[9:]]
    for name in ("beyond", "sentences"):
        assert clue(name, " ".join(text), " ".join(grown))[0] > 0, name
    words = text[5].split()
    within = " ".join([*words[:5], "which nobody had seen coming", *words[5:]])
    longer = " ".join([*text[:5], within, *text[6:]])
    assert clue("clauses", " ".join(text), longer)[0] > 0
    assert clue("sentences", " ".join(text), longer)[0] == 0
    assert clue("worked", " ".join(text), longer)[0] > 0


def test_a_name_without_its_introduction_is_an_orphan():
    """Who is called by the last name alone was introduced in words that are gone."""
    text = sentences("coffee", 10)
    whole = [*text[:3], "The council heard chairman Paul Volcker on the matter today.", *text[3:6],
             "A spokesman for Volcker would not comment on it.", *text[6:]]  # fmt: skip
    value, ours, theirs = clue("names", " ".join(whole), " ".join([*whole[:3], *whole[4:]]))
    assert value == pytest.approx(np.log(2))
    assert (ours, theirs) == ("Paul Volcker", "Volcker")
    titled = [sentence.replace("for Volcker", "for Mr Volcker") for sentence in whole]
    assert clue("names", " ".join(titled), " ".join([*titled[:3], *titled[4:]]))[0] > 0
    full = [sentence.replace("for Volcker", "for Paul Volcker") for sentence in whole]
    assert clue("names", " ".join(full), " ".join([*full[:3], *full[4:]]))[0] == 0


def test_a_sentence_that_points_back_at_nothing_is_an_orphan():
    """A sentence that begins with "however", after a gap or nothing at all, points at what was taken out."""
    text = sentences("coffee", 11)
    whole = [*text[:4], "However, the growers of brazil would not export their crop.", *text[4:]]
    value, _, shown = clue("openings", " ".join(whole), " ".join(whole[4:]))
    assert value > 0
    assert shown.startswith("However")
    assert clue("dangling", " ".join(whole), " ".join([*whole[:2], *whole[4:]]))[0] > 0
    assert clue("openings", " ".join(text), " ".join(text[4:]))[0] == 0


def test_a_line_that_was_left_standing_is_a_residue():
    """A house's line that another house prints on its own page, above lines of its own, gives the copy away."""
    text = " ".join(sentences("coffee", 16)) + " Sign up for the Courier briefing on coffee and cotton."
    value, _, shown = clue("residues", text, text + " Nobody at the Gazette has read this far.")
    assert value == 1.0
    assert shown == "Sign up"
    assert clue("residues", text, text)[0] == 0


def test_lines_of_a_house_come_later_and_those_of_a_wire_go():
    """Who asks readers to subscribe took the story over; who names the editors wrote it."""
    text = " ".join(sentences("coffee", 12))
    value, _, shown = clue("house_lines", text, text + " Click here to subscribe to the Gazette.")
    assert value > 0
    assert shown in {"Click here", "subscribe"}
    value, shown, _ = clue("wire_lines", text + " Reporting by Ann Ray; Editing by Tom Lee", text)
    assert value > 0
    assert shown in {"Reporting by", "Editing by"}


def test_boilerplate_beyond_what_is_shared_comes_later():
    """What many documents hold was put around the story by a house."""
    text = " ".join(sentences("coffee", 13))
    c = collated([(text, text + " Our harbour office is open on weekdays from nine")])
    marks = c.marks.copy()
    marks[-9:] |= BOILERPLATE
    assert STRUCTURE["boilerplate"](c._replace(marks=marks)).values[0] == pytest.approx(np.log1p(9))


def test_phrases_are_found_word_by_word():
    """A phrase of a list stands where its words do, in order, and within the span."""
    known = listed()["house"]
    c = collated([("Now all rights reserved here", "and click here")])
    at, end, _ = begins(c, np.array([[0, 5], [5, 7]]))
    hit, n = occurrences(known, c.words, at, end)
    assert sorted(zip(at[hit].tolist(), n.tolist(), strict=True)) == [(1, 3), (2, 2)]


def test_nothing_is_nothing():
    """A collation without pairs has clues without values; texts that share nothing say nothing of structure."""
    assert all(len(reader(collated([])).values) == 0 for reader in STRUCTURE.values())
    apart = collated([(" ".join(sentences("coffee", 14)), " ".join(sentences("ships", 15)))])
    apart = apart._replace(
        found=apart.found[:0], owner=apart.owner[:0], edits=Edits(*(rows[:0] for rows in apart.edits))
    )
    silent = set(STRUCTURE) - {"beyond", "worked"}
    assert all(STRUCTURE[name](apart).values[0] == 0 for name in silent)
