"""The network of kinship, slow and obvious: one text at a time, one number at a time."""

from __future__ import annotations


def _sums(values, weights, n):
    """Of each of n units what the values come to, each by its weight."""
    return [sum(value * row[unit] for value, row in zip(values, weights, strict=True)) for unit in range(n)]


def _rectified(*parts):
    return [max(0.0, sum(own)) for own in zip(*parts, strict=True)]


def log_odds(relatives, duels, network):
    """The log-odds of each relative of one text.

    Args:
        relatives: features of each.
        duels: ``duels[i][g]``, the numbers of relative i against rival g.
        network: ``lineage.network.Network``.
    """
    w = network._replace(**{name: array.tolist() for name, array in network._asdict().items()})
    h, q, z = len(w.hidden_bias), len(w.duel_bias), len(w.sum_bias)
    hidden = []
    for told in relatives:
        scaled = [(value - mean) / scale for value, mean, scale in zip(told, w.mean, w.scale, strict=True)]
        hidden.append(_rectified(_sums(scaled, w.hidden, h), w.hidden_bias))
    best = [max(own[unit] for own in hidden) for unit in range(h)]
    found = []
    for i, own in enumerate(hidden):
        fought = [[0.0] * q]  # against itself
        for g, rival in enumerate(hidden):
            if g != i:
                both = _sums(own, w.duel_own, q), _sums(rival, w.duel_rival, q)
                fought.append(_rectified(_sums(duels[i][g], w.duel, q), *both, w.duel_bias))
        mean = [sum(row[unit] for row in fought) / len(hidden) for unit in range(q)]
        most = [max(row[unit] for row in fought) for unit in range(q)]
        second = _rectified(
            _sums(own, w.sum, z), _sums(best, w.sum_best, z), _sums(mean, w.sum_mean, z), _sums(most, w.sum_most, z),
            w.sum_bias,
        )  # fmt: skip
        score = sum(a * b for a, b in zip(second, w.score, strict=True)) + w.score_bias[0]
        found.append(score - sum(a * b for a, b in zip(best, w.none, strict=True)))
    return found
