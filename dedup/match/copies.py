"""Documents with equal normalised text: found by digest, never by a key of a channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import Engine, Entries, IntArray
from dedup.kernels.join import run_starts
from dedup.schema import MATCHES, SPANS
from dedup.sketch.corpus import Corpus

CHANNEL = "digest"


def collapse(corpus: Corpus, engine: Engine) -> IntArray:
    """For each document the first one with the same digest."""
    texts = np.arange(len(corpus), dtype=np.int64)
    pile = engine.pile("digests")
    pile.add(pile.deal(np.ascontiguousarray(corpus.digests[:, 1]), texts.astype(np.uint64)))

    def firsts(part: Entries) -> tuple[IntArray, IntArray]:
        starts = run_starts(part.keys)
        docs = part.values.astype(np.int64)  # ascending within a run
        return np.repeat(docs[starts[:-1]], np.diff(starts)), docs

    for first, docs in engine.group(pile, firsts):
        same = (
            corpus.digests[first, 0] == corpus.digests[docs, 0]
        )  # the upper half of the digest decides with the lower
        texts[docs[same]] = first[same]
    return texts


def exact_matches(left: IntArray, right: IntArray, n_words: npt.NDArray[np.int32], config: Config) -> pa.Table:
    """``schema.MATCHES`` of pairs of documents with equal text."""
    n = len(left)
    ones, zeros = pa.array(np.ones(n)), np.zeros(n)
    wordless = n_words[left] == 0
    made = {
        "left": pa.array(left),
        "right": pa.array(right),
        "relation": _constant("exact", n),
        "accepted": pa.array(np.ones(n, np.bool_)),
        **dict.fromkeys(("jaccard", "containment_left", "containment_right", "aligned_left", "aligned_right"), ones),
        "channels": pa.ListArray.from_arrays(pa.array(np.arange(n + 1, dtype=np.int32)), _constant(CHANNEL, n)),
        "substitution_rate": pa.array(zeros, mask=wordless),
        "quote_edit_rate": pa.array(zeros, mask=wordless),
        "spin_score": pa.array(zeros),
        "n_passages": pa.array(np.ones(n, np.int64), mask=np.full(n, "excerpts" not in config.detect)),
    }
    unknown = {
        f.name: pa.nulls(n, f.type) for f in MATCHES if f.name not in made
    }  # equal texts do not tell who was first
    return pa.table([(made | unknown)[name] for name in MATCHES.names], schema=MATCHES)


def exact_spans(left: IntArray, right: IntArray, corpus: Corpus) -> pa.Table:
    """``schema.SPANS`` of pairs of documents with equal text: one passage, all of both."""
    n_chars, n_words = corpus.n_chars.astype(np.int64), corpus.n_words.astype(np.int64)
    zeros = np.zeros(len(left), np.int64)
    made = {
        "left": left,
        "right": right,
        "kind": _constant("verbatim", len(left)),
        "left_end": n_chars[left],
        "right_end": n_chars[right],
        **dict.fromkeys(("left_word_end", "right_word_end", "n_equal", "n_own"), n_words[left]),
    }
    return pa.table([pa.array(made.get(name, zeros)) for name in SPANS.names], schema=SPANS)


def _constant(value: str, n: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), n)
