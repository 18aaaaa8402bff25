"""The simulator of syndicated news: the truth that it tells is true."""

import datetime as dt
import functools
import itertools
import random
import re
from dataclasses import replace

import pytest

NAMES = ("Halloway Trust", "Bergen Mills", "Ostrava Steel", "Lindfield Bank", "Carrow Shipping", "Pell Mining")
SENTENCES = (
    "The chairman of {name} said on Monday that output rose to {n} tonnes, compared with a year earlier.",
    "Analysts said the company was likely to purchase a large stake in a rival, although talks had not begun.",
    'At least {n} workers joined a strike on its second day. "We shall stay out until they listen," a leader said.',
    "The government declined to comment, but officials said {name} would organize a meeting of its lenders.",
    "Sales of about {n} million dollars were reported for the quarter, which the market had expected.",
    "Shares of {name}, which owns two mills in the north, fell sharply before they recovered late in the day.",
    "Since March 11 the price of steel has dropped by {n} percent, and it will be reviewed again in the autumn.",
    "However, some dealers believe that the programme of cuts is nearly complete, and the labour talks may end soon.",
)


def made_up(n):
    """Originals that share no sentence."""
    from syndication.originals import Original

    chance = random.Random(1)
    fillers = "amber basalt cedar delta ember fjord garnet hollow indigo juniper kelp lagoon marble nectar opal".split()
    found = []
    for at in range(n):
        name = f"{NAMES[at % len(NAMES)]} {at}"
        parts = tuple(
            " ".join(
                (
                    text.format(name=name, n=chance.randint(11, 99)),
                    f"A note on {' '.join(chance.choices(fillers, k=6))} was added for the {name} file.",
                )
            )
            for text in chance.sample(SENTENCES, len(SENTENCES))
        )
        when = dt.datetime(1987, 3, 1) + dt.timedelta(hours=at)
        found.append(Original(f"made-{at}", f"{name.upper()} REPORTS", "OSLO", when, frozenset({f"t{at % 3}"}), parts))
    return found


def told(settings=None, n=9, seed=1, half="dev", found=None):
    """Stories of made-up originals."""
    from simulator import stories
    from syndication.settings import Settings

    return list(stories(n, settings or Settings(median=7), half, seed, found or made_up(250)))


@functools.cache
def usual():
    """Stories of the usual settings."""
    return told()


def test_the_same_seed_gives_the_same_stories():
    """Stories depend on their arguments alone."""
    assert told(n=3) == usual()[:3]
    assert told(n=3, seed=2) != usual()[:3]


def test_the_truth_is_a_history():
    """Each parent is a document of the story and came before; ``how`` names what was made; names stand once."""
    seen = set()
    for story in usual():
        visible = [article.id for article in story.articles]
        assert len(set(visible)) == len(visible)
        assert set(visible) | story.hidden == set(story.parents)
        assert not story.hidden.intersection(visible)
        order = list(story.parents)
        for child, parents in story.parents.items():
            assert all(order.index(parent) < order.index(child) for parent in parents)
            assert len(set(parents)) == len(parents) <= 2
            assert bool(parents) == bool(story.how.get(child))
            assert len(parents) < 2 or story.how[child].startswith("churn")
        assert story.name not in seen
        seen.add(story.name)


def test_copies_are_copies_and_others_are_not():
    """A document made by ``copy`` has its parent's text; all others differ from it."""
    for story in usual():
        texts = {article.id: article.text for article in story.articles}
        for child, parents in story.parents.items():
            if parents:
                assert (texts[child] == texts[parents[0]]) == (story.how[child] == "copy")


def test_what_is_hidden_is_absent_and_nothing_else_changes():
    """Hiding takes documents away and leaves the texts, dates and truth of the others."""
    from syndication.settings import Settings

    settings = Settings(median=9)
    whole, part = told(settings), told(replace(settings, hidden=0.3))
    n_hidden = n_all = 0
    for full, less in zip(whole, part, strict=True):
        assert full.parents == less.parents
        assert [article for article in full.articles if article.id not in less.hidden] == less.articles
        assert len(less.articles) >= 2
        n_hidden += len(less.hidden)
        n_all += len(less.parents)
    assert 0.18 < n_hidden / n_all < 0.36


def test_dates_are_wrong_or_missing_as_often_as_asked():
    """Worse dates change dates alone."""
    from syndication.settings import Settings

    settings = Settings(median=12)
    good, bad = told(settings, n=20), told(replace(settings, wrong_dates=0.1, missing_dates=0.3), n=20)
    pairs = [
        (one, other)
        for full, less in zip(good, bad, strict=True)
        for one, other in zip(full.articles, less.articles, strict=True)
    ]
    assert all(replace(one, published_at=None) == replace(other, published_at=None) for one, other in pairs)
    missing = sum(other.published_at is None for _, other in pairs) / len(pairs)
    wrong = sum(other.published_at not in {None, one.published_at} for one, other in pairs) / len(pairs)
    assert 0.22 < missing < 0.38
    assert 0.04 < wrong < 0.16


def test_true_dates_go_forward():
    """Where no date is wrong, no child is dated before its parents, to the precision that both have."""
    for story in usual():
        dates = {article.id: article.published_at for article in story.articles}
        for child, parents in story.parents.items():
            for parent in parents:
                n = min(len(dates[child]), len(dates[parent]))
                assert dates[parent][:n] <= dates[child][:n]


