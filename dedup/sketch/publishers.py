"""Publishers that a text names, wherever it does: in a line of the house that was left standing, or as its source.

``cues`` reads what a phrase points at; here the names are known, from the metadata of the pile, and are looked for in
the texts. A name counts as it is spelled, or in capitals throughout: "the moscow times" of a sentence names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.kernels.words import FIRST
from dedup.lexicon import english, places
from dedup.sketch.normalise import normalise
from dedup.sketch.phrases import Listed, listed, occurrences

MOST_WORDS = 6  # of a name that is looked for
MAX_NAMED = 32  # names of a text
_ARTICLE = "the "

U64 = npt.NDArray[np.uint64]


class Publishers(NamedTuple):
    """Names to be looked for.

    Attributes:
        phrases: their words.
        spellings: by the bytes of these words' hashes, the ways in which they are spelled, each a row of words, and
            the name that each stands for, in small letters.
    """

    phrases: Listed
    spellings: dict[bytes, list[tuple[list[str], str]]]


def publishers(names: Iterable[str]) -> Publishers:
    """The names that can be looked for: those of one to six words, an article in front left out.

    A single word that is one of the language ("Time", "Today") says too little: it is left to ``cues``.
    """
    known = sorted({name.strip() for name in names} - {""})
    bare = [name[len(_ARTICLE) :] if name.lower().startswith(_ARTICLE) else name for name in known]
    words = normalise(pa.array(bare, pa.large_string())).words
    spellings: dict[bytes, list[tuple[list[str], str]]] = {}
    hashes = []
    for k, name in enumerate(bare):
        own = slice(words.offsets[k], words.offsets[k + 1])
        spelled = [name[begin:end] for begin, end in zip(words.begins[own], words.ends[own], strict=True)]
        if name.islower() and "." not in name:  # no host: somebody has lowered the metadata
            spelled = [word.capitalize() for word in spelled]
        if 0 < len(spelled) <= MOST_WORDS and (len(spelled) > 1 or _is_name(spelled[0], words.hashes[own])):
            hashes.append(words.hashes[own])
            spellings.setdefault(hashes[-1].tobytes(), []).append((spelled, known[k].lower()))
    return Publishers(listed(hashes), spellings)


def named_publishers(texts: pa.LargeStringArray, known: Publishers) -> pa.ListArray:
    """Which of the known publishers each text names, in small letters, ascending, at most 32."""
    found: list[set[str]] = [set() for _ in range(len(texts))]
    if known.spellings:
        for text, name in _named(texts, known):
            found[text].add(name)
    return pa.array([sorted(names)[:MAX_NAMED] for names in found], pa.list_(pa.string()))


def _named(texts: pa.LargeStringArray, known: Publishers) -> Iterator[tuple[int, str]]:
    """Texts by their numbers, and the names that they bear."""
    words = normalise(texts).words
    at = np.arange(len(words.hashes))
    text = np.repeat(np.arange(len(texts)), np.diff(words.offsets))
    hits, lengths = occurrences(known.phrases, words.hashes, at, words.offsets[text + 1])
    order = np.argsort(text[hits], kind="stable")
    last, own = -1, ""
    for hit, n in zip(hits[order].tolist(), lengths[order].tolist(), strict=True):
        if text[hit] != last:
            last = int(text[hit])
            own = texts[last].as_py()
        if n == 1 and words.marks[hit] & FIRST:
            continue  # any word has a capital letter there
        written = [own[words.begins[k] : words.ends[k]] for k in range(hit, hit + n)]
        for spelled, name in known.spellings.get(words.hashes[hit : hit + n].tobytes(), ()):
            if all(map(_fits, written, spelled)):
                yield last, name


def _is_name(word: str, hashed: U64) -> bool:
    """Whether a word by itself is hardly anything but a name: an abbreviation, or unknown to the dictionary."""
    return (word.isupper() and len(word) > 1) or int(places(english(), hashed)[0]) < 0


def _fits(written: str, spelled: str) -> bool:
    """Whether a word of a text is written as that of a name."""
    return written == spelled or written == spelled.upper()
