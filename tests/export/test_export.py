"""A run in the formats of others, each read back by a reader that is not ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pydot
import pytest
import yaml
from prov.constants import PROV, XSD
from prov.model import (
    ProvActivity,
    ProvAgent,
    ProvAlternate,
    ProvAttribution,
    ProvDerivation,
    ProvDocument,
    ProvEntity,
    ProvRecord,
)

import dedup
from dedup.errors import ConfigError, OutputError, UnknownDocumentError
from dedup.export import FORMATS
from dedup.export.graph import OF_DOCUMENT, OF_EDGE, in_words
from dedup.export.prov import TERMS
from dedup.result.summary import short
from dedup.safe import visible
from dedup.schema import TABLES, TEXTS, describe
from tests.corpora import newswire

HOSTILE = [
    'quoted "twice" and "again"',
    '"quoted from end to end"',
    "<b>bold</b> <!-- --> ]]> &amp; </node>",
    "ends in a backslash \\",
    "\\N \\G \\l",
    "tab\tand\nlines\r\nof \x0b\x0c kinds\x85\u2028\u2029",
    "bell\x07 escape\x1b[2J nothing\x00",
    "left \u202eright\u202c \u2066isolated\u2069",
    "```\n# heading\n--- \n[link](javascript:alert(1)) | pipe | <script>alert(1)</script>",
    "node",
    "x" * 100_000,
    "\ufffe\uffff 中文 عربى 🎈",
]
_PUBLISHED = TERMS["published_at"]
SENTENCES = [" ".join(f"{letter}ord{n}" for n in range(25)) for letter in "abcdefghij"]


def _records() -> list[dict[str, Any]]:
    """Stories with dates and publishers; three texts made of one that is not there; a pair for each hostile text."""
    records = newswire(6)
    for k in range(3):
        kept = [sentence for n, sentence in enumerate(SENTENCES) if n not in (k, k + 4)]
        records.append({"id": f"s{k}", "text": ". ".join(kept) + "."})
    for number, words in enumerate(HOSTILE):
        text = " ".join(f"hostile{number}x{n}" for n in range(60))
        facts = {"title": words, "publisher": words[:200], "url": words[:200]}
        records.append({"id": f"{words[:300]} {number}", "text": text, "date": "2024-03-01", **facts})
        records.append({"id": f"{number} {words[:300]}", "text": f"{text} more", "date": "2024-03", **facts})
    return records


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> dedup.Result:
    """A run over all of them."""
    folder = tmp_path_factory.mktemp("pile")
    source = folder / "pile.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in _records()), encoding="utf-8")
    result = dedup.run(source, out=folder / "out")
    assert result.unseen.num_rows == 1
    kinds = set(result.lineage.column("relation").to_pylist())
    assert {"exact", "near", "excerpt", "partial", None} <= kinds
    return result


def _read(text: str) -> tuple[ProvDocument, dict[type[ProvRecord], list[Any]]]:
    """A PROV document, and its records by their type."""
    document = ProvDocument.deserialize(content=text, format="json")
    records: dict[type[ProvRecord], list[Any]] = {}
    for record in document.get_records():
        records.setdefault(type(record), []).append(record)
    return document, records


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _edges(result: dedup.Result) -> dict[tuple[str, str], dict[str, Any]]:
    """The derivations of the table, by what an exported graph calls their ends."""
    keys = {doc_id: f"d{n}" for n, doc_id in enumerate(result.documents.column("doc_id").to_pylist())}
    edges = {}
    for row in result.lineage.to_pylist():
        child = keys[row["child_id"]]
        if row["parent_kind"] != "none":
            alone = f"{child}-source" if row["unseen_id"] is None else f"u{row['unseen_id']}"
            edges[keys.get(row["parent_id"], alone), child] = row
    return edges


def test_node_link_json_is_the_tables(pile: dedup.Result) -> None:
    """The reader networkx finds every document with every column, whole, and every derivation; all in ASCII."""
    text = pile.export("json")
    assert text.isascii()
    graph = nx.node_link_graph(json.loads(text), edges="edges")
    for number, row in enumerate(pile.documents.to_pylist()):
        node = graph.nodes[f"d{number}"]
        assert (node["kind"], node["label"]) == ("document", row["doc_id"])
        assert {name: node[name] for name in OF_DOCUMENT} == {name: _plain(row[name]) for name in OF_DOCUMENT}
    assert {title for _, title in graph.nodes(data="title")} >= set(HOSTILE[:5])
    expected = _edges(pile)
    assert set(graph.edges) == set(expected)
    for ends, row in expected.items():
        assert graph.edges[ends] == {name: row[name] for name in OF_EDGE}
    (unseen,) = (node for _, node in graph.nodes(data=True) if node["kind"] == "unseen")
    assert (unseen["n_children"], unseen["label"]) == (3, "unseen source 1")
    roots = {row["child_id"]: row["confidence"] for row in pile.lineage.to_pylist() if row["parent_kind"] == "none"}
    told = {node["doc_id"]: node["root_confidence"] for _, node in graph.nodes(data=True) if "root_confidence" in node}
    assert told == roots


def test_graphml_is_the_tables(pile: dedup.Result) -> None:
    """Both networkx and expat read it; what XML cannot hold is shown by its number, what is unknown is left out."""
    content = pile.export("graphml").encode()
    assert ET.fromstring(content).tag.endswith("graphml")
    graph = nx.read_graphml(BytesIO(content))
    for number, row in enumerate(pile.documents.to_pylist()):
        node = graph.nodes[f"d{number}"]
        told = {name: _plain(row[name]) for name in OF_DOCUMENT if row[name] is not None}
        told = {name: visible(value) if isinstance(value, str) else value for name, value in told.items()}
        assert {name: node[name] for name in OF_DOCUMENT if name in node} == told
    expected = _edges(pile)
    assert set(graph.edges) == set(expected)
    for ends, row in expected.items():
        edge = graph.edges[ends]
        assert (edge["confidence"], edge.get("relation")) == (row["confidence"], row["relation"])
        assert edge["evidence"] == visible("\n".join(in_words(row["evidence"])))


def _spoken(value: str) -> list[str]:
    """The lines that Graphviz would draw for a label."""
    inside = value[1:-1] if value.startswith('"') else value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], inside).split("\n")


@pytest.mark.filterwarnings("ignore:.*deprecated - use:DeprecationWarning")  # pydot calls pyparsing by old names
def test_dot_draws_the_stories(pile: dedup.Result) -> None:
    """The reader pydot finds a box for each document, in its story, a dashed one for what is unseen, all arrows."""
    text = pile.export("dot")
    assert visible(text) == text
    (graph,) = pydot.graph_from_dot_data(text) or []
    stories = {part.get_name(): part for part in graph.get_subgraphs()}
    rows = {f"d{n}": row for n, row in enumerate(pile.documents.to_pylist()) if row["story_id"] is not None}
    drawn = {node.get_name(): (name, node) for name, part in stories.items() for node in part.get_nodes()}
    drawn.pop("graph")  # a box's own settings
    assert set(drawn) == {*rows, "u1"}
    assert drawn["u1"][1].get("style") == '"dashed,rounded"'
    for key, row in rows.items():
        story, node = drawn[key]
        assert story == f"cluster_{row['story_id']}"
        lines = _spoken(node.get("label"))
        assert lines[0] == visible(short(row["doc_id"], 48))
        assert row["title"] is None or lines[1] == visible(short(row["title"], 48))
        assert len(lines) == 1 + (row["title"] is not None) + (row["published_at"] is not None)
    assert {(edge.get_source(), edge.get_destination()) for edge in graph.get_edges()} == set(_edges(pile))
    alone = pile.documents.num_rows - len(rows)
    assert f"not drawn: {alone} documents of no story" in graph.obj_dict["attributes"].get("comment", text)


def test_prov_is_read_by_prov(pile: dedup.Result) -> None:
    """Entities, derivations with their kinds and confidences, the run, the software and the publishers come back."""
    document, records = _read(pile.export("prov"))
    assert _read(document.serialize(format="json"))[0] == document
    (run,) = records[ProvActivity]
    assert run.get_startTime().isoformat() == pile.record["started_at"]
    assert 0 < (run.get_endTime() - run.get_startTime()).total_seconds() < 600
    name = run.identifier.namespace
    (software,) = (agent for agent in records[ProvAgent] if PROV["SoftwareAgent"] in agent.get_asserted_types())
    assert software.get_attribute(TERMS["version"]) == {dedup.__version__}
    entities = {entity.identifier: entity for entity in records[ProvEntity]}
    for number, row in enumerate(pile.documents.to_pylist()):
        entity = entities[name[f"d{number}"]]
        assert entity.get_asserted_types() == {TERMS["Document"]}
        for column in ("doc_id", "title", "url", "kept", "originality", "n_words"):
            assert entity.get_attribute(TERMS[column]) == {row[column]} - {None}
    unseen = entities[name["u1"]]
    assert unseen.get_attribute(TERMS["unseen"]) == {True}
    assert unseen.get_asserted_types() == {TERMS["UnseenSource"]}
    times = {
        getattr(time, "datatype", None) for entity in entities.values() for time in entity.get_attribute(_PUBLISHED)
    }
    assert times == {XSD["date"], XSD["gYearMonth"], None}  # None: a time with its hour, which Python has a type for
    assert len(records[ProvAttribution]) == pile.documents.num_rows - pile.documents.column("publisher").null_count
    assert {agent.label for agent in records[ProvAgent]} >= {"Aurora", "Beacon", "Courier"}
    _check_derivations(records[ProvDerivation], name, pile)


def _check_derivations(records: list[Any], name: Any, result: dedup.Result) -> None:
    kinds = {"near": "Revision", "rewrite": "Revision", None: "PrimarySource"}
    told = {tuple(value for _, value in record.formal_attributes[1::-1]): record for record in records}
    expected = {(name[parent], name[child]): row for (parent, child), row in _edges(result).items()}
    assert {ends for ends, record in told.items() if not record.get_attribute(TERMS["named_by_text"])} == set(expected)
    for ends, row in expected.items():
        assert told[ends].get_asserted_types() == {PROV[kinds.get(row["relation"], "Quotation")]}
        for column in ("relation", "confidence", "direction_text", "direction_all"):
            assert told[ends].get_attribute(TERMS[column]) == {row[column]} - {None}
        assert told[ends].get_attribute(TERMS["evidence"]) == set(in_words(row["evidence"]))


def test_prov_names_of_a_run_are_its_own(pile: dedup.Result, tmp_path: Path) -> None:
    """The same tables have the same identifiers, wherever they are made; other tables have others."""

    def mark(result: dedup.Result) -> str:
        return str(json.loads(result.export("prov"))["prefix"]["run"])

    source = Path(pile.record["inputs"][0]["path"])
    again = dedup.run(source, dedup.Config(threads=1), out=tmp_path / "again")
    other = dedup.run(source, dedup.Config(min_jaccard=0.6), out=tmp_path / "other")
    assert mark(again) == mark(pile) != mark(other)


def test_copies_without_an_order_are_alternates(tmp_path: Path) -> None:
    """A copy of which nobody knows whether it came first is no derivation; it is joined with the one that is kept."""
    text = " ".join(f"word{n}" for n in range(60))
    source = tmp_path / "two.jsonl"
    source.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name in "ab"), encoding="utf-8")
    _, records = _read(dedup.run(source, out=tmp_path / "out").export("prov"))
    assert ProvDerivation not in records
    (record,) = records[ProvAlternate]
    assert [value.localpart for _, value in record.formal_attributes] == ["d1", "d0"]


def test_what_a_text_names_is_a_primary_source(desk: Path) -> None:
    """Seed 001 says that it follows Interfax, which is not in the pile; 000 quotes 001."""
    document, records = _read(dedup.run("seeds", out="out").export("prov"))
    derived = {str(record.formal_attributes[0][1].localpart): record for record in records[ProvDerivation]}
    assert sorted(derived) == ["d0", "d1"]
    assert derived["d0"].get_asserted_types() == {PROV["Quotation"]}
    assert derived["d0"].formal_attributes[1][1].localpart == "d1"
    assert derived["d1"].get_asserted_types() == {PROV["PrimarySource"]}
    assert derived["d1"].get_attribute(TERMS["confidence"]) == set()
    assert [record.label for record in document.get_record(derived["d1"].formal_attributes[1][1])] == ["interfax"]


def test_a_source_of_one_text_alone(desk: Path) -> None:
    """A text that is said to derive from what is not in the pile has a source of its own in every graph."""
    result = dedup.run("seeds", out="out")
    rows = [row | {"parent_kind": "unseen"} if row["parent_id"] is None else row for row in result.lineage.to_pylist()]
    result.__dict__["lineage"] = pa.Table.from_pylist(rows, schema=TABLES["lineage"])
    graph = nx.node_link_graph(json.loads(result.export("json")), edges="edges")
    source = graph.nodes["d1-source"]
    assert (source["kind"], source["label"], source["story_id"], source["n_children"]) == ("unseen", "interfax", 1, 1)
    assert graph.edges["d1-source", "d1"]["confidence"] == rows[1]["confidence"]
    assert "d1-source" in nx.read_graphml(BytesIO(result.export("graphml").encode()))
    assert '"d1-source" -> d1' in result.export("dot")
    document, records = _read(result.export("prov"))
    (derived,) = (record for record in records[ProvDerivation] if record.formal_attributes[0][1].localpart == "d1")
    assert derived.get_asserted_types() == {PROV["PrimarySource"]}
    (entity,) = document.get_record(derived.formal_attributes[1][1])
    assert entity.get_attribute(TERMS["unseen"]) == {True}


def test_the_source_of_an_unseen_source(tmp_path: Path) -> None:
    """Where a document stands above an unseen source, an arrow says so; how it was made is not known."""
    parts = [part for old in SENTENCES for part in (old, old.replace("ord", "new"))]
    records = [{"id": "old", "text": ". ".join(SENTENCES), "date": "2024-01-01"}]
    for k in (1, 3, 5):
        text = ". ".join(part for n, part in enumerate(parts) if n not in (k, k + 8))
        records.append({"id": f"new{k}", "text": text, "date": "2024-01-05"})
    source = tmp_path / "four.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    result = dedup.run(source, out=tmp_path / "out")
    graph = nx.node_link_graph(json.loads(result.export("json")), edges="edges")
    assert set(graph.edges) == {("d0", "u1"), ("u1", "d1"), ("u1", "d2"), ("u1", "d3")}
    assert graph.edges["d0", "u1"]["relation"] is None
    assert "d0 -> u1 [" in result.export("dot")
    found = _read(result.export("prov"))[1][ProvDerivation]
    told = {tuple(value.localpart for _, value in record.formal_attributes[:2]): record for record in found}
    assert told["u1", "d0"].get_asserted_types() == set()
    assert told["d1", "u1"].get_asserted_types() == {PROV["PrimarySource"]}


def _schema(features: list[dict[str, Any]]) -> pa.Schema:
    """The schema that a card tells in the words of Hugging Face."""
    kinds = {"string": pa.string(), "large_string": pa.large_string(), "int64": pa.int64(), "float64": pa.float64(),
             "bool": pa.bool_(), "timestamp[s, tz=UTC]": pa.timestamp("s", "UTC")}  # fmt: skip

    def kind(feature: dict[str, Any]) -> pa.DataType:
        inner = feature.get("list")
        if inner is None:
            return kinds[feature["dtype"]]
        return pa.list_(kinds[inner] if isinstance(inner, str) else pa.struct(list(_schema(inner))))

    return pa.schema([(feature["name"], kind(feature)) for feature in features])


def test_a_card_has_the_schemas(pile: dedup.Result, tmp_path: Path) -> None:
    """A YAML reader finds each table with its file, its rows and exactly its columns; the body tells what they mean."""
    result = dedup.run(pile.record["inputs"][0]["path"], dedup.Config(keep_texts=True), out=tmp_path / "out")
    text = result.export("card", tmp_path / "out" / "README.md")
    _, front, body = text.split("---\n", 2)
    told = yaml.safe_load(front)
    assert (told["license"], told["size_categories"]) == ("unknown", ["n<1K"])
    schemas = {**TABLES, "texts": TEXTS}
    assert [table["config_name"] for table in told["dataset_info"]] == [
        table["config_name"] for table in told["configs"]
    ]
    files = {table["config_name"]: tmp_path / "out" / table["data_files"] for table in told["configs"]}
    assert set(files) == set(schemas)
    for table in told["dataset_info"]:
        name = table["config_name"]
        assert _schema(table["features"]) == schemas[name]
        assert pq.read_metadata(files[name]).num_rows == table["splits"][0]["num_examples"]
        assert all(f"| `{column}` | {kind} | {meaning} |" in body for column, kind, meaning in describe(name))
    assert f"| documents | {result.documents.num_rows} |" in body
    assert "The texts are in `texts.parquet`." in body


def test_a_card_shows_what_is_hostile(tmp_path: Path) -> None:
    """Names from outside are text: they open no link, end no block and turn nothing around."""
    column = "``` <script>\u202e[x](y)\n# z\x1b"
    words = " ".join(f"word{n}" for n in range(60))
    source = tmp_path / "one.jsonl"
    source.write_text(json.dumps({column: words, "id": "a", "date": "<b>\x1b[x](y)"}) + "\n", encoding="utf-8")
    text = dedup.run(source, dedup.Config(text_field=column), out=tmp_path / "out").export("card")
    assert visible(text) == text
    assert "\n# z" not in text
    assert text.count("\n```\n") == 1
    (note,) = (line for line in text.splitlines() if line.startswith("Note:"))
    assert "\\<b\\>" in note
    assert "\\[x\\]\\(y\\)" in note


def test_a_card_of_copies_alone_says_so(desk: Path) -> None:
    """What was not looked for is not told as done."""
    text = dedup.run("seeds", dedup.Config(detect=("copies",)), out="out").export("card")
    assert "Only copies were looked for" in text
    assert "Who had it first is inferred" not in text


def test_single_stories_can_be_exported(pile: dedup.Result) -> None:
    """Only the documents, sources and derivations of the stories that are named, under the same keys."""
    story = pile.unseen.column("story_id").to_pylist()[0]
    whole = nx.node_link_graph(json.loads(pile.export("json")), edges="edges")
    part = nx.node_link_graph(json.loads(pile.export("json", stories=[story])), edges="edges")
    assert {label for _, label in part.nodes(data="label")} == {"s0", "s1", "s2", "unseen source 1"}
    assert dict(part.nodes(data=True)) == {key: whole.nodes[key] for key in part}
    assert set(part.edges) == {ends for ends in whole.edges if ends[1] in part}
    for to in ("prov", "graphml", "dot"):
        assert 0 < len(pile.export(to, stories=[story])) < len(pile.export(to)) / 2
    with pytest.raises(UnknownDocumentError, match="no story 99"):
        pile.export("dot", stories=[story, 99])
    with pytest.raises(ConfigError, match="whole run"):
        pile.export("card", stories=[story])


@pytest.mark.parametrize("to", FORMATS)
def test_an_empty_run_and_the_same_again(to: str, tmp_path: Path) -> None:
    """Where nothing is tied the file is whole all the same; and it is the same each time."""
    source = tmp_path / "none.jsonl"
    source.write_text('{"id": "a", "text": "One short text."}\n', encoding="utf-8")
    result = dedup.run(source, out=tmp_path / "out")
    text = result.export(to)
    assert text.endswith("\n")
    assert dedup.Result.open(tmp_path / "out").export(to) == text


def test_an_export_goes_to_a_file(pile: dedup.Result, tmp_path: Path) -> None:
    """The file holds what is returned; an older one is replaced, an input and the tables are not."""
    path = tmp_path / "graph.json"
    path.write_text("old", encoding="utf-8")
    assert pile.export("json", path) == path.read_text(encoding="utf-8")
    source = Path(pile.record["inputs"][0]["path"])
    before = source.read_bytes()
    for refused in (source, pile.path / "documents.parquet", pile.path / "graph.json", tmp_path):
        with pytest.raises(OutputError) as caught:
            pile.export("json", refused)
        assert caught.value.hint
    assert source.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["graph.json"]


def test_an_unknown_format_is_told(pile: dedup.Result) -> None:
    """The error names those that there are."""
    with pytest.raises(ConfigError, match="no format 'svg'") as caught:
        pile.export("svg")
    assert all(name in caught.value.hint for name in FORMATS)


def test_formats_load_when_they_are_asked_for() -> None:
    """To know which formats there are, none of their libraries is loaded."""
    heavy = {"networkx", "prov", "graphviz", "jinja2", "pyarrow"}
    code = f"import sys, dedup.export; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
