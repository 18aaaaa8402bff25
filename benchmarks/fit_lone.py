"""Fit the weights of the spin score of a lone text: writes ``dedup/spin/model.toml``.

Texts are those stories of Reuters-21578, and those web pages that PAN 2013 has as sources, that belong to the half
``dev`` (``spinner.half`` of their ids); the synonym machine is that of ``spinner.py`` with the half ``dev`` of its
dictionary. Of the texts of 100 words and more every other one is spun; half of these also get phrases of ``traces.tsv``
in place of what they stand for, as machines that know phrases do. The piles hold all pages of the half, some stories,
or all. The models of words are learned from one half of the texts, those of texts from the other.

Usage: ``python benchmarks/fit_lone.py [--data FOLDER]``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import tomli_w
from spinner import half, spin

from dedup.kernels import spin as kernels
from dedup.spin import model
from dedup.spin.background import background, is_english
from dedup.spin.features import Known
from dedup.spin.model import COLUMNS, TextModel, WordModel
from dedup.spin.traces import phrases
from dedup.spin.words import dictionary

DATA = Path(os.environ.get("DEDUP_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
REUTERS, PAN = "reuters-21578.jsonl.gz", "pan13-train-documents.jsonl.gz"
RATES = (0.05, 0.1, 0.1, 0.15, 0.2, 0.2, 0.3, 0.37)  # of the words of a text
SIZES = (1000, 4000)  # stories of Reuters in a pile; another pile has all
MIN_WORDS = 100
PRIOR = 0.03  # share of spun texts in a pile for which probabilities are calibrated
LEAST_TEXTS = 500
MOST_BY_PHRASES = 5.0
RIDGE = 1.0  # on weights of standardised features
# What the machine of the benchmark leaves too rarely to be learned: how much we believe it to say, in log-odds for
# features of log(1 + hits in a hundred words). The data may move it.
BELIEFS = {"numeral": 6.0, "case": 6.0, "spintax": 10.0}

# Terms of the models of words: column, knots, and columns that the first one is multiplied with.
GENERAL: dict[str, tuple[float, ...]] = {
    "zipf": (0, 1, 2, 3, 4, 5), "best_zipf": (0, 3, 4, 5), "advantage": (-9, -1, 0, 1, 2, 3), "synonyms": (0, 3, 5),
}  # fmt: skip
IN_CORPUS: dict[str, tuple[float, ...]] = {
    "word": (0, 1, 2, 4, 6), "left": (0, 1, 2, 4), "right": (0, 1, 2, 4), "gain": (0, 2, 4, 8), "excess": (-16, 0),
    "left_word": (0,), "right_word": (0,), "both_unseen": (0,),
}  # fmt: skip
PRODUCTS = (
    ("left_unseen", "left_word"), ("right_unseen", "right_word"), ("left_unseen", "word"), ("right_unseen", "word"),
    ("both_unseen", "word"), ("word", "zipf"), ("left_unseen", "gain"), ("both_unseen", "gain"),
)  # fmt: skip
ALONE = ("free_words", "general_mixture", "general_rate", "general_root", "general_contrast")
IN_PILE = (*ALONE[:-1], "corpus_mixture", "corpus_rate", "corpus_root", "corpus_contrast")
TRACES = ("calque", "numeral", "case", "spintax")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Story:
    """A text of a corpus.

    Attributes:
        number: its place in its half of the corpus; the even ones teach about words, the others about texts.
        text: as it is in the pile.
        rate: share of its words that were replaced; 0 if it was not spun.
        spans: where the words that were put in stand, in characters; None where phrases have moved them.
    """

    number: int
    text: str
    rate: float = 0.0
    spans: tuple[tuple[int, int], ...] | None = ()


def stories(data: Path, which: str, corpus: str = REUTERS) -> list[Story]:
    """The stories of a half of a corpus as they are."""
    with gzip.open(data / corpus, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    known = [(str(row["id"]), row.get("text")) for row in rows]
    mine = [text for name, text in known if text and half(name) == which and not name.startswith("suspicious")]
    return [Story(number, text) for number, text in enumerate(mine)]


def machined(story: Story, dictionary: str, rate: float, plant: bool) -> Story:
    """A story as a synonym machine leaves it."""
    made = spin(story.text, rate, dictionary, story.number)
    if plant:
        return Story(story.number, _planted(made.text, story.number), rate, None)
    return Story(story.number, made.text, rate, tuple((e.spun_begin, e.spun_end) for e in made.substitutions))


def _planted(text: str, seed: int) -> str:
    """A text with listed phrases in place of some of what they stand for."""
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    share = chance.uniform(0.2, 1.0)
    for phrase in phrases().listed:
        if phrase.original.lower() not in text.lower() or chance.random() > share or "#" in phrase.words[1:]:
            continue
        put = " ".join(word for word in phrase.words if word != "@").replace("# s", "1000's")
        text = re.sub(rf"\b{re.escape(phrase.original)}\b", put, text, count=2)
    return text


def spun_half(data: Path, which: str, corpus: str, seed: int = 0) -> list[Story]:
    """The stories of a half of a corpus, every other one that is long enough spun."""
    chance = random.Random(seed)  # noqa: S311 (a simulation)
    made, n_long = [], 0
    for story in stories(data, which, corpus):
        is_long = len(story.text.split()) >= MIN_WORDS
        n_long += is_long
        rate, plant = chance.choice(RATES), chance.random() < 0.5
        made.append(machined(story, which, rate, plant) if is_long and n_long % 4 in {1, 2} else story)
    return made


def looked_at(pile: list[Story]) -> Known:
    """What is known of the stories of a pile, against each other."""
    texts = pa.array([story.text for story in pile], pa.large_string())
    behind = background([pa.array(sorted({story.text for story in pile}), pa.large_string())])
    return Known.of(texts, behind, np.ones(len(texts), np.bool_))


def labels(pile: list[Story], known: Known) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Which of the free words outside quotations the machine has put in, and the text of each."""
    words, made = known.prose.words, np.zeros(len(known.prose.words.hashes), np.bool_)
    for number, story in enumerate(pile):
        first, last = words.offsets[number], words.offsets[number + 1]
        for span in story.spans or ():
            begin, end = np.searchsorted(words.begins[first:last], span)
            made[first + begin : first + end] = True
    texts = np.repeat(np.arange(len(pile)), np.diff(known.free.offsets))
    return made[known.free.at[~known.free.quoted]], texts[~known.free.quoted]


