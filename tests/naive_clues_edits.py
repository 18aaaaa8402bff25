"""Slow, obvious twins of the readers of edits in ``dedup.match.clues``, on one pair of texts given as words."""

from __future__ import annotations

import math
import re
import tomllib
from typing import NamedTuple

import wordfreq

from dedup.kernels import banded
from dedup.match.clues.wording import WORDS

CLASSES = {name: set(table["words"].split()) for name, table in tomllib.loads(WORDS.read_text()).items()}
UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
CYCLES = {
    "weekday": "monday tuesday wednesday thursday friday saturday sunday".split(),
    "month": "january february march april may june july august september october november december".split(),
}


class Word(NamedTuple):
    """A word and what is marked of it."""

    text: str
    number: bool = False
    capital: bool = False
    continued: bool = False
    quoted: bool = False

    @property
    def zipf(self):
        """How common it is; the list has no words with dots or apostrophes that could come here."""
        return RAW.get(self.text, 0.0)


RAW = {word: 9 - step / 100 for step, words in enumerate(wordfreq.get_frequency_list("en", "large")) for word in words}


class Edit(NamedTuple):
    """An edit: spans of words, kind, and whether any of its words is a number, a name, quoted."""

    left: tuple[int, int]
    right: tuple[int, int]
    kind: int
    number: bool
    name: bool
    quoted: bool


class Pair(NamedTuple):
    """Two texts, their passages as two spans each, and the edits of these."""

    left: list[Word]
    right: list[Word]
    passages: list[tuple[tuple[int, int], tuple[int, int]]]
    edits: list[Edit]

    def own(self):
        """Words of either side that no passage holds more often than edits touch them; with their places."""
        sides = []
        for side, words in enumerate((self.left, self.right)):
            spans = [passage[side] for passage in self.passages]
            edited = [(edit.left, edit.right)[side] for edit in self.edits if edit.kind != banded.MOVED]
            sides.append(
                [
                    (at, word)
                    for at, word in enumerate(words)
                    if sum(a <= at < b for a, b in spans) <= sum(a <= at < b for a, b in edited)
                ]
            )
        return sides

    def replaced(self):
        """Edits with words on both sides."""
        return [
            edit
            for edit in self.edits
            if edit.kind != banded.MOVED and edit.left[0] < edit.left[1] and edit.right[0] < edit.right[1]
        ]

    def single(self, edit):
        """Whether one word stands for one."""
        return edit.left[1] - edit.left[0] == 1 == edit.right[1] - edit.right[0]

    def common(self, edit):
        """Zipf value of the first word on both sides."""
        return self.left[edit.left[0]].zipf, self.right[edit.right[0]].zipf


def bounded(value):
    """Sign and logarithm."""
    return math.copysign(math.log1p(abs(value)), value) if value else 0.0


def ratio(left, right, more):
    """Logarithm of a ratio, both raised."""
    return math.log((right + more) / (left + more))


# --- growth.py ---


def growth(pair):
    """Own words."""
    left, right = pair.own()
    return ratio(len(left), len(right), 3)


def _runs(pair, measure):
    put_in = sum(measure(edit.right) for edit in pair.edits if edit.kind == banded.INSERTED)
    left_out = sum(measure(edit.left) for edit in pair.edits if edit.kind == banded.DELETED)
    return ratio(left_out, put_in, 1)


def additions(pair):
    """Words put in and left out."""
    return _runs(pair, lambda span: span[1] - span[0])


def insertions(pair):
    """Places where words were put in or left out."""
    return _runs(pair, lambda _: 1)


def ending(pair):
    """Words behind the last passage; all are before it where there is none."""
    made = [
        len(words) - max(passage[side][1] for passage in pair.passages) if pair.passages else 0
        for side, words in enumerate((pair.left, pair.right))
    ]
    return ratio(*made, 3)


def middle(pair):
    """Own words between the first passage and the last."""
    made = []
    for side, own in enumerate(pair.own()):
        begin = min((passage[side][0] for passage in pair.passages), default=0)
        end = max((passage[side][1] for passage in pair.passages), default=0)
        made.append(sum(begin <= at < end for at, _ in own))
    return ratio(*made, 3)


# --- typicality.py ---


def typicality(pair, kinds=(banded.INFLECTED, banded.SYNONYM, banded.OTHER)):
    """Differences of commonness of single words."""
    said = 0.0
    for edit in pair.replaced():
        left, right = pair.common(edit)
        free = not (edit.number or edit.name or edit.quoted)
        if pair.single(edit) and edit.kind in kinds and free and left and right:
            said += left - right
    return bounded(said)


def synonyms(pair):
    """Of synonyms alone."""
    return typicality(pair, (banded.SYNONYM,))


def wordiness(pair):
    """Longer phrases in place of shorter ones, and the other way round."""
    said = []
    for edit in pair.replaced():
        n, m = edit.left[1] - edit.left[0], edit.right[1] - edit.right[0]
        if edit.kind in (banded.SYNONYM, banded.OTHER) and not edit.quoted and n != m and max(n, m) <= 3:
            said.append(1 if m > n else -1)
    return sum(said) / (len(said) + 2)


