"""Read texts again from the sources of a finished run: they were not copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from dedup.config import Config
from dedup.errors import SourceError, TextUnavailableError
from dedup.read.fields import TEXT_FIELDS, Chooser
from dedup.read.reader import Input
from dedup.read.records import text_of
from dedup.read.sources import Located, by_name, locate, stored_name
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table

_HINT = "Name where the source is now with --source, or run with --keep-texts."


def read_texts(
    documents: Mapping[str, tuple[str, int]],
    *,
    config: Config,
    inputs: Sequence[Input] = (),
    source: Sequence[Any] | None = None,
) -> dict[str, str]:
    """Read the texts of some documents; each file is opened once, and of a Parquet file only the row groups needed.

    Whether a text is still the one that the run saw is for the caller to check, by its digest.

    Args:
        documents: path and row in it, by document id, as the run's ``documents`` table has them.
        config: the run's settings: the field of the text and its greatest length.
        inputs: the run's inputs; they know formats that were forced. Without them the suffix decides.
        source: where to look instead, if the sources have moved: files are told by the end of their paths.

    Raises:
        TextUnavailableError: a file or a row is gone, or does not hold a text any more.
    """
    by_path: dict[str, dict[int, str]] = defaultdict(dict)
    for doc_id, (path, row) in documents.items():
        by_path[path][row] = doc_id
    moved = locate(source).files if source else None
    formats = {known.path: known for known in inputs}
    texts: dict[str, str] = {}
    for path, rows in by_path.items():
        texts |= _texts(_found(path, formats.get(path), moved), rows, config)
    return {doc_id: texts[doc_id] for doc_id in documents}


def _found(path: str, known: Input | None, moved: Sequence[Located] | None) -> Located:
    if moved is not None:
        return _moved(path, moved)
    if path in ("-", "stdin") or path.startswith("object-"):
        raise TextUnavailableError(f"{path} could be read only once.", hint="Run with --keep-texts.")
    format_, compression = (known.format, known.compression) if known else by_name(PurePosixPath(path).name)
    if format_ is None:
        raise TextUnavailableError(f"The format of {path} is not known any more.", hint=_HINT)
    return Located(path, stored_name(path), PurePosixPath(path).name, format_, compression)


def _moved(path: str, moved: Sequence[Located]) -> Located:
    """The file whose path agrees with the old one over the most parts from its end on."""
    best: list[Located] = []
    longest = 0
    for located in moved:
        agreed = _agreed(path, located.path)
        if agreed > longest:
            best, longest = [], agreed
        if agreed == longest and agreed:
            best.append(located)
    if len(best) == 1:
        return best[0]
    if not best:
        raise TextUnavailableError(f"None of the sources is {PurePosixPath(path).name}.", hint=_HINT)
    raise TextUnavailableError(
        f"{path} could be {best[0].path} or {best[1].path}.", hint="Name the one that is meant with --source."
    )


def _agreed(left: str, right: str) -> int:
    n = 0
    for a, b in zip(reversed(PurePosixPath(left).parts), reversed(PurePosixPath(right).parts), strict=False):
        if a != b:
            break
        n += 1
    return n


def _texts(located: Located, rows: Mapping[int, str], config: Config) -> dict[str, str]:
    chooser = Chooser(config)
    found: dict[str, str] = {}
    try:
        with Stored(located) as stored:
            table = open_table(stored, config)
            fields = chooser.choose(tuple(table.columns)) if table.columns is not None else None
            only = [fields.text] if fields and fields.text else None
            for row in table.rows(only, np.array(sorted(rows), np.int64)):
                doc_id = rows.get(row.number) if row.number is not None else None
                if doc_id is None or row.fault:
                    continue
                own = TEXT_FIELDS if stored.format == "text" else fields or chooser.choose(tuple(row.values))
                text = text_of(row, own, config.max_chars)
                if isinstance(text, str):
                    found[doc_id] = text
                if len(found) == len(rows):
                    break
    except SourceError as error:
        raise TextUnavailableError(f"{located.path} cannot be read again: {error.message}", hint=_HINT) from error
    except DamagedError as damage:
        raise TextUnavailableError(f"{located.path} is damaged: {damage}.", hint=_HINT) from damage
    for number, doc_id in rows.items():
        if doc_id not in found:
            raise TextUnavailableError(f"Row {number} of {located.path} holds no text ({doc_id!r}).", hint=_HINT)
    return found
