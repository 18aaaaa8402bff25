"""The first step of a run: its sources are found, and the first is decoded before all else is loaded.

What this module imports stays few: to load the rest of a run takes as long as to decode ten thousand texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NamedTuple

from dedup.config import Config
from dedup.errors import SourceError
from dedup.read.ahead import Ahead
from dedup.read.columnar import Parquet, Piece
from dedup.read.fields import Chooser
from dedup.read.sources import Sources, locate
from dedup.read.streams import Stored
from dedup.read.values import ARROW_ERRORS

_ROOM = 3  # pieces that wait to be used, each of about 12 MiB


class Begun(NamedTuple):
    """An input that has been opened, the table in it, and its columns, under way."""

    stored: Stored
    table: Parquet
    pieces: Ahead[Piece]


class Opening:
    """Sources that have been found.

    Args:
        sources: one or a list of them.

    Attributes:
        sources: all of them, as they were given.
        found: the inputs that they name.
        begun: the first input, if it is being decoded; for the one who takes it.

    Raises:
        SourceError: a source is missing, empty, or of no known format.
    """

    def __init__(self, sources: Any) -> None:
        self.sources = list(sources) if isinstance(sources, list | tuple) else [sources]
        self.found: Sources = locate(self.sources)
        self.begun: Begun | None = None

    def take(self) -> Begun | None:
        """The first input, the first time that it is asked for."""
        begun, self.begun = self.begun, None
        return begun


@contextmanager
def opened(sources: Any, config: Config) -> Iterator[Opening]:
    """Find sources, and have the first input decoded from now on if it is a Parquet file: that needs no lock.

    Raises:
        SourceError: as ``Opening`` does.
    """
    opening = Opening(sources)
    if config.threads != 1 and opening.found.files:
        with suppress(SourceError, *ARROW_ERRORS):  # the reader meets it again, and says so
            opening.begun = _begun(opening.found, config)
    try:
        yield opening
    finally:
        if begun := opening.take():
            begun.pieces.close()
            begun.stored.close()


def _begun(found: Sources, config: Config) -> Begun | None:
    first = found.files[0]
    if first.format != "parquet" or not first.plain:
        return None
    with ExitStack() as stack:
        stored = stack.enter_context(Stored(first))
        table = Parquet(stored.seekable())
        chooser = Chooser(config)
        fields = chooser.choose(tuple(table.columns))
        chooser.check(fields.asked, fields.columns, first.path)
        if fields.text is None:
            return None
        stack.pop_all()  # it stays open
        return Begun(stored, table, Ahead(table.stretches(fields.used()), _ROOM))
