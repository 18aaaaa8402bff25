"""What the corpus as a whole says about a word: is it common?

A passage of nothing but common words ("while management and underwriting combined pays") is a way to say things, not a
copy. Word frequencies over documents are the weights of Salton and Buckley 1988; here one threshold is enough.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.config import Config
from dedup.engine.base import Engine, IntArray
from dedup.kernels.join import run_starts
from dedup.kernels.overlap import distinct
from dedup.sketch.corpus import Corpus
from dedup.sketch.keys import word_hashes

SAMPLE_TEXTS = 1 << 14  # among so many, a share of one in a hundred is told to within a tenth
_COMMON_SHARE = 0.01  # of the texts


def common_words(
    corpus: Corpus, firsts: npt.NDArray[np.bool_], config: Config, engine: Engine
) -> npt.NDArray[np.uint64]:
    """Hashes, ascending, of the words that more than one text in a hundred holds, and more than ``max_key_documents``.

    They are counted in the ``SAMPLE_TEXTS`` texts of least digest; in a small corpus that is all, and no word is common
    in it.

    Args:
        firsts: per document whether it is the first with its text; equal texts count once.
    """
    sample = corpus.least(firsts, SAMPLE_TEXTS)
    n_texts = int(firsts.sum())
    limit = max(config.max_key_documents, int(_COMMON_SHARE * n_texts)) * len(sample) / max(n_texts, 1)

    def words_of(batch: tuple[IntArray, pa.LargeStringArray]) -> npt.NDArray[np.uint64]:
        hashes, offsets, _ = word_hashes(batch[1])
        return distinct(hashes, offsets)[0]

    if n_texts <= config.max_key_documents:
        return np.zeros(0, np.uint64)
    words = np.sort(np.concatenate([np.zeros(0, np.uint64), *engine.map(corpus.texts.read(sample), words_of)]))
    starts = run_starts(words)
    return words[starts[:-1]][np.diff(starts) > limit]
