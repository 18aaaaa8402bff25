"""Passages in other words: the whole way against the twin, and what it promises."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.kernels import merging
from dedup.kernels.passages import align_pairs
from dedup.kernels.rewording import reword_pairs
from dedup.kernels.words import FIRST
from dedup.lexicon import english, places
from dedup.match.reword import reworded, synonyms_of_lemmas
from dedup.sketch.normalise import normalise
from tests import naive_sentences as naive
from tests.strategies import flat

ARTICLE = """The central bank raised its main interest rate by half a point on Thursday to slow inflation. Governor Anna
Lindt told reporters in Berne that prices had climbed faster than the board expected. Exporters complained that the
strong franc already hurts their sales abroad. Shares of the large watchmakers fell by four percent within an hour.
Economists said the decision would make mortgages dearer for many young families. The next meeting of the board takes
place in September, when new forecasts are published."""
SPUN = """The central bank lifted its principal interest rate by half a point on Thursday to brake inflation. Governor
Anna Lindt informed journalists in Berne that costs had risen quicker than the board anticipated. Exporters moaned that
the mighty franc already damages their sales overseas. Stocks of the big watchmakers dropped by four percent within an
hour. Analysts stated the ruling would render mortgages costlier for numerous young households. The following session
of the board happens in September, when fresh predictions are released."""
OTHER = """Farmers in the valley finished the apple harvest two weeks early because of a dry summer. The fruit is small
but sweet, a grower named Peter Ambs said. Most of it goes to cider presses across the border. A late frost in April had
destroyed the blossom of many pear trees. The cooperative wants to plant hardier kinds next year. It hopes for money
from a fund of the canton."""
BETWEEN = """Trains between the two cities were late on Monday after a signal failed. Nobody was hurt, the railway said.
A replacement part must come from Sweden. """


def _pairs(texts, left, right):
    """All passages of pairs of texts."""
    words = normalise(pa.array(texts, pa.large_string())).words
    rows = places(english(), words.hashes)
    lemmas = np.where(rows >= 0, english().lemmas[rows], -1).astype(np.int32)
    left, right = np.array(left), np.array(right)
    found, owner, _ = align_pairs(left, right, words.offsets, words.hashes, 5, 12, 8)
    made, owners = reworded(left, right, words.offsets, words.hashes, lemmas, words.marks, found, owner)
    return made, owners, found, np.diff(words.offsets)


def test_a_spun_text_is_one_passage_in_order():
    """A synonym machine's work is found from the first word to the last, with its terms in order."""
    made, _, _, n = _pairs([ARTICLE, SPUN], [0], [1])
    assert made[:, :4].tolist() == [[0, n[0], 0, n[1]]]
    assert made[0, merging.KIND] == merging.REWORDED
    assert made[0, merging.N_IN_ORDER] == made[0, merging.N_SINGLE] > 30


def test_texts_about_other_things_share_no_passage():
    """Function words alone make none."""
    made, _, _, _ = _pairs([ARTICLE, OTHER, BETWEEN], [0, 0, 1], [1, 2, 2])
    assert len(made) == 0


def test_a_verbatim_passage_stays_exact_to_the_word():
    """What is unlike around it is not taken in."""
    made, _, found, _ = _pairs([ARTICLE + "\n\n" + OTHER, BETWEEN + ARTICLE + " " + BETWEEN], [0], [1])
    assert made[:, [0, 1, 2, 3, 4]].tolist() == found[:, :5].tolist()
    assert made[:, merging.KIND].tolist() == [merging.EXACT]
    assert made[:, merging.FOUND].tolist() == [0]


def test_an_exact_sentence_in_a_spun_text_is_taken_in():
    """Granularity stays one: no two passages for one matter."""
    sentence = "The governor of the bank of Berne said nothing about the rates of other banks. "
    spun = SPUN.replace("Exporters moaned", sentence + "Exporters moaned")
    made, _, found, n = _pairs([ARTICLE.replace("Exporters comp", sentence + "Exporters comp"), spun], [0], [1])
    assert len(found) >= 1
    assert made[:, :4].tolist() == [[0, n[0], 0, n[1]]]


def test_shuffled_words_are_seen():
    """Obfuscation at random keeps the words of a sentence, not their order."""
    chance = random.Random(1)

    def shuffled(sentence):
        words = sentence.split()
        chance.shuffle(words)
        return " ".join(words).capitalize()

    text = OTHER + " " + ". ".join(map(shuffled, ARTICLE.replace("\n", " ").split(". "))) + ". " + BETWEEN
    made, _, _, n = _pairs([ARTICLE, text], [0], [1])
    assert len(made) == 1
    assert made[0, 0] == 0
    assert made[0, 1] == n[0]
    assert abs(made[0, 2] - len(OTHER.split())) <= 2
    assert made[0, merging.N_IN_ORDER] < made[0, merging.N_SINGLE]


def test_a_summary_stands_for_the_whole_text():
    """Sentences side by side that sum up matter far apart are one passage with all of it."""
    fillers = [f"{BETWEEN.replace('Monday', day)} {OTHER.replace('apple', day)}" for day in ("plum", "corn", "grape")]
    points = [
        "The port of Rotterdam will close its oldest coal terminal in March next year. ",
        "Dockers fear that four hundred jobs vanish with the coal terminal in Rotterdam. ",
        "Mayor Joris Bakker promised new work in hydrogen plants beside the harbour. ",
        "Environment groups had sued the harbour because of dust from the coal heaps. ",
    ]
    long = "".join(part for pair in zip(points, [*fillers, ""], strict=True) for part in pair)
    short = (
        "In March next year the port of Rotterdam closes its oldest coal terminal. Dockers fear for four hundred jobs. "
        "New work in hydrogen plants beside the harbour was promised by Mayor Bakker. Environment groups had sued "
        "because of dust from the harbour's coal heaps."
    )
    made, _, _, n = _pairs([short + "\n\n" + ARTICLE, long, short], [0], [1])
    summary = made[made[:, merging.KIND] == merging.SUMMARY]
    assert summary[:, :4].tolist() == [[0, n[2], 0, n[1]]]


