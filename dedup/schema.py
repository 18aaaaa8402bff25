"""The data model: one Arrow schema per table, with its version.

``TABLES`` are the tables that a run leaves behind (DESIGN: names are never changed, columns may be added).
The others pass between stages; there a document is an integer, ``doc``, its place in the input counted from 0.
Spans are half-open; those that end in ``_begin`` and ``_end`` count characters of the original text, those with
``_word`` count words.
"""

from __future__ import annotations

import pyarrow as pa

from dedup.errors import InternalError

VERSION = "1"
PROBES = 8  # single slots kept of each document


def _schema(*columns: tuple[str, pa.DataType]) -> pa.Schema:
    return pa.schema(columns)


def _measures(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    """The columns after the two that name documents, which stages call by number."""
    return [(field.name, field.type) for field in list(schema)[2:]]


def _places(name: str, kind: pa.DataType) -> pa.DataType:
    """A list of stretches of documents."""
    return pa.list_(pa.struct([(name, kind), ("begin", pa.int64()), ("end", pa.int64())]))


_TIME = pa.timestamp("s", tz="UTC")
_EVIDENCE = pa.list_(  # its log-odds add up to the direction
    pa.struct(
        [
            ("kind", pa.string()),
            ("log_odds", pa.float64()),
            ("detail", pa.string()),
            ("child_begin", pa.int64()),  # the place in either text that shows it; null where no single one does
            ("child_end", pa.int64()),
            ("parent_begin", pa.int64()),
            ("parent_end", pa.int64()),
        ]
    )
)
_SPIN_EVIDENCE = pa.list_(
    pa.struct(
        [
            ("begin", pa.int64()),
            ("end", pa.int64()),
            ("phrase", pa.string()),
            ("original", pa.string()),  # what it probably stood for; null where nobody can tell
            ("log_odds", pa.float64()),
        ]
    )
)
DOCUMENTS = _schema(
    ("doc_id", pa.string()),
    ("source_path", pa.string()),
    ("source_row", pa.int64()),  # place in its file, counted from 0
    ("title", pa.string()),
    ("publisher", pa.string()),
    ("published_at", _TIME),
    ("published_precision", pa.string()),  # year, month, day, minute, second
    ("url", pa.string()),
    ("n_chars", pa.int64()),
    ("n_words", pa.int64()),
    ("text_digest", pa.string()),  # xxh3-128 of the normalised text, hexadecimal
    ("story_id", pa.int64()),  # null where no accepted pair ties the document to another
    ("cluster_id", pa.int64()),  # null where the document has no copy
    ("canonical_id", pa.string()),  # the kept document that this one matches directly; itself where kept
    ("kept", pa.bool_()),
    ("kept_reason", pa.string()),
    ("originality", pa.float64()),  # null where the direction of a copy is unknown
    ("n_copies", pa.int64()),  # other documents of its cluster
    ("spin_score", pa.float64()),  # probability that a synonym machine wrote it; null where that cannot be told
    ("spin_reason", pa.string()),  # why it cannot; null where it can
    ("spin_evidence", _SPIN_EVIDENCE),
)

PAIRS = _schema(
    ("left_id", pa.string()),
    ("right_id", pa.string()),
    ("relation", pa.string()),  # null where the pair was refused for want of any
    ("accepted", pa.bool_()),
    ("jaccard", pa.float64()),
    ("containment_left", pa.float64()),
    ("containment_right", pa.float64()),
    ("channels", pa.list_(pa.string())),
    ("aligned_left", pa.float64()),
    ("aligned_right", pa.float64()),
    ("substitution_rate", pa.float64()),  # null where no word outside quotations is aligned
    ("quote_edit_rate", pa.float64()),  # null where no quoted word is aligned
    ("n_passages", pa.int64()),
    ("spin_score", pa.float64()),  # probability that one is the other as a synonym machine words it; null: cannot tell
    ("direction_text", pa.float64()),  # probability that the left text precedes the right one, by what they say
    ("direction_all", pa.float64()),  # ... by their metadata, too; both null where the pair plays no part in a lineage
)

PASSAGES = _schema(
    ("left_id", pa.string()),
    ("right_id", pa.string()),
    ("left_begin", pa.int64()),
    ("left_end", pa.int64()),
    ("right_begin", pa.int64()),
    ("right_end", pa.int64()),
    ("kind", pa.string()),  # verbatim, edited, spun
)

LINEAGE = _schema(
    ("child_id", pa.string()),
    ("parent_id", pa.string()),  # null where the parent is not in the corpus, or there is none
    ("parent_kind", pa.string()),  # document, unseen, none
    ("unseen_id", pa.int64()),  # of an unseen source that others share; null where it is theirs alone, or none
    ("parent_label", pa.string()),  # what the text itself names as its source
    ("rank", pa.int64()),  # 1 = primary
    ("relation", pa.string()),
    ("confidence", pa.float64()),
    ("direction_text", pa.float64()),
    ("direction_all", pa.float64()),
    ("child_coverage", pa.float64()),
    ("parent_coverage", pa.float64()),
    ("evidence", _EVIDENCE),
)

UNSEEN = _schema(
    ("unseen_id", pa.int64()),  # numbered from 1 by first child
    ("story_id", pa.int64()),
    ("label", pa.string()),  # by what name its children call it; null where none does
    ("parent_id", pa.string()),  # the document that it descends from itself; null where that is not known
    ("n_children", pa.int64()),  # texts made of it
    ("gain_bits", pa.float64()),  # what is saved by supposing it
    ("probability", pa.float64()),  # that a child was made of it
    ("passages", _places("doc_id", pa.string())),  # where its children have words of it
)

CLUSTERS = _schema(
    ("cluster_id", pa.int64()),
    ("canonical_id", pa.string()),
    ("n_documents", pa.int64()),
    ("min_jaccard", pa.float64()),  # of the direct matches with the canonical document
    ("first_published_at", _TIME),
    ("last_published_at", _TIME),
)

STORIES = _schema(
    ("story_id", pa.int64()),
    ("n_documents", pa.int64()),
    ("n_clusters", pa.int64()),  # distinct texts up to copies
    ("n_publishers", pa.int64()),
    ("first_published_at", _TIME),
    ("last_published_at", _TIME),
    ("root_ids", pa.list_(pa.string())),
    ("n_edges", pa.int64()),
    ("n_unseen", pa.int64()),
)

REJECTS = _schema(
    ("source_path", pa.string()),
    ("source_row", pa.int64()),  # null where the loss has no row of its own
    ("doc_id", pa.string()),
    ("reason", pa.string()),
    ("detail", pa.string()),
)

SUBSTITUTIONS = _schema(
    ("left", pa.string()),  # words as in the normalised text, a blank between them; left < right
    ("right", pa.string()),
    ("n_pairs", pa.int64()),  # of documents
    ("n_stories", pa.int64()),
    ("g2", pa.float64()),
)

TEXTS = _schema(("doc_id", pa.string()), ("text", pa.large_string()))

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
    ("shingles", pa.large_list(pa.uint64())),  # distinct ones
    ("words", pa.large_list(pa.uint64())),  # hash of each word, in order; here and below empty where no passage counts
    ("begins", pa.large_list(pa.int32())),  # first character of each word
    ("ends", pa.large_list(pa.int32())),
    ("marks", pa.large_list(pa.uint8())),  # bits, as in kernels.words: inside a quotation, a number, a name...
    ("lemmas", pa.large_list(pa.int32())),  # number of each word's lemma, -1 where the dictionary has none
    ("order", pa.large_list(pa.int32())),  # places of its shingles, ordered by shingle; filled up to the words
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

# How likely the left text of a pair precedes the right one, as in ``PAIRS``.
DIRECTIONS = _schema(
    ("left", pa.int64()), ("right", pa.int64()), ("direction_text", pa.float64()), ("direction_all", pa.float64())
)

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
    ("cues", pa.list_(pa.string())),  # sources and addresses that the text names, lower-cased
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
    ("passages", _places("doc", pa.int64())),
)


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
