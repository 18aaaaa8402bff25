"""A text cut into runs and segments: what is shared, what was edited there, what is noted, what is folded away.

Put together, the texts of all segments give the text. Marks are painted, character by character, into arrays, one for
each kind of mark; a segment is a stretch in which none of them changes. So no two marks of a kind overlap, whatever
the tables say.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.banded import MOVED
from dedup.report.edits import BEGIN, END, OTHER_BEGIN, OTHER_END, PASSAGE, SAYS, IntArray
from dedup.report.safe import bounded

OPEN, FOLDED, CUT = "open", "folded", "cut"
_STATES = (OPEN, FOLDED, CUT)
_KEPT = 160  # characters around what is marked that are not folded
_FOLD = 3 * _KEPT  # fewer characters are not worth folding
_SNAP = 40  # characters within which a blank is looked for
_BLANKS = " \t\r"
_SURPLUS = re.compile(rf"(?<=\n)(?:[{_BLANKS}]*\n)+(?=[{_BLANKS}]*\n)")  # empty lines before another one
_QUOTED = 120  # characters of what stands on the other side


class Span(NamedTuple):
    """A stretch of a text that is shared with another one; half-open, in characters."""

    begin: int
    end: int
    number: int


class Note(NamedTuple):
    """A place that shows something; half-open, in characters.

    Attributes:
        likely: what probably stood there before; empty where nobody can tell.
    """

    begin: int
    end: int
    number: int
    likely: str = ""


class Segment(NamedTuple):
    """A stretch of a text in which nothing changes.

    Attributes:
        text: as it stands in the original; empty where only the other side has words.
        edit: ``replaced``, ``only`` (here), ``missing`` (here) or ``moved``; empty where the two sides agree.
        other: in words, what stands on the other side instead.
        also: number of a further span that has the stretch; None if none has.
        note: number of the note that is shown here; None without.
        spans, notes: numbers of the spans that begin here within another one, and of the notes that begin here.
        likely: what probably stood before in place of the note that ends here.
    """

    text: str
    edit: str = ""
    other: str = ""
    also: int | None = None
    note: int | None = None
    spans: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()
    likely: str = ""


class Run(NamedTuple):
    """Segments that belong to one span, or to none.

    Attributes:
        span: its number; None where the text is shared with nobody.
        first: whether the span begins here.
        state: ``open``; ``folded`` if it is shown on demand only; ``cut`` if it is counted, but not written.
    """

    span: int | None
    first: bool
    state: str
    segments: tuple[Segment, ...]

    @property
    def size(self) -> int:
        """Characters of the text."""
        return sum(len(segment.text) for segment in self.segments)

    @property
    def text(self) -> str:
        """The text."""
        return "".join(segment.text for segment in self.segments)


class Edited(NamedTuple):
    """The edits of one side.

    Attributes:
        rows: as ``edits.edits_of`` gives them; their passage is the number of a span.
        other: the other text.
    """

    rows: IntArray
    other: str


_UNEDITED = Edited(np.zeros((0, 6), np.int64), "")


class _Layers(NamedTuple):
    """What each character of a text belongs to, ``int32[characters]`` each: places in the lists given, or -1."""

    owner: npt.NDArray[np.int32]
    also: npt.NDArray[np.int32]
    edit: npt.NDArray[np.int32]
    note: npt.NDArray[np.int32]
    state: npt.NDArray[np.int32]


def marked(
    text: str,
    spans: Sequence[Span],
    *,
    edited: Edited = _UNEDITED,
    notes: Sequence[Note] = (),
    fold: bool = False,
    limit: int,
) -> tuple[Run, ...]:
    """Cut a text where its marks begin and end.

    Args:
        text: the original text.
        spans: in order of precedence: a character that several of them hold belongs to the first of these.
        edited: the words that differ from the other side; shown only where their own passage is.
        notes: places that show something; where they overlap, the shorter one is shown.
        fold: whether long stretches that nobody shares are folded.
        limit: characters that are written at most, but for a few; more are cut out of the longest runs.
    """
    spans = [span for span in spans if 0 <= span.begin < span.end <= len(text)]
    notes = [note for note in notes if 0 <= note.begin < note.end <= len(text)]
    layers = _painted(text, spans, edited.rows, notes)
    if not text:
        return ()
    if fold and spans:
        _fold(text, layers)
    if len(text) > limit:
        _cut(text, layers, limit)
    return _runs(text, layers, spans, edited, notes)


def spaced(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The same runs with one empty line at a time, and none at either end: files have more than a reader needs."""
    text = "".join(run.text for run in runs)
    kept = np.ones(len(text), np.bool_)
    for begin, end in surplus(text):
        kept[begin:end] = False
    if kept.all():
        return tuple(runs)
    flags = iter(kept.tolist())

    def cut(segment: Segment) -> Segment:
        left = "".join(itertools.compress(segment.text, flags))
        return segment._replace(text=left, edit=segment.edit if left or not segment.text else "")

    return tuple(run._replace(segments=tuple(map(cut, run.segments))) for run in runs)


