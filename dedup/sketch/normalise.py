"""Text to normalised text and words.

Normalised means: Unicode NFC; lower case, letter by letter (final sigma written as sigma); white space as one blank,
none at the ends; every kind of quotation mark, apostrophe and dash as the plain one; invisible format characters
(soft hyphen, byte-order and direction marks, joiners) left out. Two texts with equal normalised text are `exact`
copies.

A word is a run of letters, digits, marks and underscores: on ASCII text exactly what the regular expression ``\\w+``
finds in the lower-cased text. In scripts that write no spaces between words each letter, with its marks, is a word.

A quotation runs from a mark that opens to one that closes. Where a mark stands says more than its form, which differs
between languages: before a word it opens, after a word or a full stop it closes. Apostrophes quote only in a text
without any double mark (the British manner). A quotation ends with its paragraph; it counts only if it is closed or
goes on in the next one, and is not so long that a mark must have been lost (``kernels.words``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from dedup.kernels import words as kernels
from dedup.sketch.composing import buffers, in_nfc
from dedup.sketch.tables import tables

_CHUNK_BYTES = 1 << 20


class Words(NamedTuple):
    """The words of some texts, end to end; text ``i`` owns ``offsets[i]:offsets[i + 1]``.

    ``hashes`` are XXH3-64 of each word's normalised UTF-8, ``begins`` and ``ends`` its span in characters of the
    original text, ``marks`` what else is known of it: the bits named in ``kernels.words``.
    """

    offsets: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    begins: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    marks: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Normalised:
    """Some texts after normalisation: characters, digest and words of each."""

    n_chars: npt.NDArray[np.int64]
    digests: list[str]
    words: Words


def normalise(texts: pa.LargeStringArray) -> Normalised:
    """Normalise texts and split them into words.

    Args:
        texts: no nulls.

    Returns:
        Characters (of the original), xxh3-128 of the normalised UTF-8 in hexadecimal, and words of each text.
    """
    texts, spans, n_chars = in_nfc(texts)
    data, offsets = buffers(texts)
    pieces: list[tuple[list[str], Words]] = []
    first = 0
    n = len(texts)
    while first < n:
        last = max(first + 1, int(np.searchsorted(offsets, offsets[first] + _CHUNK_BYTES, "right")) - 1)
        last = min(last, n)
        pieces.append(_normalise_chunk(data, offsets[first : last + 1]))
        first = last
    words = _joined([words for _, words in pieces])
    words.hashes.flags.writeable = False  # as Arrow's arrays are: kernels that take both compile once
    for i, (starts, stops) in spans.items():
        span = slice(words.offsets[i], words.offsets[i + 1])
        words.begins[span] = starts[words.begins[span]]
        words.ends[span] = stops[words.ends[span] - 1]
    return Normalised(n_chars, [digest for digests, _ in pieces for digest in digests], words)


def _normalise_chunk(data: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> tuple[list[str], Words]:
    classes, folds, _ = tables()
    n, size = len(offsets) - 1, int(offsets[-1] - offsets[0])
    out = np.empty(2 * size + 8, np.uint8)
    hashes = np.empty(size + 1, np.uint64)
    begins, ends = np.empty(size + 1, np.int32), np.empty(size + 1, np.int32)
    marks = np.empty(size + 1, np.uint8)
    out_offsets, word_offsets = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    kernels.normalise_batch(
        data, offsets, classes, folds, out, out_offsets, hashes, begins, ends, marks, word_offsets,
    )  # fmt: skip
    view = out.data
    bounds = out_offsets.tolist()
    digests = [xxhash.xxh3_128_hexdigest(view[a:b]) for a, b in itertools.pairwise(bounds)]
    m = int(word_offsets[-1])
    words = Words(word_offsets, hashes[:m].copy(), begins[:m].copy(), ends[:m].copy(), marks[:m].copy())
    return digests, words


def _joined(parts: list[Words]) -> Words:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none = np.zeros(0, np.int32)
        return Words(np.zeros(1, np.int64), np.zeros(0, np.uint64), none, none, np.zeros(0, np.uint8))
    shifts = np.cumsum([0] + [int(part.offsets[-1]) for part in parts])
    offsets = [part.offsets[:-1] + shift for part, shift in zip(parts, shifts, strict=False)]
    return Words(
        np.concatenate([*offsets, shifts[-1:]]),
        np.concatenate([part.hashes for part in parts]),
        np.concatenate([part.begins for part in parts]),
        np.concatenate([part.ends for part in parts]),
        np.concatenate([part.marks for part in parts]),
    )
