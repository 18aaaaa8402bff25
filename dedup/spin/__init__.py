"""The spin score of a lone document: was its wording made by a synonym machine? No original is needed.

A synonym machine leaves words in places where nobody writes them. So each word that such a machine could have touched,
outside quotations, is asked how rare it is in English, against its own synonyms; and in a pile of enough texts, how
many other texts have it beside its neighbours, and whether a synonym would be more usual there. A regression makes one
log-ratio of that, and the text is judged by its best mixture of replaced and other words; by how it differs from its
own quotations, which machines leave alone; and by traces: phrases, malformed numerals, demonyms in small letters.

Read ``score.scores`` first; the modules stand in the order words, background, traces, features, model, score.
"""

from __future__ import annotations

from dedup.spin.scored import Scored, scored

__all__ = ["Scored", "scored"]
