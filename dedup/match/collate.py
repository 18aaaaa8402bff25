"""Accepted pairs side by side: what the two texts of each agree in, and what tells which of them came first.

To collate is to lay the witnesses of a text beside each other and to note where they differ; what is made of it, which
came from which, is for ``lineage``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import IntArray
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import MOVED
from dedup.kernels.edits import KIND
from dedup.lexicon.frequency import zipf
from dedup.match.aligned import Aligned, lists
from dedup.match.clues import CLUES
from dedup.match.clues.wording import reference
from dedup.match.collation import Clue, Collation
from dedup.match.edits import Edits
from dedup.match.mirror import mirrored
from dedup.match.pairs import distinct
from dedup.match.repeats import repeats
from dedup.schema import CLUES as CLUES_SCHEMA
from dedup.schema import READINGS


class Collated(NamedTuple):
    """What collating some pairs has shown.

    Attributes:
        clues: ``schema.CLUES``: what speaks for the left text, or for the right one, as the earlier.
        readings: ``schema.READINGS``: the words in which both agree.
    """

    clues: pa.Table
    readings: pa.Table


def collated(
    matches: pa.Table, left: IntArray, right: IntArray, known: pa.Table, made: Aligned, turned: npt.NDArray[np.bool_]
) -> Collated:
    """Collate the accepted ones of some pairs that were aligned.

    Args:
        matches: ``schema.MATCHES`` of the pairs.
        left, right: rows of ``known``.
        known: ``schema.DETAILS``.
        made: the pairs, aligned.
        turned: which pairs have left and right exchanged; what is returned has them the right way round.
    """
    accepted = matches.column("accepted").to_numpy()
    turned = turned[accepted]
    collation = _collation(left, right, known, made, accepted)
    ends = mirrored(matches.select(["left", "right"]).filter(pa.array(accepted)), turned)
    firsts, lengths, pair = runs(collation)
    firsts = np.where(turned[pair][:, None], firsts[:, ::-1], firsts)
    order = np.lexsort((firsts[:, 1], firsts[:, 0], pair))
    firsts, lengths, pair = firsts[order], lengths[order], pair[order]
    ends_of = np.where(turned, collation.right, collation.left), np.where(turned, collation.left, collation.right)
    again = repeats(firsts, lengths, pair, *ends_of, collation.words, collation.offsets)
    bounds = 4 * np.searchsorted(pair, np.arange(len(ends) + 1))
    numbers = np.column_stack((firsts, lengths, again)).astype(np.int32)
    readings = pa.table([*ends.columns, _lists(bounds, numbers)], schema=READINGS)
    clues = [reader(collation) for reader in CLUES.values()]
    values = np.stack([clue.values for clue in clues], axis=1) * np.where(turned, -1.0, 1.0)[:, None]
    sides = left[accepted], right[accepted]
    places = np.stack([_places(clue, *sides, known) for clue in clues], axis=1)
    places = np.where(turned[:, None, None], places[:, :, [2, 3, 0, 1]], places)
    each = np.arange(len(ends) + 1) * len(clues)
    genre = pa.array(reference(collation).astype(np.float32))
    columns = genre, _lists(each, values.astype(np.float32)), _lists(4 * each, places)
    return Collated(pa.table([*ends.columns, *columns], schema=CLUES_SCHEMA), readings)


def _lists(offsets: IntArray, values: npt.NDArray[Any]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), pa.array(values.ravel()))


def _collation(
    left: IntArray, right: IntArray, known: pa.Table, made: Aligned, chosen: npt.NDArray[np.bool_]
) -> Collation:
    """The chosen pairs with their texts, passages and edits, numbered anew."""
    words, all_offsets = lists(known, "words")
    texts, ends = np.unique(np.concatenate((left[chosen], right[chosen])), return_inverse=True)
    sizes = all_offsets[texts + 1] - all_offsets[texts]
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    at = np.arange(offsets[-1]) + np.repeat(all_offsets[texts] - offsets[:-1], sizes)  # of their words, in the table
    words, (own_left, own_right) = words[at], np.split(ends, 2)
    held = chosen[made.owner]
    of_edits = held[made.edits.passage]
    edits = Edits(
        made.edits.rows[of_edits], (np.cumsum(held) - 1)[made.edits.passage[of_edits]], made.edits.counts[held]
    )
    return Collation(
        left=own_left,
        right=own_right,
        words=words,
        offsets=offsets,
        marks=lists(known, "marks")[0][at],
        lemmas=lists(known, "lemmas")[0][at],
        found=made.found[held],
        owner=(np.cumsum(chosen) - 1)[made.owner[held]],
        edits=edits,
        frequency=zipf(words),
    )


def runs(collation: Collation) -> tuple[IntArray, IntArray, IntArray]:
    """Runs of equal words in the passages of each pair, in no order.

    What no edit takes out of a passage is equal, in the same order on both sides; so are the words of a run that moved.

    Returns:
        ``int64[n, 2]``, first word on either side; ``int64[n]``, words; ``int64[n]``, the pair of each.
    """
    found, rows, of_edit = collation.found, collation.edits.rows, collation.edits.passage
    (passages, ours, our_words), (_, theirs, their_words) = (
        _unedited(found[:, first], found[:, end], rows[:, first], rows[:, end], of_edit)
        for first, end in ((LEFT_BEGIN, LEFT_END), (RIGHT_BEGIN, RIGHT_END))
    )
    our_at, their_at = (np.cumsum(words) - words for words in (our_words, their_words))  # among all such words
    at = distinct(np.concatenate((our_at, their_at)))
    left, right = (np.searchsorted(places, at, "right") - 1 for places in (our_at, their_at))
    firsts = np.column_stack((ours[left] + at - our_at[left], theirs[right] + at - their_at[right]))
    lengths, passage = np.diff(at, append=our_words.sum()), passages[left]
    moved = np.flatnonzero(rows[:, KIND] == MOVED)
    firsts = np.concatenate((firsts, rows[moved][:, [LEFT_BEGIN, RIGHT_BEGIN]]))
    lengths = np.concatenate((lengths, rows[moved, LEFT_END] - rows[moved, LEFT_BEGIN]))
    return firsts, lengths, collation.owner[np.concatenate((passage, of_edit[moved]))]


def _unedited(
    begin: IntArray, end: IntArray, edit_begin: IntArray, edit_end: IntArray, of_edit: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """The stretches of one side of some passages that no edit touches: passage, first word and words of each."""
    first = np.concatenate(([0], np.cumsum(end - begin)))
    shift = first[:-1] - begin  # as if all passages stood end to end
    begins = np.sort(np.concatenate((first[:-1], edit_end + shift[of_edit])))
    ends = np.sort(np.concatenate((first[1:], edit_begin + shift[of_edit])))
    passage = np.repeat(np.arange(len(begin)), 1 + np.bincount(of_edit, minlength=len(begin)))
    some = np.flatnonzero(begins < ends)
    begins, passage = begins[some], passage[some]
    return passage, begins - shift[passage], ends[some] - begins


def _places(clue: Clue, left: IntArray, right: IntArray, known: pa.Table) -> npt.NDArray[np.int32]:
    """The strongest place of a clue in each pair, ``int32[pairs, 4]``, in characters; -1 where a side has none."""
    begins, offsets = lists(known, "begins")
    ends = lists(known, "ends")[0]
    out = np.full((len(clue.values), 4), -1, np.int32)
    for side, rows in ((0, left), (2, right)):
        told = np.flatnonzero(clue.spans[:, side + 1] > clue.spans[:, side])
        begin, end = clue.spans[told, side], clue.spans[told, side + 1]
        out[told, side], out[told, side + 1] = begins[offsets[rows[told]] + begin], ends[offsets[rows[told]] + end - 1]
    return out
