"""Texts that have moved or gone, and looking before anything runs."""

import json
import os
from pathlib import Path

import pyarrow as pa
import pytest

from dedup.config import Config
from dedup.errors import TextUnavailableError
from dedup.read import inspect, read_texts
from tests.read.support import COMPRESS, RECORDS, SUFFIX, encoded, jsonl, put, read


def test_texts_that_moved(tmp_path):
    """``source`` says where files are now; they are told by the end of their paths."""
    put(tmp_path, "new/x/a.jsonl", jsonl({"text": "of x"}))
    put(tmp_path, "new/y/a.jsonl", jsonl({"text": "of y"}))
    found = read_texts({"d": ("old/y/a.jsonl", 0)}, config=Config(), source=[f"{tmp_path}/new"])
    assert found == {"d": "of y"}
    with pytest.raises(TextUnavailableError, match="could be"):
        read_texts({"d": ("old/a.jsonl", 0)}, config=Config(), source=[f"{tmp_path}/new"])
    with pytest.raises(TextUnavailableError, match=r"None of the sources is b\.jsonl"):
        read_texts({"d": ("old/b.jsonl", 0)}, config=Config(), source=[f"{tmp_path}/new"])


@pytest.mark.parametrize(
    ("path", "row", "message"),
    [
        ("gone.jsonl", 0, "cannot be read again"),
        ("a.jsonl", 9, "holds no text"),
        ("a.jsonl", 1, "holds no text"),
        ("a.strange", 0, "format .* is not known"),
        ("cut.jsonl.gz", 5, "damaged"),
    ],
)
def test_texts_that_are_gone(tmp_path, path, row, message):
    """A text that cannot be read again is an error that says where it was and what to do."""
    put(tmp_path, "a.jsonl", jsonl({"text": "x"}, b"{broken"))
    put(tmp_path, "cut.jsonl.gz", COMPRESS[".gz"](jsonl({"text": "x"}))[:-9])
    with pytest.raises(TextUnavailableError, match=message) as caught:
        read_texts({"d": (f"{tmp_path}/{path}", row)}, config=Config())
    assert "--keep-texts" in caught.value.hint


def test_texts_of_streams_are_gone():
    """What could be read only once is an error at once."""
    for path in ("-", "object-0"):
        with pytest.raises(TextUnavailableError, match="only once"):
            read_texts({"d": (path, 0)}, config=Config())


@pytest.mark.parametrize("format_", SUFFIX)
def test_inspect_every_format(tmp_path, format_):
    """Format, columns, chosen fields and samples are shown, as values that JSON can hold."""
    path = put(tmp_path, f"in.{SUFFIX[format_]}.gz", COMPRESS[".gz"](encoded(format_)))
    (seen,) = inspect([path], Config(id_field="n"))
    assert json.loads(json.dumps(seen.to_dict()))["path"] == path
    assert (seen.format, seen.compression) == ("arrow" if format_ == "stream" else format_, "gzip")
    assert list(seen.columns) == ["id", "text", "date", "title", "n"]
    assert seen.fields == {"text": "text", "id": "n", "time": "date", "title": "title"}
    assert seen.guessed == ("text", "time", "title")
    assert [sample["doc_id"] for sample in seen.samples] == ["1", "2", "3"]
    assert seen.samples[0]["published_at"] == "2022-02-26T00:00:00+00:00"
    assert (seen.rejects, seen.missing) == ((), ())


def test_inspect_shows_what_would_be_lost(tmp_path):
    """Rejects among the first records, missing columns and times not understood are shown before a run."""
    path = put(tmp_path, "in.jsonl", jsonl(RECORDS[0], b"{broken", {"text": " "}, {"text": "x", "date": "soon"}))
    (seen,) = inspect([path], Config(title_field="byline"))
    assert [(reject["row"], reject["reason"]) for reject in seen.rejects] == [(1, "broken_json"), (2, "blank_text")]
    assert seen.missing == ("byline",)
    assert (seen.n_unparsed_times, seen.unparsed_time) == (1, "soon")
    assert seen.columns["date"] == "string"
    (seen,) = inspect([put(tmp_path, "in.csv", b"a,b\n1,2\n")], Config())
    assert [reject["reason"] for reject in seen.rejects] == ["no_text_column"]
    (seen,) = inspect([put(tmp_path, "in.txt.gz", b"no gzip")], Config())
    assert [reject["reason"] for reject in seen.rejects] == ["truncated"]


def test_inspect_is_bounded(tmp_path):
    """At most 20 inputs, 100 records of each and 80 characters of a text are looked at."""
    for i in range(25):
        put(tmp_path, f"in/{i:02}.jsonl", jsonl({"text": "x" * 500}, *([b"{broken"] * 300)))
    seen = inspect([f"{tmp_path}/in"], Config())
    assert len(seen) == 20
    assert all(len(one.rejects) == 99 and len(one.samples[0]["text"]) == 80 for one in seen)


def test_inspect_objects_and_text_files():
    """Objects in memory and text files can be looked at too."""
    assert inspect([pa.table({"body": ["Some words."]})], Config())[0].fields == {"text": "body"}
    seen = inspect(["seeds"], Config())
    assert [one.format for one in seen] == ["text"] * 5
    assert seen[1].samples[0]["url"].startswith("https://www.themoscowtimes.com/")


def test_texts_of_names_that_are_not_utf8(tmp_path):
    """A file or folder whose name is not UTF-8 is found again by the name that the tables show."""
    folder = os.fsencode(tmp_path) + b"/\xfe"
    Path(os.fsdecode(folder)).mkdir()
    for name in (b"\xff.txt", b"\\xff.txt"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"The words of " + name.replace(b"\xff", b"ff"))
    _, records, _ = read(str(tmp_path))
    documents = {str(r["doc"]): (r["source_path"], r["source_row"]) for r in records[:1]}
    assert read_texts(documents, config=Config()) == {str(records[0]["doc"]): records[0]["text"]}
    Path(os.fsdecode(folder + b"/\\xff.txt")).unlink()
    path = f"{tmp_path}/\\xfe/\\xff.txt"
    assert read_texts({"d": (path, 0)}, config=Config()) == {"d": "The words of ff.txt"}
    with pytest.raises(TextUnavailableError, match="cannot be read again"):
        read_texts({"d": (f"{tmp_path}/\\xaa/\\xff.txt", 0)}, config=Config())
