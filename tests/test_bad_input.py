"""Bad input, end to end: an error that says what to do and writes nothing, or a reject while the rest goes through."""

from __future__ import annotations

import gzip
import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.cli import main
from dedup.errors import ConfigError, GiantClusterError, OutputError, RecordError, SourceError
from dedup.schema import TABLES

GOOD = [{"id": "good", "text": "Some good words."}, {"id": "fine", "text": "Other fine words."}]


def _call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def _lines(*records: object) -> bytes:
    """Records, or raw lines, as JSON Lines."""
    return b"".join(
        (record if isinstance(record, bytes) else json.dumps(record).encode()) + b"\n" for record in records
    )


def _texts(*texts: str) -> bytes:
    return _lines(*({"id": str(number), "text": text} for number, text in enumerate(texts)))


def _parquet(**columns: list[Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, row_group_size=2, write_page_checksum=True, use_dictionary=False)
    return sink.getvalue()


def _corrupt_parquet() -> bytes:
    """Three row groups of two records, the second one damaged."""
    data = bytearray(_parquet(id=[*"abcdef"], text=[f"Words of record {n}." for n in range(6)]))
    offset = pq.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(1).data_page_offset
    for at in range(offset + 20, offset + 40):
        data[at] ^= 0xFF
    return bytes(data)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _empty_folder(desk: Path) -> tuple[str, str]:
    (desk / "empty").mkdir()
    return "empty", "out"


def _unreadable(desk: Path) -> tuple[str, str]:
    (desk / "seeds" / "dangling.txt").symlink_to(desk / "gone")  # a test may run as root, who may read all else
    return "seeds", "out"


def _foreign(desk: Path) -> tuple[str, str]:
    (desk / "letters").mkdir()
    (desk / "letters" / "dear.txt").write_text("Dear friend", encoding="utf-8")
    return "seeds", "letters"


def _link_to_source(desk: Path) -> tuple[str, str]:
    (desk / "link").symlink_to(desk / "seeds")
    return "seeds", "link/out"


def _dangling_output(desk: Path) -> tuple[str, str]:
    (desk / "link").symlink_to(desk / "gone")
    return "seeds", "link"


def _input_in_output(desk: Path) -> tuple[str, str]:
    dedup.run("seeds", out="earlier")
    return "earlier/documents.parquet", "earlier"


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda _: ("nowhere", "out"), SourceError, "No such file or folder: nowhere"),
        (lambda _: ("seeds/*.pdf", "out"), SourceError, "No file fits"),
        (_empty_folder, SourceError, "No input in empty"),
        (_unreadable, SourceError, "Cannot read seeds/dangling.txt"),
        (_foreign, OutputError, "letters holds files that are not of a run: dear.txt"),
        (lambda _: ("seeds", "seeds/out"), OutputError, "lies inside the source seeds"),
        (lambda _: ("seeds", "seeds"), OutputError, "lies inside the source seeds"),
        (lambda _: ("seeds:text", "seeds/out"), OutputError, "lies inside the source seeds"),
        (_link_to_source, OutputError, "lies inside the source seeds"),
        (_input_in_output, OutputError, "lies inside the output earlier"),
        (lambda _: ("seeds", "seeds/004_89bb0c79a03178b1.txt"), OutputError, "lies inside the source seeds"),
        (_dangling_output, OutputError, "link is not a folder"),
    ],
)
def test_what_cannot_be_run_writes_nothing(
    make: Callable[[Path], tuple[str, str]], error: type[dedup.DedupError], message: str, desk: Path
) -> None:
    """Exit code 1, what was seen and what to do on stderr, and not a byte of the disk changed; the API raises."""
    source, out = make(desk)
    before, names = _tree(desk), sorted(path.name for path in desk.iterdir())
    done = _call("run", source, "-o", out)
    assert (done.exit_code, done.stdout) == (1, "")
    assert message in done.stderr
    assert "\nHint: " in done.stderr
    with pytest.raises(error, match=message):
        dedup.run(source, out=out)
    assert _tree(desk) == before
    assert sorted(path.name for path in desk.iterdir()) == names


