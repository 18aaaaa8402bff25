"""The whole flow, written once: read, sketch, match, cluster, lineage, store. Read this file first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from dedup import documents, record
from dedup.cluster import Decision, cluster, clusters_table, decide, stories_table
from dedup.config import Config
from dedup.engine.base import Engine
from dedup.engine.local import LocalEngine
from dedup.errors import InternalError
from dedup.lineage import Lineage, infer
from dedup.match import Matched, expand, match, measure
from dedup.read import Batch, Reader
from dedup.result import Result
from dedup.schema import EDGES, RECORDS, SKETCHES, empty
from dedup.sketch import sketch
from dedup.store import RunFolder, check_output

Progress: TypeAlias = Callable[[str, int, int | None], None]


def run(
    sources: Any, config: Config | None = None, out: str | Path = "out", *, progress: Progress | None = None
) -> Result:
    """Find copies, excerpts and lineage, and leave the tables in a folder.

    Args:
        sources: a path, folder, glob, URL or Arrow object, or a list of these.
        config: settings; the defaults if not given.
        out: folder for the tables; an earlier run in it is replaced once this one is complete.
        progress: called with a stage, the work done and the work in all (None where it is not known).

    Raises:
        DedupError: a source, a setting or the folder cannot be used, or a cluster is a giant; nothing is written.
    """
    config = config or Config()
    clock = record.Clock(progress)
    folder = RunFolder(Path(out))
    reader = _reader(sources, config, folder)
    with LocalEngine(config.threads) as engine, folder:
        records, sketches = _sketched(reader, folder, config, engine, clock)
        name = documents.shown(documents.namer(records))
        clock.start("match", len(records))
        matched = match(sketches, config, engine)
        clock.start("cluster", len(records))
        clustering = cluster(matched.matches, matched.texts, name, config)
        recall = measure(sketches, matched.texts, clustering.cluster, config)
        nodes = documents.nodes(records, sketches, matched.texts, clustering)
        clock.start("lineage", len(records))
        lineage = _lineage(nodes, matched, config, name)
        decision = decide(nodes, matched.matches, lineage.edges, name, config)
        clock.start("store", len(records))
        _store(folder, records, sketches, nodes, matched, lineage, decision)
        folder.finish(record.of_run(config, reader, matched, recall, clustering, engine, clock))
    return Result.open(folder.path)


def plan(sources: Any, config: Config, out: str | Path) -> dict[str, Any]:
    """What ``run`` would do, without doing it: inputs, banding, files.

    Raises:
        DedupError: a source, a setting or the folder cannot be used.
    """
    folder = RunFolder(Path(out))
    return record.plan(config, _reader(sources, config, folder), folder.path)


def _reader(sources: Any, config: Config, folder: RunFolder) -> Reader:
    """The reader of the sources, once it is sure that the folder is none of theirs."""
    sources = list(sources) if isinstance(sources, list | tuple) else [sources]
    reader = Reader(sources, config, spool=folder.scratch)
    check_output(folder.path, sources, (located.location for located in reader.files))
    return reader


def _sketched(
    reader: Reader, folder: RunFolder, config: Config, engine: Engine, clock: record.Clock
) -> tuple[pa.Table, pa.Table]:
    """Read and sketch all documents: ``schema.RECORDS`` without the texts, and ``schema.SKETCHES``."""
    clock.start("read")
    keep_texts = config.keep_texts or reader.reads_once
    folder.stream("rejects")
    if keep_texts:
        folder.stream("texts")
    records, sketches, n_rejects = [], [], 0

    def work(batch: Batch) -> tuple[Batch, pa.RecordBatch]:
        return batch, sketch(batch.records, config)

    for batch, made in engine.map(reader, work):
        folder.append("rejects", batch.rejects)
        if keep_texts:
            folder.append("texts", batch.records.select(["doc_id", "text"]))
        records.append(batch.records.drop_columns(["text"]))
        sketches.append(made)
        n_rejects += batch.rejects.num_rows
        clock.advance(batch.records.num_rows + batch.rejects.num_rows)
    n_documents = sum(batch.num_rows for batch in records)
    if n_documents + n_rejects != reader.n_read:
        raise InternalError(f"{n_documents} documents + {n_rejects} rejects are not the {reader.n_read} records read.")
    bare = empty(RECORDS).drop_columns(["text"]).schema
    read = pa.Table.from_batches(records, bare).combine_chunks()
    return read, pa.Table.from_batches(sketches, SKETCHES).combine_chunks()


def _lineage(nodes: pa.Table, matched: Matched, config: Config, name: Callable[[int], str]) -> Lineage:
    """The lineage; where only copies are looked for there is none, and nothing is known of originality."""
    if "excerpts" not in config.detect:
        return Lineage(empty(EDGES), np.full(len(nodes), np.nan))
    accepted = matched.matches.filter(matched.matches.column("accepted"))
    return infer(nodes, accepted, matched.spans, config, name=name)


def _store(
    folder: RunFolder,
    records: pa.Table,
    sketches: pa.Table,
    nodes: pa.Table,
    matched: Matched,
    lineage: Lineage,
    decision: Decision,
) -> None:
    name = documents.namer(records)
    doc_ids = records.column("doc_id")
    pairs, passages = expand(matched.matches, matched.spans, matched.texts, sketches, doc_ids)
    folder.write("documents", documents.table(records, sketches, nodes, lineage, decision))
    folder.write("pairs", pairs)
    folder.write("passages", passages)
    folder.write("lineage", documents.lineage(lineage.edges, doc_ids))
    folder.write("clusters", clusters_table(nodes, matched.matches, decision, name))
    folder.write("stories", stories_table(nodes, lineage.edges, name))
