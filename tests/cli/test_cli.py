"""The skin: options become settings, errors become words and exit codes, data goes to stdout."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from dedup.cli import main
from dedup.cli.commands import run
from dedup.cli.layout import outline
from dedup.cli.skin import Skin, show
from dedup.config import Config
from dedup.errors import DedupError, SourceError

A, B, LONER = "000_38826c91f0b48928.txt", "001_8683e412f98dc48b.txt", "004_89bb0c79a03178b1.txt"


def _call(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, arguments)


def _config(*arguments: str, **environment: str) -> Config:
    """The settings in force under these arguments, read back from ``--show-config``."""
    done = _call("run", "--show-config", *arguments, **environment)
    assert done.exit_code == 0, done.output
    path = Path("shown.toml")
    path.write_text(done.stdout, encoding="utf-8")
    return Config.from_toml(path)


@pytest.mark.parametrize("name", ["--help", "-h"])
def test_help_lists_the_commands(name: str) -> None:
    """The help of the group names every command."""
    done = _call(name)
    assert done.exit_code == 0
    assert all(
        f"\n  {command} " in done.stdout
        for command in ("run", "report", "explain", "filter", "export", "inspect", "tune")
    )


def test_version_is_the_package_version() -> None:
    """``--version`` tells the installed version."""
    import dedup

    assert _call("--version").stdout.split()[-1] == dedup.__version__


def test_help_answers_at_once() -> None:
    """``dedup --help`` as a process answers within 0.3 s: the best of three, for the machine may be busy."""

    def seconds() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "dedup", "--help"], check=True, capture_output=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(3)) <= 0.3


def test_every_setting_is_an_option_with_its_default() -> None:
    """No setting is without an option, and the help shows the default that Config holds."""
    options = {option.name: option for option in run.params}
    text = " ".join(_call("run", "--help").stdout.split())
    for field in dataclasses.fields(Config):
        assert field.name in options
        if isinstance(field.default, int | float) and not isinstance(field.default, bool):
            assert f"[default: {field.default}]" in (options[field.name].help or "")
    assert "[default: exact,near]" in text


def test_without_flags_the_defaults_hold(desk: Path) -> None:
    """``--show-config`` alone prints the default settings."""
    assert _config() == Config()


def test_precedence_is_flag_environment_file_default(desk: Path) -> None:
    """Each source of settings gives way to the one before it."""
    Path("dedup.toml").write_text("recall = 0.5\nseed = 5\nnum_perm = 64\nstrict = true\n", encoding="utf-8")
    found = _config("--config", "dedup.toml", "--recall", "0.9", DEDUP_RECALL="0.8", DEDUP_SEED="8")
    assert found == Config(recall=0.9, seed=8, num_perm=64, strict=True)


def test_every_kind_of_option_reaches_its_setting(desk: Path) -> None:
    """Numbers, lists, columns and both forms of a switch; a switch can undo what the file says."""
    Path("dedup.toml").write_text("strict = true\n", encoding="utf-8")
    flags = ("--no-strict", "--keep-texts", "--drop", "exact, excerpt", "--text-field", "body", "--threads", "2")
    expected = Config(strict=False, keep_texts=True, drop=("exact", "excerpt"), text_field="body", threads=2)
    assert _config("--config", "dedup.toml", *flags) == expected


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run",), 2, "Missing argument"),
        (("run", "seeds"), 2, "Missing option"),
        (("run", "seeds", "-o", "out", "--recall", "much"), 2, "--recall"),
        (("run", "seeds", "-o", "out", "--no-such"), 2, "No such option"),
        (("sing",), 2, "No such command"),
        (("filter", "out"), 2, "Missing argument"),
        (("tune", "--recall", "2"), 1, "Error: recall is 2.0."),
        (("tune", "--min-jaccard", "0.01"), 1, "Hint: A num_perm of 459"),
        (("run", "seeds", "-o", "out", "--config", "none.toml"), 1, "none.toml"),
        (("run", "nowhere", "-o", "out"), 1, "nowhere"),
        (("explain", "nowhere", "a"), 1, "nowhere"),
        (("filter", "nowhere", "seeds", "-o", "kept"), 1, "nowhere"),
        (("filter", "nowhere", "seeds"), 2, "Missing option"),
        (("filter", "nowhere", "seeds", "--dry-run"), 1, "nowhere"),
        (("report", "nowhere"), 1, "nowhere"),
        (("export", "nowhere", "--to", "prov"), 1, "nowhere"),
        (("export", "nowhere"), 2, "Missing option"),
        (("export", "nowhere", "--to", "svg"), 2, "'prov', 'graphml', 'dot', 'json', 'card'"),
        (("inspect", "nowhere"), 1, "nowhere"),
    ],
)
def test_mistakes_are_told_in_words(arguments: tuple[str, ...], code: int, words: str, desk: Path) -> None:
    """Wrong usage ends with 2, bad input with 1; words on stderr, nothing on stdout, nothing written."""
    done = _call(*arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in desk.iterdir()) == ["seeds"]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (SourceError("No such file: x.", hint="Look again."), 1, "Error: No such file: x.\nHint: Look again.\n"),
        (DedupError("Something."), 1, "Error: Something.\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
        (OSError(errno.ENOSPC, "No space left on device", "out/x"), 1, "Error: No space left on device: out/x.\n"),
    ],
)
def test_errors_become_exit_codes(error: BaseException, code: int, words: str) -> None:
    """What the library raises on purpose, and what the system refuses, ends in words and an exit code."""

    @click.group(cls=Skin)
    def group() -> None:
        """A group."""

    @group.command()
    def fail() -> None:
        """Fail."""
        raise error

    done = CliRunner().invoke(group, ["fail"])
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", words)


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """``dedup tune | head -c 1`` says nothing on stderr."""
    reading, writing = os.pipe()
    with subprocess.Popen([sys.executable, "-m", "dedup", "tune"], stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(reading)
        os.close(writing)
        _, words = process.communicate()
    assert words == b""


def test_control_characters_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A hostile title can neither clear the screen nor turn a line around; accents and line ends stay."""
    show("a\x1b[2Jb\u202ec\x9bd\ré\tü\n中")
    assert capsys.readouterr().out == "a\\x1b[2Jb\\u202ec\\x9bd\\x0dé\tü\n中\n"


