"""The data model: every table says what it is, and nothing else passes a border."""

from __future__ import annotations

import pyarrow as pa
import pytest

from dedup import schema
from dedup.errors import InternalError

COLUMNS = {
    "documents": "doc_id source_path source_row title publisher published_at published_precision url n_chars n_words "
    "text_digest story_id cluster_id canonical_id kept kept_reason originality n_copies spin_score "
    "spin_reason spin_evidence",
    "pairs": "left_id right_id relation accepted jaccard containment_left containment_right channels aligned_left "
    "aligned_right substitution_rate quote_edit_rate n_passages spin_score direction_text direction_all "
    "common_source",
    "passages": "left_id right_id left_begin left_end right_begin right_end kind",
    "lineage": "child_id parent_id parent_kind unseen_id parent_label rank relation confidence direction_text "
    "direction_all child_coverage parent_coverage evidence",
    "unseen": "unseen_id story_id label parent_id n_children gain_bits probability passages",
    "clusters": "cluster_id canonical_id n_documents min_jaccard first_published_at last_published_at",
    "stories": "story_id n_documents n_clusters n_publishers first_published_at last_published_at root_ids n_edges "
    "n_unseen",
    "substitutions": "left right n_pairs n_stories g2",
    "rejects": "source_path source_row doc_id reason detail",
}


def test_the_tables_are_those_of_the_design() -> None:
    """The names of tables and columns that users build on; a column may be added at its place, none renamed."""
    assert {name: " ".join(table.names) for name, table in schema.TABLES.items()} == COLUMNS


@pytest.mark.parametrize(("inner", "outer"), [("MATCHES", "PAIRS"), ("SPANS", "PASSAGES"), ("EDGES", "LINEAGE")])
def test_stages_see_the_columns_that_users_see(inner: str, outer: str) -> None:
    """A stage's table begins with two documents by number, where the user's has ids; the measures are the same."""
    seen, told = getattr(schema, inner), getattr(schema, outer)
    assert [field.type for field in list(seen)[:2]] == [pa.int64()] * 2
    assert list(told)[2:] == list(seen)[2 : len(told)]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda table: table.drop_columns(["detail"]), "detail"),
        (lambda table: table.append_column("more", pa.array([], pa.int64())), "more"),
        (lambda table: table.select(table.column_names[::-1]), "columns out of order"),
        (lambda table: table.set_column(1, "source_row", pa.array([], pa.string())), "source_row"),
    ],
)
def test_check_lets_nothing_else_through(change, word: str) -> None:
    """A column that is missing, surplus, misplaced or of another type is named as a bug of ours."""
    right = schema.empty(schema.REJECTS)
    assert schema.check(right, schema.REJECTS) is right
    with pytest.raises(InternalError, match=word):
        schema.check(change(right), schema.REJECTS)


def test_stages_see_sources_as_users_do() -> None:
    """The same columns, but that documents are numbers and passages count words."""
    renamed = ["parent" if name == "parent_id" else name for name in schema.UNSEEN.names]
    assert schema.SOURCES.names == renamed
    told, seen = schema.UNSEEN.field("passages").type.value_type, schema.SOURCES.field("passages").type.value_type
    assert ([field.name for field in told], [field.name for field in seen]) == (
        ["doc_id", "begin", "end"],
        ["doc", "begin", "end"],
    )


def test_stamp_names_table_and_version() -> None:
    """A stamped table tells its name and the schema's version, and is the same otherwise."""
    stamped = schema.stamp(schema.empty(schema.REJECTS), "rejects")
    assert stamped.schema.metadata == {b"dedup.schema": b"rejects", b"dedup.schema_version": schema.VERSION.encode()}
    assert stamped.schema.equals(schema.REJECTS)


def test_entries_are_records_and_sketches_without_the_text() -> None:
    """What is kept of a document until the end is all that was read and sketched of it, but for the text."""
    held = [field for field in [*schema.RECORDS, *list(schema.SKETCHES)[1:]] if field.name != "text"]
    assert list(schema.ENTRIES) == held
    assert len(set(schema.ENTRIES.names)) == len(schema.ENTRIES)


def test_nodes_are_made_of_entries() -> None:
    """A node is what was kept of a document, with its text, its story, its cluster, its spin score and who it names."""
    own = {"text", "story", "cluster", "spin_score", "cues", "publishers_named"}
    assert {field for field in schema.NODES if field.name not in own} <= set(schema.ENTRIES)
