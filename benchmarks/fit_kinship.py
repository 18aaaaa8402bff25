"""Fit how a parent is told from other relatives: writes ``kinship.json`` and ``[story]`` of ``model.toml``.

Usage: ``python benchmarks/fit_kinship.py [--stories N] [--worlds N] [--work DIR] [--out FILE]``. Learns from the
``dev`` half of the stories whose history is known: those of ``simulator.py`` with its usual rates and those of many
worlds with other rates (``syndication/worlds.py``), each pile once with metadata and once without, and the real ones of
``histories.py``. Every text chooses among its relatives and "not from here"; the right choice is its nearest visible
ancestor (``learning.py``). A fit on one half of the stories is judged by the other: how often it names the true parent,
and how likely it finds what is true. The histories that this fit gives of stories that it did not see are then weighed
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
import learning
import numpy as np
import numpy.typing as npt
import phylogeny
import pyarrow.parquet as pq
import simulator
import tomli_w
from histories import Story
from learning import Choices
from lineages import MISSING, WRONG
from newswire import DATA
from observed import observed
from syndication.settings import Settings
from syndication.worlds import world

from dedup.config import Config
from dedup.lineage import branching, context, direction, evidence, kinship, network
from dedup.lineage.copies import copies
from dedup.lineage.kinship import DUELS, NAMES
from dedup.lineage.model import FILE, STORY_GENRES, STORY_PARTS
from dedup.lineage.names import by_text
from dedup.lineage.network import Network, Rounds, log_odds, to_text
from dedup.lineage.views import Members, Pairs

RIDGE = 5.0  # of the weights of [story]
STEPS = 50  # of Newton's method, at most
WORLD_STORIES = 50  # of each world
EPOCHS = 12
LEAST = 1e-12  # probability whose logarithm is taken
# How much more a text counts: real histories are few, and most stories of a real pile are small.
COUNTS = {"pan": 3.0, "http": 12.0, "wikipedia": 9.0, "kinship-small": 4.0}

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Pile(NamedTuple):
    """What lineage sees of a pile of stories, and what is true of it.

    Attributes:
        choices: what is to be learned.
        told: what production sees of it.
        score: log-odds that a pair's left text precedes, by the pair alone.
        order: of each pair 1 if the right text descends from the left one, -1 if the left from the right, else 0.
    """

    choices: Choices
    told: kinship.Choices
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
    parser.add_argument("--worlds", type=int, default=240, help="worlds with other rates")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how often each text is looked at")
    parser.add_argument("--out", type=Path, default=FILE, help="file for weights; the network goes beside it")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    piles = {
        f"{name}, {'dated' if metadata else 'text only'}": pile(stories, options.work, name, metadata=metadata)
        for name, stories, metadata in gathered(options.stories, options.worlds)
    }
    everything = learning.joined([own.choices for own in piles.values()])
    half = trained(learning.some(everything, everything.story % 2 == 1), options.epochs)
    report(piles, half)
    inputs = np.concatenate([ordered(own, half) for own in piles.values()])
    write(options.out, trained(everything, options.epochs), likeliest(inputs))
    return 0


def trained(seen: Choices, epochs: int) -> Network:
    """The weights that fit these choices best."""
    print(f"{len(seen.orphan):,} texts with {len(seen.child):,} relatives", file=sys.stderr)
    made = learning.fit(seen, epochs=epochs, told=lambda epoch, loss: print(epoch, round(loss, 4), file=sys.stderr))
    return Network(**made)


def gathered(n_stories: int, n_worlds: int) -> Iterator[tuple[str, list[Story], bool]]:
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
    for number in range(n_worlds):
        stories = list(simulator.stories(WORLD_STORIES, world(number), "dev", seed=100 + number))
        yield f"world{number}", stories, False
        yield f"world{number}", stories, True
    articles, orders = histories.pan("dev")
    parents: dict[str, list[str]] = {}
    for order in orders:
        parents.setdefault(order.later, []).append(order.earlier)
    yield "pan", [Story("pan", "pan", articles, parents, frozenset(), {})], False
    revisions = histories.wikipedia("dev")
    yield "wikipedia", revisions, False
    yield "wikipedia", histories.dated(revisions, seed=3), True
    yield "http", histories.http("dev"), False
    yield "http", histories.http("dev"), True


def report(piles: Mapping[str, Pile], network: Network) -> None:
    """Print how often the true parent is the likeliest in the stories that a fit has not seen, all worlds as one.

    Beside it stand the share of texts without a source that are told to have none, and the mean of the negative
    logarithm of the probability of what is true.
    """
    judged: dict[str, list[Floats]] = {}
    for name, own in piles.items():
        metadata = name.split(", ")[1]
        judged.setdefault(f"worlds, {metadata}" if name.startswith("world") else name, []).append(
            judgement(own, network)
        )
    print(f"{'pile':28} {'children':>8} {'right':>8} {'orphans':>8} {'told so':>8} {'loss':>8}")
    for name, parts in judged.items():
        named, orphan, kept, loss = np.concatenate(parts, axis=1)
        reached, alone = ~np.isnan(named), orphan > 0
        print(
            f"{name:28} {reached.sum():8} {named[reached].mean():8.3f} {alone.sum():8} "
            f"{kept[alone].mean() if alone.any() else np.nan:8.3f} {np.nanmean(loss):8.3f}"
        )


def judgement(own: Pile, network: Network) -> Floats:
    """Of each text of an unseen story: is the true parent the likeliest, has it none, is it told so, and the loss."""
    seen = own.choices
    weight = log_odds(*own.told, network)
    share, none = shares(weight, seen.child, len(seen.orphan))
    best = np.zeros(len(none))
    np.maximum.at(best, seen.child, share)
    hits = np.bincount(seen.child, (share == best[seen.child]) & seen.right, len(none))
    reachable = np.bincount(seen.child, seen.right, len(none)) > 0
    likely = np.where(seen.orphan, none, np.bincount(seen.child, share * seen.right, len(none)))
    loss = np.where(reachable | seen.orphan, -np.log(np.maximum(likely, LEAST)), np.nan)
    named = np.where(reachable, np.minimum(hits, 1.0), np.nan)
    return np.stack((named, seen.orphan, none > best, loss))[:, seen.story % 2 == 0]


def ordered(own: Pile, network: Network) -> Floats:
    """``context.inputs`` of the pairs of unseen stories whose order is known, the earlier text on the left."""
    edges = branching.candidates(own.edges, log_odds(*own.told, network), own.score)
    told = context.Histories(edges, *branching.marginals(edges, own.members.story))
    unseen = np.zeros(own.members.doc.size, np.bool_)
    unseen[np.unique(own.edges.child)] = own.choices.story % 2 == 0
    known = (own.order != 0) & unseen[own.pairs.left]
    return np.asarray(context.inputs(own.pairs, own.score, told)[known] * own.order[known, None])


def likeliest(inputs: Floats) -> Floats:
    """Weights that make it likeliest that all these log-odds are above 0: a logistic regression, by Newton's method."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(STEPS):
        doubt = 1.0 / (1.0 + np.exp(inputs @ weights))
        curvature = (inputs * (doubt * (1.0 - doubt))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(curvature, inputs.T @ doubt - RIDGE * weights)
    return np.asarray(weights)


def write(path: Path, weights: Network, story: Floats) -> None:
    """Put the weights of the network beside the file, the others in it, and leave all else there as it is."""
    path.with_name(network.FILE.name).write_text(to_text(weights._asdict(), NAMES, DUELS), encoding="utf-8")
    told = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    names = [(genre, part) for genre in STORY_GENRES for part in STORY_PARTS]
    told["story"] = {genre: {} for genre in STORY_GENRES}
    for (genre, part), weight in zip(names, story.tolist(), strict=True):
        told["story"][genre][part] = round(weight, 4)
    path.write_text(tomli_w.dumps(told), encoding="utf-8")


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
    told = kinship.choices(members, pairs, edges, weighed, origin)
    choices = Choices(
        features=told.features,
        duels=told.duels(0, len(texts), Rounds.of(told.bounds)).astype(np.float16),
        child=child.astype(np.int64),
        right=np.array(right, np.bool_),
        orphan=np.array([not parents[text] for text in texts.tolist()], np.bool_),
        story=np.array([story_of[text] for text in texts.tolist()], np.int64),
        weight=np.full(len(texts), COUNTS.get(name, 1.0)),
    )
    above = {(text_of[one], text_of[doc]) for one, doc in descents(stories) if one in text_of and doc in text_of}
    ends = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    order = np.array([float((a, b) in above) - float((b, a) in above) for a, b in ends])
    return Pile(choices, told, members, pairs, edges, score, order)


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


def shares(weight: Floats, child: Ints, n_texts: int) -> tuple[Floats, Floats]:
    """Probability of each edge among those of its text and "not from here", and of the latter."""
    most = np.zeros(n_texts)
    np.maximum.at(most, child, weight)
    odds, none = np.exp(weight - most[child]), np.exp(-most)
    total = none + np.bincount(child, odds, n_texts)
    return odds / total[child], none / total


if __name__ == "__main__":
    sys.exit(main())
