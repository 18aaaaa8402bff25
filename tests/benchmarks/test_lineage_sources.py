"""Sources that are not in the pile: what could be known of them, and how many of these are found."""

import pytest


def _story(parents, texts, hidden="", how=None):
    from histories import Article, Story

    articles = [Article(name, text) for name, text in texts.items() if name not in hidden]
    return Story("story", "test", articles, parents, frozenset(hidden), how or {})


PARENTS = {"h": [], "a": ["h"], "b": ["h"]}


@pytest.mark.parametrize(
    ("texts", "fate"),
    [
        ({"a": "one two three four", "b": "three four five six"}, "identifiable"),
        ({"a": "one two three four five six", "b": "three four five six"}, "kept whole by a visible text"),
        ({"a": "new one two three four", "b": "two three four own"}, "kept whole by a visible text"),
        ({"a": "one two other", "b": "other five six"}, "identifiable"),  # what only one has kept
    ],
)
def test_what_a_visible_text_has_kept_whole_may_be_the_source(texts, fate):
    """A hidden document is identifiable where each visible text lacks what another line of descent kept of it."""
    from lineages.sources import fate as fates

    whole = {"h": "one two three four five six"} | texts
    assert fates(_story(PARENTS, whole, "h"), _story(PARENTS, whole)) == {"h": fate}


def test_a_visible_ancestor_may_hold_all():
    """Where a text above the hidden one has all that its children kept, they prove nothing."""
    from lineages.sources import fate as fates

    parents = PARENTS | {"h": ["g"], "g": []}
    whole = {"g": "one two three four five six", "h": "one two three four six", "a": "one two x", "b": "y three four"}
    assert fates(_story(parents, whole, "h"), _story(parents, whole)) == {"h": "kept whole by a visible text"}
    assert fates(_story(parents, whole, "gh"), _story(parents, whole))["h"] == "identifiable"


@pytest.mark.parametrize(
    ("parents", "hidden", "how", "fate"),
    [
        ({"h": [], "a": [], "b": []}, "h", {}, "no visible child"),
        ({"h": [], "a": ["h"], "b": ["a"]}, "h", {}, "one visible child"),
        (PARENTS, "h", {"a": "copy"}, "a visible verbatim copy"),
        ({"h": [], "i": ["h"], "a": ["i"], "b": ["i"]}, "hi", {}, "one visible child"),
    ],
)
def test_of_most_hidden_documents_nothing_is_left(parents, hidden, how, fate):
    """Of one with a single line of descent, or with a copy in sight, nothing can be told."""
    from lineages.sources import fate as fates

    whole = {"h": "one two", "i": "one two", "a": "one two", "b": "one two"}
    assert fates(_story(parents, whole, hidden, how), _story(parents, whole))["h"] == fate


def test_lines_of_descent_pass_hidden_documents():
    """A line ends with the first visible document of each branch."""
    from lineages.sources import lines

    parents = {"h": [], "i": ["h"], "a": ["i"], "b": ["i"], "c": ["h"], "d": ["c"]}
    story = _story(parents, dict.fromkeys("abcd", "x"), "hi")
    assert sorted(map(sorted, lines("h", story))) == [["a", "b"], ["c"]]
    assert lines("i", story) == [frozenset("a"), frozenset("b")]


def test_identifiable_sources_that_were_found():
    """Over half of what is ascribed to a source, and two documents, are the family of one that is identifiable."""
    from lineages.sources import _identified
    from phylogeny import Claim

    parents = {"h": [], "i": [], "a": ["h"], "b": ["h"], "c": ["i"], "d": ["i"]}
    story = _story(parents, dict.fromkeys("abcd", "x"), "hi")
    claims = [Claim(doc, None, 1, 0.9, unseen) for doc, unseen in zip("abcd", "uuuv", strict=True)]
    assert _identified(story, claims, {"h": "identifiable", "i": "identifiable"}) == (2, 1, 2)
    assert _identified(story, claims, {"h": "kept whole by a visible text", "i": "identifiable"}) == (2, 0, 1)
