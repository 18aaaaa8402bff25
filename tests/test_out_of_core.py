"""Little memory changes nothing but the time: piles, texts and sets on disk give the same tables, and leave nothing."""

from __future__ import annotations

import gzip
import itertools
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedup
from dedup import pipeline, spool, store
from dedup.engine import local
from dedup.engine.piles import LocalPile
from dedup.engine.texts import HeldTexts, Sets
from dedup.errors import SourceError
from dedup.schema import TABLES
from tests.corpora import newswire

LEAST = "256MiB"
DETECT = [("copies",), ("copies", "excerpts"), ("copies", "excerpts", "rewrites")]


def _written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def _digests(result: dedup.Result) -> dict[str, str]:
    """Digests of the tables' files; that of the rejects is left out, which are written as they come."""
    return {name: file["sha256"] for name, file in result.record["files"].items() if name != "rejects.parquet"}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Counter[str]:
    """Counts what goes to disk, and sees to it that all of it is known for a temporary file of a run."""
    counts: Counter[str] = Counter()
    spill, divide, again = LocalPile._spill, Sets._divide, HeldTexts.read
    (tmp_path / "system").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "system"))

    def spilled(pile: LocalPile) -> None:
        spill(pile)
        folder = pile._scratch()
        assert folder.name == ".partial"
        assert store._is_ours(folder)
        counts[f"pile {pile._name}"] += 1

    def divided(sets: Sets) -> None:
        divide(sets)
        assert all(path.name.startswith(store.TEMPORARY) for path in sets._paths)
        assert store._is_ours(sets._paths[0].parent)
        counts["sets"] += len(sets._paths)

    def read(texts: HeldTexts, docs: Any) -> Any:
        counts["read again"] += texts._held is None
        return again(texts, docs)

    monkeypatch.setattr(LocalPile, "_spill", spilled)
    monkeypatch.setattr(Sets, "_divide", divided)
    monkeypatch.setattr(HeldTexts, "read", read)
    return counts


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, seen: Counter[str]) -> Counter[str]:
    """Under the least memory, 8 KiB for a pile and for a spool, 1 KiB for texts, 2,048 characters for a set."""
    monkeypatch.setattr(local, "_PILE", 1 << 13)
    monkeypatch.setattr(local, "_HELD", 1 << 16)
    monkeypatch.setattr(local, "_COMPARED", 1 << 15)
    monkeypatch.setattr(store, "ROOM", 1 << 13)
    return seen


def _all_on_disk(counts: Counter[str], detect: tuple[str, ...]) -> None:
    """What a test of little memory must have seen, or it has tested nothing."""
    assert counts["pile surface"] > 1
    assert (counts["pile features"] > 1) == (counts["pile links"] > 0) == ("excerpts" in detect)
    assert counts["sets"] > 20
    assert counts["read again"] > 0


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred documents with every relation, and some that cannot be used."""
    records = newswire(15)
    records[10]["text"] = None
    records[50]["text"] = "  "
    return _written(tmp_path_factory.mktemp("corpus") / "news.jsonl", records)


@pytest.mark.parametrize("detect", DETECT, ids="+".join)
def test_the_least_memory_gives_the_same_tables(detect: tuple[str, ...], corpus: Path, tmp_path: Path) -> None:
    """``memory`` decides where things are held, and nothing else; the record tells it."""
    plenty = dedup.run(corpus, dedup.Config(detect=detect), out=tmp_path / "plenty")
    least = dedup.run(corpus, dedup.Config(detect=detect, memory=LEAST), out=tmp_path / "least")
    assert _digests(plenty) == _digests(least)
    assert least.record["machine"]["memory_bytes"] == 256 << 20
    assert plenty.record["machine"]["memory_bytes"] == local.machine_memory() // 2


@pytest.mark.parametrize(("threads", "batch_size", "keep_texts"), [(1, 50, False), (3, 97, True)])
@pytest.mark.parametrize("detect", DETECT, ids="+".join)
def test_on_disk_is_as_in_memory(
    detect: tuple[str, ...],
    threads: int,
    batch_size: int,
    keep_texts: bool,
    corpus: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Keys spilled, texts read again, pairs compared set by set: the same files, byte for byte."""
    made = dedup.Config(detect=detect, keep_texts=keep_texts, batch_size=batch_size)
    expected = dedup.run(corpus, made, out=tmp_path / "expected")
    counts = request.getfixturevalue("tiny")
    config = dedup.Config(detect=detect, keep_texts=keep_texts, batch_size=batch_size, memory=LEAST, threads=threads)
    result = dedup.run(corpus, config, out=tmp_path / "out")
    _all_on_disk(counts, detect)
    assert _digests(result) == _digests(expected)
    wanted = {"run.json", *(f"{name}.parquet" for name in TABLES)} | ({"texts.parquet"} if keep_texts else set())
    assert {path.name for path in (tmp_path / "out").iterdir()} == wanted
    assert list((tmp_path / "system").iterdir()) == []


