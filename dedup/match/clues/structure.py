"""Clues of structure: what two texts share, what they do not, and where it stands."""

from __future__ import annotations

import functools
from collections.abc import Callable

from dedup.match.clues import cuts, fit, house, orphans
from dedup.match.collation import Clue, Collation


def _read(look: Callable[[Collation], dict[str, Clue]], name: str, collation: Collation) -> Clue:
    return look(collation)[name]


_LOOKED_FOR = {
    "fit": {"fit": fit.fits, "kin": fit.fits, "seams": fit.seams},
    "containment": {
        "beyond": cuts.beyond,
        "sentences": cuts.beyond,
        "clauses": cuts.beyond,
        "worked": cuts.beyond,
    },
    "truncation": {"truncation": cuts.ends, "beheading": cuts.ends, "torn": cuts.torn},
    "orphans": {"names": orphans.names, "openings": orphans.pointers, "dangling": orphans.pointers},
    "residues": {"residues": house.residues},
    "boilerplate": {
        "boilerplate": house.boilerplate,
        "house_lines": house.lines,
        "wire_lines": house.lines,
        "stray": fit.strays,
    },
}

STRUCTURE: dict[str, dict[str, Callable[[Collation], Clue]]] = {
    kind: {name: functools.partial(_read, look, name) for name, look in named.items()}
    for kind, named in _LOOKED_FOR.items()
}
"""The readers of structure of each kind of evidence, by name; those of one look share it (``sides.once``)."""
