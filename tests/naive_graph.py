"""Slow, obvious twins of the graph kernels."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import networkx as nx

from dedup.kernels.readings import (
    AGAINST,
    ALONE,
    HELD,
    LATE_SHORT,
    LOST_SHORT,
    MAYBE_BEFORE,
    N_COLUMNS,
    SHORT,
    TIED_SHORT,
    UNRELATED,
)


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


class Relative(NamedTuple):
    """How a relative meets a text: which one it is, its weight, and the equal runs in words of the text.

    A run is (begin, end, in how many places the two differ by the same change as after it).
    """

    text: int
    weight: float
    runs: list[tuple[int, int, int]]


def readings(texts: list[list[Relative]], n_words: list[int]) -> list[list[float]]:
    """For each text and relative the columns of ``kernels.readings``, joint by joint, with sets."""
    weights = [{relative.text: relative.weight for relative in relatives} for relatives in texts]
    return [
        _columns(relative, relatives, weights[relative.text], n)
        for relatives, n in zip(texts, n_words, strict=True)
        for relative in relatives
    ]


def _joints(relative: Relative) -> set[int]:
    return {joint for begin, end, _ in relative.runs for joint in range(begin, end - 1)}


def _columns(parent: Relative, relatives: list[Relative], before_parent: dict[int, float], n_words: int) -> list[float]:
    held = _joints(parent)
    others = [(_joints(r), r.weight, before_parent[r.text]) for r in relatives if r.text in before_parent]
    strangers = [_joints(r) for r in relatives if r.text not in before_parent and r is not parent]
    seen = []
    for joint in range(n_words - 1):
        witnesses = [(w * before, w * (1 - before)) for joints, w, before in others if joint in joints]
        lost, late = (max((witness[i] for witness in witnesses), default=0.0) for i in (0, 1))
        elsewhere = any(joint in joints for joints in strangers)
        if joint in held:
            kind = "tied" if lost + late < MAYBE_BEFORE and not elsewhere else "held"
        elif lost + late > 0:
            kind = "against"
        else:
            kind = "elsewhere" if elsewhere else "alone"
        seen.append((kind, lost, late))
    found = [0.0] * N_COLUMNS
    found[HELD], found[ALONE] = len(held), sum(kind == "alone" for kind, _, _ in seen)
    value = {end - 1: 1 / repeats for _, end, repeats in parent.runs}
    at = 0
    for kind, stretch in itertools.groupby(seen, key=lambda joint: joint[0]):
        _, lost, late = zip(*stretch, strict=True)
        is_long, worth = len(lost) > SHORT, value.get(at, 1)
        share = 1 if is_long else 1 / len(lost)
        if kind == "tied":
            found[TIED_SHORT + is_long] += (len(lost) - sum(lost) - sum(late)) * share
        elif kind == "against":
            found[LOST_SHORT + is_long] += sum(lost) * share * (1 if is_long else worth)
            found[LATE_SHORT + is_long] += sum(late) * share * (1 if is_long else worth)
            found[AGAINST] += worth * (sum(lost) + sum(late)) / len(lost) * math.log2(1 + len(lost))
        at += len(lost)
    return found


def duels(texts: list[list[Relative]], n_words: list[int]) -> list[tuple[float, float, float]]:
    """For each text, relative and rival the columns of ``kernels.readings.duels``, with sets."""
    weights = [{relative.text: relative.weight for relative in relatives} for relatives in texts]
    found = []
    for relatives, n in zip(texts, n_words, strict=True):
        for own, rival in itertools.product(relatives, relatives):
            more = _joints(rival) - _joints(own)
            value = {end - 1: 1 / repeats for _, end, repeats in own.runs}
            begins = [joint for joint in range(n) if joint in more and joint - 1 not in more]
            ends = [joint + 1 for joint in range(n) if joint in more and joint + 1 not in more]
            stretches = list(zip(begins, ends, strict=True))
            short = sum(value.get(begin, 1.0) for begin, end in stretches if end - begin <= SHORT)
            long = sum(end - begin for begin, end in stretches if end - begin > SHORT)
            found.append((short, long, weights[own.text].get(rival.text, UNRELATED)))
    return found


def omissions(
    relatives: list[list[int]], n_words: list[int], runs: dict[tuple[int, int], list[tuple[int, int, int, int]]]
) -> list[tuple[float, float, float, float]]:
    """For each text, relative and rival the columns of ``kernels.omissions``, with sets.

    Args:
        relatives: of each text.
        n_words: of each text.
        runs: by two texts, in either order: begin in the first, begin in the second, words, repeats of the change.
    """
    found = []
    for text, theirs in enumerate(relatives):
        for own, rival in itertools.product(theirs, theirs):
            shared = {joint for _, begin, n, _ in runs[text, own] for joint in range(begin, begin + n - 1)}
            value = {begin + n - 1: 1 / repeats for _, begin, n, repeats in runs[text, own]}
            lacked = set(range(n_words[own] - 1)) - shared
            if own == rival:
                found.append((0.0, 0.0, 0.0, 0.0))
                continue
            known = runs[own, rival] if rival in relatives[own] else []
            within = [lacked & set(range(begin, begin + n - 1)) for begin, _, n, _ in known]
            joints, places = sum(map(len, within)), sum(_places(own_joints, value) for own_joints in within)
            only = max(0.0, len(lacked) - joints), max(0.0, _places(lacked, value) - places)
            found.append((*only, float(joints), places))
    return found


def _places(joints: set[int], value: dict[int, float]) -> float:
    return float(sum(value.get(joint, 1.0) for joint in joints if joint - 1 not in joints))
