"""Facts that move on: the third day after the second, 40 dead after 12, this year's figures after last year's.

Where two things of one scale stand for each other, the later text has the higher one. Words are known by their hashes,
so a table holds those of number words, ordinals, weekdays, months, and of digits. A number in several words, as "1,200"
and "3.5" are, is put together from its parts: three digits after another number are thousands, fewer are decimals.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from dedup.engine.base import U64, IntArray
from dedup.kernels.words import CONTINUED, NUMBER
from dedup.lexicon import hashes
from dedup.match.clues.sides import Floats, Truths, bounded, once, own_words, replaced, shown, total
from dedup.match.collation import Clue, Collation

COUNT, YEAR, ORDINAL, WEEKDAY, MONTH = range(5)  # scales
_LARGEST = 100_000  # number that is known by its digits
_YEARS = range(1900, 2100)  # numbers that are taken for years
_CYCLES = {WEEKDAY: 7, MONTH: 12}
_PARTS = 4  # words of a number that are read
_UPPER = np.uint64(48)  # bits of a hash below its upper ones
_THOUSAND = 3  # digits of a part that goes on a number before the decimal point

_UNITS = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
fifteenth sixteenth seventeenth eighteenth nineteenth twentieth""".split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_MONTHS = "january february march april may june july august september october november december".split()


class Scales(NamedTuple):
    """Words that have a place on a scale.

    Attributes:
        words: ``uint64[n]``, ascending.
        scale: ``int64[n]``, ``COUNT`` to ``MONTH``.
        value: ``int64[n]``, place on it.
        digits: ``int64[n]``, how many digits it is written with, 0 if it is none.
        near: ``bool[2**16]``, whether any of the words that are no digits has these upper bits.
    """

    words: U64
    scale: IntArray
    value: IntArray
    digits: IntArray
    near: Truths

    def places(self, words: U64) -> IntArray:
        """Place of each word in the table, or -1."""
        place = np.minimum(np.searchsorted(self.words, words), len(self.words) - 1)
        return np.where(self.words[place] == words, place, -1)


@functools.cache
def scales() -> Scales:
    """All words with a place on a scale."""
    named = {word: (COUNT, value) for value, word in enumerate(_UNITS)}
    named |= {word: (COUNT, 10 * tens) for tens, word in enumerate(_TENS, 2)}
    named |= {f"{value}{_ending(value)}": (ORDINAL, value) for value in range(1, 101)}
    named |= {word: (ORDINAL, value) for value, word in enumerate(_ORDINALS, 1)}
    named |= {word: (WEEKDAY, value) for value, word in enumerate(_WEEKDAYS)}
    named |= {word: (MONTH, value) for value, word in enumerate(_MONTHS)}
    digits = [str(value) for value in range(_LARGEST + 1)]
    padded = [f"{value:0{n}}" for n in range(2, _THOUSAND + 1) for value in range(10 ** (n - 1))]  # "05", "007"
    columns = np.array(list(named.values()), np.int64)
    value = np.concatenate((columns[:, 1], np.arange(_LARGEST + 1), np.array(padded, np.int64)))
    is_year = (value >= _YEARS.start) & (value < _YEARS.stop)
    scale = np.where(is_year, YEAR, COUNT)
    scale[: len(named)] = columns[:, 0]
    found = hashes(pa.array([*named, *digits, *padded], pa.string()))
    n_digits = np.array([0] * len(named) + [len(word) for word in digits] + [len(word) for word in padded], np.int64)
    near = np.bincount((found[: len(named)] >> _UPPER).astype(np.int64), minlength=1 << 16) > 0
    by_hash = np.argsort(found)
    return Scales(found[by_hash], scale[by_hash], value[by_hash], n_digits[by_hash], near)


def _ending(value: int) -> str:
    """What makes digits an ordinal: 1st, 2nd, 3rd, 11th."""
    return "th" if value // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")


