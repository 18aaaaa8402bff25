"""Finding the inputs."""

import io
import os
import sys

import fsspec
import pytest

from dedup.errors import SourceError
from dedup.read import folder_around, locate
from tests.read.support import COMPRESS, RECORDS, encoded, put, read


def test_folder_is_read_whole_and_in_order(tmp_path):
    """A folder gives all its files, sorted by path, named relative to it."""
    for name in ("b.txt", "a/z.txt", "a.md", "noext"):
        put(tmp_path, name, b"Some words.")
    _, records, _ = read(str(tmp_path))
    assert [record["doc_id"] for record in records] == ["a.md", "a/z.txt", "b.txt", "noext"]
    assert records[1]["source_path"] == f"{tmp_path}/a/z.txt"


def test_what_a_folder_holds_besides_is_listed(tmp_path):
    """Hidden files, files of unknown format and what is no file are passed over, but never silently."""
    for name in ("a.txt", ".hidden.txt", "picture.png", ".git/config"):
        put(tmp_path, name, b"Some words.")
    os.mkfifo(tmp_path / "pipe.txt")
    reader, records, _ = read(str(tmp_path))
    assert len(records) == 1
    assert {os.path.relpath(path, tmp_path) for path in reader.skipped} == {
        ".git/config",
        ".hidden.txt",
        "picture.png",
        "pipe.txt",
    }


@pytest.mark.parametrize("name", ["", "/", "//"])
def test_slashes_after_a_folder_change_nothing(tmp_path, name):
    """A folder may be given with slashes at its end."""
    put(tmp_path, "a/b/c.txt", b"Some words.")
    _, records, _ = read(f"{tmp_path}{name}")
    assert records[0]["doc_id"] == "a/b/c.txt"
    assert records[0]["source_path"] == f"{tmp_path}/a/b/c.txt"


def test_glob(tmp_path):
    """A pattern gives its matches, sorted, named relative to its fixed part; a folder among them is read whole."""
    for name in ("x/1.txt", "x/2.txt", "y/3.txt", "y/4.md"):
        put(tmp_path, name, b"Some words.")
    assert [file.label for file in locate([f"{tmp_path}/*/*.txt"]).files] == ["x/1.txt", "x/2.txt", "y/3.txt"]
    assert [file.label for file in locate([f"{tmp_path}/**"]).files] == ["x/1.txt", "x/2.txt", "y/3.txt", "y/4.md"]
    assert [file.label for file in locate([f"{tmp_path}/[y]"]).files] == ["y/3.txt", "y/4.md"]


def test_equal_names_in_two_folders_are_two_documents(tmp_path):
    """Ids made from names never collide."""
    for name in ("x/1.txt", "y/1.txt", "y/2.txt"):
        put(tmp_path, name, b"Some words.")
    _, records, rejects = read(f"{tmp_path}/x", f"{tmp_path}/y")
    assert [record["doc_id"] for record in records] == [f"{tmp_path}/x/1.txt", f"{tmp_path}/y/1.txt", "2.txt"]
    assert not rejects


def test_forced_format(tmp_path):
    """``path:format`` overrides the suffix of a file, and of the files of a folder."""
    path = put(tmp_path, "in/dump.log", encoded("jsonl"))
    for source in (f"{path}:jsonl", f"{tmp_path}/in:jsonl", f"{tmp_path}/in/*:jsonl"):
        _, records, _ = read(source)
        assert [record["doc_id"] for record in records] == ["a", "b", "c"]


def test_name_with_a_colon(tmp_path):
    """A file whose own name ends like a forced format is that file."""
    path = put(tmp_path, "odd:jsonl", b"Some words.")
    with pytest.raises(SourceError, match="known format"):
        read(f"{path}:xml")
    assert locate([str(tmp_path)]).skipped == []
    assert read(path)[1][0]["doc_id"] == "odd:jsonl"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda _: [], "No source"),
        (lambda folder: [f"{folder}/gone.jsonl"], "No such file"),
        (lambda folder: [f"{folder}/*.gone"], "No file fits"),
        (lambda folder: [str(folder)], "No input in"),
        (lambda folder: [put(folder, "a.png", b"x")], "no known format"),
        (lambda folder: [put(folder, "a.txt", b"x") + ":xml"], "'xml' is no known format"),
        (lambda _: ["memory://nowhere/at/all.jsonl"], "No such file"),
        (lambda _: ["nosuchprotocol://x/y.jsonl"], "nosuchprotocol"),
        (lambda _: [{"text": "x"}], "gives no Arrow stream"),
    ],
)
def test_unusable_source_is_a_clear_error(tmp_path, make, message):
    """A source that is missing, empty or of no known format is an error with a hint, before anything is read."""
    with pytest.raises(SourceError, match=message) as caught:
        read(*make(tmp_path))
    assert caught.value.hint


