"""From what is known of texts to probabilities, and to the spans that speak for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.schema import SPIN
from dedup.sketch.composing import Texts
from dedup.spin.background import Background, is_english
from dedup.spin.features import PER_WORDS, Known
from dedup.spin.model import Floats, Model, TextModel, WordModel, model
from dedup.spin.traces import KINDS, Hit
from dedup.spin.words import dictionary

MIN_WORDS = 100  # fewer tell too little
TOO_SHORT, NOT_ENGLISH = "too short", "not English prose"
MAX_SPANS = 12  # of evidence
TOLD_FROM = 0.1  # score from which on evidence is given
LEAST_SPOKEN = 1.0  # log-odds of a span that is worth telling


class Span(NamedTuple):
    """A span that speaks for a synonym machine, as in ``schema.DOCUMENTS``."""

    begin: int
    end: int
    phrase: str
    original: str | None
    log_odds: float


def scores(texts: Texts, background: Background, own: npt.NDArray[np.bool_]) -> pa.RecordBatch:
    """Score texts: how likely is it that a synonym machine made their wording?

    Args:
        texts: no nulls.
        background: what is usual in the pile.
        own: whether the background has counted each text, or an equal one.

    Returns:
        Rows of ``SPIN``, one per text. A row depends on its text and the background alone.
    """
    weights = model()
    asks = background.n_texts >= weights.least_texts
    known = Known.of(texts, background, own)
    words = {"general": weights.general} | ({"corpus": weights.corpus} if asks else {})
    chosen = weights.in_corpus if asks else weights.alone
    score = _probabilities(chosen, known.features(words), weights)
    n_words, english = known.prose.counts(), is_english(known.prose)
    reasons = np.where(n_words < MIN_WORDS, TOO_SHORT, np.where(english, "", NOT_ENGLISH))
    told = np.flatnonzero((reasons == "") & (score >= TOLD_FROM))
    spans = _spans(texts, known, told.tolist(), words["corpus" if asks else "general"], chosen)
    columns = [
        pa.array(score, mask=reasons != ""),
        pa.array(reasons, pa.string(), mask=reasons == ""),
        pa.array([[span._asdict() for span in spans.get(i, [])] for i in range(len(texts))], SPIN.field(2).type),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SPIN)


def _probabilities(chosen: TextModel, features: dict[str, Floats], weights: Model) -> Floats:
    """The score of each text.

    Phrases of the list add a bounded part, and nothing beyond even odds unless something else speaks for a machine,
    too: a list alone flags nobody.
    """
    parts = chosen.parts(features)
    phrases = np.minimum(parts.pop("calque"), weights.most_by_phrases)
    rest = np.full(len(phrases), chosen.bias)
    for part in parts.values():
        rest += part
    others = np.max([features[name] for name in ("numeral", "case", "spintax", "general_mixture")], axis=0)
    total = np.where(others > 0, rest + phrases, np.maximum(rest, np.minimum(rest + phrases, 0.0)))
    return 1.0 / (1.0 + np.exp(-total))


def _spans(texts: Texts, known: Known, told: list[int], words: WordModel, chosen: TextModel) -> dict[int, list[Span]]:
    """The spans that speak most for a synonym machine in some of the texts, the strongest first."""
    weight = dict(zip(chosen.names, chosen.weights.tolist(), strict=True))
    of_text: dict[int, list[Hit]] = {}
    for hit in known.hits:
        of_text.setdefault(hit.text, []).append(hit)
    made = {}
    for i in told:
        text, n_words = texts[i].as_py(), int(known.prose.counts()[i])
        once = {kind: weight[kind] * float(np.log1p(PER_WORDS / n_words)) for kind in KINDS}
        found = [
            Span(hit.begin, hit.end, text[hit.begin : hit.end], hit.original or None, once[hit.kind])
            for hit in of_text.get(i, [])
        ]
        found += _odd_words(text, i, known, words)
        made[i] = _apart(found)
    return made


def _odd_words(text: str, i: int, known: Known, words: WordModel) -> list[Span]:
    """The free words of a text, outside quotations, that are likelier as replacements."""
    free, first = known.free, int(known.free.offsets[i])
    ratios = free.log_ratios(words, i)
    known_words = dictionary()
    found = []
    for k in np.flatnonzero((ratios >= LEAST_SPOKEN) & ~free.quoted[first : first + len(ratios)]).tolist():
        at, original = int(free.at[first + k]), int(free.originals[first + k])
        begin, end = int(known.prose.words.begins[at]), int(known.prose.words.ends[at])
        if original < 0:
            original = int(known_words.chosen[known.prose.places[at], 0])
        put = known_words.lexicon.texts[original].as_py() if original >= 0 else None
        found.append(Span(begin, end, text[begin:end], put, float(ratios[k])))
    return found


def _apart(spans: list[Span]) -> list[Span]:
    """The strongest spans, none of which overlaps a stronger one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (-span.log_odds, span.begin, span.end)):
        if len(kept) < MAX_SPANS and all(span.end <= other.begin or span.begin >= other.end for other in kept):
            kept.append(span)
    return kept
