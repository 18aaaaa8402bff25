"""Slow and obvious twins of ``kernels.latent`` and of ``lineage.unseen_names.likeliest``."""

from __future__ import annotations

import itertools
import math


def positions(runs, n_words):
    """Of each word of the left text of a pair its place on the right."""
    found = [None] * n_words
    for begin, other, n in runs:
        for k in range(n):
            found[begin + k] = other + k
    return found


def places(u, v, runs, n_words):
    """Of each word of ``u`` its place in ``v``; ``runs`` by (left text, right text)."""
    if u < v:
        return positions(runs[u, v], n_words[u])
    return positions([(other, begin, n) for begin, other, n in runs[v, u]], n_words[u])


def agreements(u, w, v, runs, n_words, long):
    """Short, long and contested places at which ``u`` and ``w`` agree against ``v``."""
    in_v, in_w = places(u, v, runs, n_words), places(u, w, runs, n_words)
    w_in_v = places(w, v, runs, n_words)
    counts = [0, 0, 0]
    shared = [b is not None and a is None for a, b in zip(in_v, in_w, strict=True)]
    spot = 0
    for said, group in itertools.groupby(shared):
        begin, spot = spot, spot + len(list(group))
        before = [place for place in in_v[:begin] if place is not None]
        after = [place for place in in_v[spot:] if place is not None]
        if not said or not before or not after or w_in_v[in_w[begin]] is not None:
            continue
        if after[0] <= before[-1]:
            continue
        in_u, of_w = places(v, u, runs, n_words), places(v, w, runs, n_words)
        own = [at for at in range(before[-1] + 1, after[0]) if in_u[at] is None and of_w[at] is None]
        if len(own) > 2 * (spot - begin) + 6:
            continue
        outside = {x for pair in runs if v in pair for x in pair} - {u, v, w}
        siders = [x for x in outside if any(places(v, x, runs, n_words)[at] is not None for at in own)]
        counts[2 if siders else int(spot - begin >= long)] += 1
    return counts


def right(chances, children):
    """Probability that two or more of some texts, and over half of them, are right: all outcomes, one by one."""
    total = 0.0
    for outcome in itertools.product((False, True), repeat=len(children)):
        if sum(outcome) > max(1, len(children) / 2):
            hits = zip(children, outcome, strict=True)
            total += math.prod(chances[k] if hit else 1.0 - chances[k] for k, hit in hits)
    return total


def most_right(chances, least, most):
    """The highest such probability of the likeliest texts, each at least so likely, at most so many."""
    order = sorted((k for k, chance in enumerate(chances) if chance >= least), key=lambda k: -chances[k])
    return max((right(chances, order[:n]) for n in range(2, min(len(order), most) + 1)), default=0.0)
