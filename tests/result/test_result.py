"""A finished run answers: explain, filter, summary."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

import dedup
from dedup.errors import OutputError, SourceError, TextUnavailableError, UnknownDocumentError
from dedup.match.expand import MAX_LISTED
from dedup.result.passages import in_context
from dedup.result.summary import counted, short
from dedup.schema import TABLES
from tests.corpora import newswire

N_COPIES = MAX_LISTED + 4
TALE = " ".join(f"word{n}" for n in range(120))
OTHER = f"{' '.join(f'prior{n}' for n in range(90))} {' '.join(TALE.split()[20:60])}"


def _run(records: list[dict[str, Any]], out: Path, **settings: Any) -> dedup.Result:
    """A run over records, in a file beside its folder."""
    source = out.with_suffix(".jsonl")
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return dedup.run(source, dedup.Config(**settings), out=out)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A text that more documents bear than are listed one by one, another that shares a passage with it, a stranger."""
    records = [{"id": f"c{n:02}", "text": TALE.replace(" ", "\n ", n)} for n in range(N_COPIES)]
    records += [{"id": f"o{n:02}", "text": OTHER} for n in range(N_COPIES)] + [{"id": "s", "text": "A stranger."}]
    return _run(records, tmp_path_factory.mktemp("crowd") / "out")


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A made-up newswire of several stories."""
    return _run(newswire(8), tmp_path_factory.mktemp("wire") / "out")


SENTENCES = [" ".join(f"{letter}ord{n}" for n in range(25)) for letter in "abcdefghij"]


def _siblings() -> list[dict[str, Any]]:
    """Three texts of which each lacks two sentences that the others have, a copy of one, and a stranger."""
    told = [
        {"id": f"s{k}", "text": ". ".join(s for n, s in enumerate(SENTENCES) if n not in (k, k + 4)) + "."}
        for k in range(3)
    ]
    return [*told, {"id": "again", "text": told[0]["text"].upper()}, {"id": "stranger", "text": TALE}]


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A run over texts that were made of one that is not there."""
    return _run(_siblings(), tmp_path_factory.mktemp("family") / "out")


def test_an_unseen_source_is_told(family: dedup.Result) -> None:
    """It has a row, its children name it, and its passages are cut out of their texts."""
    (source,) = family.unseen.to_pylist()
    assert (source["unseen_id"], source["n_children"], source["parent_id"]) == (1, 3, None)
    rows = {row["child_id"]: row for row in family.lineage.to_pylist()}
    assert {child for child, row in rows.items() if row["unseen_id"] == 1} == {"s0", "s1", "s2"}
    texts = {record["id"]: record["text"] for record in _siblings()}
    for place in source["passages"]:
        assert texts[place["doc_id"]][place["begin"] : place["end"]] == texts[place["doc_id"]].rstrip(".")
    assert family.stories.column("n_unseen").to_pylist() == [1]
    assert family.summary()["n_unseen"] == 1


def test_an_unseen_source_is_shown(family: dedup.Result) -> None:
    """On the last screen it stands above its children; of a child and of a pair of them, it is explained."""
    screen = family.summary_text()
    assert "1 source not in the pile" in screen
    assert "  [a source that is not in the pile]\n  ├─ s0  undated  confidence 0.8" in screen
    told = "Source: s0 derives from a source that is not in the pile, shared with s1, s2 (confidence 0.8"
    alone, pair = family.explain("s0"), family.explain("s0", "s2")
    assert told in alone.text()
    assert told in pair.text()
    assert "Source: s2 derives from" in pair.text()
    for explained in (alone, pair):
        (source,) = json.loads(json.dumps(explained.to_dict()))["unseen"]
        assert source["child_ids"] == ["s0", "s1", "s2"]


def test_unseen_sources_are_determined(family: dedup.Result, tmp_path: Path) -> None:
    """Neither threads nor batches change them, nor does the text's being read again."""
    for threads, batch_size, keep_texts in ((1, 1, False), (4, 2, True)):
        settings = {"threads": threads, "batch_size": batch_size, "keep_texts": keep_texts}
        again = _run(_siblings(), tmp_path / f"out{threads}", **settings)
        assert all(getattr(again, name).equals(getattr(family, name)) for name in ("unseen", "lineage", "stories"))


