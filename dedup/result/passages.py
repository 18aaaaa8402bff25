"""A passage as a reader wants to see it: in its context, with what differs marked, and no longer than a screen."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

_CONTEXT = 60  # characters on either side
_SHOWN = 2000  # characters of a passage: near copies of a book are one passage
_COMPARED = 1500  # words: more than are shown, for the comparison takes quadratic time
_WORD = re.compile(r"\w+")


def in_context(span: dict[str, Any], left: str, right: str) -> tuple[str, str]:
    """Both sides of a passage on one line each: in context between guillemets, words of one side only in brackets.

    Args:
        span: a row of ``passages``.
        left, right: the whole texts.
    """
    texts = {"left": left, "right": right}
    bounds = {side: (span[f"{side}_begin"], span[f"{side}_end"]) for side in texts}
    marked = _marked(*(text[slice(*bounds[side])] for side, text in texts.items()))
    shown = []
    for (side, text), inside in zip(texts.items(), marked, strict=True):
        begin, end = bounds[side]
        before = ("..." if begin > _CONTEXT else "") + text[max(0, begin - _CONTEXT) : begin]
        after = text[end : end + _CONTEXT] + ("..." if end + _CONTEXT < len(text) else "")
        shown.append(" ".join(f"{before}«{inside}»{after}".split()))
    return shown[0], shown[1]


def _marked(left: str, right: str) -> tuple[str, str]:
    """Both texts, as far as they are shown, with the words that have no counterpart in brackets."""
    left_words, right_words = (list(islice(_WORD.finditer(text), _COMPARED)) for text in (left, right))
    matcher = SequenceMatcher(
        None, [word[0].lower() for word in left_words], [word[0].lower() for word in right_words], autojunk=False
    )
    left_runs, right_runs = [], []
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag != "equal":
            left_runs += [(left_words[i].start(), left_words[i_end - 1].end())] if i < i_end else []
            right_runs += [(right_words[j].start(), right_words[j_end - 1].end())] if j < j_end else []
    return _bracketed(left, left_runs), _bracketed(right, right_runs)


def _bracketed(text: str, runs: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for begin, end in runs:
        if end > _SHOWN:
            break
        parts += [text[at:begin], "[", text[begin:end], "]"]
        at = end
    rest = f" ... and {len(text) - _SHOWN:,} characters more" if len(text) > _SHOWN else ""
    return "".join([*parts, text[at:_SHOWN], rest])
