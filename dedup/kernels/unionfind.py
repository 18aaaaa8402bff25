"""Connected components by union-find.

Union by smaller root keeps the answer independent of the order of the edges: a component is named by its smallest
member. Path halving (Tarjan and van Leeuwen 1984, "Worst-case analysis of set union algorithms", section 4) keeps the
trees flat.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

IntArray = npt.NDArray[np.int64]


@kernel
def _find(up: IntArray, node: int) -> int:
    while up[node] != node:
        up[node] = up[up[node]]
        node = up[node]
    return node


@kernel
def components(n: int, left: IntArray, right: IntArray) -> IntArray:
    """Label each of ``n`` nodes with the smallest node that edges tie it to.

    Args:
        n: number of nodes, 0 to n - 1.
        left: one end of each edge.
        right: its other end.
    """
    up = np.empty(n, np.int64)
    for node in range(n):
        up[node] = node
    for edge in range(len(left)):
        a = _find(up, left[edge])
        b = _find(up, right[edge])
        if a < b:
            up[b] = a
        else:
            up[a] = b
    for node in range(n):  # every root is smaller than its members, so one pass upwards flattens all
        up[node] = up[up[node]]
    return up


@kernel
def bounded_components(
    weight: IntArray, left: IntArray, right: IntArray, limit: int
) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Label nodes as ``components`` does, but refuse each union that would weigh more than ``limit``.

    Edges are taken in the order given, so the strongest belong first. An edge once refused stays refused: components
    only grow.

    Args:
        weight: weight of each node.
        left: one end of each edge.
        right: its other end.
        limit: most that a component made of several nodes may weigh.

    Returns:
        The labels, and for each edge whether it was refused.
    """
    n = len(weight)
    up, total = np.empty(n, np.int64), np.empty(n, np.int64)
    for node in range(n):
        up[node], total[node] = node, weight[node]
    refused = np.zeros(len(left), np.bool_)
    for edge in range(len(left)):
        a = _find(up, left[edge])
        b = _find(up, right[edge])
        if a == b:
            continue
        if total[a] + total[b] > limit:
            refused[edge] = True
            continue
        low, high = min(a, b), max(a, b)
        up[high] = low
        total[low] += total[high]
    for node in range(n):
        up[node] = up[up[node]]
    return up, refused
