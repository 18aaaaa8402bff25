"""Small stories made by hand, as the tables that lineage reads."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from dedup import schema
from dedup.config import Config
from dedup.lineage import infer
from tests.stories import silent


def at(text):
    """A time in UTC out of its ISO form."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def node(doc, date=None, **columns):
    """A document of 400 words in story 1; its date's precision follows from the form of the date."""
    precision = None if date is None else "day" if len(date) == 10 else "second"
    row = {"doc": doc, "text": doc, "story": 1, "n_chars": 2400, "n_words": 400, "published_precision": precision}
    return row | {"published_at": None if date is None else at(date)} | columns


def pair(left, right, relation, *passages, jaccard=0.1):
    """An accepted pair, and its passages out of (begin on the left, begin on the right, words)."""
    match = {"left": left, "right": right, "relation": relation, "accepted": True, "jaccard": jaccard}
    spans = [
        {
            "left": left,
            "right": right,
            "left_word_begin": begin_left,
            "left_word_end": begin_left + n,
            "right_word_begin": begin_right,
            "right_word_end": begin_right + n,
        }
        for begin_left, begin_right, n in passages
    ]
    return match, spans


def near(left, right, jaccard):
    """Near copies of 400 words that share all but the last few."""
    return pair(left, right, "near", (0, 0, 390), jaccard=jaccard)


def tables(nodes, pairs):
    """The tables that ``infer`` reads; the texts bear no clues."""
    found = silent(
        pa.Table.from_pylist([match for match, _ in pairs], schema=schema.MATCHES),
        pa.Table.from_pylist([span for _, spans in pairs for span in spans], schema=schema.SPANS),
    )
    return pa.Table.from_pylist(nodes, schema=schema.NODES), found


def lineage(nodes, pairs, **config):
    """Rows of the edges, keyed by (child, rank), and the originality of each document."""
    found = infer(*tables(nodes, pairs), Config(**config))
    schema.check(found.edges, schema.EDGES)
    return {(row["child"], row["rank"]): row for row in found.edges.to_pylist()}, found.originality


def tree(rows):
    """The parent of each child by its primary row."""
    return {child: row["parent"] for (child, rank), row in rows.items() if rank == 1}
