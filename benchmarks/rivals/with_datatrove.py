"""datatrove: its three stages, signatures, buckets and clusters, each a ``LocalPipelineExecutor`` on all cores.

Its word tokenizer (spaCy for English) is replaced by ``\\w+``, which is faster and what the task asks for; the labels
are read from the files that ``save_cluster_id`` makes the last stage write.
"""

import os
import tempfile
from pathlib import Path

import datatrove.pipeline.dedup.minhash as stages
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from common import BANDS, ROWS, SHINGLE, _words, adapter
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import ParquetReader
from datatrove.utils.hashing import HashConfig

CORES = len(os.sched_getaffinity(0))


class Words:
    """The tokenizer of the task."""

    def word_tokenize(self, text: str) -> list[str]:
        """All runs of word characters."""
        return _words(text)


def split(corpus: Path, folder: Path) -> list[int]:
    """One file of input per task, by row group: datatrove works in parallel over files. Returns where each begins."""
    file = pq.ParquetFile(corpus)
    groups = np.array_split(np.arange(file.num_row_groups), min(CORES, file.num_row_groups))
    begins = [0]
    folder.mkdir()
    for number, own in enumerate(groups):
        table = file.read_row_groups(own.tolist())
        pq.write_table(table, folder / f"{number:05d}.parquet", row_group_size=10_000)
        begins.append(begins[-1] + len(table))
    return begins


def labels(corpus: Path) -> npt.NDArray[np.int64]:
    """Clusters of documents that share a band."""
    with tempfile.TemporaryDirectory() as folder:
        return clustered(corpus, Path(folder))


def clustered(corpus: Path, root: Path) -> npt.NDArray[np.int64]:
    """The three stages, with all their files under ``root``."""
    stages.load_word_tokenizer = lambda _: Words()
    config = MinhashConfig(
        n_grams=SHINGLE,
        num_buckets=BANDS,
        hashes_per_bucket=ROWS,
        hash_config=HashConfig(precision=64),
    )
    begins = split(corpus, root / "input")
    tasks = len(begins) - 1
    signatures = [
        ParquetReader(str(root / "input")),
        stages.MinhashDedupSignature(output_folder=str(root / "signatures"), config=config),
    ]
    buckets = [stages.MinhashDedupBuckets(str(root / "signatures"), str(root / "buckets"), config=config)]
    clusters = [
        stages.MinhashDedupCluster(str(root / "buckets"), str(root / "clusters"), config=config, save_cluster_id=True)
    ]
    for pipeline, n in ((signatures, tasks), (buckets, BANDS), (clusters, 1)):
        logs = tempfile.mkdtemp(dir=root)
        LocalPipelineExecutor(pipeline, tasks=n, workers=min(n, CORES), logging_dir=logs).run()
    label = np.arange(begins[-1])
    for number, begin in enumerate(begins[:-1]):
        path = root / "clusters" / f"{number:06d}.clusters"
        if path.exists():
            pairs = np.fromfile(path, dtype="<u4").reshape(-1, 2)  # place in the file, cluster
            label[begin + pairs[:, 0]] = begins[-1] + pairs[:, 1]
    return label


if __name__ == "__main__":  # its workers import this file
    adapter(labels)
