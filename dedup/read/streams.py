"""Bytes of an input: opening, hashing, decompressing and splitting into lines, always in bounded pieces."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import sys
import tempfile
import zlib
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO, Self, cast

import pyarrow as pa
import xxhash
import zstandard

from dedup.errors import SourceError
from dedup.read.sources import FORCE_HINT, Located, is_url

BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 18
_AT_ONCE = 32  # blocks hashed for each batch of a file that is read at random
_CHUNK = 1 << 20  # most bytes that one step of a decompressor may give
_ZSTD_STEP = 1 << 8  # zstandard's decompressobj has no output limit: 256 bytes in give 8 MiB at most

_MAGIC = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"BZh", "bz2"))


class DamagedError(Exception):
    """The stored bytes end early or cannot be decompressed; all that came before has been given."""


class Stored:
    """The bytes of one input as they are stored, hashed as they pass.

    Args:
        located: the input.
        spool: folder for the temporary copy of an input that must be read at random but cannot be.

    Raises:
        SourceError: the input cannot be opened, or it is a stream whose format cannot be told.
    """

    def __init__(self, located: Located, spool: Path | None = None) -> None:
        self.located = located
        self.format = located.format
        self.compression = located.compression
        self.n_bytes = 0
        self._spool = spool
        self._hash = xxhash.xxh3_128()
        self._raw = _open(located)
        self._random: pa.NativeFile | None = None
        self._ahead = b""
        if located.once and located.stream is None:
            self._sniff()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all that is open of it, but for standard input."""
        if self.located.location != "-":
            self._raw.close()
        if self._random is not None:
            self._random.close()

    def chunks(self) -> Iterator[bytes]:
        """Yield the decompressed bytes.

        Raises:
            DamagedError: the compressed bytes end early or are corrupt.
        """
        return decompressed(self._blocks(), self.compression)

    def seekable(self) -> pa.NativeFile:
        """The decompressed bytes as a file to read at random; spooled to disk unless it is a plain local file.

        It is closed with this object.

        Raises:
            DamagedError: the compressed bytes end early or are corrupt.
        """
        if self.compression is None and self.located.plain:
            self._random = pa.OSFile(os.fsencode(self.located.location))  # reads without the interpreter's lock
        else:
            self._random = pa.PythonFile(self._spooled(), mode="r")
        return self._random

    def _spooled(self) -> io.BufferedReader:
        copy = tempfile.TemporaryFile(dir=self._spool, prefix="dedup-")  # noqa: SIM115 - as above
        try:
            for chunk in self.chunks():
                copy.write(chunk)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return cast(io.BufferedReader, copy)

    def hash_on(self) -> None:
        """Hash some more of a file that is read at random: meanwhile others read it, and little is left for the end."""
        if self._random is not None:
            for _ in islice(self._blocks(), _AT_ONCE):
                pass

    def digest(self) -> str | None:
        """xxh3-128 of the whole input as stored, hexadecimal; None for what can be read only once.

        Reads to the end what has not been read yet.
        """
        for _ in self._blocks():
            pass  # the hash is taken as the bytes go by
        return None if self.located.once else self._hash.hexdigest()

    def _blocks(self) -> Iterator[bytes]:
        if self._ahead:
            ahead, self._ahead = self._ahead, b""
            yield ahead
        while block := self._read():
            yield block

    def _read(self) -> bytes:
        try:
            block = self._raw.read(_BLOCK)
        except OSError as error:
            raise SourceError(
                f"Cannot read {self.located.path}: {error}.", hint="Check that the file may be read, and is whole."
            ) from error
        self._hash.update(block)
        self.n_bytes += len(block)
        return block

    def _sniff(self) -> None:
        self._ahead = self._read()
        self.compression = next((name for magic, name in _MAGIC if self._ahead.startswith(magic)), None)
        if self.format == "":
            try:
                head = first_bytes(decompressed(iter([self._ahead]), self.compression))
            except DamagedError:
                head = b""
            self.format = _format_of(head, self.located.path)


def _format_of(head: bytes, path: str) -> str:
    start = head.removeprefix(BOM).lstrip()[:1]
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if start in (b"{", b""):
        return "jsonl"
    if start == b"[":
        return "json"
    raise SourceError(f"Cannot tell the format of {path}.", hint=FORCE_HINT.format(path=path))


def _open(located: Located) -> IO[bytes]:
    if located.stream is not None:
        return io.BytesIO()
    if located.location == "-":
        if sys.stdin is None or sys.stdin.closed:  # None: closed before Python was started, as with <&-
            raise SourceError("Standard input is closed.", hint="Pipe something into it, or name a file.")
        return sys.stdin.buffer
    try:
        if is_url(located.location):
            import fsspec

            return cast(IO[bytes], fsspec.open(located.location, "rb").open())
        return open(located.location, "rb", buffering=0 if not located.once else -1)
    except OSError as error:
        raise SourceError(
            f"Cannot open {located.path}: {error.strerror or error}.",
            hint="Check that the file exists and that you may read it.",
        ) from error


