"""Documents to sketches: digests, the keys of every channel, and for verification the words themselves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.config import Config
from dedup.kernels.overlap import shingle_sets
from dedup.kernels.wording import CHANNEL_BIT
from dedup.lexicon import english, places
from dedup.schema import DETAILS, SKETCHES
from dedup.sketch.keys import Keys, keys, prepare, word_hashes
from dedup.sketch.normalise import normalise

__all__ = ["FEATURES", "Sketches", "details", "hexadecimal", "named_sources", "prepare", "sketch"]

FEATURES = ("passage", "style", "anchor")  # channels of which too common keys are dropped; style comes before anchor

U64 = npt.NDArray[np.uint64]
_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), np.uint16)


class Sketches(NamedTuple):
    """What the later stages need to know of some texts, but for the texts.

    Attributes:
        table: rows of ``schema.SKETCHES``, one per record, in order.
        digests: the same as ``text_digest`` in two numbers, ``uint64[documents, 2]``.
        surface: band keys, and for each the document in the lower half of a number, the upper half of the document's
            next band key above it: it brings documents that share more bands together (``match.candidates``).
        features: keys of the channels ``FEATURES``, and for each the document in the lower half of a number, the place
            of its channel in the upper half.
    """

    table: pa.RecordBatch
    digests: U64
    surface: tuple[U64, U64]
    features: tuple[U64, U64]


def sketch(records: pa.RecordBatch, config: Config) -> Sketches:
    """Sketch some documents.

    Args:
        records: rows of ``schema.RECORDS``.
    """
    texts, docs = records.column("text"), records.column("doc").to_numpy()
    made = keys(texts, config)
    columns = [
        records.column("doc"),
        pa.array(made.n_chars),
        pa.array(made.n_words),
        hexadecimal(made.digests),
        pa.FixedSizeListArray.from_arrays(pa.array(made.probes.T.ravel()), len(made.probes)),
    ]
    columns = [column.cast(field.type) for column, field in zip(columns, SKETCHES, strict=True)]
    table = pa.RecordBatch.from_arrays(columns, schema=SKETCHES)
    return Sketches(table, made.digests, _surface(made, docs), _features(made, docs.astype(np.uint64)))


def _surface(made: Keys, docs: npt.NDArray[np.int64]) -> tuple[U64, U64]:
    shingled = made.surface[:, made.shingled]
    beside = np.roll(shingled, -1, axis=0) & np.uint64(0xFFFFFFFF00000000)
    return shingled.ravel(), (beside | docs[made.shingled].astype(np.uint64)).ravel()


def _features(made: Keys, docs: U64) -> tuple[U64, U64]:
    passage = np.repeat(docs, np.diff(made.passage_offsets))
    channels = (made.wording & CHANNEL_BIT) + np.uint64(FEATURES.index("style"))
    wording = channels << np.uint64(32) | np.repeat(docs, np.diff(made.wording_offsets))
    return np.concatenate([made.passage, made.wording]), np.concatenate([passage, wording])


def hexadecimal(digests: U64) -> pa.StringArray:
    """Digests of two numbers each as 32 hexadecimal digits."""
    digits = _HEX[np.ascontiguousarray(digests).astype(">u8").view(np.uint8)]
    offsets = np.arange(len(digests) + 1, dtype=np.int32) * 32
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(digits)))


def named_sources(texts: pa.LargeStringArray) -> pa.ListArray:
    """The ``cues`` of each text: Python for a text that may have one, so only for those that lineage asks about."""
    from dedup.sketch.cues import ANY_CUE, cues  # here: a run for copies alone starts without it

    found: list[list[str]] = [[]] * len(texts)
    for i in np.flatnonzero(pc.match_substring_regex(texts, ANY_CUE).to_numpy(zero_copy_only=False)).tolist():
        found[i] = cues(texts[i].as_py())
    return pa.array(found, pa.list_(pa.string()))


def details(docs: npt.NDArray[np.int64], texts: pa.LargeStringArray, config: Config) -> pa.Table:
    """What verification needs of some texts (``schema.DETAILS``): their words with `excerpts`, else their shingles."""
    columns = {"doc": pa.array(docs)}
    if "excerpts" in config.detect:
        made = normalise(texts)
        offsets, hashes, begins, ends, marks = made.words
        columns["text_digest"] = pa.array(made.digests, pa.string())
        words: list[npt.NDArray[np.generic]] = [hashes, begins, ends, marks, _lemmas(hashes, config)]
        names = ("words", "begins", "ends", "marks", "lemmas")
        columns |= {name: _lists(column, offsets) for name, column in zip(names, words, strict=True)}
    else:
        hashes, offsets, digests = word_hashes(texts)
        columns["text_digest"] = hexadecimal(digests)
    shingles, bounds = shingle_sets(hashes, offsets, config.shingle_size)
    columns["n_shingles"] = pa.array(np.diff(bounds))
    if "excerpts" not in config.detect:
        columns["shingles"] = _lists(shingles, bounds)
    nothing = pa.array(np.zeros(len(texts) + 1, np.int64))
    for field in DETAILS:
        if field.name not in columns:
            columns[field.name] = pa.LargeListArray.from_arrays(nothing, pa.array([], field.type.value_type))
    return pa.table(columns, schema=DETAILS)


def _lemmas(words: U64, config: Config) -> npt.NDArray[np.int32]:
    """Number of each word's lemma; -1 where the dictionary has none, or nobody asks for other words."""
    if "rewrites" not in config.detect:
        return np.full(len(words), np.int32(-1))
    lexicon = english()
    found = places(lexicon, words)
    return np.where(found < 0, np.int32(-1), lexicon.lemmas[found])


def _lists(values: npt.NDArray[np.generic], offsets: npt.NDArray[np.int64]) -> pa.LargeListArray:
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))
