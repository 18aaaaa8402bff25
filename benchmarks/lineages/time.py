"""How long does a large story take?"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from simulator import stories
from syndication.settings import Settings

from lineages import SEED, Bench, Row, figure, row

SIZES = {1000: 10.0, 3000: None}  # documents of one story, and the seconds that it may take


def ask(bench: Bench) -> Iterator[Row]:
    """Rows for the wall time of the whole command, start included, median of the rounds."""
    for size, most in SIZES.items():
        settings = Settings(name=f"story of {size}", least=size, median=float(size), most=size, singles=0.0)
        articles = [article for story in stories(1, settings, bench.half, SEED) for article in story.articles]
        runs = [bench.run(f"time-{size}", articles, metadata=True, again=True) for _ in range(bench.rounds)]
        walls = [run.took["wall"] for run in runs]
        yield row(
            f"seconds, a story of {size:,} documents",
            None,
            figure(statistics.median(walls), most=most),
            walls=walls,
            stages=runs[-1].seconds,
            documents=len(articles),
        )
