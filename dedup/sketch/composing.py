"""Arrow texts as the kernels take them: bytes and offsets, in Unicode NFC.

Nearly every text is in NFC already; a kernel tells which ones may not be, and only these become objects of Python.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dedup.kernels import fused
from dedup.kernels import words as kernels
from dedup.kernels.scan import MOST_MARKS, PADDING
from dedup.sketch.tables import composing_seconds, tables

Texts: TypeAlias = pa.StringArray | pa.LargeStringArray
Spans: TypeAlias = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]


class Composed(NamedTuple):
    """Some texts in NFC.

    ``n_chars`` counts the characters of each as it was given; ``spans`` holds, for each text that was not in NFC, the
    begin and the end of the original characters that each of its characters came from.
    """

    texts: Texts
    spans: dict[int, Spans]
    n_chars: npt.NDArray[np.int64]


def in_nfc(texts: Texts) -> Composed:
    """The texts in NFC; those that are so already are not touched."""
    n_chars, certain = np.empty(len(texts), np.int64), np.empty(len(texts), np.bool_)
    for data, offsets, first in pieces(texts):
        fused.survey_texts(data, offsets, first, tables().classes, tables().orders, n_chars, certain)
    return Composed(*mended(texts, certain), n_chars)


def mended(texts: Texts, certain: npt.NDArray[np.bool_]) -> tuple[Texts, dict[int, Spans]]:
    """The texts in NFC and the spans as in ``Composed``, given which texts are sure to be in it (``survey``)."""
    made: list[str] = []
    spans: dict[int, Spans] = {}
    for i in np.flatnonzero(~certain).tolist():
        text = texts[i].as_py()
        if _heaps_marks(text) or not unicodedata.is_normalized("NFC", text):
            nfc, starts, stops = composed(text)
            made.append(nfc)
            spans[i] = starts, stops
    if spans:
        replaced = np.zeros(len(texts), np.bool_)
        replaced[[*spans]] = True
        texts = pc.replace_with_mask(
            texts.cast(pa.large_string()), pa.array(replaced), pa.array(made, pa.large_string())
        )
    return texts, spans


def buffers(texts: Texts) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """UTF-8 of the texts, not copied and only to be read, and where each begins and the last one ends."""
    _, offset_buffer, data_buffer = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    offsets = np.zeros(1, np.int64)
    if offset_buffer:
        offsets = np.frombuffer(offset_buffer, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    data = np.frombuffer(data_buffer or b"", np.uint8)
    data.flags.writeable = False  # whatever the buffer is: kernels compile once
    return data, offsets


def pieces(texts: Texts) -> Iterator[tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64], int]]:
    """The same for kernels that read ``PADDING`` bytes beyond a text: bytes, offsets, place of the first text.

    The last texts, behind which the buffer may end, are copied to a larger one.
    """
    data, offsets = buffers(texts)
    n_safe = int(np.searchsorted(offsets[1:], len(data) - PADDING, "right"))
    if n_safe > 0:
        yield data, offsets[: n_safe + 1], 0
    if n_safe < len(texts):
        tail = np.zeros(offsets[-1] - offsets[n_safe] + PADDING, np.uint8)
        tail[:-PADDING] = data[offsets[n_safe] : offsets[-1]]
        tail.flags.writeable = False
        yield tail, offsets[n_safe:] - offsets[n_safe], n_safe


def composed(text: str) -> tuple[str, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """NFC of a text, and for each of its characters the span of original characters that it came from.

    The text is cut where no composition can cross: before each character that is a starter and composes with nothing
    before it; and after ``MOST_MARKS`` marks on one letter, which no language has, for putting n marks in order takes
    n^2 steps (the Stream-Safe Text Format of Unicode, UAX #15, section 13).
    """
    parts: list[str] = []
    starts: list[int] = []
    stops: list[int] = []
    begin = 0
    for at in range(1, len(text) + 1):
        joins = at < len(text) and (unicodedata.combining(text[at]) or text[at] in composing_seconds())
        if joins and at - begin <= MOST_MARKS:
            continue
        part = unicodedata.normalize("NFC", text[begin:at])
        parts.append(part)
        starts.extend([begin] * len(part))
        stops.extend([at] * len(part))
        begin = at
    return "".join(parts), np.array(starts, np.int32), np.array(stops, np.int32)


def _heaps_marks(text: str) -> bool:
    """Whether more than ``MOST_MARKS`` marks follow each other somewhere in a text."""
    classes = tables().classes
    others = np.flatnonzero(classes[np.frombuffer(text.encode("utf-32-le"), np.uint32)] != kernels.MARK)
    return bool(np.diff(others, prepend=-1, append=len(text)).max() > MOST_MARKS + 1)