def test_outline_lays_out_nested_values() -> None:
    """Plain values are laid out one a line, indented, without brackets."""
    value = {"rows": 1234, "fields": ["id", "text"], "inputs": [{"path": "x", "ok": True}], "none": None, "empty": []}
    expected = "rows: 1,234\nfields: id, text\ninputs:\n  - path: x\n    ok: yes\nnone: -\nempty: none"
    assert outline(value) == expected


def test_tune_shows_the_curve_beside_other_tools() -> None:
    """``tune`` names its choice, the threshold's line and the other tools' bandings."""
    done = _call("tune")
    assert done.stdout.startswith("17 bands of 4 rows")
    assert all(name in done.stdout for name in ("datatrove 14x8", "NeMo 20x13", "datasketch 14x9"))


def test_tune_json_is_the_same_as_data() -> None:
    """``tune --json`` prints one JSON object and nothing else."""
    found = json.loads(_call("tune", "--min-jaccard", "0.8", "--json").stdout)
    assert (found["min_jaccard"], found["bands"], found["rows"]) == (0.8, 16, 6)


def test_run_prints_what_it_found(desk: Path) -> None:
    """At its end a run names the story, draws the lineage and tells the files; the counts are the seeds'."""
    done = _call("run", "seeds", "-o", "out")
    assert done.exit_code == 0, done.output
    assert all(word in done.stdout for word in (A, B, "documents.parquet", "lineage.parquet", "run.json"))
    assert LONER not in done.stdout


def test_run_json_is_the_summary(desk: Path) -> None:
    """``run --json`` prints the summary as one JSON object."""
    done = _call("run", "seeds", "-o", "out", "--json")
    summary = json.loads(done.stdout)
    assert (summary["n_documents"], summary["n_rejects"], summary["n_stories"], summary["n_clusters"]) == (5, 0, 1, 0)


def test_a_run_over_standard_input_explains_itself(desk: Path) -> None:
    """What came in through a pipe is kept, so that ``explain`` can show it."""
    lines = "".join(
        json.dumps({"id": doc_id, "text": (desk / "seeds" / doc_id).read_text()}) + "\n" for doc_id in (A, B)
    )
    done = CliRunner().invoke(main, ["run", "-", "-o", "out"], input=lines)
    assert done.exit_code == 0, done.output
    assert "texts.parquet" in done.stdout
    assert "Verdict: partial (accepted)" in _call("explain", "out", A, B).stdout


def test_quiet_is_quiet(desk: Path) -> None:
    """``-q`` prints nothing where all goes well."""
    done = _call("run", "seeds", "-o", "out", "-q")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")


def test_verbose_tells_the_stages_on_stderr(desk: Path) -> None:
    """``-v`` prints a line for each stage, with its time, and keeps stdout clean for the data."""
    done = _call("run", "seeds", "-o", "out", "-v", "--json")
    json.loads(done.stdout)
    assert "read: 5 in " in done.stderr


def test_fail_on_duplicates(desk: Path) -> None:
    """Exit code 3 where a text has a copy, 0 where none has; the tables are written either way."""
    assert _call("run", "seeds", "-o", "out", "--fail-on-duplicates").exit_code == 0
    (desk / "seeds" / "005_copy.txt").write_bytes((desk / "seeds" / A).read_bytes())
    done = _call("run", "seeds", "-o", "again", "--fail-on-duplicates")
    assert done.exit_code == 3
    assert "Copies found: 1 cluster" in done.stderr
    assert (desk / "again" / "clusters.parquet").exists()


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_dry_run_writes_nothing(form: tuple[str, ...], desk: Path) -> None:
    """``--dry-run`` tells what would happen and leaves no trace."""
    done = _call("run", "seeds", "-o", "out", "--dry-run", *form)
    assert done.exit_code == 0, done.output
    assert "bands" in done.stdout
    assert not (desk / "out").exists()