def columns_of(known: Known) -> Floats:
    """All that is known of the free words outside quotations, by the columns of ``kernels.spin``."""
    free, made = known.free, np.empty((len(known.free.at), kernels.COLUMNS))
    kernels.all_columns(free.places, dictionary().columns, free.counts, made)
    return made[~free.quoted]


def terms(with_corpus: bool) -> list[dict[str, Any]]:
    """The terms of a model of words, without weights."""
    columns = GENERAL | (IN_CORPUS if with_corpus else {})
    made: list[dict[str, Any]] = [{"of": name, "over": float(knot)} for name in columns for knot in columns[name]]
    return made + [{"of": name, "over": 0.0, "times": other} for name, other in PRODUCTS if with_corpus]


def matrix(columns: Floats, made: list[dict[str, Any]]) -> Floats:
    """The values of terms, before they are weighed."""
    values = []
    for term in made:
        value = np.maximum(columns[:, COLUMNS[term["of"]]] - term["over"], 0.0)
        values.append(value * columns[:, COLUMNS[term["times"]]] if "times" in term else value)
    return np.stack(values, 1)


def fitted(values: Floats, truth: npt.NDArray[np.bool_], beliefs: Floats | None = None) -> tuple[Floats, float]:
    """Weights and bias of a logistic regression, by Newton's method.

    A Gaussian prior of precision ``RIDGE`` draws the weights of the standardised features to ``beliefs`` (0 if none).
    """
    mean, deviation = values.mean(0), values.std(0)
    scale = np.where(deviation > 0, deviation, 1.0)
    x = np.column_stack([(values - mean) / scale, np.ones(len(values))])
    centre = np.append((beliefs if beliefs is not None else np.zeros(values.shape[1])) * scale, 0.0)
    precision = np.append(np.full(values.shape[1], RIDGE), 1e-6)
    weights = centre.copy()
    for _ in range(25):
        p = 1 / (1 + np.exp(-(x @ weights)))
        gradient = x.T @ (p - truth) + precision * (weights - centre)
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(precision)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    raw = weights[:-1] / scale
    return raw, float(weights[-1] - raw @ mean)