def surplus(text: str) -> list[tuple[int, int]]:
    """Where a text has line breaks that say nothing: beyond one empty line, and at either end."""
    end = text.find("\n", len(text.rstrip(f"{_BLANKS}\n")))
    end = len(text) if end < 0 else end
    begin = text.rfind("\n", 0, len(text) - len(text.lstrip(f"{_BLANKS}\n"))) + 1
    return [(0, begin), *(found.span() for found in _SURPLUS.finditer(text, begin, end)), (end, len(text))]


def precedence(spans: Iterable[Span]) -> list[Span]:
    """Spans of one source in the order of their precedence: longer ones first, as they say more."""
    return sorted(spans, key=lambda span: (span.begin - span.end, span.begin, span.number))


def _painted(text: str, spans: Sequence[Span], edits: IntArray, notes: Sequence[Note]) -> _Layers:
    unmarked = np.full(len(text), -1, np.int32)
    layers = _Layers(unmarked, unmarked.copy(), unmarked.copy(), unmarked.copy(), np.zeros_like(unmarked))
    for place, span in reversed(list(enumerate(spans))):
        here = slice(span.begin, span.end)
        layers.also[here] = layers.owner[here]
        layers.owner[here] = place
    for place, note in sorted(enumerate(notes), key=lambda item: item[1].begin - item[1].end):
        layers.note[note.begin : note.end] = place
    for place, (begin, end) in enumerate(edits[:, [BEGIN, END]].tolist()):
        layers.edit[begin:end] = place
    numbers = np.array([span.number for span in spans] + [-1], np.int64)
    foreign = (layers.edit >= 0) & (numbers[layers.owner] != np.append(edits[:, PASSAGE], -1)[layers.edit])
    layers.edit[foreign] = -1
    return layers


def _fold(text: str, layers: _Layers) -> None:
    """Fold what stands far from everything that is marked."""
    noted = layers.note >= 0
    for begin, end in _stretches(noted):
        noted[max(0, begin - _KEPT) : end + _KEPT] = True
    for begin, end in _stretches((layers.owner < 0) & ~noted):
        if end - begin > _FOLD:
            layers.state[_on_to_blank(text, begin + _KEPT) : _back_to_blank(text, end - _KEPT)] = 1


