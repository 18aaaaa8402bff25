"""Bootstrap intervals (Efron 1979), by group: what hangs together, such as documents of a story, is drawn together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
DRAWS = 1000
SHARE = 0.95


def interval(
    statistic: Callable[[Rows], float], groups: Sequence[Hashable], draws: int = DRAWS, seed: int = 1
) -> tuple[float, float]:
    """The interval in which the statistic lies in 95 % of samples, drawn with replacement from the groups.

    Args:
        statistic: of some rows, each as often as it was drawn.
        groups: of each row, the group to which it belongs.
    """
    numbers: dict[Hashable, int] = {}
    places = np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int64)
    order = np.argsort(places, kind="stable")
    begins = np.searchsorted(places[order], np.arange(len(numbers) + 1))
    chance = np.random.default_rng(seed)
    values = [statistic(_drawn(order, begins, chance)) for _ in range(draws)]
    low, high = np.quantile(values, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return float(low), float(high)


def _drawn(order: Rows, begins: Rows, chance: np.random.Generator) -> Rows:
    """The rows of as many groups as there are, drawn with replacement."""
    n = len(begins) - 1
    drawn = chance.integers(0, n, n)
    sizes = begins[drawn + 1] - begins[drawn]
    ends = np.cumsum(sizes)
    within = np.arange(ends[-1]) - np.repeat(ends - sizes, sizes)
    rows: Rows = order[np.repeat(begins[drawn], sizes) + within]
    return rows