def test_the_source_of_an_unseen_source(tmp_path: Path) -> None:
    """A visible text from which an unseen one descends says so, and stands above it in the tree."""
    parts = [part for k, old in enumerate(SENTENCES) for part in (old, old.replace("ord", "new"))]
    records = [{"id": "old", "text": ". ".join(SENTENCES), "date": "2024-01-01"}]
    for k in (1, 3, 5):
        text = ". ".join(part for n, part in enumerate(parts) if n not in (k, k + 8))
        records.append({"id": f"new{k}", "text": text, "date": "2024-01-05"})
    result = _run(records, tmp_path / "out")
    assert result.unseen.column("parent_id").to_pylist() == ["old"]
    assert "  old  2024-01-01\n  └─ [a source that is not in the pile]\n     ├─ new1  2024" in result.summary_text()
    made = "Source of a text that is not in the pile, of which were made new1, new3, new5."
    assert made in result.explain("old").text()
    assert "); it descends from old." in result.explain("new1").text()


def test_a_pair_is_the_same_either_way(wire: dedup.Result) -> None:
    """``explain(a, b)`` and ``explain(b, a)`` say the same."""
    for pair in wire.pairs.slice(0, 12).to_pylist():
        there = wire.explain(pair["left_id"], pair["right_id"])
        back = wire.explain(pair["right_id"], pair["left_id"])
        assert (there.data, there.lines) == (back.data, back.lines)


def test_every_pair_can_be_explained(wire: dedup.Result) -> None:
    """Each listed pair, accepted or refused, has its verdict and its passages, as JSON too."""
    for pair in wire.pairs.to_pylist():
        explained = wire.explain(pair["left_id"], pair["right_id"])
        data = json.loads(json.dumps(explained.to_dict()))
        assert data["pair"]["relation"] == pair["relation"]
        assert f"({'accepted' if pair['accepted'] else 'refused'})" in explained.text()
        assert len(data["passages"]) == (pair["n_passages"] if pair["accepted"] or data["passages"] else 0)
        ends = (pair["left_id"], pair["right_id"])
        edges = [row for row in wire.lineage.to_pylist() if row["child_id"] in ends and row["parent_id"] in ends]
        alone = [row for row in wire.lineage.to_pylist() if row["child_id"] in ends and row["parent_id"] is None]
        for told, rows in (("lineage", edges), ("without_parent", alone)):
            details = [[reason["detail"] for reason in row["evidence"]] for row in data[told]]
            assert sorted(details) == sorted([reason["detail"] for reason in row["evidence"]] for row in rows)


def test_every_document_can_be_explained(wire: dedup.Result) -> None:
    """Each document has its decision, and its ties are those of the tables."""
    for row in wire.documents.to_pylist():
        explained = wire.explain(row["doc_id"])
        assert row["kept_reason"] in explained.text()
        parents = [edge for edge in explained.to_dict()["parents"] if edge["parent_id"]]
        assert explained.text().count("A further source:") == sum(edge["rank"] > 1 for edge in parents)
        mine = [p for p in wire.pairs.to_pylist() if row["doc_id"] in (p["left_id"], p["right_id"])]
        assert len(json.loads(json.dumps(explained.to_dict()))["pairs"]) == len(mine)


def test_copies_that_are_not_listed_are_explained_by_the_first(crowd: dedup.Result) -> None:
    """Of a text with many copies each pair can be explained: the first document stands for the others."""
    listed = crowd.pairs.filter(pc.equal(crowd.pairs.column("relation"), "partial"))
    assert listed.select(["left_id", "right_id"]).to_pylist() == [{"left_id": "c00", "right_id": "o00"}]
    explained = crowd.explain("o05", "c03")
    assert explained.data["same_text"] == {"o05": "o00", "c03": "c00"}
    assert "c00 stands here for c03: their texts are equal." in explained.text()
    assert explained.data["pair"] == crowd.explain("c00", "o00").data["pair"]


def test_two_copies_of_one_text_that_are_not_listed(crowd: dedup.Result) -> None:
    """Two of many copies are each other's copy, though only their ties to the first are listed."""
    explained = crowd.explain("c03", "c07")
    assert (explained.data["same_text"], explained.data["pair"]["relation"]) == ({"c03": "c00"}, "exact")
    assert explained.data["right"]["doc_id"] == "c07"


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (("c00", "c00"), "c00 is named twice"),
        (("c00", "s"), "did not compare c00 and s"),
        (("c05", "s"), "did not compare c05 and s"),
        (("c00", "nobody"), "no document 'nobody'"),
        (("nobody",), "no document 'nobody'"),
        (("07",), "no document '07'\\.\nHint: Did you mean c07 or o07"),
    ],
)
def test_what_cannot_be_explained(ids: tuple[str, ...], message: str, crowd: dedup.Result) -> None:
    """One document twice, two that were never compared, one that is not there: each is told in words, with a hint."""
    with pytest.raises(UnknownDocumentError) as caught:
        crowd.explain(*ids)
    assert pc.match_substring_regex(pa.scalar(str(caught.value)), message).as_py()
    assert caught.value.hint


