"""Left and right exchanged: the columns of a table that name a side or tell an order, row by row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc


def mirrored(table: pa.Table, rows: npt.NDArray[np.bool_]) -> pa.Table:
    """Exchange ``left...`` and ``right...``, as ``..._left`` and ``..._right``, in the rows that are true.

    A ``direction_...`` is the probability that left precedes right, and becomes that of the contrary.
    """
    mask = pa.array(rows)

    def column(name: str) -> pa.ChunkedArray:
        if name.startswith("direction_"):
            return pc.if_else(mask, pc.subtract(1.0, table.column(name)), table.column(name))
        if _twin(name) == name:
            return table.column(name)
        return pc.if_else(mask, table.column(_twin(name)), table.column(name))

    return pa.table({name: column(name) for name in table.column_names}, schema=table.schema)


def _twin(name: str) -> str:
    """The name of the same thing on the other side.

    >>> _twin("left_word_begin"), _twin("containment_right"), _twin("jaccard")
    ('right_word_begin', 'containment_left', 'jaccard')
    """
    if "left" in name:
        return name.replace("left", "right")
    return name.replace("right", "left")
