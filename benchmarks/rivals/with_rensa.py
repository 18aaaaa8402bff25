"""rensa: ``RMinHash.from_token_sets`` over all documents, then its LSH in bulk (the fastest way of its README)."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import rensa
from common import BANDS, MIN_JACCARD, SLOTS, adapter, connected, read, shingles


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    texts = read(corpus)
    signed = rensa.RMinHash.from_token_sets(map(shingles, texts), num_perm=SLOTS, seed=42)
    lsh = rensa.RMinHashLSH(threshold=MIN_JACCARD, num_perm=SLOTS, num_bands=BANDS)
    lsh.insert_many(signed)
    return connected(len(texts), enumerate(lsh.query_all(signed)))


adapter(labels)
