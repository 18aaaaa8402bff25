"""A dataset card for the tables of a run: Markdown below YAML, as the Hugging Face Hub reads it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2
import pyarrow as pa

from dedup.result.summary import counted, summarise
from dedup.safe import visible
from dedup.schema import ROWS, TABLES, TEXTS, VERSION, describe
from dedup.store import CARD, MADE

if TYPE_CHECKING:
    from dedup.result import Result

_SIZES = (  # documents, below
    (1e3, "n<1K"),
    (1e4, "1K<n<10K"),
    (1e5, "10K<n<100K"),
    (1e6, "100K<n<1M"),
    (1e7, "1M<n<10M"),
    (1e8, "10M<n<100M"),
)
_TYPES = {"double": "float64", "float": "float32"}  # Arrow's names of types that Hugging Face calls otherwise


@dataclass(frozen=True, slots=True)
class Feature:
    """A column, or a part of one, in the words of Hugging Face: ``fields`` are those of a list of structs."""

    name: str
    dtype: str
    is_list: bool
    fields: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file of the run; ``columns`` are name, type and meaning of each."""

    name: str
    holds: str
    features: tuple[Feature, ...]
    columns: list[tuple[str, str, str]]
    rows: int
    bytes: int
    sha256: str


def card(result: Result) -> str:
    """The card, with the schemas of all tables, the counts, the settings, how it was made, and its limits."""
    record, found = result.record, summarise(result)
    schemas = {**TABLES, "texts": TEXTS}
    files = {file.removesuffix(".parquet"): facts for file, facts in record["files"].items()}
    tables = [Table(name, ROWS[name], _fields(schemas[name]), describe(name), **facts) for name, facts in files.items()]
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("dedup.export"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  # Markdown: what comes from outside goes through ``plain``
    )
    environment.filters |= {"grouped": "{:,}".format, "plain": _plain, "visible": visible}
    return environment.get_template("card.md.j2").render(
        name=f"Lineage of {counted(found['n_documents'], 'document')}",
        size=next((name for most, name in _SIZES if found["n_documents"] < most), "n>100M"),
        mark=MADE[CARD],
        tables=tables,
        found=found,
        record=record,
        counts=_counts(found),
        with_texts="texts" in files,
        version=VERSION,
        formats=", ".join(f"{n:,} {kind}" for kind, n in Counter(item["format"] for item in record["inputs"]).items()),
        settings=result.config.to_toml().strip(),
        recall=_recall(found["recall"], result),
    )


def _fields(parts: pa.Schema | pa.StructType) -> tuple[Feature, ...]:
    return tuple(_field(field) for field in parts)


def _field(field: pa.Field[Any]) -> Feature:
    kind, is_list = field.type, pa.types.is_list(field.type)
    if is_list:
        kind = kind.value_type
    inner = _fields(kind) if pa.types.is_struct(kind) else ()
    dtype = str(kind)
    return Feature(field.name, _TYPES.get(dtype, dtype), is_list, inner)


def _counts(found: dict[str, Any]) -> list[tuple[str, str]]:
    rows = [
        ("documents", found["n_documents"]),
        ("records that could not be used", found["n_rejects"]),
        ("clusters of copies", found["n_clusters"]),
        ("documents that need not be kept", found["n_removed"]),
        ("stories", found["n_stories"]),
        *((f"accepted pairs: {relation}", n) for relation, n in found["pairs_by_relation"].items()),
        ("pairs compared and refused", found["n_refused"]),
        ("likely derivations", found["n_edges"]),
        ("sources not in the pile", found["n_unseen"]),
        ("documents worded by a synonym machine, more likely than not", found["n_spun"]),
    ]
    return [(label, f"{n:,}") for label, n in rows]


def _recall(recall: dict[str, Any], result: Result) -> str:
    least = result.config.min_jaccard
    if not recall["expected"]:
        return f"Recall could not be measured: no pair of jaccard {least} or more was met in the sample."
    share = f"{recall['found']:,} of {recall['expected']:,} pairs"
    return f"Of sampled pairs with a jaccard of {least} or more, {share} are in one cluster: not all copies are found."


def _plain(text: str) -> str:
    """Text from outside on one line, without meaning to Markdown or HTML."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", " ".join(visible(text).split()))
