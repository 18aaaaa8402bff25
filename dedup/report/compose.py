"""Fill the page: stories in full, as many as fit, with pairs and documents; more with their lineage; all in a list.

Of a large story, the earliest documents have sections of their own, with the pairs among them. Nothing of one story
names a document of another. Sizes are measured on what is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import jinja2
import numpy as np
from markupsafe import Markup

from dedup.report import choose, texts
from dedup.report.compare import pair_views
from dedup.report.gather import MOST_DRAWN, TITLE_SHOWN, Gather
from dedup.report.links import Links
from dedup.report.members import Member, members_of
from dedup.report.origins import document_views
from dedup.report.overview import overview
from dedup.report.packed import Section, Sections
from dedup.report.safe import bounded
from dedup.report.search import index
from dedup.report.tables import floats
from dedup.report.views import Overview, Story, StoryLine, Tie
from dedup.result.summary import SUSPECTED, counted

if TYPE_CHECKING:
    from dedup.result import Result

_T = TypeVar("_T")

_LISTED = 2000  # stories in the list
_LINE = 300  # bytes of a line of it, without the title
_FIXED = 120_000  # bytes of style, script and overview
_PLAIN = 0.3  # of the page: what can be read without a script
_TEXTS, _ALONE, _DRAWN = 0.75, 0.8, 1.0  # how far stories with texts, lone documents and lineages may fill the rest
_MISSES = 5  # sections that do not fit, until no other is tried
_IN_FULL = 12  # documents of a story that have sections of their own, unless the whole pile fits
_WRITTEN = 18_000_000  # bytes of sections with texts that are written at most: a page is made in seconds
_SECTION = 4000  # bytes of a section without its texts, by a rough guess
_TEXT_SHOWN = 20_000  # characters of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """All parts of the page.

    Attributes:
        lines: the list of stories.
        kinds: of stories of which the page has more than a line: ``full`` or ``drawn``.
        sections: stories, pairs and documents as written.
        spun: the likeliest spun text without a story, if any is.
        index: what the search knows, packed.
        missing: why texts are missing, and of how many documents.
        shown: how many of each are shown.
        left_out: what is not, in sentences.
    """

    overview: Overview
    lines: list[StoryLine]
    kinds: dict[int, str]
    sections: Sections
    spun: list[choose.Lead]
    index: str
    missing: dict[str, int]
    shown: dict[str, int]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A story that may be shown in full.

    Attributes:
        line, story: as listed, and as drawn.
        documents, pairs: rows that have sections.
        ties: the pairs in words, where none of them is an edge.
    """

    line: StoryLine
    story: Story
    documents: list[int]
    pairs: list[int]
    ties: list[Tie]


