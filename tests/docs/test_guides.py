"""Every example of the README and of ``docs/`` is run: page by page, block by block, in a folder that holds the seeds.

A block of ``console`` goes to a shell, line by line; what stands below a command is what it prints. Blocks of
``python`` share one session in a page, blocks of ``sql`` go to DuckDB; a block of ``text`` right below one of them is
what it prints. ``...`` stands for anything, and white space may be of any width.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
RUN = {"console", "python", "sql"}
NOT_RUN = {"make", "pip", "git"}  # tests/test_docs.py looks up targets and extras


class Block(NamedTuple):
    """A fenced block of a page: its language, its text, and the output that is shown right below it."""

    language: str
    text: str
    shown: str | None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order; one of ``text`` that follows another at once is the other's output."""
    found = re.findall(
        r"^```(\w*)\n(.*?)^```$(?:\n\n?```text\n(.*?)^```$)?",
        page.read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    return [Block(language, text, shown or None) for language, text, shown in found]


def commands(text: str) -> Iterator[tuple[str, str | None]]:
    """The commands of a console block, each with the output shown below it, if any."""
    for part in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown if shown.strip() else None


def check(shown: str | None, printed: str, what: str) -> None:
    """Fail where a page shows another output than there was."""
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if shown is not None and not doctest.OutputChecker().check_output(shown, printed, options):
        pytest.fail(f"{what}\n--- shown ---\n{shown}\n--- printed ---\n{printed}")


def in_a_shell(text: str) -> None:
    """Enter the commands of a block, as a reader would."""
    for command, shown in commands(text):
        if command.split()[0] not in NOT_RUN:
            shell = ["bash", "-c", f"set -o pipefail; {command}"]
            done = subprocess.run(shell, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            check(shown, done.stdout, command)


def in_python(block: Block, session: dict[str, object]) -> None:
    """Run a block in the session of its page."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(block.text, "<example>", "exec"), session)
    check(block.shown, out.getvalue(), block.text)


def in_duckdb(block: Block, database: duckdb.DuckDBPyConnection) -> None:
    """Run a query; its rows are shown with bars between the columns."""
    found = database.execute(block.text)
    rows = [[column[0] for column in found.description or []], *found.fetchall()]
    lines = [" | ".join("NULL" if value is None else str(value) for value in row) for row in rows]
    check(block.shown, "\n".join(lines) + "\n", block.text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_examples_run(page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example of a page does what the page shows, one after the other, as a reader would follow it."""
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
    monkeypatch.setenv("COLUMNS", "100")
    session: dict[str, object] = {}
    with duckdb.connect() as database:
        for block in blocks(page):
            if block.language == "console":
                in_a_shell(block.text)
            elif block.language == "python":
                in_python(block, session)
            elif block.language == "sql":
                in_duckdb(block, database)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_says_what_it_is(page: Path) -> None:
    """A block is either run, or ``text``: nothing that looks like an example is passed over."""
    assert {block.language for block in blocks(page)} <= RUN | {"text"}
    assert len(re.findall(r"^ *```", page.read_text(encoding="utf-8"), flags=re.MULTILINE)) == sum(
        2 if block.shown is None else 4 for block in blocks(page)
    )


def test_generated_pages_are_those_of_the_code(tmp_path: Path) -> None:
    """The committed pages of tables and commands are what the generator makes of the code now."""
    shutil.copy(DOCS / "generate.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "generate.py"], cwd=ROOT, check=True)
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.md")}
    assert set(made) == {"tables.md", "cli.md"}
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make docs"


def test_every_column_has_a_meaning() -> None:
    """Each column of each table is described once, in one line, in the order of its schema."""
    from dedup import schema

    for name, table in {**schema.TABLES, "texts": schema.TEXTS}.items():
        rows = schema.describe(name)
        assert [column for column, _, _ in rows if "[]" not in column] == table.names
        assert all(meaning and "\n" not in meaning and "|" not in meaning for _, _, meaning in rows)
        assert schema.ROWS[name]
    assert list(schema.ROWS) == [*schema.TABLES, "texts"]


def test_every_page_is_in_the_index() -> None:
    """The index leads to each page of the folder, and the README to the index."""
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(([a-z]+\.md)\)", index)) == {path.name for path in DOCS.glob("*.md")} - {"index.md"}
    assert "](docs/index.md)" in PAGES[0].read_text(encoding="utf-8")
