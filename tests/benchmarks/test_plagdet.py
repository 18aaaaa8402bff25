"""The measure of PAN: by hand, and against a twin that counts characters one by one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st


def naive(pairs):
    """Plagdet, recall, precision and granularity of (cases, detections) pairs, with sets of characters."""

    def characters(passage, side):
        begin, end = passage[2 * side : 2 * side + 2]
        return {(side, at) for at in range(begin, end)}

    def touch(one, other):
        return all(characters(one, side) & characters(other, side) for side in (0, 1))

    def share(one, others):
        own = characters(one, 0) | characters(one, 1)
        covered = set()
        for other in others:
            if touch(one, other):
                covered |= own & (characters(other, 0) | characters(other, 1))
        return len(covered) / len(own)

    recalls = [share(case, detections) for cases, detections in pairs for case in cases]
    precisions = [share(detection, cases) for cases, detections in pairs for detection in detections]
    counts = [sum(touch(case, own) for own in detections) for cases, detections in pairs for case in cases]
    counts = [count for count in counts if count]
    if not recalls or not precisions:
        nothing = float(len(recalls) == len(precisions))
        return nothing, nothing, nothing, 1.0
    recall, precision = sum(recalls) / len(recalls), sum(precisions) / len(precisions)
    granularity = sum(counts) / len(counts) if counts else 1.0
    f1 = 2 * recall * precision / (recall + precision) if recall and precision else 0.0
    return f1 / math.log2(1 + granularity), recall, precision, granularity


def measured(*pairs):
    """The same by the module."""
    import plagdet

    made = [[[plagdet.Passage(*own) for own in side] for side in pair] for pair in pairs]
    found = plagdet.figures([plagdet.tally(*pair) for pair in made])
    return found.plagdet, found.recall, found.precision, found.granularity


CASE = (100, 200, 0, 100)


@pytest.mark.parametrize(
    ("cases", "detections", "expected"),
    [
        ([CASE], [CASE], (1, 1, 1, 1)),
        ([CASE], [], (0, 0, 0, 1)),
        ([], [CASE], (0, 0, 0, 1)),
        ([], [], (1, 1, 1, 1)),
        # On the wrong side of the source nothing is detected, however well the other side fits.
        ([CASE], [(100, 200, 100, 200)], (0, 0, 0, 1)),
        # Half of it on both sides: recall 1/2, precision 1, F1 2/3.
        ([CASE], [(100, 150, 50, 100)], (2 / 3, 0.5, 1, 1)),
        # In two pieces: all is covered, at a granularity of 2.
        ([CASE], [(100, 150, 0, 50), (150, 200, 50, 100)], (1 / math.log2(3), 1, 1, 2)),
        # Twice the same: nothing is counted twice.
        ([CASE], [CASE, CASE], (1 / math.log2(3), 1, 1, 2)),
        # One of two cases, and a detection twice as long as it on each side: macro recall 1/2, precision 1/2.
        ([CASE, (900, 910, 900, 910)], [(100, 300, 0, 200)], (0.5, 0.5, 0.5, 1)),
    ],
)
def test_by_hand(cases, detections, expected):
    """Cases that can be reckoned in the head."""
    assert measured((cases, detections)) == pytest.approx(expected)
    assert naive([(cases, detections)]) == pytest.approx(expected)


spans = st.tuples(st.integers(0, 30), st.integers(1, 12))
passages = st.lists(
    st.tuples(spans, spans).map(lambda both: (*_span(both[0]), *_span(both[1]))),
    max_size=4,
)


def _span(given):
    return given[0], given[0] + given[1]


@given(st.lists(st.tuples(passages, passages), max_size=4))
def test_equals_the_twin(pairs):
    """Any passages, however they overlap, and any pairs."""
    assert measured(*pairs) == pytest.approx(naive(pairs))


def test_intervals_hold_the_figure_and_narrow_with_groups():
    """Faultless pairs have a faultless interval; mixed ones an interval around the figure."""
    import plagdet

    case = plagdet.Passage(*CASE)
    good, bad = plagdet.tally([case], [case]), plagdet.tally([case], [])
    assert plagdet.interval([good] * 5, list("abcde")) == (1, 1)
    tallies = [good, good, good, bad] * 25
    low, high = plagdet.interval(tallies, [str(at) for at in range(100)])
    assert low < plagdet.figures(tallies).plagdet < high
    wide = plagdet.interval(tallies, [str(at % 4) for at in range(100)])
    assert wide[1] - wide[0] > high - low
