"""The whole flow, written once: read, sketch, match, cluster, lineage, store. Read this file first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa

from dedup import documents, record
from dedup.cluster import cluster, clusters_table, stories_table
from dedup.config import Config, memory_bytes
from dedup.engine.base import Engine, IntArray
from dedup.engine.local import LocalEngine
from dedup.errors import InternalError
from dedup.keep import ROUNDS, Decision, crowded, decide, undecided
from dedup.kernels._ahead import ahead
from dedup.lineage import Lineage, directed, infer
from dedup.match import Matched, confirm, expand, match, measured, ordered
from dedup.match.worded import given, substitutions, worded
from dedup.read import Batch, Reader
from dedup.result import Result
from dedup.schema import ENTRIES, SPIN
from dedup.sketch import named_sources, prepare, sketch
from dedup.sketch.corpus import Corpus, Ready
from dedup.sketch.normalise import normalise
from dedup.spin import Scored, scored
from dedup.store import RunFolder, check_output

Progress: TypeAlias = Callable[[str, int, int | None], None]


def run(
    sources: Any, config: Config | None = None, out: str | Path = "out", *, progress: Progress | None = None
) -> Result:
    """Find copies, excerpts and lineage, and leave the tables in a folder: see ``start.run``.

    Args:
        sources: as there, or the ``Opening`` of them.
        config: settings; the defaults if not given.
        out: folder for the tables.
        progress: called with a stage, the work done and the work in all (None where it is not known).

    Raises:
        DedupError: a source, a setting or the folder cannot be used, or a cluster is a giant; nothing is written.
    """
    config = config or Config()
    known = given(config)
    clock = record.Clock(progress)
    folder = RunFolder(Path(out))
    reader = _reader(sources, config, folder)
    room = memory_bytes(config.memory) or 0
    with folder, LocalEngine(config.threads, room, folder.scratch) as engine, ahead(config.detect, engine.threads):
        corpus = _scanned(reader, folder, config, engine, clock)
        clock.start("match", len(corpus))
        matched = match(corpus, config, engine)
        clock.start("spin", len(corpus))
        spins = _spins(corpus, matched.texts, folder, config, engine)
        entries = documents.in_pairs(corpus.entries, matched)
        name = documents.namer(entries)
        clock.start("cluster", len(corpus))
        clustering = cluster(matched.matches, matched.texts, name, config)
        recall = measured(matched, clustering.cluster_of)
        named = _named(clustering.in_stories, entries, corpus, config, engine)
        nodes = documents.nodes(entries, matched.texts, clustering, spins, named)
        clock.start("wording", len(corpus))
        matched, learned = worded(matched, documents.story_of(nodes), known)
        clock.start("lineage", len(corpus))
        lineage = _lineage(nodes, matched, config, name)
        clock.start("keep", len(corpus))
        decision, last = _decided(nodes, matched, lineage, corpus, config, engine)
        if last is not matched:  # more pairs have been compared
            matched, learned = worded(ordered(last), documents.story_of(nodes), known)
        clock.start("store", len(corpus))
        folder.write("substitutions", substitutions(matched, learned, corpus))
        matched = replace(matched, matches=directed(matched.matches, lineage))
        _store(folder, corpus, entries, nodes, spins, matched, lineage, decision, config, engine)
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
    reader = Reader(sources, config, spool=folder.scratch)
    check_output(folder.path, reader.sources, (located.location for located in reader.files))
    return reader


def _scanned(reader: Reader, folder: RunFolder, config: Config, engine: LocalEngine, clock: record.Clock) -> Corpus:
    """Read and sketch all documents, once."""
    clock.start("read")
    engine.soon(lambda: prepare(config))
    keep_texts = config.keep_texts or reader.reads_once
    folder.stream("rejects")
    if keep_texts:
        folder.stream("texts")
    texts = engine.texts(folder.texts if keep_texts else reader.texts)
    corpus = Corpus(engine, folder.spool("entries", ENTRIES), texts)
    n_rejects = 0

    def work(batch: Batch) -> tuple[Batch, Ready]:
        return batch, corpus.ready(batch.records.drop_columns(["text"]), sketch(batch.records, config))

    for batch, ready in engine.map(reader, work):
        folder.append("rejects", batch.rejects)
        if keep_texts:
            folder.append("texts", batch.records.select(["doc_id", "text"]))
        texts.add(batch.records.column("text"))
        corpus.add(ready)
        n_rejects += batch.rejects.num_rows
        clock.advance(batch.records.num_rows + batch.rejects.num_rows)
    if keep_texts:
        folder.close("texts")
    corpus.close()
    if len(corpus) + n_rejects != reader.n_read:
        raise InternalError(f"{len(corpus)} documents + {n_rejects} rejects are not the {reader.n_read} records read.")
    return corpus


def _spins(corpus: Corpus, texts: IntArray, folder: RunFolder, config: Config, engine: Engine) -> Scored:
    """The spin score of every document; none where rewrites are not looked for."""
    if "rewrites" not in config.detect:
        return Scored(None, texts)
    return scored(corpus, texts, folder.spool("spin", SPIN), engine)


def _named(docs: IntArray, entries: pa.Table, corpus: Corpus, config: Config, engine: Engine) -> dict[str, pa.Array]:
    """``cues`` and ``publishers_named`` of some documents; nothing where only copies are looked for."""
    if "excerpts" not in config.detect or len(docs) == 0:
        return dict.fromkeys(("cues", "publishers_named"), pa.array([[]] * len(docs), pa.list_(pa.string())))
    from dedup.sketch.publishers import named_publishers, publishers  # here: a run for copies alone starts without it

    known = publishers(entries.column("publisher").unique().drop_null().to_pylist())
    batches = engine.map(
        corpus.texts.read(docs), lambda batch: (named_sources(batch[1]), named_publishers(batch[1], known))
    )
    cues, named = zip(*batches, strict=True)
    return {"cues": pa.concat_arrays(cues), "publishers_named": pa.concat_arrays(named)}


def _lineage(nodes: pa.Table, matched: Matched, config: Config, name: Callable[[int], str]) -> Lineage:
    """The lineage; where only copies are looked for there is none, and nothing is known of originality."""
    if "excerpts" not in config.detect:
        return Lineage.unknown(nodes)
    from dedup.lineage import Found  # here: with it come the clues, which a run for copies alone does without

    accepted = matched.matches.filter(matched.matches.column("accepted"))
    found = Found(accepted, matched.spans, matched.clues, matched.readings)
    return infer(nodes, found, config, name=name)


def _unseen(lineage: Lineage, nodes: pa.Table, corpus: Corpus, engine: Engine) -> pa.Table:
    """The sources that are not in the pile, with passages in characters: the texts that hold them are read again."""
    docs = documents.children(lineage.sources)
    texts = corpus.texts.read(docs) if len(docs) else []
    words = engine.map(texts, lambda batch: (batch[0], normalise(batch[1]).words))
    return documents.unseen(lineage.sources, nodes, words)


def _decided(
    nodes: pa.Table, matched: Matched, lineage: Lineage, corpus: Corpus, config: Config, engine: Engine
) -> tuple[Decision, Matched]:
    """Decide which documents stay; where one stays only because nobody compared it with the best of its cluster, do.

    In a cluster of many documents not all pairs are verified (``match.candidates``). Each round compares the next best
    document that is kept with all others of its cluster that are.
    """
    decision = decide(nodes, matched.matches, lineage.edges, config)
    if not crowded(nodes).any():
        return decision, matched
    for nth in range(ROUNDS):
        left, right = undecided(nodes, decision, nth)
        if len(left):
            matched = confirm(matched, left, right, corpus, config, engine)
            decision = decide(nodes, matched.matches, lineage.edges, config)
    return decision, matched


def _store(
    folder: RunFolder,
    corpus: Corpus,
    entries: pa.Table,
    nodes: pa.Table,
    spins: Scored,
    matched: Matched,
    lineage: Lineage,
    decision: Decision,
    config: Config,
    engine: Engine,
) -> None:
    def of_pairs() -> None:
        pairs, passages = expand(matched, corpus, entries, config, engine)
        folder.write("pairs", pairs)
        folder.write("passages", passages)
        folder.write("unseen", _unseen(lineage, nodes, corpus, engine))
        folder.write("lineage", documents.lineage(lineage.edges, nodes))
        folder.write("clusters", clusters_table(nodes, matched.matches, decision.of_clusters(nodes)))
        folder.write("stories", stories_table(nodes, lineage.edges, lineage.sources))

    def of_documents() -> None:
        folder.stream("documents")
        for piece in documents.table(corpus.entries, nodes, spins, lineage, decision):
            folder.append("documents", piece)

    engine.beside(of_pairs, of_documents)
