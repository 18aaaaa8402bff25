"""What the documentation tells is so: flags, numbers, links, and the examples of help texts and docstrings.

The examples of its pages are run by ``tests/docs``.
"""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import re
import shlex
import statistics
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

import dedup
from dedup import schema
from dedup.cli import main
from dedup.config import LEAST_MEMORY, Config, memory_bytes
from dedup.engine.local import LocalEngine, machine_memory
from dedup.export import FORMATS
from dedup.keep import ROUNDS
from dedup.kernels.join import links_each
from dedup.kernels.scatter import N_PARTS
from dedup.lineage.branching import MAX_NODES
from dedup.lineage.direction import TOLD
from dedup.lineage.evidence import METADATA, MOST_TEXTUAL, OUTLIER_SHARE, STORY
from dedup.lineage.parents import MIN_SHARE, OWN_STRETCH
from dedup.match.candidates import MAX_LINKS
from dedup.match.clues import READERS
from dedup.match.copies import collapse
from dedup.match.expand import MAX_LISTED
from dedup.match.recall import SAMPLE_TEXTS
from dedup.read import REASONS
from dedup.read.ids import SeenIds
from dedup.result.words import _LEVELS, _MEANING
from dedup.schema import PROBES
from dedup.sketch.corpus import Corpus
from dedup.spin.score import MIN_WORDS

