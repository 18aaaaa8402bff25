"""read: from sources to documents and rejects.

``locate`` finds the inputs, ``Stored`` gives their bytes, ``open_table`` their rows, ``Maker`` the records; ``Reader``
puts them together. ``read_texts`` and ``write_kept`` go back to the sources of a finished run, ``inspect`` looks ahead.
"""

from dedup.read.inspection import Inspection, inspect
from dedup.read.passthrough import Written, write_kept
from dedup.read.reader import Batch, Input, Reader
from dedup.read.rows import REASONS
from dedup.read.sources import FORMATS, Located, folder_around, locate
from dedup.read.texts import read_texts
from dedup.read.times import parse_time

__all__ = [
    "FORMATS",
    "REASONS",
    "Batch",
    "Input",
    "Inspection",
    "Located",
    "Reader",
    "Written",
    "folder_around",
    "inspect",
    "locate",
    "parse_time",
    "read_texts",
    "write_kept",
]