def test_texts_that_have_changed(tmp_path: Path) -> None:
    """A text that is not the one that the run saw is never explained as if it were; the old one can be named."""
    result = _run([{"id": "a", "text": TALE}, {"id": "b", "text": TALE}], tmp_path / "out")
    source = tmp_path / "out.jsonl"
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "out.jsonl").write_bytes(source.read_bytes())
    source.write_text(source.read_text(encoding="utf-8").replace("word7 ", "word8 "), encoding="utf-8")
    with pytest.raises(TextUnavailableError, match="not the one that the run saw"):
        result.explain("a", "b")
    assert "exact" in result.explain("a", "b", source=[str(tmp_path / "old")]).text()
    source.unlink()
    with pytest.raises(TextUnavailableError):
        result.explain("a", "b")


def test_copies_alone(tmp_path: Path) -> None:
    """With ``detect = copies`` there are clusters and a decision, but no edge, and nothing is said of originality."""
    records = newswire(6)
    result, full = (
        _run(records, tmp_path / name, detect=detect)
        for name, detect in (("copies", ("copies",)), ("full", ("copies", "excerpts")))
    )
    for name, schema in TABLES.items():
        assert getattr(result, name).schema == schema
    assert result.lineage.num_rows == 0
    assert result.documents.column("originality").null_count == len(records)
    assert set(result.stories.column("n_edges").to_pylist()) == {0}
    assert set(result.stories.column("n_unseen").to_pylist()) == {0}
    assert result.unseen.num_rows == 0
    for column in ("cluster_id", "kept", "canonical_id"):
        assert result.documents.column(column).equals(full.documents.column(column))
    assert "Story 1" in result.summary_text()
    assert "Originality: unknown." in result.explain(records[0]["id"]).text()


@pytest.mark.parametrize("keep", ["earliest", "longest", "root", "first", "weight"])
def test_every_keep_policy(keep: str, tmp_path: Path) -> None:
    """Each policy keeps one of the copies, says why, and puts the others under it; a column may lack values."""
    texts = (TALE, TALE + " and the last words of it", TALE, "A stranger to them.")
    records = [{"id": f"d{n}", "text": text, "weight": None if n < 2 else n} for n, text in enumerate(texts)]
    records[1]["date"] = "2024-03-01"
    result = _run(records, tmp_path / "out", keep=keep)
    kept = {"earliest": "d1", "longest": "d1", "first": "d0", "weight": "d2"}
    canonical = result.documents.column("canonical_id").to_pylist()
    assert canonical[3] == "d3"
    assert len(set(canonical[:3])) == 1
    assert canonical[0] == kept.get(keep, canonical[0])
    reason = result.documents.column("kept_reason")[int(canonical[0][1])].as_py()
    assert keep in reason


def test_a_keep_column_without_any_value(tmp_path: Path) -> None:
    """Where the column is there but says nothing, the first in the input is kept, and the reason says so."""
    result = _run([{"id": name, "text": TALE, "weight": None} for name in "ab"], tmp_path / "out", keep="weight")
    assert result.documents.column("kept").to_pylist() == [True, False]
    assert "none with weight" in result.documents.column("kept_reason")[0].as_py()


def test_every_removal_points_to_a_kept_direct_match(wire: dedup.Result) -> None:
    """A document that is not kept bears the text of a kept one, or one that is directly compared with it and near."""
    rows = {row["doc_id"]: row for row in wire.documents.to_pylist()}
    pairs = {(row["left_id"], row["right_id"]): row["relation"] for row in wire.pairs.to_pylist() if row["accepted"]}
    first: dict[str, str] = {}
    for row in rows.values():
        first.setdefault(row["text_digest"], row["doc_id"])
    removed = [row for row in rows.values() if not row["kept"]]
    assert removed
    for row in removed:
        kept = rows[row["canonical_id"]]
        assert kept["kept"]
        left, right = sorted((first[row["text_digest"]], first[kept["text_digest"]]))
        assert left == right or pairs[left, right] == "near"


