"""Which pairs a synonym machine has made, and which honest hands."""

from __future__ import annotations

import tomllib

import numpy as np
import pyarrow as pa
import pytest

from dedup.kernels import edits as columns
from dedup.kernels.banded import DELETED, EQUAL, INSERTED, NOTATION, OTHER, SYNONYM
from dedup.lexicon import FUNCTION, english, places
from dedup.match import spin
from dedup.match.edits import dictionary, edits, totals
from dedup.match.substitutions import REPLACED, fixed_phrases, learn, replaced
from dedup.schema import SPANS
from dedup.sketch.normalise import normalise

ARTICLE = """The harbour board of Tarnwick said on Monday it would close the old fish market at the end of March,
after a report found that the roof could fall in a strong wind. Traders who have worked in the hall for years were
told to look for other places to sell. "We knew the roof was bad, but nobody asked us what we wanted," said Ellen
Marr, whose family has run a stall there since 1931. The board plans to build a smaller hall near the station for 4.2
million pounds, and expects the work to take two years. It has asked the government in Dunmore for half of the money.
A spokesman for the ministry said a decision was likely before the summer. Fishermen fear that buyers will go to
bigger ports along the coast and never return, as they did when the ice plant burned down twelve years ago."""
# The same as a synonym machine would write it: here and there another word, quotations, names and numbers as they were.
SPUN = """The harbour board of Tarnwick stated on Monday it would shut the ancient fish marketplace at the end of
March, after a study discovered that the roof could tumble in a powerful wind. Merchants who have labored in the hall
for years were told to search for other locations to sell. "We knew the roof was bad, but nobody asked us what we
wanted," stated Ellen Marr, whose kin has operated a booth there since 1931. The board intends to construct a smaller
hall near the depot for 4.2 million pounds, and anticipates the labor to take two years. It has requested the
authorities in Dunmore for half of the cash. A representative for the ministry stated a ruling was probable before the
summer. Fishermen dread that purchasers will go to larger ports along the shore and never come back, as they did when
the ice factory burned down twelve years ago."""
# The same a day later: another figure, other sentences, some cut.
UPDATED = """The harbour board of Tarnwick said on Tuesday it would close the old fish market at the end of April,
after a report found that the roof could fall in a strong wind. Traders who have worked in the hall for years were
told to look for other places to sell by the middle of May. "We knew the roof was bad, but nobody asked us what we
wanted," said Ellen Marr, whose family has run a stall there since 1931. She was among forty traders who marched to
the town hall on Tuesday to hand over a petition. The board plans to build a smaller hall near the station for 5.1
million pounds, and expects the work to take two years. A spokesman for the ministry in Dunmore said a decision was
likely before the summer. Fishermen fear that buyers will go to bigger ports along the coast."""
STYLED = (
    ARTICLE.replace("harbour", "harbor")
    .replace("4.2 million pounds", "4.2 mln stg")
    .replace("twelve years", "12 years")
)