def decompressed(blocks: Iterator[bytes], compression: str | None) -> Iterator[bytes]:
    """Yield decompressed pieces of bounded size, across the members or frames of a file.

    Args:
        blocks: the stored bytes.
        compression: gzip, zstd, bz2 or None.

    Raises:
        DamagedError: the bytes end before their stream does, or cannot be decompressed.
    """
    if compression is None:
        yield from blocks
        return
    steps = {"gzip": _gunzip, "bz2": _bunzip2, "zstd": _unzstd}[compression]
    try:
        yield from steps(blocks)
    except (zlib.error, OSError, EOFError, zstandard.ZstdError) as error:
        raise DamagedError(f"the {compression} stream is corrupt ({str(error)[:80]})") from error


def _gunzip(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = None
    for stored in blocks:
        block = stored
        while block:
            if decoder is None:
                decoder = zlib.decompressobj(wbits=31)
            before = decoder.copy()
            try:
                data = decoder.decompress(block, _CHUNK)
            except zlib.error:
                yield from _salvaged(before, block)
                raise
            yield data
            if decoder.eof:  # members may follow each other, with zeros between them (RFC 1952; tar pads so)
                block, decoder = decoder.unused_data.lstrip(b"\0"), None
            else:
                block = decoder.unconsumed_tail
    if decoder is not None:
        yield decoder.flush()
        if not decoder.eof:
            raise DamagedError("the gzip stream ends early")


def _salvaged(decoder: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    """What a block gives before its bad byte: a step that fails gives nothing, so the steps must be small."""
    for at in range(len(block)):
        try:
            yield decoder.decompress(block[at : at + 1])
        except zlib.error:
            return


def _bunzip2(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decoder = None
    for stored in blocks:
        block = stored
        while block:
            if decoder is None:
                decoder = bz2.BZ2Decompressor()
            yield decoder.decompress(block, _CHUNK)
            while not (decoder.eof or decoder.needs_input):
                yield decoder.decompress(b"", _CHUNK)
            block, decoder = (decoder.unused_data, None) if decoder.eof else (b"", decoder)
    if decoder is not None:
        raise DamagedError("the bz2 stream ends early")


def _unzstd(blocks: Iterator[bytes]) -> Iterator[bytes]:
    context = zstandard.ZstdDecompressor()
    decoder = None
    for block in blocks:
        for begin in range(0, len(block), _ZSTD_STEP):
            piece = block[begin : begin + _ZSTD_STEP]
            while piece:
                if decoder is None:
                    decoder = context.decompressobj()
                yield decoder.decompress(piece)
                piece, decoder = (decoder.unused_data, None) if decoder.eof else (b"", decoder)
    if decoder is not None:
        raise DamagedError("the zstd stream ends early")


def lines(chunks: Iterator[bytes], limit: int) -> Iterator[bytes | None]:
    """Yield the lines, each with its line end; None in place of a line of more than ``limit`` bytes.

    A line cut by damage is not given: it is the place that the reject speaks of.
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for piece in whole:
            size += len(piece) + 1
            yield None if size > limit else b"".join((*parts, piece, b"\n"))
            parts, size = [], 0
        size += len(rest)
        parts = [] if size > limit else [*parts, rest] if rest else parts
    if size:
        yield None if size > limit else b"".join(parts)


def whole(chunks: Iterator[bytes], limit: int) -> bytes | None:
    """All bytes together, or None if they are more than ``limit``."""
    buffer = io.BytesIO()
    for chunk in chunks:
        if buffer.tell() + len(chunk) > limit:
            return None
        buffer.write(chunk)
    return buffer.getvalue()


def first_bytes(chunks: Iterator[bytes]) -> bytes:
    """The first bytes there are: a decompressor may give nothing at first."""
    return next((chunk for chunk in chunks if chunk), b"")


def peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes that are not all white space, and the chunks as if untouched."""
    taken: list[bytes] = []
    head = b""
    for chunk in chunks:
        taken.append(chunk)
        head = chunk.removeprefix(BOM).lstrip()
        if head or len(taken) > 64:
            break
    return head, chain(taken, chunks)


def compressing(path: Path, compression: str | None) -> IO[bytes]:
    """Open a file for writing, compressed as said; gzip without a time stamp, so that equal input gives equal bytes."""
    if compression == "gzip":
        return cast(IO[bytes], gzip.GzipFile(path, "wb", mtime=0))
    if compression == "bz2":
        return cast(IO[bytes], bz2.open(path, "wb"))
    if compression == "zstd":
        return cast(IO[bytes], zstandard.open(path, "wb"))
    return open(path, "wb")
