"""Every format gives the same records, and what must come through unchanged does."""

import json

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read import Reader
from dedup.schema import RECORDS as RECORDS_SCHEMA
from dedup.schema import REJECTS as REJECTS_SCHEMA
from tests.read.support import COMPRESS, RECORDS, SUFFIX, encoded, jsonl, put, read, reasons


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("format_", SUFFIX)
def test_every_format_and_compression(tmp_path, format_, suffix):
    """The same records come out of every format under every compression, with the digest of the file as stored."""
    data = COMPRESS[suffix](encoded(format_))
    path = put(tmp_path, f"in.{SUFFIX[format_]}{suffix}", data)
    reader, records, rejects = read(path)
    assert not rejects
    assert [(r["doc_id"], r["text"]) for r in records] == [(r["id"], r["text"]) for r in RECORDS]
    assert [r["title"] for r in records] == ["Talks", None, "会談"]
    assert [r["published_precision"] for r in records] == ["day", "day", None]
    numbers = [0, 1, 2]
    assert [r["source_row"] for r in records] == numbers
    assert reader.inputs[0].digest == xxhash.xxh3_128_hexdigest(data)
    assert reader.inputs[0].bytes == len(data)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_text_file_under_every_compression(tmp_path, suffix):
    """A text comes out exactly as stored, line ends and all, but for a byte order mark."""
    text = "  Zwei Wörter.\r\n\u200bUnd mehr\u0301.\n\n"
    path = put(tmp_path, f"in.txt{suffix}", COMPRESS[suffix](b"\xef\xbb\xbf" + text.encode()))
    _, records, _ = read(path)
    assert records[0]["text"] == text


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".zst"])
def test_members_and_frames_follow_each_other(tmp_path, suffix):
    """A compressed file of several members or frames is read to its end."""
    data = b"".join(COMPRESS[suffix](jsonl(record)) for record in RECORDS)
    assert len(read(put(tmp_path, f"in.jsonl{suffix}", data))[1]) == 3


@pytest.mark.parametrize(
    "make",
    [
        pa.Table.from_pylist,
        lambda records: pa.Table.from_pylist(records).to_batches()[0],
        lambda records: pa.Table.from_pylist(records).to_reader(),
        pd.DataFrame,
        pl.DataFrame,
        lambda records: duckdb.from_arrow(pa.Table.from_pylist(records)),
    ],
    ids=["table", "batch", "reader", "pandas", "polars", "duckdb"],
)
def test_objects_in_memory(make):
    """Whatever gives an Arrow stream is a source, and can be read only once."""
    reader, records, rejects = read(make(RECORDS))
    assert not rejects
    assert [(r["doc_id"], r["text"]) for r in records] == [(r["id"], r["text"]) for r in RECORDS]
    assert reader.reads_once
    assert records[0]["source_path"] == "object-0"


class HuggingFace:
    """A data set as the package ``datasets`` 5.2 has it: dictionaries of columns, or Arrow tables once asked for."""

    def __init__(self, records, arrow=False):
        self.records, self.arrow = records, arrow

    def with_format(self, name):
        """The same records in another format."""
        return HuggingFace(self.records, arrow=name == "arrow")

    def iter(self, batch_size):
        """Batches in the format."""
        for begin in range(0, len(self.records), batch_size):
            table = pa.Table.from_pylist(self.records[begin : begin + batch_size])
            yield table if self.arrow else table.to_pydict()


def test_data_sets_of_hugging_face():
    """They are read in the format "arrow"; in another one the error names the step to take."""
    with pytest.raises(SourceError) as caught:
        read(HuggingFace(RECORDS))
    assert '.with_format("arrow")' in caught.value.hint
    reader, records, rejects = read(HuggingFace(RECORDS).with_format("arrow"))
    assert not rejects
    assert reader.reads_once
    assert [(r["doc_id"], r["text"]) for r in records] == [(r["id"], r["text"]) for r in RECORDS]


def test_objects_that_need_a_step_get_a_hint():
    """What is lazy, or gives no Arrow, is an error that names the step to take."""

    class Lazy:
        def collect(self):
            """As lazy frames have it."""

    with pytest.raises(SourceError) as caught:
        read(Lazy())
    assert ".collect()" in caught.value.hint
    with pytest.raises(SourceError, match="cannot be given as Arrow"):
        read(pd.DataFrame({"text": ["a", 1, object()]}))


