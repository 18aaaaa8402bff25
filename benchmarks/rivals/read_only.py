"""Not a rival but a floor: pyarrow reads the column of texts, batch by batch, and does nothing with it."""

import os
import sys

os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")  # as ours: with the other its time varies twofold

import pyarrow as pa
import pyarrow.parquet as pq

pa.set_cpu_count(int(sys.argv[3]))
n_bytes = 0
for batch in pq.ParquetFile(sys.argv[1]).iter_batches(columns=["text"], use_threads=sys.argv[3] != "1"):
    n_bytes += batch.nbytes
print(n_bytes)
