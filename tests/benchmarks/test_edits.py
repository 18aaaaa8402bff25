"""Honest edits do what an editor does, and no more."""

import difflib
import random

import pytest

TEXT = """The U.S. company said on Monday it bought two firms for 12 mln dlrs. It expects profits of 1,200 dlrs and
the chairman is pleased. However, analysts were still wary.
    The labor program will also end in February 26. "We purchase grain," said Smith. It was approximately half.
    Exports declined this year. Many farmers received a letter, and they have asked for help prior to March."""
OTHER = "Wheat was sold to Egypt yesterday. The price rose 3 pct. Traders said that more would follow."


@pytest.fixture(scope="module")
def edits():
    """The module under test."""
    import edits

    return edits


def made(edits, kind, n=40):
    """A text edited many times."""
    return [edits.edit(TEXT, kind, seed, OTHER) for seed in range(n)]


def test_a_seed_always_makes_the_same_edit(edits):
    """The same arguments give the same text, other seeds others."""
    for kind in edits.KINDS:
        assert made(edits, kind) == made(edits, kind)
        assert len(set(made(edits, kind))) > 3


def test_sentences_joined_are_the_text(edits):
    """Nothing is lost between sentences, and a point in a number or an abbreviation ends none."""
    parts = edits.sentences(TEXT)
    assert "".join(parts) == TEXT
    assert len(parts) == 8
    assert parts[0].strip() == "The U.S. company said on Monday it bought two firms for 12 mln dlrs."


def test_a_style_guide_changes_words_and_leaves_numbers(edits):
    """Units, spelling and abbreviations change; sums of money do not."""
    texts = made(edits, "style")
    assert any("labour" in text for text in texts)
    assert any("$12 million" in text for text in texts)
    assert any("26 February" in text for text in texts)
    assert all("12" in text and "1,200" in text for text in texts)


def test_cuts_keep_the_beginning_and_the_order(edits):
    """What is left are sentences of the text in their order, the first among them."""
    parts = edits.sentences(TEXT)
    for text in made(edits, "cut"):
        left = edits.sentences(text)
        places = [parts.index(part) for part in left]
        assert places[0] == 0
        assert places == sorted(places)
        assert len(left) < len(parts)


def test_added_sentences_come_from_the_other_story(edits):
    """The text is whole, with a run of the other's sentences put in."""
    for text in made(edits, "added"):
        assert text != TEXT
        assert all(part.strip() in text for part in edits.sentences(TEXT))
        assert any(part.strip() in text for part in edits.sentences(OTHER))
    assert edits.edit(TEXT, "added", 1, "") == TEXT


def test_copy_editing_is_light(edits):
    """Most words stay in their order."""
    for text in made(edits, "copyedit"):
        assert difflib.SequenceMatcher(None, TEXT.split(), text.split(), autojunk=False).ratio() > 0.8


@pytest.mark.parametrize("text", ["", "word", "1,200 dlrs", '"'])
def test_short_texts_are_no_error(edits, text):
    """A text that offers nothing is no error for any kind."""
    for kind in edits.KINDS:
        assert isinstance(edits.edit(text, kind, 0, ""), str)
    assert edits.cut(text, random.Random(1)) == text