def test_only_unknown_files_is_an_error_that_counts_them(tmp_path):
    """A folder of files that are all passed over is an error, not an empty corpus."""
    put(tmp_path, "a.png", b"x")
    with pytest.raises(SourceError, match="only 1 of no known format"):
        read(str(tmp_path))


def test_unreadable_file_is_an_error(tmp_path, monkeypatch):
    """A file that cannot be opened stops everything at once: here a dangling link, then one without permission."""
    put(tmp_path, "a.txt", b"Some words.")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(SourceError, match=r"Cannot read .*b\.txt"):
        locate([str(tmp_path)])
    (tmp_path / "b.txt").unlink()

    def refuse(path, *args, **kwargs):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(SourceError, match=r"Cannot read .*a\.txt: Permission denied"):
        locate([f"{tmp_path}/a.txt"])


def test_unlistable_folder_is_an_error(tmp_path, monkeypatch):
    """A folder that cannot be listed stops everything at once."""
    put(tmp_path, "a.txt", b"Some words.")

    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", refuse)
    with pytest.raises(SourceError, match="Cannot list"):
        locate([str(tmp_path)])


def test_fsspec_folder_glob_and_file(tmp_path):
    """URLs that fsspec knows are read like local paths, and named as given."""
    system = fsspec.filesystem("memory")
    for name, data in (("a.jsonl.gz", COMPRESS[".gz"](encoded("jsonl"))), ("sub/b.parquet", encoded("parquet"))):
        with system.open(f"/room/{name}", "wb") as file:
            file.write(data)
    try:
        files = locate(["memory://room"]).files
        assert [(file.label, file.path) for file in files] == [
            ("a.jsonl.gz", "memory://room/a.jsonl.gz"),
            ("sub/b.parquet", "memory://room/sub/b.parquet"),
        ]
        for source in ("memory://room/a.jsonl.gz", "memory://room/sub/*.parquet", "memory://room/sub"):
            reader, records, _ = read(source)
            assert [record["text"] for record in records] == [record["text"] for record in RECORDS]
            assert reader.inputs[0].digest
    finally:
        system.rm("/room", recursive=True)


@pytest.mark.parametrize("format_", ["jsonl", "json", "parquet", "arrow", "stream"])
@pytest.mark.parametrize("suffix", COMPRESS)
def test_standard_input_tells_its_format(monkeypatch, format_, suffix):
    """``-`` is told by its first bytes; it can be read only once."""
    data = COMPRESS[suffix](encoded(format_))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    reader, records, _ = read("-")
    assert [record["doc_id"] for record in records] == ["a", "b", "c"]
    assert (records[0]["source_path"], reader.reads_once, reader.inputs[0].digest) == ("-", True, None)
    assert reader.inputs[0].bytes == len(data)


def test_standard_input_of_unknown_format(monkeypatch):
    """``-`` whose format cannot be told is an error with the way to name it; named, it is read."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id,text\n1,Some words.\n")))
    with pytest.raises(SourceError, match="Cannot tell the format") as caught:
        read("-")
    assert "-:jsonl" in caught.value.hint
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id,text\n1,Some words.\n")))
    assert read("-:csv")[1][0]["text"] == "Some words."


def test_pipe_is_read_once(tmp_path):
    """A named pipe, as the shell's ``<(...)`` makes, is a stream."""
    read_end, write_end = os.pipe()
    os.write(write_end, encoded("jsonl"))
    os.close(write_end)
    reader, records, _ = read(f"/dev/fd/{read_end}")
    os.close(read_end)
    assert reader.reads_once
    assert len(records) == 3


def test_name_that_is_not_utf8(tmp_path):
    """A file whose name is not UTF-8 is read, under a name that is."""
    path = os.fsencode(tmp_path) + b"/\xff.txt"
    with open(path, "wb") as file:
        file.write(b"Some words.")
    _, records, _ = read(str(tmp_path))
    assert records[0]["doc_id"] == "\\xff.txt"


def test_folder_around(tmp_path):
    """An output inside a source folder is noticed, also through a link; beside it, it is fine."""
    put(tmp_path, "in/a.txt", b"x")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    source = f"{tmp_path}/in:text"
    assert folder_around(tmp_path / "in" / "out", [source]) == f"{tmp_path}/in"
    assert folder_around(tmp_path / "in", [source]) is not None
    assert folder_around(tmp_path / "link" / "out", [source]) is not None
    assert folder_around(tmp_path / "inside", [source]) is None


@pytest.mark.parametrize("source", ["", ":jsonl", "file://", "local://:csv"])
def test_an_empty_name_is_no_source(source, monkeypatch):
    """An empty name, as an unset variable gives, is an error; it is not the root of the file system."""
    monkeypatch.setattr("os.walk", lambda *_, **__: pytest.fail("something was walked"))
    with pytest.raises(SourceError, match="An empty name is no source") as caught:
        locate([source])
    assert caught.value.hint


