"""The baselines of ``lineage.py``: what simple rules say of the parents in a story.

They are told which documents make a story, which our runs have to find out. All of them name a parent for every
document but one, and know no probability.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from histories import Article, words
from phylogeny import Claim

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def edit_distance(left: Sequence[str], right: Sequence[str]) -> int:
    """Fewest words put in, taken out or exchanged to make one text of the other.

    A column of the table is two rows of bits, which say where it rises and where it falls (Myers 1999, as Hyyrö 2003
    has it): a long integer of Python goes through all of it at once.
    """
    if not left:
        return len(right)
    places: dict[str, int] = defaultdict(int)
    for at, word in enumerate(left):
        places[word] |= 1 << at
    full, last = (1 << len(left)) - 1, 1 << (len(left) - 1)
    rises, falls, distance = full, 0, len(left)
    for word in right:
        equal = places.get(word, 0)
        diagonal = (((equal & rises) + rises) ^ rises) | equal | falls
        up, down = falls | (full & ~(diagonal | rises)), rises & diagonal
        distance += bool(up & last) - bool(down & last)
        up, down = up << 1 | 1, down << 1
        rises, falls = (down | ~(diagonal | up)) & full, up & diagonal & full
    return distance


def costs(articles: Sequence[Article]) -> Floats:
    """Of each two articles the edit distance in words, as a share of the longer one; float64[n, n], symmetric."""
    texts = [words(article.text) for article in articles]
    table = np.zeros((len(texts), len(texts)))
    for one, other in itertools.combinations(range(len(texts)), 2):
        longer = max(len(texts[one]), len(texts[other]), 1)
        table[one, other] = table[other, one] = edit_distance(texts[one], texts[other]) / longer
    return table


def spanning_tree(articles: Sequence[Article], cost: Floats) -> list[Claim]:
    """Kruskal's tree of least cost, hung up at the root from which the paths to all others cost least in sum.

    So Marmerola et al. 2016 reconstruct a phylogeny of texts, with the same word edit distance.
    """
    n = len(articles)
    near: list[list[int]] = [[] for _ in range(n)]
    tree = list(range(n))
    order = sorted(itertools.combinations(range(n), 2), key=lambda pair: (cost[pair], pair))
    for one, other in order:
        if tree[one] != tree[other]:
            near[one].append(other)
            near[other].append(one)
            old = tree[other]
            tree = [tree[one] if label == old else label for label in tree]
    hung = [_hung(root, near, cost) for root in range(n)]
    best = min(range(n), key=lambda root: (hung[root][1], root))
    return _claims(articles, hung[best][0])


def earliest(articles: Sequence[Article]) -> list[Claim]:
    """Everything comes from the earliest document; those without a date stand last."""
    order = _by_date(articles)
    return _claims(articles, [None if place == order[0] else order[0] for place in range(len(articles))])


def nearest_earlier(articles: Sequence[Article], cost: Floats) -> list[Claim]:
    """Each document comes from the nearest one with an earlier date; those without a date stand last."""
    return _claims(articles, _nearest_before(_by_date(articles), cost))


def shorter_first(articles: Sequence[Article], cost: Floats) -> list[Claim]:
    """Longer is later: each document comes from the nearest one that is shorter."""
    lengths = [len(words(article.text)) for article in articles]
    order = sorted(range(len(articles)), key=lambda place: (lengths[place], articles[place].id))
    return _claims(articles, _nearest_before(order, cost))


def longer_first(articles: Sequence[Article], cost: Floats) -> list[Claim]:
    """Shorter is later: each document comes from the nearest one that is longer."""
    lengths = [len(words(article.text)) for article in articles]
    order = sorted(range(len(articles)), key=lambda place: (-lengths[place], articles[place].id))
    return _claims(articles, _nearest_before(order, cost))


def drawn(articles: Sequence[Article], seed: int = 1) -> list[Claim]:
    """In an order that is drawn, each document comes from one before it, any."""
    chance = random.Random(f"{seed}/{articles[0].id}")  # noqa: S311 (a simulation)
    order = chance.sample(range(len(articles)), len(articles))
    parents: list[int | None] = [None] * len(articles)
    for at, place in enumerate(order[1:], start=1):
        parents[place] = order[chance.randrange(at)]
    return _claims(articles, parents)


TEXT_BASELINES: dict[str, Callable[[Sequence[Article], Floats], list[Claim]]] = {
    "spanning tree": spanning_tree,
    "longer is later": shorter_first,
    "shorter is later": longer_first,
    "random": lambda articles, _: drawn(articles),
}
DATE_BASELINES: dict[str, Callable[[Sequence[Article], Floats], list[Claim]]] = {
    "earliest date": lambda articles, _: earliest(articles),
    "nearest earlier": nearest_earlier,
}


def _hung(root: int, near: Sequence[Sequence[int]], cost: Floats) -> tuple[list[int | None], float]:
    """The parents in a tree that hangs from a root, and the sum of the costs of the paths from there to all others."""
    parents: list[int | None] = [None] * len(near)
    length = {root: 0.0}
    ahead = deque([root])
    while ahead:
        one = ahead.popleft()
        for other in near[one]:
            if other not in length:
                parents[other] = one
                length[other] = length[one] + float(cost[one, other])
                ahead.append(other)
    return parents, sum(length.values())


def _nearest_before(order: Sequence[int], cost: Floats) -> list[int | None]:
    parents: list[int | None] = [None] * len(order)
    for at, place in enumerate(order[1:], start=1):
        parents[place] = min(order[:at], key=lambda other: (cost[place, other], other))
    return parents


def _by_date(articles: Sequence[Article]) -> list[int]:
    """Places by date, the undated last."""
    return sorted(range(len(articles)), key=lambda place: (_when(articles[place].published_at), articles[place].id))


def _when(date: str | None) -> dt.datetime:
    """The middle of the day, the minute or the second that a date in ISO 8601 names; none is the end of time."""
    if date is None:
        return dt.datetime.max
    halves = {len("2020-01-01"): dt.timedelta(hours=12), len("2020-01-01T00:00"): dt.timedelta(seconds=30)}
    return dt.datetime.fromisoformat(date) + halves.get(len(date), dt.timedelta(0))


def _claims(articles: Sequence[Article], parents: Iterable[int | None]) -> list[Claim]:
    ids = [article.id for article in articles]
    pairs = zip(ids, parents, strict=True)
    return [Claim(child, None if at is None else ids[at], 1, None) for child, at in pairs]
