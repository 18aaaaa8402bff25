"""The dictionary of English: what it knows, what it does not claim, and that words are found in it."""

import collections
import itertools
import time

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from dedup.lexicon import BASE, FILE, FUNCTION, MUTABLE, SCHEMA, english, of_table, places
from dedup.lexicon.build import MAX_SYNONYMS, WordNet, bounded, function_words
from dedup.sketch.keys import word_hashes
from tests.naive_spin import naive_places

LOW = np.uint64(0xFFFFFFFF)
names = st.text("abcdé", min_size=1, max_size=4)


def hashes(*words):
    """The hashes of words, by another program."""
    return np.array([xxhash.xxh3_64_intdigest(word.encode()) for word in words], np.uint64)


def lemma(word):
    """Number of a word's lemma; -1 if the dictionary does not hold it."""
    place = places(english(), hashes(word))[0]
    return int(english().lemmas[place]) if place >= 0 else -1


def are_synonyms(one, other):
    """Whether two words are synonyms."""
    low, high = sorted((lemma(one), lemma(other)))
    return (low << 32 | high) in set(english().synonyms.tolist())


def test_words_have_the_hashes_of_sketch():
    """A word of a text is found in the dictionary by the hash that sketch gives it."""
    words, _, _ = word_hashes(pa.array(["The Delegation was SENT, they said."]))
    found = places(english(), words)
    assert [english().texts[i].as_py() for i in found.tolist()] == ["the", "delegation", "was", "sent", "they", "said"]


@pytest.mark.parametrize(
    ("word", "base"),
    [("said", "say"), ("sent", "send"), ("wars", "war"), ("left", "leave"), ("found", "find"), ("larger", "large")],
)
def test_inflections_share_a_lemma(word, base):
    """The forms of a word have its lemma, which is that of its most frequent reading."""
    assert lemma(word) == lemma(base) >= 0


@pytest.mark.parametrize(
    ("one", "other"), [("said", "stated"), ("sends", "ships"), ("begin", "commenced"), ("huge", "large")]
)
def test_synonyms_are_tied_whatever_their_form(one, other):
    """Words that share a synset, or stand in neighbouring ones, are synonyms."""
    assert are_synonyms(one, other)


@pytest.mark.parametrize(("one", "other"), [("war", "banana"), ("said", "troops"), ("oil", "minister")])
def test_other_words_are_no_synonyms(one, other):
    """Words that have nothing to do with each other are none."""
    assert not are_synonyms(one, other)


def test_function_words_are_marked_and_have_no_synonyms():
    """A function word is known as one, and no pair holds it."""
    found = places(english(), hashes(*function_words()))
    assert (found >= 0).all()
    assert (english().kinds[found] == FUNCTION).all()
    tied = set((english().synonyms >> np.uint64(32)).tolist()) | set((english().synonyms & LOW).tolist())
    own = {int(english().lemmas[i]) for i in found if english().forms[i] == BASE}
    assert not own & tied


def test_mutable_words_are_those_with_synonyms():
    """``MUTABLE`` says that some pair holds the word's lemma."""
    synonyms = english().synonyms
    tied = np.union1d(synonyms >> np.uint64(32), synonyms & LOW)
    content = english().kinds != FUNCTION
    assert (np.isin(english().lemmas[content], tied) == (english().kinds[content] == MUTABLE)).all()


def test_synonyms_are_bounded_and_in_order():
    """No lemma has more synonyms than allowed; pairs ascend, the lower lemma first."""
    synonyms = english().synonyms
    assert (np.diff(synonyms.astype(object)) > 0).all()
    low, high = (synonyms >> np.uint64(32)).tolist(), (synonyms & LOW).tolist()
    assert all(a < b for a, b in zip(low, high, strict=True))
    assert max(collections.Counter(itertools.chain(low, high)).values()) <= MAX_SYNONYMS


def test_the_table_is_small_and_quick_to_load():
    """The file stays below 1.2 MB; loading takes some 20 milliseconds (bound generously), and happens once."""
    assert FILE.stat().st_size < 1_200_000
    english()
    assert english() is english()
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        english.__wrapped__()
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.2


def test_the_notice_is_there():
    """The licence of WordNet goes with the table."""
    assert "WordNet 3.0 Copyright 2006 by Princeton University" in FILE.with_name("NOTICE").read_text()


@given(st.lists(names, unique=True, max_size=30), st.lists(names))
def test_lookup_finds_what_a_search_finds(known, others):
    """``places`` is what looking at every word gives, and each place holds the word as it is written."""
    rows = sorted(known)
    columns = [rows, range(len(rows)), [MUTABLE] * len(rows), [BASE] * len(rows), [[] for _ in rows]]
    lexicon = of_table(pa.table([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA))
    wanted = hashes(*others, *known)
    found = places(lexicon, wanted)
    assert found.tolist() == naive_places(wanted.tolist(), lexicon.words.tolist())
    assert [lexicon.texts[i].as_py() for i in found[len(others) :].tolist()] == known


def test_wordnet_is_read(tmp_path):
    """Words of a synset and of neighbouring ones are paired, the closer the more frequent the senses; names are not."""
    (tmp_path / "data.noun").write_text(
        "  1 This is the notice\n"
        "00000010 04 n 02 car 0 auto 0 001 @ 00000020 n 0000 | a car\n"
        "00000020 04 n 02 vehicle 0 Ford 0 000 | what moves\n"
        "00000030 04 n 01 cart 0 001 @ 00000020 n 0000 | of wood\n"
    )
    for name in ("verb", "adj", "adv"):
        (tmp_path / f"data.{name}").write_text("")
    (tmp_path / "index.sense").write_text(
        "auto%1:04:00:: 00000010 1 3\ncar%1:04:00:: 00000010 1 9\nvehicle%1:04:00:: 00000020 1 5\n"
        "cart%1:04:00:: 00000030 1 1\nford%1:04:00:: 00000020 1 5\n"
    )
    wordnet = WordNet.read(tmp_path)
    pairs = {frozenset(pair): distance for distance, *pair in wordnet.pairs()}
    assert (
        pairs[frozenset(("car", "auto"))]
        == 0
        < pairs[frozenset(("car", "vehicle"))]
        < pairs[frozenset(("car", "cart"))]
    )
    assert not any("ford" in pair for pair in pairs)
    assert wordnet.counts["n", "car"] == 9


def test_the_closest_pairs_are_kept():
    """Where a lemma has too many synonyms, the distant ones go."""
    many = [(i, "a", f"b{i:03}") for i in range(2 * MAX_SYNONYMS)]
    kept = bounded(reversed(many), {"a", *(other for *_, other in many)})
    assert kept == {("a", other) for _, _, other in many[:MAX_SYNONYMS]}
    assert bounded([(0, "a", "b")], {"a"}) == set()
