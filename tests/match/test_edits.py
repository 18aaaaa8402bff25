"""Which edits a pair of texts shows: words in, kinds of edits out."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from dedup.kernels import edits as columns
from dedup.kernels.banded import DELETED, EQUAL, INFLECTED, INSERTED, MOVED, NOTATION, OTHER, SYNONYM
from dedup.kernels.words import CAPITAL, NUMBER, QUOTED
from dedup.lexicon import english, places
from dedup.match.edits import dictionary, edits, known_words, replaced, totals, words_of
from dedup.sketch.normalise import normalise

_BEFORE = "The council met on a cold morning to hear what the engineers had found under the bridge. "
_AFTER = " Nobody who was present could say when the work would begin or who would pay for all of it."


def aligned(left, right):
    """The edits of two texts that are one passage, by kind and words; and the edits themselves."""
    made = normalise(pa.array([left, right], pa.large_string())).words
    lexicon = english()
    at = places(lexicon, made.hashes)
    lemmas = np.where(at >= 0, lexicon.lemmas[at], np.int32(-1))
    n, m = np.diff(made.offsets)
    result = edits(
        np.array([0]), np.array([1]), made.offsets, made.hashes, lemmas, made.marks,
        np.array([[0, n, 0, m]]), np.array([0]), dictionary(lexicon.synonyms), 5,
    )  # fmt: skip
    spoken = []
    for row in result.rows.tolist():
        spans = [(0, left, *row[0:2]), (made.offsets[1], right, *row[2:4])]
        said = [
            text[made.begins[first + begin] : made.ends[first + end - 1]] if end > begin else ""
            for first, text, begin, end in spans
        ]
        spoken.append((row[columns.KIND], *said))
    return spoken, result


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ("They purchased it.", "They bought it.", [(SYNONYM, "purchased", "bought")]),
        ("They carry it.", "They carried it.", [(INFLECTED, "carry", "carried")]),
        ("They carry it.", "They have carried it.", [(INSERTED, "", "have"), (INFLECTED, "carry", "carried")]),
        ("It rose 12 pct.", "It rose 12 percent.", [(NOTATION, "pct", "percent")]),
        ("It rose 12 pct.", "It rose 12 per cent.", [(NOTATION, "pct", "per cent")]),
        ("It cost 1,000 marks.", "It cost 1000 marks.", [(NOTATION, "1,000", "1000")]),
        ("It cost 1,000 marks.", "It cost 2,000 marks.", [(OTHER, "1", "2")]),
        ("The U.S. agreed.", "The United States agreed.", [(NOTATION, "U.S", "United States")]),
        ("They acted against it.", "They acted in opposition to it.", [(OTHER, "against", "in opposition to")]),
        ("They acted quickly there.", "They acted there.", [(DELETED, "quickly", "")]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_edit_has_its_kind(left, right, wanted):
    """Inflections, notations, synonyms, phrases, words put in and left out are told apart."""
    found, _ = aligned(_BEFORE + left + _AFTER, _BEFORE + right + _AFTER)
    assert found == wanted


def test_words_replaced_one_by_one_are_edits_of_their_own():
    """Of as many words on both sides each has its own counterpart; of more or fewer all are one phrase."""
    found, _ = aligned(_BEFORE + "Zorb gleb came." + _AFTER, _BEFORE + "Quux frob came." + _AFTER)
    assert found == [(OTHER, "Zorb", "Quux"), (OTHER, "gleb", "frob")]
    found, _ = aligned(_BEFORE + "Zorb gleb came." + _AFTER, _BEFORE + "Quux frob wibble came." + _AFTER)
    assert found == [(OTHER, "Zorb gleb", "Quux frob wibble")]


def test_a_moved_phrase_is_neither_put_in_nor_left_out():
    """Words that stand elsewhere in the passage are moved."""
    found, made = aligned(
        _BEFORE + "Late on Friday they left." + _AFTER, _BEFORE + "They left late on Friday." + _AFTER
    )
    assert [kind for kind, *_ in found] == [MOVED]
    assert words_of(made.counts, INSERTED)[0] == words_of(made.counts, DELETED)[0] == 0


def test_quotations_names_and_numbers_are_marked():
    """An edit says whether it touches a quotation, a name or a number."""
    left = _BEFORE + '"We saw it," said Miller, who had counted 12 cracks in the old pier.' + _AFTER
    right = _BEFORE + '"We noticed it," said Jones, who had counted 14 cracks in the new pier.' + _AFTER
    found, made = aligned(left, right)
    assert [words for _, *words in found] == [["saw", "noticed"], ["Miller", "Jones"], ["12", "14"], ["old", "new"]]
    assert made.rows[:, columns.MARKS].tolist() == [QUOTED, CAPITAL, NUMBER, 0]
    assert made.counts[0, columns.NUMBERS_EDITED] == made.counts[0, columns.NAMES_EDITED] == 1
    assert made.counts[0, [columns.QUOTED_WORDS, columns.QUOTED_EQUAL]].tolist() == [6, 4]
    assert replaced(made.counts, inside=True).tolist() == [1]
    assert replaced(made.counts).tolist() == [3]


def test_every_word_is_counted_once():
    """Equal, replaced, left out and moved words of the left side are all of its words."""
    left = _BEFORE + "Late on Friday they purchased 1,000 of the strange devices." + _AFTER
    right = _BEFORE + "They bought 1000 of the odd and new devices late on Friday." + _AFTER
    _, made = aligned(left, right)
    kinds = (EQUAL, INFLECTED, SYNONYM, OTHER, DELETED, MOVED)
    n_words = len(normalise(pa.array([left], pa.large_string())).words.hashes)
    assert (
        sum(int(words_of(made.counts, kind)[0]) for kind in kinds) == n_words - 2
    )  # "1,000" is two words, one replaced
    assert words_of(made.counts, NOTATION).tolist() == [1]
    assert known_words(made.counts).tolist() == [int(words_of(made.counts, EQUAL)[0]) + 3]


def test_totals_add_up_the_passages_of_a_pair():
    """Each pair has the sum of its passages; a pair without any has zeros."""
    counts = np.arange(3 * columns.N_COUNTS).reshape(3, -1)
    found = totals(counts, np.array([0, 0, 2]), 4)
    zeros = np.zeros(columns.N_COUNTS, np.int64)
    assert np.array_equal(found, [counts[0] + counts[1], zeros, counts[2], zeros])
