"""Where the texts are: from what the user names to a list of inputs, each with its format and compression."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from dedup.errors import SourceError
from dedup.read.objects import check_object

FORMATS = ("text", "jsonl", "json", "csv", "tsv", "parquet", "arrow")
FORCE_HINT = "Force the format, as in {path}:jsonl (one of " + ", ".join(FORMATS) + ")."

_SUFFIXES = {
    "": "text",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".ipc": "arrow",
    ".feather": "arrow",
}
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(::[A-Za-z][A-Za-z0-9+.\-]*)*://")
_LOCAL_URL = re.compile(r"((?:file|local)://)+", re.IGNORECASE)
_WILD = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Located:
    """One input.

    Attributes:
        path: how tables and messages name it: the source as given (without ``file://``), joined with the relative part.
        location: what is opened; differs from ``path`` only where a name cannot be written as UTF-8.
        label: its name relative to its source; the document's id, if it is a text file.
        format: one of ``FORMATS``; empty for a stream whose first bytes will tell.
        compression: gzip, zstd, bz2 or None.
        once: it can be read only once (standard input, a pipe, an object in memory).
        stream: the object in memory that gives the records, if it is one.
    """

    path: str
    location: str
    label: str
    format: str
    compression: str | None = None
    once: bool = False
    stream: Any = field(default=None, compare=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether it is a local file that is not compressed: one to read at random."""
        return self.compression is None and not self.once and self.stream is None and not is_url(self.location)


@dataclass(frozen=True, slots=True)
class Sources:
    """All inputs in order, and what folders hold besides: hidden, of no known format, no file, a linked folder."""

    files: list[Located]
    skipped: list[str]


def is_url(path: str) -> bool:
    """Whether the path is for fsspec rather than for the local file system."""
    return _URL.match(path) is not None


def locate(sources: Sequence[Any]) -> Sources:
    """Find every input that the sources name, in the order given; folders and globs sorted by path.

    Args:
        sources: paths, folders, glob patterns, ``-``, fsspec URLs, each with an optional ``:format`` at its end, and
            objects with ``__arrow_c_stream__``.

    Raises:
        SourceError: a source is missing, empty, cannot be read, or is of no known format.
    """
    files: list[Located] = []
    skipped: list[str] = []
    for index, source in enumerate(sources):
        if isinstance(source, str | os.PathLike):
            found, passed = _locate(os.fspath(source))
            files += found
            skipped += passed
        else:
            check_object(source, index)
            name = f"object-{index}"
            files.append(Located(name, name, name, "arrow", once=True, stream=source))
    if not files:
        raise SourceError("No source was given.", hint="Name a file, a folder, a quoted glob, a URL, or - for stdin.")
    return Sources(_distinct(files), skipped)


def by_name(name: str) -> tuple[str | None, str | None]:
    """Format and compression that the suffixes of a file name tell; the format is None where unknown.

    >>> by_name("news.jsonl.gz")
    ('jsonl', 'gzip')
    """
    path = PurePosixPath(name.lower())
    compression = _COMPRESSIONS.get(path.suffix)
    if compression:
        path = path.with_suffix("")
    return _SUFFIXES.get(path.suffix), compression


def folder_around(path: Path, sources: Sequence[Any]) -> str | None:
    """The local source that ``path`` lies in or is, if any: nothing may be written there.

    A pattern counts as a source folder where it fits ``path`` or a folder around it, for its next run would read it.
    """
    target = path.resolve()
    for source in sources:
        if isinstance(source, str | os.PathLike):
            name, _ = _named(os.fspath(source))
            if is_url(name):  # such as simplecache::file:///home/me/news
                name = _plain(name.rpartition("::")[2])
            if name and not is_url(name) and _holds(name, target):
                return name
    return None


def stored_name(path: str) -> str:
    """What to open for a path as tables show it; the path itself where nothing shown so is there."""
    if "\\x" not in path or is_url(path) or os.path.lexists(path):
        return path
    folder, name = os.path.split(path)
    folder = stored_name(folder)
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 - Path would rewrite what the user gave
    except OSError:
        return path
    return next((os.path.join(folder, entry) for entry in names if _shown(entry) == name), path)  # noqa: PTH118


def _named(source: str) -> tuple[str, str | None]:
    """Name and forced format, if any; a URL of the local file system becomes a plain path."""
    source = _plain(source)
    name, colon, forced = source.rpartition(":")
    if colon and forced in FORMATS and not os.path.lexists(source):
        return name, forced
    return source, None


def _plain(name: str) -> str:
    local = _LOCAL_URL.match(name)
    return name[local.end() :] if local else name


def _holds(name: str, target: Path) -> bool:
    """Whether a local source, be it a folder or a pattern, takes in a path."""
    if Path(name).is_dir():
        return target.is_relative_to(Path(name).resolve())
    if os.path.lexists(name) or not _WILD.search(name):
        return False
    base = _fixed(name)
    root = Path(base).resolve()
    if target.is_relative_to(root) and _fits(target.relative_to(root).parts, PurePosixPath(name[len(base) :]).parts):
        return True
    matches = glob.glob(name, recursive=True)  # noqa: PTH207 - as below; what it matches may lie behind a link
    return any(Path(match).is_dir() and target.is_relative_to(Path(match).resolve()) for match in matches)


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether a pattern fits a path or a folder around it, part by part; ``**`` stands for any number of parts."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return any(_fits(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def _locate(source: str) -> tuple[list[Located], list[str]]:
    name, forced = _named(source)
    if not name:
        raise SourceError("An empty name is no source.", hint="Name a file, a folder (. is this one), or - for stdin.")
    if name == "-":
        return [Located("-", "-", "stdin", forced or "", once=True)], []
    finder = _Remote(name) if is_url(name) else _Local(name)
    if finder.is_file():
        return [_explicit(finder, name, forced)], []
    base, entries = finder.entries()
    files: list[Located] = []
    skipped: list[str] = []
    for relative in sorted(entries):
        path = base + relative
        format_, compression = by_name(PurePosixPath(relative).name)
        hidden = any(part.startswith(".") for part in PurePosixPath(relative).parts)
        if hidden or not (forced or format_) or not finder.is_readable(path):
            skipped.append(_shown(path))
        else:
            files.append(Located(_shown(path), path, _shown(relative), forced or format_ or "", compression))
    if not files:
        seen = f", only {len(skipped)} of no known format, hidden or behind a link" if skipped else ""
        raise SourceError(f"No input in {_shown(name)}{seen}.", hint=FORCE_HINT.format(path=_shown(name)))
    return files, skipped


def _explicit(finder: _Local | _Remote, name: str, forced: str | None) -> Located:
    format_, compression = by_name(PurePosixPath(name).name)
    label = _shown(PurePosixPath(name).name)
    if not finder.is_readable(name):  # exists, but is a pipe or device: <(zcat news.gz)
        return Located(_shown(name), name, label, forced or "", once=True)
    if not (forced or format_):
        raise SourceError(f"{_shown(name)} is of no known format.", hint=FORCE_HINT.format(path=_shown(name)))
    return Located(_shown(name), name, label, forced or format_ or "", compression)


class _Local:
    """The local file system."""

    def __init__(self, name: str) -> None:
        self._name = name

    def is_file(self) -> bool:
        return os.path.lexists(self._name) and not Path(self._name).is_dir()

    def is_readable(self, path: str) -> bool:
        """Whether it is a regular file; one that cannot be opened is an error, not False."""
        try:
            if not stat.S_ISREG(Path(path).stat().st_mode):
                return False
            open(path, "rb").close()
        except OSError as error:
            raise SourceError(
                f"Cannot read {_shown(path)}: {error.strerror or error}.",
                hint="Check that the file is there and that you may read it, or leave it out.",
            ) from error
        return True

    def entries(self) -> tuple[str, set[str]]:
        """The base, ending in a separator, and the files under it, relative to it."""
        if Path(self._name).is_dir():
            base = self._name.rstrip("/") + "/"
            return base, {path[len(base) :] for path in _walk(base)}
        if not _WILD.search(self._name):
            raise _missing(self._name)
        matches = glob.glob(self._name, recursive=True)  # noqa: PTH207 - Path would rewrite what the user gave
        if not matches:
            raise SourceError(f"No file fits {self._name}.", hint="Check the pattern, and from where it is given.")
        base = _fixed(self._name)
        paths = {path for match in matches for path in (_walk(match) if Path(match).is_dir() else [match])}
        paths -= {match.rstrip("/") for match in matches if Path(match).is_dir()}  # linked folders that are read
        return base, {path[len(base) :] for path in paths}


class _Remote:
    """A file system that fsspec knows."""

    def __init__(self, url: str) -> None:
        import fsspec  # here and wherever a URL is opened: most runs have none, and it takes 15 ms

        self._url, self._url_to_fs = url, fsspec.core.url_to_fs
        try:
            self._system, self._root = self._url_to_fs(url)
            self._is_file = bool(self._system.isfile(self._root))
        except ImportError as error:
            raise SourceError(f"Cannot open {url}: {error}.", hint="Install the package that it names.") from error
        except (ValueError, OSError) as error:
            raise _unreachable(url, error) from error

    def is_file(self) -> bool:
        return self._is_file

    def is_readable(self, _path: str) -> bool:
        """Always true."""
        return True  # a remote file shows only on reading whether it can be read

    def entries(self) -> tuple[str, set[str]]:
        """The base, ending in a slash, and the files under it, relative to it."""
        try:
            if _WILD.search(self._url):
                base = _fixed(self._url)
                found = [path for path in self._system.glob(self._root) if self._system.isfile(path)]
            else:
                base = self._url.rstrip("/") + "/"
                found = self._system.find(self._root)
        except (ValueError, OSError) as error:
            raise _unreachable(self._url, error) from error
        if not found and not self._system.exists(self._root):
            raise _missing(self._url)
        stripped = str(self._url_to_fs(base)[1]).rstrip("/")
        return base, {str(path)[len(stripped) :].lstrip("/") for path in found}


def _walk(folder: str) -> Iterator[str]:
    """The files under a folder, and the linked folders: these are named, but not followed."""

    def fail(error: OSError) -> None:
        raise SourceError(
            f"Cannot list {_shown(str(error.filename))}: {error.strerror}.", hint="Check that you may read the folder."
        ) from error

    for where, folders, names in os.walk(folder, onerror=fail):
        paths = [f"{where.rstrip('/')}/{name}" for name in folders]
        yield from (path for path in paths if Path(path).is_symlink())
        yield from (f"{where.rstrip('/')}/{name}" for name in names)


def _fixed(pattern: str) -> str:
    """The part of a pattern before its first wildcard, up to the last separator."""
    wild = _WILD.search(pattern)
    before = pattern[: wild.start()] if wild else pattern
    return before[: before.rfind("/") + 1]


def _shown(path: str) -> str:
    """A name as UTF-8 can hold it: bytes that are not UTF-8 are written as ``\\xhh``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _distinct(files: list[Located]) -> list[Located]:
    """Give those that share a label their whole path for a label: equal names in two folders are two documents."""
    counts = Counter(file.label for file in files)
    return [replace(file, label=file.path) if counts[file.label] > 1 else file for file in files]


def _missing(name: str) -> SourceError:
    before, colon, after = name.rpartition(":")
    if colon and before and Path(before).exists():
        return SourceError(f"{after!r} is no known format.", hint=FORCE_HINT.format(path=before))
    return SourceError(f"No such file or folder: {_shown(name)}.", hint="Check the path, and from where it is given.")


def _unreachable(url: str, error: Exception) -> SourceError:
    return SourceError(f"Cannot read {url}: {error}.", hint="Check the address and your credentials.")
