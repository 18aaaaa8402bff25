"""Slow, obvious twins of the kernels that make the keys of a text's wording, and of the join of all features."""

from __future__ import annotations

import itertools
import math
from collections import Counter

from dedup.kernels import wording
from tests.naive import shingles

# --- kernels/wording.py ---


def deal_words(text: list[int], kinds: dict[int, int]) -> tuple[list[int], list[int]]:
    """Function words, and words of no kind, of running English."""
    style = [word for word in text if kinds.get(word, 0) & wording.FUNCTION]
    anchors = [word for word in text if kinds.get(word, 0) == 0]
    return (style, anchors) if len(style) * wording.RUNNING >= len(text) else ([], [])


def grams(text: list[int], size: int, channel: int) -> list[int]:
    """The least n-gram of every window, salted and told apart by the last bit; not the same twice in a row."""
    found = shingles(text, size)
    width = min(wording.WINDOW, len(found))
    windows = [found[begin : begin + width] for begin in range(len(found) - width + 1)] if found else []
    keys = [(min(window) ^ int(wording.SALT)) // 2 * 2 + channel for window in windows]
    return [key for k, key in enumerate(keys) if k == 0 or key != keys[k - 1]]


def wording_keys(text: list[int], kinds: dict[int, int]) -> list[int]:
    """The keys of both channels."""
    style, anchors = deal_words(text, kinds)
    return sorted({*grams(style, wording.STYLE_SIZE, 0), *grams(anchors, wording.ANCHOR_SIZE, 1)})


# --- match/candidates.py ---

Features = dict[str, set[int]]  # the keys of a text, by channel


def found_by(texts: list[Features], n_words: list[int], most: int, least: int) -> dict[tuple[int, int], set[str]]:
    """The channels that make a pair of texts a candidate, for all pairs that are one: each key is looked at."""
    holders = Counter((name, key) for text in texts for name, keys in text.items() for key in keys)

    def weight(n: int) -> int:
        return int(16 * math.log2((len(texts) + 1) / n))

    found = {}
    for left, right in itertools.combinations(range(len(texts)), 2):
        shared = {
            name: [holders[name, key] for key in keys & texts[right][name] if holders[name, key] <= most]
            for name, keys in texts[left].items()
        }
        names = {"passage"} if len(shared["passage"]) >= least else set()
        worded = sum(weight(n) for name in ("style", "anchor") for n in shared[name])
        if worded >= weight(2) * max(1.5, 0.01 * min(n_words[left], n_words[right])):
            names |= {name for name in ("style", "anchor") if shared[name]}
        if names:
            found[left, right] = names
    return found
