"""The spin score of a lone document: what it says of the seeds, what it never says, and that batches change nothing."""

import gzip
import itertools
import json
import re

import numpy as np
import pyarrow as pa
import pytest

from dedup.schema import SPIN
from dedup.spin.background import background
from dedup.spin.model import COLUMNS, model
from dedup.spin.score import NOT_ENGLISH, TOO_SHORT, scores
from dedup.spin.traces import FILE, KINDS, hits, phrases, read
from dedup.spin.words import MAX_WORDS, Prose, dictionary

GERMAN = "Der Kreml hat am Freitag erklärt, dass Präsident Putin bereit sei, eine Delegation nach Minsk zu senden. " * 9


@pytest.fixture(scope="module")
def articles(seeds):
    """The seeds, by name."""
    return pa.array([path.read_text() for path in sorted(seeds.glob("*.txt"))], pa.large_string())


def scored(texts, behind=None):
    """Rows of scores of some texts, in a pile of their own unless another is given."""
    array = pa.array(texts, pa.large_string())
    return scores(array, behind or background([array]), np.full(len(array), behind is None)).to_pylist()


def test_the_seed_that_a_machine_has_made_is_told(articles):
    """Of the five seeds 002 is told with its traces as evidence, and no other is suspected."""
    rows = scored(articles)
    values = [row["spin_score"] for row in rows]
    assert values[2] >= 0.8
    assert max(values[:2] + values[3:]) <= 0.2
    named = " ".join(span["phrase"] for span in rows[2]["spin_evidence"]).replace("’", "'")
    assert all(trace in named for trace in ("jap", "1000's", "in opposition to"))
    assert {span["phrase"]: span["original"] for span in rows[2]["spin_evidence"]}["jap"] == "eastern"


def test_evidence_is_where_it_says(articles):
    """Spans stand in the text as told, the strongest first, and none overlaps another."""
    text, spans = articles[2].as_py(), scored(articles)[2]["spin_evidence"]
    assert all(text[span["begin"] : span["end"]] == span["phrase"] for span in spans)
    assert [span["log_odds"] for span in spans] == sorted((span["log_odds"] for span in spans), reverse=True)
    ordered = sorted((span["begin"], span["end"]) for span in spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ordered))


def test_no_score_without_a_reason(articles):
    """A text that is too short, or in no language that we know, gets a reason in place of a score."""
    rows = scored(["Short news.", "", "?!", GERMAN, "12 34 " * 300, articles[0].as_py()])
    assert [row["spin_reason"] for row in rows] == [TOO_SHORT] * 3 + [NOT_ENGLISH] * 2 + [None]
    assert [row["spin_score"] is None for row in rows] == [True] * 5 + [False]
    assert scored([]) == []


_OTHERS = {
    "French": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de "
    "conscience et doivent agir les uns envers les autres dans un esprit de fraternité. ",
    "Spanish": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y "
    "conciencia, deben comportarse fraternalmente los unos con los otros. ",
    "Dutch": "Alle mensen worden vrij en gelijk in waardigheid en rechten geboren. Zij zijn begiftigd met verstand en "
    "geweten, en behoren zich jegens elkander in een geest van broederschap te gedragen. ",
    "Swedish": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete "
    "och bör handla gentemot varandra i en anda av broderskap. ",
    "Russian": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом. ",
}


@pytest.mark.parametrize("language", _OTHERS)
def test_other_languages_are_not_taken_for_english(language):
    """However many of their words look English, most do not."""
    (row,) = scored([_OTHERS[language] * 8])
    assert (row["spin_score"], row["spin_reason"]) == (None, NOT_ENGLISH)


def test_a_report_of_prices_in_english_is_scored():
    """Few function words, but words all the same."""
    line = "Wheat futures closed up three cents, corn lower on profit taking, soybeans mixed after light trade. "
    (row,) = scored([line * 8])
    assert row["spin_score"] is not None
    assert row["spin_score"] < 0.5


def test_phrases_alone_flag_nobody(articles):
    """A sound text that somebody has stuffed with listed phrases is not flagged for them."""
    text = articles[0].as_py()
    listed = ["in opposition to", "known as for", "hourly hours", "one of many largest", "inventory market"]
    stuffed = re.sub(r"\b(the|a|an)\b", lambda found: f"{listed[found.start() % 5]} {found[0]}", text)
    assert len(hits(pa.array([stuffed], pa.large_string()), Prose.of(pa.array([stuffed], pa.large_string())))) > 10
    assert scored([text])[0]["spin_score"] < scored([stuffed])[0]["spin_score"] <= 0.5


