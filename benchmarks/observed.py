"""What lineage gets to see of a pile: the tables that a run hands to it, kept to try other weights on the same pile."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

import dedup
from dedup.lineage import Found, Lineage, infer
from dedup.schema import NODES

_FOUND = Found._fields


def observed(pile: Path, folder: Path, **settings: Any) -> tuple[pa.Table, Found]:
    """Run over a pile, unless that was done already, and return the nodes and pairs that lineage was made from.

    Args:
        pile: file of articles.
        folder: for the run and the tables.
        settings: of ``dedup.Config``.
    """
    kept = {name: folder / f"seen-{name}.parquet" for name in ("nodes", *_FOUND)}
    if not all(path.exists() for path in kept.values()):

        def watched(nodes: pa.Table, found: Found, *rest: Any, **named: Any) -> Lineage:
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(nodes, kept["nodes"])
            for name, table in found._asdict().items():
                pq.write_table(table, kept[name])
            return infer(nodes, found, *rest, **named)

        with patch("dedup.pipeline.infer", watched):
            dedup.run(pile, dedup.Config(**settings), out=folder / "run")
    nodes, *tables = (pq.read_table(path) for path in kept.values())
    nodes = nodes.cast(NODES)  # Parquet knows no seconds
    return nodes, Found(*tables)
