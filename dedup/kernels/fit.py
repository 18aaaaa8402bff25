"""Signs of where words were born: how much two parts of a text are alike, and names that nobody has introduced."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel
from dedup.kernels.words import CAPITAL

COMMONEST = 6.5  # Zipf value from which on a word says nothing of a topic
UNKNOWN = 2.5  # what a word is taken to have of which it is not known: it is rare

# Columns of ``orphans``: how many names, and of the first one where it is introduced and where it stands alone.
ORPHANS, INTRODUCED, ALONE = range(3)


@kernel
def _roomy(n: int) -> int:
    """Entries of an open table for ``n`` words: a power of two."""
    size = 2
    while size < 2 * n:
        size *= 2
    return size


@kernel
def _place(word: np.uint64, turn: int, table: npt.NDArray[np.uint64], size: int) -> int:
    """Where a word is filed in an open table, or would be.

    Args:
        turn: counted from 1; entries of other turns are as good as empty.
        table: turn and word of each entry.
        size: entries that are used in this turn, ``_roomy`` enough; the fewer, the nearer to the processor.
    """
    mask, now = size - 1, np.uint64(turn)
    at = np.int64(word & np.uint64(mask))
    while table[at, 0] == now and table[at, 1] != word:
        at = (at + 1) & mask
    return int(at)


@kernel
def alike(
    words: npt.NDArray[np.uint64],
    frequency: npt.NDArray[np.float64],
    windows: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Cosine of the words inside some spans of a window and those outside, 0 where one of them has none.

    The square of what a word counts is how often it stands there, times how far it is from being a common word.

    Args:
        words: of all texts.
        frequency: Zipf value of each, 0 where that is unknown.
        windows: first word and the one after the last, ``int64[n, 2]``.
        bounds: those of window ``k`` are ``spans[bounds[k] : bounds[k + 1]]``.
        spans: parts of the windows by where they begin, ``int64[m, 2]``.
    """
    widest = 0
    for k in range(len(windows)):
        widest = max(widest, windows[k, 1] - windows[k, 0])
    table = np.zeros((_roomy(widest), 2), np.uint64)
    counts, used = np.empty((len(table), 2), np.float64), np.empty(widest, np.int64)
    out = np.zeros(len(windows), np.float64)
    for k in range(len(windows)):
        s, n, now, size = bounds[k], 0, np.uint64(k + 1), _roomy(windows[k, 1] - windows[k, 0])
        for i in range(windows[k, 0], windows[k, 1]):
            weight = COMMONEST - (frequency[i] if frequency[i] > 0.0 else UNKNOWN)
            if weight <= 0.0:
                continue
            while s < bounds[k + 1] and spans[s, 1] <= i:
                s += 1
            at = _place(words[i], k + 1, table, size)
            if table[at, 0] != now:
                table[at, 0], table[at, 1] = now, words[i]
                counts[at, 0], counts[at, 1] = 0.0, 0.0
                used[n] = at
                n += 1
            counts[at, 1 if s < bounds[k + 1] and spans[s, 0] <= i else 0] += weight
        outside, inside, both = 0.0, 0.0, 0.0
        for j in range(n):
            there, here = counts[used[j], 0], counts[used[j], 1]
            outside += there
            inside += here
            if there > 0.0 and here > 0.0:
                both += np.sqrt(there * here)
        if both > 0.0:
            out[k] = both / np.sqrt(outside * inside)
    return out


@kernel
def _introduces(
    words: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.uint8],
    names: npt.NDArray[np.int64],
    n: int,
    titles: npt.NDArray[np.uint64],
) -> int:
    """What a word of a name does: 1 ends a name of several words, 0 is a name by itself, -1 goes on.

    A courtesy title is no part of a name.

    Args:
        names: places of words with a capital letter that begin no sentence.
        n: which of them.
    """
    i = names[n]
    if n + 1 < len(names) and names[n + 1] == i + 1:
        return -1
    if i == 0 or marks[i - 1] & CAPITAL == 0:
        return 0
    for title in titles:
        if words[i - 1] == title:
            return 0
    return 1


