"""How near is a lineage that was found to the true one? Metrics after the literature of phylogeny.

Trees are judged as in Marmerola et al. 2016 ("On the reconstruction of text phylogeny trees") and, where a story has
several roots, as in Costa et al. 2014 ("Image phylogeny forests reconstruction"); probabilities by accuracy, by Brier's
score and by the expected calibration error (Naeini et al. 2015).

**Hidden documents.** The true parent of a document is its nearest visible ancestor, along each line of its descent: a
hidden parent is passed over. A document with no visible ancestor should have no parent. A visible *verbatim copy* of a
hidden document has its very text, so that to name it in place of the hidden one is neither right nor wrong.

**Equal texts.** Nothing tells verbatim copies apart but metadata. Without any, a text with all its copies is one node
(``by_text``); with dates, documents are the nodes, and a parent with the text of the true one is right, unless it
descends from the child.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from histories import Story, words

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

BINS = 10  # of the calibration error, of equal mass
COVERAGE = 0.8  # the share of the pairs that are told with most certainty
COPY = "copy"  # how a verbatim copy is made


class Claim(NamedTuple):
    """A row of the lineage that was found: a parent of a document, or that it has none.

    Attributes:
        parent: None where none is named; of an inferred source the nearest document that it descends from, if any.
        unseen: name of the inferred source between them; None where there is none.
    """

    child: str
    parent: str | None
    rank: int
    confidence: float | None
    unseen: str | None = None


@dataclass(frozen=True)
class Truth:
    """The true history of a story, as far as it can be seen.

    Attributes:
        parents: of each node its nearest visible ancestors, that of the primary line first.
        ancestors: of each node all its visible ancestors.
        alike: of each node those with the very text of one of its hidden ancestors.
        text: of each node what stands for its text; nodes of equal texts have the same.
        orphans: nodes whose own parent is hidden.
    """

    parents: dict[str, tuple[str, ...]]
    ancestors: dict[str, frozenset[str]]
    alike: dict[str, frozenset[str]]
    text: dict[str, str]
    orphans: frozenset[str]

    def right(self, child: str, parent: str) -> bool:
        """Whether this is a true parent, or one with its text that does not descend from the child."""
        own = self.parents.get(child, ())
        if parent in own:
            return True
        same = parent in self.text and any(self.text[parent] == self.text[one] for one in own)
        return same and parent != child and child not in self.ancestors[parent]

    def verdict(self, claim: Claim) -> bool | None:
        """Whether a claim is true; None where it is neither true nor false."""
        if claim.unseen is not None:
            return claim.child in self.orphans
        if claim.parent is None:
            return not self.parents[claim.child]
        if claim.parent in self.alike.get(claim.child, ()):
            return None
        return self.right(claim.child, claim.parent)


def truth(story: Story) -> Truth:
    """What is true of the visible documents of a story, document by document."""
    ids = [article.id for article in story.articles]
    visible = frozenset(ids)
    copies: dict[str, set[str]] = defaultdict(set)
    for child, own in story.parents.items():
        if own and own[0] in story.hidden and child in visible and story.how.get(child) == COPY:
            copies[own[0]].add(child)
    lines = {doc: frozenset(_upward(doc, story.parents)) for doc in ids}
    return Truth(
        parents={doc: tuple(dict.fromkeys(_nearest(doc, story.parents, visible))) for doc in ids},
        ancestors={doc: lines[doc] & visible for doc in ids},
        alike={doc: frozenset(copy for one in lines[doc] for copy in copies.get(one, ())) - {doc} for doc in ids},
        text={article.id: " ".join(words(article.text)) for article in story.articles},
        orphans=frozenset(doc for doc in ids if any(own in story.hidden for own in story.parents.get(doc, []))),
    )


def by_text(true: Truth) -> tuple[Truth, dict[str, str]]:
    """The history with a text and its copies as one node, and the node of each document.

    A node is named after that of its documents which has the fewest ancestors, the founder; its parents are the
    founder's.
    """
    founders: dict[str, str] = {}
    for doc in sorted(true.parents, key=lambda doc: (len(true.ancestors[doc]), doc)):
        founders.setdefault(true.text[doc], doc)
    node = {doc: founders[true.text[doc]] for doc in true.parents}
    own = set(founders.values())
    merged = Truth(
        parents={doc: _others(doc, true.parents[doc], node) for doc in own},
        ancestors={doc: frozenset(_others(doc, true.ancestors[doc], node)) for doc in own},
        alike={doc: frozenset(_others(doc, true.alike[doc], node)) for doc in own},
        text={doc: true.text[doc] for doc in own},
        orphans=true.orphans & own,
    )
    return merged, node


def claims_by_text(claims: Iterable[Claim], node: Mapping[str, str]) -> list[Claim]:
    """What was found, with a text and its copies as one node: each claim once, the primary parent the surest one.

    That one copy has no parent but another copy says nothing of the text; that all of them have none does. One of the
    copies stood first and the others did not, so that the probabilities to have none add up to that of the text.
    """
    of_node: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        child, parent = node[claim.child], node.get(claim.parent or "", claim.parent)
        if parent != child:
            of_node[child].append(claim._replace(child=child, parent=parent))
    chosen = []
    for own in of_node.values():
        outside = [claim for claim in own if claim.parent is not None or claim.unseen is not None]
        if not outside:
            told = [claim.confidence for claim in own if claim.confidence is not None]
            outside = [own[0]._replace(confidence=min(1.0, sum(told)) if told else None)]
        outside.sort(key=lambda claim: (claim.rank, -(claim.confidence or 0.0), claim.parent or ""))
        seen: set[str | None] = set()
        for claim in outside:
            if claim.parent not in seen and (not seen or claim.rank > 1):
                chosen.append(claim)
            seen.add(claim.parent)
    return chosen


class Shape(NamedTuple):
    """How far a forest has the shape of the true one; 1 is best, but for ``depth``.

    Attributes:
        root: Jaccard of the sets of roots.
        dir_edges: of the nodes with a visible source, the share whose primary parent is right (``Truth.right``).
        ind_edges: the same, where an edge the wrong way round is right too.
        leaves: Jaccard of the sets of leaves.
        ancestry: Jaccard of the sets of pairs (ancestor, descendant).
        depth: steps from the true roots up to the roots of the trees in which they were put, on average; 0 is best.
    """

    root: float
    dir_edges: float
    ind_edges: float
    leaves: float
    ancestry: float
    depth: float


def shape(true: Truth, claims: Iterable[Claim]) -> Shape:
    """Compare the primary parents that were found with the true ones, within a story.

    A parent in another story is wrong as an edge, and no ancestor; a node of which nothing is claimed is a root.
    """
    nodes = sorted(true.parents)
    primary = {claim.child: claim.parent for claim in claims if claim.rank == 1}
    inside = {doc: [parent] if (parent := primary.get(doc)) in true.parents else [] for doc in nodes}
    descended = [doc for doc in nodes if true.parents[doc]]
    forward = {doc for doc in descended if (own := primary.get(doc)) is not None and true.right(doc, own)}
    around = {doc for doc in descended for own in true.parents[doc] if primary.get(own) == doc}
    found_up = {doc: frozenset(_upward(doc, inside)) - {doc} for doc in nodes}
    roots = {doc for doc in nodes if not true.parents[doc]}
    n = max(len(descended), 1)
    return Shape(
        root=_jaccard(roots, {doc for doc in nodes if primary.get(doc) is None}),
        dir_edges=len(forward) / n if descended else 1.0,
        ind_edges=len(forward | around) / n if descended else 1.0,
        leaves=_jaccard(_leaves(true.parents), _leaves(inside)),
        ancestry=_jaccard(_pairs(true.ancestors), _pairs(found_up)),
        depth=float(np.mean([len(found_up[doc]) for doc in roots])) if roots else 0.0,
    )


def accuracy(chances: Sequence[float] | Floats, coverage: float = 1.0) -> float:
    """The share of pairs whose order was told rightly, of those told with most certainty.

    Where the border falls among pairs of one certainty, each of them counts in part.

    Args:
        chances: of each pair the probability that was given to its true order; 0.5 or less is wrong.
        coverage: share of the pairs that are judged.
    """
    values = np.asarray(chances, np.float64)
    if values.size == 0:
        return float("nan")
    certainty, right = np.abs(values - 0.5).round(12), values > 0.5  # 0.7 and 0.3 are as certain as each other
    levels, level = np.unique(-certainty, return_inverse=True)
    counts = np.bincount(level, minlength=levels.size)
    hits = np.bincount(level, right, levels.size)
    wanted = coverage * values.size
    taken = np.clip(wanted - (np.cumsum(counts) - counts), 0, counts)
    return float((hits / counts * taken).sum() / wanted)


def calibration_error(chances: Floats, true: Bools) -> float:
    """Expected calibration error: mean distance of what was said and what was so, over 10 bins of equal mass.

    Each bin weighs as many cases as it has; cases of one probability are never parted, so that bins may be fewer.
    """
    if chances.size == 0:
        return float("nan")
    borders = np.unique(np.quantile(chances, np.arange(1, BINS) / BINS))
    place = np.searchsorted(borders, chances, side="right")
    counts = np.bincount(place)
    gaps = np.abs(np.bincount(place, chances) - np.bincount(place, true.astype(np.float64)))
    return float(gaps.sum() / counts.sum())


def brier(chances: Floats, true: Bools) -> float:
    """Mean squared distance of probabilities from what was so (Brier 1950)."""
    return float(np.mean((chances - true) ** 2)) if chances.size else float("nan")


def both_ways(chances: Sequence[float] | Floats) -> tuple[Floats, Bools]:
    """Probabilities of true orders, as cases for the two functions above: each pair both ways round."""
    values = np.asarray(chances, np.float64)
    return np.concatenate([values, 1.0 - values]), np.repeat([True, False], values.size)


class Unseen(NamedTuple):
    """How many sources were inferred, how many of these are true, and how many there were to be inferred."""

    proposed: int
    right: int
    present: int


def unseen(story: Story, claims: Iterable[Claim]) -> Unseen:
    """Compare the sources that were inferred with the hidden documents of a story.

    There to be inferred is a hidden document with two or more lines of visible descendants, unless a visible verbatim
    copy stands for it: of any other nothing is seen. Its family are the visible documents that descend from it with
    none but hidden ones between. An inferred source is right if two or more of those ascribed to it, and over half of
    them, are the family of a hidden document that no better one is taken for.
    """
    families = _families(story)
    ascribed: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        if claim.unseen is not None:
            ascribed[claim.unseen].add(claim.child)
    scores = sorted(
        (-len(own & family) / len(own | family), name, hidden)
        for (name, own), (hidden, family) in itertools.product(ascribed.items(), families.items())
        if len(own & family) > max(1, len(own) / 2)
    )
    names: set[str] = set()
    taken: set[str] = set()
    for _, name, hidden in scores:
        if name not in names and hidden not in taken:
            names.add(name)
            taken.add(hidden)
    return Unseen(len(ascribed), len(names), len(families))


def _families(story: Story) -> dict[str, frozenset[str]]:
    """Of each hidden document that can be inferred its family."""
    made: dict[str, list[str]] = defaultdict(list)
    for child, own in story.parents.items():
        for parent in own[:1]:
            made[parent].append(child)

    def family(doc: str) -> frozenset[str]:
        """The document itself if it is visible."""
        return frozenset().union(*map(family, made[doc])) if doc in story.hidden else frozenset({doc})

    found = {}
    for doc in sorted(story.hidden):
        lines = [own for own in map(family, made[doc]) if own]
        copied = any(child not in story.hidden and story.how.get(child) == COPY for child in made[doc])
        if len(lines) > 1 and not copied:
            found[doc] = family(doc)
    return found


def _upward(doc: str, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """All ancestors, each once."""
    seen: set[str] = set()
    ahead = list(parents.get(doc, ()))
    while ahead:
        one = ahead.pop()
        if one not in seen:
            seen.add(one)
            ahead += parents.get(one, ())
    return seen


def _nearest(doc: str, parents: Mapping[str, Sequence[str]], visible: frozenset[str]) -> Iterator[str]:
    """The nearest visible ancestors, line by line, the primary one first."""
    for parent in parents.get(doc, ()):
        if parent in visible:
            yield parent
        else:
            yield from _nearest(parent, parents, visible)


def _others(doc: str, docs: Iterable[str], node: Mapping[str, str]) -> tuple[str, ...]:
    """The nodes of some documents, each once, without the node itself."""
    return tuple(dict.fromkeys(node[one] for one in docs if node[one] != doc))


def _leaves(parents: Mapping[str, Sequence[str]]) -> set[str]:
    return set(parents) - {one for own in parents.values() for one in own}


def _pairs(ancestors: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    return {(one, doc) for doc, own in ancestors.items() for one in own}


def _jaccard(one: AbstractSet[Any], other: AbstractSet[Any]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0