def test_explain_tells_scores_and_passages(desk: Path) -> None:
    """``explain`` shows the pair's relation and its passages; as JSON the same."""
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    done = _call("explain", "out", A, B)
    assert done.exit_code == 0, done.output
    assert "partial" in done.stdout
    assert "partial" in json.dumps(json.loads(_call("explain", "out", A, B, "--json").stdout))


def test_explain_of_an_unknown_document(desk: Path) -> None:
    """An id that the run does not hold is an error that names it."""
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    done = _call("explain", "out", "nobody")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "nobody" in done.stderr


def test_filter_copies_what_is_kept(desk: Path) -> None:
    """``filter`` leaves the copy out and copies the rest byte for byte."""
    (desk / "seeds" / "005_copy.txt").write_bytes((desk / "seeds" / A).read_bytes())
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    done = _call("filter", "out", "seeds", "-o", "kept", "--json")
    assert done.exit_code == 0, done.output
    json.loads(done.stdout)
    kept = {path.name: path.read_bytes() for path in (desk / "kept").rglob("*.txt")}
    assert kept == {p.name: p.read_bytes() for p in (desk / "seeds").iterdir() if p.name != "005_copy.txt"}


def test_filter_shows_before_it_writes(desk: Path) -> None:
    """``--dry-run`` needs no folder and writes none; it shows the copy beside the kept one, as JSON too."""
    (desk / "seeds" / "005_copy.txt").write_bytes((desk / "seeds" / A).read_bytes())
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    done = _call("filter", "out", "seeds", "--dry-run")
    assert done.stdout.startswith("Would keep 5 of 6 records; nothing is written.\n1 document would go")
    assert _call("filter", "out", "seeds", "--dry-run", "-o", "kept").stdout == done.stdout
    (example,) = json.loads(_call("filter", "out", "seeds", "--dry-run", "--json").stdout)["examples"]
    assert (example["removed"]["doc_id"], example["kept"]["doc_id"]) == ("005_copy.txt", A)
    assert sorted(path.name for path in desk.iterdir()) == ["out", "seeds"]


@pytest.mark.parametrize("to", ["prov", "graphml", "dot", "json", "card"])
def test_export_prints_or_writes(to: str, desk: Path) -> None:
    """Without a file the data goes to stdout and nothing else does; with one, the same bytes, and words to stderr."""
    (desk / "seeds" / A).write_text("Überschrift 中文\n\n" + (desk / "seeds" / A).read_text("utf-8"), encoding="utf-8")
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    printed = _call("export", "out", "--to", to)
    assert (printed.exit_code, printed.stderr) == (0, "")
    written = _call("export", "out", "--to", to, "-o", "made")
    assert (written.exit_code, written.stdout, written.stderr) == (0, "", "Written to made.\n")
    assert (desk / "made").read_bytes() == printed.stdout_bytes


def test_export_of_a_story(desk: Path) -> None:
    """``--story`` leaves the others out; one that is not there is an error."""
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    assert len(json.loads(_call("export", "out", "--to", "json", "--story", "1").stdout)["nodes"]) == 2
    missing = _call("export", "out", "--to", "json", "--story", "2")
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "no story 2" in missing.stderr


def test_report_writes_a_page(desk: Path) -> None:
    """``report`` puts the page beside the tables, or where it is told, and says where and what it shows."""
    assert _call("run", "seeds", "-o", "out", "-q").exit_code == 0
    done = _call("report", "out")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Written to out/report.html.\n")
    page = (desk / "out" / "report.html").read_text(encoding="utf-8")
    assert A in page
    found = json.loads(_call("report", "out", "-o", "page.html", "--json").stdout)
    assert found["path"] == "page.html"
    assert found["bytes"] == (desk / "page.html").stat().st_size
    (desk / "seeds").rename(desk / "moved")
    assert _call("report", "out", "--source", "moved").exit_code == 0
    assert (desk / "out" / "report.html").read_text(encoding="utf-8") == page


def test_inspect_shows_how_sources_are_read(desk: Path) -> None:
    """``inspect`` names the format and the fields that it would take, and shows a sample."""
    Path("x.jsonl").write_text('{"id": "a1", "body": "One two three.", "date": "2022-02-26"}\n', encoding="utf-8")
    done = _call("inspect", "x.jsonl")
    assert done.exit_code == 0, done.output
    assert all(word in done.stdout for word in ("jsonl", "body", "One two three.", "2022-02-26"))
    (found,) = json.loads(_call("inspect", "x.jsonl", "--json").stdout)
    assert found["format"] == "jsonl"


def test_an_interrupt_ends_with_130(desk: Path) -> None:
    """Ctrl-C ends a run with one word and exit code 130."""
    code = (
        "import os, signal\n"
        "from dedup import pipeline\n"
        "from dedup.cli import main\n"
        "pipeline.run = lambda *args, **named: os.kill(os.getpid(), signal.SIGINT)\n"
        "main(['run', 'seeds', '-o', 'out'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")
