"""Fit how a parent is told from other relatives: writes ``[kinship]`` and ``[story]`` of ``dedup/lineage/model.toml``.

Usage: ``python benchmarks/fit_kinship.py [--stories N] [--work DIR] [--out FILE]``. Learns from the ``dev`` half of the
stories whose history is known: those of ``simulator.py``, each pile once with metadata and once without, and the
real ones of ``histories.py``. A conditional logit (McFadden 1974): every text chooses among its relatives and "not from
here"; the right choice is its nearest visible ancestor. Prints how often a fit on one half of the stories names the
true parent in the other. The histories that such fits give, each of stories that it did not see, are then weighed
beside what a pair says of its own order: a logistic regression without a bias on all pairs whose order is known.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import histories
import numpy as np
import numpy.typing as npt
import phylogeny
import pyarrow.parquet as pq
import simulator
import tomli_w
from histories import Story
from lineages import MISSING, WRONG
from newswire import DATA
from observed import observed
from syndication.settings import Settings

from dedup.config import Config
from dedup.lineage import branching, context, direction, evidence, kinship
from dedup.lineage.copies import copies
from dedup.lineage.kinship import NAMES, TERMS
from dedup.lineage.model import FILE, STORY_GENRES, STORY_PARTS
from dedup.lineage.names import by_text
from dedup.lineage.views import Members, Pairs

RIDGE = 5.0  # of the weights of standardised features
LEAST_SCALE = 1e-9  # of a column that varies
STEPS = 50  # of Newton's method, at most

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Examples(NamedTuple):
    """Possible edges of many texts, those of a text next to each other.

    Attributes:
        features: ``float64[edges, features]``.
        child: number of the text that each edge leads to, ascending, from 0 without gaps.
        right: whether the parent is a true one.
        orphan: per text, whether it has no ancestor in the pile.
        story: per text, the number of its story.
    """

    features: Floats
    child: Ints
    right: Bools
    orphan: Bools
    story: Ints


class Pile(NamedTuple):
    """What lineage sees of a pile of stories, and what is true of it.

    Attributes:
        score: log-odds that a pair's left text precedes, by the pair alone.
        order: of each pair 1 if the right text descends from the left one, -1 if the left from the right, else 0.
    """

    examples: Examples
    members: Members
    pairs: Pairs
    edges: kinship.Relatives
    score: Floats
    order: Floats


def main() -> int:
    """Gather, fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("/tmp/dedup-lineage"), help="folder for runs, kept")  # noqa: S108
    parser.add_argument("--stories", type=int, default=150, help="stories of the simulator, with and without hidden")
    parser.add_argument("--out", type=Path, default=FILE, help="file for the weights")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    piles = {
        f"{name}, {'dated' if metadata else 'text only'}": pile(stories, options.work, name, metadata=metadata)
        for name, stories, metadata in gathered(options.stories)
    }
    seen = {name: each.examples for name, each in piles.items()}
    halves = [fit(joined([_some(own, own.story % 2 != side) for own in seen.values()])) for side in (0, 1)]
    report(seen, halves)
    inputs = np.concatenate([ordered(each, halves) for each in piles.values()])
    write(options.out, fit(joined(list(seen.values()))), likeliest(inputs))
    return 0


def gathered(n_stories: int) -> Iterator[tuple[str, list[Story], bool]]:
    """Names and stories of the piles, and whether they are seen with their metadata."""
    small = Settings(least=2, median=2.5, most=5, singles=0.3)  # most stories of a real pile are
    settings = {"": Settings(), "-hidden": Settings(hidden=0.3), "-small": small}
    for name, own in ((f"kinship{kind}", own) for kind, own in settings.items()):
        n = 3 * n_stories if own is small else n_stories
        stories = list(simulator.stories(n, own, "dev", seed=2))
        yield name, stories, False
        yield name, stories, True
    doubtful = Settings(wrong_dates=WRONG, missing_dates=MISSING)
    yield "kinship-wrong", list(simulator.stories(n_stories, doubtful, "dev", seed=2)), True
    articles, orders = histories.pan("dev")
    parents: dict[str, list[str]] = {}
    for order in orders:
        parents.setdefault(order.later, []).append(order.earlier)
    yield "pan", [Story("pan", "pan", articles, parents, frozenset(), {})], False
    yield "wikipedia", histories.wikipedia("dev"), False
    yield "http", histories.http("dev"), False
    yield "http", histories.http("dev"), True


