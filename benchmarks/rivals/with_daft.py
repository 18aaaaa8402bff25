"""daft: its ``normalize`` and ``minhash`` expressions; bands are sorted in NumPy, faster than its recipe's joins."""

from pathlib import Path

import daft
import numpy as np
import numpy.typing as npt
from common import SHINGLE, SLOTS, adapter, banded
from daft import col
from daft.functions import minhash, normalize


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    text = normalize(col("text"), remove_punct=True, lowercase=True, white_space=True)
    signature = minhash(text, num_hashes=SLOTS, ngram_size=SHINGLE, hash_function="xxhash3_64")
    table = daft.read_parquet(str(corpus)).select("id", signature.alias("signature")).to_arrow()
    slots = table["signature"].combine_chunks().flatten()
    signatures = np.empty((len(table), SLOTS), np.uint32)
    signatures[table["id"].to_numpy()] = slots.to_numpy().reshape(-1, SLOTS)
    return banded(signatures)


adapter(labels)