@pytest.mark.parametrize(
    "kind",
    [
        pa.string(),
        pa.large_string(),
        pa.string_view(),
        pa.binary(),
        pa.large_binary(),
        pa.dictionary(pa.int8(), pa.string()),
    ],
    ids=str,
)
def test_columns_of_every_kind_of_text(tmp_path, kind):
    """Texts may be stored as any Arrow type that holds them."""
    texts = [record["text"] for record in RECORDS]
    strings = pa.array([*texts, None])
    column = (
        strings.dictionary_encode()
        if pa.types.is_dictionary(kind)
        else pa.array(
            [text if text is None or not pa.types.is_binary(kind) else text.encode() for text in strings.to_pylist()],
            kind,
        )
    )
    _, records, rejects = read(pa.table({"text": column}))
    assert [record["text"] for record in records] == texts
    assert reasons(rejects) == [(3, "null_text")]


def test_ids():
    """Numbers become text, whole ones without a fraction; where there is none, one is made from source and row."""
    table = pa.table({"id": pa.array([7, None, 9]), "text": ["One text.", "Two texts.", "More texts."]})
    assert [record["doc_id"] for record in read(table)[1]] == ["7", "object-0:1", "9"]
    frame = pd.DataFrame({"id": [7.0, None, 9.0], "text": ["One text.", "Two texts.", "More texts."]})
    assert [record["doc_id"] for record in read(frame)[1]] == ["7", "object-0:1", "9"]
    table = table.drop_columns("id")
    assert [record["doc_id"] for record in read(table)[1]] == ["object-0:0", "object-0:1", "object-0:2"]


def test_ids_are_made_from_the_name_within_the_source(tmp_path):
    """A made id is short: file name relative to the source, and row."""
    put(tmp_path, "in/x/a.jsonl", jsonl({"text": "Some words."}, b"", {"text": "More words."}))
    assert [record["doc_id"] for record in read(f"{tmp_path}/in")[1]] == ["x/a.jsonl:0", "x/a.jsonl:2"]
    assert read(f"{tmp_path}/in/x/a.jsonl")[1][0]["doc_id"] == "a.jsonl:0"


def test_publisher_is_the_host_where_none_is_named(tmp_path):
    """A url without a publisher names one: its host, without www."""
    rows = [
        {"text": "One text.", "url": "https://www.example.org/a", "publisher": "The Example"},
        {"text": "Two texts.", "url": "https://www.example.org/a", "id": 2},
        {"text": "More texts.", "url": "http://[broken", "id": 3},
    ]
    path = put(tmp_path, "in.jsonl", jsonl(*rows))
    assert [record["publisher"] for record in read(path)[1]] == ["The Example", "example.org", None]


def test_fields_are_found_whatever_their_case(tmp_path):
    """Columns are guessed in a fixed order of names, without regard to case."""
    row = {
        "Headline": "H",
        "BODY": "Some words.",
        "content": "other",
        "Published_At": "2022",
        "DOC_ID": 5,
        "Outlet": "O",
    }
    _, records, _ = read(put(tmp_path, "in.jsonl", jsonl(row)))
    assert [records[0][k] for k in ("title", "text", "published_precision", "doc_id", "publisher")] == [
        "H", "Some words.", "year", "5", "O",
    ]  # fmt: skip


def test_configured_fields_win(tmp_path):
    """A configured field is used instead of the guess."""
    row = {"text": "wrong", "raw": "right words", "id": "wrong", "key": "right", "title": "wrong", "t": "right"}
    path = put(tmp_path, "in.jsonl", jsonl(row))
    _, records, _ = read(path, text_field="raw", id_field="key", title_field="t")
    assert (records[0]["text"], records[0]["doc_id"], records[0]["title"]) == ("right words", "right", "right")


@pytest.mark.parametrize("format_", SUFFIX)
def test_configured_field_that_is_not_there(tmp_path, format_):
    """A configured field that a file lacks is an error that lists its columns."""
    path = put(tmp_path, f"in.{SUFFIX[format_]}", encoded(format_))
    with pytest.raises(SourceError, match=r"no column 'byline' \(--title-field\).*id, text, date, title, n"):
        read(path, title_field="byline")


def test_keep_column(tmp_path):
    """``--keep`` may name a column of numbers; what is none is null; a column that no source has is an error."""
    rows = [{"text": f"text {i}", "score": score} for i, score in enumerate([1, "2.5", None, "x", float("nan"), [1]])]
    path = put(tmp_path, "in.jsonl", jsonl(*rows))
    assert [record["keep_value"] for record in read(path, keep="score")[1]] == [1.0, 2.5, None, None, None, None]
    with pytest.raises(SourceError, match=r"no source|No source has a column 'rank'"):
        read(path, keep="rank")
    with pytest.raises(SourceError, match="No source has a column 'rank'"):
        read("seeds", keep="rank")


