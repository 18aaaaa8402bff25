"""Orphans: words that point at something which this text does not have, and the other one has."""

from __future__ import annotations

import numpy as np

from dedup.engine.base import IntArray
from dedup.kernels import fit as kernels
from dedup.kernels.join import contains
from dedup.kernels.words import CAPITAL, FIRST, NUMBER
from dedup.match.clues.lists import listed
from dedup.match.clues.pieces import LEAST_CUT, Flags, Pieces, Places, Side, counted, more, pieces
from dedup.match.clues.sides import once
from dedup.match.collation import Clue, Collation

FIRST_WORDS = 4  # of a sentence, among which a link to the one before may stand


@once
def names(c: Collation) -> dict[str, Clue]:
    """Names that the right text does not introduce, and the left one does, in words that the right one has not."""
    p = pieces(c)
    ours, theirs = p.sides
    found = np.flatnonzero(c.marks & (CAPITAL | FIRST | NUMBER) == CAPITAL)
    texts = np.searchsorted(found, np.stack((ours.low, ours.high, theirs.low, theirs.high), axis=1))
    spans = [np.stack((side.begin, side.end), axis=1)[side.order] for side in p.sides]
    titles = listed()["titles"].first
    lost_names = kernels.orphans(c.words, c.marks, found, texts, p.bounds, spans[0], spans[1], titles)
    counts, places = lost_names[:, :, kernels.ORPHANS].astype(np.float64), Places(p)
    for kept in (0, 1):
        lost = 1 - kept
        held = np.flatnonzero(counts[:, kept] > counts[:, lost])
        at = lost_names[held, kept]
        places.put(kept, held, at[:, kernels.INTRODUCED] - 1, at[:, kernels.INTRODUCED] + 1)
        places.put(lost, held, at[:, kernels.ALONE], at[:, kernels.ALONE] + 1)
    return {"names": Clue(more(counts[:, 0], counts[:, 1]), places.spans)}


@once
def pointers(c: Collation) -> dict[str, Clue]:
    """Sentences that point back at something which the left text has right before them, and the right one has not.

    ``openings`` are those that begin the text, ``dangling`` the others.
    """
    p = pieces(c)
    starts = [side.starts for side in p.sides]
    inner = [~flags for flags in starts]
    return {"openings": _dangling(c, p, starts), "dangling": _dangling(c, p, inner)}


def _dangling(c: Collation, p: Pieces, where: list[Flags]) -> Clue:
    found = []
    for kept in (0, 1):
        ours, theirs = p.sides[kept], p.sides[1 - kept]
        at = np.flatnonzero(where[1 - kept] & (theirs.before == 0) & (ours.before >= LEAST_CUT))
        opens = (theirs.begin[at] == theirs.low[p.owner[at]]) | p.first[theirs.begin[at]]
        found.append(at[opens & _points_back(c, theirs, at)])
    values = more(*(counted(p.owner[at], len(p)) for at in found))
    places = Places(p)
    for kept, pointing in enumerate(found):
        at = pointing[values[p.owner[pointing]] * (1 - 2 * kept) > 0]
        ours, theirs = p.sides[kept], p.sides[1 - kept]
        places.put(kept, p.owner[at], ours.begin[at] - ours.before[at], ours.begin[at])
        places.put(1 - kept, p.owner[at], theirs.begin[at], np.minimum(theirs.begin[at] + FIRST_WORDS, theirs.end[at]))
    return Clue(values, places.spans)


def _points_back(c: Collation, side: Side, at: IntArray) -> Flags:
    """Which of some pieces begin with a pointer, or have a link among their first words."""
    first = np.minimum(side.begin[at][:, None] + np.arange(FIRST_WORDS), side.end[at][:, None] - 1)
    links = contains(listed()["links"].first, c.words[first].ravel()).reshape(first.shape)
    return np.asarray(links.any(axis=1) | contains(listed()["pointers"].first, c.words[side.begin[at]]))
