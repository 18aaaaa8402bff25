"""Documents with equal normalised text: found by digest, never by a key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.schema import MATCHES, SPANS

CHANNEL = "digest"


def collapse(sketches: pa.Table) -> npt.NDArray[np.int64]:
    """For each document the first one with the same ``text_digest``."""
    if len(sketches) == 0:
        return np.zeros(0, np.int64)
    codes: npt.NDArray[np.int32] = (
        sketches.column("text_digest").combine_chunks().dictionary_encode().indices.to_numpy()
    )
    # Codes are given out in order of first appearance, so the first document of code c is where c first stands.
    firsts = np.unique(codes, return_index=True)[1].astype(np.int64)
    return firsts[codes]


def copies(texts: npt.NDArray[np.int64], sketches: pa.Table) -> tuple[pa.Table, pa.Table]:
    """One `exact` pair for each document that is not the first of its text, and the passage that is all of it.

    Args:
        texts: as ``collapse`` gives them.
    """
    right = np.flatnonzero(texts != np.arange(len(texts)))
    left = texts[right]
    return exact_matches(left, right, sketches), exact_spans(left, right, sketches)


def exact_matches(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], sketches: pa.Table) -> pa.Table:
    """``schema.MATCHES`` of pairs of documents with equal text."""
    n = len(left)
    ones, zeros = pa.array(np.ones(n)), np.zeros(n)
    wordless = sketches.column("n_words").to_numpy()[left] == 0
    made = {
        "left": pa.array(left),
        "right": pa.array(right),
        "relation": pa.array(["exact"] * n, pa.string()),
        "accepted": pa.array(np.ones(n, np.bool_)),
        **dict.fromkeys(("jaccard", "containment_left", "containment_right", "aligned_left", "aligned_right"), ones),
        "channels": pa.array([[CHANNEL]] * n, pa.list_(pa.string())),
        "substitution_rate": pa.array(zeros, mask=wordless),
        "quote_edit_rate": pa.array(zeros, mask=wordless),
        "n_passages": pa.array(np.ones(n, np.int64)),
    }
    return pa.table([made[name] for name in MATCHES.names], schema=MATCHES)


def exact_spans(left: npt.NDArray[np.int64], right: npt.NDArray[np.int64], sketches: pa.Table) -> pa.Table:
    """``schema.SPANS`` of pairs of documents with equal text: one passage, all of both."""
    n_chars, n_words = sketches.column("n_chars").to_numpy(), sketches.column("n_words").to_numpy()
    zeros = np.zeros(len(left), np.int64)
    made = {
        "left": left,
        "right": right,
        "kind": pa.array(["verbatim"] * len(left), pa.string()),
        "left_end": n_chars[left],
        "right_end": n_chars[right],
        **dict.fromkeys(("left_word_end", "right_word_end", "n_equal", "n_own"), n_words[left]),
    }
    return pa.table([pa.array(made.get(name, zeros)) for name in SPANS.names], schema=SPANS)
