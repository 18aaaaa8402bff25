from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.report.draw import Measured, bars, binned, curve, histogram, lineage, network, standings
from dedup.report.draw.lineage import FAINTEST
from dedup.report.draw.palette import DARK, DASHES, LIGHT, MEANING, RELATIONS, variables
from dedup.report.draw.style import CSS, RULES
from dedup.report.draw.svg import fitted, number, width_of
from tests.report.stories import HOSTILE, edge, node, stories, story

SVG = "{http://www.w3.org/2000/svg}"
THEMES = (LIGHT, DARK)
GROUNDS = ("paper", "panel", "sunken")
CONES = {  # Machado, Oliveira and Fernandes 2009, severity 1: what is seen without one kind of cones
    "long": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "middle": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "none is lacking": np.eye(3).tolist(),
}


def _channels(colour):
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _light(colour):
    values = np.array(_channels(colour)) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _contrast(one, other):
    """WCAG 2.2: relation of the luminances of two colours."""
    low, high = sorted(float(_light(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def _oklab(light):
    """Ottosson 2020: a space in which equal distances look about equal."""
    cones = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]]) @ light
    axes = [[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]
    return np.array(axes) @ np.cbrt(np.clip(cones, 0, None))


def _parsed(markup):
    return ET.fromstring(str(markup))


def _safe(root):
    """Nothing that a policy of no inline style and no script would stop, no links but to places of the page."""
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "g",
            "a",
            "path",
            "rect",
            "circle",
            "text",
            "tspan",
            "title",
            "desc",
        }
        for name, value in element.attrib.items():
            assert name not in {"style", "id", "src"}
            assert not name.startswith("on")
            assert name != "href" or value.startswith("#")


# Colours


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out_from_every_ground(theme):
    """Words have 4.5:1 or more, on the grounds and on the washes behind them."""
    words = ["ink", "ink-2", "accent", "warn", "for", "against", "added", "removed", "verbatim", "edited", "spun"]
    for word, ground in itertools.product(words, GROUNDS):
        assert _contrast(theme[word], theme[ground]) >= 4.5, (word, ground)
    for wash in (name for name in theme if name.endswith("-wash") or re.fullmatch(r"w\d", name)):
        assert _contrast(theme["ink"], theme[wash]) >= 4.5, wash


@pytest.mark.parametrize("theme", THEMES)
def test_strokes_stand_out_from_every_ground(theme):
    """Edges, bars and borders have 3:1 or more."""
    marks = [name for name in theme if name.startswith("rel-") or re.fullmatch(r"c\d", name)] + ["edge", "focus"]
    for mark, ground in itertools.product(marks, GROUNDS):
        assert _contrast(theme[mark], theme[ground]) >= 3, (mark, ground)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lacking", CONES)
def test_relations_can_be_told_apart_by_all_eyes(theme, lacking):
    """Any two relations of a lineage differ in colour, whichever cones are lacking; and always in their dashes."""
    seen = np.array(CONES[lacking])
    of_lineage = [relation for relation in RELATIONS if relation not in {"quote", "unseen"}]
    shown = [_oklab(np.clip(seen @ _light(theme[f"rel-{relation}"]), 0, 1)) for relation in of_lineage]
    assert min(np.linalg.norm(one - other) for one, other in itertools.combinations(shown, 2)) >= 0.08
    assert len(set(DASHES.values())) == len(RELATIONS) == len(MEANING)


def test_rules_use_only_colours_of_the_palette():
    """Each custom property that a rule uses is defined, light and dark; no letters are smaller than 12 pixels."""
    assert set(re.findall(r"var\(--([\w-]+)\)", RULES)) <= set(LIGHT) == set(DARK)
    assert {int(size) for size in re.findall(r"font(?:-size)?:(?:[\w ]*?)(\d+)px", RULES)} == {12}
    assert "</" not in CSS
    assert variables().count("{") == variables().count("}")


@pytest.mark.parametrize("theme", THEMES)
def test_the_least_sure_edge_can_be_seen(theme):
    """At its faintest an edge still has 3:1."""
    for relation in RELATIONS[:5]:
        pairs = zip(_channels(theme[f"rel-{relation}"]), _channels(theme["panel"]), strict=True)
        faint = "#" + "".join(f"{round(one * FAINTEST + other * (1 - FAINTEST)):02x}" for one, other in pairs)
        assert _contrast(faint, theme["panel"]) >= 3, relation


# Words


@given(st.text(max_size=80), st.floats(20, 300))
def test_words_are_cut_to_the_room_that_there_is(text, room):
    """What is fitted is no wider than its room, and on one line."""
    cut = fitted(text, room)
    assert width_of(cut) <= room
    assert "\n" not in cut


def test_numbers_are_short():
    """One decimal at most, no minus zero, no exponent."""
    assert [number(n) for n in (1.0, -0.04, 3.14159, 1e6, -2.5)] == ["1", "0", "3.1", "1000000", "-2.5"]


