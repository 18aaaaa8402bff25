"""Texts to the keys of every channel, and to words alone: one pass over Arrow's buffers, the lock not held.

``normalise`` knows more of each word (its place in the original, what stands in quotation marks) and costs more: that
is for documents that have become candidates. Both see the same words.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.kernels import fused
from dedup.schema import PROBES
from dedup.sketch import bands
from dedup.sketch.composing import Texts, in_nfc, mended, pieces
from dedup.sketch.surface import padded, permutations
from dedup.sketch.tables import tables
from dedup.sketch.wording import dictionary


class Keys(NamedTuple):
    """Keys of n texts.

    Attributes:
        n_chars: code points of each text as it was given.
        n_words: words of each.
        digests: ``uint64[n, 2]``, XXH3-128 of the normalised UTF-8, the high half first.
        surface: ``uint64[bands, n]``, the band keys, band by band.
        probes: ``uint32[PROBES, n]``, slots of another signature, that of the next seed: how many of them agree says,
            whatever the bands are, how much two texts resemble each other.
        shingled: whether a text has words enough for a shingle; else its ``surface`` and ``probes`` are 0.
        passage: winnowed shingles, end to end, each text's ascending and distinct: those of text ``i`` stand at
            ``passage_offsets[i]:passage_offsets[i + 1]``. Empty without `excerpts` in ``config.detect``.
        wording: keys of the channels `style` and `anchor` (``sketch.wording``), likewise; the last bit of each tells
            which. Empty without `rewrites` in ``config.detect``.
    """

    n_chars: npt.NDArray[np.int64]
    n_words: npt.NDArray[np.int64]
    digests: npt.NDArray[np.uint64]
    surface: npt.NDArray[np.uint64]
    probes: npt.NDArray[np.uint32]
    shingled: npt.NDArray[np.bool_]
    passage: npt.NDArray[np.uint64]
    passage_offsets: npt.NDArray[np.int64]
    wording: npt.NDArray[np.uint64]
    wording_offsets: npt.NDArray[np.int64]


def keys(texts: Texts, config: Config) -> Keys:
    """Keys of texts, which may be sliced; no nulls. Several threads may call at once."""
    made, certain = _of_composed(texts, config)
    nfc, spans = mended(texts, certain)
    if not spans:  # as nearly always
        return made
    return _of_composed(nfc, config)[0]._replace(n_chars=made.n_chars)


def prepare(config: Config) -> None:
    """Load what ``keys`` needs, machine code and tables: worth it while the first texts are still being read."""
    keys(pa.array([""], pa.large_string()), config)


def _of_composed(texts: Texts, config: Config) -> tuple[Keys, npt.NDArray[np.bool_]]:
    """Keys of texts as if they were in NFC, and which of them are sure to be."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    a, b = slot_permutations(config, chosen.slots)
    window = config.winnow_window if "excerpts" in config.detect else 0
    n = len(texts)
    n_chars, certain = np.empty(n, np.int64), np.empty(n, np.bool_)
    n_words, digests = np.empty(n, np.int64), np.empty((n, 2), np.uint64)
    surface, probes = np.zeros((chosen.bands, n), np.uint64), np.zeros((PROBES, n), np.uint32)
    passage, offsets = np.empty(_most_words(texts) if window else 0, np.uint64), np.zeros(n + 1, np.int64)
    known = dictionary(config)
    wording = np.empty(_most_words(texts) if len(known[0]) else 0, np.uint64)
    wording_offsets = np.zeros(n + 1, np.int64)
    of_points = tables()
    for data, text_offsets, first in pieces(texts):
        fused.keys(
            data, text_offsets, first, _longest(text_offsets), of_points.classes, of_points.folds, of_points.orders,
            a, b, config.shingle_size, chosen.rows, window, known,
            n_chars, certain, n_words, digests, surface, probes, passage, offsets, wording, wording_offsets,
        )  # fmt: skip
    made = Keys(
        n_chars, n_words, digests, surface, probes, n_words >= config.shingle_size,
        passage[: offsets[-1]].copy(), offsets, wording[: wording_offsets[-1]].copy(), wording_offsets,
    )  # fmt: skip
    return made, certain


def word_hashes(
    texts: Texts,
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Words and digest of each text.

    Returns:
        XXH3-64 of the words, end to end, the same as those of ``normalise``; their offsets; digests as in ``Keys``.
    """
    texts = in_nfc(texts).texts
    n = len(texts)
    hashes, offsets = np.empty(_most_words(texts), np.uint64), np.zeros(n + 1, np.int64)
    digests = np.empty((n, 2), np.uint64)
    for data, text_offsets, first in pieces(texts):
        fused.word_hashes(
            data, text_offsets, first, _longest(text_offsets), tables().classes, tables().folds,
            hashes, offsets, digests,
        )  # fmt: skip
    return hashes[: offsets[n]].copy(), offsets, digests


def slot_permutations(config: Config, used: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Those of the slots that the bands use, then those of the probes."""
    surface = permutations(config.num_perm, config.seed)
    probes = permutations(PROBES, (config.seed + 1) % 2**32)
    a, b = (np.concatenate([mine[:used], other]) for mine, other in zip(surface, probes, strict=True))
    return padded(a), padded(b)


def _most_words(texts: Texts) -> int:
    """Room for the words of all texts: a word takes two bytes, but for the last of a text."""
    return int(texts.nbytes) // 2 + len(texts)


def _longest(offsets: npt.NDArray[np.int64]) -> int:
    """Bytes of the longest text."""
    return int(np.diff(offsets).max())
