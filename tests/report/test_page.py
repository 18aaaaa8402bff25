import base64
import hashlib
import itertools
import json
import random
import re
import zlib
from html.parser import HTMLParser

import pytest

import dedup
from dedup.config import Config
from dedup.report import choose
from dedup.report.page import Report, render
from dedup.store import MADE, REPORT

HOSTILE = (
    "</script></style></title>--><script>alert(1)</script><img src=x onerror=alert(1)>"
    "<svg onload=alert(1)><a href='javascript:alert(1)'>{{ 7*7 }}</a>\u202egnp.exe\x1b[31m\u2066"
)
_TOPICS = "harbour strike budget vote river flood airline merger museum theft drought rice".split()


class Page(HTMLParser):
    """Elements of a page with their attributes, and what it says."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts, self.inside = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inside.append((tag, []))

    def handle_data(self, data):
        """Note a text, or code."""
        if self.cdata_elem:
            self.inside[-1][1].append(data)
        else:
            self.texts.append(data)

    def of(self, tag):
        """Attributes of all elements of a kind."""
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def said(self):
        """All texts."""
        return " ".join("".join(self.texts).split())

    def code(self, tag):
        """What stands in scripts or styles."""
        return ["".join(parts) for name, parts in self.inside if name == tag]


def _story(topic):
    """A report on a topic, long enough to share passages."""
    words = random.Random(topic)
    names = [f"{topic}{''.join(words.choices('aeioulmnrst', k=6))}" for _ in range(120)]
    return " ".join(f"{name.capitalize()} met {words.choice(names)} over {words.choice(names)}." for name in names)


@pytest.fixture(scope="module")
def pile(tmp_path_factory):
    """A run of stories with copies, excerpts and publishers, some of it hostile."""
    folder = tmp_path_factory.mktemp("report")
    records = []
    for number, topic in enumerate(_TOPICS):
        text = _story(topic)
        for copy in range(3):
            body = text[: len(text) - 300 * copy] + f" {HOSTILE if number == 0 else topic} {copy}."
            record = {"id": f"{topic}{copy}", "text": body, "title": f"{topic} {copy}", "publisher": f"House {copy}"}
            records.append(
                record | {"published": f"2022-03-{number + 1:02}T1{copy}:00:00Z", "url": "https://a.example/"}
            )
    records[0] |= {
        "id": f"{HOSTILE}0",
        "title": HOSTILE + "x" * 100_000,
        "publisher": HOSTILE,
        "url": "javascript:alert(1)",
    }
    source = folder / "in.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return dedup.run([str(source)], out=folder / "out")


@pytest.fixture(scope="module")
def report(pile):
    """The report of the pile."""
    return render(pile)


def whole(html):
    """A page with what its script would put into it, read by a parser that is not ours."""
    page = Page(html)
    [held] = [attrs["data-names"].split() for attrs in page.of("script") if attrs.get("id") == "packed"]
    lines = zlib.decompress(base64.b64decode(page.code("script")[1])).decode().splitlines()
    sections = [json.loads(line) for line in lines]
    assert [name for name, _ in sections] == held
    page.feed("".join(section for _, section in sections))
    return page


@pytest.fixture(scope="module")
def page(report):
    """Its page."""
    return whole(report.html)


@pytest.fixture(scope="module")
def small(pile):
    """The page of the same run in little room: some of it is packed, some left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choose, "BUDGET", 250_000)
        report = render(pile)
    return report, whole(report.html)


@pytest.mark.parametrize("room", ["page", "small"])
def test_nothing_hostile_becomes_markup(room, page, small):
    """Texts that try to be scripts, pictures, styles or handlers are text: the page has no element but its own."""
    page = page if room == "page" else small[1]
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"img", "iframe", "object", "embed", "link", "base", "foreignobject", "animate"}
    assert len(page.of("script")) == 4
    assert len(page.of("style")) == 1
    names = {name for _, attrs in page.elements for name in attrs}
    assert not [name for name in names if name.startswith("on") or name in {"style", "src", "srcdoc", "xlink:href"}]
    assert "<script>alert(1)</script>" in page.said
    assert "{{ 7*7 }}" in page.said


def test_nothing_is_hidden_in_the_page(report):
    """Control characters and marks that turn text around are nowhere in the page, in no attribute either."""
    assert not re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", report.html)


@pytest.mark.parametrize("room", ["page", "small"])
def test_links_lead_into_the_page(room, page, small):
    """Each link leads to a place that is there, or to a web address; no name is given twice."""
    page = page if room == "page" else small[1]
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for attrs in page.of("a"):
        href = attrs["href"]
        assert href.startswith("https://") or href[1:] in ids, href
        assert href.startswith("#") or "noopener" in attrs["rel"]


