"""``filter`` shows before it writes: how many records would go, whose, by which relation, and ten examples."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.config import DROPPABLE
from dedup.errors import OutputError, SourceError
from dedup.result.preview import _nth, _Ties, choose
from dedup.result.summary import short
from tests.corpora import newswire


def _written(records: list[dict[str, Any]], path: Path) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> tuple[dedup.Result, list[Path], dict[str, str]]:
    """A run over two files that drops excerpts, too; the files, and the texts by id."""
    folder = tmp_path_factory.mktemp("wire")
    records = newswire(8)
    half = len(records) // 2
    paths = [
        _written([*records[:half], {"id": "blank", "text": " "}], folder / "one.jsonl"),
        _written(records[half:], folder / "two.jsonl"),
    ]
    result = dedup.run(paths, dedup.Config(drop=("exact", "near", "excerpt")), out=folder / "out")
    return result, paths, {record["id"]: record["text"] for record in records}


def test_counts_are_what_filter_then_does(
    wire: tuple[dedup.Result, list[Path], dict[str, str]], tmp_path: Path
) -> None:
    """What the preview says would be kept is what is written; of one file alone as of both; and it writes nothing."""
    result, paths, _ = wire
    for chosen in (paths, paths[:1], paths[1:]):
        before = sorted(path.name for path in paths[0].parent.iterdir())
        shown = result.filter(chosen, dry_run=True)
        assert sorted(path.name for path in paths[0].parent.iterdir()) == before
        done = result.filter(chosen, tmp_path / f"kept{len(chosen)}{chosen[0].stem}")
        assert shown.n_records == sum(written.n_rows_in for written in done.written)
        assert shown.n_kept == sum(written.n_rows_out for written in done.written)
        assert shown.n_rejects == (paths[0] in chosen)
        assert shown.n_removed == shown.n_records - shown.n_kept - shown.n_rejects == sum(shown.relations.values())


def test_relations_are_those_of_the_pairs(wire: tuple[dedup.Result, list[Path], dict[str, str]]) -> None:
    """Each document that goes is counted under its relation to the very document that stands for it."""
    result, paths, _ = wire
    rows = result.documents.to_pylist()
    digest = {row["doc_id"]: row["text_digest"] for row in rows}
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row["text_digest"], row["doc_id"])
    pairs = {frozenset((pair["left_id"], pair["right_id"])): pair for pair in result.pairs.to_pylist()}
    told: Counter[str] = Counter()
    of_publisher: dict[str | None, Counter[str]] = {}
    for row in rows:
        if not row["kept"]:
            ends = [digest[row["doc_id"]], digest[row["canonical_id"]]]
            same = ends[0] == ends[1]
            relation = "exact" if same else pairs[frozenset(first[end] for end in ends)]["relation"]
            told[relation] += 1
            of_publisher.setdefault(row["publisher"], Counter())[relation] += 1
    shown = result.filter(paths, dry_run=True)
    assert shown.relations == dict(told)
    assert set(told) == {"exact", "near", "excerpt"}
    assert {row["publisher"]: row["by_relation"] for row in shown.publishers} == of_publisher
    documents = Counter(row["publisher"] for row in rows)
    assert {row["publisher"]: row["n_documents"] for row in shown.publishers} == documents
    losses = [row["n_removed"] for row in shown.publishers]
    assert losses == sorted(losses, reverse=True) == [sum(row["by_relation"].values()) for row in shown.publishers]


def test_examples_stand_beside_what_is_kept(wire: tuple[dedup.Result, list[Path], dict[str, str]]) -> None:
    """Ten examples, of all relations, each with its kept match: both with title and first words, on the screen too."""
    result, paths, texts = wire
    shown = result.filter(paths, dry_run=True)
    rows = {row["doc_id"]: row for row in result.documents.to_pylist()}
    assert len(shown.examples) == 10
    assert {example["relation"] for example in shown.examples[:3]} == {"exact", "near", "excerpt"}
    screen = shown.text()
    for example in shown.examples:
        gone, kept = example["removed"], example["kept"]
        assert rows[gone["doc_id"]]["canonical_id"] == kept["doc_id"] != gone["doc_id"]
        assert rows[kept["doc_id"]]["kept"]
        assert (example["jaccard"] == 1) == (example["relation"] == "exact")
        for side in (gone, kept):
            assert side["title"] == rows[side["doc_id"]]["title"]
            assert side["begins"] == short(texts[side["doc_id"]], 200)
            assert side["doc_id"] in screen
            assert side["begins"] in screen
    assert json.loads(json.dumps(shown.to_dict()))["examples"] == shown.examples
    assert "Relations take turns" in screen
    assert shown.to_dict() == dedup.Result.open(result.path).filter(paths, dry_run=True).to_dict()


def test_an_example_without_its_text_is_shown_by_its_title(tmp_path: Path) -> None:
    """Where the kept one stands in a file that is gone, what the tables hold is shown."""
    text = " ".join(f"word{n}" for n in range(60))
    kept = _written([{"id": "a", "text": text, "title": "The first"}], tmp_path / "kept.jsonl")
    gone = _written([{"id": "b", "text": text, "title": "The second"}], tmp_path / "gone.jsonl")
    result = dedup.run([kept, gone], out=tmp_path / "out")
    kept.unlink()
    (example,) = result.filter(gone, dry_run=True).examples
    assert [example[side]["title"] for side in ("removed", "kept")] == ["The second", "The first"]
    assert example["kept"]["begins"] is None
    assert "The first" in result.filter([gone], dry_run=True).text()


def test_nothing_to_leave_out(desk: Path) -> None:
    """The seeds have no copy: all are kept, and the preview says so."""
    shown = dedup.run("seeds", out="out").filter("seeds", dry_run=True)
    assert (shown.n_records, shown.n_kept, shown.n_removed, shown.examples, shown.publishers) == (5, 5, 0, [], [])
    assert shown.text() == "Would keep 5 of 5 records; nothing is written.\nNo document would go: each is kept."


def test_a_preview_refuses_what_filter_refuses(desk: Path) -> None:
    """A source that the run has not read, one that has changed; and filter itself without a folder."""
    result = dedup.run("seeds", out="out")
    (desk / "other.txt").write_text("Another text.", encoding="utf-8")
    with pytest.raises(SourceError, match="has not read"):
        result.filter("other.txt", dry_run=True)
    with pytest.raises(OutputError, match="No folder"):
        result.filter("seeds")
    path = next((desk / "seeds").iterdir())
    path.write_text("Changed.", encoding="utf-8")
    with pytest.raises(SourceError, match="has changed"):
        result.filter("seeds", dry_run=True)


def test_hostile_facts_stay_on_their_lines(tmp_path: Path) -> None:
    """A publisher and a title of many lines or any length do not break the screen."""
    text = " ".join(f"word{n}" for n in range(60))
    facts = {"title": "x" * 100_000, "publisher": "P\nREMOVED\r" + "y" * 1000}
    source = _written([{"id": f"{name}\n\n1.", "text": text, **facts} for name in "ab"], tmp_path / "two.jsonl")
    screen = dedup.run(source, out=tmp_path / "out").filter(source, dry_run=True).text()
    assert len(screen.splitlines()) == 15
    assert max(map(len, screen.splitlines())) < 250


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, len(DROPPABLE) - 1), st.sampled_from([0.7, 0.8, 1.0]))))
def test_examples_are_chosen_by_the_rule(rows: list[tuple[int, int, float]]) -> None:
    """The choice equals that of an obvious twin: relations in turn, one for each kept, the least alike first."""
    kept, relation, jaccard = (np.array(part) for part in zip(*rows, strict=True)) if rows else (np.zeros(0, int),) * 3
    queues: dict[int, list[int]] = {}
    for kind in range(len(DROPPABLE)):
        waiting = sorted((rows[place][2], place) for place in range(len(rows)) if rows[place][1] == kind)
        queue = queues[kind] = []
        while waiting:
            seen: set[int] = set()
            for item in waiting[:]:
                if rows[item[1]][0] not in seen:
                    seen.add(rows[item[1]][0])
                    waiting.remove(item)
                    queue.append(item[1])
    expected: list[int] = []
    while any(queues.values()):
        expected += [queue.pop(0) for queue in queues.values() if queue]
    ties = _Ties(kept.astype(np.int64), relation.astype(np.int64), jaccard.astype(np.float64))
    assert choose(ties, 10).tolist() == expected[:10]


@given(st.lists(st.integers(0, 3), max_size=12), st.randoms(use_true_random=False))
def test_places_in_a_group(groups: list[int], random: Any) -> None:
    """Of each element it is counted how many of its group come before it."""
    order = list(range(len(groups)))
    random.shuffle(order)
    seen: Counter[int] = Counter()
    expected = [0] * len(groups)
    for place in order:
        expected[place] = seen[groups[place]]
        seen[groups[place]] += 1
    assert _nth(np.array(groups, np.int64), np.array(order, np.int64)).tolist() == expected
