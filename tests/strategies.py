"""Hypothesis strategies that provoke the hard cases: repeated words, any script, moved blocks."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

# Pieces of text that have gone wrong somewhere: composed and decomposed letters, Hangul jamo, marks alone, scripts
# without spaces, right to left, astral letters, invisible characters, special lower cases, quotation marks, numbers.
PIECES = (
    "a b the Word WORD word_1 42 1,000's don't ‘single’ 'tis \"double\" “curly” „low“ «guillemets» 「隅」 ＂ ` ´ ʼ ‹ › "
    "é e\u0301 É E\u0301 ǰ J\u030c İ I\u0307 ı ß ẞ ς Σ σς ŉ ﬁ Ⅷ ⓐ Ⓐ ² ½ "
    "각 \u1100\u1161\u11a8 \u1100\u1161 \u11a8 \u0301 \u0301\u0327 q\u0307\u0323 \u0915\u093c ক\u09c7\u09be "
    "新聞 记者。 かんじ がが か\u3099 ｶﾞ ราคาน้ำมัน ພາສາ မြန်မာ עברית שָׁלוֹם العربية مُحَمَّد ١٢٣ हिन्दी "
    "𝔘𝔫𝔦 𐐀𐐨 😀 👩\u200d👩 𠀀 \u00ad so\u00adft \ufeff \u200b \u200d \u200e \u2060 … – — - ‑ − / . , ! ?"
).split(" ")
SPACES = (" ", "  ", "\n", "\n\n", "\n  ", "\n\t", "\t", "\r\n", "\u00a0", "\u2028", "\u3000", "\x85", "\x1c")

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
hard_text = st.lists(st.sampled_from([*PIECES, *SPACES, " ", " ", " "]), max_size=25).map("".join)
texts = st.one_of(hard_text, any_text, st.lists(st.one_of(hard_text, any_text), max_size=3).map("".join))
ascii_text = st.text(st.characters(max_codepoint=127), max_size=80)

hashes = st.one_of(st.integers(0, 3), st.sampled_from([2**64 - 1, 2**63, 2**32 - 1, 2**32]), st.integers(0, 2**64 - 1))
repeated_words = st.lists(st.integers(0, 3), max_size=40)  # few distinct words: many equal shingles
word_lists = st.one_of(repeated_words, st.lists(hashes, max_size=30), st.lists(st.integers(0, 30), max_size=60))
documents = st.lists(word_lists, max_size=6)
sizes = st.integers(1, 6)


@st.composite
def two_texts(draw):
    """Two texts of words that share blocks, moved about, with words put in, left out or replaced between them."""
    blocks = draw(st.lists(st.lists(st.integers(0, 12), min_size=1, max_size=14), min_size=1, max_size=4))
    fillers = st.lists(st.integers(0, 20), max_size=6)

    def text():
        order = draw(st.lists(st.sampled_from(blocks), max_size=6))
        return [word for block in order for word in [*draw(fillers), *block]] + draw(fillers)

    return text(), text()


def marks_of(length):
    """Marks of that many words: any of the eight bits."""
    return st.lists(st.integers(0, 255), min_size=length, max_size=length)


def u64(values):
    """Values as the kernels take them."""
    return np.array(values, np.uint64)


def flat(lists):
    """Lists end to end, and their offsets."""
    offsets = np.cumsum([0, *(len(values) for values in lists)]).astype(np.int64)
    return u64([value for values in lists for value in values]), offsets


def unflat(values, offsets):
    """Lists again, of Python's integers."""
    return [values[a:b].tolist() for a, b in itertools.pairwise(offsets)]
