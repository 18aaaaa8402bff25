"""English words: their lemmas, their synonyms, and which of them are function words.

The table was made from WordNet 3.0 (Fellbaum 1998; Princeton University, licence in ``NOTICE``) by ``build.py``. Two
lemmas are synonyms if they share a synset, or stand in neighbouring ones (a hypernym, a similar adjective, another
adjective or kind under the same head), in one of their most frequent senses each. This is never closed: following
synonyms of synonyms ties two fifths of all words of WordNet to each other.

Words are known by the hash that ``sketch`` gives them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from dedup.kernels.hashing import hash_words
from dedup.kernels.lexicon import BUCKET_BITS, lookup

__all__ = [
    "BASE",
    "COMPARATIVE",
    "FILE",
    "FUNCTION",
    "GERUND",
    "MUTABLE",
    "PARTICIPLE",
    "PAST",
    "PLURAL",
    "SCHEMA",
    "SUPERLATIVE",
    "Lexicon",
    "bucketed",
    "english",
    "found",
    "hashes",
    "of_table",
    "places",
]

FILE = Path(__file__).with_name("english.parquet")

# What a word is, as bits: a function word; a word whose lemma has synonyms, so that a synonym machine may touch it.
FUNCTION, MUTABLE = 1, 2

# Forms of its lemma that a word can be, as bits: the lemma itself, plural or third person, past, participle, -ing,
# comparative, superlative.
BASE, PLURAL, PAST, PARTICIPLE, GERUND, COMPARATIVE, SUPERLATIVE = 1, 2, 4, 8, 16, 32, 64

SCHEMA = pa.schema(
    [
        ("word", pa.string()),  # ascending
        ("lemma", pa.int32()),  # row of its lemma
        ("kind", pa.uint8()),
        ("forms", pa.uint8()),
        ("synonyms", pa.list_(pa.int32())),  # rows of greater lemmas
    ]
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A dictionary of n words; arrays are in the order of ``words`` and only to be read.

    Attributes:
        words: ``uint64[n]``, XXH3-64 of each word in lower case, ascending.
        lemmas: ``int32[n]``, number of its lemma, which its inflected forms share: of its most frequent reading.
        kinds: ``uint8[n]``, the bits ``FUNCTION`` and ``MUTABLE``.
        forms: ``uint8[n]``, the bits ``BASE`` to ``SUPERLATIVE``.
        synonyms: ``uint64[m]``, the lower lemma in the upper half and the higher one in the lower half, ascending.
        texts: the words as they are written.
        buckets: how many words have less upper bits than each number (``kernels.lexicon``).
    """

    words: npt.NDArray[np.uint64]
    lemmas: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    forms: npt.NDArray[np.uint8]
    synonyms: npt.NDArray[np.uint64]
    texts: pa.StringArray
    buckets: npt.NDArray[np.int32]


@functools.cache
def english() -> Lexicon:
    """The dictionary of English."""
    with pq.ParquetFile(FILE) as file:  # ``read_table`` would import pyarrow.dataset, which takes longer than all else
        return of_table(file.read(use_threads=False))


def of_table(table: pa.Table) -> Lexicon:
    """The dictionary of a table of ``SCHEMA``."""
    texts = table.column("word").combine_chunks()
    found = hashes(texts)
    order = np.argsort(found)
    lemmas, kinds, forms = (table.column(name).to_numpy()[order] for name in ("lemma", "kind", "forms"))
    synonyms = table.column("synonyms").combine_chunks()
    counts = np.diff(synonyms.offsets.to_numpy())
    lower = np.repeat(np.arange(len(counts), dtype=np.uint64), counts) << np.uint64(32)
    words = found[order]
    pairs = lower | synonyms.flatten().to_numpy().astype(np.uint64)
    arrays = words, lemmas, kinds, forms, pairs, bucketed(words)
    for array in arrays:
        array.flags.writeable = False
    return Lexicon(*arrays[:5], texts.take(pa.array(order)), arrays[5])


def places(lexicon: Lexicon, words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """Place of each word in the dictionary, ``int32``; -1 where it is not in it.

    Args:
        lexicon: the dictionary.
        words: hashes, ``uint64[k]``.
    """
    return found(words, lexicon.words, lexicon.buckets)


def bucketed(known: npt.NDArray[np.uint64]) -> npt.NDArray[np.int32]:
    """How many hashes have less upper bits than each number (``kernels.lexicon``).

    Args:
        known: hashes, ascending.
    """
    edges = np.arange(1 << BUCKET_BITS, dtype=np.uint64) << np.uint64(64 - BUCKET_BITS)
    return np.append(np.searchsorted(known, edges), len(known)).astype(np.int32)


def found(
    words: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64], buckets: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    """Place of each word among some hashes, ``int32``; -1 where it is not among them.

    Args:
        words: hashes, ``uint64[k]``.
        known: hashes, ascending, not writeable.
        buckets: as ``bucketed`` gives them, not writeable.
    """
    out = np.empty(len(words), np.int32)
    words = words.view()
    words.flags.writeable = False  # whoever owns them: kernels compile once
    lookup(words, known, buckets, out)
    return out


def hashes(texts: pa.StringArray) -> npt.NDArray[np.uint64]:
    """XXH3-64 of words in small letters, each of one letter at least."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.uint32)
    padded = np.zeros(ends[-1] + 8, np.uint8)
    padded[:-8] = np.frombuffer(data, np.uint8)[: ends[-1]]
    edges = np.stack((ends[:-1], ends[1:]), axis=1).ravel()
    found = np.empty(len(texts), np.uint64)
    hash_words(padded, edges, len(texts), found)
    return found
