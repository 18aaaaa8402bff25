"""Maximum branching of a directed graph: the best forest in which every node has at most one parent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels._jit import kernel

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


@kernel
def branching(root_weight: FloatArray, parent: IntArray, child: IntArray, weight: FloatArray) -> IntArray:
    """Choose for every node the edge that enters it, so that there is no cycle and the weights sum to the most.

    Chu and Liu 1965, Edmonds 1967 ("Optimum branchings"), with a virtual root tied to every node: in each round every
    (contracted) node takes its best entering edge; cycles are contracted into new nodes, the edges into them are
    charged with the cycle edge that they would displace; in the end contracted nodes are opened again, newest first.
    One round costs O(edges); there are as many rounds as cycles are nested, in practice few.

    Ties go to the root, then to the edge that comes first.

    Args:
        root_weight: weight of having no parent, per node.
        parent: tail of each edge.
        child: head of each edge.
        weight: weight of each edge.

    Returns:
        For each node the index of its edge, or -1 where it is a root.
    """
    n = root_weight.size
    tail = np.concatenate((np.full(n, -1, np.int64), parent))
    head = np.concatenate((np.arange(n), child))
    cost = np.concatenate((root_weight, weight))
    up = np.full(2 * n, -1, np.int64)  # the contracted node that swallowed this one
    enter = np.full(2 * n, -1, np.int64)  # best edge into each node
    gain = np.zeros(2 * n, np.float64)  # and what it is worth
    now = np.arange(n)  # the contracted node that holds each node at present
    top = n
    while True:
        for node in range(top):
            if up[node] < 0:
                enter[node] = -1
        for edge in range(cost.size):
            node = now[head[edge]]
            inner = tail[edge] >= 0 and now[tail[edge]] == node
            if not inner and (enter[node] < 0 or cost[edge] > gain[node]):
                enter[node] = edge
                gain[node] = cost[edge]
        made = top
        seen = np.full(made, -1, np.int64)
        for start in range(made):
            node = start
            while node >= 0 and up[node] < 0 and seen[node] < 0:
                seen[node] = start
                node = -1 if tail[enter[node]] < 0 else now[tail[enter[node]]]
            if node >= 0 and up[node] < 0 and seen[node] == start:
                while up[node] < 0:
                    up[node] = top
                    node = now[tail[enter[node]]]
                top += 1
        if top == made:
            break
        for edge in range(cost.size):
            node = now[head[edge]]
            if up[node] >= 0:
                cost[edge] -= gain[node]
        for node in range(n):
            if up[now[node]] >= 0:
                now[node] = up[now[node]]
    for cycle in range(top - 1, n - 1, -1):
        node = head[enter[cycle]]
        while up[node] != cycle:
            node = up[node]
        enter[node] = enter[cycle]
    return np.where(enter[:n] < n, -1, enter[:n] - n)
