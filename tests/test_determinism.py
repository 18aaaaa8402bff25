"""Same input and settings, same tables: rows, order and values, whatever the threads and the batch size."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

import dedup
from dedup.schema import TABLES
from tests.corpora import newswire

N_STORIES = 40
N_WIRE = 3000


def _written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def _differences(first: dedup.Result, second: dedup.Result) -> list[str]:
    """Names of the tables that are not equal in every column, row and value; their files must be equal too."""
    files, others = ({name: file["sha256"] for name, file in run.record["files"].items()} for run in (first, second))
    unequal = [name for name in TABLES if not getattr(first, name).equals(getattr(second, name))]
    return unequal + [name for name in files if name != "rejects.parquet" and files[name] != others[name]]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred documents with every relation, and some that cannot be used."""
    records = newswire(N_STORIES)
    records[10]["text"] = None
    records[200]["text"] = "  "
    records[300]["id"] = records[5]["id"]
    return _written(tmp_path_factory.mktemp("corpus") / "news.jsonl", records)


@pytest.fixture(scope="module")
def reference(corpus: Path) -> dedup.Result:
    """A run of the corpus on one thread, all in one batch."""
    return dedup.run(corpus, dedup.Config(threads=1), out=corpus.with_name("reference"))


def test_the_corpus_holds_what_it_must(reference: dedup.Result) -> None:
    """The comparison means something: every relation, story, edge and reject is there to differ."""
    found = reference.summary()
    assert found["n_documents"] + found["n_rejects"] == len(newswire(N_STORIES))
    assert set(found["pairs_by_relation"]) == {"exact", "near", "excerpt", "rewrite", "partial"}
    assert "quote" in reference.pairs.column("relation").to_pylist()
    assert found["n_rejects"] == 3
    assert min(found["n_clusters"], found["n_stories"], found["n_edges"], found["n_removed"]) >= N_STORIES / 2


@pytest.mark.parametrize(("threads", "batch_size"), [*itertools.product((1, 2, 4), (7, 2048)), (4, 1)])
def test_threads_and_batches_change_nothing(
    threads: int, batch_size: int, corpus: Path, reference: dedup.Result, tmp_path: Path
) -> None:
    """Neither how the input is cut nor how many hands work on it changes a single value."""
    result = dedup.run(corpus, dedup.Config(threads=threads, batch_size=batch_size), out=tmp_path / "out")
    assert _differences(reference, result) == []


@pytest.mark.parametrize("keep", ["longest", "root", "first"])
def test_every_keep_policy_is_determined(keep: str, corpus: Path, tmp_path: Path) -> None:
    """The keep decision depends on the input alone, whatever the policy."""
    configs = dedup.Config(keep=keep, threads=1), dedup.Config(keep=keep, threads=4, batch_size=50)
    first, second = (dedup.run(corpus, config, out=tmp_path / str(config.threads)) for config in configs)
    assert _differences(first, second) == []


def test_real_newswire_is_determined(data: Path, tmp_path: Path) -> None:
    """The first few thousand stories of Reuters give the same tables on one thread and on four, in other batches."""
    with gzip.open(data / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        path = _written(tmp_path / "wire.jsonl", [json.loads(line) for line in itertools.islice(lines, N_WIRE)])
    first = dedup.run(path, dedup.Config(threads=1), out=tmp_path / "first")
    second = dedup.run(path, dedup.Config(threads=4, batch_size=97), out=tmp_path / "second")
    assert first.documents.num_rows + first.rejects.num_rows == N_WIRE
    assert first.summary()["n_edges"] > 0
    assert _differences(first, second) == []
