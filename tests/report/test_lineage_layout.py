from __future__ import annotations

import dataclasses
import itertools

from hypothesis import given

from dedup.report.draw.layout import GAP, count, layout
from dedup.report.draw.svg import width_of
from tests.report.stories import edge, node, stories, story

WIDTH, PHONE = 960.0, 344.0


def _box(spot):
    """What a document and its label take: left, top, right, bottom."""
    right = spot.x + spot.radius + GAP + max(width_of(spot.label + count(spot.node)), width_of(spot.more))
    above, below = (16, 18) if spot.more else (9, 9)
    return spot.x - spot.radius, spot.y - above, right, spot.y + below


def _at(placed, key):
    return next(spot for spot in placed.spots if spot.node.key == key)


@given(stories())
def test_no_two_documents_overlap_and_all_are_inside(drawn):
    """Documents with their labels lie apart from each other, and within the picture, which may fit a phone."""
    width = WIDTH if len(drawn.nodes) > 3 else PHONE
    placed = layout(drawn, width)
    boxes = [_box(spot) for spot in placed.spots]
    for one, other in itertools.combinations(boxes, 2):
        assert one[3] <= other[1] or other[3] <= one[1] or one[2] <= other[0] or other[2] <= one[0]
    for left, top, right, bottom in boxes:
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= placed.height


@given(stories())
def test_each_document_stands_once_and_edges_join_those_that_are_there(drawn):
    """No document is lost or doubled; edges to others, or to themselves, are left out."""
    placed = layout(drawn, WIDTH)
    keys = [spot.node.key for spot in placed.spots]
    assert sorted(keys) == sorted(one.key for one in drawn.nodes)
    kept = [one for one in drawn.edges if {one.parent, one.child} <= set(keys) and one.parent != one.child]
    assert len(placed.edges) == len(kept)
    assert all((keys[parent], keys[child]) == (one.parent, one.child) for one, parent, child in placed.edges)


@given(stories())
def test_the_same_story_is_laid_out_the_same_way(drawn):
    """Whatever the order of the edges."""
    turned = dataclasses.replace(drawn, edges=drawn.edges[::-1])
    ends = [(one.parent, one.child) for one in drawn.edges]
    if len(set(ends)) == len(ends):
        assert layout(turned, WIDTH) == layout(drawn, WIDTH)


@given(stories())
def test_time_goes_from_left_to_right(drawn):
    """Of two documents with sure dates the later one never stands further left; a span holds its document."""
    placed = layout(drawn, WIDTH)
    dated = [spot for spot in placed.spots if spot.node.published_at is not None]
    sure = [spot for spot in dated if spot.node.precision in {"minute", "second"}]
    sure.sort(key=lambda spot: spot.node.published_at)
    assert all(one.x <= other.x + 1e-6 for one, other in itertools.pairwise(sure))
    for spot in placed.spots:
        if spot.span is not None:
            assert spot.span[0] - 1e-6 <= spot.x <= spot.span[1] + 1e-6


@given(stories())
def test_documents_without_a_date_have_a_lane_of_their_own(drawn):
    """They stand below all others; without dates there is no axis."""
    placed = layout(drawn, WIDTH)
    undated = [spot for spot in placed.spots if spot.node.published_at is None and not spot.node.unseen]
    assert not any(spot.dated for spot in undated)
    assert (placed.time is None) == all(one.published_at is None for one in drawn.nodes)
    for spot in placed.spots:
        if placed.lane is not None:
            assert (spot.y < placed.lane) == spot.dated
    assert (placed.lane is None) == all(spot.dated for spot in placed.spots)


def test_an_unseen_source_stands_before_its_children():
    """Left of the first of them, on the axis if one of them has a date."""
    nodes = [node("u1", unseen=True), node("d1", 0), node("d2", 5), node("d3")]
    placed = layout(story(nodes, [edge("u1", key, "unseen") for key in ("d1", "d2", "d3")]), WIDTH)
    assert _at(placed, "u1").x < min(_at(placed, key).x for key in ("d1", "d2"))
    assert _at(placed, "u1").dated
    assert not _at(placed, "d3").dated


def test_children_follow_their_parents_small_families_first():
    """A row for each document, in the order of the tree; documents without relatives come last."""
    nodes = [node("lone", 0), node("root", 1), *(node(key, 9) for key in ("large", "small", "leaf"))]
    edges = [edge("root", "large"), edge("large", "leaf"), edge("root", "small")]
    placed = layout(story(nodes, edges), WIDTH)
    assert [spot.node.key for spot in placed.spots] == ["root", "small", "large", "leaf", "lone"]
    assert [spot.y for spot in placed.spots] == sorted({spot.y for spot in placed.spots})


def test_edges_of_a_tree_in_order_of_time_do_not_cross():
    """Each family has rows of its own: no edge of another family begins or ends between them."""
    nodes = [node(f"d{place}", place) for place in range(15)]
    edges = [edge(f"d{(place - 1) // 2}", f"d{place}") for place in range(1, 15)]
    placed = layout(story(nodes, edges), WIDTH)
    row = {spot.node.key: place for place, spot in enumerate(placed.spots)}
    below = {key: {key} for key in row}
    for one in reversed(edges):
        below[one.parent] |= below[one.child]
    for family in below.values():
        rows = sorted(row[key] for key in family)
        assert rows == list(range(rows[0], rows[0] + len(rows)))


def test_a_date_known_to_the_day_lies_between_those_of_its_relatives():
    """A document of a day stands after its parent and before its child, if both are of the same day."""
    nodes = [node("d1", 1), node("d2", -9.5, precision="day"), node("d3", 4)]
    placed = layout(story(nodes, [edge("d1", "d2"), edge("d2", "d3")]), WIDTH)
    assert _at(placed, "d1").x < _at(placed, "d2").x < _at(placed, "d3").x
    assert _at(placed, "d2").span is not None


def test_a_circle_of_edges_is_drawn():
    """What cannot be a history is laid out all the same: the surest edges make the tree."""
    nodes = [node("d1", 0), node("d2", 1), node("d3", 2)]
    placed = layout(story(nodes, [edge("d1", "d2"), edge("d2", "d3"), edge("d3", "d1", confidence=0.1)]), WIDTH)
    assert len(placed.edges) == 3
    assert [spot.node.key for spot in placed.spots] == ["d1", "d2", "d3"]
