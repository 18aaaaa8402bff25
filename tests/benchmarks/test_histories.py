"""The histories that lineage.py judges by: what tells the order without being read is out, halves share nothing."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

DATA = Path(os.environ.get("DEDUP_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is absent: set DEDUP_DATA")

FRONT = """
Network Working Group                                   R. Fielding, Ed.
Expires: June 22, 2008                                                HP
                                                       December 20, 2007

                  draft-ietf-httpbis-p4-conditional-03

   This Internet-Draft will expire on June 22, 2008.

   1.  Introduction . . . . . . . . . . . . . . . . . . . . . . . . .  4

   A server answers with 304 and adds a date of

Fielding, et al.          Expires June 22, 2008                 [Page 1]
\f
Internet-Draft              HTTP/1.1, part 4               December 2007

   its own, as RFC 2616 of June 1999 asks for; see [Part6].

   [Part6]    Fielding, R., Ed., "HTTP/1.1, part 6: Caching",
              draft-ietf-httpbis-p6-cache-03 (work in progress), June
              2008.

C.4.  Since draft-ietf-httpbis-p4-conditional-02
"""


def test_a_draft_loses_its_dates_and_labels():
    """Headers, footers, dates and numbers of versions go; the text of a page runs on into the next."""
    from drafts import published, stripped

    text = stripped(FRONT)
    assert published(FRONT) == "2007-12-20"
    for telling in ("2007", "2008", "-03", "-02", "Page", "Expires", "expire", "C.4", "\f", "  4\n"):
        assert telling not in text
    for kept in ("draft-ietf-httpbis-p4-conditional\n", "answers with 304", "of June 1999", "C. ", "HP"):
        assert kept in text
    assert "a date of\n\n   its own" in text


def test_a_text_without_a_date_has_none():
    """Only a date that stands alone at the end of a line of the front page is one."""
    from drafts import published

    assert published("   In December 20, 2007 nothing happened.\n") is None


def test_a_half_is_kept():
    """The halves of names do not change, and the drafts are dealt by part."""
    from histories import half

    assert [half(f"http/{part}") for part in ("p4-conditional", "p5-range", "p6-cache", "p7-auth")] == [
        "dev",
        "dev",
        "test",
        "test",
    ]
    assert {half(f"wikipedia/{n}") for n in range(50)} == {"dev", "test"}
    assert half("wikipedia/Adventures of Huckleberry Finn") == half("wikipedia/Adventures of Huckleberry Finn")


def test_versions_can_be_given_dates():
    """A date that is made up is later than that of the version before, or the same day; the texts stay as they are."""
    from histories import Article, _chain, dated

    chains = [_chain(f"c{n}", "test", [Article("", f"{n} {k}") for k in range(9)]) for n in range(20)]
    made = dated(chains, seed=1)
    assert made == dated(chains, seed=1) != dated(chains, seed=2)
    lengths = set()
    for chain, story in zip(chains, made, strict=True):
        when = {article.id: article.published_at for article in story.articles}
        assert all(when[parents[0]] <= when[child] for child, parents in story.parents.items())
        assert {(a.id, a.text) for a in story.articles} == {(a.id, a.text) for a in chain.articles}
        lengths |= {len(date) for date in when.values()}
    assert lengths == {len("2000-01-01"), len("2000-01-01T00:00Z")}


def test_orders_are_of_visible_parents_whose_words_differ():
    """A copy, a hidden parent and a way that is not asked for give no pair."""
    from histories import Article, Story, orders

    articles = [Article("a", "One two."), Article("b", "one, two"), Article("c", "one two three"), Article("d", "four")]
    parents = {"b": ["a"], "c": ["b"], "d": ["hidden"]}
    how = {"b": "copy", "c": "update+style", "d": "cut"}
    story = Story("s", "test", articles, parents, frozenset({"hidden"}), how)
    assert [tuple(order) for order in orders(story)] == [("b", "c", "update", "s")]
    assert len(orders(story, ["style"])) == 1
    assert orders(story, ["copy", "cut"]) == []


def test_a_pile_without_metadata_holds_texts_alone(tmp_path):
    """Ids put the pile in order, and no date is left."""
    from histories import Article, pile

    articles = [Article("b", "two", publisher="AP", published_at="2020-01-01"), Article("a", "one")]
    bare = pq.read_table(pile(tmp_path / "bare.parquet", articles, metadata=False)).to_pydict()
    assert bare == {"id": ["a", "b"], "text": ["one", "two"]}
    full = pq.read_table(pile(tmp_path / "full.parquet", articles, metadata=True)).to_pydict()
    assert full["published_at"] == [None, "2020-01-01"]


@needs_data
def test_the_real_histories_are_whole():
    """All versions, drafts and cases are in one half; ids are opaque; the dates of drafts agree with their order."""
    import histories

    wikipedia = {which: histories.wikipedia(which) for which in histories.HALVES}
    names = [story.name for own in wikipedia.values() for story in own]
    assert len(names) == len(set(names)) == 223
    assert sum(len(story.articles) for own in wikipedia.values() for story in own) == 1259
    drafts = [story for which in histories.HALVES for story in histories.http(which)]
    assert sum(len(story.parents) for story in drafts) == 104
    for story in drafts:
        when = {article.id: article.published_at for article in story.articles}
        assert all(when[parents[0]] < when[child] for child, parents in story.parents.items())
    cases = {which: histories.pan(which) for which in histories.HALVES}
    assert sum(len(own.orders) for own in cases.values()) == 3000
    for own in cases.values():
        assert {doc for order in own.orders for doc in order[:2]} == {article.id for article in own.articles}


@needs_data
def test_follow_ups_share_no_story():
    """No group of follow-ups stands in both halves, and of each pair both texts are there, without dates."""
    import histories

    both = {which: histories.updates(which) for which in histories.HALVES}
    groups = [{order.group for order in own.orders} for own in both.values()]
    assert not groups[0] & groups[1]
    for own in both.values():
        ids = {article.id for article in own.articles}
        assert all(order.earlier in ids and order.later in ids for order in own.orders)
        assert all(article.published_at is None for article in own.articles)
