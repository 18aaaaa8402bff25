"""Bad input: the rest goes through, and every loss is a row of rejects with its reason and place."""

import io
import json
import struct
import tracemalloc

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import RecordError
from dedup.read import REASONS
from tests.read.support import COMPRESS, RECORDS, SUFFIX, encoded, jsonl, put, read, reasons

GOOD = {"id": "good", "text": "Some good words."}


@pytest.mark.parametrize(
    ("line", "reason", "detail"),
    [
        (b"{broken", "broken_json", "line 2: not JSON"),
        (b'{"text": "cut', "broken_json", "line 2: not JSON"),
        (b"[" * 100_000, "broken_json", "line 2: nested too deeply"),
        (b'{"text": ' + b"9" * 5000 + b"}", "broken_json", "line 2: not JSON"),
        (b'["text"]', "broken_json", "not an object; is this an array"),
        (b'"text"', "broken_json", "line 2: a JSON str, not an object"),
        (b"null", "broken_json", "line 2: a JSON NoneType, not an object"),
        (b'{"text": "ab\xff"}', "invalid_utf8", "line 2, byte 12 (0xff) is not UTF-8"),
        (b'{"text": "a\\ud800"}', "invalid_utf8", "half a surrogate pair at character 1"),
        (b'{"id": "\\udfff", "text": "x y"}', "invalid_utf8", "'id': half a surrogate pair"),
        (b'{"text": null}', "null_text", "'text' is null"),
        (b'{"text": NaN}', "null_text", "'text' is null"),
        (b'{"text": ""}', "blank_text", "'text' is empty"),
        (b'{"text": " \\n\\u3000 "}', "blank_text", "only white space"),
        (b'{"text": 7}', "wrong_type", "of type int; see --text-field"),
        (b'{"text": {"a": 1}}', "wrong_type", "of type dict"),
        (b'{"id": [1], "text": "x"}', "wrong_type", "'id' is of type list"),
        (b'{"other": "x"}', "no_text_column", "Its columns: other. Name the right one with --text-field"),
        (b'{"text": "' + b"x" * 101 + b'"}', "too_long", "101 characters, more than 100; see --max-chars"),
        (b'{"text": "' + b"x" * 2_000_000 + b'"}', "too_long", "line 2: more than 1,049,776 bytes"),
        (b'{"id": "good", "text": "Others."}', "repeated_id", "the id stood first at row 0 of"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_line_costs_only_itself(tmp_path, line, reason, detail):
    """One bad line of JSON is one reject that says what was seen and where; the lines around it are read."""
    path = put(tmp_path, "in.jsonl", jsonl(GOOD, line, {"id": "last", "text": "Some last words."}))
    _, records, rejects = read(path, max_chars=100)
    assert [record["doc_id"] for record in records] == ["good", "last"]
    assert reasons(rejects) == [(1, reason)]
    assert detail in rejects[0]["detail"]
    assert rejects[0]["source_path"] == path
    assert len(rejects[0]["detail"]) < 300
    assert reason in REASONS
    with pytest.raises(RecordError, match=rf"in\.jsonl: {reason}: "):
        read(path, max_chars=100, strict=True)


def test_a_reject_keeps_its_id(tmp_path):
    """A reject whose id could be read is listed with it."""
    _, _, rejects = read(
        put(tmp_path, "in.jsonl", jsonl({"id": 7, "text": ""}, {"text": ""})), put(tmp_path, "a.txt", b" ")
    )
    assert [reject["doc_id"] for reject in rejects] == ["7", None, "a.txt"]


def test_strict_stops_at_the_first(tmp_path):
    """Under ``strict`` the error is of the first record that cannot be used, and good input passes."""
    path = put(tmp_path, "in.jsonl", jsonl(GOOD, GOOD, b"{broken"))
    with pytest.raises(RecordError, match="repeated_id"):
        read(path, strict=True)
    assert len(read(put(tmp_path, "in.jsonl", jsonl(GOOD)), strict=True)[1]) == 1


def test_a_repeated_id_is_found_across_files_and_batches(tmp_path):
    """The first one wins, however far away it stands."""
    one = put(tmp_path, "1.jsonl", jsonl(*({"id": i, "text": f"text {i}"} for i in range(50))))
    two = put(tmp_path, "2.jsonl", jsonl(*({"id": i, "text": f"text {i}"} for i in range(40, 60))))
    _, records, rejects = read(one, two, batch_size=7)
    assert [record["doc_id"] for record in records] == [str(i) for i in range(60)]
    assert reasons(rejects) == [(i, "repeated_id") for i in range(10)]
    assert f"row 43 of {one}" in rejects[3]["detail"]


@settings(max_examples=50, deadline=None)
@given(ids=st.lists(st.integers(0, 30), max_size=80), cuts=st.integers(1, 11))
def test_seen_ids_equal_a_dictionary(ids, cuts):
    """The compact index of ids says what a plain dictionary says."""
    from dedup.read.ids import SeenIds, packed, unpacked

    seen, naive, expected, got = SeenIds(), {}, [], []
    for row, key in enumerate(ids):
        expected.append(naive.get(key))
        naive.setdefault(key, (3, row))
    for begin in range(0, len(ids), cuts):
        part = range(begin, min(begin + cuts, len(ids)))
        places = packed(np.full(len(part), 3), np.array(part, np.int64))
        first = seen.add(pa.array([str(ids[row]) for row in part]), places).tolist()
        got += [None if place < 0 else unpacked(place) for place in first]
    assert got == expected


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"Ren\xe9 said", "invalid_utf8", "byte 3 (0xe9) is not UTF-8; convert the input to UTF-8"),
        ("Some words.".encode("utf-16"), "invalid_utf8", "it looks like UTF-16"),
        (b"", "blank_text", "empty"),
        (b"\xef\xbb\xbf", "blank_text", "empty"),
        (b" \n\t", "blank_text", "only white space"),
        (b"x" * 101, "too_long", "101 characters"),
        (b"x" * 1000, "too_long", "more than 100 characters"),
    ],
)
def test_a_bad_text_file_costs_only_itself(tmp_path, data, reason, detail):
    """One bad text file is one reject; the files around it are read."""
    for name, content in (("a.txt", b"Some words."), ("b.txt", data), ("c.txt", b"More words.")):
        put(tmp_path, name, content)
    _, records, rejects = read(str(tmp_path), max_chars=100)
    assert [record["doc_id"] for record in records] == ["a.txt", "c.txt"]
    assert [(reject["doc_id"], reject["reason"]) for reject in rejects] == [("b.txt", reason)]
    assert detail in rejects[0]["detail"]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".zst"])
