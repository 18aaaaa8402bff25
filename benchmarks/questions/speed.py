"""How many documents a second the whole command does, with all channels, on Reuters-21578."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterator

import newswire

from questions import Bench, Row, row


def ask(bench: Bench) -> Iterator[Row]:
    """The median of some runs after one to warm up."""
    source = newswire.DATA / "reuters-21578.jsonl.gz"
    bench.run("speed", source)
    runs = [bench.run("speed", source).took for _ in range(bench.rounds)]
    median = statistics.median(own["wall"] for own in runs)
    yield row("speed", round(len(newswire.stories()) / median), least=3000, runs=runs, cores=os.cpu_count())
