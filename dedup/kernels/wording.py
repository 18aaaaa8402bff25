"""Keys of what a synonym machine leaves of a text: its function words, and the words that have no synonyms.

Each kind of words is taken out of a text in order, and its n-grams are hashed and winnowed as shingles are: function
words (Stamatatos, "Plagiarism detection using stopword n-grams", JASIST 2011), and anchors, the immutables of Zhang,
Wang and Voelker ("DSpin: detecting automatically spun content on the web", NDSS 2014).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.lexicon import lookup
from dedup.kernels.shingles import fill_shingles, sort_hashes

STYLE_SIZE = 7  # function words in a row: so many are as good as never in a row by chance
ANCHOR_SIZE = 3  # anchors in a row: two are often the name of somebody whom many write about
WINDOW = 3  # n-grams in a winnowing window: half of them become keys
RUNNING = 8  # running English has a function word in every so many words; tables and other languages have not
FUNCTION = 1  # the bit of a function word in its kind, as in ``dedup.lexicon``; no bit at all is an anchor's kind
# The last bit of a key tells its channel; the others are salted, lest shingles and these be equal where words are.
CHANNEL_BIT, STYLE, ANCHOR = np.uint64(1), np.uint64(0), np.uint64(1)
SALT = np.uint64(0xA0761D6478BD642F)

Dictionary = tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32], npt.NDArray[np.uint8]]


@kernel
def deal_words(
    words: npt.NDArray[np.uint64],
    n: int,
    dictionary: Dictionary,
    places: npt.NDArray[np.int32],
    style: npt.NDArray[np.uint64],
    anchors: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    """Take the function words and the anchors out of a text: what is neither has synonyms and may have been replaced.

    Args:
        words: of the text; ``n`` of them.
        dictionary: the words known, their buckets (``kernels.lexicon``), and what kind of word each of them is; an
            unknown word is an anchor.
        places: room for ``n``.
        style, anchors: get the words, in order; room for ``n`` each.

    Returns:
        How many function words and how many anchors there are; none of either where the text is no running English.
    """
    known, buckets, kinds = dictionary
    lookup(words[:n], known, buckets, places)
    n_style, n_anchors = 0, 0
    for i in range(n):
        kind = kinds[places[i]] if places[i] >= 0 else np.uint8(0)
        style[n_style] = words[i]
        n_style += int(kind & FUNCTION > 0)
        anchors[n_anchors] = words[i]
        n_anchors += int(kind == 0)
    if n_style * RUNNING < n:
        return 0, 0
    return n_style, n_anchors


@kernel
def fill_grams(
    words: npt.NDArray[np.uint64],
    size: int,
    channel: np.uint64,
    found: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
    filled: int,
) -> int:
    """Write the winnowed n-grams of words, in the order of the text, from ``out[filled]`` on; return the place after.

    Of every ``WINDOW`` n-grams in a row the least is taken, as ``shingles.fill_winnowed`` does it; of fewer, the least.

    Args:
        size: words in an n-gram.
        channel: ``STYLE`` or ``ANCHOR``, becomes the last bit of the keys; the others are salted with ``SALT``.
        found: room for as many n-grams as there are words.
    """
    n_found = fill_shingles(words, size, found)
    width = min(WINDOW, n_found)
    first = filled
    for i in range(n_found - width + 1 if n_found else 0):
        key = found[i]
        for k in range(1, width):
            key = min(key, found[i + k])
        key = ((key ^ SALT) & ~CHANNEL_BIT) | channel
        out[filled] = key
        filled += int(filled == first or key != out[filled - 1])
    return filled


@kernel
def fill_wording(
    style: npt.NDArray[np.uint64],
    anchors: npt.NDArray[np.uint64],
    found: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint64],
    filled: int,
) -> int:
    """Write the keys of both channels, ascending and distinct, from ``out[filled]`` on; return the place after them.

    Args:
        style, anchors: as ``deal_words`` has taken them out of the text.
        found: room for as many as there are words in either.
    """
    end = fill_grams(style, STYLE_SIZE, STYLE, found, out, filled)
    end = fill_grams(anchors, ANCHOR_SIZE, ANCHOR, found, out, end)
    sort_hashes(out[filled:end])
    first = filled
    for i in range(first, end):
        if i == first or out[i] != out[filled - 1]:
            out[filled] = out[i]
            filled += 1
    return filled
