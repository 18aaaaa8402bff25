"""Matches made by hand, and the nodes, clusters and decisions that follow from them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from dedup import schema
from dedup.cluster import cluster
from dedup.keep import decide
from dedup.lineage import Found
from dedup.match.clues import CLUES

NO_EDGES = schema.empty(schema.EDGES)


def name(doc):
    """The id of a document."""
    return f"d{doc}"


def day(number):
    """A day of one month."""
    return dt.datetime(2022, 2, number, tzinfo=dt.UTC)


def matches(*rows):
    """Verified pairs of different texts out of (left, right, relation, score)."""
    return pa.Table.from_pylist(
        [
            {
                "left": left,
                "right": right,
                "relation": relation,
                "accepted": relation != "quote",
                "jaccard": score,
                "containment_left": score,
                "containment_right": score / 2,
                "aligned_left": score,
                "aligned_right": score,
            }
            for left, right, relation, score in rows
        ],
        schema=schema.MATCHES,
    )


def labels(found, n):
    """Cluster and story of each of n documents, -1 for none."""
    made = dict.fromkeys(range(n), (-1, -1))
    made |= zip(found.docs.tolist(), zip(found.cluster.tolist(), found.story.tolist(), strict=True), strict=True)
    return [made[doc][0] for doc in range(n)], [made[doc][1] for doc in range(n)]


def nodes(pairs, text, config, **columns):
    """Nodes of the documents of stories; a column has a value for each document of the corpus."""
    found = cluster(pairs, np.array(text, np.int64), name, config)
    rows = []
    for doc, number, story in zip(found.docs.tolist(), found.cluster.tolist(), found.story.tolist(), strict=True):
        row = {"doc": doc, "doc_id": name(doc), "text": text[doc], "n_chars": 100, "n_words": 20, "story": story}
        row |= {"cluster": None if number < 0 else number}
        rows.append(row | {column: values[doc] for column, values in columns.items()})
    return pa.Table.from_pylist([row for row in rows if row["story"] >= 0], schema=schema.NODES)


def decided(pairs, text, config, edges=NO_EDGES, **columns):
    """Nodes, and which of them stay."""
    made = nodes(pairs, text, config, **columns)
    return made, decide(made, pairs, edges, config)


def canonical(made, decision):
    """The document kept for each document of a story."""
    docs = made.column("doc").to_numpy()
    return dict(zip(docs.tolist(), docs[decision.canonical].tolist(), strict=True))


@st.composite
def corpora(draw):
    """The first document of each text, and random pairs between first documents."""
    text = []
    for doc in range(draw(st.integers(1, 10))):
        text.append(draw(st.sampled_from([doc, *sorted(set(text))])))
    firsts = sorted(set(text))
    between = [(a, b) for a in firsts for b in firsts if a < b]
    chosen = draw(st.sets(st.sampled_from(between))) if between else set()
    kinds = st.sampled_from(["near", "excerpt", "partial", "quote"])
    return text, [(*pair, draw(kinds), 0.8) for pair in sorted(chosen)]


def silent(pairs, spans=None):
    """What lineage reads of accepted pairs whose texts bear no clues; all words of a passage are equal."""
    spans = schema.empty(schema.SPANS) if spans is None else spans
    runs = {}
    for span in spans.to_pylist():
        begins = [span["left_word_begin"], span["right_word_begin"]]
        n_words = span["left_word_end"] - span["left_word_begin"]
        runs.setdefault((span["left"], span["right"]), []).append([*begins, n_words, 1])
    ends = pairs.filter(pairs.column("accepted")).select(["left", "right"]).to_pylist()
    none = {"reference": 0.0, "values": [0.0] * len(CLUES), "places": [-1] * 4 * len(CLUES)}
    of_pair = [sorted(runs.get((row["left"], row["right"]), [])) for row in ends]
    readings = [row | {"runs": [n for run in found for n in run]} for row, found in zip(ends, of_pair, strict=True)]
    return Found(
        pairs,
        spans,
        pa.Table.from_pylist([row | none for row in ends], schema=schema.CLUES),
        pa.Table.from_pylist(readings, schema=schema.READINGS),
    )