def test_summary_counts_the_tables(wire: dedup.Result) -> None:
    """The numbers are those of the tables, and can be written as JSON."""
    summary = json.loads(json.dumps(wire.summary()))
    assert summary["n_documents"] == wire.documents.num_rows
    assert summary["n_removed"] == wire.documents.column("kept").to_pylist().count(False)
    assert summary["n_pairs"] + summary["n_refused"] == wire.pairs.num_rows
    assert summary["n_edges"] == wire.lineage.column("parent_kind").to_pylist().count("document")
    assert summary["files"]["pairs.parquet"] == wire.pairs.num_rows


def test_the_screen_is_short(wire: dedup.Result) -> None:
    """However many stories and members there are, the last screen shows the largest and counts the rest."""
    screen = wire.summary_text()
    assert "... and 3 more stories in stories.parquet." in screen
    assert len(screen.splitlines()) < 110
    shown = {line.split()[1].rstrip(":") for line in screen.splitlines() if line.startswith("Story ")}
    assert len(shown) == 5


def test_filter_refuses_what_the_run_has_not_read(wire: dedup.Result, tmp_path: Path) -> None:
    """Only what was judged can be filtered, and only into a folder that holds nothing."""
    (tmp_path / "new.jsonl").write_text('{"id": "n", "text": "New."}\n', encoding="utf-8")
    with pytest.raises(SourceError, match=r"has not read .*new\.jsonl"):
        wire.filter(str(tmp_path / "new.jsonl"), tmp_path / "kept")
    with pytest.raises(OutputError):
        wire.filter(str(wire.path.with_suffix(".jsonl")), tmp_path)
    report = wire.filter(str(wire.path.with_suffix(".jsonl")), tmp_path / "kept")
    (written,) = report.to_dict()["files"]
    assert written["rows_out"] == wire.documents.column("kept").to_pylist().count(True)
    assert f"of {wire.documents.num_rows:,} records" in report.text()


def test_filter_refuses_what_has_changed(tmp_path: Path) -> None:
    """Rows that the run has not judged are not let through under the numbers of those that it has."""
    records = [{"id": "a", "text": TALE}, {"id": "b", "text": TALE}, {"id": "c", "text": "A stranger."}]
    result = _run(records, tmp_path / "out")
    source = tmp_path / "out.jsonl"
    source.write_text("".join(source.read_text(encoding="utf-8").splitlines(keepends=True)[::-1]), encoding="utf-8")
    with pytest.raises(SourceError, match=r"out\.jsonl has changed since the run"):
        result.filter(str(source), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_what_differs_in_a_passage_is_marked() -> None:
    """Words of one side only stand in brackets, the passage in guillemets, its surroundings around it, on one line."""
    span = {"left_begin": 4, "left_end": 25, "right_begin": 0, "right_end": 17}
    left, right = in_context(span, "Yes\nthe old grey\nmare ran off", "The old mare sped on")
    assert left == "Yes «the old [grey] mare [ran]» off"
    assert right == "«The old mare [sped]» on"


@pytest.mark.parametrize(("n", "words"), [(0, "0 stories"), (1, "1 story"), (2000, "2,000 stories")])
def test_numbers_agree_with_their_nouns(n: int, words: str) -> None:
    """One story, many stories."""
    assert counted(n, "story", "stories") == words


def test_titles_are_short() -> None:
    """A title is one line of bounded length."""
    assert short(" A\n title ") == "A title"
    assert len(short("word " * 1_000_000)) <= 90


def test_a_run_for_copies_explains_itself(tmp_path: Path) -> None:
    """Without alignment there are no passages and no rates to tell: what is not known is a dash, not a number."""
    table = pa.Table.from_pylist(newswire(4))
    result = dedup.run(table, dedup.Config(detect=("copies",)), out=tmp_path / "out")
    assert (result.passages.num_rows, result.lineage.num_rows) == (0, 0)
    relations = {pair["relation"]: (pair["left_id"], pair["right_id"]) for pair in result.pairs.to_pylist()}
    assert relations.keys() == {"exact", "near", None}
    told = result.explain(*relations["near"]).text()
    assert re.search(r"words replaced outside quotations +-\n", told)
    assert "Verdict: near (accepted)" in told
    assert "Verdict: exact (accepted)" in result.explain(*relations["exact"]).text()
    refused = result.explain(*relations[None]).text()
    assert "(refused); they resemble each other too little to be copies" in refused
    assert all("it knows of no passages" in text and "Shared passages" not in text for text in (told, refused))
    for doc_id in result.documents.column("doc_id").to_pylist():
        assert "Originality: unknown" in result.explain(doc_id).text()
