"""What the edits of a pair say of which text came first: texts in, numbers and places out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import DELETED, INSERTED
from dedup.kernels.edits import KIND, MARKS
from dedup.kernels.words import CAPITAL, CONTINUED, NUMBER, QUOTED
from dedup.lexicon import english, hashes, places
from dedup.lexicon.frequency import zipf
from dedup.match.clues import errors, growth, typicality, updates, wording
from dedup.match.collation import Collation
from dedup.match.edits import Edits, dictionary, edits
from dedup.sketch.normalise import normalise
from tests import naive_clues_edits as naive

READERS = {
    name: getattr(module, name)
    for name in naive.READERS
    for module in (errors, growth, typicality, updates, wording)
    if hasattr(module, name)
}
BEFORE = "the council met on a cold morning to hear what the engineers had found under the bridge "
AFTER = " nobody who was present could say when the work would begin or who would pay for all of it"
WORDS = (
    "the of very great i you said spokesman buy purchase big huge harbour thumb jpg qwzxv hxrbour brixge Smith "
    "Ruritania "
    '7 12 950 1,020 1,200 3.5 3.25 1987 1999 2,001 three forty first 2nd third monday Sunday december january 007 " "'
).split()
SHARED = "council engineers found morning bridge nobody present work begin pay report harbour of the a".split()


def collated(pairs):
    """Pairs of texts as a collation, and for the twins. A pair is two texts and its passages, as shares of both."""
    made = normalise(pa.array([text for pair in pairs for text in pair[:2]], pa.large_string())).words
    lexicon = english()
    at = places(lexicon, made.hashes)
    lemmas = np.where(at >= 0, lexicon.lemmas[at], np.int32(-1))
    left, right = np.arange(0, 2 * len(pairs), 2), np.arange(1, 2 * len(pairs), 2)
    n_words = np.diff(made.offsets)
    found, owner = [], []
    for number, (_, _, borders) in enumerate(pairs):
        for begin, end in borders:
            n, m = n_words[2 * number], n_words[2 * number + 1]
            spans = round(begin * n), round(end * n), round(begin * m), round(end * m)
            if spans[0] < spans[1] and spans[2] < spans[3]:
                found.append(spans)
                owner.append(number)
    passages = np.array(found, np.int64).reshape(-1, 4)
    owners = np.array(owner, np.int64)
    typed = edits(
        left, right, made.offsets, made.hashes, lemmas, made.marks, passages, owners, dictionary(lexicon.synonyms), 5
    )  # fmt: skip
    return Collation(
        left, right, made.hashes, made.offsets, made.marks, lemmas, passages, owners, typed, zipf(made.hashes),
    ), made  # fmt: skip


def twins(pairs, c, made):
    """The pairs as the twins want them."""
    texts = [text for pair in pairs for text in pair[:2]]
    words = [
        [
            naive.Word(
                texts[text][made.begins[k] : made.ends[k]].lower(),
                *(bool(made.marks[k] & bit) for bit in (NUMBER, CAPITAL, CONTINUED, QUOTED)),
            )
            for k in range(made.offsets[text], made.offsets[text + 1])
        ]
        for text in range(len(texts))
    ]
    of_edit = c.owner[c.edits.passage]
    return [
        naive.Pair(
            words[2 * number],
            words[2 * number + 1],
            [((a, b), (x, y)) for a, b, x, y in c.found[c.owner == number, :4].tolist()],
            [
                naive.Edit(
                    tuple(row[:2]), tuple(row[2:4]), row[KIND],
                    bool(row[MARKS] & NUMBER), bool(row[MARKS] & CAPITAL), bool(row[MARKS] & QUOTED),
                )
                for row in c.edits.rows[of_edit == number].tolist()
            ],
        )
        for number in range(len(pairs))
    ]  # fmt: skip


def swapped(c):
    """The same collation with the sides exchanged."""
    turn = [RIGHT_BEGIN, RIGHT_END, LEFT_BEGIN, LEFT_END]
    rows = c.edits.rows.copy()
    rows[:, :4] = c.edits.rows[:, turn]
    kind = c.edits.rows[:, KIND]
    rows[:, KIND] = np.where(kind == INSERTED, DELETED, np.where(kind == DELETED, INSERTED, kind))
    turned = Edits(rows, c.edits.passage, c.edits.counts)
    return c._replace(left=c.right, right=c.left, found=c.found[:, turn], edits=turned)


@st.composite
def pairs_of_texts(draw):
    """Pairs of texts that share words, with some put in, left out and replaced, and passages that hold part of them."""
    made = []
    for _ in range(draw(st.integers(0, 4))):
        base = draw(st.lists(st.sampled_from([*SHARED, *WORDS]), min_size=1, max_size=40))
        sides = []
        for _ in range(2):
            words = []
            for word in base:
                change = draw(st.integers(0, 9))
                if change == 0:
                    words.append(draw(st.sampled_from(WORDS)))
                elif change == 1:
                    words += [word, draw(st.sampled_from(WORDS))]
                elif change > 2:
                    words.append(word)
            sides.append(" ".join(words) or "a")
        borders = sorted(draw(st.lists(st.floats(0, 1), min_size=2, max_size=4)))
        made.append((*sides, list(zip(borders[::2], borders[1::2], strict=False))))
    return made


@given(pairs_of_texts())
def test_readers_agree_with_their_twins(pairs):
    """Each reader gives what counting word by word gives."""
    c, made = collated(pairs)
    slow = twins(pairs, c, made)
    assert set(READERS) == set(naive.READERS)
    for name, reader in READERS.items():
        wanted = [naive.READERS[name](pair) for pair in slow]
        np.testing.assert_allclose(reader(c).values, wanted, atol=1e-9, err_msg=name)


@given(pairs_of_texts())
def test_exchanged_sides_negate_a_clue(pairs):
    """A clue is antisymmetric, and its place the same, seen from the other side; places lie within their texts."""
    c, _ = collated(pairs)
    turned = swapped(c)
    n_words = np.diff(c.offsets)
    for name, reader in READERS.items():
        values, spans = reader(c)
        other, other_spans = reader(turned)
        np.testing.assert_allclose(other, -values, atol=1e-12, err_msg=name)
        clear = np.abs(values) > 1e-12  # where the sum is nothing but rounding, its sign means nothing
        assert np.array_equal(other_spans[clear], spans[clear][:, [2, 3, 0, 1]]), name
        for begin, end, text in ((0, 1, c.left), (2, 3, c.right)):
            shown = spans[:, begin] >= 0
            assert (spans[shown, begin] <= spans[shown, end]).all()
            assert (spans[shown, end] <= n_words[text[shown]]).all()
            assert (spans[~shown, end] == -1).all()


def told(reader, earlier, later):
    """What a reader says of two texts that are one passage, and the words that it shows of both."""
    left, right = BEFORE + earlier + AFTER, BEFORE + later + AFTER
    c, made = collated([(left, right, [(0.0, 1.0)])])
    value, spans = reader(c)
    begin, end, other, other_end = spans[0].tolist()
    words = made.begins[begin:end], made.ends[begin:end]
    other, other_end = (other + made.offsets[1], other_end + made.offsets[1]) if other >= 0 else (0, 0)
    theirs = made.begins[other:other_end], made.ends[other:other_end]
    shown = [
        " ".join(text[first:last] for first, last in zip(*ends, strict=True))
        for text, ends in ((left, words), (right, theirs))
    ]
    return value[0], *shown


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("on the second day", "on the third day"),
        ("on the 2nd day", "on the 3rd day"),
        ("killed 12 people", "killed 40 people"),
        ("killed two people", "killed 11 people"),
        ("killed 950 people", "killed 1,020 people"),
        ("killed 1,200 people", "killed 1,350 people"),
        ("rose 3.25 pct", "rose 3.5 pct"),
        ("came on Monday then", "came on Tuesday then"),
        ("came on Sunday then", "came on Monday then"),
        ("came in December then", "came in January then"),
    ],
)
def test_what_moves_on_is_later(earlier, later):
    """Counts grow, ordinals, weekdays and months go on; the other way round speaks against."""
    assert told(updates.updates, earlier, later)[0] > 0
    assert told(updates.updates, later, earlier)[0] < 0


def test_years_are_no_counts():
    """A later year is told by itself, and shown."""
    assert told(updates.years, "founded in 1987 by", "founded in 1999 by") == (np.log(2), "1987", "1999")
    assert told(updates.updates, "founded in 1987 by", "founded in 1999 by")[0] == 0
    assert told(updates.latest_year, "founded in 1987 by", "founded in 1999 by")[0] > 0


def test_common_words_come_first():
    """Where words stand for each other the earlier text has the common one; the place is shown."""
    value, left, right = told(typicality.typicality, "they buy old houses", "they procure old houses")
    assert value > 0
    assert (left, right) == ("buy", "procure")
    assert told(typicality.synonyms, "they buy old houses", "they purchase old houses")[0] > 0
    assert told(typicality.wordiness, "they acted against it", "they acted in opposition to it")[0] > 0
    assert told(typicality.typicality, "they buy 7 houses", "they buy 8 houses")[0] == 0


def test_quotations_must_be_kept():
    """Typicality counts as evidence of kept quotations only where there are some, and none was edited."""
    speech = ' "we have not been told when the work on the bridge will begin again" he said '
    other = speech.replace("told", "informed")
    assert told(typicality.quotations, "they buy houses" + speech, "they procure houses" + speech)[0] > 0
    assert told(typicality.quotations, "they buy houses" + speech, "they procure houses" + other)[0] == 0
    assert told(typicality.quotations, "they buy houses", "they procure houses")[0] == 0


def test_errors_are_told_by_rarity():
    """A word that nobody knows, for one that all know, is an error; of two good words neither is."""
    value, left, right = told(errors.slips, "a successful day", "a succxssful day")
    assert value > 0
    assert (left, right) == ("successful", "succxssful")
    assert told(errors.errors, "a successful day", "a succxssful day")[0] > 0
    assert told(errors.slips, "a happy day", "a sunny day")[0] == 0
    assert told(errors.errors, "it went there", "it came there")[0] == 0


def test_news_is_told_from_reference():
    """Texts in which nobody is reported to say anything are works of reference."""
    reported = "it grew officials said on monday the spokesman said"
    grown = "it grew and then it grew again in the years that followed"
    pairs = [("it grew", grown, []), (reported, reported + " and it grew again", [])]
    c, made = collated(pairs)
    assert wording.reference(c).tolist() == [1.0, 0.0]
    assert wording.reference(c).tolist() == [naive.reference(pair) for pair in twins(pairs, c, made)]


def test_emphasis_is_taken_out():
    """Emphasis that only one side has is counted, and shown."""
    value, left, right = told(wording.emphasis, "a very great bridge", "a bridge")
    assert value < 0
    assert (left, right) == ("very", "")


def test_no_pairs():
    """A collation of nothing gives nothing."""
    c, _ = collated([])
    for reader in READERS.values():
        clue = reader(c)
        assert clue.values.shape == (0,)
        assert clue.spans.shape == (0, 4)


def test_classes_hold_words_as_they_are_cut():
    """Each word of a class is one word of a normalised text, and stands once."""
    for name, words in naive.CLASSES.items():
        for word in words:
            assert len(normalise(pa.array([word], pa.large_string())).words.hashes) == 1, (name, word)
            assert word == word.lower()


def test_a_look_is_forgotten_with_its_collation():
    """What was found of a collation does not outlive its edits."""
    first, _ = collated([(BEFORE, BEFORE + "again", [(0.0, 1.0)])])
    assert growth.growth(first).values[0] > 0
    del first
    second, _ = collated([(BEFORE + "again", BEFORE, [(0.0, 1.0)])])
    assert growth.growth(second).values[0] < 0


def test_frequency_is_that_of_wordfreq():
    """Zipf values are those of the large English list, 0 where it has no word."""
    words = ["the", "harbour", "procure", "qwzxv"]
    wanted = [naive.RAW.get(word, 0.0) for word in words]
    np.testing.assert_allclose(zipf(hashes(pa.array(words, pa.string()))), wanted)
    assert wanted[0] > 7
    assert wanted[-1] == 0
