"""Words that replace each other: what the dictionary lacks is learned from the alignments themselves.

Of every confident alignment it is counted what stands for what. A pair of phrases is learned when it comes together far
more often than by chance (the likelihood ratio G2 of Dunning, "Accurate methods for the statistics of surprise and
coincidence", 1993) in two independent stories at least; all copies of a story count once. A pair of documents is judged
by what *other* stories taught. Alignments that what was learned makes confident teach too, in up to ``ROUNDS`` rounds.

A pair is learned without a direction: which side came first is not known here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from dedup.engine.base import U64, IntArray
from dedup.errors import ConfigError
from dedup.kernels import edits as columns
from dedup.kernels.align import LEFT_BEGIN, LEFT_END, RIGHT_BEGIN, RIGHT_END
from dedup.kernels.banded import OTHER, SYNONYM
from dedup.kernels.edited import pair_hashes, replacements
from dedup.kernels.join import contains
from dedup.kernels.words import CAPITAL, DOTTED_CAPITAL_I, IGNORED, NUMBER, QUOTED
from dedup.match.edits import LEAST_WORDS, SPECIFIC_WORDS, Edits, known_words, notations, prose, specifics, totals
from dedup.match.pairs import distinct
from dedup.schema import SUBSTITUTIONS
from dedup.sketch.normalise import Words, normalise
from dedup.sketch.tables import tables

ROUNDS = 3
MIN_STORIES = 2
MIN_G2 = 10.83  # chi-square with one degree of freedom, p = 0.001
CONFIDENT = 0.6  # of a passage's words, on its longer side, are equal or known to replace each other
LONGEST_STRETCH = 4  # words between equal ones: in a longer stretch it is not sure what stands for what

# What the alignments of a run say of replacements: one row for each place where one to three words stand for one to
# three others outside quotations, with no name or number among them; those of a passage stand together.
REPLACED = pa.schema(
    [
        ("left", pa.int64()),  # docs
        ("right", pa.int64()),
        ("left_passage", pa.int32()),  # first word of its passage on either side, as in ``schema.SPANS``
        ("right_passage", pa.int32()),
        ("left_word_begin", pa.int32()),
        ("left_word_end", pa.int32()),
        ("right_word_begin", pa.int32()),
        ("right_word_end", pa.int32()),
        ("lesser", pa.uint64()),  # hashes of the two phrases
        ("greater", pa.uint64()),
        ("synonyms", pa.bool_()),  # the dictionary knows it
        ("stretch", pa.int32()),  # words between the equal ones around it, on the longer side
        ("n_known", pa.int32()),  # words of its passage that are equal or known to replace each other
        ("n_words", pa.int32()),  # words of its passage, on the longer side
        ("n_specific", pa.int32()),  # edits of its passage that touch a name or a number
    ]
)


def replaced(
    made: Edits, left: IntArray, right: IntArray, offsets: IntArray, words: U64, docs: IntArray, found: IntArray,
    owner: IntArray, fixed: U64,
) -> pa.Table:  # fmt: skip
    """What the edits of some pairs say of replacements, as ``REPLACED``; of pairs with ``LEAST_WORDS`` aligned or more.

    One fixed phrase in place of another ("two", "three"; "a", "the") is left out: it changes what is said, or nothing.

    Args:
        left, right, offsets, words, found, owner: as ``match.edits.edits`` takes them.
        docs: the doc of each document.
        fixed: as ``fixed_phrases`` gives them.
    """
    rows, pair = made.rows, owner[made.passage]
    n, m = rows[:, LEFT_END] - rows[:, LEFT_BEGIN], rows[:, RIGHT_END] - rows[:, RIGHT_BEGIN]
    fits = (np.minimum(n, m) >= 1) & (np.maximum(n, m) <= columns.LONGEST_PHRASE)
    fits &= rows[:, columns.MARKS] & (QUOTED | NUMBER | CAPITAL) == 0
    fits &= (rows[:, columns.KIND] == OTHER) | (rows[:, columns.KIND] == SYNONYM)
    fits &= prose(totals(made.counts, owner, len(left)))[pair] >= LEAST_WORDS
    at = np.flatnonzero(fits)
    rows, passage, pair = rows[at], made.passage[at], pair[at]
    lesser, greater = replacements(rows, offsets[left[pair]], offsets[right[pair]], words)
    n_known, n_specific = known_words(made.counts), specifics(made.counts)
    n_words = np.maximum(found[:, LEFT_END] - found[:, LEFT_BEGIN], found[:, RIGHT_END] - found[:, RIGHT_BEGIN])
    values = {
        "left": docs[left[pair]],
        "right": docs[right[pair]],
        "left_passage": found[passage, LEFT_BEGIN],
        "right_passage": found[passage, RIGHT_BEGIN],
        "left_word_begin": rows[:, LEFT_BEGIN],
        "left_word_end": rows[:, LEFT_END],
        "right_word_begin": rows[:, RIGHT_BEGIN],
        "right_word_end": rows[:, RIGHT_END],
        "lesser": lesser,
        "greater": greater,
        "synonyms": rows[:, columns.KIND] == SYNONYM,
        "stretch": rows[:, columns.STRETCH],
        "n_known": n_known[passage],
        "n_words": n_words[passage],
        "n_specific": n_specific[passage],
    }
    free = pa.array(~(contains(fixed, lesser) & contains(fixed, greater)))
    return pa.table([pa.array(values[f.name]).cast(f.type) for f in REPLACED], schema=REPLACED).filter(free)


def fixed_phrases(function_words: U64) -> U64:
    """Hashes, ascending, of the phrases that no other of them replaces: function words, numbers, units, abbreviations.

    Args:
        function_words: hashes of the dictionary's.
    """
    return distinct(np.concatenate((function_words, notations()[0])))


class Learned(NamedTuple):
    """What was learned from the replacements of a run.

    Attributes:
        known: of each row of ``REPLACED``, whether its replacement is known: by the dictionary, from an earlier run, or
            from two stories besides its own.
        places: for each pair of phrases that was learned the first row of ``REPLACED`` that shows it, ascending.
        n_pairs, n_stories: pairs of documents, and independent stories, in which it was seen.
        g2: how significant it is.
    """

    known: npt.NDArray[np.bool_]
    places: IntArray
    n_pairs: IntArray
    n_stories: IntArray
    g2: npt.NDArray[np.float64]


class _Seen(NamedTuple):
    """The replacements of a run, numbered; the same one in one story, however often it is seen there, is one kind.

    Attributes:
        kind: of each row.
        story, pair: of each kind its story and its pair of phrases.
        first, second: the two phrases of each pair.
        n_phrases: how many there are.
    """

    kind: IntArray
    story: IntArray
    pair: IntArray
    first: IntArray
    second: IntArray
    n_phrases: int


def learn(table: pa.Table, stories: IntArray, given: U64) -> Learned:
    """Learn from all replacements of a run which ones are synonyms.

    Args:
        table: ``REPLACED``.
        stories: of each row the story of its documents, not negative: groups that share no pair of documents.
        given: hashes of pairs of phrases that are known beforehand, ascending, as ``read`` gives them.
    """
    lesser, greater, synonyms = (table.column(name).to_numpy() for name in ("lesser", "greater", "synonyms"))
    n_known, n_words = (table.column(name).to_numpy() for name in ("n_known", "n_words"))
    seen = _numbered(lesser, greater, stories)
    passage = _groups(*(table.column(name).to_numpy() for name in ("left", "right", "left_passage")))
    clear = table.column("stretch").to_numpy() <= LONGEST_STRETCH
    clear &= table.column("n_specific").to_numpy() * SPECIFIC_WORDS <= n_words
    before = synonyms | contains(given, pair_hashes(lesser, greater))
    known = before
    for _ in range(ROUNDS):
        more = np.bincount(passage, known & ~synonyms)[passage]
        sure = clear & (n_known + more >= CONFIDENT * n_words)
        taught = before | _taught_by_others(seen, sure)
        if np.array_equal(taught, known):
            break
        known = taught
    return _learned(seen, sure, known, table)


def _numbered(lesser: U64, greater: U64, stories: IntArray) -> _Seen:
    kinds = pair_hashes(pair_hashes(lesser, greater), stories.astype(np.uint64))
    _, places, kind = np.unique(kinds, return_index=True, return_inverse=True)
    phrases, numbers = np.unique(np.concatenate((lesser[places], greater[places])), return_inverse=True)
    first, second = np.split(numbers, 2)
    pairs, pair = np.unique(first * len(phrases) + second, return_inverse=True)
    story = np.unique(stories[places], return_inverse=True)[1]
    return _Seen(kind, story, pair, *np.divmod(pairs, max(len(phrases), 1)), len(phrases))


def _groups(*columns_: npt.NDArray[np.integer[Any]]) -> IntArray:
    """A number for each run of equal rows."""
    changes = np.zeros(len(columns_[0]), np.bool_)
    for column in columns_:
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes)


def _any_of(seen: _Seen, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Of each kind whether any of some rows is of it."""
    found = np.zeros(len(seen.pair), np.bool_)
    found[seen.kind[rows]] = True
    return found


