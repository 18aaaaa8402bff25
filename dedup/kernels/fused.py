"""Texts to keys in one pass: what is made of a text stays in the processor's cache until its keys are written.

A text is normalised, its words are hashed, rolled into shingles, and these into a signature and its band keys; the
arrays between two steps hold one text. Nothing is shared: several threads may call with the same tables.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.digest import xxh3_128
from dedup.kernels.hashing import hash_words
from dedup.kernels.minhash import band_key, signature
from dedup.kernels.scan import PADDING, scan, survey
from dedup.kernels.shingles import fill_shingles, fill_winnowed
from dedup.kernels.wording import Dictionary, deal_words, fill_wording


@kernel
def survey_texts(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    first: int,
    classes: npt.NDArray[np.uint8],
    orders: npt.NDArray[np.uint8],
    n_chars: npt.NDArray[np.int64],
    certain: npt.NDArray[np.bool_],
) -> None:
    """``survey`` of each text: text ``i`` is ``data[offsets[i]:offsets[i + 1]]``, its results go to ``first + i``.

    ``data`` goes on for ``PADDING`` bytes after the last text.
    """
    for i in range(len(offsets) - 1):
        n_chars[first + i], certain[first + i] = survey(data, offsets[i], offsets[i + 1], classes, orders)


@kernel
def word_hashes(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    first: int,
    longest: int,
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    hashes: npt.NDArray[np.uint64],
    hash_offsets: npt.NDArray[np.int64],
    digests: npt.NDArray[np.uint64],
) -> None:
    """Words and digest of each text.

    Args:
        data, offsets, first: as for ``survey_texts``; the texts are in NFC.
        longest: bytes of the longest text.
        hashes: gets the words, end to end, from ``hash_offsets[first]`` on; room for one every two bytes and a text.
        hash_offsets: gets their ends, from ``first + 1`` on.
        digests: gets XXH3-128 of the normalised texts, the high half first.
    """
    out, edges = np.empty(2 * longest + PADDING, np.uint8), np.empty(longest + PADDING, np.uint32)
    for i in range(len(offsets) - 1):
        row = first + i
        n_out, n_words = scan(data, offsets[i], offsets[i + 1], classes, folds, out, edges)
        digests[row, 0], digests[row, 1] = xxh3_128(out, n_out)
        hash_words(out, edges, n_words, hashes[hash_offsets[row] :])
        hash_offsets[row + 1] = hash_offsets[row] + n_words


@kernel
def keys(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    first: int,
    longest: int,
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    orders: npt.NDArray[np.uint8],
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    size: int,
    rows: int,
    window: int,
    dictionary: Dictionary,
    n_chars: npt.NDArray[np.int64],
    certain: npt.NDArray[np.bool_],
    n_words: npt.NDArray[np.int64],
    digests: npt.NDArray[np.uint64],
    surface: npt.NDArray[np.uint64],
    probes: npt.NDArray[np.uint32],
    passage: npt.NDArray[np.uint64],
    passage_offsets: npt.NDArray[np.int64],
    wording: npt.NDArray[np.uint64],
    wording_offsets: npt.NDArray[np.int64],
) -> None:
    """All keys of each text.

    Args:
        data, offsets, first: as for ``survey_texts``; texts that are not in NFC get keys that mean nothing.
        longest: bytes of the longest text.
        a, b: permutations: ``rows`` for each band, then the probes, then so many that they fill whole vectors.
        size: words in a shingle.
        window: shingles in a winnowing window; 0 leaves ``passage`` empty.
        dictionary: as for ``deal_words``; an empty one leaves ``wording`` empty.
        n_chars, certain: get what ``survey`` tells of each text.
        n_words, digests: get the number of words and the digest (high half first) of each text.
        surface: ``[bands, texts]``, gets the band keys; those of a text too short to shingle stay as they are.
        probes: ``[probes, texts]``, gets the slots after those of the bands; likewise.
        passage: gets the winnowed shingles, end to end, from ``passage_offsets[first]`` on; room for one every two
            bytes and a text.
        passage_offsets: gets their ends, from ``first + 1`` on.
        wording: gets the keys of ``fill_wording``; room as in ``passage``.
        wording_offsets: gets their ends, from ``first + 1`` on.
    """
    out, edges = np.empty(2 * longest + PADDING, np.uint8), np.empty(longest + PADDING, np.uint32)
    words, found = np.empty(longest // 2 + 1, np.uint64), np.empty(longest // 2 + 1, np.uint64)
    premixed, slots = np.empty(longest // 2 + 1, np.uint32), np.empty(len(a), np.uint32)
    bands, reworded = len(surface), len(dictionary[0]) > 0
    room = longest // 2 + 1 if reworded else 0
    style, anchors, places = np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty(room, np.int32)
    for i in range(len(offsets) - 1):
        row = first + i
        n_chars[row], certain[row] = survey(data, offsets[i], offsets[i + 1], classes, orders)
        n_out, n = scan(data, offsets[i], offsets[i + 1], classes, folds, out, edges)
        digests[row, 0], digests[row, 1] = xxh3_128(out, n_out)
        n_words[row], passage_offsets[row + 1] = n, passage_offsets[row]
        wording_offsets[row + 1] = wording_offsets[row]
        if n < size:
            continue
        hash_words(out, edges, n, words)
        if reworded:  # first, for the others need the room of the words
            n_style, n_anchors = deal_words(words, n, dictionary, places, style, anchors)
        n_found = fill_shingles(words[:n], size, found)
        signature(found, n_found, a, b, premixed, slots)
        for band in range(bands):
            surface[band, row] = band_key(slots, band, rows)
        for k in range(len(probes)):
            probes[k, row] = slots[bands * rows + k]
        if window > 0:
            passage_offsets[row + 1] = fill_winnowed(found, n_found, window, words, passage, passage_offsets[row])
        if reworded:
            end = fill_wording(style[:n_style], anchors[:n_anchors], found, wording, wording_offsets[row])
            wording_offsets[row + 1] = end
