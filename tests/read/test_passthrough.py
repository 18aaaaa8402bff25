"""What is kept comes out untouched."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dedup.config import Config
from dedup.errors import OutputError, SourceError
from dedup.read import Reader, read_texts, write_kept
from dedup.read.streams import decompressed
from tests.read.support import COMPRESS, RECORDS, SUFFIX, encoded, jsonl, put, read

_NAMES = {"": None, ".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}


def _plain(path):
    suffix = path.suffix if path.suffix in _NAMES else ""
    return b"".join(decompressed(iter([path.read_bytes()]), _NAMES[suffix]))


def _keep_1_3(_, row):
    return row in (1, 3)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_lines_are_copied_byte_for_byte(tmp_path, suffix):
    """Kept lines of JSON come out with their own spelling; the others, blank and broken ones do not."""
    lines = [b'{"text":"a"}\n', b'{ "text" : "b\\u00e9", "x": 1.0e5 }\r\n', b"\n", b'{"text": "c"}']
    path = put(tmp_path, f"in/a.jsonl{suffix}", COMPRESS[suffix](b"".join(lines)))
    written = write_kept([path], Config(), _keep_1_3, tmp_path / "out")
    assert _plain(tmp_path / "out" / f"a.jsonl{suffix}") == lines[1] + lines[3]
    assert [(w.path, w.n_rows_in, w.n_rows_out) for w in written] == [(tmp_path / "out" / f"a.jsonl{suffix}", 3, 2)]


def test_csv_keeps_its_dialect(tmp_path):
    """Delimiter, quotes, mark and line ends of a CSV stay; records of several lines stay whole."""
    data = b'\xef\xbb\xbfid;"text";z\r\n1;a;9\r\n2;"b ""q""\r\nc";8\r\nbad\r\n4;d;7'
    path = put(tmp_path, "in/a.csv", data)
    write_kept([path], Config(), _keep_1_3, tmp_path / "out")
    assert (tmp_path / "out/a.csv").read_bytes() == b'\xef\xbb\xbfid;"text";z\r\n2;"b ""q""\r\nc";8\r\n4;d;7'


def test_json_array_stays_an_array(tmp_path):
    """Elements of an array are copied as they are spelled."""
    data = b'[{"text": "a"}, {"text":"b\\u00e9","x":1.0e5},\n {"text": "c"}, {"text": "d"}]'
    write_kept([put(tmp_path, "in/a.json", data)], Config(), _keep_1_3, tmp_path / "out")
    out = (tmp_path / "out/a.json").read_bytes()
    assert b'{"text":"b\\u00e9","x":1.0e5}' in out
    assert [row["text"] for row in json.loads(out)] == ["bé", "d"]
    write_kept([str(tmp_path / "in/a.json")], Config(), lambda *_: False, tmp_path / "none")
    assert json.loads((tmp_path / "none/a.json").read_bytes()) == []


@pytest.mark.parametrize("compliant", [True, False])
@pytest.mark.parametrize("suffix", COMPRESS)
def test_parquet_keeps_schema_and_metadata(tmp_path, suffix, compliant):
    """Columns, types, order, metadata, codec and row groups of a Parquet file stay."""
    schema = pa.schema(
        [pa.field("x", pa.list_(pa.int8())), pa.field("text", pa.string(), metadata={"k": "v"})], metadata={"who": "me"}
    )
    table = pa.table({"x": [[i] for i in range(6)], "text": [f"Words {i}." for i in range(6)]}, schema=schema)
    sink = io.BytesIO()
    pq.write_table(table, sink, row_group_size=2, compression="gzip", use_compliant_nested_type=compliant)
    before = pq.read_table(sink)
    path = put(tmp_path, f"in/a.parquet{suffix}", COMPRESS[suffix](sink.getvalue()))
    written = write_kept([path], Config(), lambda _, row: row in (1, 4, 5), tmp_path / "out")
    file = pq.ParquetFile(io.BytesIO(_plain(tmp_path / "out" / f"a.parquet{suffix}")))
    assert file.read().equals(before.take([1, 4, 5]), check_metadata=True)
    assert file.num_row_groups == 2
    assert file.metadata.row_group(0).column(0).compression == "GZIP"
    assert (written[0].n_rows_in, written[0].n_rows_out) == (6, 3)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {f"a.parquet{suffix}"}


@pytest.mark.parametrize("format_", ["arrow", "stream"])
@pytest.mark.parametrize("suffix", COMPRESS)
def test_arrow_stays_a_file_or_a_stream(tmp_path, format_, suffix):
    """Arrow keeps its schema, and a file stays a file and a stream a stream."""
    path = put(tmp_path, f"in/a.ipc{suffix}", COMPRESS[suffix](encoded(format_)))
    write_kept([path], Config(), lambda _, row: row != 1, tmp_path / "out")
    opened = pa.ipc.open_file if format_ == "arrow" else pa.ipc.open_stream
    table = opened(_plain(tmp_path / "out" / f"a.ipc{suffix}")).read_all()
    assert table.equals(pa.Table.from_pylist(RECORDS).take([0, 2]), check_metadata=True)


def test_text_files_are_copied_or_not(tmp_path):
    """A kept text file comes out byte for byte, compressed or not; one that is not kept is not there."""
    a, b = b"\xef\xbb\xbfSome words.\r\n", COMPRESS[".gz"](b"More words.")
    put(tmp_path, "in/x/a.txt", a)
    put(tmp_path, "in/x/b.txt.gz", b)
    put(tmp_path, "in/c.txt", b"Last words.")
    put(tmp_path, "in/d.txt", b"\xff")
    written = write_kept([f"{tmp_path}/in"], Config(), lambda path, _: "/x/" in path, tmp_path / "deep/out")
    assert (tmp_path / "deep/out/x/a.txt").read_bytes() == a
    assert (tmp_path / "deep/out/x/b.txt.gz").read_bytes() == b
    assert not (tmp_path / "deep/out/c.txt").exists()
    assert [(w.path.name, w.n_rows_in, w.n_rows_out) for w in written] == [
        ("c.txt", 1, 0),
        ("d.txt", 0, 0),
        ("a.txt", 1, 1),
        ("b.txt.gz", 1, 1),
    ]


def test_equal_names_do_not_overwrite_each_other(tmp_path):
    """Two inputs of one name become two outputs, and no name leads out of the folder."""
    one, two = (put(tmp_path, f"{name}/a.jsonl", jsonl({"text": name})) for name in ("x", "y"))
    written = write_kept([one, two, f"{tmp_path}/x/../x/a.jsonl"], Config(), lambda *_: True, tmp_path / "out")
    assert [w.path.read_bytes() for w in written] == [jsonl({"text": name}) for name in ("x", "y", "x")]
    assert len({w.path.resolve() for w in written}) == 3
    assert all(w.path.resolve().is_relative_to(tmp_path / "out") for w in written)


def test_refused_outputs(tmp_path):
    """An output inside an input, over something foreign or over a file is refused, and nothing is written."""
    path = put(tmp_path, "in/a.jsonl", jsonl(*RECORDS))
    put(tmp_path, "foreign/mine.doc", b"x")
    before = sorted(tmp_path.rglob("*"))
    for sources, out in (
        ([f"{tmp_path}/in"], "in/out"),
        ([path], "foreign"),
        ([path], "in"),
        ([path], "foreign/mine.doc"),
    ):
        with pytest.raises(OutputError) as caught:
            write_kept(sources, Config(), lambda *_: True, tmp_path / out)
        assert caught.value.hint
    assert sorted(tmp_path.rglob("*")) == before
    (tmp_path / "empty").mkdir()
    write_kept([path], Config(), lambda *_: True, tmp_path / "empty")
    assert (tmp_path / "empty/a.jsonl").exists()


def test_nothing_half_written(tmp_path):
    """A failure on the way leaves neither the output nor its temporary sibling."""
    path = put(tmp_path, "in/a.jsonl", jsonl(*RECORDS))

    def fail(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_kept([path], Config(), fail, tmp_path / "out")
    assert [p.name for p in tmp_path.iterdir()] == ["in"]


def test_what_is_read_once_is_refused(tmp_path):
    """Objects in memory and streams cannot be filtered."""
    with pytest.raises(SourceError, match="only once"):
        write_kept([pa.table({"text": ["x"]})], Config(), lambda *_: True, tmp_path / "out")


@pytest.mark.parametrize("format_", SUFFIX)
@pytest.mark.parametrize("suffix", COMPRESS)
def test_keeping_all_that_was_read_reads_the_same(tmp_path, format_, suffix):
    """Filtered by the documents of a run, a source gives the same documents again: rejects are gone."""
    records = [*RECORDS, {**RECORDS[0], "id": "blank", "text": " "}, {**RECORDS[0], "id": "d"}]
    path = put(tmp_path, f"in.{SUFFIX[format_]}{suffix}", COMPRESS[suffix](encoded(format_, records)))
    _, before, rejects = read(path)
    assert len(rejects) == 1
    rows = {(record["source_path"], record["source_row"]) for record in before}
    written = write_kept([path], Config(), lambda path, row: (path, row) in rows, tmp_path / "out")
    _, after, rejects = read(str(written[0].path))
    assert rejects == []
    assert [(r["doc_id"], r["text"], r["title"]) for r in after] == [
        (r["doc_id"], r["text"], r["title"]) for r in before
    ]


def test_damaged_inputs_pass_what_was_read(tmp_path):
    """Of a damaged file the records that a run could read are written."""
    data = COMPRESS[".gz"](jsonl(*({"text": f"{i * 7919 % 10007} words"} for i in range(20000))))
    path = put(tmp_path, "in.jsonl.gz", data[: len(data) // 2])
    n = len(read(path)[1])
    written = write_kept([path], Config(), lambda *_: True, tmp_path / "out")
    assert n > 0
    assert (written[0].n_rows_out, len(read(str(written[0].path))[1])) == (n, n)


@pytest.mark.parametrize("format_", SUFFIX)
@pytest.mark.parametrize("suffix", COMPRESS)
def test_texts_are_read_again(tmp_path, format_, suffix):
    """Any document of a run gives its text again, by path and row."""
    path = put(tmp_path, f"in.{SUFFIX[format_]}{suffix}", COMPRESS[suffix](encoded(format_)))
    assert read_texts({"c": (path, 2), "a": (path, 0)}, config=Config()) == {
        "c": RECORDS[2]["text"],
        "a": RECORDS[0]["text"],
    }


def test_texts_of_forced_formats_and_text_files(tmp_path):
    """The inputs of the run tell what format was forced; text files need nothing."""
    path = put(tmp_path, "dump.log", encoded("jsonl"))
    reader = Reader([f"{path}:jsonl", "seeds"], Config(text_field="text"))
    batches = [row for batch in reader for row in batch.records.to_pylist()]
    documents = {row["doc_id"]: (row["source_path"], row["source_row"]) for row in batches}
    texts = read_texts(documents, config=Config(text_field="text"), inputs=reader.inputs)
    assert texts == {row["doc_id"]: row["text"] for row in batches}


def test_urls_do_not_get_round_the_guards(tmp_path):
    """An output inside a folder that was named as a URL is refused too."""
    put(tmp_path, "in/a.jsonl", jsonl(*RECORDS))
    for source in (f"file://{tmp_path}/in", f"local://{tmp_path}/in", f"file://{tmp_path}/*"):
        with pytest.raises(OutputError, match="lies inside the source"):
            write_kept([source], Config(), lambda *_: True, tmp_path / "in/out")


def test_what_a_killed_process_has_left_is_removed(tmp_path):
    """The scratch folder has a fixed name, and one left behind does not stay; what is no folder is left alone."""
    path = put(tmp_path, "in/a.jsonl", jsonl(*RECORDS))
    put(tmp_path, ".out.partial/b.jsonl", b"half a line")
    write_kept([path], Config(), lambda *_: True, tmp_path / "out")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out"]
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["a.jsonl"]
    put(tmp_path, ".new.partial", b"mine")
    with pytest.raises(OutputError, match="not a folder") as caught:
        write_kept([path], Config(), lambda *_: True, tmp_path / "new")
    assert caught.value.hint
    assert (tmp_path / ".new.partial").read_bytes() == b"mine"


def test_scratch_is_never_a_source(tmp_path):
    """Where the scratch folder would be holds sources, nothing is removed."""
    path = put(tmp_path, ".out.partial/a.jsonl", jsonl(*RECORDS))
    with pytest.raises(OutputError, match="holds sources"):
        write_kept([path], Config(), lambda *_: True, tmp_path / "out")
    assert read(path)[2] == []


def test_an_empty_folder_behind_a_link_can_be_written(tmp_path, monkeypatch):
    """An output that is a link to an empty folder, or the empty folder one is in, is filled."""
    path = put(tmp_path, "in/a.jsonl", jsonl(*RECORDS))
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (written,) = write_kept([path], Config(), lambda *_: True, tmp_path / "link")
    assert written.path.read_bytes() == jsonl(*RECORDS)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write_kept([path], Config(), lambda *_: True, Path())
    assert (tmp_path / "here/a.jsonl").exists()