def test_a_file_is_no_output(desk: Path) -> None:
    """A file of the user's is not written over."""
    (desk / "notes").write_text("Mine.", encoding="utf-8")
    done = _call("run", "seeds", "-o", "notes")
    assert (done.exit_code, (desk / "notes").read_text(encoding="utf-8")) == (1, "Mine.")
    assert "notes is not a folder" in done.stderr


@pytest.mark.parametrize("arguments", [("nowhere",), ("seeds", "--strict"), ("seeds", "--keep", "weight")])
def test_an_error_leaves_an_earlier_run_intact(arguments: tuple[str, ...], desk: Path) -> None:
    """A run that cannot be done takes nothing from the one that was."""
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    (desk / "seeds" / "blank.txt").write_text(" \n", encoding="utf-8")
    before = _tree(desk / "out")
    assert _call("run", *arguments, "-o", "out").exit_code == 1
    assert _tree(desk / "out") == before


@pytest.mark.parametrize(
    ("name", "data", "losses"),
    [
        ("a.jsonl", _lines(*GOOD, b'{"text": "cut'), [(2, "broken_json")]),
        ("a.jsonl", _lines(*GOOD, b'{"text": "ab\xff"}'), [(2, "invalid_utf8")]),
        ("a.txt", b"ab\xff", [(0, "invalid_utf8")]),
        ("a.jsonl", _lines(*GOOD, {"text": None}), [(2, "null_text")]),
        ("a.jsonl", _lines(*GOOD, {"text": ""}), [(2, "blank_text")]),
        ("a.jsonl", _lines(*GOOD, {"text": " \n\u3000"}), [(2, "blank_text")]),
        ("a.jsonl", _lines(*GOOD, {"text": "x" * 101}), [(2, "too_long")]),
        ("a.jsonl", _lines(*GOOD, {"id": "good", "text": "New words."}), [(2, "repeated_id")]),
        ("a.jsonl.gz", gzip.compress(_lines(*GOOD, *GOOD), mtime=0)[:-12], [(None, "truncated")]),
        ("a.parquet", _parquet(id=["a"], author=["Someone"]), [(None, "no_text_column")]),
        ("a.parquet", _corrupt_parquet(), [(2, "corrupt_row_group"), (3, "corrupt_row_group")]),
        ("a.parquet", b"PAR1", [(None, "broken_file")]),
        ("a.csv", b'id,text\na,Some words.\nb,"Never closed', [(1, "broken_csv")]),
    ],
    ids=lambda value: str(value)[:24],
)
def test_the_rest_goes_through(
    name: str, data: bytes, losses: list[tuple[int | None, str]], desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each loss is a reject with its reason and place, all else is a document; under ``--strict`` it is an error."""
    (desk / "in").mkdir()
    (desk / "in" / name).write_bytes(data)
    (desk / "in" / "z.jsonl").write_bytes(_lines({"id": "z", "text": "The rest goes through."}))
    done = _call("run", "in", "-o", "out", "--max-chars", "100", "--json")
    assert done.exit_code == 0, done.output
    result = dedup.Result.open("out")
    rejects = result.rejects.to_pylist()
    assert [reject["reason"] for reject in rejects] == [reason for _, reason in losses]
    assert {reject["source_path"] for reject in rejects} == {f"in/{name}"}
    assert all(reject["detail"] for reject in rejects)
    if losses[0][1] != "truncated":  # how much a cut stream still gives is for zlib to say
        assert [reject["source_row"] for reject in rejects] == [row for row, _ in losses]
    assert result.documents.column("doc_id").to_pylist()[-1] == "z"
    assert result.documents.num_rows + len(rejects) == result.record["records_read"]
    assert json.loads(done.stdout)["n_rejects"] == len(losses)

    strict = _call("run", "in", "-o", "strict", "--max-chars", "100", "--strict")
    assert (strict.exit_code, (desk / "strict").exists()) == (1, False)
    assert f"in/{name}: {losses[0][1]}: " in strict.stderr
    with pytest.raises(RecordError, match=losses[0][1]):
        dedup.run("in", dedup.Config(max_chars=100, strict=True), out="strict")


@pytest.mark.parametrize("detect", [("copies",), ("copies", "excerpts")])
@pytest.mark.parametrize("data", [b"", b"\n", _texts("", " "), b"{\n"])
def test_no_usable_document_still_writes_valid_tables(data: bytes, detect: tuple[str, ...], desk: Path) -> None:
    """An input of nothing, or of rejects alone, ends well: all tables are there, with their schemas."""
    (desk / "in.jsonl").write_bytes(data)
    result = dedup.run("in.jsonl", dedup.Config(detect=detect), out="out")
    for name, schema in TABLES.items():
        assert getattr(result, name).schema == schema
        assert getattr(result, name).num_rows == (result.record["records_read"] if name == "rejects" else 0)
    assert result.summary_text().startswith("0 documents, ")


def test_no_usable_document_of_a_stream(desk: Path) -> None:
    """The same for an object in memory, whose texts are kept."""
    result = dedup.run(pa.table({"id": ["a"], "text": [None]}, pa.schema({"id": "string", "text": "string"})))
    assert (result.documents.num_rows, result.rejects.num_rows) == (0, 1)
    assert result.record["files"]["texts.parquet"]["rows"] == 0


ODD = {
    "shorter than a shingle": ["a", "b", "one two", "one three", "one two three four", "one two three five"],
    "punctuation": ["!", "!!", "?", "…", "...", "- -", "—", "👍", "👎"],
    "Chinese": ["他说。", "她说。", "会谈在明斯克开始", "会谈在莫斯科开始", "会谈"],
    "Japanese": ["これはペンです。", "これは本です。", "会談は明日です", "会談"],
    "Thai": ["ภาษาไทย", "ภาษาจีน", "การเจรจาเริ่มขึ้นแล้ว", "การเจรจาสิ้นสุดแล้ว"],
    "right to left": ["مرحبا بالعالم", "مرحبا بكم", "שלום עולם", "שלום לכולם", "\u202eabc", "abc d"],
    "combining marks": ["e\u0301t\u0301", "e\u0300t\u0301", "e\u0323t\u0301", "क्षि", "कषि", "\u0301"],
    "unseen": ["\u200b\u2060", "\0", "\0\0"],
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_texts_are_neither_dropped_nor_merged(kind: str, desk: Path) -> None:
    """Unequal texts, however short and in whatever script, are documents of their own; equal ones are copies."""
    texts = ODD[kind]
    (desk / "in.jsonl").write_bytes(_texts(*texts, *texts))
    result = dedup.run("in.jsonl", out="out")
    assert (result.documents.num_rows, result.rejects.num_rows) == (2 * len(texts), 0)
    clusters = result.documents.column("cluster_id").to_pylist()
    assert clusters == [*range(1, len(texts) + 1)] * 2
    accepted = [row for row in result.pairs.to_pylist() if row["accepted"]]
    assert [row["relation"] for row in accepted] == ["exact"] * len(texts)
    assert result.documents.column("kept").to_pylist() == [True] * len(texts) + [False] * len(texts)


def test_long_texts_without_spaces_are_compared_by_character(desk: Path) -> None:
    """Chinese news that differ in a few characters are near copies; those of other events are not."""
    base = "".join(chr(0x4E00 + (n * 7919) % 2000) for n in range(300))
    other = "".join(chr(0x5E00 + (n * 6007) % 2000) for n in range(300))
    (desk / "in.jsonl").write_bytes(_texts(base, base[:150] + "新" + base[151:], other))
    result = dedup.run("in.jsonl", out="out")
    assert result.documents.column("cluster_id").to_pylist() == [1, 1, None]


def test_one_line_of_5_megabytes(desk: Path) -> None:
    """A huge text is a document; its near copy is found, and ``explain`` of the two fits on a screen."""
    words = [f"w{(n * n) % 100_003}" for n in range(700_000)]
    near = [*words[:1000], "changed", *words[1001:]]
    (desk / "in.jsonl").write_bytes(_texts(" ".join(words), " ".join(near), "short"))
    assert (desk / "in.jsonl").stat().st_size > 8_000_000
    result = dedup.run("in.jsonl", out="out")
    assert result.pairs.column("relation").to_pylist() == ["near"]
    assert len(result.explain("0", "1").text()) < 20_000


def test_equal_up_to_form_is_equal(desk: Path) -> None:
    """Case, white space, composed or not, quotes and dashes make no other text."""
    text = "Élan “vital” – he said, café"
    variants = [
        text,
        unicodedata.normalize("NFD", text),
        text.upper(),
        text.replace(" ", "\n"),
        'élan "vital" - he said, café',
    ]
    (desk / "in.jsonl").write_bytes(_texts(*variants))
    assert dedup.run("in.jsonl", out="out").documents.column("cluster_id").to_pylist() == [1] * len(variants)


@settings(max_examples=15)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=12))
def test_any_texts_are_accounted_for(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever the texts: documents + rejects = records, and what is removed equals a kept document or is near one."""
    folder = tmp_path_factory.mktemp("any")
    table = pa.table({"id": [str(n) for n in range(len(texts))], "text": pa.array(texts, pa.string())})
    result = dedup.run(table, out=folder / "out")
    assert result.documents.num_rows + result.rejects.num_rows == len(texts)
    assert all(not texts[int(row["doc_id"])].strip() for row in result.rejects.to_pylist())
    rows = {row["doc_id"]: row for row in result.documents.to_pylist()}
    pairs = {(row["left_id"], row["right_id"]): row["relation"] for row in result.pairs.to_pylist()}
    for doc_id, row in rows.items():
        kept = rows[row["canonical_id"]]
        assert kept["kept"]
        assert row["kept"] == (kept is row)
        same = row["text_digest"] == kept["text_digest"]
        assert same or pairs[min(doc_id, kept["doc_id"]), max(doc_id, kept["doc_id"])] == "near"


def test_a_hostile_title_stays_on_its_line(desk: Path) -> None:
    """A title of a megabyte with control characters neither floods the screen nor rewrites it."""
    text = " ".join(f"word{n}" for n in range(200))
    title = "\x1b[2J\n" + "x" * 1_000_000
    records = [{"id": name, "text": text + name, "title": title} for name in "ab"]
    (desk / "in.jsonl").write_bytes(_lines(*records))
    for arguments in (("run", "in.jsonl", "-o", "out"), ("explain", "out", "a", "b"), ("explain", "out", "a")):
        done = _call(*arguments)
        assert done.exit_code == 0, done.output
        assert "\x1b" not in done.stdout
        assert len(done.stdout) < 5_000


def test_settings_that_contradict(desk: Path) -> None:
    """A keep policy that needs lineage, without lineage, is told before anything is read."""
    done = _call("run", "seeds", "-o", "out", "--detect", "copies", "--keep", "root")
    assert (done.exit_code, (desk / "out").exists()) == (1, False)
    assert "lineage" in done.stderr
    with pytest.raises(ConfigError, match="lineage"):
        dedup.Config(detect=("copies",), keep="root")


def test_a_giant_cluster_stops_the_run(desk: Path) -> None:
    """A template that swallows more than 1 % of 10,000 texts stops the run with its cause, unless told to go on."""
    page = [f"page{n}" for n in range(60)]
    chained = [" ".join([*page, f"end{k}"]) for k in range(150)]
    alone = [" ".join(f"t{k}w{n}" for n in range(6)) for k in range(9_900)]
    (desk / "in.jsonl").write_bytes(_texts(*chained, *alone))
    done = _call("run", "in.jsonl", "-o", "out", "--detect", "copies")
    assert (done.exit_code, (desk / "out").exists()) == (1, False)
    assert "One cluster holds 150 of 10,050 distinct texts" in done.stderr
    assert "--allow-giant" in done.stderr
    with pytest.raises(GiantClusterError):
        dedup.run("in.jsonl", dedup.Config(detect=("copies",)), out="out")
    result = dedup.run("in.jsonl", dedup.Config(detect=("copies",), allow_giant=True), out="out")
    assert result.clusters.column("n_documents").to_pylist() == [150]
