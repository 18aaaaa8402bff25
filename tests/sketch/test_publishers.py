"""Publishers of the pile that a text names."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.sketch.publishers import MAX_NAMED, named_publishers, publishers
from tests.strategies import texts

KNOWN = [
    "The Moscow Times",
    "Elgin Herald",
    "Reuters",
    "AP",
    "Time",
    "Voice of America",
    "新华社",
    "afp",
    "example.org",
]


def _named(text, names=KNOWN):
    return named_publishers(pa.array([text], pa.large_string()), publishers(names)).to_pylist()[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sign up for the Elgin Herald newsletter.", ["elgin herald"]),
        ("Follow ELGIN HERALD for more", ["elgin herald"]),
        ("As Moscow Times readers know, he told Reuters.", ["reuters", "the moscow times"]),
        ("the moscow times have changed; elgin herald", []),
        ("Voice of America and Voice Of America", ["voice of america"]),
        ("Voice Of America", []),
        ("said AP; an ap said", ["ap"]),
        ("Reuters begins a sentence here. Reuters too.", []),
        ("It is Time. The Time of it", []),
        ("据新华社报道", ["新华社"]),
        ("as AFP and Afp said", ["afp"]),
        ("not afp", []),
        ("more at example.org today", ["example.org"]),
        ("", []),
    ],
)
def test_publishers_by_example(text, found):
    """Names as they are spelled, or in capitals; words of the language by themselves are none."""
    assert _named(text) == found


def test_names_that_cannot_be_looked_for():
    """Nothing, signs, and seven words are not looked for; where there are no names nobody is named."""
    assert _named("a b c d e f g", ["", " ", "--", "a b c d e f g"]) == []
    assert named_publishers(pa.array([], pa.large_string()), publishers([])).to_pylist() == []


def test_a_text_that_names_very_many():
    """There is an end to the names of a text."""
    names = [f"House{k} News" for k in range(40)]
    assert len(_named(" and ".join(names), names)) == MAX_NAMED


@given(st.lists(texts, max_size=4), st.data())
def test_a_piece_of_a_text_is_found_in_it(found, data):
    """Two words and more of a text in capitals, taken as a name, are found; and nothing that is not there."""
    known = publishers(["ELGIN HERALD", "ZEBRA ZEBRA"])
    at = data.draw(st.integers(0, len(found)))
    texts_ = [*found[:at], "by ELGIN HERALD", *found[at:]]
    told = named_publishers(pa.array(texts_, pa.large_string()), known).to_pylist()
    for text, names in zip(texts_, told, strict=True):
        assert ("elgin herald" in names) == bool(re.search(r"(?<!\w)ELGIN HERALD(?!\w)", text))
        assert "zebra zebra" not in names
