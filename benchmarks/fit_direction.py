"""Fit the weights by which texts tell their order: writes ``[direction]`` of ``dedup/lineage/model.toml``.

Usage: ``python benchmarks/fit_direction.py [--work DIR] [--out FILE]``. Learns from the ``dev`` half of the histories
(``histories.py``) and of simulated stories (``simulator.py``), by texts alone: a logistic regression without a bias,
with weights of its own for each genre, calibrated for each relation. Prints what a fit on other stories tells of each
kind of pair, and how well its probabilities are calibrated.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import histories
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import simulator
import tomli_w
from environments import work_folder
from histories import Article, Order
from newswire import DATA
from observed import observed
from xxhash import xxh3_64_intdigest

from dedup.lineage.evidence import features, genres
from dedup.lineage.model import FEATURES, FILE, GENRES
from dedup.lineage.views import Found, Members, Pairs
from dedup.match.collation import RELATIONS

Floats = npt.NDArray[np.float64]
FOLDS = 5
RIDGE = 100.0  # of a few thousand pairs
DISTANT = 0.3  # weight of an ancestor that is no parent
WEIGHTS = {"wikipedia": 3.0, "http": 0.5}  # of a pair: there are few of the first, and the second are two chains only


class Examples(NamedTuple):
    """Pairs whose order is known.

    Attributes:
        features: ``float64[n, len(FEATURES)]``, turned so that the earlier text is on the left.
        genre: as ``evidence.genres`` gives it.
        relation: places in ``RELATIONS``.
        group: story of each.
        kind: kind of history, and of pair.
        weight: of each.
    """

    features: Floats
    genre: Floats
    relation: npt.NDArray[np.int64]
    group: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    weight: Floats


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=work_folder() / "fit", help="folder for runs, which are kept")
    parser.add_argument("--stories", type=int, default=400, help="simulated stories")
    parser.add_argument("--out", type=Path, default=FILE, help="file for the weights")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    made = examples(options.work, options.stories)
    told = np.zeros(len(made.weight))
    fold = np.array([xxh3_64_intdigest(name.encode()) % FOLDS for name in made.group])
    for k in range(FOLDS):
        weights = fit(_some(made, fold != k))
        told[fold == k] = score(made, weights)[fold == k]
    trust = np.array([slope(told[rows], made.weight[rows]) for rows in _by_relation(made)])
    report(made, told * trust[made.relation])
    write(options.out, fit(made), trust)
    return 0


def examples(work: Path, n_stories: int) -> Examples:
    """All pairs of the piles whose order is known."""
    parts = [_examples(name, articles, orders, work) for name, articles, orders in piles("dev", n_stories)]
    return Examples(*map(np.concatenate, zip(*parts, strict=True)))


def piles(which: str, n_stories: int) -> Iterator[tuple[str, list[Article], list[Order]]]:
    """Piles of articles, and which of them came before which."""
    made = {
        "wikipedia": histories.wikipedia(which),
        "http": histories.http(which),
        "simulated": list(simulator.stories(n_stories, simulator.Settings(), which, seed=1)),
    }
    for name, stories in made.items():
        yield name, [a for story in stories for a in story.articles], [o for s in stories for o in _descents(s)]
    for name, ordered in (("pan", histories.pan(which)), ("updates", histories.updates(which))):
        yield name, ordered.articles, ordered.orders


def _descents(story: histories.Story) -> Iterator[Order]:
    """Each visible document with all its visible ancestors."""
    visible = {article.id for article in story.articles}
    for child in sorted(visible):
        parents = story.parents.get(child, [])
        seen, ahead = set(), list(parents)
        while ahead:
            at = ahead.pop()
            if at not in seen:
                seen.add(at)
                ahead += story.parents.get(at, [])
        for ancestor in sorted(seen & visible):
            how = story.how.get(child, story.kind) if ancestor in parents else "distant"
            yield Order(ancestor, child, how, story.name)


def _examples(name: str, articles: list[Article], orders: list[Order], work: Path) -> Examples:
    pile = histories.pile(work / f"{name}.parquet", articles, metadata=False)
    nodes, found = observed(pile, work / name)
    said, genre, relation, ends = said_by(nodes, found)
    row_of = {pair: (row, 1.0) for row, pair in enumerate(ends)}
    row_of |= {pair[::-1]: (row, -1.0) for row, pair in enumerate(ends)}
    known = [(*row_of[order.earlier, order.later], order) for order in orders if (order.earlier, order.later) in row_of]
    rows, signs = np.array([row for row, _, _ in known], np.int64), np.array([sign for _, sign, _ in known])
    weight = np.array([DISTANT if order.kind == "distant" else 1.0 for _, _, order in known])
    print(f"{name}: {len(articles)} articles, {len(orders)} orders, {len(known)} of them pairs", flush=True)
    return Examples(
        said[rows] * signs[:, None],
        genre[rows],
        relation[rows],
        np.array([order.group for _, _, order in known]),
        np.array([f"{name} {order.kind.partition('+')[0]}" for _, _, order in known]),
        weight * WEIGHTS.get(name, 1.0),
    )


def said_by(nodes: pa.Table, found: Found) -> tuple[Floats, Floats, npt.NDArray[np.int64], list[tuple[str, str]]]:
    """What the texts of each pair say, its genre and its relation, and the ids of its documents."""
    members = Members.of(nodes)
    pairs = Pairs.of(members, found, 15)
    ids = nodes.column("doc_id").to_pylist()
    place = {doc: k for k, doc in enumerate(nodes.column("doc").to_pylist())}
    names = [ids[place[doc]] for doc in members.doc.tolist()]
    ends = [(names[a], names[b]) for a, b in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)]
    relation = np.array([RELATIONS.index(name) for name in pairs.relation], np.int64)
    return features(members, pairs), genres(pairs), relation, ends


def fit(made: Examples) -> Floats:
    """Weights of each genre, ``float64[genres, features]``."""
    scale = np.sqrt(np.average(made.features**2, axis=0, weights=made.weight)) + 1e-9
    inputs = (made.genre[:, :, None] * (made.features / scale)[:, None, :]).reshape(len(made.weight), -1)
    weights = logistic(inputs, made.weight, np.zeros(inputs.shape[1]), RIDGE)
    return weights.reshape(len(GENRES), len(FEATURES)) / scale


def score(made: Examples, weights: Floats) -> Floats:
    """Log-odds of the true order of each pair."""
    return np.asarray((made.features * (made.genre @ weights)).sum(axis=1))


def logistic(inputs: Floats, weight: Floats, centre: Floats, ridge: float) -> Floats:
    """Weights that make the earlier text the left one, by Newton's method; ridge towards a centre."""
    weights = centre.copy()
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        gradient = inputs.T @ (weight * (1.0 - chance)) - ridge * (weights - centre)
        curvature = (inputs * (weight * chance * (1.0 - chance))[:, None]).T @ inputs + ridge * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if np.abs(step).max(initial=0.0) < 1e-8:
            break
    return weights