def quotations(pair):
    """Where quotations were kept."""
    quoted = min(sum(word.quoted for word in words) for words in (pair.left, pair.right))
    touched = sum(edit.quoted for edit in pair.edits)
    return typicality(pair) if quoted >= 10 and touched <= 0.1 * len(pair.edits) else 0.0


# --- errors.py ---


def errors(pair):
    """Single words of which one is better known."""
    said = 0.0
    for edit in pair.replaced():
        if pair.single(edit) and edit.kind in (banded.SYNONYM, banded.OTHER) and not edit.number:
            left, right = pair.common(edit)
            said += min(left, 4) - min(right, 4)
    return bounded(said)


def slips(pair):
    """Single words of which one is unknown."""
    said = 0
    for edit in pair.replaced():
        if pair.single(edit) and edit.kind == banded.OTHER and not (edit.number or edit.name):
            left, right = pair.common(edit)
            said += (right < 1.5 and left >= 3) - (left < 1.5 and right >= 3)
    return bounded(said)


def strange(pair):
    """Own words that nobody knows."""
    made = [sum(not (word.zipf or word.number or word.capital) for _, word in own) for own in pair.own()]
    return ratio(*made, 1)


# --- updates.py ---


def _read(words, at):
    """Scale and value of what stands at a place: of a part of a number those of the whole."""
    for _ in range(3):
        at -= words[at].continued
    parts = [words[at].text]
    while words[at].number and len(parts) < 4 and at + len(parts) < len(words) and words[at + len(parts)].continued:
        parts.append(words[at + len(parts)].text)
    word = parts[0]
    if word in UNITS:
        return "count", UNITS.index(word)
    if word in TENS:
        return "count", 10 * (TENS.index(word) + 2)
    if word in ORDINALS:
        return "ordinal", ORDINALS.index(word) + 1
    for scale, cycle in CYCLES.items():
        if word in cycle:
            return scale, cycle.index(word)
    if (found := re.fullmatch(r"([1-9]\d?|100)(st|nd|rd|th)", word)) and found[0] == _ordinal(int(found[1])):
        return "ordinal", int(found[1])
    if not word.isdigit() or (len(word) > 3 and word[0] == "0") or int(word) > 100_000:
        return None, 0
    whole, decimals = word, ""
    for part in parts[1:]:
        if len(part) == 3 and not decimals:
            whole += part
        else:
            decimals += part
    if len(parts) == 1 and 1900 <= int(word) < 2100:
        return "year", int(word)
    return "count", float(f"{whole}.{decimals or 0}")


def _ordinal(n):
    if 10 <= n % 100 < 20:
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"


def _moved_on(pair, scales):
    said = 0
    for edit in pair.replaced():
        (scale, before), (other, after) = _read(pair.left, edit.left[0]), _read(pair.right, edit.right[0])
        if scale != other or scale not in scales:
            continue
        if scale in CYCLES:
            length = len(CYCLES[scale])
            forwards, backwards = (after - before) % length, (before - after) % length
            said += (forwards < backwards) - (backwards < forwards)
        else:
            said += (after > before) - (after < before)
    return bounded(said)


def updates(pair):
    """Numbers, ordinals, weekdays and months."""
    return _moved_on(pair, ("count", "ordinal", "weekday", "month"))


def years(pair):
    """Years that stand for each other."""
    return _moved_on(pair, ("year",))


def latest_year(pair):
    """The latest years of both sides' own words."""
    left, right = (
        max((int(word.text) for _, word in own if re.fullmatch("19..|20..", word.text)), default=0)
        for own in pair.own()
    )
    return bounded(right - left) if left and right else 0.0


# --- wording.py ---


def more_of(pair, name):
    """Own words of a class."""
    return ratio(*(sum(word.text in CLASSES[name] for _, word in own) for own in pair.own()), 1)


def denser_in(pair, name):
    """Own words of a class beyond what is to be expected."""
    share = sum(10 ** (RAW.get(word, 0.0) - 9) for word in CLASSES[name])
    left, right = pair.own()
    excess = [sum(word.text in CLASSES[name] for _, word in own) - share * len(own) for own in (left, right)]
    return bounded((excess[1] - excess[0]) / math.sqrt(share * (1 - share) * (len(left) + len(right)) + 1))


def reference(pair):
    """How little is reported."""
    words = [*pair.left, *pair.right]
    share = sum(word.text in CLASSES["report"] for word in words) / max(len(words), 1)
    return min(max((0.012 - share) / 0.006, 0.0), 1.0)


READERS = {
    "growth": growth,
    "additions": additions,
    "insertions": insertions,
    "ending": ending,
    "middle": middle,
    "typicality": typicality,
    "synonyms": synonyms,
    "quotations": quotations,
    "wordiness": wordiness,
    "errors": errors,
    "slips": slips,
    "strange": strange,
    "updates": updates,
    "years": years,
    "latest_year": latest_year,
    "emphasis": lambda pair: more_of(pair, "emphasis"),
    "talk": lambda pair: denser_in(pair, "talk"),
    "grammar": lambda pair: denser_in(pair, "grammar"),
    "markup": lambda pair: more_of(pair, "markup"),
}
