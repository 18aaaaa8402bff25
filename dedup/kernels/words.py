"""UTF-8 text to normalised text and hashed words, in one pass."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.hashing import xxh3_64

# Classes of characters; ``dedup.sketch.normalise`` assigns them.
OTHER, WORD, DIGIT, UNSPACED, MARK, IGNORED, SPACE, OPENING, CLOSING, EITHER, APOSTROPHE = range(11)

MAX_QUOTED_WORDS = 100  # in one paragraph

# What is known of a word besides its hash, as bits: it stands inside a quotation, begins with a digit, begins with a
# capital letter, goes on with the number before it ("000" in "12,000"), is a character of a script without spaces; once
# the whole corpus is known: stands in a shingle that is boilerplate, is a common word; and: begins a sentence.
QUOTED, NUMBER, CAPITAL, CONTINUED, CHARACTER, BOILERPLATE, COMMON, FIRST = 1, 2, 4, 8, 16, 32, 64, 128

_NEWLINE = 10
_TABULATOR = 9
_BLANK = 32
DOTTED_CAPITAL_I = 0x130  # the only character whose lower case is two characters
DOT_ABOVE = 0x307


@kernel
def decode(data: npt.NDArray[np.uint8], at: int) -> tuple[int, int]:
    """The code point that begins at byte ``at`` of valid UTF-8, and its length in bytes."""
    first = int(data[at])
    if first < 0x80:
        return first, 1
    second = int(data[at + 1]) & 0x3F
    if first < 0xE0:
        return ((first & 0x1F) << 6) | second, 2
    third = int(data[at + 2]) & 0x3F
    if first < 0xF0:
        return ((first & 0x0F) << 12) | (second << 6) | third, 3
    return ((first & 0x07) << 18) | (second << 12) | (third << 6) | (int(data[at + 3]) & 0x3F), 4


@kernel
def encode(out: npt.NDArray[np.uint8], at: int, point: int) -> int:
    """Write a code point as UTF-8 from byte ``at`` on; return the byte after it."""
    if point < 0x80:
        out[at] = point
        return at + 1
    if point < 0x800:
        out[at] = 0xC0 | (point >> 6)
        out[at + 1] = 0x80 | (point & 0x3F)
        return at + 2
    if point < 0x10000:
        out[at] = 0xE0 | (point >> 12)
        out[at + 1] = 0x80 | ((point >> 6) & 0x3F)
        out[at + 2] = 0x80 | (point & 0x3F)
        return at + 3
    out[at] = 0xF0 | (point >> 18)
    out[at + 1] = 0x80 | ((point >> 12) & 0x3F)
    out[at + 2] = 0x80 | ((point >> 6) & 0x3F)
    out[at + 3] = 0x80 | (point & 0x3F)
    return at + 4


@kernel
def _class_at(data: npt.NDArray[np.uint8], at: int, end: int, classes: npt.NDArray[np.uint8]) -> int:
    """Class of the first character from byte ``at`` on that is not ignored; beyond the end of the text it is SPACE."""
    while at < end:
        point, width = decode(data, at)
        if classes[point] != IGNORED:
            return int(classes[point])
        at += width
    return SPACE


@kernel
def _turn(kind: int, before: int, after: int, is_open: bool) -> int:
    """What a quotation mark of class ``kind`` between characters of two classes does: 1 opens, -1 closes, 0 nothing.

    Where it stands says more than its form, which differs between languages: a mark before a word opens, one after a
    word or a full stop closes, one inside a word (an inch, an apostrophe) does nothing. Where that does not tell, the
    form does.
    """
    word_before, word_after = WORD <= before <= MARK, WORD <= after <= MARK
    unspaced = (before == UNSPACED or after == UNSPACED) and kind != APOSTROPHE  # there, words meet on both sides
    if word_before and word_after and not unspaced:
        return 0
    if word_after and not word_before:
        return 1
    if not word_after and before != SPACE:
        return -1
    if kind == APOSTROPHE:
        return 0
    if kind == EITHER:
        return -1 if is_open else 1
    return 1 if kind == OPENING else -1


@kernel
def _holds_double_mark(data: npt.NDArray[np.uint8], begin: int, end: int, classes: npt.NDArray[np.uint8]) -> bool:
    """Whether a text holds a double quotation mark of any kind; one without quotes with apostrophes."""
    at = begin
    while at < end:
        point, width = decode(data, at)
        if OPENING <= classes[point] <= EITHER:
            return True
        at += width
    return False


@kernel
def _ends_sentence(point: int) -> bool:
    """Whether a character is a full stop, an exclamation or a question mark, or one of East Asia's."""
    return point == 0x2E or point == 0x21 or point == 0x3F or point == 0x3002 or point == 0xFF01 or point == 0xFF1F


@kernel
def _ends_paragraph(data: npt.NDArray[np.uint8], at: int, end: int) -> bool:
    """Whether the line break at byte ``at`` ends a paragraph: an empty line or an indented one follows."""
    if at + 1 >= end:
        return True
    two_blanks = at + 2 < end and data[at + 1] == _BLANK and data[at + 2] == _BLANK
    return bool(two_blanks or data[at + 1] == _NEWLINE or data[at + 1] == _TABULATOR)


