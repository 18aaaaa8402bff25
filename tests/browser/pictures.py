"""The pictures of the documentation: the real report on the seeds, in a real browser.

``make pictures`` (``python -m tests.browser.pictures``) writes them to ``docs/pictures``.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import dedup
from tests.browser.chromium import DESKTOP, PHONE, chromium, open_tab

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
TO_THE_LONGEST = """sides => sides.forEach(side => {
    const size = mark => mark.textContent.length;
    const [longest] = [...side.querySelectorAll('mark')].sort((one, other) => size(other) - size(one));
    side.scrollTop = longest.offsetTop - 34;
})"""
LOW = {"width": 1120, "height": 540}  # texts fill a picture, and its file
SHOTS = {  # the view, and what the browser is
    "overview": ("overview", {"viewport": {**DESKTOP, "height": 1300}}),
    "story": ("story-", {}),
    "pair": ("pair-", {"viewport": LOW}),
    "document": ("doc-d0", {"viewport": {**LOW, "height": 700}}),
    "story-dark": ("story-", {"color_scheme": "dark"}),
    "phone": ("story-", {"viewport": PHONE, "device_scale_factor": 1.5, "has_touch": True, "is_mobile": True}),
}


def main() -> None:
    """Run on the seeds, write the report, take all pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(ROOT), chromium() as browser:
        report = Path(folder) / "report.html"
        dedup.run("seeds", out=Path(folder) / "seeds").report(report)
        for name, (kind, options) in SHOTS.items():
            tab = open_tab(browser, report, **{"viewport": DESKTOP, **options})
            tab.go(next(view for view in tab.views() if view.startswith(kind)))
            tab.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            tab.page.eval_on_selector_all(".side .text", TO_THE_LONGEST)
            size = options.get("viewport", DESKTOP)
            end = int(tab.page.locator("footer").bounding_box()["y"])  # nothing but the footer comes after it
            clip = {"x": 0, "y": 0, **size, "height": min(size["height"], end)}
            tab.page.screenshot(path=PICTURES / f"{name}.png", clip=clip)
            tab.page.context.close()


if __name__ == "__main__":
    main()
