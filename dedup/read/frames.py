"""Records side by side, by the role of their columns: what the column path of ``parts`` works on.

A frame gives whole columns, and where one value is out of the ordinary, the row that it stands in, so that the rules
for odd values are written once, in ``records``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa

from dedup.read.fields import Fields
from dedup.read.rows import Column, Numbers, Row, Stretch
from dedup.read.values import column_of_values, values_of


class Frame(Protocol):
    """Some records of one input.

    Attributes:
        numbers: place of each in its file; 0 for a loss that has no row of its own.
    """

    numbers: Numbers

    def column(self, role: str) -> Column | None:
        """The values of a role; None where no record has a column for it."""

    def row(self, at: int, role: str) -> tuple[Row, Fields]:
        """One record with at least the column of a role, and its columns by role."""


class ColumnFrame:
    """A frame of columns: a stretch of a table.

    Args:
        stretch: the records.
        fields: their columns by role.
    """

    def __init__(self, stretch: Stretch, fields: Fields) -> None:
        self.numbers = stretch.numbers
        self._columns = dict(stretch.columns)
        self._fields = fields

    def column(self, role: str) -> Column | None:
        """The values of a role, as the table has them."""
        name: str | None = getattr(self._fields, role)
        return None if name is None else self._columns[name]

    def row(self, at: int, role: str) -> tuple[Row, Fields]:
        """One record with the column of that role alone."""
        name: str = getattr(self._fields, role)
        column = self._columns[name]
        if isinstance(column, list):
            value = column[at]
        elif column.type == pa.large_string():
            value = column[at].as_py()
        else:  # of a type that is odd in this role: all its values are, and will be asked for
            self._columns[name] = values = values_of(column)
            value = values[at]
        return Row(int(self.numbers[at]), {name: value}), self._fields


class RowFrame:
    """A frame of rows, each with columns of its own.

    Args:
        rows: the rows; those with a fault have no values.
        fields: the columns by role of each.
    """

    def __init__(self, rows: Sequence[Row], fields: Sequence[Fields]) -> None:
        self.numbers = np.array([row.number or 0 for row in rows], np.int64)
        self._rows = rows
        self._fields = fields
        self._alike = all(one is fields[0] for one in fields)

    def column(self, role: str) -> Column | None:
        """The values of a role, null in records without a column for it."""
        if self._alike:
            name = getattr(self._fields[0], role)
            return None if name is None else column_of_values([row.values.get(name) for row in self._rows])
        names = [getattr(fields, role) for fields in self._fields]
        return column_of_values([row.values.get(name) for row, name in zip(self._rows, names, strict=True)])

    def row(self, at: int, _role: str) -> tuple[Row, Fields]:
        """The row as it came."""
        return self._rows[at], self._fields[at]

    def all_rows(self) -> Iterator[tuple[Row, Fields]]:
        """All rows, each with its columns by role."""
        return zip(self._rows, self._fields, strict=True)
