"""Whole columns give what single rows give."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read import Reader, columns
from dedup.read.columnar import Arrow, Parquet
from dedup.read.extents import Extents
from dedup.read.ids import SeenIds
from dedup.schema import RECORDS
from tests.naive_read import naive_read
from tests.read.strategies import ADDRESSES, FLOATS, INTS, TEXTS, TIMES, tables
from tests.read.support import COMPRESS, SUFFIX, encoded, jsonl, put

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _same(left, right):
    """Equality in which NaN equals itself: by what is written."""
    return repr(left) == repr(right)


def _all(sources, **changed):
    reader = Reader(sources, Config(**changed))
    records, rejects, sizes = [], [], []
    for batch in reader:
        batch.records.validate(full=True)
        records += batch.records.to_pylist()
        rejects += batch.rejects.to_pylist()
        sizes.append(batch.records.num_rows + batch.rejects.num_rows)
    assert all(0 < size <= changed.get("batch_size", 2048) for size in sizes)
    assert len(records) + len(rejects) == reader.n_read
    return reader, records, rejects


def _check(sources, **changed):
    """The reader and its twin say the same, and so do the texts that are read again."""
    expected, losses, unparsed = naive_read(sources, Config(**changed))
    expected = pa.Table.from_pylist(expected, RECORDS).to_pylist()
    reader, records, rejects = _all(sources, **changed)
    assert _same(records, expected)
    assert _same(rejects, losses)
    assert (reader.n_unparsed_times, reader.unparsed_time) == unparsed
    _check_again(reader, records, range(len(records)))


def _check_again(reader, records, docs):
    wanted = np.array(docs, np.int64)
    found = {}
    for some, texts in reader.texts(wanted):
        assert len(some) == len(texts) > 0
        found |= dict(zip(some.tolist(), texts.to_pylist(), strict=True))
    assert list(found) == wanted.tolist()
    assert found == {doc: records[doc]["text"] for doc in wanted.tolist()}


def _write(folder, table, format_, rows):
    path = folder / f"in.{format_}"
    if format_ == "parquet":
        pq.write_table(table, path, row_group_size=rows)
    else:
        with (pa.ipc.new_file if format_ == "arrow" else pa.ipc.new_stream)(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=rows)
    return str(path)


@SETTINGS
@given(
    table=tables(),
    format_=st.sampled_from(["parquet", "arrow", "ipc", "object"]),
    rows=st.integers(1, 50),
    size=st.integers(1, 60),
    most=st.sampled_from([1, 20, 10_000]),
)
def test_columns_equal_rows(tmp_path_factory, table, format_, rows, size, most):
    """Tables of any columns and values give the records and rejects of the row path, however they are cut."""
    source = table
    if format_ != "object":
        try:
            source = _write(tmp_path_factory.mktemp("t"), table, format_, rows)
        except (pa.ArrowException, OSError):
            return  # the format has no such type
    _check([source], batch_size=size, max_chars=most, keep="score" if "score" in table.column_names else "first")


@pytest.mark.parametrize("year", [1000, 2201])
@pytest.mark.parametrize("seconds", [-1, 0])
def test_first_and_last_years(year, seconds):
    """The first and the last moment that are a time are the same for columns and for rows."""
    moment = dt.datetime(year, 1, 1) + dt.timedelta(seconds=seconds)
    for kind in (pa.timestamp("s"), pa.timestamp("ms", "UTC"), pa.date32(), pa.date64()):
        _check([pa.table({"text": ["Some words."], "date": pa.array([moment]).cast(kind, safe=False)})])


@SETTINGS
@given(one=tables(max_size=15), other=tables(max_size=15), rows=st.integers(1, 20), size=st.integers(1, 20))
def test_columns_equal_rows_across_files(tmp_path_factory, one, other, rows, size):
    """Ids that are repeated in another file of another format are found as the row path finds them."""
    folder = tmp_path_factory.mktemp("t")
    for name, table in (("in.parquet", one), ("in.arrow", other)):
        try:
            _write(folder, table, name.removeprefix("in."), rows)
        except (pa.ArrowException, OSError):
            return
    put(folder, "z.jsonl", jsonl({"id": 1, "text": "x"}, {"id": "in.arrow:1", "text": "y"}))
    put(folder, "z.txt", b"Some words.")
    _check([str(folder)], batch_size=size)


_VALUES = st.one_of(TEXTS, INTS, FLOATS, st.booleans(), st.just([1]), st.just({"a": 1}), st.integers(2**64, 2**70))
_LINES = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"text": st.one_of(TEXTS, TEXTS, _VALUES)},
            optional={
                "id": st.one_of(TEXTS, INTS, _VALUES),
                "date": st.one_of(TIMES, INTS, _VALUES),
                "source": st.one_of(TEXTS, _VALUES),
                "url": st.one_of(ADDRESSES, _VALUES),
                "title": _VALUES,
                "score": _VALUES,
                "body": TEXTS,
            },
        ),
        st.sampled_from(
            [
                b"{broken",
                b"",
                b" \r",
                b"[1]",
                b'{"text": "\\ud800"}',
                b"\xff",
                b"{}",
                b' {"text": "a"} ',
                b'{"text": "a"} 1',
            ]
        ),
    ),
    max_size=60,
)


@SETTINGS
@given(
    lines=_LINES,
    suffix=st.sampled_from(list(COMPRESS)),
    size=st.integers(1, 70),
    most=st.sampled_from([1, 20, 10_000]),
    cut=st.integers(0, 30),
)
def test_lines_equal_rows(tmp_path_factory, lines, suffix, size, most, cut):
    """Lines gathered into columns give what they give one by one, and so they do where the stream is cut."""
    data = COMPRESS[suffix](jsonl({"text": "Some words.", "score": 1}, *lines))
    path = put(tmp_path_factory.mktemp("t"), f"in.jsonl{suffix}", data[: len(data) - cut] if cut < 20 else data)
    _check([path], batch_size=size, max_chars=most, keep="score")


@SETTINGS
@given(rows=st.lists(st.tuples(TEXTS, TEXTS, TIMES), max_size=60), size=st.integers(1, 70))
def test_fields_equal_rows(tmp_path_factory, rows, size):
    """So do the records of CSV."""
    quoted = ["id,text,date", *(",".join('"' + (v or "").replace('"', '""') + '"' for v in row) for row in rows)]
    path = put(tmp_path_factory.mktemp("t"), "in.csv", "\n".join(quoted).encode())
    _check([path], batch_size=size)


@settings(max_examples=60, deadline=None)
@given(
    lost=st.sets(st.integers(0, 39)),
    wanted=st.sets(st.integers(0, 39)),
    format_=st.sampled_from([*SUFFIX, "txt"]),
    packed=st.sampled_from(list(COMPRESS)),
)
def test_texts_are_read_again(tmp_path_factory, lost, wanted, format_, packed):
    """Of every format, stored in whatever way, any choice of documents is read again."""
    folder = tmp_path_factory.mktemp("t")
    records = [{"id": i, "text": " " if i in lost else f"Words of {i}."} for i in range(40)]
    if format_ == "txt":
        for record in records:
            put(folder, f"{record['id']:02}.txt{packed}", COMPRESS[packed](record["text"].encode()))
    else:
        for name, part in (("a", records[:25]), ("b", records[25:])):
            put(folder, f"{name}.{SUFFIX[format_]}{packed}", COMPRESS[packed](encoded(format_, part)))
    reader, found, _ = _all([str(folder)], batch_size=7)
    assert len(found) == 40 - len(lost)
    _check_again(reader, found, sorted(doc for doc in wanted if doc < len(found)))


@pytest.mark.parametrize("suffix", ["jsonl", "json", "csv", "txt", "parquet", "arrow"])
@pytest.mark.parametrize("change", ["blank", "gone", "shorter"])
def test_a_source_that_changes_under_way_is_an_error(tmp_path, suffix, change):
    """A row that is gone, or whose text can no longer be used, stops the run and says why."""
    records = [{"id": i, "text": f"Words of {i}."} for i in range(4)]

    def store(kept):
        data = encoded(suffix, kept) if suffix != "txt" else kept[-1]["text"].encode()
        return put(tmp_path, f"in.{suffix}", data)

    path = store(records)
    reader, found, _ = _all([path])
    if change == "blank":
        store([*records[:-1], {"id": 3, "text": " "}])
    elif change == "shorter" and suffix != "txt":
        store(records[:2])
    else:
        put(tmp_path, f"in.{suffix}", b"")
    with pytest.raises(SourceError, match="changed while the run was going on"):
        list(reader.texts(np.arange(len(found))))
    with pytest.raises(IndexError):
        list(reader.texts(np.array([len(found)])))


def test_texts_before_damage_are_read_again(tmp_path, monkeypatch):
    """Of a row group that is damaged in its middle, the documents before the damage are read again."""
    monkeypatch.setattr("dedup.read.columnar._MOST_ROWS", 4)
    table = pa.table({"text": [f"Words of {i}." for i in range(40)]})
    path = tmp_path / "in.parquet"
    pq.write_table(
        table,
        path,
        compression="none",
        data_page_size=100,
        write_batch_size=4,
        use_dictionary=False,
        write_page_checksum=True,
    )
    data = bytearray(path.read_bytes())
    data[data.index(b"Words of 21.")] ^= 1
    path.write_bytes(bytes(data))
    _, records, rejects = _all([str(path)])
    assert 8 <= len(records) < 21
    assert len(rejects) == 40 - len(records)
    _check([str(path)])


def test_what_can_be_read_only_once_is_not_read_again():
    """A stream gives its texts once; a table gives them again."""
    table = pa.table({"text": ["Some words."]})
    reader, _, _ = _all([table.to_reader()])
    with pytest.raises(SourceError):
        list(reader.texts(np.array([0])))
    reader, _, _ = _all([table])
    assert [texts.to_pylist() for _, texts in reader.texts(np.array([0]))] == [["Some words."]]


def test_texts_come_again_in_bounded_batches(tmp_path):
    """However long the texts are, a batch of them is about 16 MiB; so it is where a dictionary holds them but once."""
    texts = [letter * 3_000_000 for letter in "abcdefghijkl"]
    pq.write_table(pa.table({"text": texts}), tmp_path / "in.parquet", row_group_size=5)
    put(tmp_path, "in.jsonl", jsonl(*({"text": text} for text in texts)))
    doubled = pa.table({"text": pa.array(texts).dictionary_encode()})
    for source in (str(tmp_path / "in.parquet"), str(tmp_path / "in.jsonl"), doubled):
        reader = Reader([source], Config())
        assert sum(batch.records.num_rows for batch in reader) == 12
        again = [found for _, found in reader.texts(np.arange(12))]
        assert max(len(found) for found in again) <= 6
        assert [text for found in again for text in found.to_pylist()] == texts


def test_a_dictionary_does_not_unfold_at_once():
    """A dictionary of one long text that stands in many rows is decoded in bounded pieces."""
    indices = pa.array(np.zeros(3000, np.int32))
    column = pa.DictionaryArray.from_arrays(indices, pa.array(["x" * 1_000_000]))
    pieces = Arrow(pa.schema([("text", column.type)]), lambda: iter([pa.record_batch({"text": column})]))
    for piece in pieces.stretches(["text"]):
        assert piece.columns["text"].nbytes < 40_000_000


def test_only_the_row_groups_needed_are_read_again(tmp_path, monkeypatch):
    """Of a Parquet file the row groups without a wanted row are not touched, nor are the other columns."""
    table = pa.table({"text": [f"Words of {i}." for i in range(40)], "other": range(40)})
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=10)
    reader, _, _ = _all([str(tmp_path / "in.parquet")])
    seen = []
    batches = Parquet.batches
    monkeypatch.setattr(
        Parquet, "batches", lambda self, group, names=None: seen.append((group, names)) or batches(self, group, names)
    )
    assert [texts.to_pylist() for _, texts in reader.texts(np.array([12, 13, 35]))] == [
        ["Words of 12.", "Words of 13."],
        ["Words of 35."],
    ]
    assert seen == [(1, ["text"]), (3, ["text"])]


def test_texts_are_shared_with_what_was_decoded():
    """Where nothing is lost, the texts of a batch are the very bytes that the source holds."""
    texts = pa.array([f"Words of {i}." for i in range(100)])
    (batch,) = Reader([pa.table({"text": texts})], Config())
    assert batch.records.column("text").buffers()[2].address == texts.buffers()[2].address


@given(gaps=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 5), st.integers(1, 9)), max_size=30), data=st.data())
def test_extents_equal_a_dictionary(gaps, data):
    """The compact map of documents says what a plain list says, and its length is the number of gaps."""
    extents, naive = Extents(), []
    file, row = 0, 0
    for jump, gap, n in gaps:
        file, row = (file + jump, 0) if jump else (file, row + gap)
        extents.add(np.full(n, file), np.arange(row, row + n))
        naive += [(file, at) for at in range(row, row + n)]
        row += n
    docs = sorted(data.draw(st.sets(st.integers(0, len(naive) - 1)))) if naive else []
    found = [
        (doc, (file, row))
        for file, some, rows in extents.by_file(np.array(docs, np.int64))
        for doc, row in zip(some.tolist(), rows.tolist(), strict=True)
    ]
    assert found == [(doc, naive[doc]) for doc in docs]
    assert len(extents) <= len(gaps)


def test_ids_of_which_half_the_digest_is_equal(monkeypatch):
    """Digests that differ only in their second half are different ids."""
    monkeypatch.setattr("xxhash.xxh3_128_digest", lambda data: b"\1" * 8 + bytes([len(data)]) * 8)
    seen = SeenIds()
    assert seen.add(pa.array(["a", "bb", "cc"]), np.array([10, 11, 12])).tolist() == [-1, -1, 11]
    assert seen.add(pa.array(["dddd", "ff", "e"]), np.array([13, 14, 15])).tolist() == [-1, 11, 10]
    assert seen.add(pa.array(["hhhh", "ggg"]), np.array([16, 17])).tolist() == [13, -1]


def test_no_white_space_is_missed():
    """The bytes that white space may begin or end with are those of all white space that Python knows."""
    spaces = [chr(code).encode() for code in range(0x110000) if not 0xD800 <= code < 0xE000 and chr(code).isspace()]
    assert all(columns._BEGINS_SPACE[space[0]] and columns._ENDS_SPACE[space[-1]] for space in spaces)
    assert not columns._BEGINS_SPACE[0x21:0x7F].any()
    assert not columns._ENDS_SPACE[0x21:0x7F].any()


def test_estimate(tmp_path):
    """Records are foretold where metadata tell them, and the bytes wherever files have a size."""
    parquet, text = put(tmp_path, "in.parquet", encoded("parquet")), put(tmp_path, "in.txt", b"Some words.")
    n_bytes = (tmp_path / "in.parquet").stat().st_size + 11
    assert Reader([parquet, text], Config()).estimate() == (4, n_bytes)
    assert Reader([pa.table({"text": ["x", "y"]}), text], Config()).estimate() == (3, 11)
    lines = put(tmp_path, "in.jsonl", b"{}\n")
    assert Reader([parquet, lines], Config()).estimate() == (None, n_bytes - 11 + 3)
    broken = put(tmp_path, "broken.parquet", b"PAR1")
    assert Reader([broken], Config()).estimate() == (None, 4)
