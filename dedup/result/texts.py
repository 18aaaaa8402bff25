"""The texts of a finished run: from the run folder if kept there, else from the sources, with the digest checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dedup.errors import TextUnavailableError
from dedup.read import Input, read_texts
from dedup.sketch.normalise import normalise

if TYPE_CHECKING:
    from dedup.result import Result


def texts_of(result: Result, rows: Sequence[dict[str, Any]], source: Sequence[Any] | None) -> dict[str, str]:
    """Texts by ``doc_id``.

    Args:
        rows: rows of ``documents``.
        source: where the texts are now, if they have moved.

    Raises:
        TextUnavailableError: a text is gone, or is no longer the one that the run saw.
    """
    ids = [row["doc_id"] for row in rows]
    kept = result.path / "texts.parquet"
    if kept.exists() and not source:
        wanted = pq.read_table(kept, filters=pc.field("doc_id").isin(ids)).to_pydict()
        texts = dict(zip(wanted["doc_id"], wanted["text"], strict=True))
    else:
        cwd = result.record["cwd"]
        places = {row["doc_id"]: (_there(row["source_path"], cwd), row["source_row"]) for row in rows}
        inputs = [Input(**item) for item in result.record["inputs"]]
        inputs = [dataclasses.replace(item, path=_there(item.path, cwd)) for item in inputs]
        texts = read_texts(places, config=result.config, inputs=inputs, source=source)
    digests = normalise(pa.array([texts[doc_id] for doc_id in ids], pa.large_string())).digests
    for row, digest in zip(rows, digests, strict=True):
        if row["text_digest"] != digest:
            raise TextUnavailableError(
                f"The text of {row['doc_id']} in {row['source_path']} is not the one that the run saw.",
                hint="Run again, or name a folder with the old texts with --source.",
            )
    return texts


def _there(path: str, cwd: str) -> str:
    """A relative path as seen from where the run was started, if the file is still there; else the path as it is."""
    there = Path(cwd, path)
    return str(there) if there.exists() else path
