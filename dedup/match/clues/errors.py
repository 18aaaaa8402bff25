"""Words that English does not know, where the other side has one that it knows: slips of the pen, and of scanners.

Such a word may have been corrected later, or a copyist may have spoilt it; the number says on which side it stands, and
what that means is learned for each relation. Only hashes of words are known here, so a slip is told by its rarity.
"""

from __future__ import annotations

import numpy as np

from dedup.kernels.banded import OTHER, SYNONYM
from dedup.kernels.words import CAPITAL, NUMBER
from dedup.match.clues.sides import bounded, own_words, replaced, shown, total
from dedup.match.collation import Clue, Collation

_KNOWN = 4.0  # Zipf value from which on all words are equally well known
_SLIP, _SOUND = 1.5, 3.0  # a word rarer than the first is a slip if the other is as common as the second


def errors(c: Collation) -> Clue:
    """Single words that stand for each other: those on the left are the better known ones, however common beyond that.

    Numbers are left out; names are not, because scanners spoil them, too.
    """
    edits = replaced(c).of((OTHER, SYNONYM), NUMBER, single=True)
    said = np.minimum(edits.common_left, _KNOWN) - np.minimum(edits.common_right, _KNOWN)
    values = bounded(total(said, edits.pair, len(c.left)))
    return shown(values, c, edits.rows, edits.pair, said)


def slips(c: Collation) -> Clue:
    """Single words, no names, unknown on the right and well known on the left, less those the other way round."""
    edits = replaced(c).of((OTHER,), NUMBER | CAPITAL, single=True)
    left, right = edits.common_left, edits.common_right
    spoilt, mended = (right < _SLIP) & (left >= _SOUND), (left < _SLIP) & (right >= _SOUND)
    said = spoilt.astype(np.float64) - mended
    values = bounded(total(said, edits.pair, len(c.left)))
    return shown(values, c, edits.rows, edits.pair, said)


def strange(c: Collation) -> Clue:
    """The later text has more words of its own that English does not know, and that are no numbers or names."""
    own = own_words(c)
    own = own.where((c.frequency[own.at] == 0) & (c.marks[own.at] & (NUMBER | CAPITAL) == 0))
    left, right = own.tally()
    return own.clue(np.log((right + 1) / (left + 1)), c)
