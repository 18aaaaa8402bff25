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
    n, n_edges = len(root_weight), len(root_weight) + len(parent)
    tail, head, cost = np.empty(n_edges, np.int64), np.empty(n_edges, np.int64), np.empty(n_edges, np.float64)
    now = np.empty(n, np.int64)  # the contracted node that holds each node at present
    for node in range(n):
        tail[node], head[node], cost[node] = -1, node, root_weight[node]
        now[node] = node
    for edge in range(n, n_edges):
        tail[edge], head[edge], cost[edge] = parent[edge - n], child[edge - n], weight[edge - n]
    up, enter = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)  # what swallowed each node; best edge into it
    gain, seen = np.empty(2 * n, np.float64), np.empty(2 * n, np.int64)  # what that edge is worth; who met the node
    for node in range(2 * n):
        up[node], enter[node], gain[node] = -1, -1, 0.0
    top = n
    while True:
        for node in range(top):
            if up[node] < 0:
                enter[node] = -1
        for edge in range(n_edges):
            node = now[head[edge]]
            inner = tail[edge] >= 0 and now[tail[edge]] == node
            if not inner and (enter[node] < 0 or cost[edge] > gain[node]):
                enter[node] = edge
                gain[node] = cost[edge]
        made = top
        for node in range(made):
            seen[node] = -1
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
        for edge in range(n_edges):
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
    out = np.empty(n, np.int64)
    for node in range(n):
        out[node] = enter[node] - n if enter[node] >= n else -1
    return out
