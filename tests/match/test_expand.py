"""From texts to documents: copies listed under their own ids, with their own characters."""

from __future__ import annotations

from itertools import combinations

import pytest

from dedup.match.expand import MAX_LISTED
from tests.match.corpus import expanded, matched, prose

WORDS = prose(1, 120)
BASE, SHARED = " ".join(WORDS), " ".join([*prose(2, 60), *WORDS[40:70]])
UNRELATED = " ".join(prose(9, 60))


def _ids(n):
    """Ids whose order is not that of the documents."""
    return [f"d{(7 * k) % 100:03}" for k in range(n)]


@pytest.mark.parametrize("n", [2, 3, MAX_LISTED])
def test_a_few_copies_are_listed_pair_by_pair(n):
    """Up to MAX_LISTED copies every pair of documents has its row and its passage, which is all of both."""
    texts = [BASE + " " * k for k in range(n)]
    pairs, passages = expanded(texts, _ids(n))
    assert [(row["left_id"], row["right_id"]) for row in pairs] == sorted(combinations(sorted(_ids(n)), 2))
    assert {row["relation"] for row in pairs} == {"exact"}
    length = dict(zip(_ids(n), map(len, texts), strict=True))
    assert [(row["left_end"], row["right_end"]) for row in passages] == [
        (length[row["left_id"]], length[row["right_id"]]) for row in pairs
    ]


def test_many_copies_are_listed_with_the_first():
    """Beyond MAX_LISTED each copy has one row, with the first document of the text."""
    n = MAX_LISTED + 3
    pairs, _ = expanded([BASE] * n, _ids(n))
    assert {frozenset((row["left_id"], row["right_id"])) for row in pairs} == {
        frozenset((_ids(n)[0], other)) for other in _ids(n)[1:]
    }
    assert len(pairs) == n - 1


def test_copies_are_listed_with_other_texts():
    """Each copy of a text stands in the text's accepted pairs; a text of too many copies is stood for by its first."""
    ids = _ids(MAX_LISTED + 8)
    texts = [BASE, SHARED, BASE, SHARED, UNRELATED]
    pairs, _ = expanded(texts, ids[:5])
    partial = {frozenset((r["left_id"], r["right_id"])) for r in pairs if r["relation"] == "partial"}
    assert partial == {frozenset((ids[a], ids[b])) for a in (0, 2) for b in (1, 3)}
    pairs, _ = expanded([BASE] * (MAX_LISTED + 1) + [SHARED] * 2, ids[: MAX_LISTED + 3])
    partial = {frozenset((r["left_id"], r["right_id"])) for r in pairs if r["relation"] == "partial"}
    assert partial == {frozenset((ids[0], ids[MAX_LISTED + k])) for k in (1, 2)}


def test_passages_point_at_the_characters_of_each_copy():
    """Copies with other blanks, case and quotation marks have passages at their own places."""
    wide = "\n\n " + "  \t".join(BASE.upper().split(" "))
    composed = SHARED.replace("a", "á")
    decomposed = SHARED.replace("a", "a\u0301")
    base = BASE.replace("a", "á")
    texts, ids = [base, wide.replace("A", "A\u0301"), composed, decomposed], ["c", "a", "b", "d"]
    by_id = dict(zip(ids, texts, strict=True))
    pairs, passages = expanded(texts, ids)
    assert len([row for row in pairs if row["relation"] == "partial"]) == 4
    wanted = " ".join(WORDS[40:70]).replace("a", "á")
    for row in passages:
        if {row["left_id"], row["right_id"]} in ({"c", "a"}, {"b", "d"}):
            continue
        for side in ("left", "right"):
            held = by_id[row[f"{side}_id"]][row[f"{side}_begin"] : row[f"{side}_end"]]
            assert " ".join(held.lower().replace("a\u0301", "á").split()) == wanted


@pytest.mark.parametrize("ids", [["a", "b"], ["b", "a"]])
def test_the_lesser_id_is_on_the_left(ids):
    """left_id < right_id always, and every figure stays with its document when the sides are swapped."""
    texts = [" ".join(WORDS[:60]), BASE]
    by_id = dict(zip(ids, texts, strict=True))
    (pair,), (passage,) = expanded(texts, ids)
    assert (pair["left_id"], pair["right_id"]) == ("a", "b")
    short, long = ("left", "right") if by_id["a"] == texts[0] else ("right", "left")
    assert pair["relation"] == "excerpt"
    assert pair[f"containment_{short}"] == pair[f"aligned_{short}"] == 1
    assert pair[f"containment_{long}"] < pair[f"aligned_{long}"] + 0.05 < 0.6
    for side in ("left", "right"):
        assert by_id[pair[f"{side}_id"]][passage[f"{side}_begin"] : passage[f"{side}_end"]] == texts[0]


def test_refused_pairs_stay():
    """A pair that was verified and refused is listed once, without passages being lost or copied."""
    notes = [" ".join([*prose(k, 80), *WORDS[:14]]) for k in (5, 6)]
    pairs, passages = expanded([notes[0], notes[1], notes[0]], ["x", "y", "z"])
    refused = [row for row in pairs if not row["accepted"]]
    assert [(row["left_id"], row["right_id"], row["relation"]) for row in refused] == [("x", "y", None)]
    assert len(passages) == 2


def test_rows_come_in_the_order_of_ids():
    """Pairs and passages are sorted by ids, then by place."""
    blocks = [prose(k, 30) for k in range(4)]
    texts = [" ".join([*blocks[k], *prose(20 + k, 30), *blocks[(k + 1) % 4], *prose(30 + k, 9)]) for k in range(4)]
    pairs, passages = expanded([*texts, texts[0]], ["e", "d", "c", "b", "a"])
    assert len(pairs) == 7
    for rows, names in ((pairs, ()), (passages, ("left_begin", "right_begin"))):
        keys = [tuple(row[name] for name in ("left_id", "right_id", *names)) for row in rows]
        assert keys == sorted(keys)


def test_nothing_gives_empty_tables():
    """No documents at all, or none alike: empty tables, no error."""
    assert expanded([], []) == [[], []]
    assert expanded([BASE, UNRELATED], ["a", "b"]) == [[], []]
    assert matched([]).matches.num_rows == 0