@pytest.mark.parametrize("scheme", ["file://", "local://", "FILE://", "file://file://"])
def test_urls_of_the_local_file_system_are_local_paths(tmp_path, scheme):
    """Such a URL is a plain path from the start: files, folders, patterns and forced formats alike."""
    path = put(tmp_path, "in/a.log", encoded("jsonl"))
    for source in (f"{path}:jsonl", f"{tmp_path}/in:jsonl", f"{tmp_path}/*/*.log:jsonl"):
        assert locate([scheme + source]).files == locate([source]).files
    assert len(read(f"{scheme}{path}:jsonl")[1]) == 3


def test_folder_around_sees_through_urls(tmp_path):
    """An output inside a source is noticed however the source is spelled; other file systems hold no local folder."""
    put(tmp_path, "in/a.txt", b"x")
    for scheme in ("file://", "local://", "simplecache::file://"):
        assert folder_around(tmp_path / "in/out", [f"{scheme}{tmp_path}/in"]) == f"{tmp_path}/in"
        assert folder_around(tmp_path / "in/out", [f"{scheme}{tmp_path}/*:text"]) == f"{tmp_path}/*"
        assert folder_around(tmp_path / "out", [f"{scheme}{tmp_path}/in"]) is None
    assert folder_around(tmp_path / "in/out", [f"memory://{tmp_path}/in", ""]) is None


def test_folder_around_knows_what_a_pattern_would_match(tmp_path):
    """An output that a pattern would match on the next run, or that lies in what it matches, is noticed."""
    put(tmp_path, "in/x/a.txt", b"x")
    (tmp_path / "far/y").mkdir(parents=True)
    (tmp_path / "in/link").symlink_to(tmp_path / "far")
    for pattern, out in (
        ("in/*", "in/out"),
        ("in/*", "in/out/deep"),
        ("in/[o]ut", "in/out"),
        ("in/**", "in"),
        ("in/**", "in/x/y/out"),
        ("in/**/o*", "in/x/y/out/z"),
        ("in/*", "far/y"),
    ):
        assert folder_around(tmp_path / out, [f"{tmp_path}/{pattern}"]) == f"{tmp_path}/{pattern}"
    for pattern, out in (
        ("in/*.txt", "in/out"),
        ("in/*", "in"),
        ("in/*", "out"),
        ("in/*/a.txt", "in/out"),
        ("in/**/*.txt", "in/x/out"),
    ):
        assert folder_around(tmp_path / out, [f"{tmp_path}/{pattern}"]) is None


def test_patterns_relative_to_here(tmp_path, monkeypatch):
    """A relative pattern is compared with where it leads, not with how it is spelled."""
    put(tmp_path, "in/a.txt", b"x")
    monkeypatch.chdir(tmp_path)
    for pattern in ("in/*", "*", "./in/*", "in/../in/*"):
        assert folder_around(tmp_path / "in/out", [pattern]) == pattern


def test_linked_folders_are_listed_but_not_followed(tmp_path):
    """What lies behind a linked folder is left out, and the link is listed; one that is itself named is read."""
    put(tmp_path, "in/a.txt", b"Some words.")
    put(tmp_path, "far/b.txt", b"More words.")
    (tmp_path / "in/link").symlink_to(tmp_path / "far")
    (tmp_path / "in/loop.jsonl").symlink_to(tmp_path / "in")
    found = locate([f"{tmp_path}/in"])
    assert [file.label for file in found.files] == ["a.txt"]
    assert found.skipped == [f"{tmp_path}/in/link", f"{tmp_path}/in/loop.jsonl"]
    assert [file.label for file in locate([f"{tmp_path}/in/link"]).files] == ["b.txt"]
    for pattern in ("l[i]nk", "*nk", "*nk/"):
        found = locate([f"{tmp_path}/in/{pattern}"])
        assert ([file.label for file in found.files], found.skipped) == (["link/b.txt"], [])
    (tmp_path / "in/loop.jsonl").unlink()
    for pattern in ("**", "**/"):
        found = locate([f"{tmp_path}/in/{pattern}"])
        assert ([file.label for file in found.files], found.skipped) == (["a.txt", "link/b.txt"], [])
    (tmp_path / "in/a.txt").unlink()
    with pytest.raises(SourceError, match="only 1 of no known format, hidden or behind a link"):
        locate([f"{tmp_path}/in"])


@pytest.mark.parametrize("stdin", [None, "closed"])
def test_standard_input_that_is_closed(monkeypatch, stdin):
    """A closed standard input (``<&-``) is an error with a hint."""
    closed = io.TextIOWrapper(io.BytesIO(b""))
    closed.close()
    monkeypatch.setattr(sys, "stdin", stdin and closed)
    with pytest.raises(SourceError, match="Standard input is closed") as caught:
        read("-")
    assert caught.value.hint
