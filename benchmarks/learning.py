"""Fit the small neural network that says which of its relatives a text was made from.

Every text chooses among its candidates and "not from here": a conditional logit (McFadden 1974) whose scores a network
gives. It sees a candidate by its own features, by the best of all candidates of the text, and by its duels with each of
them, of which it takes the mean and the most (Zaheer et al. 2017, "Deep Sets"). With ``x`` the standardised features of
a candidate, ``d`` those of a duel of ``own`` with ``rival``, and ``relu(x)`` = max(x, 0):

* ``h = relu(x hidden + hidden_bias)``, and ``best`` the maximum of ``h`` over the candidates of the text;
* ``q = relu(d duel + h_own duel_own + h_rival duel_rival + duel_bias)``, and 0 for a candidate against itself;
* ``z = relu(h sum + best sum_best + mean(q) sum_mean + max(q) sum_most + sum_bias)``, over all rivals and itself;
* the candidate scores ``z score + score_bias`` and "not from here" scores ``best none``.

Fitted by Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019), the gradient by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.lineage.network import Network, log_odds

HIDDEN, DUEL, SUM = 48, 32, 32  # units of h, q and z
BATCH = 300  # texts that are looked at together
RATE = 3e-3  # of learning at the beginning; falls to 0 along a cosine
# Share of a weight that is lost at each step, times the rate; none of a bias. Much: what fits the simulator to the last
# does worse on histories that others made up.
DECAY = 0.5
MOMENTS = 0.9, 0.99  # share that Adam's means of gradients and of their squares keep at each step
LEAST_SCALE = 1e-9  # of a column that varies

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating[Any]]  # of any precision: kept in 16 bits, learned in 32, judged in 64
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Arrays = dict[str, Numbers]  # by name
Told = Callable[[int, float], None]


class Choices(NamedTuple):
    """The candidates of many texts, those of a text next to each other, and which of them are right.

    Attributes:
        features: ``float[edges, n]``, of each candidate.
        duels: ``float[rows, m]``; a text with ``k`` candidates has ``k * k`` rows, of the first one against each, then
            of the second one, and so on. Learnt from as they are, so their columns should be of about one size.
        child: number of the text that each candidate belongs to, ascending, from 0 without gaps.
        right: whether the text was made from the candidate.
        orphan: per text, whether it was made from nothing that is there.
        story: per text, the number of its story.
        weight: per text, how much it counts.
    """

    features: Numbers
    duels: Numbers
    child: Ints
    right: Bools
    orphan: Bools
    story: Ints
    weight: Numbers


class Batch(NamedTuple):
    """Some texts, those with few candidates first, and where what belongs together stands.

    Attributes:
        seen: the choices of these texts, numbered anew from 0.
        edges: per candidate, its number among those of all texts.
        many: per text, how many candidates it has, ascending.
        size: per candidate, the same of its text, which is how many rows of ``duels`` are its own.
        itself: per candidate, its row against itself.
        rival: per row, the candidate it is against.
        turned: per row, that of the two the other way round.
    """

    seen: Choices
    edges: Ints
    many: Ints
    size: Ints
    itself: Ints
    rival: Ints
    turned: Ints


class Passed(NamedTuple):
    """What the network computes on its way: ``h``, ``best``, ``q``, its mean and maximum, ``z`` and the scores."""

    hidden: Numbers
    best: Numbers
    duel: Numbers
    mean: Numbers
    most: Numbers
    sum: Numbers
    score: Numbers
    none: Numbers


def joined(parts: Sequence[Choices]) -> Choices:
    """The texts of several piles as one."""
    before = np.cumsum([0, *(len(part.orphan) for part in parts)])
    child = np.concatenate([part.child + n for part, n in zip(parts, before, strict=False)])
    return Choices(*(np.concatenate(column) for column in zip(*parts, strict=True)))._replace(child=child)


def some(seen: Choices, texts: Bools) -> Choices:
    """Some of the texts."""
    return chosen(seen, np.flatnonzero(texts), np.bincount(seen.child, minlength=len(texts)))[0]


def fit(seen: Choices, *, epochs: int = 12, seed: int = 0, told: Told | None = None) -> dict[str, Floats]:
    """The network by which texts most likely choose what they were made from: its arrays, ``mean`` and ``scale`` too.

    A text that was made from several candidates may choose any of them. One that was made from something that is there,
    but not among its candidates, teaches nothing.

    Args:
        epochs: how often each text is looked at.
        seed: of chance.
        told: is called after each epoch with its number and the mean loss of its texts, in nats.
    """
    chance = np.random.default_rng(seed)
    taught = (seen.orphan | (np.bincount(seen.child, seen.right, len(seen.orphan)) > 0)) & (seen.weight > 0)
    known = seen.features[taught[seen.child]]
    mean, scale = known.mean(axis=0, dtype=np.float64), known.std(axis=0, dtype=np.float64)
    scale = np.where(scale > LEAST_SCALE, scale, 1.0)
    features, weight = ((seen.features - mean) / scale).astype(np.float32), seen.weight.astype(np.float32)
    seen = seen._replace(features=features, weight=weight)
    network = begun(seen.features.shape[1], seen.duels.shape[1], chance)
    moments = [{name: np.zeros_like(array) for name, array in network.items()} for _ in MOMENTS]
    texts, step = np.flatnonzero(taught), 0
    n_steps = epochs * -(-len(texts) // BATCH)
    for epoch in range(epochs):
        total = 0.0
        for batch in batches(seen, chance.permutation(texts)):
            step += 1
            loss, gradient = slope(network, batch)
            stepped(network, gradient, moments, step, RATE * (1.0 + math.cos(math.pi * step / n_steps)) / 2.0)
            total += loss
        if told is not None:
            told(epoch, total / float(seen.weight[taught].sum()))
    return {"mean": mean, "scale": scale, **{name: array.astype(np.float64) for name, array in network.items()}}


def weigh(seen: Choices, network: Mapping[str, Floats]) -> Floats:
    """Log-odds of each candidate against "not from here", as the program has them, by what ``fit`` gave."""
    many = np.bincount(seen.child, minlength=len(seen.orphan))
    bounds, rows = (np.concatenate(([0], np.cumsum(count))) for count in (many, many * many))
    duels = seen.duels.astype(np.float64, copy=False)
    return log_odds(seen.features, bounds, lambda begin, end, _: duels[rows[begin] : rows[end]], Network(**network))


def begun(n_features: int, n_duel: int, chance: np.random.Generator) -> Arrays:
    """A network that knows nothing: each unit of a hidden layer is about as lively as what it sees, each score 0."""
    above = {"hidden": n_features, "duel": n_duel, "duel_own": HIDDEN, "duel_rival": HIDDEN}
    above |= {"sum": HIDDEN, "sum_best": HIDDEN, "sum_mean": DUEL, "sum_most": DUEL}
    units = {"hidden": HIDDEN, "duel": DUEL, "sum": SUM}
    network: Arrays = {}
    for name, n in above.items():
        part = 0.5 if name in {"duel_own", "duel_rival", "sum_most"} else 1.0  # of what they are added to
        size = (n, units[name.split("_")[0]])
        network[name] = (chance.standard_normal(size) * part / math.sqrt(n)).astype(np.float32)
    flat = {f"{layer}_bias": n for layer, n in units.items()} | {"score": SUM, "score_bias": 1, "none": HIDDEN}
    return network | {name: np.zeros(n, np.float32) for name, n in flat.items()}


def batches(seen: Choices, texts: Ints) -> Iterator[Batch]:
    """Texts, ``BATCH`` at a time."""
    many = np.bincount(seen.child, minlength=len(seen.orphan))
    for begin in range(0, len(texts), BATCH):
        own = texts[begin : begin + BATCH]
        own = own[np.lexsort((own, many[own]))]
        picked, edges = chosen(seen, own, many)
        duels = picked.duels.astype(np.promote_types(picked.duels.dtype, np.float32), copy=False)
        yield Batch(picked._replace(duels=duels), edges, many[own], *places(many[own]))


def chosen(seen: Choices, texts: Ints, many: Ints) -> tuple[Choices, Ints]:
    """These texts in this order, and the numbers of their candidates; ``many`` is how many each text of all has."""
    n = many[texts]
    edges = spans((np.cumsum(many) - many)[texts], n)
    rows = spans((np.cumsum(many**2) - many**2)[texts], n**2)
    child = np.repeat(np.arange(len(texts)), n)
    of_text = (seen.orphan[texts], seen.story[texts], seen.weight[texts])
    return Choices(seen.features[edges], seen.duels[rows], child, seen.right[edges], *of_text), edges


def spans(first: Ints, length: Ints) -> Ints:
    """The numbers from each ``first`` on, as many as ``length`` says, one after the other."""
    return np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())


def places(many: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """``size``, ``itself``, ``rival`` and ``turned`` of texts with so many candidates."""
    size, first = np.repeat(many, many), np.repeat(np.cumsum(many) - many, many)
    place = np.arange(len(size)) - first  # of a candidate among those of its text
    start = np.cumsum(size) - size  # its first row
    rival = spans(first, size)
    return size, start + place, rival, start[rival] + np.repeat(place, size)


def folded(fold: np.ufunc, values: Numbers, size: Ints) -> Numbers:
    """The sum (``np.add``) or maximum of each group of neighbouring rows; ``size`` is that of each group, ascending."""
    parts, begin = [], 0
    for n, times in zip(*(column.tolist() for column in np.unique(size, return_counts=True)), strict=True):
        end = begin + n * times  # groups of one size at once: a third of the time of reduceat
        parts.append(fold.reduce(values[begin:end].reshape(times, n, *values.shape[1:]), axis=1))
        begin = end
    return np.concatenate(parts)


def forward(network: Mapping[str, Numbers], batch: Batch) -> Passed:
    """The scores that a network gives, and all that led to them."""
    hidden = np.maximum(batch.seen.features @ network["hidden"] + network["hidden_bias"], 0.0)
    best = folded(np.maximum, hidden, batch.many)
    duel = batch.seen.duels @ network["duel"]
    duel += np.repeat(hidden @ network["duel_own"] + network["duel_bias"], batch.size, axis=0)
    duel += (hidden @ network["duel_rival"])[batch.rival]
    np.maximum(duel, 0.0, out=duel)
    duel[batch.itself] = 0.0
    mean = folded(np.add, duel, batch.size) / batch.size[:, None].astype(duel.dtype)
    most = folded(np.maximum, duel, batch.size)
    total = hidden @ network["sum"] + mean @ network["sum_mean"] + most @ network["sum_most"]
    total = np.maximum(total + np.repeat(best @ network["sum_best"] + network["sum_bias"], batch.many, axis=0), 0.0)
    score = total @ network["score"] + network["score_bias"]
    return Passed(hidden, best, duel, mean, most, total, score, best @ network["none"])


def slope(network: Arrays, batch: Batch) -> tuple[float, Arrays]:
    """The loss of all texts of a batch together, each by its weight, and its gradient for a text on average.

    The loss of a text is ``log(sum of exp of all scores) - log(sum of exp of the right ones)``. So its derivative by a
    score is how likely that choice is less how likely it is among the right ones.
    """
    seen, passed = batch.seen, forward(network, batch)
    log_all, share, none = shares(passed.score, passed.none, batch.many)
    right = np.where(seen.right, passed.score, -np.inf), np.where(seen.orphan, passed.none, -np.inf)
    log_right, wanted, wanted_none = shares(*right, batch.many)
    each = seen.weight / len(seen.weight)
    gradient = backward(network, batch, passed, (share - wanted) * each[seen.child], (none - wanted_none) * each)
    return float(seen.weight @ (log_all - log_right)), gradient


def shares(score: Numbers, none: Numbers, many: Ints) -> tuple[Numbers, Numbers, Numbers]:
    """Per text the logarithm of the sum of exp of its scores; the probability of each candidate; that of none."""
    top = np.maximum(folded(np.maximum, score, many), none)  # so that no exp is too large
    of_edge, of_none = np.exp(score - np.repeat(top, many)), np.exp(none - top)
    total = of_none + folded(np.add, of_edge, many)
    return top + np.log(total), of_edge / np.repeat(total, many), of_none / total


def backward(network: Arrays, batch: Batch, passed: Passed, by_score: Numbers, by_none: Numbers) -> Arrays:
    """The gradient, by the derivatives of the loss by the scores: ``forward`` reversed.

    ``by_x`` is the derivative by ``x``, by its value before ``relu`` where there is one.
    """
    hidden, size = passed.hidden, batch.size
    by_sum = np.outer(by_score, network["score"]) * (passed.sum > 0)
    by_text = folded(np.add, by_sum, batch.many)
    by_best = by_text @ network["sum_best"].T + np.outer(by_none, network["none"])
    by_mean = by_sum @ network["sum_mean"].T / size[:, None].astype(by_sum.dtype)
    by_duel = to_most(by_sum @ network["sum_most"].T, passed.most, passed.duel, size) + np.repeat(by_mean, size, axis=0)
    by_duel *= passed.duel > 0
    by_own, by_rival = folded(np.add, by_duel, size), folded(np.add, by_duel[batch.turned], size)
    by_hidden = to_most(by_best, passed.best, hidden, batch.many)
    by_hidden += by_sum @ network["sum"].T + by_own @ network["duel_own"].T + by_rival @ network["duel_rival"].T
    by_hidden *= hidden > 0
    return {
        "hidden": batch.seen.features.T @ by_hidden,
        "hidden_bias": by_hidden.sum(axis=0),
        "duel": batch.seen.duels.T @ by_duel,
        "duel_own": hidden.T @ by_own,
        "duel_rival": hidden.T @ by_rival,
        "duel_bias": by_own.sum(axis=0),
        "sum": hidden.T @ by_sum,
        "sum_best": passed.best.T @ by_text,
        "sum_mean": passed.mean.T @ by_sum,
        "sum_most": passed.most.T @ by_sum,
        "sum_bias": by_text.sum(axis=0),
        "score": passed.sum.T @ by_score,
        "score_bias": by_score.sum(keepdims=True),
        "none": passed.best.T @ by_none,
    }


def to_most(by_most: Numbers, most: Numbers, values: Numbers, size: Ints) -> Numbers:
    """The derivative by values, from that by the maximum of each group: those that reach it share it equally."""
    reach = (values == np.repeat(most, size, axis=0)).astype(values.dtype)
    share = np.repeat(by_most / folded(np.add, reach, size), size, axis=0)
    return np.asarray(reach * share)


def stepped(network: Arrays, gradient: Arrays, moments: Sequence[Arrays], step: int, rate: float) -> None:
    """Change the network by one step of Adam, and ``moments``, the running means of the gradient and of its square."""
    for name, slant in gradient.items():
        for moment, keep, power in zip(moments, MOMENTS, (1, 2), strict=True):
            moment[name] = keep * moment[name] + (1.0 - keep) * slant**power
        # the first means are too small by the zeros that they began with
        mean, square = (moment[name] / (1.0 - keep**step) for moment, keep in zip(moments, MOMENTS, strict=True))
        decay = 0.0 if name.endswith("bias") else DECAY
        network[name] = network[name] - rate * (mean / (np.sqrt(square) + 1e-8) + decay * network[name])