@kernel
def _goes_on_quoting(data: npt.NDArray[np.uint8], at: int, end: int, classes: npt.NDArray[np.uint8]) -> bool:
    """Whether the first character after white space is a quotation mark: a quotation of several paragraphs."""
    while at < end:
        point, width = decode(data, at)
        if classes[point] != SPACE and classes[point] != IGNORED:
            return bool(classes[point] >= OPENING)
        at += width
    return False


@kernel
def _mark_quotation(marks: npt.NDArray[np.uint8], first: int, last: int) -> None:
    """Mark the words of a quotation, unless none is open, or it is so long that a mark must have been lost."""
    if first >= 0 and last - first <= MAX_QUOTED_WORDS:
        for i in range(first, last):
            marks[i] |= QUOTED


@kernel
def _word_marks(kind: int, folded: bool, continued: bool, first: bool) -> int:
    """Bits of a word that begins with a character of class ``kind``."""
    if kind == DIGIT:
        return NUMBER | CONTINUED * continued | FIRST * first
    return CAPITAL * (kind == WORD and folded) | CHARACTER * (kind == UNSPACED) | FIRST * first


@kernel
def normalise(
    data: npt.NDArray[np.uint8],
    begin: int,
    end: int,
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    apostrophes: bool,
    out: npt.NDArray[np.uint8],
    words: npt.NDArray[np.uint64],
    begins: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
) -> tuple[int, int]:
    """Normalise one text and split it into hashed words.

    Args:
        data: UTF-8 in NFC; the text is ``data[begin:end]``.
        classes: class of every code point.
        folds: what every code point is written as: lower case, plain quotation marks and dashes.
        apostrophes: whether an apostrophe at the edge of a word is a quotation mark.
        out: gets the normalised UTF-8; room for twice the text and 8 bytes.
        words, begins, ends, marks: get each word's XXH3-64, its span in characters of the text, and whether it stands
            inside a quotation, is a number or a name ... (the bits above); room for one word a byte.

    Returns:
        Bytes written to ``out``, and number of words.
    """
    n_out, n_words, n_chars = 0, 0, 0
    word_at, word_kind, word_end = -1, OTHER, 0
    opened, pending_space, before = -1, False, SPACE  # the first word of the open quotation
    ended = True  # a full stop or a paragraph's end has come since the last word
    at = begin
    while at < end:
        point, width = decode(data, at)
        kind = int(classes[point])
        if kind == IGNORED:
            at, n_chars = at + width, n_chars + 1
            continue
        joins = word_at >= 0 and (kind == MARK or (WORD <= kind <= DIGIT and word_kind == WORD))
        if word_at >= 0 and not joins:
            words[n_words] = xxh3_64(out, int(word_at), int(n_out))
            ends[n_words] = word_end
            n_words += 1
            word_at = -1
        if kind == SPACE:
            pending_space = n_out > 0
            if point == _NEWLINE and _ends_paragraph(data, at, end):
                if _goes_on_quoting(data, at, end, classes):
                    _mark_quotation(marks, opened, n_words)
                opened, ended = -1, True
        else:
            if pending_space:
                out[n_out] = _BLANK
                n_out, pending_space = n_out + 1, False
            if word_at < 0 and WORD <= kind <= MARK:
                word_at, word_kind = n_out, UNSPACED if kind == UNSPACED else WORD
                begins[n_words] = n_chars
                after = n_words > 0 and before != SPACE and ends[n_words - 1] == n_chars - 1
                continued = after and kind == DIGIT and marks[n_words - 1] & NUMBER > 0
                starts = ended and (before == SPACE or kind == UNSPACED)  # not in "3.5"
                marks[n_words] = _word_marks(kind, folds[point] != point, continued, starts)
                ended = False
            n_out = encode(out, n_out, folds[point])
            if point == DOTTED_CAPITAL_I:
                n_out = encode(out, n_out, folds[DOT_ABOVE])
            if kind >= OPENING and (kind != APOSTROPHE or apostrophes):
                turn = _turn(kind, before, _class_at(data, at + width, end, classes), opened >= 0)
                if turn < 0:
                    _mark_quotation(marks, opened, n_words)
                opened = n_words if turn > 0 else (-1 if turn < 0 else opened)
        ended = ended or _ends_sentence(point)
        before = kind
        at, n_chars = at + width, n_chars + 1
        word_end = n_chars
    if word_at >= 0:
        words[n_words] = xxh3_64(out, int(word_at), int(n_out))
        ends[n_words] = word_end
        n_words += 1
    return n_out, n_words


@kernel
def normalise_batch(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint8],
    out_offsets: npt.NDArray[np.int64],
    words: npt.NDArray[np.uint64],
    begins: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    marks: npt.NDArray[np.uint8],
    word_offsets: npt.NDArray[np.int64],
) -> None:
    """``normalise`` for the texts ``data[offsets[i]:offsets[i + 1]]``, one after the other.

    ``out_offsets`` and ``word_offsets``, one longer than the number of texts, are filled in.
    """
    out_offsets[0] = 0
    word_offsets[0] = 0
    for i in range(len(offsets) - 1):
        o, w = out_offsets[i], word_offsets[i]
        n_out, n_words = normalise(
            data,
            offsets[i],
            offsets[i + 1],
            classes,
            folds,
            not _holds_double_mark(data, offsets[i], offsets[i + 1], classes),
            out[o:],
            words[w:],
            begins[w:],
            ends[w:],
            marks[w:],
        )
        out_offsets[i + 1] = o + n_out
        word_offsets[i + 1] = w + n_words