# Lineage


@settings(max_examples=30)
@given(stories(), st.booleans())
def test_a_lineage_is_sound_whatever_the_labels(drawn, linked):
    """Well-formed, safe, each document and each edge once, focusable and named."""
    root = _parsed(lineage(drawn, linked=linked))
    _safe(root)
    keys = {one.key for one in drawn.nodes}
    nodes = [one for one in root.iter() if "data-doc" in one.attrib]
    edges = [one for one in root.iter() if "data-relation" in one.attrib]
    assert sorted(one.get("data-doc") for one in nodes) == sorted(keys)
    assert all({one.get("data-parent"), one.get("data-child")} <= keys for one in edges)
    for one in [*nodes, *edges]:
        assert one.find(f"{SVG}title").text
        assert one.tag == f"{SVG}a" if one.get("href") else one.get("tabindex") == "0"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_as_text(text):
    """What comes from outside is neither obeyed nor lost, and its length is bounded."""
    nodes = [node("d1", 0, publisher=text, title=text), node("d2", 1, label=text), node("u1", unseen=True, label=text)]
    markup = lineage(story(nodes, [edge("d1", "d2"), edge("u1", "d1", "unseen")], title=text))
    assert len(markup) < 12_000
    root = _parsed(markup)
    _safe(root)
    assert "\u202e" not in markup
    if text.isascii() and 0 < len(text) < 40:
        assert text in "".join(root.itertext())


def test_an_edge_says_what_it_is():
    """It links to its pair, has its relation as class and data, and says in words who took it from whom."""
    nodes = [node("d1", 0, publisher="AFP"), node("d2", 1, publisher="Marlow Record")]
    root = _parsed(lineage(story(nodes, [edge("d1", "d2", "rewrite", 0.87, pair="d1-d2")])))
    drawn = next(one for one in root.iter() if "data-relation" in one.attrib)
    assert drawn.get("href") == "#pair-d1-d2"
    assert drawn.get("class") == "edge rel-rewrite"
    assert drawn.get("data-confidence") == "0.870"
    assert (
        drawn.find(f"{SVG}title").text == "d2.txt (Marlow Record) made of d1.txt (AFP): in other words, confidence 0.87"
    )
    assert "in other words (1)" in "".join(root.itertext())


def test_the_surer_the_less_faint():
    """Opacity grows with confidence, and the least sure edge can still be seen."""
    nodes = [node(f"d{place}", place) for place in range(4)]
    edges = [edge("d0", f"d{place}", confidence=sure) for place, sure in ((1, 0.0), (2, 0.5), (3, 1.0))]
    lines = [one for one in _parsed(lineage(story(nodes, edges))).iter() if one.get("class") == "line"]
    found = [float(one.get("stroke-opacity")) for one in lines if one.get("stroke-opacity")]
    assert found == sorted(found)
    assert found[0] == FAINTEST
    assert found[-1] == 1


def test_marks_tell_what_a_document_is():
    """What need not be kept is hollow, what a machine worded is a diamond, an unseen source dashed, copies counted."""
    nodes = [
        node("d1", 0, same_text=3),
        node("d2", 1, kept=False),
        node("d3", 2, spin_score=0.9),
        node("u1", unseen=True),
    ]
    root = _parsed(lineage(story(nodes, [edge("u1", "d1", "unseen")])))
    drawn = {one.get("data-doc"): one for one in root.iter() if "data-doc" in one.attrib}
    assert "×3" in "".join(drawn["d1"].itertext())
    assert "gone" in drawn["d2"].get("class")
    assert "unseen" in drawn["u1"].get("class")
    assert [one.tag for one in drawn["d3"].iter() if one.get("class") == "dot"] == [f"{SVG}path"]
    legend = " ".join(root.itertext())
    assert all(words in legend for words in ("need not be kept", "worded by a synonym machine", "unseen source"))


def test_a_large_story_is_drawn_within_bounds():
    """300 documents and 299 edges take less than half a megabyte."""
    nodes = [node(f"d{place}", place * 0.7, publisher="The Westbrook Business Journal") for place in range(300)]
    edges = [edge(f"d{place // 3}", f"d{place}", pair=f"d{place // 3}-d{place}") for place in range(1, 300)]
    assert len(lineage(story(nodes, edges))) < 500_000


def test_an_empty_story_is_drawn():
    """A story without documents is an empty picture, not an error."""
    assert "0 texts" in _parsed(lineage(story([]))).get("aria-label")


