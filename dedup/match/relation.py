"""What two texts are to each other: the one place where a relation is decided (DESIGN, section 4).

In this order: `exact`, equal normalised text; `near`, Jaccard of at least ``min_jaccard``; `rewrite`, half of the
shorter text is aligned, and what was edited there was mostly replaced by other words, and not in a few places only
(``match.spin.is_rewrite``); `excerpt`, one side's containment of at least ``min_containment``; `partial`, a passage
with at least ``min_passage_words`` equal words that are its own; `quote`, shared passages that hold next to nothing but
quotations. All but `quote` are accepted. Texts that are merely about the same event share none of these.

A passage's own words are those that are neither quoted nor boilerplate on either side; a character of a script without
spaces counts as half a word. They do not count in two cases. The passage is a mere way to say things: fewer than
``MIN_RARE_WORDS`` of them are rare in the corpus, and it is not ``LONG_PASSAGE`` times as long as it must be. Or it is
a form filled in anew: more of its numbers, or of its names, differ than agree (``kernels.forms``), and they are more
than one in so many words. A pair whose passages taken together are a form is neither an excerpt nor partial, unless one
that is none is so long: an update of a report changes its figures too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.config import Config
from dedup.kernels import edits as kernels

MIN_RARE_WORDS = 3
LONG_PASSAGE = 4
ACCEPTED = ("exact", "near", "excerpt", "rewrite", "partial")
_IN_ORDER = ["near", "rewrite", "excerpt", "partial", "quote"]
_QUOTED_SHARE = 0.5  # of the words that a pair's passages share, from which on it is quotations that it shares

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


def passages_that_count(own: Counts, rare: Counts, filled: Counts, config: Config) -> npt.NDArray[np.bool_]:
    """Whether the words of each passage are its own.

    Args:
        own: equal words that are neither quoted nor boilerplate.
        rare: of these, the rare ones.
        filled: its numbers, or its names, that differ, where more differ than agree; else 0.
    """
    long = _long(config)
    counting: npt.NDArray[np.bool_] = ((rare >= MIN_RARE_WORDS) | (own >= long)) & (filled * long <= own)
    return counting


def is_form(totals: Counts) -> npt.NDArray[np.bool_]:
    """Whether more numbers, or more names, differ than agree in all passages of each pair.

    Args:
        totals: of each pair, with the columns of ``kernels.edits``.
    """
    numbers = totals[:, kernels.NUMBERS_DIFFER] > totals[:, kernels.NUMBERS_AGREE]
    names = totals[:, kernels.NAMES_DIFFER] > totals[:, kernels.NAMES_AGREE]
    return numbers | names


def _long(config: Config) -> int:
    """Words of its own from which on a passage speaks for itself, however common they are."""
    return LONG_PASSAGE * config.min_passage_words


def relations(
    jaccard: Floats,
    containment: Floats,
    shared: Counts,
    most_own: Counts,
    equal: Counts,
    prose: Counts,
    form: npt.NDArray[np.bool_],
    rewrite: npt.NDArray[np.bool_],
    config: Config,
) -> list[str | None]:
    """The relation of each pair of different texts, None where there is none; only `near` without `excerpts` to detect.

    Args:
        jaccard: resemblance of the shingle sets.
        containment: the greater of the two containments.
        shared: shingles in both sets.
        most_own: words of its own that the pair's best passage has.
        equal, prose: equal words in all passages; of these, outside quotations.
        form: whether the passages together are a form, as ``is_form`` tells.
        rewrite: whether one text is the other in other words, as ``match.spin.is_rewrite`` tells; without `rewrites`
            to detect, nowhere.
    """
    # An excerpt shares as much as one passage that counts: six words found in a long text are no excerpt of it.
    enough = shared >= max(1, config.min_passage_words - config.shingle_size + 1)
    copied = ~form | (most_own >= _long(config))
    choices = [
        jaccard >= config.min_jaccard,
        rewrite,
        (containment >= config.min_containment) & enough & copied,
        (most_own >= config.min_passage_words) & copied,
        (equal > 0) & (equal - prose >= _QUOTED_SHARE * equal),
    ]
    asked = len(choices) if "excerpts" in config.detect else 1
    names = np.select(choices[:asked], _IN_ORDER[:asked], default="")
    return [str(name) or None for name in names]
