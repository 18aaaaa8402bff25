"""A document as a page shows it: where each of its words comes from, what is its own, and what a synonym machine left.

Which source explains a word that several of them hold: an unseen source that stands in the place of the primary parent,
else the primary parent, then the further ones by rank, as the lineage itself counts (``lineage.parents``). Of one
source's passages that overlap, the longer one has the word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from dedup.report.compare import LIMIT, facts
from dedup.report.direction import stated
from dedup.report.edits import IntArray, words_of
from dedup.report.links import Links
from dedup.report.marking import Note, Run, Span, marked, precedence, spaced
from dedup.report.safe import visible
from dedup.result.words import derived, spin

Row = dict[str, Any]

_LONGEST_URL = 2000
_UNSEEN = "a source that is not in the pile"


class Taken(NamedTuple):
    """A parent of a document.

    Attributes:
        edge: row of ``lineage``.
        passages: rows of ``passages`` of the two; where others bear the same texts, of the pair that stands for them.
        side: on which side of these the document stands, ``left`` or ``right``.
    """

    edge: Row
    passages: Sequence[Row]
    side: str


class DocumentRows(NamedTuple):
    """What the tables say of a document.

    Attributes:
        document: row of ``documents``.
        parents: ascending by rank.
        roots: rows of ``lineage`` of the document that name no parent.
        unseen: rows of ``unseen`` that these name, each with the documents made of it as ``child_ids``.
        children: rows of ``lineage`` whose parent it is; ``n_children`` is how many there are in all.
        copies: some of the other documents of its cluster.
    """

    document: Row
    parents: Sequence[Taken]
    roots: Sequence[Row]
    unseen: Sequence[Row]
    children: Sequence[Row]
    n_children: int
    copies: Sequence[str]


class Relative(NamedTuple):
    """A document that another one derives from, or that derives from it.

    Attributes:
        href: of its section; ``compare``, of the pair's section; None where there is none.
    """

    label: str
    relation: str | None
    confidence: float | None
    href: str | None
    compare: str | None


class Source(NamedTuple):
    """A source of a document's words.

    Attributes:
        number: from 1, in order of precedence.
        share: of the document's words that it explains and none before it; None where the text cannot be read.
        sentences: how sure that is, and how it is known.
    """

    number: int
    relative: Relative
    share: float | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """All that a page says of a document.

    Attributes:
        key: of its section.
        story: address of its story's section; None where that is not shown.
        address: of its first publication; ``url`` is the same if a browser may follow it.
        kept: whether it stays, and ``reason`` why; ``stand_in`` is the document that does so for it.
        spin: what is said of its wording, in a sentence.
        sources: the legend; ``own`` is the share of its words that none of them explains.
        origins: of each marked stretch, by number, which source it comes from and where the page compares the two.
        runs: the text; None where it can no longer be read.
    """

    key: str
    label: str
    title: str
    story: str | None
    facts: tuple[str, ...]
    place: str
    address: str | None
    url: str | None
    kept: bool
    reason: str
    stand_in: Relative | None
    originality: float | None
    spin_score: float | None
    spin: str
    n_spin_places: int
    sources: tuple[Source, ...]
    own: float | None
    roots: tuple[str, ...]
    children: tuple[Relative, ...]
    n_children: int
    copies: tuple[Relative, ...]
    n_copies: int
    origins: tuple[tuple[int, str | None], ...]
    runs: tuple[Run, ...] | None


class _Claim(NamedTuple):
    """A source, and the stretches of the text that it claims, each with the place that compares the two."""

    relative: Relative
    sentences: tuple[str, ...]
    stretches: list[tuple[int, int, str | None]]


def document_views(
    rows: Sequence[DocumentRows], texts: Mapping[str, str], links: Links, *, limit: int = LIMIT
) -> list[DocumentView]:
    """What a page says of some documents.

    Args:
        texts: by ``doc_id``; of a document that lacks one, the text is not shown.
        links: where documents and pairs are shown.
        limit: characters of a text that are written at most; what is left out is counted.
    """
    ids = [row.document["doc_id"] for row in rows if row.document["doc_id"] in texts]
    words = words_of({doc_id: texts[doc_id] for doc_id in ids})
    nothing = np.zeros(0, np.int64)
    return [
        _document_view(row, texts.get(doc_id), words.of(doc_id) if doc_id in texts else nothing, links, limit)
        for row, doc_id in ((row, row.document["doc_id"]) for row in rows)
    ]


def coloured(
    text: str, claims: Sequence[Sequence[tuple[int, int]]], notes: Sequence[Note] = (), *, limit: int = LIMIT
) -> tuple[Run, ...]:
    """A text cut by the sources of its words.

    Args:
        claims: of each source, in order of precedence, its stretches; they are numbered from 0 throughout.
        notes: places of spin evidence.
        limit: characters that are written at most.
    """
    spans: list[Span] = []
    for stretches in claims:
        spans += precedence(Span(begin, end, number) for number, (begin, end) in enumerate(stretches, len(spans)))
    return marked(text, spans, notes=notes, limit=limit)


def _document_view(rows: DocumentRows, text: str | None, words: IntArray, links: Links, limit: int) -> DocumentView:
    document, doc_id = rows.document, rows.document["doc_id"]
    claims = _claims(rows, links)
    origins = [(number, there) for number, claim in enumerate(claims) for _, _, there in claim.stretches]
    notes = _spin_notes(document)
    runs, shares = None, None
    if text is not None:
        runs = coloured(text, [[(a, b) for a, b, _ in claim.stretches] for claim in claims], notes, limit=limit)
        shares = _shares(runs, words, [number for number, _ in origins], len(claims))
    return DocumentView(
        key=links.key(doc_id),
        label=doc_id,
        title=document["title"] or doc_id,
        story=links.story(document["story_id"]),
        facts=facts(document),
        place=f"{document['source_path']}, row {document['source_row']}",
        address=document["url"] or None,
        url=_link(document["url"] or ""),
        kept=document["kept"],
        reason=document["kept_reason"],
        stand_in=None if document["kept"] else _other(document["canonical_id"], doc_id, links),
        originality=document["originality"],
        spin_score=document["spin_score"],
        spin=spin(document),
        n_spin_places=len(notes),
        sources=tuple(
            Source(number, claim.relative, shares[number] if shares else None, claim.sentences)
            for number, claim in enumerate(claims)
        ),
        own=shares[-1] if shares else None,
        roots=tuple(line for row in rows.roots for line in _root(row, rows.unseen)),
        children=tuple(_relative(row, "child_id", doc_id, links) for row in sorted(rows.children, key=_doubt)),
        n_children=rows.n_children,
        copies=tuple(_other(copy, doc_id, links) for copy in rows.copies),
        n_copies=document["n_copies"],
        origins=tuple(origins),
        runs=None if runs is None else spaced(runs),
    )


def _claims(rows: DocumentRows, links: Links) -> list[_Claim]:
    """The sources of a document in order of precedence."""
    doc_id = rows.document["doc_id"]
    claims = []
    for source in rows.unseen:
        named = f"{_UNSEEN} ({source['label']})" if source["label"] else _UNSEEN
        held: list[tuple[int, int, str | None]] = [
            (place["begin"], place["end"], None) for place in source["passages"] if place["doc_id"] == doc_id
        ]
        claims.append(_Claim(Relative(named, None, source["probability"], None, None), (), held))
    for taken in rows.parents:
        relative = _relative(taken.edge, "parent_id", doc_id, links)
        claims.append(_Claim(relative, tuple(derived(taken.edge, ())), _stretches(taken, rows.document, relative)))
    return claims


def _stretches(taken: Taken, document: Row, relative: Relative) -> list[tuple[int, int, str | None]]:
    """What a parent explains: its passages; of an equal text that has none noted, all."""
    side = taken.side
    if not taken.passages and taken.edge["relation"] == "exact":
        return [(0, document["n_chars"], relative.compare)]
    at = f"{relative.compare}-{side[0]}" if relative.compare else None
    return [
        (row[f"{side}_begin"], row[f"{side}_end"], f"{at}{number}" if at else None)
        for number, row in enumerate(taken.passages, 1)
    ]


def _doubt(edge: Row) -> float:
    """Puts the surest edges first; those of no known confidence last."""
    return 1.0 if edge["confidence"] is None else -float(edge["confidence"])


def _relative(edge: Row, end: str, doc_id: str, links: Links) -> Relative:
    other = edge[end]
    return Relative(other, edge["relation"], edge["confidence"], links.document(other), links.pair(other, doc_id))


def _other(other: str, doc_id: str, links: Links) -> Relative:
    """A document of the same cluster."""
    return Relative(other, None, None, links.document(other), links.pair(other, doc_id))


def _root(row: Row, unseen: Sequence[Row]) -> list[str]:
    return [*derived(row, unseen), *(stated(item["detail"]) for item in row["evidence"])]


def _link(url: str) -> str | None:
    """The address if it is one of the web, and hides nothing."""
    safe = visible(url) == url and len(url) <= _LONGEST_URL and not any(map(str.isspace, url))
    return url if safe and url.lower().startswith(("https://", "http://")) else None


def _spin_notes(document: Row) -> list[Note]:
    """The places of spin evidence, each with what probably stood there."""
    if document["spin_score"] is None:
        return []
    pieces = document["spin_evidence"] or []
    return [Note(item["begin"], item["end"], number, item["original"] or "") for number, item in enumerate(pieces)]


def _shares(runs: Sequence[Run], words: IntArray, source_of: Sequence[int], n_sources: int) -> list[float]:
    """Of all words the share that each source explains, and last what none does.

    Args:
        words: first character of each word.
        source_of: of each span, by number.
    """
    ends = np.cumsum([run.size for run in runs])
    sources = np.array([n_sources if run.span is None else source_of[run.span] for run in runs] + [n_sources], np.int64)
    held = sources[np.searchsorted(ends, words, "right")]
    counts = np.bincount(held, minlength=n_sources + 1)
    return [float(count) / max(1, len(words)) for count in counts]
