"""Other words: synonym machines, and the hand of a translator."""

from __future__ import annotations

import functools
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable
from importlib.resources import files

import pyarrow.parquet as pq
import wordfreq
from edits import sentences
from spinner import Spun, Substitution, spin

from syndication import editing
from syndication.pages import Page

PLAIN = 4.0  # Zipf value (log10 of uses per 10**9 words): a translator's words are common ones
TRANSLATED = 0.3  # of the words are offered to the dictionary; those for which it has a fitting one are changed
STRANGE = 0.02  # of the common synonyms that WordNet does not know are taken, too: dictionaries differ
CHOSEN = 0.8  # of the words for which an editor has another
MOVED = 0.7  # of the sentences in which something can be moved
LITTLE = 0.3  # of the little words that have another

# Numbers and times; machines protect the former, and no translator gets the latter wrong.
_FIXED = frozenset(
    "hundred thousand million billion trillion mln bln cent cents percent pct first second third today yesterday "
    "tomorrow day days week weeks month months year years quarter hour hours high low higher lower up down dollar "
    "dollars".split()
)
_LITTLES = {
    "which": "that",
    "because": "as",
    "although": "even though",
    "while": "whereas",
    "must": "has to",
    "if": "in case",
    "should": "ought to",
    "until": "till",
    "upon": "on",
    "within": "inside",
    "towards": "to",
    "both": "the two",
    "each": "every",
    "these": "those",
    "however": "yet",
    "but": "yet",
    "whether": "if",
    "also": "likewise",
    "among": "between",
    "before": "ahead of",
    "through": "by",
    "toward": "to",
    "since": "as",
    "without": "with no",
}
_LITTLE = re.compile(rf"(?<! (?:in|of|on|to|by|at) )(?<! for )\b({'|'.join(_LITTLES)}) (?!of |the last )(?=[a-z])")
_SPEAKER = r"(?:the |an? |one |some )?(?:[\w.’'-]+ ){0,5}[\w.’'-]+"
_SAID_LAST = re.compile(rf"(?P<what>[^\"“”]{{25,}}), (?P<who>{_SPEAKER}) (?P<said>said|stated|says|added)\.\Z")
_SAID_FIRST = re.compile(
    r"(?P<who>(?:The|A|An|One|Some|He|She|They|It|Officials|Analysts|Traders|Dealers|[A-Z]\w+)(?: [\w-]+){0,3}) "
    r"(?P<said>said|stated|says|added)(?: that)? (?P<what>[^\"“”,]{25,})\.\Z"
)
_WHEN_FIRST = re.compile(
    r"(?P<when>(?:In|On|At|During|After|Before|Since|Under|Last|Earlier|Despite|With|Yesterday)\b[^,\"“”]{2,60}), "
    r"(?P<what>[^\"“”]{20,})\.\Z"
)
_WHEN_LAST = re.compile(
    r"(?P<what>[^\"“”,]{25,}[a-z])(?<!later)(?<!earlier)(?<!late)(?<!early) "
    r"(?P<when>today|yesterday|last (?:week|month|year)|this (?:week|month|year))\.\Z"
)
_SEAM = re.compile(
    r"(?:,? and|, but|;) "
    r"(?=(?:it|he|she|they|this|there|the \w+) (?:will|would|has|have|had|was|were|is|are|said|could) )"
)
_COMMON = frozenset("the a an it he she they this these those there its his her their some one in on at".split())


def spun(page: Page, half: str, rate: float, seed: int) -> Page:
    """The page from a synonym machine; ``rate`` of all words are replaced, numbers and times are not."""

    def may(place: Substitution) -> bool:
        return place.original.lower() not in _FIXED

    return page.rewritten(lambda text: _kept(spin(text, rate, half, seed), may))


def reworded(page: Page, half: str, chance: random.Random) -> Page:
    """The page as if translated there and back: common synonyms, other little words, sentences turned round."""
    seed = chance.randrange(2**31)

    def may(place: Substitution) -> bool:
        old, new = place.original.lower(), place.replacement.lower()
        if old in _FIXED or " " in new or _zipf(new) < PLAIN:
            return False
        return new in _near(old) or chance.random() < STRANGE

    def translated(text: str) -> str:
        text = "".join(_said_otherwise(part, chance) for part in sentences(text))
        text = _kept(spin(text, TRANSLATED, half, seed), may)
        return _LITTLE.sub(lambda found: f"{_LITTLES[found[1]]} " if chance.random() < LITTLE else found[0], text)

    return page.rewritten(translated)


def _kept(made: Spun, may: Callable[[Substitution], bool]) -> str:
    """A spun text with only those of its substitutions that may stay."""
    text = made.text
    for place in reversed(made.substitutions):
        if not may(place):
            text = text[: place.spun_begin] + place.original + text[place.spun_end :]
    return text


@functools.cache
def _near(word: str) -> frozenset[str]:
    """All forms of a word's synonyms in WordNet."""
    lemma_of, synonyms, forms = _wordnet()
    lemma = lemma_of.get(word, -1)
    return frozenset(itertools.chain.from_iterable(forms[other] for other in synonyms.get(lemma, ())))


@functools.cache
def _wordnet() -> tuple[dict[str, int], dict[int, set[int]], dict[int, list[str]]]:
    """The lemma of each word, the synonyms of each lemma, and its forms: the table of ``dedup.lexicon``."""
    table = pq.read_table(str(files("dedup").joinpath("lexicon", "english.parquet")))
    words, lemmas = table["word"].to_pylist(), table["lemma"].to_pylist()
    forms: dict[int, list[str]] = defaultdict(list)
    synonyms: dict[int, set[int]] = defaultdict(set)
    for word, lemma in zip(words, lemmas, strict=True):
        forms[lemma].append(word)
    for row, greater in enumerate(table["synonyms"].to_pylist()):
        for other in greater or ():
            synonyms[row].add(other)
            synonyms[other].add(row)
    return dict(zip(words, lemmas, strict=True)), synonyms, forms


@functools.cache
def _zipf(word: str) -> float:
    """How common a word is."""
    return float(wordfreq.zipf_frequency(word, "en"))


def _said_otherwise(sentence: str, chance: random.Random) -> str:
    sentence = _moved(sentence, chance)
    quotes = any(mark in sentence for mark in '"“”')
    return sentence if quotes else editing.chosen(sentence, chance, CHOSEN)


def _moved(sentence: str, chance: random.Random) -> str:
    """A sentence with its parts in another order, or in two."""
    body = sentence.rstrip()
    blank = sentence[len(body) :]
    if chance.random() >= MOVED:
        return sentence
    if found := _SAID_LAST.match(body):
        return f"{_upper(found['who'])} {found['said']} {_lower(found['what'])}.{blank}"
    if found := _SAID_FIRST.match(body):
        return f"{_upper(found['what'])}, {_lower(found['who'])} {found['said']}.{blank}"
    if found := _WHEN_FIRST.match(body):
        return f"{_upper(found['what'])} {found['when'][0].lower()}{found['when'][1:]}.{blank}"
    if found := _WHEN_LAST.match(body):
        return f"{_upper(found['when'])}, {_lower(found['what'])}.{blank}"
    seams = list(_SEAM.finditer(body)) if '"' not in body and "“" not in body else []
    if seams:
        seam = chance.choice(seams)
        return f"{body[: seam.start()]}. {_upper(body[seam.end() :])}{blank}"
    return sentence


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _lower(text: str) -> str:
    """Without the capital of a first word that is no name."""
    first = text.partition(" ")[0]
    return text[0].lower() + text[1:] if first.lower() in _COMMON or (first.endswith("s") and len(text) < 40) else text