def report(piles: Mapping[str, Examples], halves: list[Floats]) -> None:
    """Print how often the true parent is the likeliest, by a fit on the other half of the stories and by coverage."""
    coverage = [NAMES.index("direction"), NAMES.index("coverage")]
    print(f"{'pile':28} {'children':>8} {'coverage':>8} {'kinship':>8} {'orphans':>8} {'told so':>8}")
    for name, seen in piles.items():
        weight = by_others(seen, halves)
        likely, none = shares(weight, seen.child, len(seen.orphan))
        best = np.zeros(len(none))
        np.maximum.at(best, seen.child, likely)
        by_coverage, by_kinship = named(seen, seen.features[:, coverage].sum(axis=1)), named(seen, weight)
        reachable = np.bincount(seen.child, seen.right) > 0
        kept = (none > best)[seen.orphan].mean() if seen.orphan.any() else np.nan
        print(
            f"{name:28} {reachable.sum():8} {by_coverage[reachable].mean():8.3f} {by_kinship[reachable].mean():8.3f} "
            f"{seen.orphan.sum():8} {kept:8.3f}"
        )


def named(seen: Examples, weight: Floats) -> Floats:
    """Per text the share of its best edges whose parent is a true one: 0 or 1 but for ties."""
    n_texts = len(seen.orphan)
    most = np.full(n_texts, -np.inf)
    np.maximum.at(most, seen.child, weight)
    best = weight == most[seen.child]
    return np.asarray(np.bincount(seen.child, best & seen.right, n_texts) / np.bincount(seen.child, best, n_texts))


def by_others(seen: Examples, halves: list[Floats]) -> Floats:
    """Log-odds of each edge, by the weights that were fitted without its story."""
    columns = kinship.terms(seen.features)
    return np.asarray(np.choose(seen.story[seen.child] % 2, [columns @ weights for weights in halves]))


def ordered(own: Pile, halves: list[Floats]) -> Floats:
    """``context.inputs`` of the pairs whose order is known, all turned so that the left text is the earlier one."""
    edges = branching.candidates(own.edges, by_others(own.examples, halves), own.score)
    told = context.Histories(edges, *branching.marginals(edges, own.members.story))
    known = own.order != 0
    return np.asarray(context.inputs(own.pairs, own.score, told)[known] * own.order[known, None])


