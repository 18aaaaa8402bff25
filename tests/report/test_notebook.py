from __future__ import annotations

import html.parser
import json
import xml.etree.ElementTree as ET

import pytest

import dedup
from dedup.errors import UnknownDocumentError
from dedup.report import notebook

HOSTILE = "<script>alert(1)</script> \u202egnp </style>"


class _Tags(html.parser.HTMLParser):
    """Names and attributes of all tags, and the words between them."""

    def __init__(self):
        super().__init__()
        self.tags, self.words = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture(scope="module")
def run(seeds, tmp_path_factory):
    """A run on the seeds."""
    return dedup.run([seeds], out=tmp_path_factory.mktemp("notebook") / "out")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run on two copies whose titles and publishers are meant to break out."""
    folder = tmp_path_factory.mktemp("hostile")
    text = " ".join(f"word{i} and some more of it" for i in range(40))
    rows = [
        {"id": f"{HOSTILE}{i}", "text": text, "title": HOSTILE, "publisher": HOSTILE, "published_at": f"2020-01-0{i}"}
        for i in (1, 2)
    ]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return dedup.run([folder / "rows.jsonl"], out=folder / "out")


def _read(page):
    tags = _Tags()
    tags.feed(page)
    return tags


def test_a_notebook_shows_the_numbers_and_the_largest_story(run):
    """What was found, the title of the story, and its lineage without links that lead nowhere."""
    found = _read(notebook.html(run))
    words = " ".join(" ".join(found.words).split())
    assert "5 documents" in words
    assert "Largest story" in words
    assert "shared passages (1)" in words
    assert [attributes["class"] for tag, attributes in found.tags if tag == "svg"] == ["drawing lineage small"]
    assert not [tag for tag, _ in found.tags if tag in {"a", "script", "img", "link"}]


def test_a_story_is_a_picture_that_needs_nothing_else(run):
    """One SVG with its own rules and colours, light and dark, that any reader of XML can read."""
    picture = notebook.lineage_svg(run, 1)
    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "prefers-color-scheme:dark" in root.find("{http://www.w3.org/2000/svg}style").text
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert type(picture) is str


def test_a_story_that_is_not_there_is_an_error(run):
    """Its number is named."""
    with pytest.raises(UnknownDocumentError, match="99"):
        notebook.lineage_svg(run, 99)


def test_hostile_names_are_text_in_a_notebook(hostile):
    """No tag comes from a title, a publisher or an id, and nothing turns the direction of what follows."""
    for page in (notebook.html(hostile), notebook.lineage_svg(hostile, 1)):
        found = _read(page)
        assert "script" not in {tag for tag, _ in found.tags}
        assert [tag for tag, _ in found.tags].count("style") == 1
        assert "<script>alert(1)</script>" in "".join(found.words)
        assert "\u202e" not in page


def test_a_run_without_stories_shows_its_numbers(tmp_path):
    """Where nothing is copied there is no picture."""
    (tmp_path / "one.txt").write_text("A single text that nobody has copied so far.", encoding="utf-8")
    page = notebook.html(dedup.run([tmp_path / "one.txt"], out=tmp_path / "out"))
    assert "1 document" in page
    assert "<svg" not in page