def test_the_order_of_the_pair_does_not_matter_much():
    """Both ways the same words are covered."""
    made, _, _, _ = _pairs([ARTICLE + OTHER, BETWEEN + SPUN], [0, 1], [1, 0])
    assert made[0, :4].tolist() == made[1, [2, 3, 0, 1]].tolist()


def test_synonyms_of_lemmas_are_those_of_the_lexicon():
    """Every pair stands on both sides, in order."""
    starts, synonyms = synonyms_of_lemmas()
    assert starts[-1] == len(synonyms) == 2 * len(english().synonyms)
    for pair in english().synonyms[::50_000].tolist():
        low, high = pair >> 32, pair & 0xFFFFFFFF
        assert high in synonyms[starts[low] : starts[low + 1]]
        assert low in synonyms[starts[high] : starts[high + 1]]


def test_a_huge_repetitive_text_is_done_in_time():
    """Terms and sentences that recur thousands of times cost no more than a bounded number of steps."""
    line = "The cat sat on the mat and the dog saw it there. "
    made, _, _, n = _pairs([line * 8000, (line + BETWEEN) * 4000], [0], [1])
    assert len(made) > 0
    assert made[:, 1].max() <= n[0]


@st.composite
def reworded_texts(draw):
    """Two texts as lists of sentences of few words: some of the second are those of the first, reworded or verbatim."""
    vocabulary = st.integers(0, 70)
    one = draw(st.lists(st.lists(vocabulary, min_size=6, max_size=14), min_size=2, max_size=14))
    two = []
    for _ in range(draw(st.integers(1, 3))):
        two += draw(st.lists(st.lists(vocabulary, min_size=6, max_size=14), max_size=3))
        begin = draw(st.integers(0, len(one)))
        for sentence in one[begin : begin + draw(st.integers(1, 8))]:
            how = draw(st.sampled_from(["same", "same", "shuffled", "replaced", "cut"]))
            if how == "same":
                two.append(list(sentence))
            elif how == "shuffled":
                two.append(draw(st.permutations(sentence)))
            elif how == "replaced":
                two.append([word + 71 if word % 3 == 0 else word for word in sentence])
            else:
                two.append(sentence[: draw(st.integers(1, len(sentence)))])
    return one, two or one


@st.composite
def summed_up_texts(draw):
    """Two texts as lists of sentences, of which one begins with a summary of the other."""
    chance = draw(st.randoms(use_true_random=False))

    def sentence():
        return [chance.randrange(400) for _ in range(chance.randint(10, 16))]

    points = [sentence() for _ in range(chance.randint(3, 6))]
    long = [part for point in points for part in [point, *(sentence() for _ in range(chance.randint(3, 6)))]]
    short = [chance.sample(point, len(point) - chance.randint(0, 3)) for point in points]
    short += [sentence() for _ in range(chance.randint(0, 8))]
    return draw(st.permutations([long, short]))


def _marks(sentences):
    return [FIRST if k == 0 else 0 for sentence in sentences for k in range(len(sentence))]


@settings(max_examples=60)
@given(st.lists(st.one_of(reworded_texts(), summed_up_texts()), min_size=1, max_size=3))
def test_all_passages_equal_the_twin(pairs):
    """Exact, reworded and summed up: all rows are those of the plain way."""
    texts = [[word for sentence in text for word in sentence] for pair in pairs for text in pair]
    marks = [_marks(text) for pair in pairs for text in pair]
    words, offsets = flat(texts)
    lemmas = np.where(words < 100, words, np.uint64(2**32 - 1)).astype(np.int32)
    words = words * np.uint64(2**40)  # no lemma's number
    every, left = np.concatenate(marks).astype(np.uint8), np.arange(0, len(texts), 2)
    found, owner, _ = align_pairs(left, left + 1, offsets, words, 5, 12, 8)
    synonyms = [[lemma + 71] if lemma < 29 else [lemma - 71] if lemma >= 71 else [] for lemma in range(100)]
    ends, starts = flat(synonyms)
    made, owners = reword_pairs(
        left, left + 1, offsets, words, lemmas, every, found, owner, starts, ends.astype(np.int32)
    )
    for p in range(len(left)):
        sides = []
        for d in (2 * p, 2 * p + 1):
            hashes = [word << 40 for word in texts[d]]
            sides.append((hashes, [w if w < 100 else w << 40 for w in texts[d]], marks[d]))
        wanted = naive.passages(*sides, found[owner == p].tolist(), synonyms)
        first = int((owner < p).sum())
        for row in wanted:
            row[-1] += first if row[-1] >= 0 else 0
        assert made[owners == p].tolist() == wanted


@pytest.mark.parametrize("empty", [["", ARTICLE], [ARTICLE, ""], ["", ""], ["One word.", "One word."]])
def test_short_texts_have_no_passage_in_other_words(empty):
    """Nothing is found where there is next to nothing."""
    made, _, found, _ = _pairs(empty, [0], [1])
    assert len(made) == len(found) == 0
