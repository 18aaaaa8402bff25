"""The texts that a page shows, read again from the sources; what cannot be read is said, and the page does without."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dedup.errors import TextUnavailableError
from dedup.result.texts import texts_of

if TYPE_CHECKING:
    from dedup.result import Result

_REASONS = 10  # that are told; each file may have one of its own
_OTHER = "For other reasons."
LONGEST = 300_000  # characters of a text that is read again: no more than that is ever shown of one


@dataclass(slots=True)
class Texts:
    """Texts by ``doc_id``, and why some are missing: a sentence for each reason, with how many."""

    by_id: dict[str, str] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)


def read(result: Result, rows: Iterable[dict[str, Any]], source: Sequence[Any] | None) -> Texts:
    """Read texts again, those of all files at once; where that fails, file by file.

    Args:
        rows: rows of ``documents``.
        source: where the texts are now, if they have moved.
    """
    wanted = list(rows)
    found = Texts()
    fit = [row for row in wanted if row["n_chars"] <= LONGEST]
    if len(fit) < len(wanted):
        found.missing[f"Longer than {LONGEST:,} characters."] = len(wanted) - len(fit)
    try:
        found.by_id = texts_of(result, fit, source)
    except TextUnavailableError:
        by_file = defaultdict(list)
        for row in fit:
            by_file[row["source_path"]].append(row)
        for of_file in by_file.values():
            try:
                found.by_id |= texts_of(result, of_file, source)
            except TextUnavailableError as error:
                reason = error.message if len(found.missing) < _REASONS else _OTHER
                found.missing[reason] = found.missing.get(reason, 0) + len(of_file)
    return found