@pytest.mark.parametrize("keep", [0.3, 0.95])
def test_truncated_stream(tmp_path, suffix, keep):
    """Of a stream that ends early all whole records before its end are read, and one reject names the place."""
    rows = [{"id": i, "text": f"{i * 7919 % 10007} words and {i}."} for i in range(30_000)]
    data = COMPRESS[suffix](jsonl(*rows))
    _, records, rejects = read(put(tmp_path, f"in.jsonl{suffix}", data[: int(len(data) * keep)]))
    assert [(r["doc_id"], r["text"]) for r in records] == [(str(r["id"]), r["text"]) for r in rows[: len(records)]]
    assert reasons(rejects) == [(len(records), "truncated")]
    assert "ends early" in rejects[0]["detail"]
    if suffix != ".bz2" or keep > 0.5:  # bz2 gives nothing before a block of 900 kB is whole
        assert len(records) > 1000


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".zst"])
@pytest.mark.parametrize("format_", SUFFIX)
def test_truncated_stream_of_every_format(tmp_path, format_, suffix):
    """A stream cut within its first bytes is one reject, whatever the format; other files are read."""
    data = COMPRESS[suffix](encoded(format_))
    put(tmp_path, f"a.{SUFFIX[format_]}{suffix}", data[: len(data) // 2])
    put(tmp_path, f"b.txt{suffix}", COMPRESS[suffix](b"Some words.")[:-6])
    put(tmp_path, "c.txt", b"Some words.")
    _, records, rejects = read(str(tmp_path))
    assert "c.txt" in [record["doc_id"] for record in records]
    assert [reject["reason"] for reject in rejects] == ["truncated", "truncated"]


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".zst"])
def test_not_compressed_at_all(tmp_path, suffix):
    """A file that only claims to be compressed is one reject."""
    _, records, rejects = read(put(tmp_path, f"in.jsonl{suffix}", jsonl(GOOD)))
    assert (records, reasons(rejects)) == ([], [(0, "truncated")])


