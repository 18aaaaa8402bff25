"""The first step of a run: the first input is decoded while the rest is loaded, and it makes no other difference."""

from __future__ import annotations

import threading
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read import Reader, opened
from tests.read.support import encoded

TEXTS = pa.table({"id": list(map(str, range(9))), "text": [f"The talks of day {day} have begun." for day in range(9)]})


def _decoding() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "dedup-ahead"]


def _documents(sources: object, config: Config) -> list[dict[str, object]]:
    reader = Reader(sources, config)
    records = [row for batch in reader for row in batch.records.to_pylist()]
    assert reader.n_read == len(records)
    assert len(reader.inputs) == len(reader.files)
    return records


@pytest.mark.parametrize("threads", [1, 2])
def test_what_has_begun_is_read_as_ever(tmp_path: Path, threads: int) -> None:
    """All documents of all inputs come, whether the first was under way or not; and they come again."""
    pq.write_table(TEXTS, tmp_path / "a.parquet", row_group_size=2)
    pq.write_table(TEXTS.slice(3).set_column(0, "id", [list("uvwxyz")]), tmp_path / "b.parquet")
    config = Config(threads=threads)
    expected = _documents(str(tmp_path), config)
    assert len(expected) == 15
    with opened(str(tmp_path), config) as opening:
        assert (opening.begun is not None) == (threads > 1)
        for _ in range(2):
            assert _documents(opening, config) == expected
            assert opening.begun is None
    assert _decoding() == []


def test_what_nobody_takes_is_let_go(tmp_path: Path) -> None:
    """Where a run ends before it reads, the decoding ends too, and its file is closed."""
    pq.write_table(TEXTS, tmp_path / "a.parquet", row_group_size=1)
    with opened([tmp_path / "a.parquet"], Config(threads=2)) as opening:
        begun = opening.begun
        assert begun is not None
    assert _decoding() == []
    assert begun.table.file.closed


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.arrow"])
def test_other_formats_wait_for_their_turn(tmp_path: Path, name: str) -> None:
    """What is decoded under the interpreter's lock, or on no disk, is not begun."""
    (tmp_path / name).write_bytes(encoded(name.partition(".")[2]))
    with opened(tmp_path / name, Config(threads=2)) as opening:
        assert opening.begun is None


def test_damage_is_for_the_reader_to_tell(tmp_path: Path) -> None:
    """A file that is no Parquet, or has not the columns asked for, is opened without an error, and read with it."""
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing of the kind")
    with opened(tmp_path / "a.parquet", Config(threads=2)) as opening:
        assert opening.begun is None
        assert [batch.rejects.num_rows for batch in Reader(opening, Config(threads=2))] == [1]
    pq.write_table(TEXTS, tmp_path / "a.parquet")
    config = Config(threads=2, title_field="heading")
    with opened(tmp_path / "a.parquet", config) as opening:
        assert opening.begun is None
        with pytest.raises(SourceError, match="heading"):
            list(Reader(opening, config))
