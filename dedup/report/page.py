"""The page: all of its parts in one file, from which no request can go out.

What is written into it comes from outside and may be hostile. Everything is escaped by the templates, and the page
carries a content security policy that allows no script and no style but its own, known by their digests.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

import jinja2

from dedup.report import choose, draw, filters
from dedup.report.compose import Composition, compose
from dedup.report.draw import CSS
from dedup.result.summary import counted
from dedup.store import MADE, REPORT

if TYPE_CHECKING:
    from dedup.result import Result

_FIRST = (
    'document.documentElement.classList.add("js")'  # before anything is drawn: views that are not asked for stay hidden
)


@dataclass(frozen=True, slots=True)
class Report:
    """A page, and what it shows.

    Attributes:
        html: the page, whole.
        shown: how many of each there are on it.
        left_out: what it leaves out, in sentences.
    """

    html: str
    shown: dict[str, int]
    left_out: tuple[str, ...]

    @property
    def n_bytes(self) -> int:
        """Size of the page."""
        return len(self.html.encode())

    def to_dict(self) -> dict[str, Any]:
        """What the page shows and leaves out, as plain values."""
        return {"bytes": self.n_bytes, "shown": self.shown, "left_out": list(self.left_out)}

    def text(self) -> str:
        """The same in words."""
        nouns = {"stories": ("story", "stories"), "pairs": ("pair",), "documents": ("document",)}
        shown = ", ".join(counted(n, *nouns[name]) for name, n in self.shown.items())
        return "\n".join([f"{self.n_bytes / 1e6:.1f} MB. Shown: {shown}.", *self.left_out])


def render(result: Result, source: Sequence[Any] | None = None) -> Report:
    """Make the report of a run.

    Args:
        result: the run.
        source: where its texts are now, if they have moved.
    """
    made = environment()
    style = "\n".join([CSS, _asset("report.css"), _asset("pair.css")])
    script = _asset("report.js")
    composition = compose(result, source, made)
    html = made.get_template("page.html.j2").render(
        mark=MADE[REPORT],  # by which a run knows its own page
        policy=_policy([style], [_FIRST, script]),
        style=style,
        first=_FIRST,
        script=script,
        **_context(result, composition),
    )
    return Report(html, composition.shown, composition.left_out)


def _context(result: Result, page: Composition) -> dict[str, Any]:
    """What the templates of the fixed parts ask for."""
    whole = page.overview
    n_bins = len(whole.originality)
    edges = [edge / n_bins for edge in range(n_bins + 1)]
    flows = [draw.Flow(*flow) for flow in whole.flows]
    shown = [line for line in page.lines if line.story_id in page.kinds]
    return {
        "name": result.path.resolve().name,
        "record": result.record,
        "settings": result.config.to_toml().strip(),
        "page": page,
        "o": whole,
        "originality": {
            "edges": edges,
            "rows": [
                (f"{100 * low:.0f}–{high:.0%}", n)
                for (low, high), n in zip(itertools.pairwise(edges), whole.originality, strict=True)
            ],
        },
        "curve_rows": [(f"{jaccard:.1f}", f"{share:.3f}") for jaccard, share in whole.curve[::5]],
        "measured": [draw.Measured(*whole.measured)] if whole.measured else [],
        "recall": whole.recall,
        "flows": flows,
        "standings": draw.standings(flows),
        "leads": [*choose.leads(shown), *page.spun],
        "relations": sorted({name for line in page.lines for name in line.relations}),
    }


@functools.cache
def environment() -> jinja2.Environment:
    """Templates of the page; whatever they write is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("dedup.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= filters.FILTERS
    made.globals["draw"] = draw
    return made


@functools.cache
def _asset(name: str) -> str:
    return (resources.files("dedup.report") / "templates" / name).read_text("utf-8")


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    """What a browser may do with the page (Content Security Policy, level 3): nothing but its own style and script."""
    allowed = {
        "default-src": "'none'",
        "style-src": " ".join(map(_digest, styles)),
        "script-src": " ".join(map(_digest, scripts)),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in allowed.items())


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