def test_quotations_hold_no_traces():
    """What stands in quotation marks is the speaker's."""
    texts = pa.array(
        ['He said "in opposition to 1000\'s of" it.', "He is in opposition to 1000's of it."], pa.large_string()
    )
    assert [(hit.text, hit.kind) for hit in hits(texts, Prose.of(texts))] == [(1, "calque"), (1, "numeral")]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("fighting in jap Ukraine", ["case"]),
        ("a Jap was seen", []),
        ("the russian President", ["case"]),
        ("the Russian President", []),
        ("1000’s of troops, 1,000's of tanks", ["numeral", "numeral"]),
        ("the 1980's were good", []),
        ("a {big|large|huge} house", ["spintax"]),
        ("{one | two}, {x|y}, {|l|r|}", []),
        ("| a | table |", []),
    ],
)
def test_traces_are_told_from_sound_writing(text, kinds):
    """Numerals, demonyms and templates that machines leave behind, and what only looks like them."""
    texts = pa.array([text], pa.large_string())
    assert [hit.kind for hit in hits(texts, Prose.of(texts))] == kinds


def test_batches_change_nothing(articles):
    """A row depends on its text and the background; the background on the set of its texts."""
    one, three = background([articles]), background([articles[3:], articles[:1], articles[1:3]])
    assert (one.table == three.table).all()
    assert one.n_texts == three.n_texts == 5
    own = np.ones(5, np.bool_)
    whole = scores(articles, one, own)
    parts = [scores(articles[i : i + 1], three, own[i : i + 1]) for i in range(5)]
    assert whole.schema == SPIN
    assert pa.Table.from_batches([whole]).equals(pa.Table.from_batches(parts).combine_chunks())


def test_a_text_does_not_speak_for_itself(articles):
    """What the background has counted of a text itself is left out."""
    large = model()
    assert large.least_texts > 1
    alone, nobody = background([articles[2:3]]), background([])
    mine = scores(articles[2:3], alone, np.ones(1, np.bool_))
    assert mine.equals(scores(articles[2:3], nobody, np.zeros(1, np.bool_)))


def test_the_corpus_is_asked_if_it_is_large_enough(data, articles):
    """In a pile of news hardly any original is suspected, and a spun text is."""
    with gzip.open(data / "reuters-21578.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in itertools.islice(file, 3000)]
    texts = sorted({row["text"] for row in rows if row.get("text")})
    behind = background([pa.array(texts, pa.large_string())])
    assert behind.n_texts >= model().least_texts
    found = scores(pa.array(texts, pa.large_string()), behind, np.ones(len(texts), np.bool_))
    values = np.array(found.column("spin_score").drop_null())
    assert len(values) > 500
    assert (values >= 0.5).mean() <= 0.01
    spun, sound = (scored([articles[i].as_py()], behind)[0] for i in (2, 1))
    assert spun["spin_score"] > 10 * sound["spin_score"]


def test_long_texts_are_judged_by_their_beginning(articles):
    """Of a text of any length so many words are looked at, and no others."""
    text = articles[0].as_py() + "\n\n"
    long = text * (MAX_WORDS // len(text.split()) + 1)
    prose = Prose.of(pa.array([text, long, text], pa.large_string()))
    counts = prose.counts().tolist()
    assert counts[1] == MAX_WORDS > counts[0] == counts[2]
    assert prose.words.begins[prose.words.offsets[2]] == prose.words.begins[0]
    one, other = scored([long, long + "In opposition to 1000's of jap Ukraine. " * 99])
    assert one == other


def test_the_list_of_phrases_is_sound():
    """More than a hundred phrases, none twice, each written as sketch splits words."""
    listed = list(read(FILE.read_text(encoding="utf-8")))
    assert len(listed) == len({phrase.words for phrase in listed}) == len(phrases().listed) > 100
    assert {phrase.kind for phrase in listed} == set(KINDS) - {"spintax"}
    assert all(re.fullmatch(r"[#@]|\w+", word) and word == word.lower() for phrase in listed for word in phrase.words)
    assert all(phrase.original and phrase.words[0] != "@" for phrase in listed)


def test_the_dictionary_knows_what_is_usual():
    """A common word is more frequent than a rare one, and the best synonyms come first."""
    made = dictionary()
    place = {word: i for i, word in enumerate(made.lexicon.texts.to_pylist())}
    zipf = made.columns[:, COLUMNS["zipf"]]
    assert zipf[place["said"]] > zipf[place["averred"]] > 0
    ranked = [float(zipf[other]) for other in made.chosen[place["averred"]].tolist() if other >= 0]
    assert ranked == sorted(ranked, reverse=True)
    assert place["said"] in made.chosen[place["averred"]].tolist()


def test_the_model_is_read():
    """Each term names columns that there are; probabilities are meant for few spun texts among many."""
    weights = model()
    assert set(weights.general.of.tolist()) | set(weights.corpus.of.tolist()) <= set(COLUMNS.values())
    assert 0 < weights.prior < 0.5
    assert not any(name.startswith("corpus") for name in weights.alone.names)
