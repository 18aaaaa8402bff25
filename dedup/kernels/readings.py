"""Readings over triples: what a text shares with one relative against another, after the stemmatics of manuscripts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# Columns of ``readings``, in joints of the child. Of two names the first counts short stretches, each as one, the
# second the joints of long ones; both by the weights of their witnesses.
HELD = 0  # the parent has them, too
ALONE = 1  # nobody else has them: a property of the child
LOST_SHORT, LOST_LONG = 2, 3  # the parent lacks them, and a relative that precedes child and parent has them
LATE_SHORT, LATE_LONG = 4, 5  # the same of a relative that precedes the child and comes after the parent
TIED_SHORT, TIED_LONG = 6, 7  # the parent has them, and no other relative that may precede the child
AGAINST = 8  # lost and late stretches, short and long, each as the logarithm of its joints
N_COLUMNS = 9
# Columns of ``duels``.
MORE_SHORT, MORE_LONG = 0, 1  # the rival has them, and the relative lacks them
BEFORE = 2  # probability that the rival precedes the relative

SHORT = 3  # joints: one or two words in another's place, or words put in; two writers may hit upon them independently
MAYBE_BEFORE = 0.25  # a relative less likely to precede the child may have from the child what the two share
UNRELATED = -1.0  # in place of the probability that one of two texts precedes the other


@kernel
def readings(
    first: IntArray,
    other: IntArray,
    pair: IntArray,
    side: IntArray,
    weight: FloatArray,
    n_words: IntArray,
    first_run: IntArray,
    runs: IntArray,
) -> FloatArray:
    """What speaks for and against each relative of a text as the one that it was made from.

    A reading is a *joint*: two neighbouring words of the child. A relative has it where both words and their joint are
    in one run that the two texts share; so words put in, left out and put in another's place all break joints. A joint
    that a witness shares with the child against the parent was there before the child with the probability w that the
    witness precedes the child, and counts w, in two parts: what the parent has *lost*, by the probability that the
    witness precedes the parent as well, and what came *late*, by the probability that it comes after; of all witnesses
    the weightiest counts. What only a witness has that is not related to the parent has come from elsewhere, and counts
    nowhere: a text may have two sources. A change that parent and child differ by in r places is one decision, and
    counts 1 / r in each.

    Args:
        first: the relatives of text ``i`` are the edges ``first[i]:first[i + 1]``; ``int64[texts + 1]``.
        other: the relative of each edge, as a text.
        pair: pair of each edge.
        side: column of the text in the pair's runs: 0 if it is the left one, else 1.
        weight: probability that the relative precedes the text.
        n_words: length of each text.
        first_run: the runs of a pair are ``runs[first_run[i]:first_run[i + 1]]``.
        runs: equal words, ``int64[n, 4]``: begin on the left, begin on the right, how many; and in how many places the
            pair differs by the same change as after the run.

    Returns:
        ``float64[edges, N_COLUMNS]``.
    """
    out = np.zeros((len(pair), N_COLUMNS))
    longest, most = 1, 1
    for text in range(len(n_words)):
        longest, most = max(longest, n_words[text]), max(most, first[text + 1] - first[text])
    slot = np.full(len(n_words), -1, np.int64)  # the edge by which a text is a relative of the one at hand
    before = np.empty(most, np.float64)  # probability that each relative precedes the parent at hand
    held = np.full(longest, -1, np.int64)  # the last edge that has the joint
    value = np.ones(longest, np.float64)  # of the change that begins at a joint
    lost, late = np.empty(longest, np.float64), np.empty(longest, np.float64)  # weights of the best witnesses
    elsewhere = np.zeros(longest, np.bool_)  # a witness that is not related to the parent has the joint
    for text in range(len(n_words)):
        begin, end = first[text], first[text + 1]
        for edge in range(begin, end):
            slot[other[edge]] = edge
        for edge in range(begin, end):
            before[: end - begin] = UNRELATED
            for known in range(first[other[edge]], first[other[edge] + 1]):
                at = slot[other[known]]
                if begin <= at < end and other[at] == other[known]:
                    before[at - begin] = weight[known]
            for joint in range(n_words[text]):
                lost[joint], late[joint], value[joint], elsewhere[joint] = 0.0, 0.0, 1.0, False
            for witness in range(begin, end):
                related = before[witness - begin] >= 0.0
                both = weight[witness] * before[witness - begin]
                for run in range(first_run[pair[witness]], first_run[pair[witness] + 1] if witness != edge else 0):
                    start = runs[run, side[witness]]
                    for joint in range(start, start + runs[run, 2] - 1):
                        if related:
                            lost[joint] = max(lost[joint], both)
                            late[joint] = max(late[joint], weight[witness] - both)
                        else:
                            elsewhere[joint] = True
            for run in range(first_run[pair[edge]], first_run[pair[edge] + 1]):
                start, last = runs[run, side[edge]], runs[run, side[edge]] + runs[run, 2] - 1
                for joint in range(start, last):
                    held[joint] = edge
                value[last] = 1.0 / runs[run, 3]
            _tally(out[edge], edge, n_words[text] - 1, held, value, lost, late, elsewhere)
    return out


@kernel
def _tally(
    row: FloatArray,
    edge: int,
    n_joints: int,
    held: IntArray,
    value: FloatArray,
    lost: FloatArray,
    late: FloatArray,
    elsewhere: npt.NDArray[np.bool_],
) -> None:
    """Fill the row of one edge; ``held`` bears its number where the parent has the joint."""
    last, begin = 0, 0
    for joint in range(n_joints + 1):
        kind = -1  # the end closes the last stretch
        if joint < n_joints:
            old = lost[joint] + late[joint]
            if held[joint] == edge:
                row[HELD] += 1.0
                kind = TIED_SHORT if old < MAYBE_BEFORE and not elsewhere[joint] else 0
            else:
                row[ALONE] += 1.0 if old <= 0.0 and not elsewhere[joint] else 0.0
                kind = LOST_SHORT if old > 0.0 else 0
        if kind == last:
            continue
        length, sum_lost, sum_late = joint - begin, 0.0, 0.0
        for at in range(begin, joint):
            sum_lost += lost[at]
            sum_late += late[at]
        long = 1 if length > SHORT else 0
        if last == TIED_SHORT:
            row[TIED_SHORT + long] += (length - sum_lost - sum_late) / (1.0 if long else length)
        elif last == LOST_SHORT:
            worth = value[begin] / length
            row[AGAINST] += (sum_lost + sum_late) * worth * np.log2(1.0 + length)
            row[LOST_SHORT + long] += sum_lost * (1.0 if long else worth)
            row[LATE_SHORT + long] += sum_late * (1.0 if long else worth)
        last, begin = kind, joint


@kernel
def duels(
    first: IntArray,
    other: IntArray,
    pair: IntArray,
    side: IntArray,
    weight: FloatArray,
    n_words: IntArray,
    first_run: IntArray,
    runs: IntArray,
    begin: int,
    end: int,
) -> FloatArray:
    """Each relative of a text against each other one, its rival: what of the child has the rival that it lacks?

    What a relative lacks may be the child's own work, and says nothing then. What a rival has of it is not; and what
    the rival has beyond the relative tells by how it compares with what the relative has beyond the rival, which is in
    the row of the two the other way round: nothing against ten joints is much, ninety against a hundred little. It
    tells by who came first, too: a rival that comes after the relative may have put the words in.

    Joints are those of ``readings``, and come in stretches, as long as the rival has them and the relative lacks them.
    A short stretch is one decision, and counts 1 / r where the change that begins there is one by which relative and
    child differ in r places.

    Args:
        first, other, pair, side, weight, n_words, first_run, runs: as for ``readings``.
        begin, end: only the texts from ``begin`` to before ``end`` are looked at; a text with k relatives takes k * k
            rows, so a large story is done in blocks.

    Returns:
        ``float64[rows, 3]``: text by text k * k rows, of relative i against rival g the row i * k + g, with the joints
        ``MORE_SHORT`` and ``MORE_LONG`` that the rival has, and the probability that it came ``BEFORE`` the relative,
        ``UNRELATED`` if they are no relatives. Of a relative against itself 0, 0, ``UNRELATED``.
    """
    longest, most, most_runs, rows = 1, 1, 0, 0
    for text in range(begin, end):
        k = first[text + 1] - first[text]
        longest, most, rows = max(longest, n_words[text]), max(most, k), rows + k * k
        for edge in range(first[text], first[text + 1]):
            most_runs = max(most_runs, first_run[pair[edge] + 1] - first_run[pair[edge]])
    out = np.zeros((rows, 3))
    slot = np.full(len(n_words), -1, np.int64)  # the edge by which a text is a relative of the one at hand
    held = np.empty(longest, np.bool_)  # the relative at hand has the joint
    value = np.empty(longest, np.float64)  # of the change that begins at a joint
    turns = np.empty((most, 2 * most_runs + 2), np.int64)  # where each relative begins to lack joints, and to have them
    row = 0
    for text in range(begin, end):
        start, k, n_joints = first[text], first[text + 1] - first[text], max(n_words[text] - 1, 0)
        for edge in range(start, start + k):
            slot[other[edge]] = edge
            held[:n_joints] = False
            for run in range(first_run[pair[edge]], first_run[pair[edge] + 1]):
                at = runs[run, side[edge]]
                held[at : at + runs[run, 2] - 1] = True
            _note_turns(turns[edge - start], held, n_joints)
        for edge in range(start, start + k):
            value[: n_words[text]] = 1.0
            for run in range(first_run[pair[edge]], first_run[pair[edge] + 1]):
                value[runs[run, side[edge]] + runs[run, 2] - 1] = 1.0 / runs[run, 3]
            out[row : row + k, BEFORE] = UNRELATED
            for known in range(first[other[edge]], first[other[edge] + 1]):
                at = slot[other[known]]
                if start <= at < start + k and other[at] == other[known]:
                    out[row + at - start, BEFORE] = weight[known]
            for rival in range(k):
                _compare(out[row + rival], turns[edge - start], turns[rival], n_joints, value)
            row += k
    return out


@kernel
def _note_turns(turns: IntArray, held: npt.NDArray[np.bool_], n_joints: int) -> None:
    """Note where what a relative lacks begins, at 0, where what it has, and so on by turns; at the end ``n_joints``."""
    turns[0], n, has = 0, 1, False
    for joint in range(n_joints):
        if held[joint] != has:
            turns[n], n, has = joint, n + 1, held[joint]
    turns[n:] = n_joints


@kernel
def _compare(row: FloatArray, own: IntArray, rival: IntArray, n_joints: int, value: FloatArray) -> None:
    """Go through what the relative lacks and what its rival has side by side, and add up where the two overlap."""
    lacked, had = 0, 1  # the turns at which the two stretches at hand begin; each ends at the next turn
    while own[lacked] < n_joints and rival[had] < n_joints:
        begin = max(own[lacked], rival[had])
        length = min(own[lacked + 1], rival[had + 1]) - begin
        if length > SHORT:
            row[MORE_LONG] += length
        elif length > 0:
            row[MORE_SHORT] += value[begin]
        if own[lacked + 1] < rival[had + 1]:
            lacked += 2
        else:
            had += 2