def _taught_by_others(seen: _Seen, sure: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether the sure rows of stories other than its own teach the replacement of each row."""
    n_pairs, n_stories = len(seen.first), int(seen.story.max(initial=-1)) + 1
    itself = _any_of(seen, sure)
    story, pair = seen.story[itself], seen.pair[itself]
    phrases = np.concatenate((seen.first[pair], seen.second[pair]))
    by_pair, by_phrase = np.bincount(pair, minlength=n_pairs), np.bincount(phrases, minlength=seen.n_phrases)
    own_phrases = np.sort(np.concatenate((story, story)) * seen.n_phrases + phrases)
    by_story = np.bincount(story, minlength=n_stories)

    def others(of: IntArray) -> IntArray:
        """How often a phrase was replaced, or replaced another, in other stories."""
        own = seen.story * seen.n_phrases + of
        own_count = np.searchsorted(own_phrases, own, "right") - np.searchsorted(own_phrases, own, "left")
        return np.asarray(by_phrase[of] - own_count)

    together = by_pair[seen.pair] - itself
    n = len(pair) - by_story[seen.story]
    g2 = significance(together, others(seen.first[seen.pair]), others(seen.second[seen.pair]), n)
    return np.asarray(((together >= MIN_STORIES) & (g2 >= MIN_G2))[seen.kind])


def significance(both: IntArray, one: IntArray, other: IntArray, n: IntArray | int) -> npt.NDArray[np.float64]:
    """Dunning's G2 of how often two things come together; 0 where it is no more often than by chance.

    Args:
        both: observations of both.
        one, other: observations of either.
        n: all observations.
    """
    cells = np.array([both, one - both, other - both, n - one - other + both], np.float64)
    rows, others = cells[0] + cells[1], cells[0] + cells[2]
    total = np.maximum(cells.sum(axis=0), 1.0)
    expected = np.array(
        [rows * others, rows * (total - others), (total - rows) * others, (total - rows) * (total - others)]
    )
    expected /= total
    terms = np.where(cells > 0, cells * np.log(np.maximum(cells, 1e-300) / np.maximum(expected, 1e-300)), 0.0)
    return np.where(cells[0] > expected[0], 2 * terms.sum(axis=0), 0.0)


def _learned(seen: _Seen, sure: npt.NDArray[np.bool_], known: npt.NDArray[np.bool_], table: pa.Table) -> Learned:
    """All pairs of phrases that the sure rows teach."""
    n_pairs = len(seen.first)
    pair = seen.pair[_any_of(seen, sure)]
    stories = np.bincount(pair, minlength=n_pairs)
    by_phrase = np.bincount(np.concatenate((seen.first[pair], seen.second[pair])), minlength=seen.n_phrases)
    g2 = significance(stories, by_phrase[seen.first], by_phrase[seen.second], len(pair))
    documents = _groups(table.column("left").to_numpy(), table.column("right").to_numpy())
    rows = np.flatnonzero(sure)
    of_rows = seen.pair[seen.kind[rows]]
    documents_of = np.bincount(distinct(documents[rows] * n_pairs + of_rows) % max(n_pairs, 1), minlength=n_pairs)
    numbers, firsts = np.unique(of_rows, return_index=True)
    good = (stories[numbers] >= MIN_STORIES) & (g2[numbers] >= MIN_G2)
    numbers, places = numbers[good], rows[firsts[good]]
    order = np.argsort(places)
    numbers = numbers[order]
    return Learned(known, places[order], documents_of[numbers], stories[numbers], g2[numbers])


def written(learned: Learned, table: pa.Table, read_texts: Callable[[IntArray], pa.LargeStringArray]) -> pa.Table:
    """What was learned, as ``SUBSTITUTIONS``, ordered by words.

    Args:
        learned: as ``learn`` gives it.
        table: the rows of ``REPLACED`` that it was learned from.
        read_texts: the texts of some docs, ascending; asked once, for as few as show each pair of phrases.
    """
    rows = table.take(pa.array(learned.places))
    sides = [rows.column(side).to_numpy() for side in ("left", "right")]
    docs = distinct(np.concatenate(sides))
    texts = read_texts(docs) if len(docs) else pa.array([], pa.large_string())
    found = normalise(texts).words
    spoken = []
    for side, name in zip(sides, ("left", "right"), strict=True):
        first = found.offsets[np.searchsorted(docs, side)]
        spans = (first + rows.column(f"{name}_word_{end}").to_numpy() for end in ("begin", "end"))
        spoken.append([_phrase(texts, found, *span) for span in zip(np.searchsorted(docs, side), *spans, strict=True)])
    ordered = [sorted(phrases) for phrases in zip(*spoken, strict=True)]
    made = pa.table(
        {
            "left": [one for one, _ in ordered],
            "right": [other for _, other in ordered],
            "n_pairs": learned.n_pairs,
            "n_stories": learned.n_stories,
            "g2": learned.g2,
        },
        schema=SUBSTITUTIONS,
    )
    return made.sort_by([("left", "ascending"), ("right", "ascending")])


def _phrase(texts: pa.LargeStringArray, found: Words, number: int, begin: int, end: int) -> str:
    """Some words of a text as they are in the normalised one, with blanks between them."""
    text = texts[int(number)].as_py()
    return " ".join(_word(text[found.begins[at] : found.ends[at]]) for at in range(begin, end))


def _word(text: str) -> str:
    """A word as it is in the normalised text."""
    made, (classes, folds, _) = unicodedata.normalize("NFC", text), tables()
    kept = (char for char in made if classes[ord(char)] != IGNORED)
    return "".join(char.lower() if ord(char) == DOTTED_CAPITAL_I else chr(folds[ord(char)]) for char in kept)


def read(path: str | Path) -> U64:
    """Hashes, ascending, of the pairs of phrases of a table that an earlier run has written.

    Raises:
        ConfigError: the file is missing, is not Parquet or not such a table.
    """
    hint = "Give the substitutions.parquet of an earlier run."
    try:
        table = pq.read_table(path, columns=["left", "right"])
    except OSError as error:
        raise ConfigError(f"Cannot read the substitutions {path}: {error.strerror or error}.", hint=hint) from error
    except pa.ArrowInvalid as error:
        raise ConfigError(f"{path} holds no substitutions: {error}.", hint=hint) from error
    if any(not pa.types.is_string(table.schema.field(name).type) for name in ("left", "right")):
        raise ConfigError(f"{path} holds no substitutions: its words are no text.", hint=hint)
    hashes = np.array(
        [[_hashed(words) for words in table.column(name).to_pylist()] for name in ("left", "right")], np.uint64
    )
    return distinct(pair_hashes(hashes.min(axis=0), hashes.max(axis=0)))


def _hashed(words: str | None) -> int:
    """The hash of a phrase, as the alignment has it."""
    hashes = [xxhash.xxh3_64_intdigest(word.encode()) for word in (words or "").split(" ")]
    return int(columns.phrase(np.array(hashes, np.uint64)))
