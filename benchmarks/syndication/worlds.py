"""Worlds of syndication that differ in their rates, so that what is learned in them holds where rates are unknown.

Nobody knows how often a newsroom cuts, or how many of its dates are wrong. What is fitted to one guess leans on it;
what is fitted to many learns what holds in all (Tobin and others 2017, "Domain randomization").
"""

from __future__ import annotations

import random

from syndication.settings import KINDS, Settings

LIKELY_RARE = 3  # kinds of documents that a world hardly has
RARE = 0.1  # by which factor they are rarer
DOUBTFUL = 0.4  # worlds whose dates are not all right


def world(number: int) -> Settings:
    """The rates of a world; the same number gives the same ones."""
    chance = random.Random(f"world/{number}")  # noqa: S311 (a simulation)
    kinds = {name: weight * chance.lognormvariate(0, 1.0) for name, weight in KINDS.items()}
    for name in chance.sample(sorted(kinds), LIKELY_RARE):
        kinds[name] *= RARE
    between = chance.uniform
    doubtful = chance.random() < DOUBTFUL
    return Settings(
        least=chance.choice((2, 3)),
        median=chance.choice((3, 5, 9, 14)),
        from_root=between(0.15, 0.8),
        from_copies=between(0.3, 1.0),
        kinds=kinds,
        also_cut=between(0, 0.5),
        also_styled=between(0, 0.8),
        also_edited=between(0, 0.5),
        also_noisy=between(0, 0.15),
        inner_cuts=between(0, 0.5),
        shared_guide=between(0, 0.4),
        own_lines=between(0, 1),
        residue=between(0, 0.4),
        dateline_kept=between(0, 1),
        attributed=between(0, 0.4),
        second_root=between(0, 0.4),
        running=between(0, 0.4),
        singles=between(0, 0.3),
        spin_least=0.04,
        spin_most=between(0.1, 0.4),
        hidden=chance.choice((0, 0, 0.15, 0.3)),
        wrong_dates=between(0, 0.15) if doubtful else 0.0,
        missing_dates=between(0, 0.4) if doubtful else 0.0,
        lag=chance.lognormvariate(5, 1.2),
        spread=between(0.6, 2.0),
    )
