"""What is learned of words that replace each other, and from whom."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import ConfigError
from dedup.kernels.edited import pair_hashes
from dedup.lexicon import FUNCTION, english, places
from dedup.match import substitutions as room
from dedup.match.edits import dictionary, edits
from dedup.sketch.normalise import normalise
from tests.strategies import u64

NOTHING = u64([])


def rows(*replacements, n_known=9, n_words=10, n_specific=0, synonyms=False, stretch=1):
    """A table of replacements, each (left doc, right doc, one phrase, other phrase), phrases being numbers."""
    columns = {
        "left": [left for left, *_ in replacements],
        "right": [right for _, right, *_ in replacements],
        "lesser": [min(phrases) for *_, phrases in ((r, r[2:]) for r in replacements)],
        "greater": [max(r[2:]) for r in replacements],
        "synonyms": [synonyms] * len(replacements),
        "stretch": [stretch] * len(replacements),
        "n_known": [n_known] * len(replacements),
        "n_words": [n_words] * len(replacements),
        "n_specific": [n_specific] * len(replacements),
    }
    arrays = [pa.array(columns.get(f.name, [0] * len(replacements)), f.type) for f in room.REPLACED]
    return pa.Table.from_arrays(arrays, schema=room.REPLACED)


def noise(first_doc, n):
    """Replacements that occur once each, so that chance has something to compare with."""
    return [(first_doc + 2 * k, first_doc + 2 * k + 1, 1000 + 2 * k, 1001 + 2 * k) for k in range(n)]


def stories_of(table):
    """Each pair of documents a story of its own."""
    return table.column("left").to_numpy()


def test_two_independent_stories_teach_a_third():
    """A replacement is known to a pair once two other stories show it; its own story does not count."""
    seen = [(0, 1, 7, 8), (2, 3, 7, 8)]
    table = rows(*seen, *noise(100, 30))
    learned = room.learn(table, stories_of(table), NOTHING)
    assert not learned.known.any()
    assert table.take(pa.array(learned.places)).column("lesser").to_pylist() == [7]
    assert learned.n_stories.tolist() == learned.n_pairs.tolist() == [2]
    table = rows(*seen, (4, 5, 8, 7), *noise(100, 30))
    assert room.learn(table, stories_of(table), NOTHING).known.tolist() == [True] * 3 + [False] * 30


def test_copies_of_one_story_teach_nothing():
    """However many pairs of one story show a replacement, they count once."""
    table = rows(*((doc, doc + 1, 7, 8) for doc in range(20)), *noise(100, 30))
    stories = np.where(stories_of(table) < 50, 0, stories_of(table))
    learned = room.learn(table, stories, NOTHING)
    assert not learned.known.any()
    assert len(learned.places) == 0


def test_what_comes_together_by_chance_is_not_learned():
    """Phrases that replace everything replace each other, too, and that means nothing."""
    crowd = [(10 * k, 10 * k + 1, 7, 1000 + k) for k in range(40)] + [
        (10 * k, 10 * k + 1, 8, 2000 + k) for k in range(40)
    ]
    table = rows(*sorted([*crowd, (0, 1, 7, 8), (10, 11, 7, 8), (20, 21, 7, 8)]))
    learned = room.learn(table, stories_of(table), NOTHING)
    assert not learned.known.any()


@pytest.mark.parametrize("doubt", [{"n_known": 5}, {"stretch": 9}, {"n_specific": 1}])
def test_doubtful_alignments_teach_nothing(doubt):
    """Passages of which little agrees, or with other names, and long stretches of other words, are no evidence."""
    table = rows(*((2 * k, 2 * k + 1, 7, 8) for k in range(5)), **doubt)
    table = pa.concat_tables([table, rows(*noise(100, 30))])
    assert not room.learn(table, stories_of(table), NOTHING).known.any()


def test_what_was_learned_makes_further_alignments_teach():
    """A passage that what was learned makes confident counts in the next round."""
    sure = [(2 * k, 2 * k + 1, 7, 8) for k in range(4)]
    unsure = [(50 + 2 * k, 51 + 2 * k, *pair) for k in range(3) for pair in ((7, 8), (17, 18))]
    table = pa.concat_tables([rows(*sure), rows(*unsure, n_known=5), rows(*noise(100, 30))])
    learned = room.learn(table, stories_of(table), NOTHING)
    assert learned.known.tolist() == [True] * 10 + [False] * 30


def test_given_and_dictionary_pairs_are_known():
    """What an earlier run learned, and what the dictionary has, needs no evidence."""
    table = pa.concat_tables([rows((0, 1, 7, 8), (2, 3, 17, 18)), rows((4, 5, 27, 28), synonyms=True)])
    given = pair_hashes(u64([7]), u64([8]))
    assert room.learn(table, stories_of(table), given).known.tolist() == [True, False, True]


def test_nothing_is_learned_from_nothing():
    """A run without replacements has an empty table."""
    learned = room.learn(rows(), np.zeros(0, np.int64), NOTHING)
    assert learned.known.tolist() == []
    assert room.written(learned, rows(), _no_texts).equals(room.SUBSTITUTIONS.empty_table())


def _no_texts(docs):
    assert len(docs) == 0
    return pa.array([], pa.large_string())


_FRAME = """The council met on a cold morning to hear what the engineers had found under the bridge. {}, and that was
all. {} Nobody who was present could say when the work would begin or who would pay for all of it in the long run."""


def of_texts(left, right):
    """The rows of two texts that are one passage, as words; docs 40 and 50."""
    lexicon = english()
    texts = [left, right]
    found = normalise(pa.array(texts, pa.large_string())).words
    at = places(lexicon, found.hashes)
    lemmas = np.where(at >= 0, lexicon.lemmas[at], np.int32(-1))
    n, m = np.diff(found.offsets)
    one, other, owner, spans = np.array([0]), np.array([1]), np.array([0]), np.array([[0, n, 0, m]])
    known = dictionary(lexicon.synonyms)
    made = edits(one, other, found.offsets, found.hashes, lemmas, found.marks, spans, owner, known, 5)
    fixed = room.fixed_phrases(lexicon.words[lexicon.kinds & FUNCTION > 0])
    table = room.replaced(made, one, other, found.offsets, found.hashes, np.array([40, 50]), spans, owner, fixed)
    spoken = []
    for row in table.to_pylist():
        assert (row["left"], row["right"], row["left_passage"], row["right_passage"]) == (40, 50, 0, 0)
        sides = zip(texts, found.offsets, ("left", "right"), strict=False)
        spans_ = [(t, o + row[f"{name}_word_begin"], o + row[f"{name}_word_end"] - 1) for t, o, name in sides]
        words = [text[found.begins[first] : found.ends[last]] for text, first, last in spans_]
        hashes = sorted(room._hashed(said.lower()) for said in words)
        assert hashes == [row["lesser"], row["greater"]]
        spoken.append((*words, row["synonyms"]))
    return spoken, table


def test_what_replaces_what_is_told_outside_quotations_and_apart_from_names_and_numbers():
    """Words and phrases count; quotations, names, numbers, two function words, and two units do not."""
    left = _FRAME.format("They acted against the old plan of Miller for two dollars", '"We saw it," he said quickly.')
    right = _FRAME.format(
        "They acted in opposition to the ancient plan of Jones for three marks", '"We noticed it," he said gleb.'
    )
    found, table = of_texts(left, right)
    assert found == [("against", "in opposition to", False), ("old", "ancient", True), ("quickly", "gleb", False)]
    n_words = max(len(normalise(pa.array([text], pa.large_string())).words.hashes) for text in (left, right))
    assert table.column("n_words").to_pylist() == [n_words] * 3
    assert table.column("n_specific").to_pylist() == [1] * 3  # Miller; "two" is a word like others
    assert found == [(one, other, known) for other, one, known in of_texts(right, left)[0]]  # from either side


def test_of_little_text_nothing_is_told():
    """Pairs of which little is aligned have no rows."""
    assert of_texts("They acted against the old plan.", "They acted against the ancient plan.")[0] == []


counts = st.integers(0, 30)


@given(counts, counts, counts, counts)
def test_significance_is_the_formula_of_the_paper(both, one, other, neither):
    """Twice the sum of observed times log of observed over expected; 0 for what repels each other."""
    n = both + one + other + neither
    wanted = 0.0
    for seen, row, column in (
        (both, both + one, both + other),
        (one, both + one, one + neither),
        (other, other + neither, both + other),
        (neither, other + neither, one + neither),
    ):
        wanted += 2 * seen * math.log(seen * n / (row * column)) if seen else 0.0
    if both * n <= (both + one) * (both + other):
        wanted = 0.0
    found = room.significance(*(np.array([x]) for x in (both, both + one, both + other, n)))
    assert found[0] == pytest.approx(wanted, abs=1e-9)


def naive_known(replacements):
    """Which of some replacements, each (story, phrases), all of them sure, others teach: counted one by one."""
    out = []
    for story, pair in replacements:
        evidence = {(s, p) for s, p in replacements if s != story}
        together = sum(p == pair for _, p in evidence)
        alone = [sum(phrase in p for _, p in evidence) for phrase in sorted(pair)]
        g2 = room.significance(*(np.array([x]) for x in (together, *alone, len(evidence))))[0]
        out.append(together >= room.MIN_STORIES and g2 >= room.MIN_G2)
    return out


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.frozensets(st.integers(0, 9), min_size=2, max_size=2)), max_size=60))
def test_learning_equals_the_twin(replacements):
    """One round over sure alignments is what counting one by one gives."""
    ordered = sorted(replacements, key=lambda row: (row[0], sorted(row[1])))
    table = rows(*((story, 100 + story, *sorted(pair)) for story, pair in ordered))
    learned = room.learn(table, stories_of(table), NOTHING)
    assert learned.known.tolist() == naive_known(ordered)
    stories = defaultdict(set)
    for story, pair in ordered:
        stories[pair].add(story)
    shown = table.take(pa.array(learned.places))
    found = zip(shown["lesser"].to_pylist(), shown["greater"].to_pylist(), learned.n_stories, strict=True)
    assert all(len(stories[frozenset({one, other})]) == n for one, other, n in found)


def _texts():
    """Four texts, two and two alike but for some words; docs 10, 11, 20 and 21."""
    said = "In the end {} came to the Stra\u00dfe and I\u0307nn, where {} had waited for them all night."
    made = {
        10: ("the zorb", "a gleb"),
        11: ("the snib", "a quag gle"),
        20: ("one zorb", "no gleb"),
        21: ("one snib", "no quag gle"),
    }
    return {doc: said.format(*words) for doc, words in made.items()}


def _replaced_in(texts):
    """Rows that say that words 4 and 13 of the left texts became those of the right ones."""
    found = normalise(pa.array(list(texts.values()), pa.large_string())).words
    first = dict(zip(texts, found.offsets, strict=False))
    made = []
    for left, right in ((10, 11), (20, 21)):
        for at, n in ((4, 1), (13, 2)):
            phrases = [found.hashes[first[doc] + at : first[doc] + at + k] for doc, k in ((left, 1), (right, n))]
            hashes = [int(room.columns.phrase(words)) for words in phrases]
            made.append((left, right, *hashes, at, at + 1, at, at + n))
    table = rows(*(row[:4] for row in made))
    names = ("left_word_begin", "left_word_end", "right_word_begin", "right_word_end")
    for k, name in enumerate(names):
        table = table.set_column(
            table.column_names.index(name), name, pa.array([row[4 + k] for row in made], pa.int32())
        )
    return table


def test_a_table_is_read_back_as_it_was_learned(tmp_path):
    """Words are written as they are in the normalised text; read again they have the same hashes."""
    texts = _texts()
    table = pa.concat_tables([_replaced_in(texts), rows(*noise(100, 30))])
    learned = room.learn(table, stories_of(table), NOTHING)
    made = room.written(learned, table, lambda docs: pa.array([texts[doc] for doc in docs.tolist()], pa.large_string()))
    assert made.select(["left", "right", "n_pairs", "n_stories"]).to_pylist() == [
        {"left": "gleb", "right": "quag gle", "n_pairs": 2, "n_stories": 2},
        {"left": "snib", "right": "zorb", "n_pairs": 2, "n_stories": 2},
    ]
    assert min(made["g2"].to_pylist()) >= room.MIN_G2
    pq.write_table(made, tmp_path / "substitutions.parquet")
    given = room.read(tmp_path / "substitutions.parquet")
    assert room.learn(table, stories_of(table), given).known.tolist() == [True] * 4 + [False] * 30


def test_words_are_written_as_in_the_normalised_text():
    """Case, composition and invisible characters are those of the normalised text."""
    texts = ["STRA\u00dfE", "\u0130nn", "e\u0301t\u00ade", "\u039f\u03a3", "plain"]
    for text in texts:
        assert normalise(pa.array([text], pa.large_string())).words.hashes.tolist() == [room._hashed(room._word(text))]


@pytest.mark.parametrize("wrong", ["missing", "text", "columns", "types"])
def test_a_wrong_file_is_named(tmp_path, wrong):
    """A file that is missing, no Parquet, or another table is an error that says so."""
    path = tmp_path / "given.parquet"
    if wrong == "text":
        path.write_text("left,right")
    elif wrong == "columns":
        pq.write_table(pa.table({"left": ["a"]}), path)
    elif wrong == "types":
        pq.write_table(pa.table({"left": [1], "right": [2]}), path)
    with pytest.raises(ConfigError, match=r"given\.parquet") as caught:
        room.read(path)
    assert "substitutions.parquet" in caught.value.hint
