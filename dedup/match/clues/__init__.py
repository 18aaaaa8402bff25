"""Signs of which text of a pair came first, that the texts themselves bear.

Each reader looks at all pairs of a collation at once and gives one number per pair; what it is worth is learned
(``dedup.lineage``). To add one, write it, name it here under the kind of evidence that it belongs to, and fit the
weights anew.
"""

from __future__ import annotations

from collections.abc import Callable

from dedup.match.clues import errors, growth, typicality, updates, wording
from dedup.match.clues.structure import STRUCTURE
from dedup.match.collation import Clue, Collation

Reader = Callable[[Collation], Clue]

READERS: dict[str, dict[str, Reader]] = {
    "growth": {
        "growth": growth.growth,
        "additions": growth.additions,
        "insertions": growth.insertions,
        "middle": growth.middle,
        "ending": growth.ending,
    },
    "typicality": {
        "typicality": typicality.typicality,
        "synonyms": typicality.synonyms,
        "wordiness": typicality.wordiness,
    },
    "quotations": {"quotations": typicality.quotations},
    "errors": {
        "errors": errors.errors,
        "slips": errors.slips,
        "strange": errors.strange,
    },
    "updates": {"updates": updates.updates, "years": updates.years, "latest_year": updates.latest_year},
    "diction": {
        "emphasis": wording.emphasis,
        "talk": wording.talk,
        "grammar": wording.grammar,
        "markup": wording.markup,
    },
    **STRUCTURE,
}
"""The readers of each kind of evidence, by name."""

CLUES: dict[str, Reader] = {name: reader for readers in READERS.values() for name, reader in readers.items()}
"""The readers by name."""

KINDS: dict[str, str] = {name: kind for kind, readers in READERS.items() for name in readers}
"""The kind of evidence of each reader."""
