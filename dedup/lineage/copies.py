"""Documents with equal texts: which of them stood first, as far as their metadata tell.

The text itself cannot say which of its copies was copied from which; so every copy is tied to the first one, as a star,
and each such edge says how likely the text stood there before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedup.lineage.direction import EXACT_STRENGTH, TOLD, logistic, score, score_text
from dedup.lineage.evidence import Evidence, weigh_copies
from dedup.lineage.names import named_in, published_as
from dedup.lineage.views import BoolArray, FloatArray, IntArray, Members


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies of texts, each tied to the copy that stands for its text.

    Attributes:
        origin: per place of any document, the place of the document that stands for its text: the earliest one.
        copy: places of all other documents whose text is long enough, ascending.
        evidence: log-odds that the origin precedes each copy.
        direction_text: probability of it without time.
        direction_all: probability of it by all evidence.
        confidence: probability that a copy derives from the origin of its text.
    """

    origin: IntArray
    copy: IntArray
    evidence: Evidence
    direction_text: FloatArray
    direction_all: FloatArray
    confidence: FloatArray

    @property
    def told(self) -> BoolArray:
        """Copies that are surely enough later than the origin of their text."""
        return self.direction_all >= TOLD

    def first_probability(self, n_members: int) -> FloatArray:
        """Per document, the probability that none of its text's copies stood before it; 1 where there is no copy."""
        odds = np.ones(n_members)  # of being the first, against the origin
        odds[self.copy] = np.exp(-score(self.evidence))
        total = np.ones(n_members)
        np.add.at(total, self.origin[self.copy], odds[self.copy])
        return np.asarray(odds / total[self.origin])


def copies(members: Members, min_words: int) -> Copies:
    """Tie the copies of each text to the earliest of them.

    The earliest is the first dated; of equal dates, or where none is dated, one whose publisher the text names; of
    these the first in the input. A copy whose publisher the text names goes before it if that says more than the dates
    of the two, as where it has none.

    Args:
        members: the documents of stories.
        min_words: a text shorter than this is too short to speak of derivation.
    """
    n = members.doc.size
    origin = _origins(members)
    copy = np.flatnonzero((origin != np.arange(n)) & (members.n_words >= min_words))
    evidence = weigh_copies(members, origin[copy], copy)
    direction_all = logistic(score(evidence))
    return Copies(
        origin=origin,
        copy=copy,
        evidence=evidence,
        direction_text=logistic(score_text(evidence)),
        direction_all=direction_all,
        confidence=logistic(np.array(EXACT_STRENGTH)) * direction_all,
    )


def _origins(members: Members) -> IntArray:
    """``Copies.origin``."""
    begin = np.where(members.dated, members.begin, np.iinfo(np.int64).max)
    nameless = ~_names_itself(members)
    origin, named = _first(members.text, begin, nameless), _first(members.text, nameless, begin)
    doubtful = np.flatnonzero((origin != named) & (members.text == np.arange(members.text.size)))
    sooner = score(weigh_copies(members, named[doubtful], origin[doubtful])) > 0.0
    origin[doubtful[sooner]] = named[doubtful[sooner]]
    return origin[members.text]


def _first(text: IntArray, key: IntArray | BoolArray, next_key: IntArray | BoolArray) -> IntArray:
    """For each member that of its text which is least by one key, then by another, then in the input."""
    order = np.lexsort((np.arange(text.size), next_key, key, text))
    return order[np.searchsorted(text[order], text)].astype(np.int64)


def _names_itself(members: Members) -> BoolArray:
    named = [
        bool(names) and bool(named_in(names) & published_as(members, place))
        for place, names in enumerate(members.named)
    ]
    return np.array(named, dtype=np.bool_)
