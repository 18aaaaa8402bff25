import numpy as np
import pytest

import dedup
from dedup.report import filters
from dedup.report.gather import Gather
from dedup.report.overview import _flows, _sizes, _wilson, overview
from dedup.report.views import Node
from tests.report.made import run


def test_flows_are_primary_and_between_houses():
    """Who led whom: by primary parents, from one publisher to another, where both are named; the most first."""
    houses = ["A", "B", "B", None, "A"]
    documents = [{"doc_id": f"a{at}", "publisher": house} for at, house in enumerate(houses)]
    ties = [(1, 0, 1), (2, 0, 1), (3, 0, 1), (4, 0, 1), (4, 1, 1), (0, 1, 2)]
    edges = [{"child_id": f"a{child}", "parent_id": f"a{parent}", "rank": rank} for child, parent, rank in ties]
    assert _flows(Gather(run(documents=documents, lineage=edges))) == (("A", "B", 2), ("B", "A", 1))


def test_sizes_leave_nothing_out():
    """Every cluster and story is counted under its size."""
    sizes = np.array([2, 2, 3, 7, 10, 19, 20, 99, 100, 5000])
    found = _sizes(sizes)
    assert found[:4] == (("2", 2), ("3", 1), ("4", 0), ("5–9", 1))
    assert sum(n for _, n in found) == len(sizes)
    assert _sizes(np.zeros(0, np.int64)) == ()


@pytest.mark.parametrize(("found", "n"), [(0, 1), (5, 5), (855, 855), (26, 27)])
def test_the_interval_holds_the_share(found, n):
    """The interval of a measured recall lies within 0 and 1, holds the share, and is of some width."""
    low, high = _wilson(found, n)
    assert 0 <= low <= found / n <= high + 1e-12 <= 1 + 1e-12
    assert low < high


def test_the_seeds_in_numbers(seeds, tmp_path):
    """The overview of the seeds counts what the run's summary counts."""
    result = dedup.run([str(seeds)], out=tmp_path / "out")
    found, summary = overview(Gather(result)), result.summary()
    figures = {name: value for name, value, _ in found.figures}
    assert figures["Documents"] == summary["n_documents"] == 5
    assert (figures["Spun texts"], figures["Rejects"]) == (summary["n_spun"], summary["n_rejects"])
    assert found.relations == (("partial", 1),)
    assert sum(found.originality) + found.n_unmeasured == 5
    assert (found.bands, found.rows) == (17, 4)
    assert found.curve[0] == (0.0, 0.0)
    assert found.curve[-1] == (1.0, 1.0)
    assert found.measured is None
    assert "Not measured" in found.recall


@pytest.mark.parametrize(
    ("shown", "value"),
    [
        ("–", None),
        ("0%", 0.0),
        ("< 1%", 0.004),
        ("1%", 0.01),
        ("50%", 0.5),
        ("99%", 0.99),
        ("> 99%", 0.996),
        ("100%", 1.0),
    ],
)
def test_shares_are_never_rounded_to_all_or_nothing(shown, value):
    """A share that is not all is not shown as all, and one that is not nothing not as nothing."""
    assert filters.percent(value) == shown


def test_lines_hide_nothing():
    """Words from outside are one line of bounded length, with marks that turn text around made visible."""
    assert "\u202e" not in filters.line("a\u202eb")
    assert "\n" not in filters.line("a\nb")
    assert len(filters.line("x" * 10**6, 50)) <= 50
    assert filters.line(None) == ""


def test_undated():
    """A document without a date is called undated."""
    assert filters.date(Node(key="d1", label="a")) == "undated"
