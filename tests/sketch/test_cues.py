"""Sources and addresses that a text names."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.sketch import named_sources
from dedup.sketch.cues import MAX_CUES, cues, host, plain_address
from tests.strategies import texts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MOSCOW (Reuters) - Oil rose.", ["reuters"]),
        ("Oil rose, according to Interfax.", ["interfax"]),
        ("According to The Moscow Times, oil rose", ["the moscow times"]),
        ("Sky News has reported a rise.", ["sky news"]),
        ("This article first appeared in The Conversation.", ["the conversation"]),
        ("Originally published on Energy Voice", ["energy voice"]),
        ("via Bloomberg", ["bloomberg"]),
        ("See https://www.example.org/a/b/?q=1#top.", ["example.org", "example.org/a/b"]),
        ("http://Example.ORG:8080/x", ["example.org", "example.org:8080/x"]),
        ("he reported for work, via the bridge, per person (see above) in 1990", []),
        ("", []),
    ],
)
def test_cues_by_example(text, found):
    """Attributions, wires in datelines, addresses; and nothing where nothing is named."""
    assert cues(text) == found


def test_the_seed_that_names_its_original(seeds):
    """Article 001 bears the address that it stood at first."""
    text = next(seeds.glob("001*")).read_text(encoding="utf-8")
    assert any("/" in cue for cue in cues(text))


@given(texts)
def test_cues_are_few_and_in_order(text):
    """Any text: ascending, distinct, at most MAX_CUES."""
    found = cues(text)
    assert found == sorted(set(found))
    assert len(found) <= MAX_CUES


@pytest.mark.parametrize(
    "piece", ["https://a.b/", "via A", "per ", "Aa ", "reported by A a", "(A A) ", "The A'a ", "] ) - "]
)
def test_hostile_texts_take_no_longer(piece):
    """A megabyte of half a pattern is read in linear time."""
    begun = time.perf_counter()
    assert len(cues(piece * (1_000_000 // len(piece)))) <= MAX_CUES
    assert time.perf_counter() - begun < 10


def test_addresses_are_compared_without_their_trimmings():
    """Scheme, "www.", query, fragment and final slash do not tell addresses apart; the host lacks its port."""
    assert plain_address(" HTTPS://www.Example.org/A/?x=1#y ") == "example.org/a"
    assert host("ftp://www.example.org:21/pub") == "example.org"


_PIECES = ("://|) -|) –|) —| reported| cited| had quoted|per |Via |via |according to |published on ").split("|")
_NAMES = "The |the |BBC|É|é|’|A|b| |\n|(".split("|")


@given(st.lists(st.lists(st.sampled_from(_PIECES + _NAMES), max_size=9).map("".join), max_size=5))
def test_no_cue_is_passed_over(found):
    """The one pattern that texts must match to be looked at lets through every text that has a cue."""
    assert named_sources(pa.array(found, pa.large_string())).to_pylist() == [cues(text) for text in found]
