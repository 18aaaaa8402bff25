"""Texts to sketches and to matches, and prose without meaning, for the tests of this room."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa

from dedup.config import Config
from dedup.engine.local import LocalEngine
from dedup.match import match
from dedup.match.expand import expand
from dedup.schema import RECORDS
from dedup.sketch import sketch

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prose(seed, n):
    """That many words, as good as all distinct, without numbers, names or quotations."""
    made = random.Random(seed)
    return ["".join(made.choices(_LETTERS, k=7)) for _ in range(n)]


def sketches(texts, config=None):
    """``schema.SKETCHES`` of some texts."""
    columns = {"doc": np.arange(len(texts)), "text": texts}
    none = [None] * len(texts)
    arrays = [pa.array(columns.get(field.name, none), field.type) for field in RECORDS]
    return pa.Table.from_batches([sketch(pa.RecordBatch.from_arrays(arrays, schema=RECORDS), config or Config())])


def matched(texts, config=None, threads=1):
    """The matches of some texts."""
    config = config or Config()
    with LocalEngine(threads) as engine:
        return match(sketches(texts, config), config, engine)


def relations(texts, config=None):
    """Relation of each pair of documents that was verified."""
    rows = matched(texts, config).matches.to_pylist()
    return {(row["left"], row["right"]): row["relation"] for row in rows}


def expanded(texts, ids, config=None):
    """Rows of the tables ``pairs`` and ``passages``."""
    found = matched(texts, config)
    made = expand(
        found.matches, found.spans, found.texts, sketches(texts, config), pa.chunked_array([ids], pa.string())
    )
    return [table.to_pylist() for table in made]