def test_the_policy_allows_what_is_there_and_nothing_else(page):
    """The policy forbids all but the page's own style and scripts, which it knows by their digests."""
    [policy] = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    digests = {
        f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'": code
        for code in (*page.code("style"), *page.code("script"))
    }
    allowed = {*rules["style-src"].split(), *rules["script-src"].split()}
    assert allowed <= set(digests)
    held = [code for digest, code in digests.items() if digest not in allowed]
    assert len(held) == 2
    assert all(re.fullmatch("[A-Za-z0-9+/=]+", code) for code in held)  # what is packed is no script


def test_headings_and_landmarks(page):
    """One first heading, one second heading a view, no level left out; and landmarks for those who cannot see."""
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    views = [attrs for attrs in page.of("section") if "data-view" in attrs]
    assert levels.count(2) == len(views)
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.elements}
    names = {attrs.get("id") for _, attrs in page.elements}
    assert all(attrs["aria-labelledby"] in names for attrs in views)


def test_the_search_knows_every_document(pile, page):
    """What the search knows, unpacked, is each document with its title, publisher and story."""
    known = json.loads(zlib.decompress(base64.b64decode(page.code("script")[2])))
    rows = pile.documents.to_pylist()
    assert sorted(entry[0] for entry in known["documents"]) == list(range(len(rows)))
    for at, doc_id, title, publisher, story in known["documents"][3:]:
        assert (doc_id, story) == (rows[at]["doc_id"], rows[at]["story_id"] or 0)
        assert at == 0 or (title, known["publishers"][publisher - 1]) == (rows[at]["title"], rows[at]["publisher"])


def test_all_is_shown_where_there_is_room(pile, report, page):
    """Of a small pile nothing is left out: every story, every document, every pair of the lineage."""
    assert report.left_out == ()
    assert report.shown["documents"] == pile.documents.num_rows
    edges = [row for row in pile.lineage.to_pylist() if row["parent_id"]]
    assert report.shown["pairs"] == len(edges) > 10
    assert sum("pair" in attrs.get("class", "").split() for attrs in page.of("section")) == len(edges)


@pytest.mark.parametrize("budget", [150_000, 200_000, 250_000, 400_000])
def test_a_page_keeps_within_its_size(pile, monkeypatch, budget):
    """A page is no larger than allowed, however much there is to show."""
    monkeypatch.setattr(choose, "BUDGET", budget)
    assert render(pile).n_bytes <= budget


def test_what_is_left_out_is_said(pile, small):
    """A page that cannot show all says how much it shows of how much, and where the rest is."""
    report, page = small
    assert f"of {pile.stories.num_rows}, taken in turn" in report.left_out[0]
    assert all(sentence in page.said for sentence in report.left_out)
    kinds = [attrs.get("data-kind") for attrs in page.of("tr")]
    shown = [attrs["id"] for attrs in page.of("section") if attrs.get("id", "").startswith("story-")]
    assert len(shown) == kinds.count("full") + kinds.count("drawn") == report.shown["stories"]


def test_the_same_run_makes_the_same_page(pile, report):
    """A page depends on the run alone."""
    assert render(dedup.Result.open(pile.path)).html == report.html


def test_a_page_does_without_texts(pile, tmp_path):
    """Where texts cannot be read again the page says so, and shows scores and places."""
    record = dict(pile.record, inputs=[item | {"path": "gone.jsonl"} for item in pile.record["inputs"]], cwd="/")
    moved = dedup.Result(pile.path, record)
    at = pile.documents.schema.get_field_index("source_path")
    gone = ["gone.jsonl"] * pile.documents.num_rows
    moved.__dict__["documents"] = pile.documents.set_column(at, "source_path", [gone])
    said = Page(render(moved).html).said
    assert "gone.jsonl cannot be read again" in said
    assert "The texts can no longer be read" in said
    assert "Evidence for this direction" in said


def test_a_run_for_copies_only(seeds, tmp_path):
    """A run that looked for copies only has a page: no lineage, but the closest pairs."""
    for copy in range(2):
        (tmp_path / f"{copy}.txt").write_text(min(seeds.glob("*.txt")).read_text("utf-8") + f" {copy}", "utf-8")
    found = dedup.run([str(tmp_path)], out=tmp_path.parent / "copies", config=Config(detect=("copies",)))
    said = Page(render(found).html).said
    assert "Closest pairs" in said
    assert "0.txt and 1.txt" in said


def test_a_report_tells_what_it_shows(report):
    """It bears the mark of a report, and says its size and what is on it, in words and as plain values."""
    assert report.html.splitlines()[1] == MADE[REPORT]
    assert json.loads(json.dumps(report.to_dict()))["bytes"] == len(report.html.encode())
    assert f"{report.shown['documents']:,} documents" in report.text()


def test_one_is_not_many():
    """One of a kind is counted as one."""
    report = Report("", {"stories": 1, "pairs": 1, "documents": 1}, ())
    assert report.text() == "0.0 MB. Shown: 1 story, 1 pair, 1 document."