def compose(result: Result, source: Sequence[Any] | None, templates: jinja2.Environment) -> Composition:
    """Choose what is shown, and write all sections of it."""
    gather = Gather(result)
    lines = gather.lines()
    listed = choose.in_turn(lines)[:_LISTED]
    search, n_unknown = index(gather)
    budget = choose.BUDGET - _FIXED - len(search) - sum(_LINE + len(line.title.encode()) for line in listed)
    n_each = _IN_FULL if _guessed(gather, range(len(gather.ids)), 3) > budget else MOST_DRAWN
    plans = list(_plans(gather, listed, n_each, _WRITTEN))
    alone = list(_alone(gather, _WRITTEN // 10))
    writer = _Writer(gather, plans, alone, source, templates)
    sections = Sections(int(_PLAIN * budget), int((1 - _PLAIN) * budget))
    full = _fitting(plans, lambda plan: sections.add(writer.full(plan), _TEXTS))
    alone = _fitting(alone, lambda at: sections.add([writer.document(at)], _ALONE))
    kinds = {plan.line.story_id: "full" for plan in full}
    rest = [line for line in listed if line.story_id not in kinds]
    drawn = _fitting(rest, lambda line: sections.add([writer.drawn(line)], _DRAWN))
    kinds |= {line.story_id: "drawn" for line in drawn}
    n_shown = len({row for plan in full for row in plan.documents}) + len(alone)
    n_pairs = sum(len(plan.pairs) for plan in full)
    return Composition(
        overview=overview(gather),
        lines=sorted(listed, key=lambda line: (-line.n_texts, -line.n_documents, line.story_id)),
        kinds=kinds,
        sections=sections,
        spun=_spun(gather, alone[:1]),
        index=search,
        missing=writer.missing,
        shown={"stories": len(kinds), "pairs": n_pairs, "documents": n_shown},
        left_out=(
            *choose.left_out(lines, len(full), len(drawn), len(listed)),
            *_of_documents(len(gather.ids), n_shown, n_unknown),
        ),
    )


def _spun(gather: Gather, alone: Iterable[int]) -> list[choose.Lead]:
    """Documents without a story, as far as they are spun: where to begin to read."""
    return [
        choose.Lead(
            f"#doc-{node.key}",
            bounded(node.title or node.label, TITLE_SHOWN),
            "spun, without a story",
            f"spin score {node.spin_score:.2f}",
        )
        for node in gather.nodes(alone)
        if (node.spin_score or 0.0) >= SUSPECTED
    ]


def _fitting(items: Iterable[_T], add: Callable[[_T], bool]) -> list[_T]:
    """Those that can be added; where several could not, no other is tried."""
    fit, misses = [], 0
    for item in items:
        if add(item):
            fit.append(item)
        elif (misses := misses + 1) == _MISSES:
            break
    return fit


def _of_documents(n: int, n_shown: int, n_left: int) -> Iterator[str]:
    if n_shown < n:
        yield f"Documents shown: {n_shown:,} of {n:,}."
    if n_left:
        yield f"The search does not know {counted(n_left, 'document')}; all are in documents.parquet."


def _guessed(gather: Gather, documents: Iterable[int], times: int = 1) -> int:
    """How many bytes some documents take, roughly, if each is shown so many times."""
    lengths = gather.lengths[list(documents)]
    return times * int((np.minimum(lengths, _TEXT_SHOWN) * 3 // 2 + _SECTION).sum())


def _plans(gather: Gather, order: Iterable[StoryLine], n_each: int, room: int) -> Iterator[Plan]:
    """Stories in their order as long as there may be room for them, by a rough guess of their size."""
    for line in order:
        if room < 0:
            return
        [story] = gather.stories([line.story_id], n_full=n_each)
        documents = gather.earliest(gather.drawn(line.story_id)[0], n_each)
        pairs = sorted(gather.row_of_pair(edge.pair) for edge in story.edges if edge.pair is not None)
        closest = [] if pairs else gather.closest(documents)
        pairs = pairs or sorted(closest)
        room -= _guessed(gather, [*documents, *gather.left[pairs], *gather.right[pairs]])
        yield Plan(line, story, documents, pairs, [gather.tie(row) for row in closest])


def _alone(gather: Gather, room: int) -> Iterator[int]:
    """Documents without a story, as many as there may be room for: the likeliest spun first, then as they came."""
    spun = np.nan_to_num(floats(gather.result.documents, "spin_score"))
    rows = np.flatnonzero(gather.story == 0)
    spun = np.where(spun >= SUSPECTED, spun, 0.0)[rows]
    for at in rows[np.lexsort((rows, -spun))].tolist():
        room -= _guessed(gather, [at])
        if room < 0:
            return
        yield at


class _Writer:
    """Writes sections.

    Args:
        plans: stories that may be shown in full.
        alone: documents without a story that may be shown.
        source: where the texts are now, if they have moved.
    """

    def __init__(
        self,
        gather: Gather,
        plans: Sequence[Plan],
        alone: Sequence[int],
        source: Sequence[Any] | None,
        templates: jinja2.Environment,
    ) -> None:
        self._gather = gather
        self._templates = {name: templates.get_template(f"{name}.html.j2") for name in ("story", "pair", "document")}
        pairs = [row for plan in plans for row in plan.pairs]
        shown = {row for plan in plans for row in plan.documents} | set(alone)
        rows = sorted(shown | {*gather.left[pairs].tolist(), *gather.right[pairs].tolist()})
        records = gather.documents.take(rows)
        read = texts.read(gather.result, records, source)
        self.missing = read.missing
        keys = {row["doc_id"]: f"d{at}" for at, row in zip(rows, records, strict=True)}
        links = Links(
            keys,
            {f"d{at}" for at in shown},
            {gather.pair_key(row) for row in pairs},
            {plan.line.story_id for plan in plans},
        )
        self._pairs = dict(
            zip(
                pairs,
                pair_views([gather.pair_rows(row) for row in pairs], read.by_id, links, limit=_TEXT_SHOWN),
                strict=True,
            )
        )
        documents = sorted(shown)
        self._documents = dict(
            zip(
                documents,
                document_views([gather.document_rows(at) for at in documents], read.by_id, links, limit=_TEXT_SHOWN),
                strict=True,
            )
        )

    def full(self, plan: Plan) -> list[Section]:
        """A story with its pairs and documents."""
        members = members_of(self._gather, plan.story, set(plan.documents), set(plan.pairs))
        return [
            self._story(plan.line, plan.story, members, ties=plan.ties, n_full=len(plan.documents)),
            *(self._pair(row) for row in plan.pairs),
            *(self.document(at) for at in plan.documents),
        ]

    def drawn(self, line: StoryLine) -> Section:
        """A story with its lineage only."""
        [story] = self._gather.stories([line.story_id])
        return self._story(line, story, members_of(self._gather, story, set(), set()), ties=[], n_full=0)

    def document(self, at: int) -> Section:
        """A document."""
        return Section(f"doc-d{at}", self._rendered("document", document=self._documents[at]))

    def _pair(self, row: int) -> Section:
        return Section(f"pair-{self._gather.pair_key(row)}", self._rendered("pair", pair=self._pairs[row]))

    def _story(self, line: StoryLine, story: Story, members: list[Member], **more: Any) -> Section:
        html = self._rendered("story", line=line, story=story, members=members, **more)
        return Section(f"story-{line.story_id}", html)

    def _rendered(self, name: str, **values: Any) -> Markup:
        return Markup(self._templates[name].render(**values))  # noqa: S704  # the template has escaped it