def test_corrupt_checksum(tmp_path):
    """A gzip whose checksum is wrong gives its records and one reject."""
    data = bytearray(COMPRESS[".gz"](jsonl(*RECORDS)))
    data[-5] ^= 0xFF
    _, records, rejects = read(put(tmp_path, "in.jsonl.gz", bytes(data)))
    assert (len(records), reasons(rejects)) == (3, [(3, "truncated")])


@pytest.mark.parametrize("format_", ["csv", "tsv", "parquet", "arrow", "stream"])
def test_no_column_of_texts(tmp_path, format_):
    """A table without a column of texts is one reject that lists its columns; other files are read."""
    bare = [{"id": 1, "words": "Some words."}, {"id": 2, "words": "More words."}]
    bad = put(tmp_path, f"in.{SUFFIX[format_]}", encoded(format_, bare))
    good = put(tmp_path, "good.jsonl", jsonl(GOOD))
    _, records, rejects = read(bad, good)
    assert len(records) == 1
    assert reasons(rejects) == [(None, "no_text_column")]
    assert "id, words" in rejects[0]["detail"]
    assert "--text-field" in rejects[0]["detail"]
    assert len(read(bad, text_field="words")[1]) == 2


def test_configured_text_field_that_is_not_there(tmp_path):
    """A configured text field that a table lacks is a reject too: other files may have it."""
    _, _, rejects = read(put(tmp_path, "in.csv", encoded("csv")), text_field="body")
    assert reasons(rejects) == [(None, "no_text_column")]


def _parquet(n_groups, n_rows):
    """A Parquet file with page checksums, and where its row groups lie."""
    sink = io.BytesIO()
    n = n_groups * n_rows
    table = pa.table({"id": range(n), "text": [f"Words of record {i}." for i in range(n)]})
    pq.write_table(table, sink, row_group_size=n_rows, write_page_checksum=True, use_dictionary=False)
    metadata = pq.ParquetFile(sink).metadata
    return bytearray(sink.getvalue()), [metadata.row_group(g).column(1).data_page_offset for g in range(n_groups)]


def test_corrupt_row_group(tmp_path):
    """A corrupt row group of N rows is N rejects with their rows; the other row groups are read."""
    data, offsets = _parquet(3, 10)
    for at in range(offsets[1] + 40, offsets[1] + 60):
        data[at] ^= 0xFF
    _, records, rejects = read(put(tmp_path, "in.parquet", bytes(data)))
    assert [record["source_row"] for record in records] == [*range(10), *range(20, 30)]
    assert reasons(rejects) == [(row, "corrupt_row_group") for row in range(10, 20)]
    assert "row group 1, row 3 of 10" in rejects[3]["detail"]


def test_truncated_parquet_and_what_is_none(tmp_path):
    """A file that is no Parquet or Arrow, or has lost its end, is one reject; other files are read."""
    data, _ = _parquet(2, 5)
    sources = [
        put(tmp_path, "a.parquet", bytes(data[:-20])),
        put(tmp_path, "b.parquet", b"PAR1"),
        put(tmp_path, "c.parquet", b""),
        put(tmp_path, "d.arrow", encoded("arrow")[:-40]),
        put(tmp_path, "e.arrow", b"not Arrow at all"),
        put(tmp_path, "f.jsonl", jsonl(GOOD)),
    ]
    _, records, rejects = read(*sources)
    assert len(records) == 1
    assert reasons(rejects) == [(None, "broken_file")] * 5


