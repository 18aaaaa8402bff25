"""The report without a mouse: every control can be reached, be seen to be reached, and be used."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import PHONE

KINDS = ("overview", "stories", "story-", "pair-", "doc-", "about")
REACHABLE = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(node => !node.disabled && node.checkVisibility({visibilityProperty: true}))
    .map((node, at) => (node.setAttribute('data-at', at), at))"""
AT = "Number(document.activeElement.dataset.at)"
MOST_STEPS = 500
FROM_THE_TOP = "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
LEAVE = "() => { const node = document.activeElement; node.blur(); return node.outerHTML.slice(0, 200); }"


def _view(tab, kind):
    """Show the first view of a kind."""
    tab.go(next(view for view in tab.views() if view.startswith(kind)))
    return tab.page


def _walk(page, key):
    """The numbers of the controls that a key reaches, from where the focus is until it leaves the page."""
    reached = []
    while True:
        page.keyboard.press(key)
        if page.evaluate("document.activeElement === document.body"):
            return reached
        reached.append(page.evaluate(AT))
        assert len(reached) <= MOST_STEPS, "the focus is caught"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_tab_reaches_every_control(seeds_report, opened, kind, size):
    """In each kind of view, Tab comes to all that can be pressed and is caught nowhere, forwards and backwards."""
    page = _view(opened(seeds_report, **({"viewport": size} if size else {})), kind)
    there = page.evaluate(REACHABLE)
    page.evaluate(FROM_THE_TOP)
    assert set(there) <= set(_walk(page, "Tab"))
    assert set(there) <= set(_walk(page, "Shift+Tab"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_focus_can_be_seen(seeds_report, opened, kind, scheme):
    """Wherever the keyboard stands, the picture differs from the one without focus."""
    page = _view(opened(seeds_report, color_scheme=scheme), kind)
    unseen = []
    page.evaluate(FROM_THE_TOP)
    for _ in page.evaluate(REACHABLE):
        page.keyboard.press("Tab")
        focused = page.screenshot()
        node = page.evaluate(LEAVE)
        if page.screenshot() == focused:
            unseen.append(node)
    assert unseen == []


def _press_until(page, key, script, most=MOST_STEPS):
    """Press a key until a script says yes of the element that has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(f"(node => {script})(document.activeElement)"):
            return
    pytest.fail(f"{most} times {key}, and never {script}")


def _go_on(page, key, focus):
    """Press a key, and wait until the focus is where the page puts it: it goes there once the view has changed."""
    page.keyboard.press(key)
    page.locator(f"{focus}:focus").wait_for()


def test_a_whole_visit_without_a_mouse(seeds_report, opened):
    """From the top to the story, over its filters and its edge to the passages and on to a document, and back."""
    page = opened(seeds_report).page
    _press_until(page, "Tab", "node.hash === '#stories'")
    _go_on(page, "Enter", "#stories h2")
    _press_until(page, "Tab", "node.hash?.startsWith('#story-')")
    _go_on(page, "Enter", "[data-view=story] h2")
    story = page.locator("[data-view=story]:visible")
    _press_until(page, "Tab", "node.type === 'checkbox'")
    page.keyboard.press("Space")
    story.locator(".edge").wait_for(state="hidden")
    page.keyboard.press("Space")
    story.locator(".edge").wait_for()
    _press_until(page, "Tab", "node.type === 'range'")
    page.keyboard.press("ArrowRight")
    expect(story.locator("output")).not_to_have_text(re.compile(r"^[0.]*$"))
    _press_until(page, "Tab", "node.classList.contains('edge')")
    _go_on(page, "Enter", "[data-view=pair] h2")
    page.locator("[data-view=pair] mark").filter(visible=True).first.wait_for()
    _press_until(page, "Tab", "node.hash?.startsWith('#doc-')")
    _go_on(page, "Enter", "[data-view=document] h2")
    _go_on(page, "Escape", "[data-view=pair] a[href^='#doc-']")
    _go_on(page, "Escape", "[data-view=story] .edge")


def test_search_without_a_mouse(seeds_report, opened):
    """A slash leads to the search, arrows through what is found, Enter to it, Escape out of it."""
    page = opened(seeds_report).page
    page.keyboard.press("/")
    page.keyboard.type("txt")
    results = page.get_by_role("search").get_by_role("link")
    results.first.wait_for()
    assert results.count() == 5
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(results.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_have_value("")
    expect(results.first).to_be_hidden()
    page.keyboard.type("belarus hosts")
    results.first.wait_for()
    page.keyboard.press("ArrowDown")
    _go_on(page, "Enter", "h2")
    page.get_by_role("heading", name="Belarus Hosts Negotiations").first.wait_for()
