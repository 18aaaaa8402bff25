"""The network that weighs the relatives of a text: from what is counted to log-odds.

Which of its relatives a text was made from is a choice among them, and what tells depends on the others: a relative
that lacks a sentence is no source if another has it, and may be one if nobody has. So each relative is seen beside each
other one (``kernels.readings.duels``), as the nodes of a graph see one another (Battaglia and others 2018, "Relational
inductive biases, deep learning, and graph networks", section 3): two layers of rectified sums, a mean and a maximum
over the rivals, a maximum over all relatives. The weights stand as text in ``kinship.json``;
``benchmarks/fit_kinship.py`` writes them.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dedup.lineage.views import FloatArray, IntArray

FILE = Path(__file__).with_name("kinship.json")
_INPUTS = ("mean", "scale", "hidden")  # of a feature
_ROWS = 1 << 14  # duels that are weighed at once: what a layer holds of them is 3 MB, and stays near the processor


class Network(NamedTuple):
    """Weights, ``float64``; ``n`` features, ``m`` numbers of a duel, ``h``, ``q`` and ``z`` units.

    Attributes:
        mean, scale: ``[n]``, what is taken from each feature, and what it is divided by then.
        hidden, hidden_bias: ``[n, h]`` and ``[h]``, from the features of a relative to the first layer.
        duel, duel_own, duel_rival, duel_bias: ``[m, q]``, ``[h, q]``, ``[h, q]`` and ``[q]``, from a duel and the first
            layer of both who fight it.
        sum, sum_best, sum_mean, sum_most, sum_bias: ``[h, z]``, ``[h, z]``, ``[q, z]``, ``[q, z]`` and ``[z]``, to the
            second layer: from the first, its maximum over the relatives, and mean and maximum of the duels.
        score, score_bias: ``[z]`` and ``[1]``, how likely the text was made of the relative.
        none: ``[h]``, how likely it was made of none of them.
    """

    mean: FloatArray
    scale: FloatArray
    hidden: FloatArray
    hidden_bias: FloatArray
    duel: FloatArray
    duel_own: FloatArray
    duel_rival: FloatArray
    duel_bias: FloatArray
    sum: FloatArray
    sum_best: FloatArray
    sum_mean: FloatArray
    sum_most: FloatArray
    sum_bias: FloatArray
    score: FloatArray
    score_bias: FloatArray
    none: FloatArray


class Rounds(NamedTuple):
    """Who fights whom in some texts; a row for each relative and each rival, itself included.

    Attributes:
        own: edge of the relative.
        rival: edge of the rival.
        turned: row of the same two the other way round.
        first: first row of each relative.
    """

    own: IntArray
    rival: IntArray
    turned: IntArray
    first: IntArray

    @classmethod
    def of(cls, bounds: IntArray) -> Rounds:
        """The edges of text ``i`` are ``bounds[i]:bounds[i + 1]``; they are numbered from ``bounds[0]`` on, as 0."""
        n = np.diff(bounds)
        edges = np.repeat(n, n)  # relatives of the text of each edge
        first = np.cumsum(edges) - edges
        own = np.repeat(np.arange(edges.size), edges)
        begin = np.repeat(bounds[:-1] - bounds[0], n)  # first edge of the text of each edge
        within = np.arange(own.size) - first[own]
        rival = begin[own] + within
        return cls(own, rival, first[rival] + own - begin[own], first)


def log_odds(
    features: FloatArray, bounds: IntArray, duels: Callable[[int, int, Rounds], FloatArray], network: Network
) -> FloatArray:
    """Log-odds of each edge against "not from here", a number for each edge.

    Args:
        features: ``float64[edges, n]``.
        bounds: the edges of text ``i`` are ``bounds[i]:bounds[i + 1]``; no text is without.
        duels: gives, for a first text and one behind the last, ``float64[rows, m]``; it is asked block by block.
        network: weights.
    """
    told = [np.zeros(0)]
    for begin, end in _blocks(np.diff(bounds)):
        own = bounds[begin : end + 1]
        rounds = Rounds.of(own)
        fought = duels(begin, end, rounds)
        told.append(_weighed(features[own[0] : own[-1]], own[:-1] - own[0], fought, rounds, network))
    return np.concatenate(told)


def _blocks(n_relatives: IntArray) -> list[tuple[int, int]]:
    """Texts one after another, as many as have ``_ROWS`` duels or the first that has more."""
    rows = np.concatenate(([0], np.cumsum(n_relatives * n_relatives)))
    found, begin = [], 0
    while begin < n_relatives.size:
        end = max(begin + 1, int(np.searchsorted(rows, rows[begin] + _ROWS, side="right")) - 1)
        found.append((begin, end))
        begin = end
    return found


def _weighed(features: FloatArray, first: IntArray, duels: FloatArray, rounds: Rounds, network: Network) -> FloatArray:
    """The log-odds of the edges of some texts; ``first``: the first edge of each."""
    w = network
    n = np.diff(first, append=len(features))
    text = np.repeat(np.arange(first.size), n)
    hidden = np.maximum((features - w.mean) / w.scale @ w.hidden + w.hidden_bias, 0.0)
    best = np.maximum.reduceat(hidden, first)
    fought = duels @ w.duel
    fought += (hidden @ w.duel_own + w.duel_bias)[rounds.own]
    fought += (hidden @ w.duel_rival)[rounds.rival]
    np.maximum(fought, 0.0, out=fought)
    fought[rounds.own == rounds.rival] = 0.0
    mean = np.add.reduceat(fought, rounds.first) / n[text][:, None]
    most = np.maximum.reduceat(fought, rounds.first)
    second = hidden @ w.sum + (best @ w.sum_best)[text] + mean @ w.sum_mean + most @ w.sum_most + w.sum_bias
    return np.asarray(np.maximum(second, 0.0) @ w.score + w.score_bias - (best @ w.none)[text])


def to_text(network: Mapping[str, FloatArray], features: Sequence[str], duels: Sequence[str], digits: int = 5) -> str:
    """Weights as JSON, a line for each feature, each number of a duel and each unit, so that a change can be read."""
    weights = {name: _shortened(array, digits) for name, array in network.items()}
    inputs = {name: {part: weights[part][k] for part in _INPUTS} for k, name in enumerate(features)}
    rows = {"features": inputs, "duels": dict(zip(duels, weights["duel"], strict=True))}
    parts = [f'"{part}": {{\n{_lines(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in own.items())}\n}}'
             for part, own in rows.items()]  # fmt: skip
    for name in weights.keys() - {*_INPUTS, "duel"}:
        own = weights[name]
        told = f"[\n{_lines(map(json.dumps, own))}\n]" if isinstance(own[0], list) else json.dumps(own)
        parts.append(f'"{name}": {told}')
    return "{\n" + ",\n".join(parts[:2] + sorted(parts[2:])) + "\n}\n"


def _shortened(array: FloatArray, digits: int) -> list[Any]:
    values = np.array([float(f"{value:.{digits}g}") for value in np.ravel(array)])
    rows: list[Any] = values.reshape(np.shape(array)).tolist()
    return rows


def _lines(rows: Iterable[str]) -> str:
    return ",\n".join(f" {row}" for row in rows)


@functools.cache
def network(file: Path, features: Sequence[str], duels: Sequence[str]) -> Network:
    """The weights in a file, ordered as the names of features and of what is told of duels are.

    Raises:
        KeyError: the file does not name one of them: it was made for others.
    """
    told = json.loads(file.read_text(encoding="utf-8"))
    inputs = {part: [told["features"][name][part] for name in features] for part in _INPUTS}
    inputs["duel"] = [told["duels"][name] for name in duels]
    arrays = [np.array(inputs[name] if name in inputs else told[name], np.float64) for name in Network._fields]
    for array in arrays:
        array.flags.writeable = False
    return Network(*arrays)
