"""Where the benchmarks keep what they make: virtual environments, the list of words, corpora. Never the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[1]
WORDS = "wordfreq==3.1.*"
# English with its frequencies; of French, German and Spanish only words with an accent; Russian, Greek, Arabic whole.
LIST_WORDS = r"""
import json, re, sys
from wordfreq import top_n_list, word_frequency
def words(language, n, keep):
    return [(w, word_frequency(w, language)) for w in top_n_list(language, n) if w == w.lower() and keep(w)]
lists = {"en": words("en", 60000, lambda w: re.search(r"\w", w))}
lists |= {name: words(name, 20000, lambda w: w.isalpha() and not w.isascii())[:2000] for name in ("fr", "de", "es")}
lists |= {name: words(name, 8000, lambda w: w.isalpha() and not w.isascii()) for name in ("ru", "el", "ar")}
json.dump(lists, open(sys.argv[1], "w", encoding="utf-8"))
"""


def work_folder() -> Path:
    """The default of ``--work``: a folder in the user's cache directory."""
    return Path(platformdirs.user_cache_dir("dedup-benchmarks"))


def interpreter(at_least: tuple[int, int] | None) -> Path:
    """Our own interpreter if it is new enough; else the newest ``python3.N`` on the PATH that is; else our own."""
    own = Path(sys.executable)
    if at_least is None or sys.version_info >= at_least:
        return own
    named = (path for folder in os.get_exec_path() for path in Path(folder).glob("python3.*"))
    found = [(int(match[1]), path) for path in named if (match := re.fullmatch(r"python3\.(\d+)", path.name))]
    for minor, path in sorted(found, key=lambda one: one[0], reverse=True):
        if (3, minor) >= at_least and _makes_environments(path):
            return path
    return own


def _makes_environments(python: Path) -> bool:
    """Whether it runs, which a shim may not, and has ``venv`` and pip, which some systems leave out."""
    if not os.access(python, os.X_OK):
        return False
    done = subprocess.run([str(python), "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return done.returncode == 0


def environment(work: Path, name: str, requirements: tuple[str, ...], at_least: tuple[int, int] | None = None) -> Path:
    """The interpreter of a virtual environment with these packages; made when it is first asked for.

    Args:
        work: The folder of all that the benchmarks make.
        name: What the environment is called. That of another interpreter than our own has its name too.
        requirements: What pip installs; the newest releases that the interpreter can run.
        at_least: The version of Python to look for; our own is taken where there is none so new.

    Raises:
        RuntimeError: The environment cannot be made; holds the last line of what venv or pip says.
    """
    base = interpreter(at_least)
    folder = work / "environments" / (name if base == Path(sys.executable) else f"{name}-{base.name}")
    stamp, python = folder / "requirements.txt", folder / "bin" / "python"
    wanted = "\n".join(requirements)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Installing {', '.join(requirements)} into {folder}...", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    for command in [str(base), "-m", "venv", "--clear", str(folder)], pip:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError((done.stderr.strip().splitlines() or [f"{command[2]} failed without a word"])[-1])
    stamp.write_text(wanted, encoding="utf-8")
    return python


def ours(work: Path) -> Path:
    """The command ``dedup`` of this working tree, installed as a user installs it, without the tools of developers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = environment(work, "ours", tuple(project["dependencies"]))
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    compiling = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([*pip, "--force-reinstall", str(ROOT)], check=True, env=compiling)
    return python.parent / "dedup"


def versions(python: Path) -> dict[str, str]:
    """All packages of an environment with their versions, and ``python`` with its own."""
    script = (
        "import platform; from importlib.metadata import distributions as d;"
        "print(f'python=={platform.python_version()}', *(f'{x.name}=={x.version}' for x in d()))"
    )
    listed = subprocess.run([str(python), "-c", script], capture_output=True, text=True, check=True).stdout
    return dict(sorted(line.split("==", 1) for line in listed.split()))


def word_list(work: Path) -> Path:
    """``words.json``: per language a list of (word, frequency), made by wordfreq in an environment of its own."""
    path = work / "words.json"
    if not path.exists():
        python = environment(work, "words", (WORDS,))
        part = path.with_suffix(".part")
        subprocess.run([str(python), "-c", LIST_WORDS, str(part)], check=True)
        part.rename(path)
    return path


if __name__ == "__main__":
    sys.exit("This module is used by speed.py, scale.py and corpus.py.")
