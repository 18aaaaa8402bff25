"""UTF-8 text to normalised text and the edges of its words: blocks of ASCII by vector code, the rest letter by letter.

``words.normalise`` gives the same text and words; it knows where each word stands in the original, and costs more.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.vectors import BLOCK, count_bits, first_bit, fold_block, foreign_block
from dedup.kernels.words import (
    DIGIT,
    DOT_ABOVE,
    DOTTED_CAPITAL_I,
    IGNORED,
    MARK,
    SPACE,
    UNSPACED,
    WORD,
    decode,
    encode,
)

PADDING = 2 * BLOCK  # bytes by which text and output go on: a block may begin at their last byte
MOST_MARKS = 30  # on one letter
UNCERTAIN = 255  # in the table of orders: a character that NFC may replace, or join with the one before it

_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_BLANK = 32


@kernel
def _scan_foreign(
    data: npt.NDArray[np.uint8],
    at: int,
    end: int,
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint8],
    n_out: int,
    edges: npt.NDArray[np.uint32],
    n_edges: int,
) -> tuple[int, int, int]:
    """Normalise a stretch of text letter by letter, up to two ASCII characters in a row; as ``scan`` does otherwise.

    Returns:
        The byte after the stretch, bytes in ``out``, and edges: an odd number if a word is open, and may go on with
        the letters and digits that follow.
    """
    unspaced = False
    while at < end and (data[at] >= 0x80 or (at + 1 < end and data[at + 1] >= 0x80)):
        point, width = decode(data, at)
        at += width
        kind = classes[point]
        if kind == IGNORED:
            continue
        if n_edges & 1 and kind != MARK and (unspaced or not WORD <= kind <= DIGIT):
            edges[n_edges] = n_out
            n_edges += 1
        if kind == SPACE:
            if n_out > 0 and out[n_out - 1] != _BLANK:
                out[n_out] = _BLANK
                n_out += 1
            continue
        if n_edges & 1 == 0 and WORD <= kind <= MARK:
            edges[n_edges] = n_out
            n_edges += 1
            unspaced = kind == UNSPACED
        n_out = encode(out, n_out, folds[point])
        if point == DOTTED_CAPITAL_I:
            n_out = encode(out, n_out, folds[DOT_ABOVE])
    if n_edges & 1 and unspaced:
        edges[n_edges] = n_out
        n_edges += 1
    return at, n_out, n_edges


@kernel
def scan(
    data: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint8],
    edges: npt.NDArray[np.uint32],
) -> tuple[int, int]:
    """Normalise one text and find its words.

    A block of 64 bytes is folded and classified at once. It is taken up to the first byte that is not ASCII, or is a
    blank after a blank: what is to be left out ends a block, and the next one begins after it.

    Args:
        data: UTF-8 in NFC; the text is ``data[begin:end]``, and may be read for ``PADDING`` bytes more.
        classes: class of every code point.
        folds: what every code point is written as.
        out: gets the normalised UTF-8; room for twice the text, and ``PADDING``.
        edges: gets where each word begins and ends in ``out``; room for one a byte, and ``PADDING``.

    Returns:
        Bytes in ``out``, and words.
    """
    at, n_out, n_edges = begin, 0, 0
    blank, inside = _ONE, np.uint64(0)  # whether the last character was white space (or none), whether a word is open
    while at < end:
        words, spaces, foreign = fold_block(data, at, out, n_out)
        doubled = spaces & ((spaces << _ONE) | blank)
        size = min(first_bit(foreign | doubled), end - at)
        if size > 0:
            rest = np.uint64(BLOCK - size)
            changes = (words ^ ((words << _ONE) | inside)) & (_ALL >> rest)
            all_edges = n_edges + count_bits(changes)
            while n_edges < all_edges:  # eight at a time, needed or not: that costs less than to foresee how many
                for k in range(8):
                    edges[n_edges + k] = n_out + first_bit(changes)
                    changes &= changes - _ONE
                n_edges += 8
            n_edges = all_edges
            blank, inside = (spaces << rest) >> np.uint64(63), (words << rest) >> np.uint64(63)
            at += size
            n_out += size
        if size == BLOCK or at >= end:
            continue
        if (doubled >> np.uint64(size)) & _ONE:
            at += first_bit(~(spaces >> np.uint64(size)))
        else:
            at, n_out, n_edges = _scan_foreign(data, at, end, classes, folds, out, n_out, edges, n_edges)
            blank, inside = np.uint64(n_out == 0 or out[n_out - 1] == _BLANK), np.uint64(n_edges & 1)
    if n_edges & 1:
        edges[n_edges] = n_out
        n_edges += 1
    if n_out > 0 and out[n_out - 1] == _BLANK:
        n_out -= 1
    return n_out, n_edges >> 1


_FIRST_MARK = 0x300  # below it no character composes with the one before, or is replaced by NFC
_FIRST_DASH, _LAST_QUOTE = 0x2010, 0x201F  # neither do dashes and quotation marks


@kernel
def survey(
    data: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    classes: npt.NDArray[np.uint8],
    orders: npt.NDArray[np.uint8],
) -> tuple[int, bool]:
    """Count the characters of one text, and see whether it is sure to be in NFC and heaps no marks.

    The quick check of UAX #15, section 9: a text is in NFC if no character may be replaced or joined with the one
    before it, and the marks on each letter stand in their canonical order. Where that fails the text may be in NFC all
    the same. ASCII is passed over a block at a time.

    Args:
        data: UTF-8; the text is ``data[begin:end]``, and may be read for ``PADDING`` bytes more.
        classes: class of every code point.
        orders: canonical combining class of every code point, or ``UNCERTAIN``.

    Returns:
        Number of characters, and whether the text need not be looked at again.
    """
    at, n_chars = begin, end - begin
    certain = True
    while at < end:
        at += first_bit(foreign_block(data, at))
        last, n_marks = 0, 0
        while at < end and data[at] >= 0x80:
            point, width = decode(data, at)
            if point < _FIRST_MARK or _FIRST_DASH <= point <= _LAST_QUOTE:  # most of them, told without the tables
                last, n_marks = 0, 0
                at += width
                n_chars -= width - 1
                continue
            order = int(orders[point])
            n_marks = n_marks + 1 if classes[point] == MARK else 0
            certain = certain and order != UNCERTAIN and (order == 0 or last <= order) and n_marks <= MOST_MARKS
            last = order
            at += width
            n_chars -= width - 1
    return n_chars, certain