def test_arrow_stream_that_ends_early(tmp_path):
    """An Arrow stream cut within a batch gives the batches before, and one reject."""
    data = encoded("stream", [{"id": i, "text": f"Words {i}."} for i in range(10)])
    _, records, rejects = read(put(tmp_path, "in.ipc", data[: int(len(data) * 0.8)]))
    assert 0 < len(records) < 10
    assert reasons(rejects) == [(len(records), "truncated")]


def test_text_in_parquet_that_is_not_utf8(tmp_path):
    """A value that is not UTF-8 in a column of strings costs its row alone."""
    column = pa.array([b"Some words.", b"Ren\xe9", b"More words."]).view(pa.string())
    pq.write_table(pa.table({"text": column}), tmp_path / "in.parquet")
    _, records, rejects = read(str(tmp_path / "in.parquet"))
    assert (len(records), reasons(rejects)) == (2, [(1, "invalid_utf8")])
    assert "byte 3 (0xe9)" in rejects[0]["detail"]


def test_numbers_for_texts(tmp_path):
    """A column of numbers by the name of a text gives rejects, not texts."""
    _, records, rejects = read(pa.table({"text": [1, 2]}))
    assert (records, reasons(rejects)) == ([], [(0, "wrong_type"), (1, "wrong_type")])


def test_csv_rows_of_the_wrong_length(tmp_path):
    """A CSV row of too few or too many fields is a reject that names its line; so is one that is not UTF-8."""
    data = b'id,text\na,"Two\nlines."\nb\nc,Some,words\nd,Ren\xe9\ne,Last words.\n'
    _, records, rejects = read(put(tmp_path, "in.csv", data))
    assert [(r["doc_id"], r["source_row"]) for r in records] == [("a", 0), ("e", 4)]
    assert reasons(rejects) == [(1, "broken_csv"), (2, "broken_csv"), (3, "invalid_utf8")]
    assert "line 4: 1 fields where the header has 2" in rejects[0]["detail"]


def test_csv_quote_that_never_closes(tmp_path):
    """A stray quote costs its line, not all that follows; whether it runs into the next quote or to the end."""
    for tail in (b'c,"Good words."\n', b"c,Good words.\n"):
        data = b'id,text\na,Some words.\nb,"Open words.\n' + tail + b"d,Last words.\n"
        _, records, rejects = read(put(tmp_path, "in.csv", data))
        assert [record["doc_id"] for record in records] == ["a", "c", "d"]
        assert reasons(rejects) == [(1, "broken_csv")]
        assert "line 3" in rejects[0]["detail"]


def test_csv_record_without_end(tmp_path):
    """A record that goes on for longer than any may is a reject, and what follows its first line is read."""
    data = b'id,text\na,"Open words.\n' + b"b,Good words.\n" * 100_000
    _, records, rejects = read(put(tmp_path, "in.csv", data), max_chars=100)
    assert reasons(rejects)[0] == (0, "too_long")
    assert (len(records), {reject["reason"] for reject in rejects[1:]}) == (1, {"repeated_id"})


def test_json_array_that_breaks(tmp_path):
    """An array is read up to its broken element, and the loss is one reject."""
    for tail in ("{broken}]", '{"text": "x"', "", '{"id": "x", "text": "x"} {}]', "7]"):
        data = "[" + json.dumps(GOOD) + ("," + tail if tail else "")
        _, records, rejects = read(put(tmp_path, "in.json", data.encode()))
        assert records[0]["doc_id"] == "good"
        assert [reject["reason"] for reject in rejects] == ["broken_json"]


def test_json_text_after_an_array(tmp_path):
    """What stands behind the end of an array is a loss, and is said."""
    _, records, rejects = read(put(tmp_path, "in.json", json.dumps([GOOD]).encode() + b'\n[{"text": "x"}]'))
    assert (len(records), reasons(rejects)) == (1, [(1, "broken_json")])


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_monstrous_line_does_not_fill_memory(tmp_path, suffix):
    """A line of 200 MB, compressed to little, is a reject; memory stays far below its size."""
    line = b'{"text": "' + b"x" * 200_000_000 + b'"}\n'
    path = put(tmp_path, f"in.jsonl{suffix}", COMPRESS[suffix](line) + COMPRESS[suffix](jsonl(GOOD)))
    del line
    tracemalloc.start()
    _, records, rejects = read(path, max_chars=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(records), reasons(rejects)) == (1, [(0, "too_long")])
    assert peak < 80_000_000


