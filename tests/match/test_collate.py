"""What collating accepted pairs shows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.config import Config
from dedup.match import match
from tests.match.corpus import corpus, prose

BASE = prose(7, 120)


@st.composite
def _versions(draw):
    """A text and three versions of it: words replaced, left out, put in, and a run moved elsewhere."""
    made = [" ".join(BASE)]
    for _ in range(3):
        words = list(BASE)
        for _ in range(draw(st.integers(0, 6))):
            at = draw(st.integers(0, len(words) - 1))
            words[at : at + draw(st.integers(0, 2))] = draw(
                st.lists(st.sampled_from(["kiln", "moss", "drift"]), max_size=2)
            )
        if draw(st.booleans()):
            at, n, to = draw(st.integers(0, 60)), draw(st.integers(3, 30)), draw(st.integers(0, 80))
            moved = words[at : at + n]
            del words[at : at + n]
            words[to:to] = moved
        made.append(" ".join(words))
    return list(dict.fromkeys(made))


def _readings(texts, config):
    with corpus(texts, config) as (made, engine):
        found = match(made, config, engine)
    rows = zip(found.readings.to_pylist(), found.clues.to_pylist(), strict=True)
    spans = found.spans.to_pylist()
    return [(reading, clue, [s for s in spans if (s["left"], s["right"]) == (reading["left"], reading["right"])])
            for reading, clue in rows]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(_versions())
def test_runs_are_all_equal_words_of_the_passages(texts):
    """Each run is of equal words, in the passages, by place; together they are the words that passages call equal."""
    for reading, _, spans in _readings(texts, Config()):
        left, right = texts[reading["left"]].split(), texts[reading["right"]].split()
        rows = np.array(reading["runs"]).reshape(-1, 4).tolist()
        assert rows == sorted(rows)
        runs = [row[:3] for row in rows]
        assert all(left[i : i + n] == right[j : j + n] for i, j, n in runs)
        moved = sum(n for _, _, n in runs) - sum(span["n_equal"] for span in spans)
        assert moved >= 0
        for i, _, n in runs:
            assert any(span["left_word_begin"] <= i and i + n <= span["left_word_end"] for span in spans)


def test_only_accepted_pairs_are_collated():
    """Pairs that were refused have neither clues nor readings."""
    texts = [" ".join(BASE), " ".join(BASE[:60] + BASE[61:]), " ".join(prose(9, 120))]
    with corpus(texts, Config()) as (made, engine):
        found = match(made, Config(), engine)
    accepted = found.matches.filter(found.matches.column("accepted")).select(["left", "right"])
    for table in (found.clues, found.readings):
        assert table.select(["left", "right"]).equals(accepted)


@settings(max_examples=20, deadline=None)
@given(_versions())
def test_clues_do_not_depend_on_the_order_of_the_input(texts):
    """With the documents in reverse, every clue is negated and its place exchanged."""
    there, back = _readings(texts, Config()), _readings(texts[::-1], Config())
    last = len(texts) - 1
    mirrored = {(last - reading["right"], last - reading["left"]): (reading, clue) for reading, clue, _ in back}
    assert len(mirrored) == len(there)
    for reading, clue, _ in there:
        other, other_clue = mirrored[reading["left"], reading["right"]]
        np.testing.assert_allclose(np.negative(other_clue["values"]), clue["values"], rtol=1e-5, atol=1e-6)
        places = np.array(clue["places"]).reshape(-1, 2, 2)
        assert np.array(other_clue["places"]).reshape(-1, 2, 2)[:, ::-1].tolist() == places.tolist()
        theirs = sorted([i, j, *rest] for j, i, *rest in np.array(other["runs"]).reshape(-1, 4).tolist())
        assert theirs == np.array(reading["runs"]).reshape(-1, 4).tolist()


def test_without_excerpts_nothing_is_collated():
    """The fast path for copies aligns nothing."""
    config = Config(detect=("copies",))
    with corpus([" ".join(BASE), " ".join(BASE[:-1])], config) as (made, engine):
        found = match(made, config, engine)
    assert found.matches.num_rows == 1
    assert found.clues.num_rows == found.readings.num_rows == 0
    assert isinstance(found.clues, pa.Table)