def slope(told: Floats, weight: Floats) -> float:
    """What scores of other folds must be multiplied by to be log-odds (Platt 1999, without a bias)."""
    return float(logistic(told[:, None], weight, np.ones(1), 1.0)[0]) if len(told) else 1.0


def report(made: Examples, told: Floats) -> None:
    """Print accuracy by kind, of all and of the surest 80 %, and the calibration by relation."""
    right = np.where(told == 0, 0.5, told > 0)
    for kind in np.unique(made.kind):
        rows = np.flatnonzero(made.kind == kind)
        surest = rows[np.argsort(-np.abs(told[rows]), kind="stable")[: max(1, int(0.8 * len(rows)))]]
        print(f"{kind:36} {len(rows):6} {right[rows].mean():.3f}  surest 80 %: {right[surest].mean():.3f}")
    for name, rows in zip(RELATIONS, _by_relation(made), strict=True):
        chance = 1.0 / (1.0 + np.exp(-np.abs(told[rows])))
        order = np.argsort(chance)
        parts = [part for part in np.array_split(order, 10) if len(part)]
        gaps = [
            abs(np.average(chance[p] - right[rows][p], weights=made.weight[rows][p])) * made.weight[rows][p].sum()
            for p in parts
        ]
        error = sum(gaps) / max(made.weight[rows].sum(), 1e-9)
        share = np.average(right[rows], weights=made.weight[rows]) if len(rows) else 0.0
        print(f"{name:10} {len(rows):6} pairs, right {share:.3f}, ECE {error:.3f}")


def write(path: Path, weights: Floats, trust: Floats) -> None:
    """Put the weights into the file, in place of those that it had."""
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told["direction"] = {
        genre: {feature: round(float(w), 4) for feature, w in zip(FEATURES, row, strict=True) if round(w, 4)}
        for genre, row in zip(GENRES, weights, strict=True)
    }
    told["trust"] = {relation: round(float(w), 4) for relation, w in zip(RELATIONS, trust, strict=True)}
    path.write_text(tomli_w.dumps(told), encoding="utf-8")


def _by_relation(made: Examples) -> list[npt.NDArray[np.int64]]:
    return [np.flatnonzero(made.relation == k) for k in range(len(RELATIONS))]


def _some(made: Examples, which: npt.NDArray[np.bool_]) -> Examples:
    return Examples(*(column[which] for column in made))


if __name__ == "__main__":
    sys.exit(main())
