"""A passage as a reader wants to see it: in its context, with what differs marked."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

_CONTEXT = 60  # characters on either side
_WORD = re.compile(r"\w+")


def in_context(span: dict[str, Any], left: str, right: str) -> dict[str, Any]:
    """The spans of a passage with both sides in their context.

    Returns:
        The span's columns but for the ids, and ``left_text``, ``right_text`` (the passage), ``left_shown``,
        ``right_shown`` (on one line, in context between guillemets, words that stand on one side only in brackets).
    """
    texts = {"left": left, "right": right}
    bounds = {side: (span[f"{side}_begin"], span[f"{side}_end"]) for side in texts}
    inside = {side: text[slice(*bounds[side])] for side, text in texts.items()}
    marked = dict(zip(texts, _marked(inside["left"], inside["right"]), strict=True))
    made = {name: value for name, value in span.items() if not name.endswith("_id")}
    for side, text in texts.items():
        begin, end = bounds[side]
        before = ("..." if begin > _CONTEXT else "") + text[max(0, begin - _CONTEXT) : begin]
        after = text[end : end + _CONTEXT] + ("..." if end + _CONTEXT < len(text) else "")
        made[f"{side}_text"] = inside[side]
        made[f"{side}_shown"] = " ".join(f"{before}«{marked[side]}»{after}".split())
    return made


def _marked(left: str, right: str) -> tuple[str, str]:
    """Both texts with the words that have no counterpart in brackets."""
    left_words, right_words = list(_WORD.finditer(left)), list(_WORD.finditer(right))
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
        parts += [text[at:begin], "[", text[begin:end], "]"]
        at = end
    return "".join([*parts, text[at:]])
