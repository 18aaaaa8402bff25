"""Make corpora whose copies are known: the input of ``speed.py`` and ``scale.py``.

A text is a row of *tokens*: a word of a Zipfian list in one of a few *forms* (plain, capital, with a comma, with a full
stop, in curly quotes, before a dash). All forms of all words stand in one Arrow array, so that a batch of texts is one
``take`` from it. A copy is an original with words changed, put in, taken out or cut off; what it does not touch, it
leaves as it was, capitals and commas too. The same seed and the same versions of NumPy and Arrow give the same bytes.

Usage: ``python benchmarks/corpus.py OUT.parquet --documents 20000``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from environments import word_list, work_folder

SEED = 1
BATCH = 10_000  # documents in a row group, and in memory at a time
SHINGLE = 5  # words; what the Jaccard of a copy is meant for
DRAWS = 1 << 22  # entries of a table of words in proportion to their frequency
POOL = 20_000  # originals that are open to be copied at any moment
MEAN_LOG_WORDS, SPREAD_LOG_WORDS = 5.78, 0.75  # 430 words, or 2.4 kB, on average
FEWEST_WORDS, MOST_WORDS = 8, 6000
KINDS = ("exact", "substitution", "insertion/deletion", "truncation/append")
SCHEMA = pa.schema([("id", pa.int64()), ("text", pa.string())])
PLANTED = pa.schema([("copy", pa.int64()), ("source", pa.int64()), ("target", pa.float64()), ("kind", pa.int8())])

Tokens = npt.NDArray[np.int32]  # form * number of words + word

FORMS = (
    "{word} ",
    "{Word} ",
    "{word}, ",
    "{word}. ",
    "{word}.\n",
    "{word}.",
    "“{word} ",
    "{word}” ",
    "{word} – ",
    "{word}’s ",
)
PLAIN, CAPITAL, COMMA, STOP, BREAK, LAST, OPEN, CLOSE, DASH, GENITIVE = range(len(FORMS))


@dataclass(frozen=True)
class Options:
    """What a corpus is like; shares are of the documents, but ``exact`` is of the copies."""

    documents: int
    seed: int = SEED
    copies: float = 0.1
    exact: float = 0.1
    same: float = 0.0  # documents that are one and the same text

    def name(self) -> str:
        """A file name that no other options have."""
        return f"{self.documents}-copies{self.copies:g}-exact{self.exact:g}-same{self.same:g}-seed{self.seed}"


@dataclass(frozen=True)
class Vocabulary:
    """All words in all forms, and tables to draw words from.

    Attributes:
        texts: Form by form, all words in that form.
        size: Number of words.
        english: Words in proportion to their frequency, ``DRAWS`` entries.
        accented: Words with an accent, each once.
        scripts: Per other script its words, each once.
        phrases: Tokens of the shared phrases, one after another.
        phrase_at: Where each phrase begins, and the end.
        phrase_draws: Phrases in proportion to 1 / rank.
    """

    texts: pa.StringArray
    size: int
    english: Tokens
    accented: Tokens
    scripts: list[Tokens]
    phrases: Tokens
    phrase_at: npt.NDArray[np.int64]
    phrase_draws: npt.NDArray[np.int32]

    @classmethod
    def of(cls, words: dict[str, list[list[str | float]]], n_phrases: int = 40_000, draws: int = DRAWS) -> Vocabulary:
        """Make it of lists of (word, frequency) by language; ``en`` is a must, the others are foreign words."""
        names = [[str(word) for word, _ in words[language]] for language in words]
        spans = np.cumsum([0, *map(len, names)])
        everything = [word for part in names for word in part]
        ids = {name: np.arange(*span, dtype=np.int32) for name, span in zip(words, pairwise(spans), strict=True)}
        texts = pa.array([form.format(word=w, Word=_capital(w)) for form in FORMS for w in everything], pa.string())
        english = ids["en"][_table(np.array([float(share) for _, share in words["en"]]), draws)]
        latin = [ids[name] for name in words if name in {"fr", "de", "es"}]
        rng = np.random.default_rng(SEED)
        lengths = rng.integers(3, 9, n_phrases)
        return cls(
            texts=texts,
            size=len(everything),
            english=english,
            accented=np.concatenate(latin) if latin else ids["en"],
            scripts=[ids[name] for name in words if name not in {"en", "fr", "de", "es"}] or [ids["en"]],
            phrases=english[rng.integers(0, draws, int(lengths.sum()))],
            phrase_at=np.concatenate([[0], np.cumsum(lengths)]),
            phrase_draws=_table(1 / np.arange(1, n_phrases + 1), 1 << 20),
        )

    def draw(self, rng: np.random.Generator, n: int) -> Tokens:
        """``n`` English words."""
        return self.english[rng.integers(0, len(self.english), n, dtype=np.uint32)]

    def render(self, documents: list[Tokens]) -> pa.StringArray:
        """The texts of documents: one ``take``, whose values are cut anew at the ends of the documents."""
        tokens = np.concatenate(documents)
        taken = self.texts.take(pa.array(tokens))
        ends = np.cumsum([0, *map(len, documents)])
        offsets = np.frombuffer(taken.buffers()[1], dtype=np.int32)[ends]
        return pa.StringArray.from_buffers(len(documents), pa.py_buffer(offsets), taken.buffers()[2])


@dataclass
class Pool:
    """Originals that may be copied: a sample of bounded size over all batches so far."""

    tokens: list[Tokens] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)

    def add(self, tokens: list[Tokens], ids: npt.NDArray[np.int64], rng: np.random.Generator) -> None:
        """Take originals in, as copies, so that their batch can go; once it is full, each takes another's place."""
        for own, number in zip(tokens, ids.tolist(), strict=True):
            if len(self.tokens) < POOL:
                self.tokens.append(own.copy())
                self.ids.append(number)
            else:
                place = int(rng.integers(POOL))
                self.tokens[place], self.ids[place] = own.copy(), number


