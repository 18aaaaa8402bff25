"""What a notebook shows of a run: its numbers and its largest story; and a story's lineage as a picture of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from markupsafe import Markup

from dedup.report.draw.lineage import lineage
from dedup.report.draw.palette import variables
from dedup.report.draw.style import FACE, RULES, SCROLL
from dedup.report.gather import Gather
from dedup.report.safe import bounded, visible
from dedup.report.views import Story
from dedup.result.summary import counted, summarise

if TYPE_CHECKING:
    from dedup.result import Result

_DARK = ('[data-jp-theme-light="false"]', ".vscode-dark")  # how JupyterLab and Visual Studio Code say so
_LIGHT = ('[data-jp-theme-light="true"]', ".vscode-light")
_TABLE = f"""\
.dedup{{font:14px/1.45 {FACE};color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:8px;
padding:14px 16px;max-width:1000px;font-variant-numeric:tabular-nums}}
.dedup .heading{{font-weight:600;margin:0 0 8px}}
.dedup .note{{color:var(--ink-2);font-weight:400}}
.dedup table{{font:inherit;color:inherit;border-collapse:collapse;margin:0 0 14px}}
.dedup th,.dedup td{{text-align:left;vertical-align:top;padding:3px 20px 3px 0;border:0;background:none;color:inherit}}
.dedup th{{font-weight:400;color:var(--ink-2)}}
.dedup td.number{{text-align:right}}
"""
_TITLE_SHOWN = 120

_PAGE = Markup(
    '<div class="dedup"><style>{style}</style><p class="heading">{heading} <span class="note">· {path}</span></p>'
    "<table><tbody>{rows}</tbody></table>{story}</div>"
)
_ROW = Markup('<tr><th scope="row">{}</th><td class="number">{}</td><td class="note">{}</td></tr>')
_STORY = Markup(
    '<p class="heading">Largest story: {title} <span class="note">· {size}</span></p>'
    '<div class="scroll" tabindex="0" role="region" aria-label="Lineage of the largest story">{picture}</div>'
)


def html(result: Result) -> str:
    """The run as a notebook shows it: what was found in numbers, and the lineage of the largest story."""
    found = summarise(result)
    page = _PAGE.format(
        style=Markup(_scoped(".dedup") + RULES + SCROLL + _TABLE),  # noqa: S704 - ours
        heading=counted(found["n_documents"], "document"),
        path=visible(bounded(found["path"], _TITLE_SHOWN)),
        rows=Markup("").join(_ROW.format(*row) for row in _rows(result)),
        story=_largest(result),
    )
    return str(page)


def lineage_svg(result: Result, story_id: int) -> str:
    """The lineage of a story as SVG that needs nothing else: for a notebook, or to be written to a file.

    Args:
        result: the run.
        story_id: as in the tables ``documents`` and ``stories``.

    Raises:
        UnknownDocumentError: there is no such story.
    """
    return str(_picture(Gather(result).stories([story_id])[0], style=_scoped("svg.drawing") + RULES))


def _scoped(scope: str) -> str:
    """The colours for one element and what is in it, as dark as the notebook or else the reader's system."""
    dark, light = (",".join(f"{theme} {scope}" for theme in themes) for themes in (_DARK, _LIGHT))
    return variables(scope, dark, light)


def _picture(story: Story, style: str | None = None) -> Markup:
    return lineage(story, linked=False, style=style)


def _rows(result: Result) -> list[tuple[str, str, str]]:
    """What there is, how many, and what is meant."""
    found = summarise(result)
    kinds, reasons = (
        ", ".join(f"{n:,} {name}" for name, n in found[counts].items())
        for counts in ("pairs_by_relation", "rejects_by_reason")
    )
    unseen = f"and {counted(found['n_unseen'], 'unseen source')}" if found["n_unseen"] else ""
    rows = [
        ("Pairs", found["n_pairs"], kinds),
        ("Clusters of copies", found["n_clusters"], f"{counted(found['n_removed'], 'document')} need not be kept"),
        ("Stories", found["n_stories"], "groups of documents that share text"),
        ("Derivations", found["n_edges"], unseen),
        ("Spun texts", found["n_spun"], "worded by a synonym machine, more likely than not"),
        ("Rejects", found["n_rejects"], reasons),
    ]
    written = [(name, f"{n:,}", meaning) for name, n, meaning in rows if n]
    recall = found["recall"]
    if recall["expected"]:
        tested = f"{recall['found']:,} of {recall['expected']:,} pairs of {recall['sampled']:,} sampled texts"
        written.append(("Recall", f"{recall['share']:.3f}", tested))
    return written


def _largest(result: Result) -> Markup:
    """The story of most texts; of several, the first. Empty where there is none."""
    if not result.stories.num_rows:
        return Markup("")
    keys = [("n_clusters", "descending"), ("n_documents", "descending"), ("story_id", "ascending")]
    first: pa.Table = result.stories.sort_by(keys).slice(0, 1)
    story = Gather(result).stories(first.column("story_id").to_pylist())[0]
    size = counted(story.n_documents, "document")
    return _STORY.format(title=visible(bounded(story.title, _TITLE_SHOWN)), size=size, picture=_picture(story))
