import base64
import json
import zlib

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from dedup.report.packed import Section, Sections, packed

_GROUPS = st.lists(st.lists(st.text(max_size=200), min_size=1, max_size=3), max_size=12)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_is_packed_and_unpacked(text):
    """What is packed is the text."""
    assert zlib.decompress(base64.b64decode(packed(text))).decode() == text


@given(_GROUPS, st.integers(0, 800), st.integers(0, 800), st.floats(0, 1))
def test_sections_fit_whole_or_not_at_all(groups, plain, rest, share):
    """Groups of sections are taken whole, plain as long as there is room and then packed, within their bytes."""
    sections, taken = Sections(plain, rest), []
    for at, texts in enumerate(groups):
        group = [Section(f"s{at}-{place}", Markup(text)) for place, text in enumerate(texts)]
        if sections.add(group, share):
            taken += group
    n_plain = len(sections.plain)
    assert sections.plain == [section.html for section in taken[:n_plain]]
    assert sum(len(html.encode()) for html in sections.plain) <= plain
    assert sections.names == [section.name for section in taken[n_plain:]]
    lines = zlib.decompress(base64.b64decode(sections.packed())).decode().split("\n")[:-1]
    assert [json.loads(line) for line in lines] == [list(section) for section in taken[n_plain:]]
    if sections.names:
        assert len(sections.packed()) <= share * rest + 20  # and what ends the stream