def batches(vocabulary: Vocabulary, options: Options, size: int = BATCH) -> Iterator[tuple[pa.RecordBatch, pa.Table]]:
    """Documents, batch by batch, and the copies among them (see ``PLANTED``)."""
    pool = Pool()
    the_same = originals(vocabulary, np.random.default_rng([options.seed, 0]), np.array([430]))[0]
    for number, first in enumerate(range(0, options.documents, size)):
        rng = np.random.default_rng([options.seed, number + 1])
        n = min(size, options.documents - first)
        n_same = round(n * options.same)
        n_copies = round(n * options.copies)
        lengths = rng.lognormal(MEAN_LOG_WORDS, SPREAD_LOG_WORDS, n - n_same - n_copies)
        own = originals(vocabulary, rng, lengths.clip(FEWEST_WORDS, MOST_WORDS).astype(np.int64))
        places = first + rng.permutation(n)  # originals, then copies, then the same text: each goes anywhere
        # All may be copied of the first batch, a tenth of each later one: the pool then turns over as it is used.
        n_open = len(own) if number == 0 else len(own) // 10
        pool.add(own[:n_open], places[:n_open], rng)
        sources = rng.integers(0, len(pool.ids), n_copies) if n_copies else np.zeros(0, np.int64)
        targets = rng.uniform(0.3, 1.0, n_copies)
        kinds = rng.integers(1, len(KINDS), n_copies)
        kinds[rng.random(n_copies) < options.exact] = 0
        targets[kinds == 0] = 1.0
        copies = [
            edit(vocabulary, rng, pool.tokens[source], target, KINDS[kind])
            for source, target, kind in zip(sources.tolist(), targets.tolist(), kinds.tolist(), strict=True)
        ]
        copied, origin = places[len(own) : len(own) + n_copies], np.array(pool.ids, np.int64)[sources]
        planted = pa.table([copied, origin, targets, kinds.astype(np.int8)], schema=PLANTED)
        texts = vocabulary.render([*own, *copies, *[the_same] * n_same])
        order = np.argsort(places)
        yield pa.record_batch([first + np.arange(n), texts.take(pa.array(order))], schema=SCHEMA), planted


