"""Writing inputs and reading them: what the tests of this room share."""

import bz2
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import zstandard

from dedup.config import Config
from dedup.read import Reader

RECORDS = [
    {"id": "a", "text": "The talks have begun in Minsk.", "date": "2022-02-26", "title": "Talks", "n": 1},
    {
        "id": "b",
        "text": "Die Gespräche, sagte er, haben begonnen.\nIn Minsk.",
        "date": "2022-02-25",
        "title": None,
        "n": 2,
    },
    {"id": "c", "text": '会談は"ミンスク"で始まった。', "date": None, "title": "会談", "n": 3},
]
SUFFIX = {
    "jsonl": "jsonl",
    "json": "json",
    "csv": "csv",
    "tsv": "tsv",
    "parquet": "parquet",
    "arrow": "arrow",
    "stream": "ipc",
}
COMPRESS = {
    "": lambda data: data,
    ".gz": lambda data: gzip.compress(data, mtime=0),
    ".bz2": bz2.compress,
    ".zst": zstandard.compress,
}


def encoded(format_, records=RECORDS):
    """The records as bytes of a format."""
    table = pa.Table.from_pylist(records)
    sink = io.BytesIO()
    if format_ == "jsonl":
        return jsonl(*records)
    if format_ == "json":
        return json.dumps(records, ensure_ascii=False, indent=1).encode()
    if format_ in ("csv", "tsv"):
        options = pyarrow.csv.WriteOptions(delimiter="," if format_ == "csv" else "\t")
        pyarrow.csv.write_csv(table, sink, options)
    elif format_ == "parquet":
        pq.write_table(table, sink, row_group_size=2)
    else:
        new = pa.ipc.new_file if format_ == "arrow" else pa.ipc.new_stream
        with new(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def jsonl(*records):
    """Records, or raw lines, as JSON Lines."""
    lines = [
        record if isinstance(record, bytes) else json.dumps(record, ensure_ascii=False).encode() for record in records
    ]
    return b"".join(line + b"\n" for line in lines)


def put(folder, name, data):
    """Write a file below a folder."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def read(*sources, **settings):
    """Read to the end; the reader, the records and the rejects, with the promise of no loss checked."""
    reader = Reader(list(sources), Config(**settings))
    records, rejects = [], []
    for batch in reader:
        assert batch.records.num_rows <= reader._config.batch_size
        records += batch.records.to_pylist()
        rejects += batch.rejects.to_pylist()
    assert len(records) + len(rejects) == reader.n_read == sum(read.n_read for read in reader.inputs)
    assert [record["doc"] for record in records] == list(range(len(records)))
    return reader, records, rejects


def reasons(rejects):
    """Row and reason of each reject."""
    return [(reject["source_row"], reject["reason"]) for reject in rejects]
