"""Fit which texts were made of a source that their group names: writes ``[unseen]`` of ``dedup/lineage/model.toml``.

Usage: ``python benchmarks/fit_unseen.py [--work DIR] [--out FILE]``. Learns from simulated stories of the ``dev`` half,
dated, of whose documents three in ten are hidden. Prints how many of the sources are right that are told from each
probability on, by fits that did not see their piles. Run ``fit_direction.py`` and ``fit_kinship.py`` before.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import histories
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import simulator
import tomli_w
from environments import work_folder
from histories import Story
from lineages import HIDDEN
from newswire import DATA
from observed import observed
from phylogeny import Claim, unseen
from syndication.settings import Settings

from dedup import lineage
from dedup.config import Config
from dedup.lineage.model import FILE
from dedup.lineage.names import spellings
from dedup.lineage.unseen_names import FEATURES, features, likeliest, mentions, unshared
from dedup.lineage.unseen_readings import Ties

SEEDS = tuple(range(101, 113))  # of the simulator, a pile each
RIDGE = 10.0  # of the weights of standardised features
STEPS = 25  # of Newton's method
FOLDS = 4

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Example(NamedTuple):
    """A group of texts that name a source which is not in the pile.

    Attributes:
        features: ``float64[texts, features]``.
        own: whether each text was made of that source, with none but hidden ones between.
        ids: of the texts.
        story: of the group.
    """

    features: Floats
    own: Bools
    ids: list[str]
    story: Story


def main() -> int:
    """Gather, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=work_folder() / "fit", help="folder for runs")
    parser.add_argument("--stories", type=int, default=200, help="simulated stories of each pile")
    parser.add_argument("--out", type=Path, default=FILE, help="file for the weights")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    piles = [examples(options.stories, seed, options.work / f"unseen-{seed}") for seed in SEEDS]
    report(piles)
    told = tomllib.loads(options.out.read_text(encoding="utf-8"))
    weights = fit([each for pile in piles for each in pile])
    told["unseen"] = {name: round(float(w), 4) for name, w in zip(("bias", *FEATURES), weights, strict=True)}
    options.out.write_text(tomli_w.dumps(told), encoding="utf-8")
    return 0


def examples(n_stories: int, seed: int, folder: Path) -> list[Example]:
    """The groups of a pile of which texts name a source that is not there, and what is true of them."""
    stories = list(simulator.stories(n_stories, Settings(hidden=HIDDEN), "dev", seed))
    whole = simulator.stories(n_stories, Settings(), "dev", seed)
    published_by = {article.id: spellings(article.publisher) for story in whole for article in story.articles}
    story_of = {article.id: story for story in stories for article in story.articles}
    pile = histories.pile(folder / "pile.parquet", (a for story in stories for a in story.articles), metadata=True)
    nodes, found = observed(pile, folder)
    ids = pq.read_table(pile, columns=["id"]).column("id").to_pylist()
    members, published, pairs, edges, primary = asked(nodes, found)
    parent_edge = dict(zip(edges.child[primary].tolist(), primary.tolist(), strict=True))
    ties = Ties.of(members, pairs)
    mentioned = mentions(members, published, ties)
    own_words = unshared(ties, mentioned)
    gathered = []
    for mention in mentioned:
        names = [ids[doc] for doc in members.doc[mention.texts].tolist()]
        story = story_of[names[0]]
        sources = [hidden for hidden in sorted(story.hidden) if published_by[hidden] & mention.names]
        family = frozenset[str]().union(*(family_of(hidden, story) for hidden in sources[:1]))
        said = features(members, published, mention, edges, parent_edge, own_words)
        gathered.append(Example(said, np.array([name in family for name in names]), names, story))
    return gathered


def asked(nodes: pa.Table, found: lineage.Found) -> tuple[Any, ...]:
    """What lineage asks of ``unseen``: members, publishers, pairs, edges and the branching."""
    with patch("dedup.lineage.inference.unseen", return_value=[]) as watched:
        lineage.infer(nodes, found, Config())
    return tuple(watched.call_args.args)


def family_of(hidden: str, story: Story) -> frozenset[str]:
    """The visible documents made of a hidden one with none but hidden ones between, if it counts as a source."""
    family = set()
    for article in story.articles:
        parent = story.parents[article.id][:1]
        while parent and parent[0] in story.hidden and parent[0] != hidden:
            parent = story.parents[parent[0]][:1]
        if parent == [hidden]:
            family.add(article.id)
    counts = unseen(story, [Claim(doc, None, 1, None, hidden) for doc in family]).right
    return frozenset(family) if counts else frozenset()


def fit(seen: list[Example]) -> Floats:
    """Bias and weights of a logistic regression, by Newton's method."""
    features, own = np.concatenate([each.features for each in seen]), np.concatenate([each.own for each in seen])
    mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    columns = np.column_stack((np.ones(len(own)), (features - mean) / scale))
    penalty = np.append(0.0, np.full(len(scale), RIDGE))
    weights = np.zeros(columns.shape[1])
    for _ in range(STEPS):
        chance = 1.0 / (1.0 + np.exp(-columns @ weights))
        gradient = columns.T @ (chance - own) + penalty * weights
        hessian = (columns * (chance * (1.0 - chance))[:, None]).T @ columns + np.diag(penalty)
        weights -= np.linalg.solve(hessian, gradient)
    return np.append(weights[0] - weights[1:] @ (mean / scale), weights[1:] / scale)


def report(piles: list[list[Example]]) -> None:
    """Print how many sources are told from each probability on, and how many of them are right."""
    told = []
    for fold in range(FOLDS):
        weights = fit([each for k, pile in enumerate(piles) if k % FOLDS != fold for each in pile])
        for pile in piles[fold::FOLDS]:
            for each in pile:
                chance = 1.0 / (1.0 + np.exp(-(weights[0] + each.features @ weights[1:])))
                probability, children = likeliest(chance)
                claims = [Claim(each.ids[k], None, 1, None, "told") for k in children]
                told.append((probability, unseen(each.story, claims).right))
    print(f"{'from':>5} {'told':>5} {'right':>5}")
    for least in np.arange(0.4, 0.85, 0.05):
        rights = [right for probability, right in told if probability >= least]
        print(f"{least:5.2f} {len(rights):5} {sum(rights):5}")


if __name__ == "__main__":
    sys.exit(main())
