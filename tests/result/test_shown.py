"""A finished run shows itself: as a page, in a notebook, as a picture; and loads what that takes only then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import dedup
from dedup.errors import OutputError, UnknownDocumentError

A = "000_38826c91f0b48928.txt"


def test_a_report_is_written_where_it_is_asked_for(desk: Path) -> None:
    """Beside the tables if nowhere else; what is returned is what stands in the file; inputs are not written over."""
    result = dedup.run("seeds", out="out")
    for path in (None, "page.html", desk / "page.html"):
        page = result.report(path)
        assert Path(path or "out/report.html").read_text(encoding="utf-8") == page.html
    assert A in page.html
    before = (desk / "seeds" / A).read_bytes()
    with pytest.raises(OutputError, match="input of the run"):
        result.report(desk / "seeds" / A)
    assert (desk / "seeds" / A).read_bytes() == before


def test_a_notebook_shows_a_run(desk: Path) -> None:
    """A cell that ends with a result shows its numbers and the picture of its story."""
    shown = dedup.run("seeds", out="out")._repr_html_()
    assert "5 documents" in shown
    assert "<svg" in shown


def test_a_story_is_a_picture(desk: Path) -> None:
    """The lineage of a story is SVG that an XML reader takes; a story that is not there is an error."""
    result = dedup.run("seeds", out="out")
    assert ET.fromstring(result.lineage_svg(1)).tag.endswith("svg")
    with pytest.raises(UnknownDocumentError):
        result.lineage_svg(99)


def test_a_result_loads_no_pictures() -> None:
    """To open, summarise, explain and filter a run takes neither templates nor graphs."""
    heavy = {"jinja2", "networkx", "prov", "graphviz", "dedup.report", "dedup.export.graph"}
    code = f"import sys, dedup.result; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
