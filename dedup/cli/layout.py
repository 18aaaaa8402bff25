"""Plain values (as of JSON) laid out for a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_SHOWN = 100  # characters of a value: a title or a text from outside can be of any length


def outline(value: Any, depth: int = 0) -> str:
    """Lay out nested mappings and lists, one value a line, indented by depth."""
    margin = "  " * depth
    if isinstance(value, Mapping):
        return "\n".join(_entry(f"{margin}{key}:", item, depth) for key, item in value.items())
    return "\n".join(f"{margin}- {outline(item, depth + 1).lstrip()}" for item in value)


def inspection_text(found: Mapping[str, Any]) -> str:
    """Lay out what was understood of one input: its columns, some records, what would be lost.

    Args:
        found: what ``dedup.read.Inspection.to_dict`` gives.
    """
    kind = ", ".join(filter(None, (found["format"], found["compression"])))
    parts = [f"{_word(found['path'])}: {kind}"]
    if found["columns"]:
        roles = {column: role for role, column in found["fields"].items()}
        read_as = {c: f"{role}{' (guessed)' if role in found['guessed'] else ''}" for c, role in roles.items()}
        columns = [(column, kind, read_as.get(column, "-")) for column, kind in found["columns"].items()]
        parts.append(_aligned([("COLUMN", "TYPE", "READ AS"), *columns]))
    parts += [_aligned((name, value) for name, value in sample.items() if value) for sample in found["samples"]]
    losses = [("row " + _word(lost["row"]), lost["reason"], lost["detail"]) for lost in found["rejects"]]
    losses += [("asked for", "missing column", name) for name in found["missing"]]
    if found["n_unparsed_times"]:
        losses.append((_word(found["n_unparsed_times"]), "times not understood, such as", found["unparsed_time"]))
    if losses:
        parts.append(_aligned([("WOULD BE LOST", "", ""), *losses]))
    return "\n\n".join(parts)


def _entry(label: str, item: Any, depth: int) -> str:
    nested = isinstance(item, Mapping) or (_is_list(item) and any(isinstance(part, Mapping) for part in item))
    if nested and item:
        return f"{label}\n{outline(item, depth + 1)}"
    if _is_list(item):
        return f"{label} {', '.join(_word(part) for part in item) or 'none'}"
    return f"{label} {'none' if nested else _word(item)}"


def _aligned(rows: Iterable[Sequence[Any]]) -> str:
    """Rows of equal length as columns of equal width."""
    words = [[_word(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    return "\n".join("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in words)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _word(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    word = " ".join(str(value).split())
    return word if len(word) <= _SHOWN else f"{word[: _SHOWN - 1]}…"