def originals(vocabulary: Vocabulary, rng: np.random.Generator, lengths: npt.NDArray[np.int64]) -> list[Tokens]:
    """Documents of so many words: words, shared phrases over them, foreign words, then sentences."""
    if not len(lengths):
        return []
    ends = np.cumsum(lengths)
    total = int(ends[-1])
    words = vocabulary.draw(rng, total)
    where, what = _phrases(vocabulary, rng, total)
    words[where] = vocabulary.phrases[what]
    mix = [0.885, 0.105, 0.01]  # English, with accents and curly quotes, in another script
    kind = np.repeat(rng.choice(3, len(lengths), p=mix), lengths)
    chance = rng.random(total, dtype=np.float32)
    accented = np.flatnonzero((kind == 1) & (chance < 0.02))
    words[accented] = vocabulary.accented[rng.integers(0, len(vocabulary.accented), len(accented))]
    scripts = np.repeat(rng.integers(0, len(vocabulary.scripts), len(lengths)), lengths)
    for number, script in enumerate(vocabulary.scripts):
        at = np.flatnonzero((kind == 2) & (scripts == number))
        words[at] = script[words[at] % len(script)]
    forms = _sentences(rng, ends)
    plain = forms == PLAIN
    for form, low, high in ((DASH, 0.02, 0.03), (GENITIVE, 0.03, 0.04), (OPEN, 0.04, 0.05)):
        forms[plain & (kind == 1) & (chance >= low) & (chance < high)] = form
    closing = np.flatnonzero(forms == OPEN) + 4
    closing = closing[closing < total]
    forms[closing[forms[closing] == PLAIN]] = CLOSE
    return np.split(forms * np.int32(vocabulary.size) + words, ends[:-1])


def edit(vocabulary: Vocabulary, rng: np.random.Generator, source: Tokens, target: float, kind: str) -> Tokens:
    """A copy of ``source`` whose 5-shingle Jaccard is about ``target``.

    Two sets of n shingles of which a share r is common have J = r / (2 - r). A word that is changed at random spoils
    the ``SHINGLE`` shingles around it: after a share e of the words, (1 - e) ** SHINGLE are left. A word put in between
    two spoils one less, hence the half where half of the edits are such.
    """
    n = len(source)
    if kind == "exact":
        return source
    common = 2 * target / (1 + target)
    if kind == "truncation/append":
        n_cut = round((n - SHINGLE + 1) * (1 - common))
        copy = np.concatenate([source[n_cut:], vocabulary.draw(rng, n_cut)])
    else:
        spoiled = SHINGLE if kind == "substitution" else SHINGLE - 0.5
        n_edits = max(1, round(n * (1 - common ** (1 / spoiled))))
        at = rng.choice(n, n_edits, replace=False)
        if kind == "substitution":
            copy = source.copy()
            copy[at] = source[at] - source[at] % vocabulary.size + vocabulary.draw(rng, n_edits)
        else:
            half = n_edits // 2
            copy = np.insert(source, at[half:], vocabulary.draw(rng, n_edits - half))
            copy = np.delete(copy, at[:half])
    copy = copy.copy()
    copy[-1] = LAST * vocabulary.size + copy[-1] % vocabulary.size
    return copy


def templates(vocabulary: Vocabulary, documents: int, seed: int = SEED, words: int = 400) -> Iterator[pa.RecordBatch]:
    """Texts that differ in one word of a template: any two have J >= (words - 14) / (words + 6)."""
    rng = np.random.default_rng([seed, 2])
    template = originals(vocabulary, rng, np.array([words]))[0]
    for first in range(0, documents, BATCH):
        n = min(BATCH, documents - first)
        at = rng.integers(1, words - 1, n)
        drawn = vocabulary.draw(rng, n)
        texts = []
        for place, word in zip(at.tolist(), drawn.tolist(), strict=True):
            own = template.copy()
            own[place] = own[place] - own[place] % vocabulary.size + word
            texts.append(own)
        yield pa.record_batch([first + np.arange(n), vocabulary.render(texts)], schema=SCHEMA)


