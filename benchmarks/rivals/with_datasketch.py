"""datasketch: ``MinHash.bulk`` in its default scheme, then its LSH; with ``--xxhash`` its faster hash function."""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xxhash
from common import BANDS, ROWS, SLOTS, adapter, connected, read, shingles
from datasketch import MinHash, MinHashLSH

OPTIONS = {"hashfunc": xxhash.xxh32_intdigest} if "--xxhash" in sys.argv else {}


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    texts = read(corpus)
    tokens = ([shingle.encode() for shingle in shingles(text)] for text in texts)
    signed = MinHash.bulk(tokens, num_perm=SLOTS, **OPTIONS)
    lsh = MinHashLSH(num_perm=SLOTS, params=(BANDS, ROWS))
    with lsh.insertion_session() as session:
        for at, signature in enumerate(signed):
            session.insert(at, signature, check_duplication=False)
    return connected(len(texts), ((at, lsh.query(signature)) for at, signature in enumerate(signed)))


adapter(labels)
