"""Traces of synonym machines: phrases, malformed numerals, demonyms in small letters, leftovers of spin templates."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.kernels.background import NAMES, NUMBERS
from dedup.kernels.phrases import phrase_hits
from dedup.lexicon import hashes
from dedup.sketch.composing import Texts
from dedup.spin.words import Prose

FILE = Path(__file__).with_name("traces.tsv")
KINDS = ("calque", "numeral", "case", "spintax")

_CLASSES = {"#": NUMBERS, "@": NAMES}
# "{big|large|huge}", left unexpanded; not "{x | x > 0}", nor "{|l|r|}".
_SPINTAX = re.compile(r"\{[^\W\d]{2}[^{}|\n]{0,60}(?:(?<!\s)\|(?!\s)[^{}|\n]{0,60}){1,8}\}")


class Phrase(NamedTuple):
    """A phrase of ``traces.tsv``."""

    words: tuple[str, ...]
    original: str
    kind: str


class Hit(NamedTuple):
    """A trace in a text: its span in characters, what it stands for (empty if nobody can tell), its kind."""

    text: int
    begin: int
    end: int
    original: str
    kind: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases, as the kernel takes them."""

    listed: tuple[Phrase, ...]
    firsts: npt.NDArray[np.uint64]
    first_from: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint64]
    word_from: npt.NDArray[np.int64]
    lower: npt.NDArray[np.bool_]


def read(text: str) -> Iterator[Phrase]:
    """The phrases of a file such as ``traces.tsv``: a line with a tabulator is one, ``[kind]`` opens a part."""
    kind = KINDS[0]
    for line in text.splitlines():
        phrase, tab, original = line.partition("\t")
        if tab:
            yield Phrase(tuple(phrase.split(" ")), original, kind)
        elif line.startswith("["):
            kind = line.strip("[]")


@functools.cache
def phrases() -> Phrases:
    """The phrases that are looked for; of several that begin with the same word the longest first."""
    made = [(_hashes(phrase.words), phrase) for phrase in read(FILE.read_text(encoding="utf-8"))]
    made.sort(key=lambda item: (int(item[0][0]), -len(item[0]), item[1]))
    begins = np.array([words[0] for words, _ in made], np.uint64)
    firsts, first_from = np.unique(begins, return_index=True)
    return Phrases(
        tuple(phrase for _, phrase in made),
        firsts,
        np.append(first_from, len(made)).astype(np.int64),
        np.concatenate([words for words, _ in made]),
        np.cumsum([0, *(len(words) for words, _ in made)]).astype(np.int64),
        np.array([phrase.kind == "case" for _, phrase in made]),
    )


def _hashes(words: tuple[str, ...]) -> npt.NDArray[np.uint64]:
    made = hashes(pa.array(words, pa.string()))
    for i, word in enumerate(words):
        made[i] = _CLASSES.get(word, made[i])
    return made


def hits(texts: Texts, prose: Prose) -> list[Hit]:
    """All traces in some texts outside quotations, by text and place."""
    known, words = phrases(), prose.words
    found = np.empty((256, 3), np.int64)
    while True:
        n = phrase_hits(
            words.hashes, prose.tokens, words.marks, words.offsets,
            known.firsts, known.first_from, known.words, known.word_from, known.lower, found,
        )  # fmt: skip
        if n <= len(found):
            break
        found = np.empty((n, 3), np.int64)
    of_text = np.searchsorted(words.offsets, found[:n, 1], "right") - 1
    made = []
    for text, (phrase, first, last) in zip(of_text.tolist(), found[:n].tolist(), strict=True):
        listed = known.listed[phrase]
        end = int(words.ends[last - (listed.words[-1] == "@")])  # the name is no part of it
        made.append(Hit(text, int(words.begins[first]), end, listed.original, listed.kind))
    return sorted([*made, *_leftovers(texts)])


def _leftovers(texts: Texts) -> Iterator[Hit]:
    """Alternatives in braces that a machine failed to choose from."""
    for text in np.flatnonzero(pc.match_substring(texts, "|").to_numpy(zero_copy_only=False)).tolist():
        for match in _SPINTAX.finditer(texts[text].as_py()):
            yield Hit(text, *match.span(), "", "spintax")
