"""One relation after the other, on texts that show it."""

from __future__ import annotations

import pytest

from dedup.config import Config
from dedup.match.commons import common_words
from dedup.match.relation import ACCEPTED
from tests.match.corpus import corpus, expanded, firsts, matched, prose, relations

BODY = prose(1, 200)


def _text(*runs):
    return " ".join(word for run in runs for word in run)


def _pair(left, right, config=None):
    rows = matched([left, right], config).matches.to_pylist()
    return (rows[0]["relation"], rows[0]["accepted"]) if rows else None


def test_exact_is_equal_but_for_case_blanks_and_marks():
    """Equal normalised texts are exact copies."""
    (pair,), _ = expanded([_text(BODY), "\n ".join(BODY).upper()], ["a", "b"])
    assert (pair["relation"], pair["accepted"], pair["channels"]) == ("exact", True, ["digest"])


def test_near_resembles_enough():
    """Jaccard of at least min_jaccard; below it a long shared passage is partial."""
    assert _pair(_text(BODY), _text(BODY[:190], prose(2, 10))) == ("near", True)
    assert _pair(_text(BODY), _text(BODY[:120], prose(2, 80))) == ("partial", True)


def test_excerpt_stands_in_the_other_text():
    """A short text of which min_containment is found in a long one is its excerpt."""
    assert _pair(_text(BODY[50:90]), _text(BODY)) == ("excerpt", True)
    assert _pair(_text(BODY[50:90], prose(2, 5)), _text(BODY)) == ("excerpt", True)


def test_only_copies_are_told_where_only_copies_are_asked_for():
    """Without excerpts to detect, what a band proposes beside near copies is refused."""
    assert _pair(_text(BODY), _text(BODY[:199]), Config(detect=("copies",))) == ("near", True)
    candidates = Config(detect=("copies",), min_jaccard=0.6, recall=0.999)
    excerpt = [_text(BODY), _text(BODY[:115], prose(2, 1))]
    assert _pair(*excerpt, candidates) == (None, False)
    assert _pair(*excerpt, Config(min_jaccard=0.6)) == ("excerpt", True)


def test_an_excerpt_must_be_long_enough():
    """A dozen words found in a long text are no excerpt of it."""
    assert _pair(_text(BODY[50:64]), _text(BODY)) == (None, False)


@pytest.mark.parametrize(("n", "relation"), [(15, "partial"), (14, None)])
def test_partial_shares_a_passage_of_fifteen_words(n, relation):
    """A passage of min_passage_words makes a pair, a shorter one does not."""
    texts = [_text(prose(3, 80), BODY[:n], prose(4, 80)), _text(prose(5, 80), BODY[:n], prose(6, 80))]
    assert _pair(*texts) == (relation, relation is not None)


def test_quote_shares_quotations_only():
    """Two texts that heard the same speaker are no copies, however long the quotation is."""
    quotation = ['"' + BODY[0], *BODY[1:40], BODY[40] + '"']
    assert _pair(_text(prose(3, 80), quotation), _text(prose(4, 80), quotation)) == ("quote", False)
    assert "quote" not in ACCEPTED


def test_a_form_filled_in_anew_is_no_copy():
    """A passage in which more numbers differ than agree is a form; with its numbers kept it is partial."""

    def report(seed, *numbers):
        form = [*BODY[:10], numbers[0], *BODY[10:20], numbers[1], *BODY[20:30], numbers[2], *BODY[30:40]]
        return _text(prose(seed, 80), form)

    assert _pair(report(3, "12,500", "17", "1999"), report(4, "13,700", "18", "2003")) == (None, False)
    assert _pair(report(3, "12,500", "17", "1999"), report(4, "12,500", "17", "2003")) == ("partial", True)


def test_other_names_make_a_form_too():
    """A passage in which more names differ than agree is a form."""

    def report(seed, *names):
        return _text(prose(seed, 80), [*BODY[:12], names[0], *BODY[12:24], names[1], *BODY[24:36]])

    assert _pair(report(3, "Smith", "Leeds"), report(4, "Jones", "York")) == (None, False)
    assert _pair(report(3, "Smith", "Leeds"), report(4, "Smith", "Leeds")) == ("partial", True)


def test_boilerplate_is_nobodys_own():
    """A notice that more than max_key_documents texts end with ties none of them, nor does it lengthen a passage."""
    notice, shared = prose(7, 40), BODY[:12]
    texts = [_text(prose(10 + k, 80), notice) for k in range(8)]
    texts += [_text(prose(30 + k, 80), shared, notice) for k in (0, 1)]
    found = relations(texts, Config(max_key_documents=5))
    assert set(found.values()) <= {None}
    assert relations(texts[-2:], Config(max_key_documents=5)) == {(0, 1): "partial"}


def test_a_passage_needs_rare_words():
    """A run of words that are all common in the corpus is a way to say things, not a copy."""
    common = prose(7, 20)
    texts = [_text(prose(10 + k, 40), [common[k % 20]], prose(40 + k, 5), [common[(k + 7) % 20]]) for k in range(60)]
    texts += [_text(prose(200 + k, 80), common) for k in (0, 1)]
    config = Config(max_key_documents=4)
    assert relations(texts, config)[60, 61] is None
    assert relations(texts[-2:], config) == {(0, 1): "partial"}
    with corpus(texts, config) as (made, engine):
        assert len(common_words(made, firsts(texts), config, engine)) == 20


def test_a_footer_of_a_small_pile_is_no_boilerplate_yet():
    """A known limit: words that all of a few texts share tie them, until more than max_key_documents bear them."""
    footer = prose(9, 20)
    texts = [_text(prose(20 + k, 80), footer) for k in range(5)]
    assert set(relations(texts).values()) == {"partial"}
    assert set(relations(texts, Config(max_key_documents=4)).values()) <= {None}


def test_a_changed_figure_does_not_undo_a_long_passage():
    """A paragraph reused whole with one figure changed is an excerpt still; a short sentence so changed is a form."""
    figures = [_text(BODY[:30], ["37"], BODY[30:90], prose(2, n)) for n in (0, 60)]
    figures[1] = figures[1].replace("37", "41")
    assert _pair(*figures) == ("excerpt", True)
    short = [_text(prose(30 + k, 60), BODY[:10], [str(k)], BODY[10:20], prose(40 + k, 60)) for k in (1, 2)]
    assert _pair(*short) == (None, False)
