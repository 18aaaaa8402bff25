"""The report in a real browser: it is read, searched, filtered and walked through as a reader would."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.chromium import PHONE, VIEWS

FIRST, SECOND = "001_8683e412f98dc48b.txt", "000_38826c91f0b48928.txt"
SHARED = "a close Russian ally, welcomed the opportunity to host the Russia-Ukraine talks"  # in both, word for word
SERIOUS = {"serious", "critical"}
CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
CAN_BE_SEEN = "node => node.checkVisibility({visibilityProperty: true, opacityProperty: true})"
EDGES = "svg a.edge"


def _one_of_each(tab):
    """A view of each kind: the last one, which is packed where any is."""
    views = tab.views()
    return [[view for view in views if view.startswith(kind)][-1] for kind in ("overview", "story-", "pair-", "doc-")]


def _shown(tab, selector):
    """How many elements can be seen."""
    return sum(tab.page.eval_on_selector_all(selector, f"nodes => nodes.map({CAN_BE_SEEN})"))


def _overflow(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("report", ["seeds_report", "newswire_report"])
def test_a_report_opens_from_disk(report, request, opened):
    """Every view of the page comes up, without an error and without a single request (the fixture sees to that)."""
    tab = opened(request.getfixturevalue(report))
    views = tab.views()
    assert {view.partition("-")[0] for view in views} == {"overview", "stories", "about", "story", "pair", "doc"}
    for view in views[:: len(views) // 50 + 1]:
        tab.go(view)
        assert _shown(tab, VIEWS) == 1
    assert all(url.startswith("file:") for url in tab.requests)


def test_an_edge_leads_to_the_passages_of_its_pair(seeds_report, opened):
    """In the lineage of the seeds, a click on the edge 001 -> 000 shows what the two share, marked, side by side."""
    tab = opened(seeds_report)
    tab.go(next(view for view in tab.views() if view.startswith("story-")))
    edge = tab.page.locator(EDGES)
    assert edge.count() == 1
    for end, name in (("parent", FIRST), ("child", SECOND)):
        assert name in tab.page.locator(f"#doc-{edge.get_attribute(f'data-{end}')}").text_content()
    edge.locator(".head").click()
    pair = tab.page.locator(edge.get_attribute("href"))
    pair.wait_for(state="visible")
    marked = pair.locator("mark", has_text="welcomed the opportunity to host")
    assert marked.count() == 2
    assert all(mark.is_visible() for mark in marked.all())
    pair.get_by_title(re.compile("passage 1, verbatim: see it on the right")).click()
    pair.locator(".side").nth(1).locator(":target").wait_for()


def test_search_finds_a_document(seeds_report, opened):
    """Words of a title bring up the document; Enter leads there."""
    tab = opened(seeds_report)
    tab.page.get_by_role("searchbox").fill("belarus hosts")
    found = tab.page.get_by_role("link", name=re.compile("Belarus Hosts Negotiations"))
    found.first.wait_for(state="visible")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("heading", name=re.compile("Belarus Hosts Negotiations")).wait_for(state="visible")


def test_search_finds_a_document_of_thousands(newswire_report, opened):
    """Among 5,000 documents, an id is found, and what is not there is said not to be."""
    tab = opened(newswire_report)
    box = tab.page.get_by_role("searchbox")
    identity = tab.page.locator("svg a.node title").first.text_content().split()[0]
    box.fill(identity)
    tab.page.get_by_role("link", name=re.compile(identity)).first.wait_for(state="visible")
    box.fill("no such words in any title")
    tab.page.get_by_role("status").get_by_text(re.compile("no|0")).first.wait_for(state="visible")


def test_filters_hide_edges(seeds_report, opened):
    """A relation that is unticked, and a confidence that is not reached, take the edge away and bring it back."""
    tab = opened(seeds_report)
    tab.go(next(view for view in tab.views() if view.startswith("story-")))
    story = tab.page.locator("[id^=story-]:visible")
    edge = story.locator(EDGES)
    box = story.get_by_role("checkbox", name=re.compile("partial"))
    box.uncheck()
    edge.wait_for(state="hidden")
    box.check()
    edge.wait_for()
    story.get_by_role("slider").press("End")
    edge.wait_for(state="hidden")
    story.get_by_role("slider").press("Home")
    edge.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("report", ["seeds_report", "newswire_report"])
def test_nobody_is_shut_out(report, request, opened, scheme, size):
    """axe-core finds no serious violation in any kind of view, light and dark, on a desk and on a phone."""
    options = {"color_scheme": scheme, **({"viewport": size} if size else {})}
    for view in _one_of_each(opened(request.getfixturevalue(report))):
        tab = opened(request.getfixturevalue(report), **options)
        tab.go(view)
        tab.page.eval_on_selector_all(VIEWS, "(views, id) => views.forEach(v => v.id === id || v.remove())", view)
        results = Axe().run(tab.page)
        found = [violation for violation in results.response["violations"] if violation["impact"] in SERIOUS]
        assert found == [], f"{view}\n{results.generate_report()}"


@pytest.mark.parametrize("report", ["seeds_report", "newswire_report"])
def test_a_phone_is_wide_enough(report, request, opened):
    """At 390 pixels no view makes the page scroll sideways."""
    tab = opened(request.getfixturevalue(report), viewport=PHONE, has_touch=True, is_mobile=True)
    for view in _one_of_each(tab):
        tab.go(view)
        assert _overflow(tab.page) <= 0, view


def test_everything_prints(seeds_report, opened):
    """From the overview all views are printed one after another, from another that one; no control, nothing cut off."""
    tab = opened(seeds_report)
    tab.page.emulate_media(media="print")
    assert _shown(tab, VIEWS) == len(tab.views())
    assert not tab.page.get_by_role("searchbox").is_visible()
    tab.go(next(view for view in tab.views() if view.startswith("pair-")))
    assert _shown(tab, VIEWS) == 1
    cut = "nodes => nodes.filter(node => node.scrollHeight > node.clientHeight + 1).length"
    assert tab.page.eval_on_selector_all("[data-view=pair] .text", cut) == 0


def test_it_can_be_read_without_javascript(seeds_report, opened):
    """Where scripts are off all views can be read and linked, and no control is left that does nothing."""
    tab = opened(seeds_report, java_script_enabled=False)
    assert _shown(tab, VIEWS) == len(tab.views())
    assert not tab.page.get_by_role("searchbox").is_visible()
    assert tab.page.locator("body").text_content().count(SHARED) >= 2  # each of the two documents


def test_without_javascript_it_says_what_is_missing(newswire_report, opened):
    """What is packed cannot be read without scripts: the page says so, and shows the rest."""
    tab = opened(newswire_report, java_script_enabled=False)
    there = _shown(tab, VIEWS)
    assert 50 < there < len(tab.views())
    told = tab.page.locator("noscript")
    assert told.is_visible()
    assert "packed" in told.text_content()
    assert f"{len(tab.views()) - there:,}" in told.text_content()
