"""Slow, obvious twins of the graph kernels."""

from __future__ import annotations

import itertools

import networkx as nx


def components(n: int, edges: list[tuple[int, int]]) -> list[int]:
    """Label each node with the smallest node of its component."""
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    labels = [0] * n
    for members in nx.connected_components(graph):
        for member in members:
            labels[member] = min(members)
    return labels


def bounded_components(weight: list[int], edges: list[tuple[int, int]], limit: int) -> tuple[list[int], list[bool]]:
    """Take the edges one by one, looking at the whole graph anew each time."""
    taken: list[tuple[int, int]] = []
    refused = []
    for edge in edges:
        labels = components(len(weight), taken)
        ends = {labels[edge[0]], labels[edge[1]]}
        joined = sum(w for w, label in zip(weight, labels, strict=True) if label in ends)
        refused.append(len(ends) == 2 and joined > limit)
        if not refused[-1]:
            taken.append(edge)
    return components(len(weight), taken), refused


def branchings(n: int, edges: list[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Every branching of a graph: per node the index of the edge that enters it, or -1 for a root."""
    entering = [[-1, *(i for i, (_, child) in enumerate(edges) if child == node)] for node in range(n)]
    found = []
    for choice in itertools.product(*entering):
        graph = nx.DiGraph(edges[i] for i in choice if i >= 0)
        if nx.is_directed_acyclic_graph(graph):
            found.append(choice)
    return found
