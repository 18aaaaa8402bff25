"""Sources that are not in the pile: proposed where texts name one, or agree on what no visible text of theirs holds.

Two kinds of signs are taken, and both are counted in bits: what is saved if one unseen text, of which its children were
made, explains what else were several coincidences, less what it costs to suppose it (Rissanen 1978, "Modeling by
shortest data description").

**Names.** Texts that share their words name one publisher, and none of the pile's texts that share these words was
published by it (``unseen_names``). Here the bits are the log-odds that most of the texts ascribed to it are its own.

**Readings.** Of three texts each lacks what the other two agree on. So none of them is the source of the others: the
test of Lachmann for a lost exemplar, as Roos and Zou 2011 ("Analysis of textual variation by latent tree structures")
turn it into latent texts of a tree. What no other visible text could have given to them has been in an unseen one.
Places of a few words alone prove nothing, however many: houses that follow one style guide or use one synonym machine
agree without a source. And the more texts there are, the more it takes to name three of them.

Two texts alone never prove a third: to suppose it saves nothing. Neither is a source proved of which one visible text
has kept all that others kept, though it be not the source.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from dedup.lineage.branching import Candidates
from dedup.lineage.names import Names, Published, named_in
from dedup.lineage.unseen_names import WIRE_NAMES, named
from dedup.lineage.unseen_readings import Ties, readings
from dedup.lineage.views import BoolArray, IntArray, Members, Pairs

# So many of the texts that are ascribed to a source were made of it itself, and not of another text that was: measured
# on simulated stories.
DIRECT = 0.85
LEAST_SPAN = 4  # words of a reconstructed passage
MACHINE = 0.9  # spin score from which on a text must have a source; of 263 simulated originals none has 0.5


@dataclass(frozen=True, slots=True)
class Unseen:
    """A source that is not in the pile.

    Attributes:
        children: places of the first documents of the texts made of it, ascending.
        parent: that of the visible text which it was made of, as far as the parents of its children tell; -1 if none.
        label: by what name they call it; None where none does.
        gain: bits saved by supposing it.
        probability: that a child was made of it.
        passages: of each child the words in which others of them share, int64[n, 2], half-open.
    """

    children: IntArray
    parent: int
    label: str | None
    gain: float
    probability: float
    passages: dict[int, IntArray]


def unseen(members: Members, published: Published, pairs: Pairs, edges: Candidates, primary: IntArray) -> list[Unseen]:
    """Propose unseen sources; no text is given to two of them.

    Args:
        members: the documents of stories.
        published: spellings of the publishers and addresses of each text.
        pairs: pairs of texts.
        edges: possible edges.
        primary: rows of the edges of the branching; what they say of the children of a source is void.

    Returns:
        The sources, ordered by their first children.
    """
    if pairs.left.size == 0:
        return []
    ties = Ties.of(members, pairs)
    known = WIRE_NAMES.union(*published.values())
    parents = dict(zip(edges.child[primary].tolist(), edges.parent[primary].tolist(), strict=True))
    parent_edge = dict(zip(edges.child[primary].tolist(), primary.tolist(), strict=True))
    found = named(members, published, ties, edges, parent_edge)
    found += [(gain, texts, _label(members, published, known, texts)) for gain, texts in readings(ties)]
    source_of = np.full(members.doc.size, -1)
    chosen: list[tuple[float, list[int], str | None]] = []
    for gain, texts, label in sorted(found, key=lambda source: (-source[0], source[1], source[2] or "")):
        free = [text for text in texts if source_of[text] < 0]
        if len(free) > max(1, len(texts) / 2):
            source_of[free] = len(chosen)
            chosen.append((gain, free, label))
    passages = ties.spans(source_of, LEAST_SPAN)
    sources = [
        Unseen(
            children=np.array(texts),
            parent=_above(texts, parents),
            label=label,
            gain=gain,
            probability=DIRECT / (1.0 + 2.0**-gain),
            passages={text: passages[text] for text in texts},
        )
        for gain, texts, label in chosen
    ]
    return sorted(sources, key=lambda source: int(source.children[0]))


def explained(edges: Candidates, primary: IntArray, sources: list[Unseen]) -> BoolArray:
    """Which of the primary edges an unseen source takes the place of: those that enter its children."""
    children = np.concatenate([np.zeros(0, np.int64), *(source.children for source in sources)])
    return np.isin(edges.child[primary], children)


def elsewhere(members: Members, published: Published, text: int) -> tuple[bool, str | None]:
    """Whether a text that no visible one explains says of itself that it was taken from elsewhere; and from whom.

    It does if it names an agency that did not publish it; or if a synonym machine wrote it, which needs a text to
    write from.
    """
    own = published.get(text, frozenset())
    cue = next((cue for cue in members.cues[text] if named_in([cue]) & WIRE_NAMES - own), None)
    return cue is not None or bool(members.spin[text] >= MACHINE), cue


def _above(texts: list[int], parents: dict[int, int]) -> int:
    """The visible text from which most of some children of a source are said to come, and which is none of theirs."""
    votes = Counter(parents[text] for text in texts if text in parents)
    outside = [text for text in votes if not _line(text, parents) & set(texts)]
    return min(outside, key=lambda text: (-votes[text], text), default=-1)


def _line(text: int, parents: dict[int, int]) -> set[int]:
    """A text and its ancestors."""
    line = {text}
    while text in parents:
        text = parents[text]
        line.add(text)
    return line


def _label(members: Members, published: Published, known: Names, texts: list[int]) -> str | None:
    """The agency or publisher out of sight that most of some texts name, if two of them do."""
    out_of_sight = known.difference(*(published.get(text, frozenset()) for text in texts))
    cues = Counter(cue for text in texts for cue in members.cues[text] if named_in([cue]) & out_of_sight)
    best = min(cues, key=lambda cue: (-cues[cue], cue), default=None)
    return best if best is not None and cues[best] > 1 else None
