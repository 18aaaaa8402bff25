"""The system's Chromium, driven by Playwright, and an account of all that a page does besides being shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # in a container its user is root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",  # the same colours in a picture on any machine
    "--disable-lcd-text",  # ... and no coloured fringes around letters
)
VIEWS = "[data-view]:not(#absent)"
PATIENCE = 10_000  # milliseconds that anything on the page may take
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def program() -> str | None:
    """The Chromium on the PATH, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser with a profile of its own.

    Raises:
        FileNotFoundError: no Chromium is on the PATH.
    """
    found = program()
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(NAMES)} is on the PATH (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Tab:
    """A report in a tab of its own.

    Attributes:
        requests: addresses of all that the page asked for, itself first.
        stopped: those of them that the policy of the page did not let out.
        troubles: errors, warnings, dialogs and windows, in words: a sound page has none.
    """

    page: Page
    requests: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._requested)
        self.page.on("requestfailed", self._failed)
        self.page.on("console", self._said)
        self.page.on("dialog", self._asked)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("crash", lambda _: self.troubles.append("crash"))
        self.page.on("popup", lambda page: self.troubles.append(f"window: {page.url}"))
        self.page.on("download", lambda download: self.troubles.append(f"download: {download.url}"))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))

    def _requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":
            self.stopped.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"console {message.type}: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def views(self) -> list[str]:
        """The names of all views: those in the page, and those that are packed until somebody asks for them."""
        there = self.page.eval_on_selector_all(VIEWS, "views => views.map(view => view.id)")
        packed = self.page.locator("#packed").get_attribute("data-names") or ""
        return [*there, *(name for name in packed.split() if name not in there)]

    def go(self, view: str) -> None:
        """Show a view, as ``overview`` or ``story-1``, the way a link does."""
        self.page.evaluate("view => { location.hash = view }", view)
        self.page.locator(f'[id="{view}"]').wait_for(state="visible")


def open_tab(browser: Browser, path: Path, **options: Any) -> Tab:
    """Open a report from disk in a fresh context; ``options`` are those of a context, as ``color_scheme``."""
    context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
    context.set_default_timeout(PATIENCE)
    tab = Tab(context.new_page())
    tab.page.goto(path.as_uri(), wait_until="load")
    if options.get("java_script_enabled", True):
        tab.page.wait_for_selector("html[data-ready]", state="attached")
    return tab
