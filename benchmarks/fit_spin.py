"""Fit the weights by which a pair of texts is told to be spun: writes ``dedup/match/spin.toml``.

Usage: ``python benchmarks/fit_spin.py [--stories N] [--run DIR] [--out FILE]``. Spun and edited are stories of the
``dev`` half of Reuters-21578 (``newswire.py``), with the ``dev`` half of the spinner's dictionary; genuine follow-ups,
and stories that merely look alike, are the pairs that ``dedup run`` compares in that half. Prints what a fit on one
half of the stories tells of the other.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w
from edits import KINDS, edit
from newswire import DATA, neighbour, originals, stories
from spinner import half, spin

from dedup.config import Config
from dedup.kernels import passages as kernels
from dedup.lexicon import FUNCTION, english, places
from dedup.match import spin as model
from dedup.match.edits import LEAST_WORDS, dictionary, edits, prose, totals
from dedup.match.reword import reworded
from dedup.match.substitutions import fixed_phrases, learn
from dedup.match.substitutions import replaced as replacements
from dedup.sketch.normalise import normalise
from dedup.sketch.passage import guaranteed_run

RATES = (0.075, 0.15, 0.22, 0.37)
ODDS = 3  # pairs that are not spun, to one that is: the weights expect one in four
RIDGE = 1.0
LEAST_CHANGED = 0.03  # of the words: a table of prices, which the machine left alone, is not spun
WEIGHT = 2000  # of all pairs: the ridge is as much as that of so many

Floats = npt.NDArray[np.float64]


class Example(NamedTuple):
    """Two texts, what the second is to the first, and the story that they belong to."""

    story: str
    left: str
    right: str
    how: str
    is_spun: bool


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=350, help="stories that are spun and edited")
    parser.add_argument("--run", type=Path, help="finished run over the data; if not given, one is made")
    parser.add_argument("--out", type=Path, default=model.WEIGHTS, help="file for the weights")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    examples = [*made("dev", options.stories), *compared("dev", options.run)]
    hows = np.array([example.how for example in examples])
    spun = np.array([example.is_spun for example in examples])
    odd = np.array([half(f"fit {example.story}") == "dev" for example in examples])
    seen = measured(examples)
    rows = np.concatenate([np.flatnonzero(usable) for _, usable in seen])
    features = np.concatenate([each[usable] for each, usable in seen])
    predicted = np.zeros(len(rows))
    for side in (True, False):
        mine = odd[rows] == side
        weights, bias = fit(features[~mine], spun[rows][~mine], hows[rows][~mine])
        predicted[mine] = features[mine] @ weights + bias
    report(hows[rows], spun[rows], predicted >= 0)
    weights, bias = fit(features, spun[rows], hows[rows])
    write(options.out, weights, bias)
    return 0


def made(which: str, n: int) -> list[Example]:
    """Stories that were spun, some with function words perturbed or cut besides, and stories that were edited."""
    out = []
    for number, story in enumerate(originals(which)[:n]):
        rate = (0.1, 0.2, 0.3)[number % 3]
        texts = {f"spun {rate:.1%}": spin(story.text, rate, which, seed=1) for rate in RATES}
        texts["spun, perturbed"] = spin(story.text, rate, which, seed=2, perturb=0.1)
        texts["spun, cut"] = texts["spun 22.0%"]
        for how, result in texts.items():
            text = edit(result.text, "cut", seed=number) if how == "spun, cut" else result.text
            if result.rate >= LEAST_CHANGED:
                out.append(Example(story.doc_id, story.text, text, how, is_spun=True))
        for kind in KINDS:
            text = edit(story.text, kind, seed=number, other=neighbour(story).text)
            out.append(Example(story.doc_id, story.text, text, kind, is_spun=False))
    return out


def compared(which: str, run: Path | None) -> list[Example]:
    """Pairs of different stories of one half that ``dedup run`` compares: accepted ones, and as many refused ones."""
    texts = {story.doc_id: story.text for story in stories()}
    with tempfile.TemporaryDirectory() as folder:
        if run is None:
            run = Path(folder) / "run"
            command = [sys.executable, "-m", "dedup", "run", str(DATA / "reuters-21578.jsonl.gz"), "-o", str(run), "-q"]
            subprocess.run(command, check=True)
        pairs = pq.read_table(
            run / "pairs.parquet", columns=["left_id", "right_id", "relation", "accepted"]
        ).to_pylist()
    own = [pair for pair in pairs if half(pair["left_id"]) == half(pair["right_id"]) == which]
    own = [pair for pair in own if pair["relation"] != "exact" and {pair["left_id"], pair["right_id"]} <= texts.keys()]
    n = sum(pair["accepted"] for pair in own)
    own.sort(key=lambda pair: hashlib.blake2b(f"{pair['left_id']} {pair['right_id']}".encode()).digest())
    refused = [pair for pair in own if not pair["accepted"]][:n]
    return [
        Example(
            pair["left_id"], texts[pair["left_id"]], texts[pair["right_id"]], f"follow-up, {relation}", is_spun=False
        )
        for pair in itertools.chain((pair for pair in own if pair["accepted"]), refused)
        for relation in [pair["relation"] or "refused"]
    ]


def measured(examples: list[Example]) -> list[tuple[Floats, npt.NDArray[np.bool_]]]:
    """Features of all pairs, and which have enough aligned.

    Four times: by exact passages alone, and by those in other words too; with the replacements that the dictionary
    knows, and with those that were learned besides.
    """
    config, lexicon = Config(), english()
    texts = pa.array([text for example in examples for text in (example.left, example.right)], pa.large_string())
    offsets, words, _, _, marks = normalise(texts).words
    at = places(lexicon, words)
    lemmas = np.where(at >= 0, lexicon.lemmas[at], np.int32(-1))
    left = np.arange(0, len(texts), 2)
    found, owner, _ = kernels.align_pairs(
        left, left + 1, offsets, words, config.shingle_size, config.max_gap_words, guaranteed_run(config)
    )
    numbers = {story: number for number, story in enumerate(sorted({example.story for example in examples}))}
    story = np.array([numbers[example.story] for example in examples])
    fixed = fixed_phrases(lexicon.words[lexicon.kinds & FUNCTION > 0])
    out = []
    for spans, of in ((found, owner), reworded(left, left + 1, offsets, words, lemmas, marks, found, owner)):
        known = dictionary(lexicon.synonyms)
        result = edits(left, left + 1, offsets, words, lemmas, marks, spans, of, known, config.shingle_size)
        table = replacements(result, left, left + 1, offsets, words, np.arange(len(texts)), spans, of, fixed)
        pair = table.column("left").to_numpy() // 2
        sums = totals(result.counts, of, len(left))
        learned = learn(table, story[pair], np.zeros(0, np.uint64)).known
        for flags in (table.column("synonyms").to_numpy(), learned):
            n_kinds = model.known_kinds(table, flags, pair, len(left))
            out.append((model.features(sums, n_kinds), prose(sums) >= LEAST_WORDS))
    return out


def fit(features: Floats, spun: npt.NDArray[np.bool_], hows: npt.NDArray[np.str_]) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression with a ridge, by Newton's method; all kinds of pairs count alike."""
    weight = np.zeros(len(spun))
    for label, share in ((True, 1 / (1 + ODDS)), (False, ODDS / (1 + ODDS))):
        names = np.unique(hows[spun == label])
        for name in names:
            of_name = (hows == name) & (spun == label)
            weight[of_name] = WEIGHT * share / len(names) / of_name.sum()
    mean = np.average(features, axis=0, weights=weight)
    deviation = np.sqrt(np.average((features - mean) ** 2, axis=0, weights=weight)) + 1e-9
    rows = np.hstack([(features - mean) / deviation, np.ones((len(features), 1))])
    ridge = np.append(np.full(features.shape[1], RIDGE), 0.0)
    found = np.zeros(rows.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weight * (chance - spun)) + ridge * found
        step = np.linalg.solve((rows * (weight * chance * (1 - chance))[:, None]).T @ rows + np.diag(ridge), slope)
        found -= step
        if np.abs(step).max() < 1e-10:
            break
    weights = found[:-1] / deviation
    return weights, float(found[-1] - weights @ mean)


def report(hows: npt.NDArray[np.str_], spun: npt.NDArray[np.bool_], called: npt.NDArray[np.bool_]) -> None:
    """Print the share of each kind of pair that is called spun, and F1."""
    for how in sorted(set(hows)):
        print(f"{how:24} {(hows == how).sum():6} pairs, called spun {called[hows == how].mean():7.2%}")
    right = (called & spun).sum()
    print(f"F1 {2 * right / (called.sum() + spun.sum()):.4f}, false alarms {called[~spun].mean():.2%}")


def write(path: Path, weights: Floats, bias: float) -> None:
    """Write the weights, rounded, as TOML that says where they come from."""
    head = "# Weights of the spin score of a pair (dedup/match/spin.py), made by: python benchmarks/fit_spin.py\n\n"
    named = {name: round(float(weight), 3) for name, weight in zip(model.NAMES, weights, strict=True)}
    path.write_text(head + tomli_w.dumps({"bias": round(bias, 3), "weights": named}), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