def test_a_long_line_within_bounds_is_read(tmp_path):
    """One line of 5 MB is a text like any other."""
    text = "word " * 1_000_000
    _, records, _ = read(put(tmp_path, "in.jsonl", jsonl({"text": text})))
    assert records[0]["text"] == text


@pytest.mark.parametrize(
    "text",
    [
        "!",
        "a",
        "…?!",
        "他说。",
        "これはペンです",
        "ภาษาไทย",
        "مرحبا بالعالم",
        "e\u0301\u0323",
        "\u200b\u2060",
        "\0",
        "👩‍👩‍👧",
        "\u202eabc",
    ],
)
def test_odd_texts_pass_unchanged(tmp_path, text):
    """Short texts, punctuation, scripts without spaces, right-to-left and combining marks are documents."""
    assert read(put(tmp_path, "in.jsonl", jsonl({"text": text})))[1][0]["text"] == text


@settings(max_examples=150, deadline=None)
@given(
    data=st.binary(max_size=400),
    suffix=st.sampled_from([*SUFFIX.values(), "txt"]),
    packed=st.sampled_from(list(COMPRESS)),
)
def test_any_bytes_are_records_or_rejects(tmp_path_factory, data, suffix, packed):
    """Whatever the bytes and whatever they claim to be, there is no error, and nothing is lost (``read`` checks)."""
    path = put(tmp_path_factory.getbasetemp(), f"fuzz/in.{suffix}{packed}", COMPRESS[packed](data))
    read(path)


@settings(max_examples=150, deadline=None)
@given(
    format_=st.sampled_from(list(SUFFIX)),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(1, 255)), min_size=1, max_size=4),
)
def test_flipped_bytes_are_records_or_rejects(tmp_path_factory, format_, flips):
    """Good files with some bytes flipped cause no error, and nothing is lost."""
    data = bytearray(encoded(format_))
    for at, mask in flips:
        data[int(at * len(data))] ^= mask
    path = put(tmp_path_factory.getbasetemp(), f"flip/in.{SUFFIX[format_]}", bytes(data))
    read(path)


def _viewed(values, kind):
    return pa.array(values, pa.int64()).view(kind)


def _column(kind):
    """Five values, of which the first cannot be had as Python values, and how many times are not understood then."""
    zoned = _viewed([1] * 5, pa.timestamp("s", "No/Such"))
    return {
        "date64": (_viewed([5, 86_400_000, 2**62, None, 0], pa.date64()), 1),
        "duration": (_viewed([2**62, 1, 1, 1, None], pa.duration("s")), 4),
        "zone": (pa.StructArray.from_arrays([zoned], ["at"]), 5),
        "struct": (pa.StructArray.from_arrays([_viewed([2**60] * 5, pa.timestamp("s"))], ["at"]), 5),
        "timestamp": (_viewed([2**60, 0, None, None, None], pa.timestamp("s")), 1),
        "list": (pa.array([[1], None, [], [2], [3]]), 4),
        "interval": (pa.array([None] * 4 + [pa.MonthDayNano([1, 2, 3])]), 1),
    }[kind]


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("kind", ["date64", "duration", "zone", "struct", "timestamp", "list", "interval"])
def test_an_odd_value_costs_only_itself(tmp_path, kind, stored):
    """A value that Python cannot hold is no metadata, but its text is a document like any other."""
    column, n_unparsed = _column(kind)
    texts = [f"Words {i}." for i in range(5)]
    source = pa.table({"text": texts, "date": column, "source": column, "title": column})
    if stored:
        with pa.ipc.new_file(tmp_path / "in.arrow", source.schema) as writer:
            writer.write_table(source)
        source = str(tmp_path / "in.arrow")
    reader, records, rejects = read(source, time_field="date")
    assert ([record["text"] for record in records], rejects) == (texts, [])
    if kind not in ("date64", "timestamp"):  # far times are written out
        assert {(record["title"], record["publisher"]) for record in records} == {(None, None)}
    assert reader.n_unparsed_times == n_unparsed
    if kind == "date64":
        assert [r["published_at"] and str(r["published_at"].date()) for r in records] == [
            *("1970-01-01", "1970-01-02", None, None, "1970-01-01")
        ]


