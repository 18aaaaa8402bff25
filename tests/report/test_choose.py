from hypothesis import given
from hypothesis import strategies as st

from dedup.report.choose import REASONS, in_turn, leads, left_out
from dedup.report.views import StoryLine


@st.composite
def lines(draw):
    """Lists of stories."""
    counts = st.integers(0, 9)
    return [
        StoryLine(
            story_id=number,
            title=f"Story {number}",
            n_documents=2 + draw(counts),
            n_texts=1 + draw(counts),
            n_publishers=draw(counts),
            n_unseen=draw(counts),
            n_spun=draw(counts),
            n_uncertain=draw(counts),
            first=None,
            last=None,
            relations=("near",),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]


@given(lines())
def test_every_story_comes_once(stories):
    """The order holds each story once, whatever the reasons."""
    assert sorted(line.story_id for line in in_turn(stories)) == [line.story_id for line in stories]


@given(lines())
def test_the_strongest_of_each_reason_come_first(stories):
    """Among the first stories is the strongest of each reason that holds at all."""
    first = in_turn(stories)[: len(REASONS)]
    for reason in REASONS:
        strongest = max((reason.strength(line) for line in stories), default=0)
        if strongest:
            assert max(reason.strength(line) for line in first) == strongest


@given(lines(), st.randoms(use_true_random=False))
def test_the_order_is_that_of_the_stories(stories, random):
    """The choice does not depend on how the stories come."""
    shuffled = list(stories)
    random.shuffle(shuffled)
    assert in_turn(shuffled) == in_turn(stories)


@given(lines())
def test_leads_are_different_stories(stories):
    """Where to begin: no story twice, and the reason holds of each."""
    found = leads(stories)
    assert len({lead.href for lead in found}) == len(found)
    strength = {reason.name: reason.strength for reason in REASONS}
    by_href = {f"#story-{line.story_id}": line for line in stories}
    assert all(strength[lead.why](by_href[lead.href]) > 0 for lead in found)


@given(lines(), st.data())
def test_what_is_left_out_is_said(stories, data):
    """A page that shows all says nothing; one that does not says how many of how many, and by which reasons."""
    n_full = data.draw(st.integers(0, len(stories)))
    said = list(left_out(stories, n_full, 0, len(stories)))
    if n_full == len(stories):
        assert said == []
    else:
        assert f"{n_full} of {len(stories)}" in said[0]
        assert all(reason.name in said[0] for reason in REASONS)
