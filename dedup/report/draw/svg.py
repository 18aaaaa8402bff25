"""SVG as text: elements whose strings are made visible and escaped by construction, and words that fit into a width."""

from __future__ import annotations

import unicodedata

from markupsafe import Markup

from dedup.report.safe import bounded, visible

SIZE = 12  # pixels of the smallest letters
_NARROW = frozenset("ijlIft.,:;'’‘|!()[]/ r")
_WIDE = frozenset("mwMW@%—…")


def element(name: str, *content: str, **attributes: object) -> Markup:
    """An element of SVG.

    Args:
        name: of the element: never from outside.
        content: what is in it; what is not ``Markup`` is text.
        attributes: by name, with underscores for hyphens and one at the end where Python has the word for itself;
            those that are None are left out.
    """
    written = (
        Markup(' {}="{}"').format(key.strip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    inside = Markup("").join(part if isinstance(part, Markup) else visible(part) for part in content)
    begin = Markup("<{}{}").format(name, Markup("").join(written))
    return begin + Markup(">{}</{}>").format(inside, name) if inside else begin + Markup("/>")


def joined(parts: list[Markup]) -> Markup:
    """Elements one after the other, each on a line of its own."""
    return Markup("\n").join(parts)


def number(value: float) -> str:
    """A number with one decimal at most, as coordinates want it: never ``-0``, never an exponent.

    >>> number(3.04), number(-0.01), number(120)
    ('3', '0', '120')
    """
    rounded = round(value, 1) + 0.0
    return str(int(rounded)) if rounded == int(rounded) else f"{rounded:.1f}"


def path(*steps: str | float) -> str:
    """Data of a path: letters and coordinates."""
    return " ".join(step if isinstance(step, str) else number(step) for step in steps)


def width_of(text: str, size: float = SIZE) -> float:
    """Pixels that a text takes in a common sans-serif face, rather too many than too few."""
    return size * sum(map(_share, text))


def fitted(text: str, pixels: float, size: float = SIZE) -> str:
    """A text on one line, cut with an ellipsis where it would be wider than so many pixels."""
    line = visible(bounded(text, 200))
    if width_of(line, size) <= pixels:
        return line
    room = pixels - width_of("…", size)
    for place, letter in enumerate(line):
        room -= size * _share(letter)
        if room < 0:
            return line[:place].rstrip() + "…"
    return line


def _share(letter: str) -> float:
    """Width of a letter as a share of its size."""
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    if letter.isascii():
        return 0.69 if letter.isupper() else 0.58
    if unicodedata.combining(letter):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(letter) in "WFA" else 0.7


def _value(value: object) -> str:
    if isinstance(value, float):
        return number(value)
    return value if isinstance(value, Markup) else visible(str(value))
