"""text-dedup: its own command on all cores; with ``--xxh3`` its faster hash and integers of 32 bits.

``--debug`` makes it write its clusters; they are read after it has ended.
"""

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from common import BANDS, ROWS, SHINGLE, SLOTS, adapter

CORES = len(os.sched_getaffinity(0))


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    with tempfile.TemporaryDirectory() as folder:
        return clustered(corpus, Path(folder))


def clustered(corpus: Path, root: Path) -> npt.NDArray[np.int64]:
    """Run the command with all its files under ``root``; read what it says of its clusters."""
    options = {
        "path": "parquet",
        "data_files": corpus,
        "split": "train",
        "cache_dir": root / "cache",
        "output": root / "out",
        "column": "text",
        "num_perm": SLOTS,
        "ngram": SHINGLE,
        "b": BANDS,
        "r": ROWS,
        "num_proc": CORES,
    }
    options |= {"hash_func": "xxh3", "hash_bits": 32} if "--xxh3" in sys.argv else {}
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(root / "cache")}
    subprocess.run([sys.executable, "-m", "text_dedup.minhash", *flags, "--debug"], check=True, env=environ)
    with (root / "out" / "uf.pkl").open("rb") as file:
        clusters = pickle.load(file)  # noqa: S301  # written a moment ago by the process above
    label = np.arange(pq.read_metadata(corpus).num_rows)
    for document in list(clusters.parent):
        label[document] = clusters.find(document)
    return label


adapter(labels)