def likeliest(inputs: Floats) -> Floats:
    """Weights that make it likeliest that all these log-odds are above 0: a logistic regression, by Newton's method."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        doubt = 1.0 / (1.0 + np.exp(inputs @ weights))
        curvature = (inputs * (doubt * (1.0 - doubt))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, inputs.T @ doubt - RIDGE * weights)
    return np.asarray(weights)


def write(path: Path, weights: Floats, story: Floats) -> None:
    """Put the weights in the file, and leave all else in it as it is."""
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    told["kinship"] = {
        term: {name: round(float(weight), 4) for name, weight in zip((*NAMES, "bias"), own, strict=True)}
        for term, own in zip(TERMS, weights.reshape(len(TERMS), -1), strict=True)
    }
    names = [(genre, part) for genre in STORY_GENRES for part in STORY_PARTS]
    told["story"] = {genre: {} for genre in STORY_GENRES}
    for (genre, part), weight in zip(names, story.tolist(), strict=True):
        told["story"][genre][part] = round(weight, 4)
    path.write_text(tomli_w.dumps(told), encoding="utf-8")


def joined(parts: list[Examples]) -> Examples:
    """The texts of several piles as one."""
    before = np.cumsum([0, *(len(part.orphan) for part in parts)])
    child = np.concatenate([part.child + n for part, n in zip(parts, before, strict=False)])
    columns = zip(*parts, strict=True)
    features, _, right, orphan, story = (np.concatenate(column) for column in columns)
    return Examples(features, child, right, orphan, story)


def _some(seen: Examples, texts: Bools) -> Examples:
    """Some of the texts."""
    kept = texts[seen.child]
    child = (np.cumsum(texts) - 1)[seen.child[kept]]
    return Examples(seen.features[kept], child, seen.right[kept], seen.orphan[texts], seen.story[texts])


def pile(stories: Iterable[Story], folder: Path, name: str, *, metadata: bool) -> Pile:
    """What lineage sees of a pile of stories, and what is true of it."""
    stories = list(stories)
    folder = folder / (f"{name}-dated" if metadata else name)
    path = histories.pile(folder / "pile.parquet", (a for story in stories for a in story.articles), metadata=metadata)
    nodes, found = observed(path, folder)
    members = Members.of(nodes)
    pairs = Pairs.of(members, found, Config().min_passage_words)
    origin = copies(members, Config().min_passage_words).origin
    said = evidence.said_by_texts(members, pairs)
    weighed = evidence.weigh(members, by_text(members), pairs, origin, said)
    score = direction.score(weighed)
    edges = kinship.relatives(pairs, score)
    ids = pq.read_table(path, columns=["id"]).column("id").to_pylist()
    text_of = {ids[doc]: text for doc, text in zip(members.doc.tolist(), members.text.tolist(), strict=True)}
    parents, story_of = truth(stories, text_of)
    texts, child = np.unique(edges.child, return_inverse=True)
    right = [p in parents[c] for p, c in zip(edges.parent.tolist(), edges.child.tolist(), strict=True)]
    examples = Examples(
        features=kinship.features(members, pairs, edges, weighed, origin),
        child=child.astype(np.int64),
        right=np.array(right, np.bool_),
        orphan=np.array([not parents[text] for text in texts.tolist()], np.bool_),
        story=np.array([story_of[text] for text in texts.tolist()], np.int64),
    )
    above = {(text_of[one], text_of[doc]) for one, doc in descents(stories) if one in text_of and doc in text_of}
    ends = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    order = np.array([float((a, b) in above) - float((b, a) in above) for a, b in ends])
    return Pile(examples, members, pairs, edges, score, order)


def descents(stories: Iterable[Story]) -> Iterator[tuple[str, str]]:
    """Each visible document with each of its visible ancestors, these first."""
    for story in stories:
        for doc, ancestors in phylogeny.truth(story).ancestors.items():
            for ancestor in ancestors:
                yield ancestor, doc


def truth(stories: list[Story], text_of: Mapping[str, int]) -> tuple[dict[int, set[int]], dict[int, int]]:
    """The nearest visible ancestors of each text along all its lines, and its story; equal texts are one.

    Args:
        stories: a pile.
        text_of: the text of each document, by its id, as far as it is in a pair.
    """
    parents: dict[int, set[int]] = {}
    story_of: dict[int, int] = {}
    for number, story in enumerate(stories):
        for article in story.articles:
            if article.id in text_of:
                text = text_of[article.id]
                story_of[text] = number
                parents.setdefault(text, set()).update(nearest(article.id, story, text_of) - {text})
    return parents, story_of


def nearest(child: str, story: Story, text_of: Mapping[str, int]) -> set[int]:
    """Texts of the nearest ancestors of a document that are in the pile, along every line of its descent."""
    found: set[int] = set()
    ahead = list(story.parents.get(child, []))
    while ahead:
        parent = ahead.pop()
        if parent in story.hidden:
            ahead += story.parents.get(parent, [])
        elif parent in text_of:
            found.add(text_of[parent])
        else:
            found.add(-1)  # it is there, but shares nothing
    return found


def fit(seen: Examples, ridge: float = RIDGE) -> Floats:
    """Weights of ``kinship.terms`` by which texts most likely choose their true parents, by Newton's method.

    A text with several parents may choose any of them; one whose parents are in the pile, but not among its relatives,
    teaches nothing.
    """
    columns = kinship.terms(seen.features)
    scale = columns.std(axis=0)
    bias = len(NAMES)  # the column of ones, which alone does not vary, and is not held back
    scale = np.where(scale > LEAST_SCALE, scale, 1.0)
    columns /= scale
    n_texts = len(seen.orphan)
    target = seen.right.astype(np.float64)
    taught = seen.orphan | (np.bincount(seen.child, target, n_texts) > 0)
    first = np.searchsorted(seen.child, np.arange(n_texts))
    weights = np.zeros(columns.shape[1])
    penalty = np.full(len(scale), ridge)
    penalty[bias] = 0.0

    def loss(at: Floats) -> float:
        share, root = shares(columns @ at, seen.child, n_texts)
        likely = np.where(seen.orphan, root, np.bincount(seen.child, share * target, n_texts))
        return float(-np.log(np.maximum(likely[taught], 1e-300)).sum() + 0.5 * penalty @ (at * at))

    now = loss(weights)
    for _ in range(STEPS):
        share, _ = shares(columns @ weights, seen.child, n_texts)
        wanted = target * share
        total = np.bincount(seen.child, wanted, n_texts)
        wanted = np.where(total[seen.child] > 0, wanted / np.maximum(total[seen.child], 1e-300), 0.0)
        use = taught[seen.child]
        gradient = columns[use].T @ (share - wanted)[use] + penalty * weights
        mean = np.add.reduceat(columns * (share * use)[:, None], first)
        hessian = (columns * (share * use)[:, None]).T @ columns - mean.T @ mean + np.diag(penalty + 1e-6)
        step = np.linalg.solve(hessian, gradient)
        length = 1.0
        while length > 1e-6 and loss(weights - length * step) > now:
            length /= 2
        weights = weights - length * step
        before, now = now, loss(weights)
        if before - now < 1e-6 * abs(now):
            break
    return np.asarray(weights / scale)


def shares(weight: Floats, child: Ints, n_texts: int) -> tuple[Floats, Floats]:
    """Probability of each edge among those of its text and "not from here", and of the latter."""
    most = np.zeros(n_texts)
    np.maximum.at(most, child, weight)
    odds, none = np.exp(weight - most[child]), np.exp(-most)
    total = none + np.bincount(child, odds, n_texts)
    return odds / total[child], none / total


if __name__ == "__main__":
    sys.exit(main())