def measured(*pairs):
    """Totals, distinct known replacements, all replacements, which of them are known, and words, of some pairs."""
    lexicon = english()
    texts = pa.array([text for pair in pairs for text in pair], pa.large_string())
    offsets, words, _, _, marks = normalise(texts).words
    at = places(lexicon, words)
    lemmas = np.where(at >= 0, lexicon.lemmas[at], np.int32(-1))
    left = np.arange(0, 2 * len(pairs), 2)
    # The whole of both texts is one passage: what a search for reworded passages finds.
    n_words = np.diff(offsets)
    zeros = np.zeros(len(pairs), np.int64)
    found, owner = np.stack([zeros, n_words[left], zeros, n_words[left + 1]], axis=1), np.arange(len(pairs))
    result = edits(left, left + 1, offsets, words, lemmas, marks, found, owner, dictionary(lexicon.synonyms), 5)
    fixed = fixed_phrases(lexicon.words[lexicon.kinds & FUNCTION > 0])
    table = replaced(result, left, left + 1, offsets, words, np.arange(2 * len(pairs)), found, owner, fixed)
    known = learn(table, table.column("left").to_numpy(), np.zeros(0, np.uint64)).known
    kinds = spin.known_kinds(table, known, table.column("left").to_numpy() // 2, len(pairs))
    return totals(result.counts, owner, len(pairs)), kinds, table, known, n_words


@pytest.fixture(scope="module")
def pairs():
    """The article against what was made of it, and against itself."""
    return measured((ARTICLE, SPUN), (ARTICLE, UPDATED), (ARTICLE, STYLED), (ARTICLE, ARTICLE), (SPUN, ARTICLE))


def test_a_machine_is_told_from_honest_hands(pairs):
    """Synonyms here and there are spun, in either direction; an update, another house's style, a copy are not."""
    found = spin.scores(*pairs[:2]).to_pylist()
    assert min(found[0], found[4]) > 0.9
    assert max(found[1:4]) < 0.1


def test_of_a_few_words_nothing_is_said():
    """Where too little is aligned the score is null."""
    sums, kinds, *_ = measured(("The board closed the market.", "The board shut the bazaar."))
    assert spin.scores(sums, kinds).to_pylist() == [None]
    assert len(spin.scores(sums[:0], kinds[:0])) == 0


def some_totals(**words):
    """Totals of a pair of 200 equal words, and what else is given by name of the column."""
    out = np.zeros((1, columns.N_COUNTS), np.int64)
    out[0, 2 * EQUAL] = 200
    for name, count in words.items():
        out[0, getattr(columns, name)] = count
    return out


def _score(sums, kinds=8):
    return spin.scores(sums, np.array([kinds])).to_pylist()[0]


@pytest.mark.parametrize(
    ("column", "count"),
    [
        (2 * NOTATION, 10),
        (2 * INSERTED, 60),
        (2 * DELETED, 60),
        (columns.NAMES_EDITED, 6),
        (columns.NUMBERS_EDITED, 6),
    ],
)
def test_what_editors_do_speaks_against_a_machine(column, count):
    """Another style, gaps, and other names or numbers make a pair less likely to be spun."""
    sums = some_totals(STRETCHES=20, ISOLATED=18)
    sums[0, 2 * SYNONYM], sums[0, 2 * OTHER] = 8, 12
    edited = sums.copy()
    edited[0, column] += count
    assert _score(edited) < _score(sums)


def test_what_machines_do_speaks_for_one():
    """More words replaced, more of them known, and each by itself make a pair more likely to be spun."""
    sums = some_totals(STRETCHES=10, ISOLATED=9)
    sums[0, 2 * OTHER] = 10
    more = sums.copy()
    more[0, 2 * OTHER] = 30
    apart = sums.copy()
    apart[0, columns.ISOLATED] = 10
    assert _score(sums, 2) < min(_score(more, 2), _score(sums, 6), _score(apart, 2))


def test_the_weights_are_those_of_the_features():
    """The file names each feature once, and nothing else."""
    model = tomllib.loads(spin.WEIGHTS.read_text(encoding="utf-8"))
    assert set(model) == {"bias", "weights"}
    assert tuple(model["weights"]) == spin.NAMES


def test_distinct_known_replacements_are_counted_by_pair():
    """The same two phrases count once in a pair, and once in another."""
    rows = [(0, 1, 7, 8), (0, 1, 7, 8), (0, 1, 7, 9), (2, 3, 7, 8), (2, 3, 5, 6)]
    values = dict(zip(("left", "right", "lesser", "greater"), zip(*rows, strict=True), strict=True))
    table = pa.table({f.name: pa.array(values.get(f.name, [0] * 5)).cast(f.type) for f in REPLACED}, schema=REPLACED)
    known, pair = np.array([True, True, True, True, False]), np.array([0, 0, 0, 2, 2])
    assert spin.known_kinds(table, known, pair, 4).tolist() == [2, 0, 1, 0]
    assert spin.known_kinds(table, np.zeros(5, np.bool_), pair, 4).tolist() == [0] * 4


def test_a_passage_with_enough_known_replacements_is_spun(pairs):
    """Passages of spun pairs are spun, those of an update or a copy are not; nothing of no passages."""
    _, _, table, known, n_words = pairs
    left = np.arange(0, 10, 2)
    zeros = np.zeros(5, np.int64)
    values = {"left": left, "right": left + 1, "left_word_begin": zeros, "left_word_end": n_words[left]}
    arrays = [pa.array(values[f.name]) if f.name in values else pa.nulls(5, f.type) for f in SPANS]
    spans = pa.Table.from_arrays(arrays, schema=SPANS)
    assert spin.spun_passages(spans, table, known).tolist() == [True, False, False, False, True]
    assert spin.spun_passages(spans[:0], table, known).tolist() == []


def test_a_rewrite_is_aligned_and_substituted(pairs):
    """Of a spun text nearly all is aligned and much replaced; of an update little is replaced, of a copy nothing."""
    sums, *_, n_words = pairs
    aligned, substituted, of_edits = spin.rewritten(sums, n_words[::2], n_words[1::2])
    assert aligned[0] == pytest.approx(aligned[4])
    assert min(aligned[0], aligned[2], aligned[3]) > 0.95
    assert substituted[0] > 0.1
    assert 0.05 > substituted[1] > substituted[3] == 0.0
    assert of_edits[0] > 0.9 > of_edits[1]


def test_only_other_words_make_a_rewrite(pairs):
    """A spun text is a rewrite, from either side; an update, another style and a copy are none."""
    sums, *_, n_words = pairs
    assert spin.is_rewrite(sums, n_words[::2], n_words[1::2]).tolist() == [True, False, False, False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"n_left": 500, "n_right": 500},  # less than half is aligned
        {"other": 6},  # little is replaced
        {"gaps": 60},  # more is put in and left out
        {"specific": 9},  # other names
        {"equal": 20, "n_left": 40, "n_right": 40},  # of little text nothing is said
    ],
)
def test_a_rewrite_needs_all_of_its_signs(change):
    """Each sign that is missing makes a pair none."""

    def judged(n_left=200, n_right=220, equal=150, other=30, gaps=4, specific=0):
        sums = some_totals(NAMES_EDITED=specific)
        sums[0, 2 * EQUAL], sums[0, 2 * OTHER], sums[0, 2 * INSERTED] = equal, other, gaps
        return bool(spin.is_rewrite(sums, np.array([n_left]), np.array([n_right]))[0])

    assert judged()
    assert not judged(**({"other": 4} if "equal" in change else {}) | change)