def test_parquet_with_an_odd_value(tmp_path):
    """So it is in Parquet, where a struct holds times of a zone that nobody knows."""
    column, _ = _column("zone")
    pq.write_table(pa.table({"text": ["Some words."] * 5, "source": column}), tmp_path / "in.parquet")
    _, records, rejects = read(str(tmp_path / "in.parquet"))
    assert (len(records), rejects) == (5, [])


def test_nested_texts_and_ids_are_of_the_wrong_type():
    """What is no metadata is a fault as a text or an id."""
    nested = pa.array([{"a": 1}, None])
    assert reasons(read(pa.table({"text": nested}))[2]) == [(0, "wrong_type"), (1, "null_text")]
    _, records, rejects = read(pa.table({"id": nested, "text": ["Some words.", "More words."]}))
    assert (len(records), reasons(rejects)) == (1, [(0, "wrong_type")])
    assert "'id' is of type struct<a: int64>" in rejects[0]["detail"]


def _damaged(n):
    """Strings of one letter each, the offset of the second of which points outside of the data."""
    offsets = np.arange(n + 1, dtype=np.int32)
    offsets[2] = 1000
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"x" * n)]
    return pa.Array.from_buffers(pa.string(), n, buffers)


def test_damaged_offsets_cost_their_values_alone():
    """Offsets that point outside the data are rejects in a column of texts, and null in one of titles."""
    fine = [f"Words {i}." for i in range(6)]
    _, records, rejects = read(pa.table({"text": fine, "title": _damaged(6)}))
    assert ([r["title"] for r in records], rejects) == (["x", None, None, "x", "x", "x"], [])
    _, records, rejects = read(pa.table({"text": _damaged(6), "title": fine}))
    assert (len(records), reasons(rejects)) == (4, [(1, "broken_file"), (2, "broken_file")])
    assert "is the file damaged?" in rejects[0]["detail"]


def test_damaged_dictionaries_cost_their_values_alone():
    """So do indices that point outside of a dictionary, and offsets of a dictionary that point outside of its data."""
    indices = pa.array([0, 4, 0, 10**6, -7, None, 5], pa.int32())
    for known in (pa.array(list("abcdef")), _damaged(6)):
        column = pa.DictionaryArray.from_arrays(indices, known, safe=False)
        titles = [None if at in (3, 4, 5) else known[indices[at].as_py()].as_py() for at in range(7)]
        _, records, rejects = read(pa.table({"text": [f"Words {i}." for i in range(7)], "title": column}))
        assert ([r["title"] for r in records], rejects) == (titles, [])
        _, records, rejects = read(pa.table({"text": column}))
        assert reasons(rejects) == [(3, "broken_file"), (4, "broken_file"), (5, "null_text")]
        assert len(records) == 4


def test_a_damaged_batch_is_rejects_and_the_next_is_read(monkeypatch):
    """A batch that has arrived and cannot be read is one reject per row; reading goes on behind it."""
    from dedup.read import columnar

    convert = columnar.column_of

    def fail(array, valid):
        if "bad" in array.to_pylist():
            raise pa.ArrowInvalid("no such luck")
        return convert(array, valid)

    monkeypatch.setattr(columnar, "column_of", fail)
    batches = [pa.record_batch({"text": texts}) for texts in (["a"], ["b", "bad", "c"], ["d"])]
    _, records, rejects = read(pa.RecordBatchReader.from_batches(batches[0].schema, batches))
    assert [(r["source_row"], r["text"]) for r in records] == [(0, "a"), (4, "d")]
    assert reasons(rejects) == [(1, "broken_file"), (2, "broken_file"), (3, "broken_file")]
    assert "row 1 of 3 of its batch: no such luck" in rejects[1]["detail"]


