"""Text from outside, made fit for a page: what hides or turns text around is shown, and what is too long is cut.

Escaping for HTML is not done here: the templates escape everything (Jinja2, autoescape).
"""

from __future__ import annotations

import re

from dedup import safe

_ENDS = re.compile("\r\n?")


def visible(text: str) -> str:
    """The text with the number of each character that would not be seen, but obeyed (Boucher and Anderson 2023).

    Ends of lines become line feeds, as HTML reads them.

    >>> print(visible("a\\x1b[31m\\r\\n\\u202etxt.exe"))
    a\\x1b[31m
    \\u202etxt.exe
    """
    return safe.visible(_ENDS.sub("\n", text))


def bounded(text: str, most: int) -> str:
    """The text on one line, and of at most so many characters; the last is an ellipsis where some are left out.

    >>> bounded("Fire\\n at   sea", 10), bounded("x" * 100_000, 3)
    ('Fire at s…', 'xx…')
    """
    line = " ".join(text[: 8 * most].split())
    return line if len(line) <= most and len(text) <= 8 * most else line[: most - 1] + "…"
