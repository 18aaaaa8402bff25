"""Texts in other words, from the input to the tables: found, told by their relation, scored, learned from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import dedup
from dedup.errors import ConfigError
from tests import naive

ARTICLE = """The harbour board of Veldmoor voted on Tuesday to delay the opening of its new ferry terminal until the
spring, after engineers found large cracks in the eastern wall of the building. Members of the board said they were
ready to send a small team to the yard in Hallin, where the steel frame was made, to ask why the faults had not been
noticed earlier. The chairwoman, Ida Brandt, told reporters that safety came first. "We will not let a single passenger
through these doors before we know that the walls can bear the load," she said. The builder, Norvik Works, denied that
it had used poor material and called for an independent inquiry. The company said that the ground beneath the site had
begun to sink in the autumn, and that it had given a clear warning about this in a letter. Thousands of people cross the
sound every morning, and the old landing stage is too narrow for the number of cars that wait there. Shopkeepers near
the quay fear that they will lose another season. The town council is expected to discuss the matter at the end of the
month, and to decide who has to pay for the repairs, which may cost up to 14 million crowns."""

# What a synonym machine might make of it; names, numbers and the quotation stay.
SPUN = {
    "delay": "detain", "opening": "gap", "new": "brand new", "large": "big", "cracks": "fissures", "eastern": "jap",
    "building": "constructing", "ready": "able", "small": "tiny", "team": "squad", "yard": "backyard",
    "steel": "metal", "frame": "skeleton", "faults": "flaws", "noticed": "seen", "reporters": "newsmen",
    "builder": "constructor", "denied": "refused", "poor": "bad", "material": "cloth", "independent": "impartial",
    "inquiry": "enquiry", "company": "firm", "ground": "floor", "begun": "started", "sink": "drop",
    "autumn": "fall", "clear": "lucid", "warning": "admonition", "Thousands": "1000's", "cross": "traverse",
    "morning": "hourly", "old": "aged", "landing": "touchdown", "narrow": "slim", "wait": "linger",
    "Shopkeepers": "Merchants", "fear": "dread", "lose": "mislay", "season": "time of year", "discuss": "talk about",
    "matter": "topic", "month": "calendar month", "decide": "determine", "pay": "spend", "repairs": "fixes",
}  # fmt: skip


def spun(text: str, table: dict[str, str] = SPUN) -> str:
    """The text with its words replaced, outside quotations."""
    parts = text.split('"')
    pattern = re.compile(r"\b(" + "|".join(table) + r")\b")
    return '"'.join(pattern.sub(lambda m: table[m[1]], part) if k % 2 == 0 else part for k, part in enumerate(parts))


def _run(folder: Path, records: list[dict[str, str]], **settings: object) -> dedup.Result:
    source = folder / "pile.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return dedup.run(source, dedup.Config(**settings), out=folder / "out")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A run over an article, what a machine made of it, and another text; none bears a date."""
    records = [("b-original", ARTICLE), ("a-spun", spun(ARTICLE)), ("other", " ".join(naive.__doc__.split()) * 20)]
    return _run(tmp_path_factory.mktemp("spun"), [{"id": name, "text": text} for name, text in records])


def test_a_spun_text_is_a_rewrite(result: dedup.Result) -> None:
    """The pair is one of rewording, scored as spun, edited outside its quotation and not inside."""
    (pair,) = [row for row in result.pairs.to_pylist() if row["accepted"]]
    assert (pair["left_id"], pair["right_id"], pair["relation"]) == ("a-spun", "b-original", "rewrite")
    assert pair["spin_score"] > 0.9
    assert pair["quote_edit_rate"] == 0.0
    assert pair["substitution_rate"] > 0.15
    assert min(pair["aligned_left"], pair["aligned_right"]) > 0.9
    assert result.passages.column("kind").to_pylist() == ["spun"]
    assert result.record["channels"]["passage"]["pairs"] == 1


