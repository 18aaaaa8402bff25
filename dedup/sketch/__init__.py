"""Documents to sketches: normalised words, digests, and the keys of every channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.schema import SKETCHES
from dedup.sketch import passage, surface
from dedup.sketch.cues import cues
from dedup.sketch.normalise import normalise

__all__ = ["sketch"]


def sketch(records: pa.RecordBatch, config: Config) -> pa.RecordBatch:
    """All that the later stages need to know of each text.

    Args:
        records: rows of ``schema.RECORDS``.

    Returns:
        Rows of ``schema.SKETCHES``, one per record, in order. Without `excerpts` in ``config.detect`` the `passage`
        channel and the cues stay empty.
    """
    texts = records.column("text")
    made = normalise(texts)
    words = made.words
    excerpts = "excerpts" in config.detect
    no_keys = np.zeros(0, np.uint64), np.zeros(len(texts) + 1, np.int64)
    columns = [
        records.column("doc"),
        pa.array(made.n_chars),
        pa.array(np.diff(words.offsets)),
        pa.array(made.digests, pa.string()),
        _lists(words.hashes, words.offsets),
        _lists(words.begins, words.offsets),
        _lists(words.ends, words.offsets),
        _lists(words.marks, words.offsets),
        _lists(*surface.keys(words, config)),
        _lists(*(passage.keys(words, config) if excerpts else no_keys)),
        pa.array([cues(text) if excerpts else [] for text in texts.to_pylist()], pa.list_(pa.string())),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SKETCHES)


def _lists(values: npt.NDArray[np.generic], offsets: npt.NDArray[np.int64]) -> pa.LargeListArray:
    return pa.LargeListArray.from_arrays(pa.array(offsets), pa.array(values))
