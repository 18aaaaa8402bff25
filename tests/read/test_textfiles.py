"""What text files say of themselves."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.read.textfiles import metadata_of
from tests.read.support import read

SEEDS = {
    "000_38826c91f0b48928.txt": ("2022-02-26", None, None),
    "001_8683e412f98dc48b.txt": (
        "2022-02-25",
        "Putin Ready to Send Negotiation Team for Ukraine Talks, Kremlin Says as Russian Troops Encircle Kyiv",
        (
            "https://www.themoscowtimes.com/2022/02/25/putin-ready-to-send-delegates-to-negotiate-kremlin-say-s"
            "-as-russian-troops-encircle-kyiv-a76595"
        ),
    ),
    "002_222a944fa76b50d4.txt": ("2022-02-25", None, None),
    "003_efc0912535813c17.txt": ("2022-02-28", "Belarus Hosts Negotiations Between Russia and Ukraine", None),
    "004_89bb0c79a03178b1.txt": (None, None, None),
}


def test_seeds():
    """The five seeds give the dates, titles and addresses that a reader sees in them, and nothing else."""
    _, records, rejects = read("seeds")
    seen = {
        r["doc_id"]: (r["published_at"].date().isoformat() if r["published_at"] else None, r["title"], r["url"])
        for r in records
    }
    assert seen == SEEDS
    assert not rejects
    assert [r["published_precision"] for r in records] == ["day"] * 4 + [None]
    assert [r["publisher"] for r in records] == [None, "themoscowtimes.com", None, None, None]


def test_configured_fields_are_for_tables():
    """Field options do not concern text files."""
    _, records, rejects = read("seeds", title_field="byline", text_field="raw")
    assert (len(records), rejects) == (5, [])


def test_a_date_in_prose_is_no_date_of_publication():
    """Only a date alone on its line, or at the very beginning behind "date", counts."""
    for prose in (
        "It happened on February 24, 2022.",
        "On 2022-02-24 he left",
        "2022",
        "Date of birth: unknown",
        "May 2022",
    ):
        assert metadata_of(f"First words, then more.\n\n{prose}\n\nLast words.").published is None


def test_labelled_dates():
    """A date may be labelled; that of an update counts only if there is no other."""
    assert metadata_of("A b.\nPosted on: March 3, 2021 10:15 am\nC d.").published == "March 3, 2021 10:15 am"
    assert metadata_of("A b.\nUpdated 4 March 2021\nPublished 3 March 2021\nC d.").published == "3 March 2021"
    assert metadata_of("A b.\nLast updated: 4 March 2021\nC d.").published == "4 March 2021"
    assert metadata_of("date 2022-02-26\nA title here\n\nProse.")[:2] == ("A title here", "2022-02-26")


def test_titles():
    """A title is a short paragraph of its own without a full stop, before any prose."""
    assert metadata_of("# Talks Begin in Minsk\n\nProse.").title == "Talks Begin in Minsk"
    assert metadata_of("会談がミンスクで始まる\n\n本文。").title == "会談がミンスクで始まる"
    assert metadata_of("Home\nNews | World\n\nTalks begin\n2022-02-26\nProse.").title == "Talks begin"
    for prose in (
        "A sentence.\n\nMore.",
        "A line that goes\non in the next.",
        "word " * 60 + "\n\nMore.",
        "",
        "He said:\n\n",
    ):
        assert metadata_of(prose).title is None


def test_addresses():
    """The address may stand on the line of its label or on the next, at either end of the text."""
    assert metadata_of("Prose.\n\nOriginal URL: https://a.example/x?y=1\n").url == "https://a.example/x?y=1"
    assert metadata_of("Original url:\n\n<https://a.example/x>\n\nProse." + " word" * 9000).url == "https://a.example/x"
    assert metadata_of("He visited https://a.example/x and left.").url is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_has_metadata_or_none(text):
    """No text breaks the search; a title is one of its lines."""
    found = metadata_of(text)
    assert found.title is None or found.title in text


def test_search_is_quick_on_hostile_text():
    """Runs of white space and of near-matches cost no more than their length."""
    for hostile in (" " * 10**6, "\n" * 10**6, "date " * 10**5, "url:" + " " * 10**6, "1-1-" * 10**5, "jan" * 10**5):
        metadata_of(hostile)