ROOT = Path(__file__).resolve().parent.parent
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *GUIDES[1:], ROOT / "benchmarks" / "README.md"]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in GUIDES}
README = PAGES["README"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = [path for path in sorted((ROOT / "dedup").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
COMMANDS = {"dedup": main, **main.commands}


def _told(page: str) -> str:
    """A page on one line."""
    return " ".join(PAGES[page].split())


def _section(page: str, title: str) -> str:
    """A section of a page."""
    return PAGES[page].partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _column(page: str, title: str) -> list[str]:
    """The names in the first column of the first table of a section."""
    rows = re.findall(r"^\| (`.*?) \|", _section(page, title).partition("|---")[2], flags=re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


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
    if name in {"filter", "explain", "report", "export"}:
        _run("dedup run seeds -o out --quiet")
    for line in _examples(COMMANDS[name]):
        _run(line)


def test_every_command_but_one_has_json() -> None:
    """``--json`` is there where the README says so."""
    without = re.search(r"Every command but `(\w+)` has `--json`", README)
    assert without is not None
    assert {
        name for name, command in main.commands.items() if "--json" not in str([p.opts for p in command.params])
    } == {without[1]}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_examples_of_the_docstrings_hold(path: Path) -> None:
    """What a docstring shows at the prompt is what Python answers."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    failed, _ = doctest.testmod(importlib.import_module(".".join(part for part in parts if part != "__init__")))
    assert failed == 0


def test_settings_of_the_pages_exist() -> None:
    """Each flag that a page names is an option of a command; a default that it tells in brackets is the default."""
    options = {opt for command in COMMANDS.values() for param in command.params for opt in param.opts}
    text = "\n".join(PAGES.values())
    assert set(re.findall(r"`(--[a-z-]+)", text)) <= options
    told = re.findall(r"`--([a-z-]+)` \(`?([0-9a-z.,]+)`?\)", text)
    assert len(told) >= 5
    for flag, value in told:
        default = getattr(Config(), flag.replace("-", "_"))
        assert value == (",".join(default) if isinstance(default, tuple) else str(default)), flag


def test_numbers_of_the_pages_are_those_of_the_code() -> None:
    """Limits that no option sets are told as they are."""
    assert f"no more than {MAX_LISTED} bear the same text" in _told("README")
    assert f"a text that more than {MAX_LISTED} documents bear" in _told("engineer")
    told = _told("verdicts")
    assert f"Up to {MAX_LINKS + 1} texts that share a band are all compared" in told
    assert f"In a cluster of more than {MAX_LINKS + 1} texts" in told
    assert f"{MAX_LINKS} neighbours, in large groups fewer, down to {links_each(1 << 30, MAX_LINKS)}." in told
    assert f"{ROUNDS} times at most" in told
    assert f"looks up {SAMPLE_TEXTS:,} of its texts by {PROBES} single slots" in told
    assert f"0.3^{PROBES}, one in {round(0.3**-PROBES, -3):,.0f}" in told
    assert f"A text of less than {MIN_WORDS} words" in told
    assert f"A text of less than {MIN_WORDS} words" in _told("analyst")
    sizes = re.search(r"`--memory` \(as `(.*?)` or `(.*?)`; (.*?) or more\)", _told("engineer"))
    assert sizes is not None
    assert [memory_bytes(size) for size in sizes.groups()] == [1_500_000_000, 800 << 20, LEAST_MEMORY]
    assert f"dealt into {N_PARTS} parts" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_numbers_of_lineage_are_those_of_the_code() -> None:
    """Its kinds of evidence are all told, and its limits are told as they are."""
    kinds = re.findall(r"^\| `([a-z]+)` \| [^|]+ \|$", _section("lineage", "Evidence"), flags=re.MULTILINE)
    assert kinds == [*METADATA, *READERS, "wording", STORY]
    told = _told("lineage")
    assert f"{OUTLIER_SHARE:.0%} of stamps".replace("%", " %") in told
    assert f"{OUTLIER_SHARE:.0%} of stamps".replace("%", " %") in _told("analyst")
    assert f"never make an order surer than {np.exp(MOST_TEXTUAL):.0f} to 1" in told
    assert f"Below {TOLD} none is told" in told
    assert f"at least {100 * MIN_SHARE:.0f} % of the text, in stretches of {OWN_STRETCH} words or more" in told
    assert f"A story of more than {MAX_NODES:,} different texts" in _told("README")


def test_lineage_imports_as_it_is_told() -> None:
    """Each module of the room imports only those that CONTRIBUTING.md names before it, and it names them all."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = re.search(r"imports only those before it: (.*?)\.\n", text, flags=re.DOTALL)
    assert told is not None
    order = re.findall(r"`(\w+)`", told[1])
    room = ROOT / "dedup" / "lineage"
    assert sorted(order) == sorted(path.stem for path in room.glob("*.py") if path.stem != "__init__")
    for at, name in enumerate(order):
        body = ast.parse((room / f"{name}.py").read_text(encoding="utf-8")).body  # not what is there for types alone
        imports = [node for node in body if isinstance(node, ast.ImportFrom) and node.module is not None]
        used = {node.module.rpartition(".")[2] for node in imports if node.module.startswith("dedup.lineage.")}
        used |= {alias.name for node in imports if node.module == "dedup.lineage" for alias in node.names}
        assert used <= set(order[:at]), name


def test_bytes_of_a_document_are_those_of_the_guide() -> None:
    """What stays in memory of each document, whatever ``--memory`` says, adds up to what the guide tells."""
    with LocalEngine(1) as engine:
        corpus = Corpus(engine, None, None)
        firsts = collapse(corpus, engine)
    seen = SeenIds()
    seen.add(pa.array(["one", "other"]), np.arange(2))
    own = corpus.n_chars.itemsize + corpus.n_words.itemsize + corpus.digests.itemsize * corpus.digests.shape[1]
    of_id = sum(column.itemsize for column in seen._runs[0])
    assert f"about {own + of_id + firsts.itemsize} bytes for each document" in PAGES["engineer"]


def test_compilation_is_told_in_the_words_of_the_readme() -> None:
    """The line that a first run prints is the one that the README shows."""
    line = re.search(r"and says so: `(.*?)`", " ".join(README.split()))
    assert line is not None
    assert f'"{line[1]}"' in (ROOT / "dedup" / "cli" / "progress.py").read_text(encoding="utf-8")


def _with_copies(folder: Path) -> Path:
    """A file of four texts: one, its exact copy, its near copy, and another."""
    words = [f"word{number}" for number in range(80)]
    near, other = [*words[:79], "changed"], [f"other{number}" for number in range(80)]
    texts = [" ".join(text) for text in (words, words, near, other)]
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)), "utf-8")
    return path


def test_copies_alone_leave_null_what_the_guide_says(desk: Path) -> None:
    """Under ``--detect copies`` exactly the columns and tables that the guide names know nothing."""
    source = _with_copies(desk)
    copies = dedup.run(source, Config(detect=("copies",), memory="1.5GB"), out=desk / "copies")
    full = dedup.run(source, out=desk / "full")
    assert copies.pairs.select(["left_id", "right_id", "relation", "jaccard"]).equals(
        full.pairs.select(["left_id", "right_id", "relation", "jaccard"])
    )
    assert copies.documents.column("kept").equals(full.documents.column("kept"))
    assert copies.passages.num_rows == copies.lineage.num_rows == copies.unseen.num_rows == 0 < full.passages.num_rows
    near = copies.pairs.filter(np.array([name == "near" for name in copies.pairs.column("relation").to_pylist()]))
    empty = {name for name in near.column_names if near.column(name).null_count == len(near) > 0}
    empty |= {name for name in ("originality",) if copies.documents.column(name).null_count == 4}
    assert copies.pairs.column("n_passages").null_count == copies.pairs.num_rows
    paragraph = re.search(r"\*\*Copies alone\.\*\*(.*?)\n\n", PAGES["engineer"], flags=re.DOTALL)
    assert paragraph is not None
    known = {"surface", "passages", "lineage", "unseen"}
    assert empty == set(re.findall(r"`([a-z]+_?[a-z_]+)`", paragraph[1])) - known


def test_the_run_record_holds_what_the_documents_name(desk: Path) -> None:
    """``run.json`` holds exactly what the guide lists, under the names that the README gives, too."""
    record = dedup.run("seeds", out=desk / "out").record
    assert {"seconds", "peak_memory_bytes", "recall"} <= record.keys()
    assert record["machine"]["memory_bytes"] == machine_memory() // 2
    assert set(_column("engineer", "Read `run.json`")) == record.keys()
    named = re.findall(r"\(`([a-z_]+)`\)", _section("README", "What a run leaves behind"))
    assert {"seconds", "peak_memory_bytes"} <= set(named) <= record.keys()
    assert not (desk / "out" / ".partial").exists()


def test_datasketch_is_an_extra_that_only_a_column_of_tune_needs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without datasketch a run works, and ``dedup tune`` leaves out its column."""
    assert [name.split(">")[0] for name in PROJECT["optional-dependencies"]["datasketch"]] == ["datasketch"]
    assert not any(name.startswith("datasketch") for name in PROJECT["dependencies"])
    assert "'.[datasketch]'" in README
    monkeypatch.setitem(sys.modules, "datasketch", None)  # as if it were not installed
    _run("dedup run seeds -o out --quiet")
    done = CliRunner().invoke(main, ["tune"])
    assert done.exit_code == 0, repr(done.exception)
    assert "datatrove" in done.stdout
    assert "datasketch 14x9" not in done.stdout


def test_make_targets_of_the_documents_exist() -> None:
    """Each ``make`` target that a document names is one that ``make help`` lists, and runs scripts that are there."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    listed = set(re.findall(r"^([a-z]+):.*## ", makefile, flags=re.MULTILINE))
    shown = set(re.findall(r"^\$ make ([a-z]+)", "\n".join(PAGES.values()), flags=re.MULTILINE))
    assert {"demo", "test"} <= shown <= listed
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    named = {name for text in texts for name in re.findall(r"`make ([a-z]+)", text)}
    assert {"bench", "quality", "lineage", "fit", "speed", "scale", "kernel"} <= named <= listed
    scripts = re.findall(r"benchmarks/\w+\.py", "".join([makefile, *texts]))
    assert [script for script in scripts if not (ROOT / script).is_file()] == []


def test_options_of_the_benchmarks_exist() -> None:
    """Each option that a document or the Makefile passes to a benchmark is one that it has."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    rules = re.findall(r"^(\w+):.*\n((?:\t.*\n)+)", makefile, flags=re.MULTILINE)
    scripts = {target: re.findall(r"benchmarks/(\w+)\.py", recipe) for target, recipe in rules}
    calls: list[tuple[str, str]] = []
    made: list[tuple[str, str]] = []
    for path in [*DOCUMENTS, ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        calls += re.findall(r"benchmarks/(\w+)\.py ([^#\n]*)", text)
        made += re.findall(r'make (\w+) ARGS="([^"]+)"', text)
        made += re.findall(r'^(\w+):.*ARGS="([^"]+)"', text, flags=re.MULTILINE)
    calls += [(script, arguments) for target, arguments in made for script in scripts[target]]
    used = {(script, flag) for script, arguments in calls for flag in re.findall(r"--[a-z-]+", arguments)}
    assert {("speed", "--only"), ("speed", "--size"), ("scale", "--sizes"), ("fit_kinship", "--work")} <= used
    for script, flag in used:
        source = (ROOT / "benchmarks" / f"{script}.py").read_text(encoding="utf-8")
        if "from asking import ask\n" in source:  # which reads the command line
            source = (ROOT / "benchmarks" / "asking.py").read_text(encoding="utf-8")
        assert f'add_argument("{flag}"' in source, flag


def test_results_that_the_page_names_are_what_the_benchmarks_write() -> None:
    """Where the page of results sends a reader for figures, a benchmark puts them."""
    named = set(re.findall(r"benchmarks/results/(\w+)\.json", PAGES["results"]))
    assert {"speed", "scale", "kernel", "quality", "lineage"} <= named
    for name in named:
        script = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        assert f'"results" / "{name}.json"' in script


def test_dependencies_are_told_with_their_reasons() -> None:
    """The tables of CONTRIBUTING.md name exactly the dependencies that are declared, the extra, and the tools."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text[text.index("## Dependencies") :]
    needed, extra, tools = re.findall(r"\| library .*?\n\|[-|]+\n(.*?)(?:\n\n|\Z)", section, flags=re.DOTALL)
    names = [[row.split("|")[1].strip() for row in table.splitlines()] for table in (needed, extra)]

    def declared(requirements: list[str]) -> list[str]:
        return sorted(re.split(r"[>=<]", name)[0] for name in requirements)

    assert names[0] == declared(PROJECT["dependencies"])
    assert names[1] == declared(PROJECT["optional-dependencies"]["datasketch"])
    own = set(declared(PROJECT["optional-dependencies"]["dev"])) - set(names[1])
    assert {name for name in own if not name.startswith("types-") and not name.endswith("-stubs")} <= set(
        re.findall(r"[a-z-]+", tools)
    )


def _anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    outside = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", outside, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_in_the_documents_leads_somewhere() -> None:
    """Relative links and pictures of the documents are files that are there; anchors are headings of theirs."""
    for document in DOCUMENTS:
        text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target, _, anchor in re.findall(r"\]\((?!https?://)([^)#]*)(#([^)]*))?\)", text):
            path = document.parent / target if target else document
            assert path.exists(), f"{document.name}: {target}"
            assert not anchor or anchor in _anchors(path), f"{document.name}: {target}#{anchor}"


def test_every_picture_is_told_in_words() -> None:
    """A picture has a text in its place, and each one in the folder is shown somewhere."""
    pictures = [(path, *found) for path in GUIDES for found in re.findall(r"!\[(.*?)\]\((.*?)\)", PAGES[path.stem])]
    for path in GUIDES:
        tags = re.findall(r"<img [^>]*>", PAGES[path.stem])
        found = [re.fullmatch(r'<img src="(.*?)" alt="(.*?)" width="\d+">', tag) for tag in tags]
        assert None not in found
        pictures += [(path, tag[2], tag[1]) for tag in found if tag]
    assert all(len(alt.split()) >= 4 for _, alt, _ in pictures)
    shown = {(path.parent / target).resolve() for path, _, target in pictures}
    assert shown == set((ROOT / "docs" / "pictures").iterdir())


def test_every_word_of_the_tables_is_in_the_glossary() -> None:
    """Relations, channels and the words of the design are each defined, in alphabetical order."""
    defined = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = {word.strip() for entry in defined for word in entry.split(",")}
    assert defined == sorted(defined, key=str.lower)
    assert words >= {
        "document", "shingle", "signature", "key", "channel", "candidate pair", "jaccard", "containment", "passage",
        "relation", "exact", "near", "excerpt", "rewrite", "partial", "quote", "cluster", "story", "lineage edge",
        "unseen source", "originality", "provenance", "winnowing", "band", "row", "branching", "marginal",
        "boilerplate", "clue", "collation", "reading", "kinship", "genre", "direction", "evidence", "confidence",
    }  # fmt: skip


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_the_guides_list_what_there_is() -> None:
    """Reasons of rejects, relations, words of confidence, rows of tables and formats are told as the code has them."""
    assert sorted(_column("engineer", "Choose sources and fields")) == sorted(REASONS)
    assert set(_column("analyst", "What a relation says")) == set(_column("verdicts", "Relations"))
    told = {relation for relation in _MEANING if relation is not None}
    assert set(_column("analyst", "What a relation says")) == told
    levels = " ".join(_section("analyst", "What a confidence says").split()).partition("In words: ")[2]
    assert dict(re.findall(r'(0\.\d+)(?: and more is)? "(.*?)"', levels)) == {
        f"{least:g}": words for least, words in _LEVELS if least
    }
    assert f'less "{_LEVELS[-1][1]}"' in levels
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", _section("README", "What a run leaves behind"), flags=re.MULTILINE)
    assert dict(rows) == {name: schema.ROWS[name] for name in schema.TABLES}
    assert _column("pipeline", "Export") == list(FORMATS)
    codes = re.findall(r"^\| (\d+) \| ", _section("engineer", "In a pipeline"), flags=re.MULTILINE)
    assert codes == re.findall(r"(\d+) [a-z]", " ".join((main.help or "").split()).partition("Exit codes: ")[2])


def test_the_speeds_told_were_measured() -> None:
    """Each figure of the table "How fast" is the median in the committed results."""
    rows = {row["row"]: row for row in _results("speed")["rows"]}
    names = {"xxhash": "datasketch-xxhash", "xxh3": "text-dedup-xxh3"}
    told = re.findall(
        r"^\| ([a-z-]+) [\d.]+(?:, ([^|]+))? \| ([\d.]*) \| ([\d.]*) \| ([\d.]+) \| ([\d.]+) \|$",
        PAGES["results"],
        re.MULTILINE,
    )
    assert len(told) == 8
    for package, way, *figures in told:
        name = names.get(way, package)
        small, large = rows[f"task-20000-{name}"], rows.get(f"task-200000-{name}")
        quality = (large or small)["quality"][name]
        wanted = [f"{small['ratio']:.1f}", f"{large['ratio']:.1f}" if large else ""]
        assert figures == [*wanted, f"{quality['recall']:.2f}", f"{quality['precision of clusters']:.2f}"]
    assert f"{rows['recall-200000']['ratio']:.4f} of the pairs" in PAGES["results"]
    assert rows["precision-200000"]["ratio"] == 1
    text = _told("results")
    assert f"copies alone {rows['excerpts-200000']['ratio']:.1f} times" in text
    assert f"with rewrites and spin scores {rows['detect-200000']['ratio']:.0f} times" in text


def test_the_growth_told_was_measured() -> None:
    """Seconds, memory and exponents are those of the committed results."""
    scale = _results("scale")
    largest = scale["runs"]["2000000"]
    wall, peak = (statistics.median(run[name] for run in largest) for name in ("wall", "peak_mb"))
    text = _told("results")
    assert f"took {wall:.0f} s at a peak of {peak / 1000:.2f} GB (medians)" in text
    assert f"took {wall:.0f} s at a peak of {peak / 1000:.2f} GB" in _told("README")
    assert f"time grows with the power {scale['wall_exponent']:.2f} of their number" in text
    assert f"memory with the power {scale['peak_exponent']:.2f}." in text


def test_the_figures_of_rewrites_are_those_measured() -> None:
    """Each figure of the table "How well", and those below it, are the committed ones; every target was reached."""
    rows = {row["row"]: row for row in _results("quality")["rows"]}
    told = re.findall(
        r"^\| `([a-z0-9.-]+)` \| .* \| ([0-9.]+) \| ([0-9.]+)–([0-9.]+) \|$", PAGES["results"], flags=re.MULTILINE
    )
    assert len(told) == 14
    for name, value, low, high in told:
        assert [f"{figure:.4g}" for figure in (rows[name]["value"], *rows[name]["interval"])] == [value, low, high]
    names = ("seeds-spun", "seeds-highest-other", "speed")
    spun, other, speed = (rows[name]["value"] for name in names)
    assert f"002 has a score of {spun:.4g}, the others {other:.4g} at most" in _told("results")
    assert f"{speed:,.0f} documents a" in _told("results")
    assert all(row["met"] for row in rows.values() if row["target"])


def _figure(figure: dict[str, Any] | None) -> str:
    """A figure of lineage as the README shows it; of a missed target it tells what was wanted."""
    if figure is None:
        return ""
    shown = "not known" if figure["value"] is None else f"{figure['value']:.4g}"
    if figure["interval"]:
        shown += " ({:.4g}–{:.4g})".format(*figure["interval"])
    wanted = figure["target"].replace(">=", "≥").replace("<=", "≤")
    return shown if figure["met"] in {True, None} else f"{shown}, wanted {wanted}"


def test_the_figures_of_lineage_are_those_measured() -> None:
    """Each figure of its table "How well" is the committed one, and no missed target is kept back."""
    cell = r" *([^|]*?) *\|"
    told = re.findall(rf"^\| `([^`]+)` \|{3 * cell}$", _section("results", "Lineage"), flags=re.MULTILINE)
    committed = (ROOT / "benchmarks" / "results" / "lineage.json").exists()
    rows = {row["row"]: row for row in _results("lineage")["rows"]} if committed else {}
    assert bool(told) == committed
    for name, _, *cells in told:
        assert cells == [_figure(rows[name][side]) for side in ("text", "metadata")], name
    assert {name for name, row in rows.items() if row["met"] is False} <= {name for name, *_ in told}
    assert {row["half"] for row in rows.values()} <= {"test"}


def test_the_results_of_the_readme_are_those_measured() -> None:
    """Each figure of the README's section "Results" is a committed one, and so is the number of missed targets."""
    speed, quality, lineage = (
        {row["row"]: row for row in _results(name)["rows"]} for name in ("speed", "quality", "lineage")
    )
    rivals = ("rensa", "gaoya", "daft")
    tasks = [speed[f"task-200000-{name}"] for name in rivals]
    times = [f"{row['ratio']:.1f}" for row in tasks]
    recalls = [f"{row['quality'][name]['recall']:.2f}" for name, row in zip(rivals, tasks, strict=True)]
    scores = [f"{quality[name]['value']:.4g}" for name in ("seeds-spun", "seeds-highest-other")]
    aimed = [row for row in lineage.values() if row["met"] is not None]

    def share(row: str, side: str) -> str:
        return f"{lineage[row][side]['value']:.4g}"

    facts = [
        "rensa (0.5) took {} times as long, gaoya (0.2) {} times, and daft (0.7) {} times.".format(*times),
        f"found {speed['recall-200000']['ratio']:.4f} of the pairs",
        "theirs found {}, {} and {}.".format(*recalls),
        f"an F1 of {quality['pairs-f1']['value']:.4g}.",
        f"with probability {quality['lone-10-recall']['value']:.4g} while 1 %",
        "002 has a score of {}, the others {} at most".format(*scores),
        f"which came first in {share('order, spun, 10 edits or more', 'text')} of the pairs",
        f"they do in {share('order, all that differ', 'text')},",
        f"with metadata in {share('order, all that differ', 'metadata')}",
        f"right for {share('dir_edges, simulator', 'metadata')} of the documents",
        f"of which {share('unseen sources, recall, 30% hidden', 'metadata')} are told",
        f"{share('false parents, 30% hidden', 'metadata')} of the documents are given one",
        f"of {len(aimed)} figures with a target {sum(not row['met'] for row in aimed)} missed it",
    ]
    text = " ".join(_section("README", "Results").split())
    assert [fact for fact in facts if fact not in text] == []
    assert quality["candidates-37"]["value"] == 1  # "every one was met"


def test_the_figures_of_the_report_are_those_measured() -> None:
    """Each figure of its table in the results is the median in the committed ones; every target was reached."""
    told = re.findall(
        r"^\| (\w+) \| ([\d,]+) \| ([\d,]+) \| (.*?) \|$", _section("results", "Report"), flags=re.MULTILINE
    )
    committed = (ROOT / "benchmarks" / "results" / "look.json").exists()
    rows = _results("look")["rows"] if committed else []
    assert [name for name, *_ in told] == [row["pile"] for row in rows]
    for (_, documents, pairs, figures), row in zip(told, rows, strict=True):
        assert (documents, pairs) == (f"{row['documents']:,}", f"{row['pairs']:,}")
        assert figures == f"{row['seconds']:.1f} | {row['bytes'] / 1e6:.2f} | {row['ready']:.2f}"
        assert all(row["met"].values())
