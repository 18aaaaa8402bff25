"""Signs of which text of a pair came first, that the texts themselves bear.

Each reader looks at all pairs of a collation at once and gives one number per pair; what it is worth is learned
(``dedup.lineage``). To add one, write it, name it here, and fit the weights anew.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dedup.match.collation import Clue, Collation


def length(collation: Collation) -> Clue:
    """The longer text comes later."""
    n_words = np.diff(collation.offsets)
    values = np.log(n_words[collation.right] / n_words[collation.left])
    return Clue(values, np.full((len(values), 4), -1, np.int64))


CLUES: dict[str, Callable[[Collation], Clue]] = {"length": length}

KINDS: dict[str, str] = {"length": "growth"}
"""The kind of evidence that a clue belongs to, where it does not bear its name."""
