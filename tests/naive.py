"""Slow, obvious twins of the kernels: plain Python on str, int, list, set and dict.

Words are integers, as the kernels see them; a passage is a dict with the names of the kernel's columns.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations, groupby

from dedup.kernels import align, words

_MASK = 2**64 - 1
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u200b"
_OPENING, _CLOSING, _EITHER = "“„「『〝", "”」』〞", '"‟«»＂'
_APOSTROPHES = "'‘’‚‛`´ʼ＇‹›"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_CLASSES = {"L": "w", "Nl": "w", "No": "w", "Pc": "w", "Nd": "d", "M": "m", "Cf": "i", "Z": "s"}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f"
    "\U0001aff0-\U0001b16f\U00020000-\U000323af]"
)


# --- words.py, hashing.py ---


def kind(char: str) -> str:
    """Class of a character: (w)ord, (d)igit, (u)nspaced, (m)ark, (i)gnored, (s)pace, quotation marks o c e a, or dot."""
    for letter, members in zip("oceas.", (_OPENING, _CLOSING, _EITHER, _APOSTROPHES, _SPACES, _DASHES), strict=True):
        if char in members:
            return letter
    category = unicodedata.category(char)
    found = _CLASSES.get(category) or _CLASSES.get(category[0], ".")
    return "u" if found == "w" and _UNSPACED.match(char) else found


def fold(char: str) -> str:
    """What a character is written as."""
    for plain, members in (('"', _OPENING + _CLOSING + _EITHER), ("'", _APOSTROPHES), ("-", _DASHES), ("σ", "ς")):
        if char in members:
            return plain
    return char.lower()


def normalise(text: str) -> tuple[str, list[tuple[str, int, int, int]]]:
    """Normalised text, and its words with their spans and marks, of a text in NFC."""
    seen = [(char, at) for at, char in enumerate(text) if kind(char) != "i"]
    kinds = "".join(kind(char) for char, _ in seen)
    written = "".join(" " if kind(char) == "s" else fold(char) for char, _ in seen)
    quoted = _quoted(text)
    found = []
    for match in re.finditer("um*|[wdm]+", kinds):
        begin, end = match.span()
        first, at = seen[begin]
        mark = words.QUOTED * quoted[at]
        mark |= words.NUMBER * (kind(first) == "d")
        mark |= words.CAPITAL * (kind(first) in "wd" and fold(first) != first)
        found.append(("".join(fold(char) for char, _ in seen[begin:end]), at, seen[end - 1][1] + 1, mark))
    return " ".join(written.split(" ")).strip(" ") if "  " not in written else re.sub(" +", " ", written).strip(" "), found


def _quoted(text: str) -> list[bool]:
    """For each character whether a quotation is open before it."""
    british = not set(text) & set(_OPENING + _CLOSING + _EITHER)
    kinds = [kind(char) for char in text]
    inside, before, out = False, "s", []
    for at, this in enumerate(kinds):
        out.append(inside)
        if this == "i":
            continue
        if re.match("\n(\n|\t|  )", text[at:at + 3]):
            inside = False
        after = next((k for k in kinds[at + 1 :] if k != "i"), "s")
        if this == "o":
            inside = True
        elif this == "c":
            inside = False
        elif this == "e":
            inside = not inside
        elif this == "a" and british and after in "wdu":
            inside = inside or before not in "wdum"
        elif this == "a" and british:
            inside = False
        before = this
    return out