@kernel
def _file_names(
    words: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.uint8],
    names: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
    titles: npt.NDArray[np.uint64],
    turn: int,
    table: npt.NDArray[np.uint64],
    seen: npt.NDArray[np.int64],
    used: npt.NDArray[np.int64],
) -> int:
    """File the last words of the names of a text where they stand first; return how many.

    Args:
        names: as ``_introduces`` wants them, of this text.
        spans: what the other text has, too.
        seen: gets for each entry the place, and whether it stands there alone, and is shared.
        used: gets the entries.
    """
    s, filled, size = 0, 0, _roomy(len(names))
    for n in range(len(names)):
        found = _introduces(words, marks, names, n, titles)
        if found < 0:
            continue
        i = names[n]
        while s < len(spans) and spans[s, 1] <= i:
            s += 1
        at = _place(words[i], turn, table, size)
        if table[at, 0] != np.uint64(turn):
            table[at, 0], table[at, 1] = np.uint64(turn), words[i]
            seen[at, 0], seen[at, 1], seen[at, 2] = i, 1 - found, 1 if s < len(spans) and spans[s, 0] <= i else 0
            used[filled] = at
            filled += 1
    return filled


@kernel
def orphans(
    words: npt.NDArray[np.uint64],
    marks: npt.NDArray[np.uint8],
    names: npt.NDArray[np.int64],
    texts: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.int64],
    left_spans: npt.NDArray[np.int64],
    right_spans: npt.NDArray[np.int64],
    titles: npt.NDArray[np.uint64],
) -> npt.NDArray[np.int64]:
    """Names that one text of a pair introduces ("Paul Volcker") where the other has nothing, and the other does not.

    There the name stands first by itself ("Volcker"), in words that both have: the introduction seems to be lost.

    Args:
        words, marks: of all texts.
        names: places of words with a capital letter that begin no sentence, ascending.
        texts: of each pair the first name of the left text and the one after its last, the same of the right one;
            places in ``names``.
        bounds: the shared spans of pair ``k`` are those from ``bounds[k]`` to ``bounds[k + 1]``.
        left_spans, right_spans: shared spans by where they begin, on either side.
        titles: courtesy titles.

    Returns:
        ``int64[pairs, 2, 3]``: first what the right text has lost, then what the left one has; columns as named
        above, -1 where there is none. The first one is that which stands first on the left.
    """
    most = 0
    for k in range(len(texts)):
        most = max(most, texts[k, 1] - texts[k, 0], texts[k, 3] - texts[k, 2])
    ours, theirs = np.zeros((_roomy(most), 2), np.uint64), np.zeros((_roomy(most), 2), np.uint64)
    our_seen, their_seen = np.empty((len(ours), 3), np.int64), np.empty((len(ours), 3), np.int64)
    used, unused = np.empty(most, np.int64), np.empty(most, np.int64)
    out = np.full((len(texts), 2, 3), -1, np.int64)
    for k in range(len(texts)):
        b, e, turn = bounds[k], bounds[k + 1], k + 1
        our_names, their_names = names[texts[k, 0] : texts[k, 1]], names[texts[k, 2] : texts[k, 3]]
        n = _file_names(words, marks, our_names, left_spans[b:e], titles, turn, ours, our_seen, used)
        _file_names(words, marks, their_names, right_spans[b:e], titles, turn, theirs, their_seen, unused)
        out[k, 0, ORPHANS], out[k, 1, ORPHANS] = 0, 0
        for j in range(n):
            at = _place(ours[used[j], 1], turn, theirs, _roomy(len(their_names)))
            if theirs[at, 0] != np.uint64(turn):
                continue
            left, right = our_seen[used[j]], their_seen[at]
            for lost in range(2):
                introduced, alone = (left, right) if lost == 0 else (right, left)
                if introduced[1] == 0 and introduced[2] == 0 and alone[1] == 1 and alone[2] == 1:
                    row = out[k, lost]
                    row[ORPHANS] += 1
                    if row[INTRODUCED] < 0:
                        row[INTRODUCED], row[ALONE] = introduced[0], alone[0]
    return out