def test_metadata_can_be_withheld():
    """Without metadata the texts are the same."""
    from syndication.settings import Settings

    bare = told(Settings(median=7, metadata=False), n=3)
    for story, full in zip(bare, usual()[:3], strict=True):
        for article, known in zip(story.articles, full.articles, strict=True):
            assert article == replace(known, title=None, publisher=None, published_at=None, url=None)
            assert known.publisher
            assert known.url


def test_kinds_can_be_chosen():
    """A kind with all the weight makes all documents."""
    from syndication.settings import Settings

    alone = {"also_cut": 0, "also_styled": 0, "also_edited": 0, "also_noisy": 0, "attributed": 0, "own_lines": 0}
    alone |= {"dateline_kept": 1, "residue": 1, "singles": 0, "second_root": 0}
    for kind in ("cut", "edit", "update", "reword", "noise", "spun", "excerpt"):
        for story in told(Settings(median=5, kinds={kind: 1.0}, **alone), n=3):
            assert set(story.how.values()) <= {kind, "copy"}
            assert kind in story.how.values()


def test_a_cut_keeps_the_beginning():
    """What is cut from the end is a prefix of the paragraphs."""
    from syndication.editing import LEAST_LEFT, cut
    from syndication.pages import Page, Paragraph

    page = Page("", tuple(Paragraph(text, str(at)) for at, text in enumerate(made_up(1)[0].paragraphs)))
    for seed in range(20):
        less = cut(page, random.Random(seed))
        assert page.text.startswith(less.text)
        assert less.n_words >= LEAST_LEFT
        inner = cut(page, random.Random(seed), inner=True)
        assert set(inner.paragraphs) < set(page.paragraphs)
        assert inner.paragraphs[0] == page.paragraphs[0]


def test_updates_count_upwards():
    """Days and figures go up, and errors are put right."""
    from syndication.editing import corrected, noise, update
    from syndication.pages import Page, Paragraph

    page = Page(
        "", (Paragraph("At least 20 people were hurt on the second day.", "a"), Paragraph("No more is known.", "b"))
    )
    later = update(page, random.Random(1), [])
    assert corrected(noise(page, random.Random(3), 0.5), random.Random(1), 1.0) == page
    assert "third day" in later.text
    assert int(re.search(r"\d+", later.text)[0]) > 20


def test_errors_are_inherited():
    """What is made of a misspelt page has its errors."""
    from syndication.editing import cut, noise
    from syndication.pages import Page, Paragraph

    page = Page("", tuple(Paragraph(text, str(at)) for at, text in enumerate(made_up(1)[0].paragraphs)))
    wrong = noise(page, random.Random(1), 0.1)
    assert wrong.errors
    assert wrong.text != page.text
    assert wrong.text.startswith(cut(wrong, random.Random(1)).text)


def test_a_guide_is_kept_to():
    """A text in a house's style is not changed by it again, and two guides disagree."""
    from syndication.guides import GUIDES, guide

    text = "\n".join(made_up(1)[0].paragraphs)
    styled = [guide("dev", number).apply(text) for number in range(GUIDES)]
    assert [guide("dev", number).apply(each) for number, each in enumerate(styled)] == styled
    assert all(one != other for one, other in itertools.pairwise(styled))


def test_notations():
    """Money, shares, dates and small numbers are written as the house does, and names stay whole."""
    from syndication import guides

    text = 'A 30 mln dlr loan, US$2.5 bln in cash and 7 pct of Ford Corp. "Per cent," he said on March 2.'
    assert "A $30 mln loan, $2.5 bln in" in guides._money("${}")(text)
    assert "A 30 mln dollar loan, 2.5 bln dollars in" in guides._money("{} dollar")(text)
    assert "on 2 March." in guides._day_first(text)
    assert "March 2." in guides._digits_spelt(text)
    assert guides._word("Corp", ("Corp", "Corp."))(text) == text


def test_churn_takes_from_both():
    """A churned page has paragraphs of both, the primary parent gave more, and neither alone would do."""
    from syndication.editing import FEWEST, churn
    from syndication.pages import Page, Paragraph

    one, other = (
        Page("", tuple(Paragraph(text, f"{original.id}/{at}") for at, text in enumerate(original.paragraphs)))
        for original in made_up(2)
    )
    assert churn(one, one, random.Random(1)) == (one, [0])
    for seed in range(10):
        page, order = churn(one, other, random.Random(seed))
        gave = [sum(len(p.text.split()) for p in page.story if p in source.story) for source in (one, other)]
        assert min(gave) >= FEWEST
        assert gave[order[0]] >= gave[order[1]]


def test_originals_run_out():
    """Too many stories are an error that says so."""
    with pytest.raises(ValueError, match="used up"):
        told(n=10, found=made_up(5))


def test_real_originals(data):
    """Those of Reuters are prose, belong to one half, and stories of either half share none."""
    from histories import half
    from simulator import stories
    from syndication.originals import originals
    from syndication.settings import Settings

    assert all(half(original.id) == "test" for original in originals("test"))
    assert len(originals("dev")) > 1500
    found = list(stories(6, Settings(), "test", 1))
    assert {half(story.name) for story in found} == {"test"}
    assert all(len(article.text.split()) > 40 for story in found for article in story.articles)
