"""The share of a text that is aligned, against sets of words."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.kernels.banded import DELETED, INSERTED, MOVED, SYNONYM
from dedup.kernels.edits import N_COLUMNS
from dedup.match.edits import Edits, aligned_words


@st.composite
def passages(draw):
    """Passages of some pairs on one side, which may overlap, and stretches inside them that are edited."""
    found, owner, rows, of = [], [], [], []
    for pair in range(draw(st.integers(0, 3))):
        for _ in range(draw(st.integers(0, 4))):
            begin = draw(st.integers(0, 20))
            end = begin + draw(st.integers(1, 12))
            cuts = sorted(draw(st.sets(st.integers(begin, end), max_size=4)))
            for first, last in zip(cuts[::2], cuts[1::2], strict=False):
                rows.append((first, last, draw(st.sampled_from([SYNONYM, INSERTED, DELETED, MOVED]))))
                of.append(len(found))
            found.append((begin, end))
            owner.append(pair)
    return found, owner, rows, of


@given(passages(), st.sampled_from([0, 2]))
def test_aligned_words_are_counted_once(made, first):
    """Words of any passage that no edit leaves alone on a side; where passages overlap, too."""
    found, owner, rows, of = made
    table, edits = np.zeros((len(found), 5), np.int64), np.zeros((len(rows), N_COLUMNS), np.int64)
    for row, span in enumerate(found):
        table[row, first : first + 2] = span
    for row, (begin, end, kind) in enumerate(rows):
        edits[row, first : first + 2], edits[row, 4] = (begin, end), kind
    counted = aligned_words(
        table,
        np.array(owner, np.int64),
        Edits(edits, np.array(of, np.int64), np.zeros((len(found), 0), np.int64)),
        slice(first, first + 2),
        4,
    )
    for pair in range(4):
        held = set()
        for passage, (begin, end) in enumerate(found):
            if owner[passage] == pair:
                lone = [
                    range(a, b) for (a, b, kind), p in zip(rows, of, strict=True) if p == passage and kind != SYNONYM
                ]
                held |= set(range(begin, end)) - {word for words in lone for word in words}
        assert counted[pair] == len(held)


def test_what_is_said_twice_is_aligned_once(tmp_path):
    """A paragraph that one text holds and the other repeats: no share is above 1."""
    once = " ".join(f"word{n} about the harbour{n % 7}" for n in range(40))
    source = tmp_path / "twice.jsonl"
    source.write_text(
        "\n".join(f'{{"id": "{n}", "text": "{text}"}}' for n, text in enumerate([once, f"{once} {once}"]))
    )
    (pair,) = dedup.run(source, out=tmp_path / "out").pairs.to_pylist()
    assert pair["accepted"]
    assert 0.9 < pair["aligned_left"] <= 1.0
    assert 0.4 < pair["aligned_right"] <= 1.0
