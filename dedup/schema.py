"""The data model: one Arrow schema per table, with its version.

``TABLES`` are the tables that a run leaves behind: names are never changed, columns may be added. What a table and each
of its columns mean is said here and nowhere else (``ROWS``, ``describe``): documents about the tables are made of it.
The other schemas are of tables that pass between stages; there a document is an integer, ``doc``, its place in the
input counted from 0. Spans are half-open; those that end in ``_begin`` and ``_end`` count characters of the original
text, those with ``_word`` count words.
"""

from __future__ import annotations

from typing import TypeAlias

import pyarrow as pa

from dedup.errors import InternalError

VERSION = "1"
PROBES = 8  # single slots kept of each document

# Name, type and meaning of each column; in place of a type the columns of a list of structs.
_Columns: TypeAlias = "tuple[tuple[str, pa.DataType | _Columns, str], ...]"


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema(columns)


def _told(columns: _Columns) -> pa.Schema:
    """The schema of a table that users see."""
    return pa.schema([(name, _structs(kind) if isinstance(kind, tuple) else kind) for name, kind, _ in columns])


def _structs(columns: _Columns) -> pa.DataType:
    return pa.list_(pa.struct(list(_told(columns))))


def _measures(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    """The columns after the two that name documents, which stages call by number."""
    return [(field.name, field.type) for field in list(schema)[2:]]


_TIME = pa.timestamp("s", tz="UTC")
_LEFT = ("left_id", pa.string(), "the document whose id sorts first")
_RIGHT = ("right_id", pa.string(), "the other document")
_FIRST_TIME = ("first_published_at", _TIME, "time of its earliest dated document")
_LAST_TIME = ("last_published_at", _TIME, "time of its latest dated document")
_EVIDENCE: _Columns = (
    ("kind", pa.string(), "kind of evidence; of a row without a parent, why it has none"),
    (
        "log_odds",
        pa.float64(),
        "its weight, which adds to the logit of direction_all; below 0 it speaks against the edge",
    ),
    ("detail", pa.string(), "what was seen, in a sentence"),
    ("child_begin", pa.int64(), "the place in the child that shows it; null where no single one does"),
    ("child_end", pa.int64(), "its end"),
    ("parent_begin", pa.int64(), "the place in the parent that shows it; null where no single one does"),
    ("parent_end", pa.int64(), "its end"),
)
_SPIN_EVIDENCE: _Columns = (
    ("begin", pa.int64(), "first character of the span"),
    ("end", pa.int64(), "its end"),
    ("phrase", pa.string(), "the words that stand there"),
    ("original", pa.string(), "what they probably stand for; null where nobody can tell"),
    ("log_odds", pa.float64(), "what the span adds to the log-odds of a machine"),
)
_PLACES: _Columns = (
    ("doc_id", pa.string(), "the child"),
    ("begin", pa.int64(), "first character of the stretch"),
    ("end", pa.int64(), "its end"),
)
_COLUMNS: dict[str, _Columns] = {
    "documents": (
        ("doc_id", pa.string(), "its id, unique in the run"),
        ("source_path", pa.string(), "the file or object that it was read from"),
        ("source_row", pa.int64(), "place in its file, counted from 0"),
        ("title", pa.string(), "its title, where known"),
        ("publisher", pa.string(), "who published it, where known"),
        ("published_at", _TIME, "when it was published, where known"),
        ("published_precision", pa.string(), "how exactly that is known: year, month, day, minute, second"),
        ("url", pa.string(), "its address, where known"),
        ("n_chars", pa.int64(), "characters of its text"),
        ("n_words", pa.int64(), "words of its text"),
        ("text_digest", pa.string(), "xxh3-128 of the normalised text, hexadecimal; equal for equal texts"),
        ("story_id", pa.int64(), "its story; null where no accepted pair ties it to another document"),
        ("cluster_id", pa.int64(), "its cluster of copies; null where it has no copy"),
        ("canonical_id", pa.string(), "the kept document that it matches directly; its own id where it is kept"),
        ("kept", pa.bool_(), "whether it stays"),
        ("kept_reason", pa.string(), "why it stays or goes, in words"),
        ("originality", pa.float64(), "share of its words that no source of it explains; null where that is unknown"),
        ("n_copies", pa.int64(), "other documents of its cluster"),
        ("spin_score", pa.float64(), "probability that a synonym machine wrote it; null where that cannot be told"),
        ("spin_reason", pa.string(), "why it cannot be told; null where it can"),
        ("spin_evidence", _SPIN_EVIDENCE, "the spans that speak most for a machine"),
    ),
    "pairs": (
        _LEFT,
        _RIGHT,
        ("relation", pa.string(), "exact, near, rewrite, excerpt, partial, quote; null where it was refused for none"),
        ("accepted", pa.bool_(), "whether it ties the two into a story"),
        ("jaccard", pa.float64(), "shingles that both have, divided by all shingles of either"),
        ("containment_left", pa.float64(), "share of the left text's shingles that the right one holds"),
        ("containment_right", pa.float64(), "share of the right text's shingles that the left one holds"),
        ("channels", pa.list_(pa.string()), "what found it: surface, passage, style, anchor, digest, cluster"),
        ("aligned_left", pa.float64(), "share of the left text's words that are aligned"),
        ("aligned_right", pa.float64(), "share of the right text's words that are aligned"),
        (
            "substitution_rate",
            pa.float64(),
            "share of words that stand for others outside quotations; null: none there",
        ),
        ("quote_edit_rate", pa.float64(), "share of words inside quotations that differ; null: no quoted word aligned"),
        ("n_passages", pa.int64(), "passages that the two share"),
        (
            "spin_score",
            pa.float64(),
            "probability that one is the other as a synonym machine words it; null: cannot tell",
        ),
        ("direction_text", pa.float64(), "probability that the left text precedes the right one, by what they say"),
        ("direction_all", pa.float64(), "the same by metadata, too; both null where no lineage needs them"),
        ("common_source", pa.bool_(), "whether both go back to a third text, neither to the other; null: not known"),
    ),
    "passages": (
        _LEFT,
        _RIGHT,
        ("left_begin", pa.int64(), "first character in the left text"),
        ("left_end", pa.int64(), "its end there"),
        ("right_begin", pa.int64(), "first character in the right text"),
        ("right_end", pa.int64(), "its end there"),
        ("kind", pa.string(), "verbatim, edited, spun"),
    ),
    "lineage": (
        ("child_id", pa.string(), "the document that derives"),
        ("parent_id", pa.string(), "what it derives from; null where that is not in the pile, or there is none"),
        ("parent_kind", pa.string(), "document, unseen, none"),
        ("unseen_id", pa.int64(), "the row of unseen that is its parent; null where no row is"),
        ("parent_label", pa.string(), "what the text itself names as its source"),
        ("rank", pa.int64(), "1 for the primary parent, then further ones"),
        ("relation", pa.string(), "relation of the two, as in pairs; null without a parent document"),
        ("confidence", pa.float64(), "probability of this row: of this parent, or of having none here"),
        ("direction_text", pa.float64(), "probability that the parent precedes the child, by what the texts say"),
        ("direction_all", pa.float64(), "the same by metadata, too"),
        ("child_coverage", pa.float64(), "share of the child's words in passages that it has from this parent"),
        ("parent_coverage", pa.float64(), "share of the parent's words in these passages"),
        ("evidence", _EVIDENCE, "what speaks for and against it"),
    ),
    "unseen": (
        ("unseen_id", pa.int64(), "its number, from 1 by first child"),
        ("story_id", pa.int64(), "the story of its children"),
        ("label", pa.string(), "by what name its children call it; null where none does"),
        ("parent_id", pa.string(), "the document that it descends from itself; null where that is not known"),
        ("n_children", pa.int64(), "texts made of it"),
        ("gain_bits", pa.float64(), "bits saved by supposing it, less what it costs to suppose it"),
        ("probability", pa.float64(), "probability that a child was made of it"),
        ("passages", _PLACES, "where its children have words of it"),
    ),
    "clusters": (
        ("cluster_id", pa.int64(), "its number, from 1 by first document"),
        ("canonical_id", pa.string(), "the best of its documents that are kept"),
        ("n_documents", pa.int64(), "its documents"),
        ("min_jaccard", pa.float64(), "least jaccard of the direct matches with the canonical document"),
        _FIRST_TIME,
        _LAST_TIME,
    ),
    "stories": (
        ("story_id", pa.int64(), "its number, from 1 by first document"),
        ("n_documents", pa.int64(), "its documents"),
        ("n_clusters", pa.int64(), "its distinct texts, copies counted once"),
        ("n_publishers", pa.int64(), "distinct publishers that are known"),
        _FIRST_TIME,
        _LAST_TIME,
        ("root_ids", pa.list_(pa.string()), "documents that descend from none of the pile, as far as that is told"),
        ("n_edges", pa.int64(), "derivations from a document of the pile"),
        ("n_unseen", pa.int64(), "sources that are not in the pile"),
    ),
    "substitutions": (
        ("left", pa.string(), "words as in the normalised text, a blank between them; sorts before the others"),
        ("right", pa.string(), "the words that replace them, or are replaced by them"),
        ("n_pairs", pa.int64(), "pairs of documents in which that was seen"),
        ("n_stories", pa.int64(), "independent stories in which it was seen"),
        ("g2", pa.float64(), "how far from chance it is (Dunning's G²)"),
    ),
    "rejects": (
        ("source_path", pa.string(), "the file or object that it stands in"),
        ("source_row", pa.int64(), "place in its file, counted from 0; null where the loss has no row of its own"),
        ("doc_id", pa.string(), "its id, where one could be read"),
        ("reason", pa.string(), "why it could not be used, in one word"),
        ("detail", pa.string(), "what was seen, in a sentence"),
    ),
    "texts": (
        ("doc_id", pa.string(), "its id, as in documents"),
        ("text", pa.large_string(), "its text as it was read"),
    ),
}

# What one row of each table stands for.
ROWS = {
    "documents": "every document, in input order: its metadata, cluster, story, whether it is kept and why, "
    "originality, `spin_score` with its evidence",
    "pairs": "every pair that was compared: relation, `accepted`, exact scores; refused ones too",
    "passages": "every shared passage of a pair, in characters of the original texts",
    "lineage": "every likely derivation `parent → child`, and every document of a story without a known parent; with "
    "evidence",
    "unseen": "every source that is not in the pile, but inferred from texts that were made of it",
    "clusters": "copies of one text",
    "stories": "documents that share text",
    "substitutions": "words that replace each other in two independent stories or more",
    "rejects": "every record that could not be used, with reason and place",
    "texts": "every document with its text; only under `--keep-texts`, or where the input cannot be read twice",
}

DOCUMENTS = _told(_COLUMNS["documents"])
PAIRS = _told(_COLUMNS["pairs"])
PASSAGES = _told(_COLUMNS["passages"])
LINEAGE = _told(_COLUMNS["lineage"])
UNSEEN = _told(_COLUMNS["unseen"])
CLUSTERS = _told(_COLUMNS["clusters"])
STORIES = _told(_COLUMNS["stories"])
SUBSTITUTIONS = _told(_COLUMNS["substitutions"])
REJECTS = _told(_COLUMNS["rejects"])
TEXTS = _told(_COLUMNS["texts"])

TABLES: dict[str, pa.Schema] = {
    "documents": DOCUMENTS,
    "pairs": PAIRS,
    "passages": PASSAGES,
    "lineage": LINEAGE,
    "unseen": UNSEEN,
    "clusters": CLUSTERS,
    "stories": STORIES,
    "substitutions": SUBSTITUTIONS,
    "rejects": REJECTS,
}

# What read gives to sketch: one row per usable document.
RECORDS = _schema(
    ("doc", pa.int64()),
    ("doc_id", pa.string()),
    ("source_path", pa.string()),
    ("source_row", pa.int64()),
    ("title", pa.string()),
    ("publisher", pa.string()),
    ("published_at", _TIME),
    ("published_precision", pa.string()),
    ("url", pa.string()),
    ("keep_value", pa.float64()),  # the column that --keep names, if it names one
    ("text", pa.large_string()),
)

# What sketch tells of a text besides its keys.
SKETCHES = _schema(
    ("doc", pa.int64()),
    ("n_chars", pa.int64()),
    ("n_words", pa.int64()),
    ("text_digest", pa.string()),
    ("probes", pa.list_(pa.uint32(), PROBES)),  # single slots of a signature: they measure the recall
)

# What is said of the wording of a text, as in ``DOCUMENTS``.
SPIN = pa.schema([field for field in DOCUMENTS if field.name.startswith("spin_")])

# What is kept on disk of each document until the end: the record and the sketch without the text.
ENTRIES = pa.schema([*(field for field in RECORDS if field.name != "text"), *list(SKETCHES)[1:]])

# What verification compares: a text as words and shingles.
DETAILS = _schema(
    ("doc", pa.int64()),
    ("text_digest", pa.string()),
    ("n_shingles", pa.int64()),  # distinct ones
    ("shingles", pa.large_list(pa.uint64())),  # these; empty where passages count, whose search compares them, too
    ("words", pa.large_list(pa.uint64())),  # hash of each word, in order; here and below empty where no passage counts
    ("begins", pa.large_list(pa.int32())),  # first character of each word
    ("ends", pa.large_list(pa.int32())),
    ("marks", pa.large_list(pa.uint8())),  # bits, as in kernels.words: inside a quotation, a number, a name...
    ("lemmas", pa.large_list(pa.int32())),  # number of each word's lemma, -1 where the dictionary has none
)

CANDIDATES = _schema(("left", pa.int64()), ("right", pa.int64()), ("channels", pa.uint8()), ("n_shared", pa.int64()))

# Verified pairs as the stages see them: ``left`` and ``right`` are docs, left < right.
MATCHES = _schema(("left", pa.int64()), ("right", pa.int64()), *_measures(PAIRS))

# Passages as the stages see them, with their place in words and what they hold.
SPANS = _schema(
    ("left", pa.int64()),
    ("right", pa.int64()),
    *_measures(PASSAGES),
    ("left_word_begin", pa.int64()),
    ("left_word_end", pa.int64()),
    ("right_word_begin", pa.int64()),
    ("right_word_end", pa.int64()),
    ("n_equal", pa.int64()),  # words that stand on both sides
    ("n_own", pa.int64()),  # of these, the passage's own; 0 where they do not count (match.relation)
)

# What collating the accepted pairs has shown (``match.collate``): each clue to their order in the order of
# ``match.clues.CLUES``, above 0 where it speaks for left before right, and its strongest place, four characters each.
CLUES = _schema(
    ("left", pa.int64()),
    ("right", pa.int64()),
    ("reference", pa.float32()),  # how little the two report: 1 for a work of reference, 0 for news
    ("values", pa.list_(pa.float32())),
    ("places", pa.list_(pa.int32())),
)

# The words in which the two texts of an accepted pair agree: runs of equal ones, three numbers each: first word on the
# left, first word on the right, words.
READINGS = _schema(("left", pa.int64()), ("right", pa.int64()), ("runs", pa.list_(pa.int32())))

# How likely the left text of a pair precedes the right one, and whether neither is the other's source, as in ``PAIRS``.
_TOLD = ("left", "right", "direction_text", "direction_all", "common_source")
DIRECTIONS = pa.schema([MATCHES.field(name) for name in _TOLD])

# What lineage and the keep decision need to know of a document that belongs to a story; ascending by doc.
NODES = _schema(
    ("doc", pa.int64()),
    ("doc_id", pa.string()),
    ("text", pa.int64()),  # the first document with the same normalised text
    ("story", pa.int64()),  # numbered from 1 by first document
    ("cluster", pa.int64()),  # null where it has none; numbered from 1 by first document
    ("n_chars", pa.int64()),
    ("n_words", pa.int64()),
    ("publisher", pa.string()),
    ("published_at", _TIME),
    ("published_precision", pa.string()),
    ("url", pa.string()),
    ("keep_value", pa.float64()),
    ("spin_score", pa.float64()),
    ("title", pa.string()),
    ("cues", pa.list_(pa.string())),  # sources and addresses that the text names, lower-cased
    ("publishers_named", pa.list_(pa.string())),  # publishers of the pile, its own too, that it names, lower-cased
)

# Lineage as the stages see it: ``child`` and ``parent`` are docs.
EDGES = _schema(("child", pa.int64()), ("parent", pa.int64()), *_measures(LINEAGE))

# Unseen sources as the stages see them: ``parent`` is a doc; ``passages`` count words, not characters.
SOURCES = _schema(
    ("unseen_id", pa.int64()),
    ("story_id", pa.int64()),
    ("label", pa.string()),
    ("parent", pa.int64()),
    ("n_children", pa.int64()),
    ("gain_bits", pa.float64()),
    ("probability", pa.float64()),
    ("passages", pa.list_(pa.struct([("doc", pa.int64()), ("begin", pa.int64()), ("end", pa.int64())]))),
)


def describe(table: str) -> list[tuple[str, str, str]]:
    """Name, type and meaning of each column of a table that a run leaves behind, in order.

    A field of a list of structs has a row of its own below its column, as ``evidence[].kind``.

    >>> describe("texts")[0]
    ('doc_id', 'string', 'its id, as in documents')
    """
    return _described(_COLUMNS[table], "")


def _described(columns: _Columns, above: str) -> list[tuple[str, str, str]]:
    rows = []
    for name, kind, meaning in columns:
        if isinstance(kind, tuple):
            rows.append((above + name, "list of struct", meaning))
            rows += _described(kind, f"{above}{name}[].")
        else:
            rows.append((above + name, _named(kind), meaning))
    return rows


def _named(kind: pa.DataType) -> str:
    """A type in Arrow's words, without the name that Arrow gives to the values of a list."""
    return f"list of {kind.value_type}" if pa.types.is_list(kind) else str(kind)


def stamp(table: pa.Table, name: str) -> pa.Table:
    """Write the table's name and the schema's version into its key-value metadata."""
    return table.replace_schema_metadata({"dedup.schema": name, "dedup.schema_version": VERSION})


def check(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the table if its columns are exactly those of the schema, in order.

    Raises:
        InternalError: a column is missing, surplus, misplaced or of another type.
    """
    if table.schema.equals(schema):
        return table
    seen = {field.name: str(field.type) for field in table.schema}
    wanted = {field.name: str(field.type) for field in schema}
    wrong = sorted(name for name in seen.keys() | wanted.keys() if seen.get(name) != wanted.get(name))
    raise InternalError(f"A table does not fit its schema: {', '.join(wrong) or 'columns out of order'}.")


def empty(schema: pa.Schema) -> pa.Table:
    """A table of no rows."""
    return schema.empty_table()
