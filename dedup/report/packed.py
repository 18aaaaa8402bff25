"""Sections of the page, plain and packed. What is packed takes a sixth of the bytes, but needs the page's script."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

_LEVEL = 6


class Section(NamedTuple):
    """A view of the page: its name, as links have it, and what is written."""

    name: str
    html: Markup


def packed(text: str) -> str:
    """A text in zlib and base64."""
    return base64.b64encode(zlib.compress(text.encode(), _LEVEL)).decode()


class Sections:
    """The sections that fit: plain ones first, and then packed ones.

    Args:
        plain: bytes that plain sections may take.
        rest: bytes that packed ones may take.
    """

    def __init__(self, plain: int, rest: int) -> None:
        self.plain: list[Markup] = []
        self.names: list[str] = []  # of the packed ones
        self._plain, self._rest, self._used = plain, rest * 3 // 4, 0  # base64 writes four letters for three bytes
        self._packer = zlib.compressobj(_LEVEL)
        self._parts: list[bytes] = []

    def add(self, sections: Sequence[Section], share: float) -> bool:
        """Add sections if all of them fit; packed ones within a share of their room.

        Once sections have been packed, all that come later are: they come in the order of their interest.
        """
        size = sum(len(section.html.encode()) for section in sections)
        if size <= self._plain and not self.names:
            self._plain -= size
            self.plain += [section.html for section in sections]
            return True
        trial = self._packer.copy()
        lines = "".join(json.dumps(section, ensure_ascii=False) + "\n" for section in sections)
        part = trial.compress(lines.encode()) + trial.flush(zlib.Z_SYNC_FLUSH)
        names = [section.name for section in sections]
        taken = self._used + len(part) + sum(map(len, names))
        if taken > share * self._rest:
            return False
        self._used, self._packer = taken, trial
        self._parts.append(part)
        self.names += names
        return True

    def packed(self) -> str:
        """The packed sections: unpacked, a line of JSON for each, with its name and its HTML."""
        return base64.b64encode(b"".join([*self._parts, self._packer.copy().flush()])).decode()
