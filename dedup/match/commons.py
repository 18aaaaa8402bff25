"""What the corpus as a whole says about a word: is it common?

A passage of nothing but common words ("while management and underwriting combined pays") is a way to say things, not a
copy. Word frequencies over documents are the weights of Salton and Buckley 1988; here one threshold is enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import Engine
from dedup.kernels.join import run_starts
from dedup.kernels.shingles import distinct_values

_COMMON_SHARE = 0.01  # of the texts


def common_words(sketches: pa.Table, config: Config, engine: Engine) -> npt.NDArray[np.uint64]:
    """Hashes, ascending, of the words that more than one text in a hundred holds, and more than ``max_key_documents``.

    Args:
        sketches: ``schema.SKETCHES``, one row per distinct text. In a small corpus no word is common.
    """
    limit = max(config.max_key_documents, int(_COMMON_SHARE * len(sketches)))
    lists = sketches.column("words").combine_chunks()
    offsets = lists.offsets.to_numpy()
    distinct, _ = distinct_values(lists.flatten().to_numpy(), offsets - offsets[0])

    def count(part: pa.Table) -> pa.Table:
        words = part.column("word").to_numpy()
        starts = run_starts(words)
        return pa.table({"word": words[starts[:-1]][np.diff(starts) > limit]})

    found: npt.NDArray[np.uint64] = engine.group(pa.table({"word": distinct}), "word", count).column("word").to_numpy()
    return found
