"""read: from sources to documents and rejects.

``locate`` finds the inputs, ``opened`` has the first decoded, ``Stored`` gives their bytes, ``open_table`` their
columns or rows. Columns go through ``columns`` all at once, and only what is odd in them through ``Maker``, as single
rows do; ``Batches`` joins and cuts what comes of both, and ``Reader`` puts them together. ``Reader.texts`` reads texts
again while a run goes on; ``read_texts`` and ``write_kept`` go back to the sources of a finished run, ``inspect`` looks
ahead.
"""

from typing import TYPE_CHECKING

from dedup.later import later

if TYPE_CHECKING:
    from dedup.read.batches import Batch
    from dedup.read.inspection import Inspection, inspect
    from dedup.read.opening import Opening, opened
    from dedup.read.passthrough import Written, write_kept
    from dedup.read.reader import Input, Reader
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
    "Opening",
    "Reader",
    "Written",
    "folder_around",
    "inspect",
    "locate",
    "opened",
    "parse_time",
    "read_texts",
    "write_kept",
]

# A run begins with ``opened``, and loads the others while the first texts are decoded.
__getattr__ = later(
    __name__,
    {
        "batches": ("Batch",),
        "inspection": ("Inspection", "inspect"),
        "opening": ("Opening", "opened"),
        "passthrough": ("Written", "write_kept"),
        "reader": ("Input", "Reader"),
        "rows": ("REASONS",),
        "sources": ("FORMATS", "Located", "folder_around", "locate"),
        "texts": ("read_texts",),
        "times": ("parse_time",),
    },
)