def test_the_article_is_its_parent(result: dedup.Result) -> None:
    """Without dates, the wording tells which of the two came first, and says so."""
    (edge,) = [row for row in result.lineage.to_pylist() if row["parent_kind"] == "document"]
    assert (edge["child_id"], edge["parent_id"], edge["relation"]) == ("a-spun", "b-original", "rewrite")
    assert {"wording", "typicality"} <= {piece["kind"] for piece in edge["evidence"]}
    assert "synonym machine" in result.explain("a-spun", "b-original").text()


def test_a_lone_text_is_scored_with_its_evidence(result: dedup.Result) -> None:
    """The spun text is suspected, with spans that are in it; the article is not; what has no score has a reason."""
    rows = {row["doc_id"]: row for row in result.documents.to_pylist()}
    assert rows["b-original"]["spin_score"] < 0.2
    assert rows["a-spun"]["spin_score"] > 0.8
    assert all(spun(ARTICLE)[e["begin"] : e["end"]] == e["phrase"] for e in rows["a-spun"]["spin_evidence"])
    assert {"jap", "1000's"} <= {e["phrase"].split(" of")[0] for e in rows["a-spun"]["spin_evidence"]}
    assert result.summary()["n_spun"] == 1
    assert re.search(r"more likely than not: 1 document, such as \W*a-spun", result.summary_text())
    assert all((row["spin_score"] is None) == (row["spin_reason"] is not None) for row in rows.values())


def test_without_rewrites_nothing_is_said_of_wording(tmp_path: Path) -> None:
    """``--detect copies,excerpts`` finds no rewrite, scores no document, and says why."""
    records = [{"id": "one", "text": ARTICLE}, {"id": "two", "text": spun(ARTICLE)}]
    found = _run(tmp_path, records, detect=("copies", "excerpts"))
    assert "rewrite" not in found.pairs.column("relation").to_pylist()
    assert found.documents.column("spin_score").null_count == 2
    assert set(found.documents.column("spin_reason").to_pylist()) == {"rewrites were not looked for"}


def test_copies_share_a_score(tmp_path: Path) -> None:
    """A text is scored once; every document that bears it has the same score and evidence."""
    text = spun(ARTICLE)
    records = [{"id": f"{k}", "text": text if k % 2 else ARTICLE} for k in range(6)]
    rows = _run(tmp_path, records).documents.select(["spin_score", "spin_evidence"]).to_pylist()
    assert rows == rows[:2] * 3
    assert rows[0] != rows[1]


def _story(k: int) -> list[dict[str, str]]:
    """A story of words of its own, but for one, and what was made of it: that one is replaced, and three more."""
    words = ["board" if i % 15 == 7 else f"w{k}x{i}z" for i in range(120)]
    text = " ".join(words)
    made = re.sub(rf"w{k}x(15|45|75)z", rf"v{k}y\1z", text.replace("board", "zarn"))
    return [{"id": f"{k}-a", "text": text}, {"id": f"{k}-b", "text": made}]


def test_substitutions_are_learned_and_given(tmp_path: Path) -> None:
    """What stands for what in two stories and more is written; a later run that is given it knows it from the start."""
    folders = [tmp_path / name for name in ("several", "plain", "given")]
    for folder in folders:
        folder.mkdir()
    several = _run(folders[0], [record for k in range(4) for record in _story(k)])
    (row,) = several.substitutions.to_pylist()
    assert (row["left"], row["right"], row["n_pairs"], row["n_stories"]) == ("board", "zarn", 4, 4)
    plain = _run(folders[1], _story(9))
    given = _run(folders[2], _story(9), substitutions=str(folders[0] / "out" / "substitutions.parquet"))
    assert plain.substitutions.num_rows == 0  # one story teaches nothing
    scores = [found.pairs.column("spin_score").to_pylist()[0] for found in (plain, given)]
    assert scores[0] < scores[1]
    kinds = [found.passages.column("kind").to_pylist() for found in (plain, given, several)]
    assert kinds == [["edited"], ["spun"], ["spun"] * 4]


def test_a_wrong_file_of_substitutions_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    """It is named, and nothing is written."""
    with pytest.raises(ConfigError, match=r"nothing\.parquet"):
        _run(tmp_path, [{"id": "a", "text": ARTICLE}], substitutions=str(tmp_path / "nothing.parquet"))
    assert not (tmp_path / "out").exists()
