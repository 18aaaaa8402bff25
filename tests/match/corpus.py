"""Texts to a corpus and to matches, and prose without meaning, for the tests of this room."""

from __future__ import annotations

import random
import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from dedup.config import Config
from dedup.engine.local import LocalEngine
from dedup.match import match
from dedup.match.expand import expand
from dedup.schema import ENTRIES, RECORDS
from dedup.sketch import sketch
from dedup.sketch.corpus import Corpus
from dedup.spool import Spool

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def prose(seed, n):
    """That many words, as good as all distinct, without numbers, names or quotations."""
    made = random.Random(seed)
    return ["".join(made.choices(_LETTERS, k=7)) for _ in range(n)]


def records(texts):
    """``schema.RECORDS`` of some texts, named d0, d1, ..."""
    columns = {"doc": np.arange(len(texts)), "doc_id": [f"d{k}" for k in range(len(texts))], "text": texts}
    none = [None] * len(texts)
    arrays = [pa.array(columns.get(field.name, none), field.type) for field in RECORDS]
    return pa.RecordBatch.from_arrays(arrays, schema=RECORDS)


@contextmanager
def corpus(texts, config=None, threads=1, batch=1000):
    """The corpus of some texts, as the pass over the documents leaves it, and its engine."""
    with tempfile.TemporaryDirectory() as name, LocalEngine(threads, scratch=Path(name)) as engine:
        whole = records(texts)

        def again(docs):
            yield docs, whole.column("text").take(pa.array(docs))

        held = engine.texts(again)
        made = Corpus(engine, Spool(Path(name) / "dedup-entries.arrow", ENTRIES), held)
        for begin in range(0, len(texts), batch):
            part = whole.slice(begin, batch)
            held.add(part.column("text"))
            made.add(made.ready(part.drop_columns(["text"]), sketch(part, config or Config())))
        made.close()
        yield made, engine


def firsts(texts):
    """Which of some texts are the first of their kind, when they differ in more than blanks, case and marks."""
    return np.array([text not in texts[:k] for k, text in enumerate(texts)], np.bool_)


def matched(texts, config=None, threads=1):
    """The matches of some texts."""
    with corpus(texts, config, threads) as (made, engine):
        return match(made, config or Config(), engine)


def relations(texts, config=None):
    """Relation of each pair of different texts that was verified."""
    rows = matched(texts, config).matches.to_pylist()
    return {(row["left"], row["right"]): row["relation"] for row in rows}


def expanded(texts, ids, config=None):
    """Rows of the tables ``pairs`` and ``passages``."""
    config = config or Config()
    names = pa.table({"doc": pa.array(range(len(ids)), pa.int64()), "doc_id": pa.array(ids, pa.string())})
    with corpus(texts, config) as (made, engine):
        return [table.to_pylist() for table in expand(match(made, config, engine), made, names, config, engine)]
