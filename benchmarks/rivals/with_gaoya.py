"""gaoya: an index that tokenises and signs in Rust on all cores; it is asked by text, so each text is signed twice."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import BANDS, MIN_JACCARD, ROWS, SHINGLE, adapter, connected, read
from gaoya.minhash import MinHashStringIndex


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band and whose signatures agree enough."""
    texts = read(corpus)
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=MIN_JACCARD,
        num_bands=BANDS,
        band_size=ROWS,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    return connected(len(texts), enumerate(index.par_bulk_query(texts)))


adapter(labels)
