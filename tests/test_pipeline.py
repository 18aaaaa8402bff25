"""The flow as a whole: what goes in, how it is told on the way, that nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dedup
from dedup import pipeline
from dedup.errors import InternalError
from tests.corpora import newswire

STAGES = ["read", "match", "spin", "cluster", "wording", "lineage", "keep", "store"]


def test_stages_are_told_in_order(desk: Path) -> None:
    """``progress`` hears of every stage once, in order; work done never falls and ends at what there is."""
    heard: list[tuple[str, int, int | None]] = []
    result = dedup.run("seeds", out="out", progress=lambda *told: heard.append(told))
    assert list(dict.fromkeys(stage for stage, _, _ in heard)) == STAGES
    for stage in STAGES:
        done = [n for name, n, _ in heard if name == stage]
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, 5)
    assert list(result.record["seconds"]) == ["all", *STAGES]


def test_a_record_that_gets_lost_stops_the_run(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The promise that documents + rejects = records read is checked at the end of reading, not believed."""
    whole = pipeline.Reader.__iter__
    monkeypatch.setattr(pipeline.Reader, "__iter__", lambda reader: iter(list(whole(reader))[1:]))
    with pytest.raises(InternalError, match=r"4 documents \+ 0 rejects are not the 5 records read"):
        dedup.run("seeds", dedup.Config(batch_size=1), out="out")
    assert not (desk / "out").exists()


@pytest.mark.parametrize("keep_texts", [False, True])
def test_a_plan_is_what_is_done(keep_texts: bool, desk: Path) -> None:
    """``plan`` names the inputs, the banding and the files of the run that follows, and writes nothing."""
    config = dedup.Config(keep_texts=keep_texts)
    plan = json.loads(json.dumps(pipeline.plan("seeds", config, "out")))
    assert sorted(path.name for path in desk.iterdir()) == ["seeds"]
    record = dedup.run("seeds", config, out="out").record
    assert [item["path"] for item in plan["inputs"]] == [item["path"] for item in record["inputs"]]
    assert (plan["banding"], plan["parameters"]) == (record["banding"], record["parameters"])
    assert sorted(plan["would_write"]) == sorted(path.name for path in (desk / "out").iterdir())


@pytest.mark.parametrize(
    "make",
    [
        pa.Table.from_pylist,
        pd.DataFrame,
        pl.DataFrame,
        lambda records: duckdb.from_arrow(pa.Table.from_pylist(records)),
        lambda records: [pa.Table.from_pylist(records[:20]), pa.Table.from_pylist(records[20:])],
    ],
    ids=["pyarrow", "pandas", "polars", "duckdb", "two tables"],
)
def test_tables_in_memory_are_sources(make: Callable[[list[dict[str, Any]]], Any], tmp_path: Path) -> None:
    """What speaks Arrow is read as a file of the same records is; texts are kept, so that pairs can be explained."""
    records = newswire(4)
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    expected = dedup.run(tmp_path / "in.jsonl", out=tmp_path / "file")
    result = dedup.run(make(records), out=tmp_path / "out")
    for name in ("pairs", "passages", "lineage", "clusters", "stories"):
        assert getattr(result, name).equals(getattr(expected, name)), name
    pair = result.pairs.slice(0, 1).to_pylist()[0]
    assert result.explain(pair["left_id"], pair["right_id"]).lines


def test_a_line_of_the_house_tells_where_a_copy_comes_from(tmp_path: Path) -> None:
    """Two undated copies bear the line of one of their publishers; the publishers of the pile are looked for."""
    text = f"{newswire(1)[0]['text']}\n\nSign up for the Elgin Herald newsletter."
    table = pa.table({"id": ["a", "b"], "text": [text, text], "publisher": ["Dunmore Mail", "Elgin Herald"]})
    rows = dedup.run(table, out=tmp_path / "out").lineage.to_pylist()
    assert {row["child_id"]: row["parent_id"] for row in rows} == {"a": "b", "b": None}