def word_table(columns: Floats, truth: npt.NDArray[np.bool_], with_corpus: bool) -> dict[str, Any]:
    """A model of words as ``model.toml`` holds it: log-odds less those of the training words."""
    made = terms(with_corpus)
    weights, bias = fitted(matrix(columns, made), truth)
    share = truth.mean()
    weighed = [term | {"weight": round(float(weight), 4)} for term, weight in zip(made, weights, strict=True)]
    return {"bias": round(bias - float(np.log(share / (1 - share))), 4), "terms": weighed}


def text_table(features: Mapping[str, Floats], names: tuple[str, ...], spun: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """A model of texts as ``model.toml`` holds it, for the prior."""
    beliefs = np.array([BELIEFS.get(name, 0.0) for name in names])
    weights, bias = fitted(np.stack([features[name] for name in names], 1), spun, beliefs)
    share = spun.mean()
    bias += float(np.log(PRIOR / (1 - PRIOR)) - np.log(share / (1 - share)))
    return {"bias": round(bias, 4), "weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}}


def piles(data: Path) -> list[list[Story]]:
    """Piles of several sizes."""
    news, pages = (spun_half(data, "dev", corpus) for corpus in (REUTERS, PAN))
    chance = random.Random(1)  # noqa: S311 (a simulation)
    return [pages, *(chance.sample(news, size) for size in SIZES), news]


def eligible(known: Known) -> npt.NDArray[np.bool_]:
    """Which stories are long enough, and English."""
    return (known.prose.counts() >= MIN_WORDS) & is_english(known.prose)


def fit(data: Path) -> dict[str, Any]:
    """All that ``model.toml`` holds; prints how well it is calibrated."""
    seen = [(pile, looked_at(pile)) for pile in piles(data)]
    columns, truths = [], []
    for pile, known in seen:
        truth, text = labels(pile, known)
        taught = np.array([story.number % 2 == 0 and story.spans is not None for story in pile])
        chosen = (taught & eligible(known))[text]
        columns.append(columns_of(known)[chosen])
        truths.append(truth[chosen])
    rows, truth = np.concatenate(columns), np.concatenate(truths)
    general, corpus = (word_table(rows, truth, with_corpus=asks) for asks in (False, True))
    models = {"general": WordModel.read(general), "corpus": WordModel.read(corpus)}
    parts, spun = [], []
    for pile, known in seen:
        chosen = np.array([story.number % 2 == 1 for story in pile]) & eligible(known)
        parts.append({name: values[chosen] for name, values in known.features(models).items()})
        spun.append(np.array([story.rate > 0 for story in pile])[chosen])
    features = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    made = {}
    for name, names in (("alone", ALONE + TRACES), ("corpus", IN_PILE + TRACES)):
        made[name] = text_table(features, names, np.concatenate(spun))
        print(
            f"calibration of {name}, as promised and as found:", calibration(made[name], features, np.concatenate(spun))
        )
    return {
        "prior": PRIOR, "least_texts": LEAST_TEXTS, "most_by_phrases": MOST_BY_PHRASES,
        "text": made, "word": {"general": general, "corpus": corpus},
    }  # fmt: skip


def calibration(
    table: Mapping[str, Any], features: Mapping[str, Floats], spun: npt.NDArray[np.bool_]
) -> list[tuple[float, float]]:
    """Mean probability and share of spun texts in fifths of the scale, where ``PRIOR`` of the texts are spun."""
    chosen = TextModel.read(table)
    total = sum(chosen.parts(features).values(), np.full(len(spun), chosen.bias))
    p = 1 / (1 + np.exp(-total))
    weight = np.where(spun, PRIOR / spun.mean(), (1 - PRIOR) / (1 - spun.mean()))
    fifth = np.minimum((5 * p).astype(int), 4)
    sums = [np.bincount(fifth, weight * values, minlength=5) for values in (np.ones(len(p)), p, spun)]
    return [(round(float(a / n), 3), round(float(b / n), 3)) for n, a, b in zip(*sums, strict=True) if n > 0]


HEADER = """\
# Weights of the spin score of a lone text, made by `python benchmarks/fit_lone.py`, which says from what.
# prior: share of spun texts for which probabilities are calibrated; least_texts: English texts in a background that is
# asked; most_by_phrases: log-odds that listed phrases may add at most. In [word.*], each term adds
# weight * max(column - over, 0) * times; columns are named in dedup/spin/model.py.

"""


def main() -> None:
    """Fit the model, and write it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    made = fit(parser.parse_args().data)
    model.FILE.write_text(HEADER + tomli_w.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    main()