def test_a_batch_that_lies_about_its_length_is_one_reject(tmp_path):
    """A batch that claims more rows than any of its columns holds does not become as many rejects."""
    data = encoded("stream", [{"text": "Some words."}] * 2 + [{"text": "More words."}] * 2)
    told, lie = (struct.pack("<q", n_rows) for n_rows in (2, 2**40))
    assert data.count(told) >= 4  # of each batch and its column
    _, records, rejects = read(put(tmp_path, "in.ipc", data.replace(told, lie)))
    assert (records, reasons(rejects)) == ([], [(0, "truncated")])


def test_binary_ids_stay_different():
    """Ids that are not UTF-8, such as UUIDs in binary, are written in hexadecimal; the others as they are."""
    ids = pa.array([b"\xff\x01", b"\xfe\x01", b"plain"])
    _, records, rejects = read(pa.table({"id": ids, "text": ["Some", "Other", "Words"]}))
    assert ([record["doc_id"] for record in records], rejects) == (["ff01", "fe01", "plain"], [])


@pytest.mark.parametrize("open_", ['b{i},"this one never closes {i}\n', 'b{i},"""this one never",x","\n'])
def test_csv_of_many_stray_quotes(tmp_path, monkeypatch, open_):
    """However many quotes stay open, and whatever may be read again, each costs its line and no good row is lost."""
    data = "id,text\n" + "".join(open_.replace("{i}", str(i)) for i in range(101))
    data += "".join(f"g{i},good words {i}\n" for i in range(10_000))
    path = put(tmp_path, "in.csv", data.encode())
    for budget in (1 << 26, 1 << 18):
        monkeypatch.setattr("dedup.read.delimited._AGAIN_BYTES", budget)
        _, records, rejects = read(path)
        assert [record["source_row"] for record in records] == list(range(101, 10_101))
        assert reasons(rejects) == [(i, "broken_csv") for i in range(101)]
        assert "line 102:" in rejects[-1]["detail"]


def test_csv_reads_again_no_more_than_its_budget(tmp_path, monkeypatch):
    """Where every quote runs to the end, the bytes parsed stay in proportion to the file."""
    from dedup.read.delimited import Csv

    monkeypatch.setattr("dedup.read.delimited._AGAIN_BYTES", 1 << 16)
    data = b"id,text\n" + b',""",x","\n' * 20_000
    n_fed = 0
    feed = Csv._feed

    def counted(self):
        nonlocal n_fed
        for line in feed(self):
            n_fed += len(line)
            yield line

    monkeypatch.setattr(Csv, "_feed", counted)
    table = Csv(iter([data]), 1 << 18)
    assert [row.fault is not None for row in table.rows()] == [True] * 20_000
    assert n_fed < 6 * len(data)


def test_csv_in_utf16(tmp_path):
    """A CSV in UTF-16 is one reject that says so; other files are read."""
    good = put(tmp_path, "good.jsonl", jsonl(GOOD))
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        bad = put(tmp_path, "in.csv", mark + "id,text\na,Some words.\n".encode(encoding))
        _, records, rejects = read(bad, good)
        assert (len(records), reasons(rejects)) == (1, [(None, "invalid_utf8")])
        assert "looks like UTF-16; convert the input to UTF-8" in rejects[0]["detail"]


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (b"id,text\ra,Some words.\rb,More words.\r", "broken_csv", "do its lines end in CR alone"),
        (b'id,"text\na,Some words.\n', "broken_csv", "unexpected end of data); is a quote not closed?"),
        (b'id,"tex"xt\na,Some words.\n', "broken_csv", "expected after"),
        (b"id,text" + b"x" * 2_000_000 + b"\n", "too_long", "no end of the header"),
    ],
)
def test_csv_whose_header_cannot_be_read(tmp_path, data, reason, detail):
    """A CSV whose header cannot be taken apart is one reject that says why; other files are read."""
    good = put(tmp_path, "good.jsonl", jsonl(GOOD))
    _, records, rejects = read(put(tmp_path, "in.csv", data), good, max_chars=100)
    assert (len(records), reasons(rejects)) == (1, [(None, reason)])
    assert detail in rejects[0]["detail"]
