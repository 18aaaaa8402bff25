"""The synonym machine replaces what it says, and leaves alone what it must."""

import re

import pytest

TEXT = """The company said on Monday that it plans to send 1,500 workers to the eastern coast. "We are ready to send
them," said John Smith of Acme Corp. "The bank gave us money."
    Analysts expect that large profits will follow quickly. The U.S. Defense Department bought 20 ships in March,
and its self-made leaders began an early meeting with Russia's government about the price of grain."""


@pytest.fixture(scope="module")
def spinner():
    """The module under test."""
    import spinner

    return spinner


def test_spans_tell_where_the_texts_differ(spinner):
    """Each substitution stands where it says on both sides; between them both texts are the same."""
    made = spinner.spin(TEXT, 0.3, seed=3, perturb=0.4)
    changes = sorted([*made.substitutions, *made.perturbations])
    assert made.substitutions
    assert made.perturbations
    at = spun_at = 0
    for change in changes:
        assert TEXT[change.begin : change.end] == change.original != change.replacement
        assert made.text[change.spun_begin : change.spun_end] == change.replacement
        assert TEXT[at : change.begin] == made.text[spun_at : change.spun_begin]
        at, spun_at = change.end, change.spun_end
    assert TEXT[at:] == made.text[spun_at:]


def test_the_rate_is_of_all_words(spinner):
    """So many of all words are replaced as was asked for, and no more than can be."""
    n_words = len(re.findall(r"\w+", TEXT))
    made = spinner.spin(TEXT, 0.2)
    assert len(made.substitutions) == round(0.2 * n_words)
    assert made.rate == len(made.substitutions) / n_words
    assert 0.2 < spinner.spin(TEXT, 1.0).rate < 0.5


def test_names_numbers_quotations_and_function_words_stay(spinner):
    """However much is replaced, these are not; nor is a part of a compound."""
    replaced = {change.original for change in spinner.spin(TEXT, 1.0).substitutions}
    assert {"company", "plans", "workers", "coast", "profits"} <= replaced
    for kept in (
        "Smith",
        "Acme",
        "Monday",
        "March",
        "Defense",
        "Russia",
        "500",
        "the",
        "with",
        "self",
        "made",
        "ready",
    ):
        assert kept not in replaced
    quoted = [found.span() for found in re.finditer(r'"[^"]*"', TEXT)]
    changes = spinner.spin(TEXT, 1.0, perturb=1.0)
    for change in (*changes.substitutions, *changes.perturbations):
        assert not any(begin < change.end and change.begin < end for begin, end in quoted)


def test_a_word_keeps_its_form_and_its_case(spinner):
    """Past stays past, plural plural; a phrase changes at its head; a capital stays a capital."""
    assert spinner._inflected("transmit", spinner.Reading("send", "VERB", "VBD")) == "transmitted"
    assert spinner._inflected("carry off", spinner.Reading("send", "VERB", "VBG")) == "carrying off"
    assert spinner._inflected("capital gain", spinner.Reading("profit", "NOUN", "NNS")) == "capital gains"
    assert spinner._inflected("drop a letter", spinner.Reading("export", "NOUN", "NN")) == ""
    firsts = [change for change in spinner.spin(TEXT, 1.0).substitutions if change.original == "Analysts"]
    assert all(change.replacement[0].isupper() for change in firsts)
    assert firsts


def test_the_halves_of_the_dictionary_share_no_pair(spinner):
    """No pair of words is in both halves, in either order."""
    words = ("send", "company", "plan", "profit", "rise", "bank", "large")
    pairs = {}
    for half in spinner.HALVES:
        pools = {word: spinner._pool(word, kind, half) for word in words for kind in ("NOUN", "VERB", "ADJ")}
        pairs[half] = {frozenset((word, synonym)) for word, pool in pools.items() for synonym in pool}
        assert max(map(len, pools.values())) == spinner.POOL
    assert pairs["dev"].isdisjoint(pairs["test"])
    assert spinner.half("a", "b") == spinner.half("b", "a")
    with pytest.raises(ValueError, match="not one of dev, test"):
        spinner.spin(TEXT, 0.1, "train")


def test_a_seed_always_makes_the_same_text(spinner):
    """The same arguments give the same text; another seed or half of the dictionary gives another."""
    made = spinner.spin(TEXT, 0.3, "dev", seed=1)
    assert made == spinner.spin(TEXT, 0.3, "dev", seed=1)
    assert made.text != spinner.spin(TEXT, 0.3, "dev", seed=2).text
    assert made.text != spinner.spin(TEXT, 0.3, "test", seed=1).text


def test_perturbing_touches_function_words_alone(spinner):
    """The asked share of them is exchanged for others or dropped."""
    made = spinner.spin(TEXT, 0.0, perturb=0.5)
    function = [word for word in re.findall(r"\w+", re.sub(r'"[^"]*"', "", TEXT)) if word in spinner.FUNCTION]
    assert len(made.perturbations) == round(0.5 * len(function))
    assert {change.original.strip() for change in made.perturbations} <= set(spinner.FUNCTION)
    assert "" in {change.replacement for change in made.perturbations}
    assert made.substitutions == ()


@pytest.mark.parametrize("text", ["", " ", "1 2 3", "the", '"', "Smith", "\n    \n"])
def test_texts_that_offer_nothing_stay(spinner, text):
    """Nothing to replace is no error."""
    assert spinner.spin(text, 0.5).text == text
