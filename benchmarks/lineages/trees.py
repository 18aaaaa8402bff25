"""Who was made of whom? The forests that were found, against the true ones and against simple rules."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import bootstrap
import histories
import numpy as np
from ancestry import DATE_BASELINES, TEXT_BASELINES, costs
from bootstrap import Rows
from histories import Story
from phylogeny import (
    Bools,
    Claim,
    Floats,
    Shape,
    Truth,
    brier,
    by_text,
    calibration_error,
    claims_by_text,
    shape,
    truth,
)

from lineages import MISSING, WRONG, Bench, Figure, Row, Run, figure, row

SMALL, LARGE = 10, 50  # documents of the stories that are compared with the spanning tree


class Judged(NamedTuple):
    """A story, how many of its nodes have a source to be found, and what was reached on it."""

    story: Story
    n_edges: int
    shape: Shape


def ask(bench: Bench) -> Iterator[Row]:
    """Rows for the stories of the simulator, their dates true and false, and for the real chains."""
    (stories, blind), (_, seeing) = bench.plain(metadata=False), bench.plain(metadata=True)
    yield _both(stories, (blind, seeing), "simulator", (None, 0.90))
    yield _wrong_dates(bench, stories, seeing)
    yield _against_tree(stories, blind)
    for name, chains, least in (
        ("http", histories.http(bench.half), (0.60, 0.95)),
        ("wikipedia", histories.wikipedia(bench.half), (None, None)),
    ):
        articles = [article for story in chains for article in story.articles]
        dated = any(article.published_at for article in articles)
        runs = [bench.run(name, articles, metadata=metadata) for metadata in ((False, True) if dated else (False,))]
        yield _both(chains, runs, name, least)
    yield _calibration(bench)
    yield _common(stories, (blind, seeing))


def judged(stories: Iterable[Story], claims: Mapping[str, Sequence[Claim]], *, metadata: bool) -> list[Judged]:
    """Judge what was found of each story; one in which nothing has a source says nothing.

    Documents that have neither a source nor a descendant are left out: they belong to no history (``sources``).

    Args:
        stories: the true histories.
        claims: by document.
        metadata: whether copies can be told apart; else a text with its copies is one node.
    """
    results = []
    for story in stories:
        found = [claim for article in story.articles for claim in claims.get(article.id, ())]
        true, own = viewed(story, found, metadata=metadata)
        related = {doc for doc, parents in true.parents.items() if parents}
        related |= {parent for parents in true.parents.values() for parent in parents}
        if related:
            kept = replace(true, parents={doc: own for doc, own in true.parents.items() if doc in related})
            n_edges = sum(bool(parents) for parents in kept.parents.values())
            results.append(Judged(story, n_edges, shape(kept, [claim for claim in own if claim.child in related])))
    return results


def viewed(story: Story, claims: Iterable[Claim], *, metadata: bool) -> tuple[Truth, list[Claim]]:
    """The truth and what was found, by document where there are metadata, else by text."""
    true = truth(story)
    if metadata:
        return true, list(claims)
    merged, node = by_text(true)
    return merged, claims_by_text(claims, node)


def dir_edges(results: Sequence[Judged], rows: Rows | None = None) -> float:
    """The share of all nodes with a source whose primary parent is right; of all stories, or as often as rows say."""
    chosen = np.arange(len(results)) if rows is None else rows
    reached = np.array([(own.shape.dir_edges * own.n_edges, own.n_edges) for own in results])[chosen].sum(axis=0)
    return float(reached[0] / reached[1])


def _edges_figure(results: Sequence[Judged], least: float | None = None) -> Figure:
    interval = bootstrap.interval(lambda rows: dir_edges(results, rows), [own.story.name for own in results])
    return figure(dir_edges(results), least=least, interval=interval)


def _shapes(results: Sequence[Judged]) -> dict[str, float]:
    """The other metrics, each the mean over stories."""
    return {
        name: round(float(np.mean([getattr(own.shape, name) for own in results])), 4)
        for name in Shape._fields
        if name != "dir_edges"
    }


def _rules(stories: Sequence[Story], *, texts: bool = True, dates: bool = True) -> dict[str, list[Judged]]:
    """What simple rules reach; they see the documents that are related, and no others."""
    chosen = (TEXT_BASELINES if texts else {}) | (DATE_BASELINES if dates else {})
    found: dict[str, dict[str, list[Claim]]] = {name: defaultdict(list) for name in chosen}
    for story in stories:
        parents = truth(story).parents
        related = {doc for child, own in parents.items() if own for doc in (child, *own)}
        articles = [article for article in story.articles if article.id in related]
        if articles:
            cost = costs(articles)
            for name, rule in chosen.items():
                for claim in rule(articles, cost):
                    found[name][claim.child].append(claim)
    return {name: judged(stories, own, metadata=name in DATE_BASELINES) for name, own in found.items()}


def _both(stories: Sequence[Story], runs: Sequence[Run], name: str, least: Sequence[float | None]) -> Row:
    """A row for stories that were run without metadata, and with them if there are two runs."""
    results = [judged(stories, run.claims, metadata=at > 0) for at, run in enumerate(runs)]
    rules = _rules(stories, dates=len(runs) > 1)
    figures = [_edges_figure(own, bound) for own, bound in zip(results, least, strict=False)]
    return row(
        f"dir_edges, {name}",
        figures[0],
        figures[1] if len(figures) > 1 else None,
        {rule: dir_edges(own) for rule, own in rules.items()},
        stories=len(results[0]),
        edges=sum(own.n_edges for own in results[0]),
        shapes={way: _shapes(own) for way, own in zip(("text only", "with metadata"), results, strict=False)}
        | {rule: _shapes(own) for rule, own in rules.items()},
    )


def _wrong_dates(bench: Bench, stories: Sequence[Story], seeing: Run) -> Row:
    """The loss when dates are wrong or missing, in the same stories."""
    veiled, run = bench.simulated("wrong-dates", metadata=True, wrong_dates=WRONG, missing_dates=MISSING)
    before, after = judged(stories, seeing.claims, metadata=True), judged(veiled, run.claims, metadata=True)

    def loss(rows: Rows) -> float:
        return dir_edges(before, rows) - dir_edges(after, rows)

    every, names = np.arange(len(before)), [own.story.name for own in before]
    rules = {rule: dir_edges(own) for rule, own in _rules(veiled, texts=False).items()}
    return row(
        f"dir_edges, loss with {WRONG:.0%} of dates wrong, {MISSING:.0%} missing",
        None,
        figure(loss(every), most=0.03, interval=bootstrap.interval(loss, names)),
        rules,
        reached=round(dir_edges(after), 4),
    )


def _against_tree(stories: Sequence[Story], blind: Run) -> Row:
    """How much more is right than in the spanning tree of least cost, in stories of middle size."""
    middle = [story for story in stories if SMALL <= len(story.articles) <= LARGE]
    ours = judged(middle, blind.claims, metadata=False)
    rules = _rules(middle, dates=False)
    theirs = rules["spanning tree"]

    def gain(rows: Rows) -> float:
        return dir_edges(ours, rows) - dir_edges(theirs, rows)

    every, names = np.arange(len(ours)), [own.story.name for own in ours]
    return row(
        f"dir_edges, {SMALL}-{LARGE} documents, more than the spanning tree",
        figure(gain(every), least=0.15, interval=bootstrap.interval(gain, names)),
        None,
        {rule: dir_edges(own) for rule, own in rules.items()},
        stories=len(middle),
        reached=round(dir_edges(ours), 4),
    )


def _calibration(bench: Bench) -> Row:
    """How far ``confidence`` is from what is so: of every parent named, every inferred source, every "none here"."""
    figures, details = [], {}
    for metadata in (False, True):
        cases: list[tuple[str, float, bool]] = []
        for stories, run in (bench.plain(metadata=metadata), bench.veiled(metadata=metadata)):
            for story in stories:
                true, claims = viewed(story, run.claims_of(story), metadata=metadata)
                for claim in claims:
                    verdict = true.verdict(claim)
                    if claim.confidence is not None and verdict is not None:
                        cases.append((story.name, claim.confidence, verdict))
        said, right = np.array([case[1] for case in cases]), np.array([case[2] for case in cases], np.bool_)
        value, interval = _error(said, right, [case[0] for case in cases])
        figures.append(figure(value, most=0.03, interval=interval))
        details["with metadata" if metadata else "text only"] = {
            "brier": round(brier(said, right), 4),
            "said": round(float(said.mean()), 4),
            "right": round(float(right.mean()), 4),
            "claims": len(cases),
        }
    return row("calibration error of confidence", *figures, **details)


def _common(stories: Sequence[Story], runs: Sequence[Run]) -> Row:
    """Of the pairs of texts that the likeliest history ties: is it right whether either was made of the other?"""
    figures, details = [], {}
    for run, way in zip(runs, ("text only", "with metadata"), strict=True):
        table = run.table("pairs", ("left_id", "right_id", "common_source"))
        told = {(left, right): said for left, right, said in zip(*table.values(), strict=True) if said is not None}
        cases: list[tuple[str, bool, bool]] = []
        for story in stories:
            true, node = by_text(truth(story))
            ids = sorted(article.id for article in story.articles)
            for ends in itertools.combinations(ids, 2):
                left, right = (node[end] for end in ends)
                if ends in told and left != right:
                    derived = left in true.ancestors[right] or right in true.ancestors[left]
                    cases.append((story.name, told[ends], not derived))
        said, so = (np.array([case[i] for case in cases], np.bool_) for i in (1, 2))

        def right_(rows: Rows, hits: Bools = said == so) -> float:
            return float(hits[rows].mean())

        interval = bootstrap.interval(right_, [case[0] for case in cases])
        figures.append(figure(right_(np.arange(len(cases))), interval=interval))
        details[way] = {"pairs": len(cases), "said": round(float(said.mean()), 4), "so": round(float(so.mean()), 4)}
    return row("common source or not, of pairs that the history ties", *figures, **details)


def _error(said: Floats, right: Bools, groups: Sequence[str]) -> tuple[float, tuple[float, float]]:
    def error(rows: Rows) -> float:
        return calibration_error(said[rows], right[rows])

    return error(np.arange(len(said))), bootstrap.interval(error, groups)
