"""Text from outside, made safe to show: on a terminal, in a drawing, in XML."""

from __future__ import annotations

import re

# Control characters can rewrite a terminal's screen, and marks of direction can make a line read backwards; halves of
# pairs and the last two of a plane are no characters at all. None but tab and line feed is allowed in XML 1.0.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    """The text with the number of each character that would not be seen, but obeyed.

    >>> print(visible("a\\x1b[2J \\u202etxt.exe"))
    a\\x1b[2J \\u202etxt.exe
    """
    return _UNSAFE.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