# Charts


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.booleans())
def test_a_histogram_has_a_bar_for_each_bin_that_is_not_empty(counts, log):
    """All bars lie within the picture, and say their numbers."""
    root = _parsed(histogram(counts, list(range(1, len(counts) + 2)), title="t", label="words", log=log))
    _safe(root)
    drawn = [one for one in root.iter(f"{SVG}rect") if one.get("class") == "bar"]
    assert len(drawn) == sum(count > 0 for count in counts)
    for one in drawn:
        assert float(one.get("height")) >= 0
        assert float(one.get("x")) >= 0
        assert float(one.get("x")) + float(one.get("width")) <= 321
        assert float(one.get("y")) + float(one.get("height")) <= 220
    assert f"{sum(counts):,} documents" in root.find(f"{SVG}desc").text


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_values_are_counted_in_bins(values):
    """Each value is in one bin; what is not a number is in none."""
    counts, borders = binned([*values, float("nan")], n=10, low=0, high=1)
    assert (len(counts), len(borders)) == (10, 11)
    assert sum(counts) == len(values)


@given(st.lists(st.integers(1, 10**5), min_size=1, max_size=50))
def test_sizes_are_counted_in_bins_of_equal_ratio(values):
    """Each size is in one bin, and no border is a whole number."""
    counts, borders = binned(values, log=True)
    assert sum(counts) == len(values)
    assert all(border % 1 == 0.5 for border in borders)
    _parsed(histogram(counts, borders, title="t", label="documents", log=True))


@given(
    st.lists(st.tuples(st.one_of(st.text(max_size=20), st.sampled_from([*HOSTILE, *RELATIONS])), st.integers(0, 10**6)))
)
def test_bars_show_each_row_or_add_it_up(rows):
    """All numbers are there, or in the sum of what is left out."""
    root = _parsed(bars(rows, title="t", unit="pair", relations=True))
    _safe(root)
    words = "".join(root.itertext())
    assert all(f"{n:,}" in words for _, n in rows[:24])
    if len(rows) > 24:
        assert f"{len(rows) - 24:,} more" in words
        assert f"{sum(n for _, n in rows[24:]):,}" in words
    assert all(float(one.get("width")) >= 0 for one in root.iter(f"{SVG}rect"))


def test_one_is_counted_as_one():
    """A bar of one, or a bin with one document, says so."""
    drawn = [
        bars([("2", 1), ("3", 2)], title="t", unit="story", units="stories"),
        histogram([1], [0, 1], title="t", label="x"),
    ]
    said = ["".join(_parsed(one).itertext()) for one in drawn]
    assert "2: 1 story" in said[0]
    assert "3: 2 stories" in said[0]
    assert "1 document," in said[1]


def test_a_curve_shows_what_was_measured():
    """The curve, the mark and the measured point with its interval stand where they belong."""
    points = [(step / 50, (step / 50) ** 2) for step in range(51)]
    measured = [Measured(0.7, 0.98, 0.95, 1.0, "846 of 846 pairs found")]
    root = _parsed(curve(points, title="S-curve", x="jaccard", y="found", measured=measured, mark=(0.7, "threshold")))
    _safe(root)
    point = next(one for one in root.iter() if one.get("class") == "seen")
    mark = next(one for one in root.iter() if one.get("class") == "mark")
    assert mark.get("d").split()[1] == point.get("cx")
    assert "846 of 846 pairs found" in root.find(f"{SVG}desc").text
    assert "threshold" in "".join(root.itertext())


# Publishers


FLOWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"), st.integers(1, 9)), max_size=40)


@given(FLOWS, st.integers(2, 8))
def test_standings_leave_nothing_out(flows, most):
    """What is shown and what is said to be left out add up; the order is that of who leads."""
    found = standings(flows, most)
    across = [flow for flow in flows if flow[0] != flow[1]]
    assert len(found.rows) <= most
    assert sum(flow.n for flow in found.flows) + found.n_elsewhere == sum(n for _, _, n in across)
    assert len(found.rows) + found.n_left_out == len({name for flow in across for name in flow[:2]})
    lead = [row.led - row.followed for row in found.rows]
    assert lead == sorted(lead, reverse=True)
    assert standings(flows[::-1], most) == found


@given(FLOWS)
def test_each_flow_has_an_arc_towards_who_followed(flows):
    """On the right down, on the left up; all within the picture."""
    root = _parsed(network(flows, title="t"))
    _safe(root)
    arcs = [one for one in root.iter() if (one.get("class") or "").startswith("flow")]
    assert len(arcs) == len(standings(flows).flows)
    for one in arcs:
        steps = [float(part) for part in re.findall(r"-?[\d.]+", one.get("d"))]
        assert ("against" in one.get("class")) == (steps[7] < steps[1])
        assert 0 <= steps[0] <= 720


def test_publishers_that_are_not_shown_are_told_in_words():
    """Of twenty, sixteen are drawn; hostile names are text."""
    flows = [(f"<b>{i}", f"house {i}", 2) for i in range(10)]
    root = _parsed(network(flows, title="t"))
    _safe(root)
    assert "Not shown: 4 more publishers; 8 texts were taken from or by one of them." in "".join(root.itertext())
    assert "<b>0" in "".join(root.itertext())
