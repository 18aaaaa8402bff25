"""What the documentation shows is run, on the seeds, in an empty folder."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from dedup.cli import main
from dedup.config import Config
from dedup.match.expand import MAX_LISTED

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = [path for path in sorted((ROOT / "dedup").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
COMMANDS = {"dedup": main, **main.commands}


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def _commands(block: str) -> list[str]:
    """The lines of a console block that call dedup, without their prompt; continued lines are joined."""
    joined = block.replace("\\\n", " ")
    return [line[2:] for line in joined.splitlines() if line.startswith("$ dedup ")]


def _examples(command: click.Command) -> list[str]:
    _, found, after = (command.help or "").partition("Example:\n")
    return [line.strip() for line in after.splitlines() if line.strip()] if found else []


def _run(line: str) -> None:
    program, *arguments = shlex.split(line, comments=True)
    assert program == "dedup"
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, f"{line}\n{done.output}\n{done.exception!r}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_ends_with_an_example(name: str) -> None:
    """The last thing that a help text says is how to call the command."""
    assert _examples(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_of_the_help_run(name: str, desk: Path) -> None:
    """Each example of a help text runs on the seeds, after the run that it speaks of."""
    if name in ("filter", "explain"):
        _run("dedup run seeds -o out --quiet")
    for line in _examples(COMMANDS[name]):
        _run(line)


def test_console_examples_of_the_readme_run(desk: Path) -> None:
    """The README's calls of dedup run one after the other, as a reader would enter them."""
    lines = [line for block in _blocks("console") for line in _commands(block)]
    assert len(lines) >= 5
    for line in lines:
        _run(line)


def test_python_examples_of_the_readme_run(desk: Path) -> None:
    """The README's Python runs, one block after the other, in one session."""
    blocks = _blocks("python")
    assert blocks
    session: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), session)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_examples_of_the_docstrings_hold(path: Path) -> None:
    """What a docstring shows at the prompt is what Python answers."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    failed, _ = doctest.testmod(importlib.import_module(".".join(part for part in parts if part != "__init__")))
    assert failed == 0


def test_settings_of_the_readme_exist() -> None:
    """Each flag that the README names is an option of a command; a default that it tells in brackets is the default."""
    options = {opt for command in COMMANDS.values() for param in command.params for opt in param.opts}
    assert set(re.findall(r"`(--[a-z-]+)", README)) <= options
    told = re.findall(r"`--([a-z-]+)` \(`?([0-9a-z.,]+)`?\)", README)
    assert len(told) >= 5
    for flag, value in told:
        default = getattr(Config(), flag.replace("-", "_"))
        assert value == (",".join(default) if isinstance(default, tuple) else str(default)), flag
    assert f"no more than {MAX_LISTED} bear the same text" in " ".join(README.split())


def test_make_targets_of_the_readme_exist() -> None:
    """Each ``make`` target that the README names is one that ``make help`` lists."""
    listed = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    lines = [line for block in _blocks("console") for line in block.splitlines()]
    named = {line.split()[2] for line in lines if line.startswith("$ make ")}
    assert {"demo", "test"} <= named <= listed


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """Relative links of the documents point to files that are there."""
    for document in ROOT.glob("*.md"):
        targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8"))
        assert [target for target in targets if not (ROOT / target).exists()] == [], document.name


def test_every_word_of_the_tables_is_in_the_glossary() -> None:
    """Relations, channels and the words of the design are each defined, in alphabetical order."""
    defined = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = {word.strip() for entry in defined for word in entry.split(",")}
    assert defined == sorted(defined, key=str.lower)
    assert words >= {
        "document", "shingle", "signature", "key", "channel", "candidate pair", "jaccard", "containment", "passage",
        "relation", "exact", "near", "excerpt", "rewrite", "partial", "quote", "cluster", "story", "lineage edge",
        "unseen source", "originality", "provenance", "winnowing", "band", "row", "branching", "marginal",
        "boilerplate",
    }  # fmt: skip
