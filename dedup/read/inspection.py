"""What ``dedup run`` would make of the sources: shown before anything runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from dedup.config import Config
from dedup.read.fields import TEXT_FIELDS, Chooser, Fields
from dedup.read.records import Maker, Record
from dedup.read.rows import NO_TEXT_COLUMN, TRUNCATED, Row, Table, broken
from dedup.read.sources import Located, locate
from dedup.read.streams import DamagedError, Stored
from dedup.read.tabular import open_table

_MOST_FILES = 20
_MOST_RECORDS = 100
_SAMPLES = 3
_TEXT_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was understood of one input, from its first 100 records.

    Attributes:
        columns: type by column.
        fields: column by role (text, id, title, time, publisher, url, keep).
        guessed: the roles whose column was guessed.
        missing: configured columns that were not met; a run would stop, or reject the file for want of a text.
        samples: up to three records: doc_id, title, published_at, precision, publisher, url and the start of the text.
        rejects: what could not be used: row, reason, detail.
        n_unparsed_times: times given and not understood, with ``unparsed_time`` as an example.
    """

    path: str
    format: str
    compression: str | None
    columns: dict[str, str]
    fields: dict[str, str]
    guessed: tuple[str, ...]
    missing: tuple[str, ...]
    samples: tuple[dict[str, Any], ...]
    rejects: tuple[dict[str, Any], ...]
    n_unparsed_times: int
    unparsed_time: str | None

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain values that JSON can hold."""
        return dataclasses.asdict(self)


def inspect(sources: Sequence[Any], config: Config) -> list[Inspection]:
    """Look at the first 100 records of each of the first 20 inputs. A stream is used up by it.

    Args:
        sources: as for ``Reader``.
        config: fields and limits.

    Raises:
        SourceError: a source is missing, empty, cannot be read, or is of no known format.
    """
    return [_inspected(located, config) for located in locate(sources).files[:_MOST_FILES]]


def _inspected(located: Located, config: Config) -> Inspection:
    maker, chooser = Maker(config), Chooser(config)
    with Stored(located) as stored:
        table = open_table(stored, config)
        rows = _first_rows(table)
        columns = {} if stored.format == "text" else table.columns or _types(rows)
        fields = TEXT_FIELDS if stored.format == "text" else chooser.choose(tuple(columns))
        samples: list[dict[str, Any]] = []
        rejects: list[dict[str, Any]] = []
        if table.columns is not None and fields.text is None:
            rejects.append({"row": None, "reason": NO_TEXT_COLUMN, "detail": "name it with --text-field"})
            rows = []
        for row in rows:
            # records of JSON each have their own columns, as in a run
            own = fields if table.columns is not None or stored.format == "text" else chooser.choose(tuple(row.values))
            outcome = row.fault or maker.make(located, row, own)
            if not isinstance(outcome, Record):
                rejects.append({"row": row.number, "reason": outcome.reason, "detail": outcome.detail})
            elif len(samples) < _SAMPLES:
                samples.append(_sample(outcome))
        return Inspection(
            path=located.path,
            format=stored.format,
            compression=stored.compression,
            columns=columns,
            fields=fields.chosen() if stored.format != "text" else {},
            guessed=fields.guessed if stored.format != "text" else (),
            missing=_missing(config, fields) if columns else (),
            samples=tuple(samples),
            rejects=tuple(rejects),
            n_unparsed_times=maker.n_unparsed_times,
            unparsed_time=maker.unparsed_time,
        )


def _first_rows(table: Table) -> list[Row]:
    rows: list[Row] = []
    try:
        rows.extend(islice(table.rows(), _MOST_RECORDS))
    except DamagedError as damage:
        rows.append(broken(len(rows), TRUNCATED, str(damage)))
    return rows


def _types(rows: Sequence[Row]) -> dict[str, str]:
    """JSON types by column, joined by ``|`` where they differ."""
    types: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.values.items():
            types.setdefault(name, set()).add(_JSON_TYPES.get(type(value), "null"))
    return {name: "|".join(sorted(found)) for name, found in types.items()}


_JSON_TYPES = {str: "string", int: "number", float: "number", bool: "boolean", list: "array", dict: "object"}


def _missing(config: Config, fields: Fields) -> tuple[str, ...]:
    asked = (getattr(config, f"{role}_field") for role in ("text", "id", "title", "time", "publisher", "url"))
    return tuple(name for name in asked if name is not None and name not in fields.columns)


def _sample(record: Record) -> dict[str, Any]:
    return {
        "doc_id": record.doc_id,
        "title": record.title,
        "published_at": record.published_at.isoformat() if record.published_at else None,
        "precision": record.published_precision,
        "publisher": record.publisher,
        "url": record.url,
        "text": record.text[:_TEXT_SHOWN],
    }
