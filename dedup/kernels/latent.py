"""Three texts side by side: where two of them agree against the third."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

IntArray = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

SHORT, LONG, CONTESTED = range(3)
"""Columns of ``agreements``: places of a few words; of many; those where others side with the third text."""


@kernel
def _agreements(
    u_in_w: Places,
    u_in_v: Places,
    w_in_v: Places,
    v_in_u: Places,
    v_in_w: Places,
    held: IntArray,
    long: int,
    out: IntArray,
) -> None:
    """Count the places of u which w has and v lacks, by kind; ``held``: how many texts have each word of v."""
    at, before = 0, -1
    while at < len(u_in_v):
        if u_in_v[at] >= 0:
            before = u_in_v[at]
        if u_in_v[at] >= 0 or u_in_w[at] < 0:
            at += 1
            continue
        end = at
        while end < len(u_in_v) and u_in_v[end] < 0 and u_in_w[end] >= 0:
            end += 1
        follow = end
        while follow < len(u_in_v) and u_in_v[follow] < 0:
            follow += 1
        if before >= 0 and follow < len(u_in_v) and w_in_v[u_in_w[at]] < 0:
            others, siding = 0, 0
            for place in range(before + 1, u_in_v[follow]):
                if v_in_u[place] < 0 and v_in_w[place] < 0:
                    others += 1
                    siding = max(siding, held[place])
            if before < u_in_v[follow] and others <= 2 * (end - at) + 6:
                if siding > 0:
                    out[CONTESTED] += 1
                elif end - at < long:
                    out[SHORT] += 1
                else:
                    out[LONG] += 1
        at = end


@kernel
def agreements(
    texts: IntArray, pairs: IntArray, left: IntArray, at: IntArray, places: Places, n_words: IntArray,
    first: IntArray, held: IntArray, long: int,
) -> IntArray:  # fmt: skip
    """For each of some triples of texts, and each text of it: where do the two others agree against it?

    A place is a run of words that the two share and the third lacks, between words which the third has and among which
    it puts at most about as many that neither of the two has: none if it left something out, or if that came in later;
    some if it says it in other words. Where a text outside the triple has these other words, the place is contested.

    Args:
        texts: ``int64[triples, 3]``.
        pairs: ``int64[triples, 3]``, the pairs of the first and second text, first and third, second and third.
        left: left text of each pair.
        at: ``int64[pairs, 2]``, where the words of the left text, and of the right one, begin in ``places``.
        places: for each word of either text of a pair its place in the other text, or -1.
        n_words: words of each text.
        first: where the words of each text begin in ``held``.
        held: how many texts share each word.
        long: words from which on a place is a long one.

    Returns:
        ``int64[triples, 3, 3]``: of each triple and text the number of ``SHORT``, ``LONG`` and ``CONTESTED`` places.
    """
    found = np.zeros((len(texts), 3, 3), np.int64)
    for row in range(len(texts)):
        for alone in range(3):
            v, u, w = texts[row, alone], texts[row, (alone + 1) % 3], texts[row, (alone + 2) % 3]
            of_u, of_w, of_both = (
                pairs[row, alone + (alone + 1) % 3 - 1],
                pairs[row, alone + (alone + 2) % 3 - 1],
                pairs[row, (alone + 1) % 3 + (alone + 2) % 3 - 1],
            )
            u_in_v, v_in_u = at[of_u, int(left[of_u] != u)], at[of_u, int(left[of_u] != v)]
            w_in_v, v_in_w = at[of_w, int(left[of_w] != w)], at[of_w, int(left[of_w] != v)]
            u_in_w = at[of_both, int(left[of_both] != u)]
            _agreements(
                places[u_in_w : u_in_w + n_words[u]],
                places[u_in_v : u_in_v + n_words[u]],
                places[w_in_v : w_in_v + n_words[w]],
                places[v_in_u : v_in_u + n_words[v]],
                places[v_in_w : v_in_w + n_words[v]],
                held[first[v] : first[v] + n_words[v]],
                long,
                found[row, alone],
            )
    return found
