"""The run folder: whole or not at all, self-describing, readable by others."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dedup
from dedup import pipeline
from dedup.errors import OutputError
from dedup.schema import REJECTS, TABLES, TEXTS, VERSION
from dedup.store import CARD, MADE, REPORT, TEMPORARY, RunFolder, read_record, read_table, write_made

FILES = sorted([*(f"{name}.parquet" for name in TABLES), "run.json"])


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("in the middle")


def test_a_run_leaves_its_files_and_no_other(desk: Path) -> None:
    """A finished run holds the tables and its record; nothing temporary stays."""
    assert dedup.run("seeds", out="out").path == Path("out")
    assert _names(desk / "out") == FILES


def test_a_failure_leaves_nothing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a run fails in the middle, the folders that it made are gone."""
    monkeypatch.setattr(pipeline, "infer", _fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        dedup.run("seeds", out="new/deep/out")
    assert _names(desk) == ["seeds"]


@pytest.mark.parametrize("stage", ["match", "infer", "_store"])
def test_a_failure_leaves_an_earlier_run_as_it_was(stage: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An earlier run in the folder stays whole, byte for byte, until the next one is complete."""
    dedup.run("seeds", out="out")
    before = _contents(desk / "out")
    monkeypatch.setattr(pipeline, stage, _fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        dedup.run("seeds", out="out")
    assert _contents(desk / "out") == before


def test_a_killed_run_is_swept_up(desk: Path) -> None:
    """A run that is killed leaves no final name behind, and the same command then works."""
    code = (
        "import os, signal\n"
        "from dedup import pipeline\n"
        "pipeline._store = lambda *args: os.kill(os.getpid(), signal.SIGKILL)\n"
        "pipeline.run('seeds', out='out')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert _names(desk / "out") == [".partial"]
    with pytest.raises(OutputError, match="no finished run"):
        dedup.Result.open("out")
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


def test_the_record_goes_first_and_comes_last(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While files are moved to their names no record is there, so that a mixture of two runs never looks finished."""
    dedup.run("seeds", out="out")
    seen: list[tuple[str, bool]] = []
    move = Path.replace

    def watched(source: Path, target: Path) -> Path:
        seen.append((target.name, (desk / "out" / "run.json").exists()))
        return move(source, target)

    monkeypatch.setattr(Path, "replace", watched)
    dedup.run("seeds", out="out")
    assert [name for name, _ in seen][-1] == "run.json"
    assert not any(finished for _, finished in seen)


def test_every_file_says_what_it_is(desk: Path) -> None:
    """Each Parquet file carries its table's name and the schema's version, and is packed with zstd."""
    dedup.run("seeds", dedup.Config(keep_texts=True), out="out")
    for path in (desk / "out").glob("*.parquet"):
        metadata = pq.read_metadata(path)
        assert metadata.metadata[b"dedup.schema"] == path.stem.encode()
        assert metadata.metadata[b"dedup.schema_version"] == VERSION.encode()
        assert read_table(desk / "out", path.stem).schema == TABLES.get(path.stem, TEXTS)
        if metadata.num_rows:
            assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_the_record_lists_the_files(desk: Path) -> None:
    """``run.json`` has each file's rows, size and sha256, the inputs with their digests, and the settings."""
    result = dedup.run("seeds", dedup.Config(keep_texts=True, min_jaccard=0.8), out="out")
    record = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert sorted(record["files"]) == sorted({*FILES, "texts.parquet"} - {"run.json"})
    for name, told in record["files"].items():
        content = (desk / "out" / name).read_bytes()
        rows = pq.read_metadata(desk / "out" / name).num_rows
        assert told == {"rows": rows, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert [item["path"] for item in record["inputs"]] == result.documents.column("source_path").to_pylist()
    assert (record["records_read"], record["parameters"]["min_jaccard"], record["cwd"]) == (5, 0.8, str(desk))
    assert record["seconds"]["all"] > 0
    age = dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(record["started_at"])
    assert dt.timedelta() <= age < dt.timedelta(hours=1)
    assert record["peak_memory_bytes"] > 1e6


def test_duckdb_reads_every_table(desk: Path) -> None:
    """``select * from 'OUT/lineage.parquet'`` just works, and so for all tables, lists included."""
    result = dedup.run("seeds", out="out")
    for name in TABLES:
        rows = duckdb.sql(f"select * from 'out/{name}.parquet'").to_arrow_table()
        assert rows.num_rows == getattr(result, name).num_rows
    found = duckdb.sql("select e.kind from (select unnest(evidence) as e from 'out/lineage.parquet')").fetchall()
    assert ("time",) in found


def test_a_run_that_writes_less_takes_the_rest_away(desk: Path) -> None:
    """Texts that an earlier run kept do not stay beside the tables of a later one."""
    dedup.run("seeds", dedup.Config(keep_texts=True), out="out")
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


@pytest.mark.parametrize("out", [".", "deep/er/out", "link", "../beside"])
def test_any_way_to_name_the_folder(out: str, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The working folder, a folder in none that exists, a link to a folder, a path that climbs: all are fine."""
    (desk / "work").mkdir()
    (desk / "elsewhere").mkdir()
    (desk / "work" / "link").symlink_to(desk / "elsewhere")
    monkeypatch.chdir(desk / "work")
    if out == ".":
        (desk / "work" / "link").unlink()
    for _ in range(2):
        result = dedup.run("../seeds", out=out)
        assert sorted(path.name for path in Path(out).iterdir()) == FILES
        assert dedup.Result.open(out).documents.equals(result.documents)
    if out == "link":
        assert _names(desk / "elsewhere") == FILES


def test_a_run_that_is_moved_explains_itself(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources that were named by relative paths are found again from any working folder, also under a forced format."""
    names = sorted(path.name for path in Path("seeds").iterdir())[:2]
    dedup.run("seeds:text", out="out")
    (desk / "out").rename(desk / "moved")
    expected = dedup.Result.open("moved").explain(*names).text()
    (desk / "else").mkdir()
    monkeypatch.chdir(desk / "else")
    assert dedup.Result.open(desk / "moved").explain(*names).text() == expected


def test_texts_can_be_kept(desk: Path) -> None:
    """With ``keep_texts`` a run explains itself when the sources are gone."""
    names = sorted(path.name for path in Path("seeds").iterdir())[:2]
    result = dedup.run("seeds", dedup.Config(keep_texts=True), out="out")
    expected = result.explain(*names).text()
    (desk / "seeds").rename(desk / "gone")
    assert dedup.Result.open("out").explain(*names).text() == expected


@pytest.mark.parametrize(
    ("content", "message"),
    [("{", "cannot be read"), ("[]", "schema version None"), ('{"dedup.schema_version": "0"}', "schema version 0")],
)
def test_a_record_that_is_none(content: str, message: str, tmp_path: Path) -> None:
    """A damaged or foreign ``run.json`` is an error in words."""
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(OutputError, match=message):
        read_record(tmp_path)


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    """A table that is missing or cut short is an error in words."""
    with pytest.raises(OutputError, match=r"pairs\.parquet cannot be read"):
        read_table(tmp_path, "pairs")
    (tmp_path / "pairs.parquet").write_bytes(b"PAR1")
    with pytest.raises(OutputError, match=r"pairs\.parquet cannot be read"):
        read_table(tmp_path, "pairs")


def test_streamed_tables_are_whole(tmp_path: Path) -> None:
    """What is appended in pieces comes out as one table; a table without a piece is empty."""
    rows = [{"source_path": "a", "source_row": n, "doc_id": None, "reason": "blank_text", "detail": ""} for n in (0, 1)]
    with RunFolder(tmp_path / "out") as folder:
        folder.stream("rejects")
        folder.stream("texts")
        for row in rows:
            folder.append("rejects", pa.RecordBatch.from_pylist([row], schema=REJECTS))
        folder.finish({})
    assert read_table(tmp_path / "out", "rejects").to_pylist() == rows
    assert read_table(tmp_path / "out", "texts").num_rows == 0


@pytest.mark.parametrize("out", ["file/out", "loop", "loop/out", "n" * 300])
def test_a_folder_that_cannot_be_made(out: str, desk: Path) -> None:
    """A folder within a file, a link that leads to itself, a name that is too long: an error in words, and no trace."""
    (desk / "file").write_text("Mine.", encoding="utf-8")
    (desk / "loop").symlink_to(desk / "loop")
    with pytest.raises(OutputError, match="Cannot write to") as caught:
        dedup.run("seeds", out=out)
    assert caught.value.hint
    assert _names(desk) == ["file", "loop", "seeds"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("documents.parquet", b"mine"),
        ("run.json", b'{"my": "record"}'),
        ("run.json", b"[1]"),
        (".partial/thesis.txt", b"precious"),
        ("pairs.parquet/x", b"in a folder"),
    ],
)
def test_a_name_of_ours_does_not_make_a_file_ours(name: str, content: bytes, desk: Path) -> None:
    """What a run would overwrite is known by what it holds: a file of the user's stays, and nothing is written."""
    file = desk / "out" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    before = sorted(path.relative_to(desk) for path in desk.rglob("*"))
    with pytest.raises(OutputError, match="not of a run"):
        dedup.run("seeds", out="out")
    assert file.read_bytes() == content
    assert sorted(path.relative_to(desk) for path in desk.rglob("*")) == before


def test_another_file_with_our_columns_is_foreign(desk: Path) -> None:
    """A table of the user's under our name lacks our stamp, or bears that of another table."""
    (desk / "out").mkdir()
    pq.write_table(REJECTS.empty_table(), desk / "out" / "rejects.parquet")
    with pytest.raises(OutputError, match="not of a run"):
        dedup.run("seeds", out="out")


def test_two_runs_do_not_write_to_one_folder(desk: Path) -> None:
    """The second is refused, and the first goes on unharmed; when it has ended the folder is free."""
    with RunFolder(Path("out")) as folder:
        folder.stream("rejects")
        with pytest.raises(OutputError, match="Another run is writing to out"):
            dedup.run("seeds", out="out")
        assert (folder.scratch / "rejects.parquet").exists()
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


def test_an_input_named_as_a_file_url_is_not_overwritten(desk: Path) -> None:
    """A file:// source inside the output is seen to be there."""
    (desk / "out").mkdir()
    path = desk / "out" / "documents.parquet"
    pq.write_table(pa.table({"text": ["a text of some words"]}), path)
    before = path.read_bytes()
    with pytest.raises(OutputError):
        dedup.run(f"file://{path}", out="out")
    assert path.read_bytes() == before
    with pytest.raises(OutputError, match="inside the source"):
        dedup.run(f"file://{desk}/seeds", out="seeds/out")


def test_what_a_killed_run_spooled_is_ours(desk: Path) -> None:
    """Temporary files of a run that was killed are known by their names, and swept up by the next."""
    folder = desk / "out" / ".partial"
    folder.mkdir(parents=True)
    for name in ("entries.arrow", "surface-0.parquet", "texts-3.arrow"):
        (folder / f"{TEMPORARY}{name}").write_bytes(b"cut short")
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


def test_kept_texts_are_read_again(tmp_path: Path) -> None:
    """Texts that a run has stored in many pieces: any of them, ascending, each with its number."""
    with RunFolder(tmp_path / "out") as folder:
        folder.stream("texts")
        for begin in range(0, 20, 4):
            rows = [{"doc_id": f"d{n}", "text": f"text {n}"} for n in range(begin, begin + 4)]
            folder.append("texts", pa.RecordBatch.from_pylist(rows, schema=TEXTS))
        folder.close("texts")
        for wanted in ([], [0], [3, 4, 19], list(range(20))):
            read = [
                (doc, text.as_py())
                for docs, texts in folder.texts(np.array(wanted, np.int64))
                for doc, text in zip(docs.tolist(), texts, strict=True)
            ]
            assert read == [(n, f"text {n}") for n in wanted]


@pytest.mark.parametrize("name", MADE)
def test_what_is_made_of_a_run_lies_beside_its_tables(name: str, desk: Path) -> None:
    """A report and a card may lie in the folder; the next run takes them away, for their tables are no more."""
    result = dedup.run("seeds", out="out")
    for text in (MADE[name], f"{MADE[name]} again"):
        write_made(result.path / name, text, result.path, result.record)
        assert (desk / "out" / name).read_text(encoding="utf-8") == text
    assert _names(desk / "out") == sorted([*FILES, name])
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


def test_a_failed_run_leaves_what_was_made_of_the_one_before(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report goes with its tables, no sooner."""
    result = dedup.run("seeds", out="out")
    write_made(result.path / REPORT, MADE[REPORT], result.path, result.record)
    monkeypatch.setattr(pipeline, "infer", _fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        dedup.run("seeds", out="out")
    assert _names(desk / "out") == sorted([*FILES, REPORT])


def test_what_a_killed_process_left_of_a_report_is_ours(desk: Path) -> None:
    """The beginning of a page under its temporary name does not make a later run refuse the folder."""
    dedup.run("seeds", out="out")
    (desk / "out" / f".{REPORT}.partial").write_text(MADE[REPORT], encoding="utf-8")
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


@pytest.mark.parametrize("name", MADE)
def test_a_page_of_the_users_is_not_ours(name: str, desk: Path) -> None:
    """A file under such a name that we have not made is neither replaced nor taken away."""
    result = dedup.run("seeds", out="out")
    (desk / "out" / name).write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="among the tables"):
        write_made(result.path / name, MADE[name], result.path, result.record)
    with pytest.raises(OutputError, match="not of a run"):
        dedup.run("seeds", out="out")
    assert (desk / "out" / name).read_text(encoding="utf-8") == "mine"


def test_what_is_made_of_a_run_goes_elsewhere_too(desk: Path) -> None:
    """Any other file is written or replaced, through a link as well; a pipe gets the text; nothing temporary stays."""
    result = dedup.run("seeds", out="out")
    (desk / "real.html").write_text("old", encoding="utf-8")
    (desk / "link.html").symlink_to("real.html")
    for name in ("new.html", "link.html"):
        write_made(Path(name), "text", result.path, result.record)
    assert (desk / "real.html").read_text(encoding="utf-8") == "text"
    assert (desk / "link.html").is_symlink()
    write_made(Path("/dev/null"), "text", result.path, result.record)
    assert not Path("/dev/null").is_file()
    assert _names(desk) == ["link.html", "new.html", "out", "real.html", "seeds"]


def test_an_input_and_a_table_are_not_written_over(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by another name of the same file, and from another folder than that of the run."""
    result = dedup.run("seeds", out="out")
    seed = next((desk / "seeds").iterdir())
    (desk / "else").mkdir()
    (desk / "else" / "link").symlink_to(seed)
    before = seed.read_bytes()
    monkeypatch.chdir(desk / "else")
    run = desk / "out"
    for path in (Path("link"), seed, run / "run.json", run / "pairs.parquet", run / "graph.json", Path("none/x"), run):
        with pytest.raises(OutputError) as caught:
            write_made(path, "text", run, result.record)
        assert caught.value.hint
    assert seed.read_bytes() == before
    assert _names(desk / "out") == FILES


def test_the_page_and_the_card_bear_their_marks(desk: Path) -> None:
    """What is made where no file is named, and as a README, is known as ours."""
    result = dedup.run("seeds", out="out")
    result.report()
    result.export("card", desk / "out" / CARD)
    for name, mark in MADE.items():
        assert mark in (desk / "out" / name).read_text(encoding="utf-8")
    dedup.run("seeds", out="out")
    assert _names(desk / "out") == FILES


def test_a_run_from_before_a_column_was_added_is_read(desk: Path) -> None:
    """The column is null; a run that lacks another column is damaged."""
    expected = dedup.run("seeds", out="out").pairs
    file = desk / "out" / "pairs.parquet"
    pq.write_table(expected.drop_columns(["common_source"]), file)
    found = read_table(desk / "out", "pairs")
    assert found.schema.equals(expected.schema)
    assert found.column("common_source").null_count == len(found) > 0
    assert (
        dedup.Result.open("out").explain(*(expected.column(name)[0].as_py() for name in ("left_id", "right_id"))).lines
    )
    pq.write_table(expected.drop_columns(["jaccard"]), file)
    with pytest.raises(OutputError, match="cannot be read"):
        read_table(desk / "out", "pairs")
