"""Which of two texts came first? The order of pairs whose order is known, mostly from the texts alone.

A pair of which a run says nothing has a probability of one half, which is never right. Of real histories, in which
neighbours may share nothing and a passage may be past recognition, two figures are given: of the pairs that the run
ties, which has the target, and of all.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import bootstrap
import histories
import numpy as np
from ancestry import edit_distance
from bootstrap import Rows
from histories import Article, Order, Story, words
from phylogeny import COVERAGE, Floats, accuracy, both_ways, brier, calibration_error, truth

from lineages import UNKNOWN, Bench, Figure, Row, Run, figure, row

EDITS = 10  # words, from which on a spun pair has a target
REWRITES = ("spun", "reword")
EXCERPTS = ("cut", "excerpt")
PAN_LEAST = 0.97


def ask(bench: Bench) -> Iterator[Row]:
    """Rows for each collection, and for how far the probabilities of orders can be believed."""
    yield from _simulated(bench)
    yield from _wikipedia(bench)
    yield from _pan(bench)
    yield from _updates(bench)
    yield _copies(bench)
    yield _calibration(bench)


def _simulated(bench: Bench) -> Iterator[Row]:
    stories, blind = bench.plain(metadata=False)
    _, seeing = bench.plain(metadata=True)
    texts = {article.id: article.text for story in stories for article in story.articles}
    spun = [
        order
        for order in _orders(stories, ("spun",))
        if edit_distance(words(texts[order.earlier]), words(texts[order.later])) >= EDITS
    ]
    remade = _orders(stories, REWRITES + EXCERPTS)
    everything = _orders(stories, None)
    for name, orders, least in (
        (f"order, spun, {EDITS} edits or more", spun, 0.92),
        ("order, rewrites and excerpts", remade, 0.85),
        ("order, all that differ", everything, None),
    ):
        yield row(
            name,
            _told(blind, orders, least=least),
            _told(seeing, orders, text=False),
            _by_length(orders, texts),
            pairs=len(orders),
            kinds=_by_kind(blind, orders),
        )


def _wikipedia(bench: Bench) -> Iterator[Row]:
    stories = histories.wikipedia(bench.half)
    articles = [article for story in stories for article in story.articles]
    run = bench.run("wikipedia", articles, metadata=False)
    orders = _orders(stories, None)
    by_length = _by_length(orders, {article.id: article.text for article in articles})
    tied = _tied(run, orders)
    yield row("order, Wikipedia, tied", _told(run, tied, least=0.81), pairs=len(tied))
    surest = _told(run, tied, least=0.87, coverage=COVERAGE)
    yield row(f"order, Wikipedia, tied, most certain {COVERAGE:.0%}", surest, pairs=len(tied))
    yield row("order, Wikipedia, all", _told(run, orders), None, by_length, **_found(run, orders))
    surest = _told(run, orders, coverage=COVERAGE)
    yield row(f"order, Wikipedia, all, most certain {COVERAGE:.0%}", surest, pairs=len(orders))


def _pan(bench: Bench) -> Iterator[Row]:
    articles, known = histories.pan(bench.half)
    texts = {article.id: article.text for article in articles}
    run = bench.run("pan", articles, metadata=False)
    for kind in histories.PAN_CLASSES:
        orders = [order for order in known if order.kind == kind]
        tied = _tied(run, orders)
        yield row(f"order, PAN {kind}, tied", _told(run, tied, least=PAN_LEAST), pairs=len(tied))
        yield row(f"order, PAN {kind}, all", _told(run, orders), None, _by_length(orders, texts), **_found(run, orders))


def _updates(bench: Bench) -> Iterator[Row]:
    articles, orders = histories.updates(bench.half)
    run = bench.run("updates", articles, metadata=False)
    by_length = _by_length(orders, {article.id: article.text for article in articles})
    yield row("order, Reuters follow-ups", _told(run, orders), None, by_length, **_found(run, orders))


def _copies(bench: Bench) -> Row:
    """Pairs of equal texts without metadata, of which an order is told all the same: in ``pairs``, in ``lineage``."""
    stories, run = bench.plain(metadata=False)
    by_text: dict[str, list[Article]] = defaultdict(list)
    for article in itertools.chain.from_iterable(story.articles for story in stories):
        by_text[run.digests[article.id]].append(article)
    pairs = [(a.id, b.id) for own in by_text.values() for a, b in itertools.combinations(own, 2)]
    told = {
        pair for pair in pairs if pair in run.said and any(value not in {None, UNKNOWN} for value in run.said[pair])
    }
    table = run.table("lineage", ("parent_id", "child_id", "direction_text", "direction_all"))
    for parent, child, *values in zip(*table.values(), strict=True):
        equal = parent in run.digests and run.digests[parent] == run.digests.get(child)
        if equal and any(value not in {None, UNKNOWN} for value in values):
            told.add((parent, child) if (parent, child) in pairs else (child, parent))
    return row("verbatim copies with an order", figure(len(told), most=0), pairs=len(pairs))


def _calibration(bench: Bench) -> Row:
    """Of all accepted pairs of a document and its visible ancestor, but equal texts."""
    figures, details = [], {}
    for metadata in (False, True):
        stories, run = bench.plain(metadata=metadata)
        orders = [
            Order(ancestor, doc, story.kind, story.name)
            for story in stories
            for doc, ancestors in truth(story).ancestors.items()
            for ancestor in sorted(ancestors)
            if run.digests[ancestor] != run.digests[doc] and (ancestor, doc) in run.said
        ]
        chances = np.array([run.chance(order, text=not metadata) for order in orders])
        value, interval = _error(chances, [order.group for order in orders])
        figures.append(figure(value, most=0.03, interval=interval))
        details["with metadata" if metadata else "text only"] = {
            "brier": round(brier(*both_ways(chances)), 4),
            "accuracy": round(accuracy(chances), 4),
            "pairs": len(orders),
        }
    return row("calibration error of directions", *figures, **details)


def _error(chances: Floats, groups: Sequence[str]) -> tuple[float, tuple[float, float]]:
    def error(rows: Rows) -> float:
        return calibration_error(*both_ways(chances[rows]))

    return error(np.arange(len(chances))), bootstrap.interval(error, groups)


def _orders(stories: Sequence[Story], how: Sequence[str] | None) -> list[Order]:
    return [order for story in stories for order in histories.orders(story, how)]


def _tied(run: Run, orders: Sequence[Order]) -> list[Order]:
    """The pairs that the run accepts."""
    return [order for order in orders if (order.earlier, order.later) in run.said]


def _told(
    run: Run, orders: Sequence[Order], *, text: bool = True, least: float | None = None, coverage: float = 1.0
) -> Figure:
    """The share of orders that is told rightly."""
    chances = np.array([run.chance(order, text=text) for order in orders])
    if not orders:
        return figure(None, least=least)
    interval = bootstrap.interval(lambda rows: accuracy(chances[rows], coverage), [order.group for order in orders])
    return figure(accuracy(chances, coverage), least=least, interval=interval)


def _found(run: Run, orders: Sequence[Order]) -> dict[str, float | None]:
    """How many orders there are, the share of which anything is said, and how often that is right."""
    chances = [run.chance(order, text=True) for order in orders]
    told = [chance for chance in chances if chance != UNKNOWN]
    share = len(told) / max(len(chances), 1)
    right = round(accuracy(told), 4) if told else None
    return {"pairs": len(orders), "told": round(share, 4), "right of told": right}


def _by_kind(run: Run, orders: Sequence[Order]) -> dict[str, dict[str, float | None]]:
    """The same for each way in which a document was made."""
    kinds = sorted({order.kind for order in orders})
    return {kind: _found(run, [order for order in orders if order.kind == kind]) for kind in kinds}


def _by_length(orders: Sequence[Order], texts: dict[str, str]) -> dict[str, float]:
    """What "longer is later" and the opposite reach."""
    longer = [len(words(texts[order.later])) - len(words(texts[order.earlier])) for order in orders]
    n = max(len(longer), 1)
    return {
        "longer is later": sum(difference > 0 for difference in longer) / n,
        "shorter is later": sum(difference < 0 for difference in longer) / n,
    }
