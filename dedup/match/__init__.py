"""Keys to verified pairs: candidates by shared keys, exact scores, aligned passages, relations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import U64, Engine, IntArray
from dedup.kernels.join import contains
from dedup.match import recall
from dedup.match.candidates import CLUSTER, candidates, table_of
from dedup.match.commons import common_words
from dedup.match.copies import collapse
from dedup.match.expand import expand
from dedup.match.order import in_order
from dedup.match.pairs import distinct, halves, of_table, packed
from dedup.match.recall import Recall, counted
from dedup.match.verify import Known, Verified, prepared, verify
from dedup.sketch.corpus import Corpus

__all__ = ["Matched", "Recall", "confirm", "expand", "match", "measured", "ordered"]


@dataclass(frozen=True, slots=True)
class Matched:
    """All verified pairs.

    Attributes:
        texts: for each document the first one with the same normalised text.
        matches: ``schema.MATCHES`` between first documents of different texts.
        spans: ``schema.SPANS``, the passages of every pair.
        sampled: documents around which the recall is measured.
        probed: pairs of resemblance ``min_jaccard`` or more that probing found around them, left and right.
        replaced: ``substitutions.REPLACED``, what the accepted pairs say of replacements.
        totals: ``verify.TOTALS``, what the edits of each accepted pair come to.
        clues: ``schema.CLUES`` of the accepted pairs.
        readings: ``schema.READINGS`` of the accepted pairs.
        known: what the corpus says of shingles and words.
        n_candidates: pairs that shared enough keys and were verified.
        n_capped: pairs that did so too, and were left out by ``max_candidates``.
    """

    texts: IntArray
    matches: pa.Table
    spans: pa.Table
    replaced: pa.Table
    totals: pa.Table
    clues: pa.Table
    readings: pa.Table
    sampled: IntArray
    probed: tuple[IntArray, IntArray]
    known: Known
    n_candidates: int
    n_capped: int


def match(corpus: Corpus, config: Config, engine: Engine) -> Matched:
    """Find, verify and align the pairs of documents that belong together.

    Args:
        corpus: closed; its piles of keys are empty afterwards.
    """
    texts = collapse(corpus, engine)
    firsts = texts == np.arange(len(texts))
    found = candidates(corpus, firsts, config, engine)
    excerpts = "excerpts" in config.detect
    common = common_words(corpus, firsts, config, engine) if excerpts else np.zeros(0, np.uint64)
    known = Known(corpus.digests, found.boilerplate, common)
    sampled = recall.sample(corpus, firsts, config)
    probed = recall.probed(corpus, sampled, firsts, config)
    keys = of_table(found.pairs)
    pairs = pa.concat_tables([found.pairs, _unkeyed(probed[~contains(keys, probed)], 0)])
    made = _verified(in_order(pairs), corpus, known, config, engine)
    own = of_table(made.matches)
    similar = made.matches.column("jaccard").to_numpy() >= config.min_jaccard
    held = {name: table.filter(pa.array(contains(keys, of_table(table)))) for name, table in made._asdict().items()}
    return Matched(  # the others were compared for the recall alone
        texts,
        **held,
        sampled=sampled,
        probed=halves(own[similar & contains(probed, own)]),
        known=known,
        n_candidates=len(found.pairs),
        n_capped=found.n_capped,
    )


def confirm(
    matched: Matched, left: IntArray, right: IntArray, corpus: Corpus, config: Config, engine: Engine
) -> Matched:
    """Verify some more pairs of first documents, left < right: those of them that were not verified before.

    They stand behind all others; ``ordered`` brings them to their places.
    """
    pairs = distinct(packed(left, right))
    pairs = pairs[~contains(np.sort(of_table(matched.matches)), pairs)]
    if len(pairs) == 0:
        return matched
    made = _verified(_unkeyed(pairs, CLUSTER), corpus, matched.known, config, engine)
    more = {
        name: pa.concat_tables([getattr(matched, name), table]).combine_chunks()
        for name, table in made._asdict().items()
    }
    return replace(
        matched,
        **more,
        n_candidates=matched.n_candidates + len(pairs),
    )


def ordered(matched: Matched) -> Matched:
    """The same with all tables by left and right, as ``match`` gives them; ``confirm`` only adds to their ends."""
    return replace(matched, **{name: in_order(getattr(matched, name)) for name in Verified._fields})


def measured(matched: Matched, cluster_of: Callable[[IntArray], IntArray]) -> Recall:
    """The share of the pairs found by probing that are in one cluster, given each document's cluster."""
    return counted(matched.sampled, *map(cluster_of, matched.probed))


def _verified(pairs: pa.Table, corpus: Corpus, known: Known, config: Config, engine: Engine) -> Verified:
    """Candidate pairs verified; all tables by left and right."""
    tables = engine.join(
        pairs,
        corpus.n_chars,
        corpus.texts,
        lambda docs, texts: prepared(docs, texts, known, config),
        lambda part, details: verify(part, details, config),
    )
    return Verified(*map(in_order, tables))


def _unkeyed(pairs: U64, channels: int) -> pa.Table:
    """``schema.CANDIDATES`` of pairs that no key has found."""
    return table_of(pairs, np.full(len(pairs), channels, np.uint8), np.zeros(len(pairs), np.int64))