def test_only_entries_last_to_the_end(
    corpus: Path, tiny: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Piles and sets are removed as soon as they have been used, not when the run ends."""
    finish, names = store.RunFolder.finish, []

    def watched(folder: store.RunFolder, record: dict[str, Any]) -> None:
        names.extend(path.name for path in folder.scratch.iterdir() if path.name.startswith(store.TEMPORARY))
        finish(folder, record)

    monkeypatch.setattr(store.RunFolder, "finish", watched)
    dedup.run(corpus, dedup.Config(memory=LEAST), out=tmp_path / "out")
    assert sorted(names) == ["dedup-entries.arrow", "dedup-spin.arrow"]


@pytest.mark.parametrize("stage", ["cluster", "_decided", "expand"])
def test_a_failure_leaves_no_temporary_file(
    stage: str, corpus: Path, tiny: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was on disk when a run failed is gone with it."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(pipeline, stage, fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        dedup.run(corpus, dedup.Config(memory=LEAST), out=tmp_path / "deep" / "out")
    assert tiny["pile surface"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["system"]
    assert list((tmp_path / "system").iterdir()) == []


def test_what_can_be_read_once_is_compared_from_disk(corpus: Path, tiny: Counter[str], tmp_path: Path) -> None:
    """A stream gives its texts once: they are stored as they come, and read from there."""
    records = [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines()]
    table = pa.Table.from_pylist(records)
    stream = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=60))
    result = dedup.run(stream, dedup.Config(memory=LEAST, batch_size=64), out=tmp_path / "out")
    _all_on_disk(tiny, DETECT[1])
    expected = dedup.run(corpus, dedup.Config(keep_texts=True), out=tmp_path / "expected")
    for name in ("pairs", "passages", "lineage", "clusters", "stories"):
        assert getattr(result, name).equals(getattr(expected, name)), name
    columns = [name for name in TABLES["documents"].names if name not in {"source_path", "source_row"}]
    assert result.documents.select(columns).equals(expected.documents.select(columns))
    assert (tmp_path / "out" / "texts.parquet").exists()


def test_standard_input_with_little_memory(corpus: Path, tmp_path: Path) -> None:
    """``dedup run -`` with ``--memory``: the same copies as from the file, and the texts beside them."""
    command = [sys.executable, "-m", "dedup", "run", "-", "-o", tmp_path / "out", "--memory", LEAST]
    with open(corpus, "rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    result = dedup.Result.open(tmp_path / "out")
    expected = dedup.run(corpus, out=tmp_path / "expected")
    for name in ("pairs", "passages", "clusters"):
        assert getattr(result, name).equals(getattr(expected, name)), name
    assert (tmp_path / "out" / "texts.parquet").exists()


@pytest.mark.parametrize("change", ["gone", "cut", "other"])
def test_a_source_that_changes_meanwhile_is_told(
    change: str, corpus: Path, tiny: Counter[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Texts are read again while the run goes on: a source that has changed stops it, in words."""
    path = tmp_path / "news.jsonl"
    path.write_bytes(corpus.read_bytes())
    content = path.read_text(encoding="utf-8")
    compare = pipeline.match

    def changed(*args: Any) -> Any:
        if change == "gone":
            path.unlink()
        else:
            path.write_text(content[: len(content) // 2] if change == "cut" else content.replace("ba", "de"))
        return compare(*args)

    monkeypatch.setattr(pipeline, "match", changed)
    with pytest.raises(SourceError) as caught:
        dedup.run(path, dedup.Config(memory=LEAST), out=tmp_path / "out")
    assert caught.value.message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("detect", DETECT, ids="+".join)
def test_real_newswire_on_disk_is_as_in_memory(
    detect: tuple[str, ...], data: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A thousand stories of Reuters from a compressed file, which is read again from its beginning for each text."""
    with gzip.open(data / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        content = "".join(itertools.islice(lines, 1000))
    path = tmp_path / "wire.jsonl.gz"
    path.write_bytes(gzip.compress(content.encode()))
    expected = dedup.run(path, dedup.Config(detect=detect), out=tmp_path / "expected")
    request.getfixturevalue("tiny")
    result = dedup.run(path, dedup.Config(detect=detect, memory=LEAST), out=tmp_path / "out")
    assert expected.pairs.num_rows > 0
    assert _digests(result) == _digests(expected)


@pytest.mark.parametrize("detect", [("copies",), ("copies", "excerpts", "rewrites")])
@pytest.mark.parametrize(("memory", "room"), [("", 0), (LEAST, 0), ("", 1 << 30)])
def test_a_plan_foretells_the_temporary_files(
    memory: str,
    room: int,
    detect: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """What ``--dry-run`` tells is within a factor of two and a half of what a run writes, in memory or on disk."""
    texts = [record["text"] for record in newswire(40) if record["text"]]
    source = tmp_path / "news.parquet"
    pq.write_table(pa.table({"id": np.arange(len(texts)), "text": texts}), source)
    if memory:
        monkeypatch.setattr(local, "_PILE", 1 << 10)
    monkeypatch.setattr(store, "ROOM", room)
    config = dedup.Config(detect=detect, memory=memory)
    expected = pipeline.plan([str(source)], config, tmp_path / "out")["expected"]
    assert expected["documents"] == len(texts)
    assert expected["stored_bytes"] == source.stat().st_size
    written: Counter[str] = Counter()
    clear, close = LocalPile.clear, spool.Spool.close

    def cleared(pile: LocalPile) -> None:
        written["piles"] += sum(path.stat().st_size for path, _ in pile._runs)
        clear(pile)

    def closed(kept: spool.Spool) -> None:
        close(kept)
        written[kept._path.name] = kept._path.stat().st_size

    monkeypatch.setattr(LocalPile, "clear", cleared)
    monkeypatch.setattr(spool.Spool, "close", closed)
    dedup.run(source, config, out=tmp_path / "out")
    assert (written["piles"] > 0) == bool(memory)
    assert (written.total() == 0) == bool(room)
    assert written.total() / 2.5 <= expected["temporary_bytes"] <= 2.5 * written.total()
