"""Is a document spun, judged by itself? The spin score of documents whose originals are not in the pile.

All of Reuters-21578, with every second long story of one half spun *in place of* its original. Spun stories are told
from the other long stories of that half, those left as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import bootstrap
import newswire
import numpy as np
import numpy.typing as npt
from newswire import Story
from spinner import spin

from questions import Bench, Row, row
from questions.candidates import SHORT

ALARMS = 0.01  # of the originals may be flagged
_UNKNOWN = -1.0  # where a document has no score it is not suspected
_TARGETS = {"10": (0.97, 0.6), "20": (0.99, 0.9)}  # of AUC and recall, by percent of words replaced

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Statistic = Callable[[Floats, Flags], float]


def ask(bench: Bench) -> Iterator[Row]:
    """A run for each rate; rows for the AUC and for the recall at few false alarms."""
    for name, (auc, recall) in _TARGETS.items():
        truth, pile = _pile(bench, int(name) / 100)
        run = bench.run(f"lone-{name}", pile)
        table = run.table("documents", ["doc_id", "spin_score", "story_id"])
        known = {doc: (score, story) for doc, score, story in zip(*table.values(), strict=True) if doc in truth}
        docs = sorted(truth)
        if all(known[doc][0] is None for doc in docs):
            yield row(f"lone-{name}-auc", None, least=auc)
            yield row(f"lone-{name}-recall", None, least=recall)
            continue
        spun = np.array([truth[doc] for doc in docs])
        scores = np.array(
            [-1.0 if known[doc][0] is None else known[doc][0] for doc in docs]
        )  # no score is no suspicion
        groups = [str(known[doc][1] or doc) for doc in docs]
        yield _row(f"lone-{name}-auc", area, scores, spun, groups, auc)
        yield _row(f"lone-{name}-recall", recall_at, scores, spun, groups, recall)


def _row(name: str, statistic: Statistic, scores: Floats, spun: Flags, groups: list[str], least: float) -> Row:
    flagged = scores >= 0.5
    return row(
        name,
        statistic(scores, spun),
        least=least,
        interval=bootstrap.interval(lambda rows: statistic(scores[rows], spun[rows]), groups),
        spun=int(spun.sum()),
        originals=int((~spun).sum()),
        without_score=round(float((scores == _UNKNOWN).mean()), 4),
        at_half={"spun": round(float(flagged[spun].mean()), 4), "originals": round(float(flagged[~spun].mean()), 4)},
    )


def area(scores: Floats, spun: Flags) -> float:
    """The area under the ROC curve: how often a spun document has the higher score of two; a tie counts half."""
    _values, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[places]  # ties share the mean of their ranks, counted from 1
    n = int(spun.sum())
    return float((ranks[spun].sum() - n * (n + 1) / 2) / (n * (len(spun) - n)))


def recall_at(scores: Floats, spun: Flags) -> float:
    """The share of spun documents above the lowest threshold that flags no more than ``ALARMS`` of the originals."""
    originals = np.sort(scores[~spun])[::-1]
    threshold = originals[int(ALARMS * len(originals))]
    return float((scores[spun] > threshold).mean())


def _pile(bench: Bench, rate: float) -> tuple[dict[str, bool], list[Story]]:
    """Which of the long stories are spun, and the pile; without those in which not so many words can be replaced."""
    made = {story.doc_id: spin(story.text, rate, bench.half) for story in newswire.originals(bench.half)}
    able = [doc for doc, own in made.items() if own.rate >= rate - SHORT]
    truth = {doc: at % 2 == 0 for at, doc in enumerate(able)}
    pile = []
    for story in newswire.stories():
        text = made[story.doc_id].text if truth.get(story.doc_id) else story.text
        pile.append(Story(story.doc_id, text, story.published_at))
    return truth, pile