def families(
    vocabulary: Vocabulary, worlds: int = 10, n_families: int = 50, members: int = 40, seed: int = SEED
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Families of one template, interleaved in the input; returns the documents and the family of each.

    In a world, all families come from one template of 400 words: each changes 12 of them, and each member 4 more. Two
    members of a family differ in 8 places at most, so J >= 356 / 436 > 0.81; two of different families in about 32, so
    J is about 0.5. A rule that compares each text with the first of its key only meets other families first.
    """
    rng = np.random.default_rng([seed, 3])
    texts: list[list[Tokens]] = []
    for _ in range(worlds):
        template = originals(vocabulary, rng, np.array([400]))[0]
        centres = [_changed(vocabulary, rng, template, 12) for _ in range(n_families)]
        texts += [[_changed(vocabulary, rng, centre, 4) for _ in range(members)] for centre in centres]
    flat = [texts[own][member] for member in range(members) for own in range(len(texts))]
    family = np.tile(np.arange(len(texts)), members)
    return pa.table([np.arange(len(flat)), vocabulary.render(flat)], schema=SCHEMA), family


def write(path: Path, vocabulary: Vocabulary, options: Options) -> None:
    """Write a corpus (Parquet, snappy, row groups of ``BATCH``) and beside it the copies, ``*.planted.parquet``."""
    part = path.with_suffix(".part")
    planted = []
    with pq.ParquetWriter(part, SCHEMA, compression="snappy") as writer:
        for batch, copies in batches(vocabulary, options):
            writer.write_batch(batch, row_group_size=BATCH)
            planted.append(copies)
    pq.write_table(pa.concat_tables(planted), planted_path(path))
    part.rename(path)  # last: a corpus that is there is whole


def planted_path(path: Path) -> Path:
    """Where the copies of a corpus are told."""
    return path.with_suffix(".planted.parquet")


def load_vocabulary(work: Path) -> Vocabulary:
    """The vocabulary of wordfreq's lists, kept in the work folder."""
    return Vocabulary.of(json.loads(word_list(work).read_text(encoding="utf-8")))


def cached(work: Path, options: Options) -> Path:
    """The corpus of these options, made when it is first asked for, and in the cache of the system."""
    path = work / "corpora" / f"{options.name()}.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        print(f"Making {path}...", flush=True)
        write(path, load_vocabulary(work), options)
    return warmed(path)


def warmed(path: Path) -> Path:
    """The path, once the file has been read: the first side of a row must not pay for a cold disk."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass
    return path


def _capital(word: str) -> str:
    """The word with a capital, where lower-casing leads back to it."""
    capital = word.capitalize()
    return capital if capital.lower() == word else word


def _table(weights: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.int32]:
    """Indices in proportion to their weights: a draw is one look-up. What weighs less than 1 / n is mostly left out."""
    edges = np.cumsum(weights) / weights.sum()
    return np.searchsorted(edges, (np.arange(n) + 0.5) / n).clip(0, len(weights) - 1).astype(np.int32)


def _phrases(
    vocabulary: Vocabulary, rng: np.random.Generator, total: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Places for one phrase per 120 words, and what stands there: indices into words and into ``phrases``."""
    n = total // 120
    which = vocabulary.phrase_draws[rng.integers(0, len(vocabulary.phrase_draws), n)]
    begins, lengths = vocabulary.phrase_at[which], np.diff(vocabulary.phrase_at)[which]
    places = rng.integers(0, max(total - 8, 1), n)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    where = np.repeat(places, lengths) + within
    inside = where < total
    return where[inside], (np.repeat(begins, lengths) + within)[inside]


def _sentences(rng: np.random.Generator, ends: npt.NDArray[np.int64]) -> Tokens:
    """The forms that make sentences of 8 to 24 words, a line break after every sixth, and a full stop at each end."""
    total = int(ends[-1])
    forms = np.full(total, PLAIN, np.int32)
    stops = np.cumsum(rng.integers(8, 25, total // 8 + 1))
    stops = stops[stops < total - 1]
    forms[(stops + 6)[stops + 6 < total]] = COMMA
    forms[stops + 1] = CAPITAL
    forms[stops] = STOP
    forms[stops[::6]] = BREAK
    forms[np.append(0, ends[:-1])] = CAPITAL
    forms[ends - 1] = LAST
    return forms


def _changed(vocabulary: Vocabulary, rng: np.random.Generator, source: Tokens, n: int) -> Tokens:
    """``source`` with ``n`` words changed; its first and last stay."""
    at = rng.choice(len(source) - 2, n, replace=False) + 1
    copy = source.copy()
    copy[at] = source[at] - source[at] % vocabulary.size + vocabulary.draw(rng, n)
    return copy


def main() -> None:
    """Write one corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--documents", type=int, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--copies", type=float, default=0.1, help="share of the documents that are copies")
    parser.add_argument("--exact", type=float, default=0.1, help="share of the copies that are exact")
    parser.add_argument("--same", type=float, default=0.0, help="share of the documents that are one and the same")
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for the list of words")
    given = parser.parse_args()
    options = Options(given.documents, given.seed, given.copies, given.exact, given.same)
    write(given.out, load_vocabulary(given.work), options)


if __name__ == "__main__":
    main()