def updates(c: Collation) -> Clue:
    """Counts, ordinals, weekdays and months that moved on less those that moved back, the shorter way of a cycle."""
    return _moved_on(c, (COUNT, ORDINAL, WEEKDAY, MONTH))


def years(c: Collation) -> Clue:
    """Years that became later ones less years that became earlier ones."""
    return _moved_on(c, (YEAR,))


def latest_year(c: Collation) -> Clue:
    """The latest year that the right text alone names less that of the left one; 0 unless both name one."""
    own = own_words(c).where(c.marks[own_words(c).at] & NUMBER > 0)
    place = scales().places(c.words[own.at])
    named = own.where((place >= 0) & (scales().scale[place] == YEAR))
    value = scales().value[scales().places(c.words[named.at])]
    latest = np.zeros(own.n_sides, np.int64)
    np.maximum.at(latest, named.side, value)
    left, right = latest[0::2], latest[1::2]
    values = bounded(np.where((left > 0) & (right > 0), right - left, 0))
    return named.where(value == latest[named.side]).clue(values, c)


def _moved_on(c: Collation, of: tuple[int, ...]) -> Clue:
    """What stands for another thing of its scale, if it is one of these scales: steps up less steps down."""
    rows, pair, scale, step = _steps(c)
    said = np.where(np.isin(scale, of), step, 0.0)
    return shown(bounded(total(said, pair, len(c.left))), c, rows, pair, said)


@once
def _steps(c: Collation) -> tuple[IntArray, IntArray, IntArray, Floats]:
    """Where two things of one scale stand for each other: the edit, its pair, the scale, and 1 for a step up or -1."""
    edits = replaced(c)
    edits = edits.where(_may_be_placed(c, edits.left) & _may_be_placed(c, edits.right))
    (scale, before), (other, after) = _read(c, edits.left), _read(c, edits.right)
    placed = np.flatnonzero((scale >= 0) & (scale == other))
    step = _step(scale[placed], before[placed], after[placed])
    return edits.rows[placed], edits.pair[placed], scale[placed], step


def _may_be_placed(c: Collation, at: IntArray) -> Truths:
    """Which words are numbers, or may be in the table by their hashes."""
    upper: IntArray = (c.words[at] >> _UPPER).astype(np.int64)
    return scales().near[upper] | (c.marks[at] & NUMBER > 0)


def _read(c: Collation, at: IntArray) -> tuple[IntArray, Floats]:
    """Scale, -1 for none, and value of what stands at some places; of part of a number, those of the whole."""
    table, first = scales(), at
    for _ in range(_PARTS - 1):
        first = first - (c.marks[first] & CONTINUED > 0)
    place = table.places(c.words[first])
    scale, value = np.where(place >= 0, table.scale[place], -1), table.value[place].astype(np.float64)
    unit, goes_on = np.ones(len(at)), c.marks[first] & NUMBER > 0
    for k in range(1, _PARTS):
        part = np.minimum(first + k, len(c.words) - 1)
        goes_on = goes_on & (part == first + k) & (c.marks[part] & CONTINUED > 0)
        place = np.where(goes_on, table.places(c.words[part]), -1)
        digits = np.where(place >= 0, table.digits[place], 0)
        thousands = (digits == _THOUSAND) & (unit == 1)
        unit = np.where(thousands, unit, unit / 10.0**digits)
        value = np.where(thousands, 1000 * value, value) + np.where(digits > 0, table.value[place] * unit, 0.0)
        scale = np.where((digits > 0) & (scale == YEAR), COUNT, scale)
    return scale, value


def _step(scale: IntArray, before: Floats, after: Floats) -> Floats:
    """1 for a step up, -1 for a step down; on a cycle 0 half way round."""
    way = after - before
    for cycle, length in _CYCLES.items():
        turned = way % length
        way = np.where(scale == cycle, turned - length * (2 * turned > length) - turned * (2 * turned == length), way)
    return np.sign(way)
