"""How long the report of 10,000 documents takes, how large it is, and how soon a browser has it ready.

Usage: ``python benchmarks/look.py [--documents 10000] [--rounds 3] [--work FOLDER]``. Two piles: the first stories of
Reuters-21578, of which few share text, and histories of ``simulator.py``, of which nearly all do. ``dedup report`` is a
process of its own; the page is opened from disk in a fresh profile. Exits with 1 where a target is missed, with 2 where
the data or Chromium are absent.
"""

from __future__ import annotations

import argparse
import dataclasses
import gzip
import itertools
import json
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import machine
import newswire
import simulator
from environments import work_folder
from histories import HALVES
from measure import measured
from syndication.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))  # the tests have the browser

from tests.browser.chromium import chromium, open_tab, program  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RESULTS = ROOT / "benchmarks" / "results" / "look.json"
MOST_SECONDS, MOST_BYTES, MOST_READY = 20.0, 5_000_000, 2.0
STORIES = 900  # of a half; 10,000 documents take a little more than that
SEED = 7
TIMES = """() => ({
    load: performance.getEntriesByType("navigation")[0].loadEventEnd,
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    script: performance.getEntriesByName("ready")[0].startTime,
})"""


def reuters() -> Iterator[str]:
    """The newswire's stories, each a line of JSON."""
    with gzip.open(newswire.DATA / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from lines


def simulated() -> Iterator[str]:
    """The articles of simulated histories, each a line of JSON."""
    for half in HALVES:
        for story in simulator.stories(STORIES, Settings(), half, SEED):
            for article in story.articles:
                yield json.dumps(dataclasses.asdict(article), default=str) + "\n"


PILES = {"reuters": reuters, "simulated": simulated}


def finished_run(name: str, n: int, work: Path) -> Path:
    """The folder of a finished run on so many documents of a pile."""
    folder = work / "look" / f"{name}-{n}"
    source, out = folder / f"{name}.jsonl", folder / "out"
    if not source.exists():  # the same every time
        folder.mkdir(parents=True, exist_ok=True)
        source.write_text("".join(itertools.islice(PILES[name](), n)), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    measured([sys.executable, "-m", "dedup", "run", str(source), "-o", str(out), "--quiet"])
    return out


def opened(browser: Browser, page: Path) -> dict[str, float]:
    """Open a page once; seconds from the start of the navigation.

    ``ready`` is when all is loaded and painted and the script has done its set-up; ``answered`` is when the first
    search has its answer, and ``brought`` how long the first view that is packed takes to appear, by the clock of this
    process.
    """
    began = time.perf_counter()
    tab = open_tab(browser, page)
    times = {name: milliseconds / 1000 for name, milliseconds in tab.page.evaluate(TIMES).items()}
    tab.page.get_by_role("searchbox").fill("a")
    tab.page.get_by_role("status").filter(visible=True).first.wait_for()
    answered = time.perf_counter() - began
    began = time.perf_counter()
    tab.go(tab.views()[-1])
    brought = time.perf_counter() - began
    tab.page.context.close()
    if tab.troubles or len(tab.requests) != 1:
        raise SystemExit(f"{page} has troubles: {tab.troubles + tab.requests[1:]}")
    return {**times, "ready": max(times.values()), "answered": answered, "brought": brought}


def row(name: str, n: int, work: Path, rounds: int, browser: Browser) -> dict[str, Any]:
    """Medians and single rounds of one pile."""
    out = finished_run(name, n, work)
    page = out / "report.html"
    command = [sys.executable, "-m", "dedup", "report", str(out)]
    written = [measured(command) for _ in range(rounds)]
    looked = [opened(browser, page) for _ in range(rounds)]
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    figures = {
        "seconds": statistics.median(run["wall"] for run in written),
        "bytes": page.stat().st_size,
        "ready": statistics.median(look["ready"] for look in looked),
    }
    return {
        "pile": name,
        "documents": record["records_read"],
        "pairs": record["files"]["pairs.parquet"]["rows"],
        "run_seconds": record["seconds"]["all"],
        **figures,
        "met": {
            f"seconds <= {MOST_SECONDS}": figures["seconds"] <= MOST_SECONDS,
            f"bytes <= {MOST_BYTES}": figures["bytes"] <= MOST_BYTES,
            f"ready <= {MOST_READY}": figures["ready"] <= MOST_READY,
        },
        "written": written,
        "looked": looked,
    }


def table(rows: list[dict[str, Any]]) -> str:
    """The medians as a Markdown table."""
    lines = ["| pile | documents | pairs | report, s | size, MB | ready, s | first answer, s |", "|---|" + "---|" * 6]
    for found in rows:
        answered = statistics.median(look["answered"] for look in found["looked"])
        size = f"{found['documents']:,} | {found['pairs']:,} | {found['seconds']:.1f} | {found['bytes'] / 1e6:.2f}"
        lines.append(f"| {found['pile']} | {size} | {found['ready']:.2f} | {answered:.2f} |")
    return "\n".join(lines)


def main() -> int:
    """Measure, print and write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for piles and runs")
    options = parser.parse_args()
    if program() is None or not newswire.DATA.is_dir():
        print(f"Wanted: chromium on the PATH, and the data in {newswire.DATA} (DEDUP_DATA).", file=sys.stderr)
        return 2
    with chromium() as browser:
        rows = [row(name, options.documents, options.work, options.rounds, browser) for name in PILES]
        version = browser.version
    results = {"rows": rows, "machine": {**machine.describe(), "chromium": version}}
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(table(rows))
    missed = [f"{found['pile']}: {target}" for found in rows for target, met in found["met"].items() if not met]
    for target in missed:
        print(f"MISSED: {target}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