def test_times_of_arrow_columns():
    """Timestamps with and without zone, dates and numbers all become UTC; those out of range are counted."""
    times = {
        "s": pa.array([1645833600], pa.timestamp("s")),
        "ns": pa.array([1645833600_123456789], pa.timestamp("ns", tz="America/New_York")),
        "d": pa.array([19049], pa.date32()),
        "i": pa.array([1645833600000]),
    }
    for column in times.values():
        _, records, _ = read(pa.table({"text": ["Some words."], "date": column}))
        assert records[0]["published_at"].isoformat().startswith("2022-02-26T00:00:00")
    far = pa.table({"text": ["Some words."], "date": pa.array([2**60], pa.timestamp("s"))})
    reader, records, _ = read(far)
    assert (records[0]["published_at"], reader.n_unparsed_times) == (None, 1)


def test_times_that_cannot_be_understood_are_counted(tmp_path):
    """A time that is no time leaves a null, is counted, and the first is shown."""
    rows = [{"text": "One text.", "date": "soon"}, {"text": "Two texts.", "date": None}, {"text": "More.", "date": ""}]
    reader, records, _ = read(put(tmp_path, "in.jsonl", jsonl(*rows)))
    assert len(records) == 3
    assert (reader.n_unparsed_times, reader.unparsed_time) == (1, "soon")


def test_csv_dialects(tmp_path):
    """The delimiter is that of the header; a byte order mark, quotes, line ends in fields and blank lines are fine."""
    data = b'\xef\xbb\xbf"id";"text"\r\n1;"He said ""no"";\r\nand left."\r\n\r\n2;5" disk\r\n'
    _, records, rejects = read(put(tmp_path, "in.csv", data))
    assert [(r["doc_id"], r["text"], r["source_row"]) for r in records] == [
        ("1", 'He said "no";\r\nand left.', 0),
        ("2", '5" disk', 1),
    ]
    assert not rejects


def test_json_documents(tmp_path):
    """A ``.json`` file may be an array, one object over many lines, or lines after all."""
    record = {"id": "a", "text": "Some words.\nMore."}
    for data in (
        json.dumps([record]),
        json.dumps(record, indent=2),
        json.dumps(record),
        "\ufeff[" + json.dumps(record) + "]",
    ):
        assert read(put(tmp_path, "in.json", data.encode()))[1][0]["text"] == record["text"]
    _, records, rejects = read(put(tmp_path, "in.json", b'{"text": 1\n{"text": "Some words."}\n'))
    assert (len(records), reasons(rejects)) == (1, [(0, "broken_json")])


def test_empty_inputs_give_valid_empty_batches(tmp_path):
    """No record is no error: JSONL and CSV of no byte, a CSV of its header alone, a Parquet of no row."""
    empty = pa.table({"text": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "in.parquet")
    sources = [
        put(tmp_path, "in.jsonl", b""),
        put(tmp_path, "in.json", b""),
        put(tmp_path, "blank.jsonl", b"\n \n"),
        put(tmp_path, "in.csv", b""),
        put(tmp_path, "header.csv", b"id,text\n"),
        put(tmp_path, "array.json", b"[]"),
        str(tmp_path / "in.parquet"),
    ]
    reader, records, rejects = read(*sources, empty)
    assert (records, rejects, reader.n_read, len(reader.inputs)) == ([], [], 0, 8)


def test_schemas(tmp_path):
    """Batches have the schemas of the data model."""
    path = put(tmp_path, "in.jsonl", jsonl(*RECORDS, {"text": None}))
    for batch in Reader([path], Config()):
        assert batch.records.schema.equals(RECORDS_SCHEMA)
        assert batch.rejects.schema.equals(REJECTS_SCHEMA)


def test_reading_again_gives_the_same(tmp_path):
    """A reader can be iterated twice."""
    path = put(tmp_path, "in.jsonl", jsonl(*RECORDS, RECORDS[0]))
    reader = Reader([path], Config())
    assert list(reader) == list(reader)
    assert reader.n_read == 4


def test_batches_are_bounded_in_characters(tmp_path):
    """Long texts make small batches, whatever the batch size."""
    path = put(tmp_path, "in.jsonl", jsonl(*({"id": i, "text": "x" * 9_000_000} for i in range(4))))
    assert [batch.records.num_rows for batch in Reader([path], Config())] == [2, 2]


_ROWS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"id": st.integers(0, 12), "text": st.sampled_from(["Some words.", "", " ", None, 7])}),
        st.sampled_from([b"{broken", b"", b"[1]", b'{"text": "\\ud800"}', b"\xff"]),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(rows=_ROWS, size=st.integers(1, 9))
def test_batch_size_decides_nothing_but_the_cuts(tmp_path_factory, rows, size):
    """Whatever the batch size, the same records and rejects come in the same order."""
    path = put(tmp_path_factory.mktemp("cut"), "in.jsonl", jsonl(*rows))
    assert read(path, batch_size=size)[1:] == read(path)[1:]
