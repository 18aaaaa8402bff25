"""One browser for all tests of a process, and the reports that they open."""

from __future__ import annotations

import gzip
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

import dedup
from tests.browser.chromium import Tab, chromium, open_tab, program

N_NEWSWIRE = 5_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium; without one the tests are skipped, but not where a change must be proved sound."""
    if program() is None and os.environ.get("CI", "").lower() not in {"1", "true"}:
        pytest.skip("no Chromium on the PATH (Debian: apt-get install chromium)")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session", autouse=True)
def _first(browser: Browser) -> None:
    """Where there is no browser, no report is made either."""


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Opens a report in a tab; afterwards no tab may have had any trouble, or have asked for anything but its file."""
    tabs: list[Tab] = []

    def open_one(path: Path, **options: Any) -> Tab:
        tabs.append(open_tab(browser, path, **options))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.page.context.close()
    assert [trouble for tab in tabs for trouble in tab.troubles] == []
    assert {len(tab.requests) for tab in tabs} <= {1}, [tab.requests[1:] for tab in tabs]


@pytest.fixture(scope="session")
def seeds_report(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the five seed articles."""
    out = tmp_path_factory.mktemp("seeds")
    dedup.run(seeds, out=out).report(out / "report.html")
    return out / "report.html"


@pytest.fixture(scope="session")
def newswire_report(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on 5,000 documents of Reuters-21578; skipped where the data are absent."""
    folder = tmp_path_factory.mktemp("newswire")
    source = folder / "reuters.jsonl"
    with gzip.open(data / "reuters-21578.jsonl.gz", "rt", encoding="utf-8") as lines:
        source.write_text("".join(itertools.islice(lines, N_NEWSWIRE)), encoding="utf-8")
    dedup.run(source, out=folder / "out").report(folder / "report.html")
    return folder / "report.html"