def _cut(text: str, layers: _Layers, limit: int) -> None:
    """Cut out what is folded, and the middle of the longest runs, until no more than ``limit`` characters are left."""
    layers.state[layers.state > 0] = 2
    changes = np.flatnonzero((np.diff(layers.owner) != 0) | (np.diff(layers.state) != 0)) + 1
    bounds = np.concatenate(([0], changes, [len(text)]))
    begins, ends = bounds[:-1][layers.state[bounds[:-1]] == 0], bounds[1:][layers.state[bounds[:-1]] == 0]
    most = _level(ends - begins, limit)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        if end - begin > most + _SNAP:
            head = _on_to_blank(text, begin + 1 + 2 * most // 3)
            layers.state[head : max(head, _back_to_blank(text, end - most // 3))] = 2
    for layer in (layers.also, layers.edit, layers.note):
        layer[layers.state == 2] = -1


def _level(lengths: IntArray, limit: int) -> int:
    """The length to which all that are longer must be cut so that the sum is ``limit`` at most."""
    ascending = np.sort(lengths)
    before = np.concatenate(([0], np.cumsum(ascending)[:-1]))
    levels = (limit - before) // (len(ascending) - np.arange(len(ascending)))
    return max(0, int(levels[np.argmax(ascending > levels)])) if (ascending > levels).any() else limit


def _stretches(flags: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    bounds = np.flatnonzero(np.diff(flags, prepend=False, append=False)).tolist()
    return list(zip(bounds[::2], bounds[1::2], strict=True))


def _on_to_blank(text: str, place: int) -> int:
    return 1 + found if (found := text.find(" ", place, place + _SNAP)) >= 0 else place


def _back_to_blank(text: str, place: int) -> int:
    return 1 + found if (found := text.rfind(" ", place - _SNAP, place)) >= 0 else place


def _runs(text: str, layers: _Layers, spans: Sequence[Span], edited: Edited, notes: Sequence[Note]) -> tuple[Run, ...]:
    inside, begun, missing = _begun(layers, spans), _noted(layers, notes), _missing(layers, spans, edited)
    changes = np.zeros(len(text) + 1, np.bool_)
    for layer in layers:
        changes[1:-1] |= layer[1:] != layer[:-1]
    changes[[0, len(text), *inside, *begun, *missing]] = True
    bounds = np.flatnonzero(changes).tolist()
    held = np.stack(layers)[:, bounds[:-1]].T.tolist()
    runs: list[Run] = []
    segments: list[Segment] = []
    for place, (begin, end) in enumerate(itertools.pairwise(bounds)):
        owner, also, edit, note, state = held[place]
        if begin in missing:
            segments.append(missing[begin])
        likely = notes[note].likely if note >= 0 and notes[note].end == end else ""
        kind, other = _said(edited, edit) if edit >= 0 else ("", "")
        segments.append(
            Segment(
                text[begin:end],
                kind,
                other,
                spans[also].number if also >= 0 else None,
                notes[note].number if note >= 0 else None,
                tuple(inside.get(begin, ())),
                tuple(begun.get(begin, ())),
                likely,
            )
        )
        if place + 1 == len(held) or held[place + 1][0] != owner or held[place + 1][4] != state:
            span = spans[owner] if owner >= 0 else None
            size = sum(len(segment.text) for segment in segments)
            first = span is not None and state == 0 and end - size == span.begin
            runs.append(Run(span.number if span else None, first, _STATES[state], tuple(segments)))
            segments = []
    return tuple(runs)


def _begun(layers: _Layers, spans: Sequence[Span]) -> dict[int, list[int]]:
    """Where spans begin that are not the first to have the place, and which; what begins in a cut does so before it."""
    found: dict[int, list[int]] = {}
    for place, span in enumerate(spans):
        if layers.owner[span.begin] != place or layers.state[span.begin] > 0:
            found.setdefault(_seen(layers, span.begin), []).append(span.number)
    return found


def _noted(layers: _Layers, notes: Sequence[Note]) -> dict[int, list[int]]:
    """Where notes begin, and which."""
    found: dict[int, list[int]] = {}
    for note in notes:
        found.setdefault(_seen(layers, note.begin), []).append(note.number)
    return found


def _seen(layers: _Layers, place: int) -> int:
    """The place itself, or where the cut begins that holds it."""
    if layers.state[place] != 2:
        return place
    kept = np.flatnonzero(layers.state[:place] != 2)
    return int(kept[-1]) + 1 if len(kept) else 0


def _missing(layers: _Layers, spans: Sequence[Span], edited: Edited) -> dict[int, Segment]:
    """The words that only the other side has, by where they are missing."""
    rows = edited.rows[edited.rows[:, BEGIN] == edited.rows[:, END]]
    rows = rows[rows[:, BEGIN] < len(layers.owner)]
    numbers = np.array([span.number for span in spans] + [-1], np.int64)
    shown = (numbers[layers.owner[rows[:, BEGIN]]] == rows[:, PASSAGE]) & (layers.state[rows[:, BEGIN]] == 0)
    words: dict[int, list[str]] = {}
    for row in rows[shown].tolist():
        words.setdefault(row[BEGIN], []).append(_quoted(edited.other[row[OTHER_BEGIN] : row[OTHER_END]]))
    return {place: Segment("", "missing", f"not here: {', '.join(quoted)}") for place, quoted in words.items()}


def _said(edited: Edited, edit: int) -> tuple[str, str]:
    """What became of the words of an edit, and what stands on the other side."""
    _, _, begin, end, _, kind = edited.rows[edit].tolist()
    if begin == end:
        return "only", "only here"
    there = f"there: {_quoted(edited.other[begin:end])} ({SAYS[kind]})"
    return ("moved" if kind == MOVED else "replaced"), there


def _quoted(text: str) -> str:
    return f"“{bounded(text, _QUOTED)}”"
