from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.errors import InternalError
from dedup.spool import Spool

ROWS = pa.schema([("number", pa.int64()), ("word", pa.string()), ("slots", pa.list_(pa.uint32(), 2))])


def _rows(begin: int, end: int) -> pa.RecordBatch:
    rows = [{"number": n, "word": None if n % 3 else f"w{n}", "slots": [n, 2 * n]} for n in range(begin, end)]
    return pa.RecordBatch.from_pylist(rows, schema=ROWS)


@given(
    st.lists(st.integers(0, 5), max_size=6),
    st.sampled_from([["number"], ["word", "number"], ["slots"], ROWS.names]),
    st.data(),
)
def test_a_spool_gives_back_what_it_took(sizes: list[int], names: list[str], data: st.DataObject) -> None:
    """Batches of any size, none too, in memory or on disk: all rows in order, or some, with the columns asked for."""
    with tempfile.TemporaryDirectory() as folder:
        spool, n = Spool(Path(folder) / "rows.arrow", ROWS, data.draw(st.sampled_from([0, 200, 1 << 20]))), 0
        for size in sizes:
            spool.append(spool.pack(_rows(n, n + size).columns))
            n += size
        spool.close()
        spool.close()
        whole = pa.Table.from_batches([_rows(0, n)]).select(names)
        assert pa.Table.from_batches(spool.batches(names), whole.schema).equals(whole)
        wanted = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1)) if n else st.just(set()))), np.int64)
        taken = spool.take(wanted, names)
        assert taken.schema.equals(whole.schema)
        assert taken.to_pylist() == whole.take(pa.array(wanted)).to_pylist()


def test_a_closed_spool_takes_no_rows(tmp_path: Path) -> None:
    """Rows that come too late are a bug of ours, not a loss."""
    spool = Spool(tmp_path / "rows.arrow", ROWS)
    spool.close()
    with pytest.raises(InternalError, match="closed"):
        spool.append(spool.pack(_rows(0, 1).columns))
