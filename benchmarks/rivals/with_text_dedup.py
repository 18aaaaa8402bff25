"""text-dedup: its own command on all cores; with ``--xxh3`` its faster hash and integers of 32 bits.

0.4.0 takes options, and hashes by SHA-1 if nothing is said; ``--debug`` makes it write its clusters. Later releases
take a file of settings, hash by xxh3 anyway, and write their clusters where they are asked to. Candidates are not
checked, and texts under five words are left out, as by default.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from common import BANDS, MIN_JACCARD, ROWS, SHINGLE, SLOTS, adapter

CORES = len(os.sched_getaffinity(0))
FASTER = "--xxh3" in sys.argv


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    cluster = by_options if version("text-dedup") == "0.4.0" else by_settings
    label = np.arange(pq.read_metadata(corpus).num_rows)
    with tempfile.TemporaryDirectory() as folder:
        for document, number in cluster(corpus.resolve(), Path(folder)).items():
            label[document] = len(label) + number  # numbers of clusters are no numbers of documents
    return label


def by_options(corpus: Path, root: Path) -> dict[int, int]:
    """Documents with a copy and their clusters, of 0.4.0; all files lie under ``root``."""
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
    options |= {"hash_func": "xxh3", "hash_bits": 32} if FASTER else {}
    run(root, *(part for name, value in options.items() for part in (f"--{name}", str(value))), "--debug")
    clusters = saved(root / "out" / "uf.pkl")
    return {document: clusters.find(document) for document in list(clusters.parent)}


def by_settings(corpus: Path, root: Path) -> dict[int, int]:
    """Documents with a copy and their clusters, of later releases."""
    faster = 'hash_func_name = "xxh3"\nhash_bits = 32' if FASTER else ""
    settings = f"""
[input]
input_type = "local_files"
file_type = "parquet"

[input.read_arguments]
path = "parquet"
data_files = {json.dumps(str(corpus))}
split = "train"
cache_dir = {json.dumps(str(root / "cache"))}

[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {SLOTS}
ngram_size = {SHINGLE}
threshold = {MIN_JACCARD}
bands = {BANDS}
rows = {ROWS}
num_proc = {CORES}
{faster}

[output]
output_dir = {json.dumps(str(root / "out"))}
save_clusters = true

[debug]
"""
    (root / "config.toml").write_text(settings, encoding="utf-8")
    run(root)
    clusters: dict[int, int] = saved(root / "out" / "clusters.pickle")
    return clusters


def run(root: Path, *options: str) -> None:
    """The command, in the folder ``root``, where it looks for ``config.toml``."""
    environ = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": str(root / "cache")}
    subprocess.run([sys.executable, "-m", "text_dedup.minhash", *options], check=True, cwd=root, env=environ)


def saved(path: Path) -> Any:
    """What the command wrote a moment ago."""
    with path.open("rb") as file:
        return pickle.load(file)  # noqa: S301


adapter(labels)
