"""Where the benchmarks keep what they make: virtual environments, the list of words, corpora. Never the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import venv
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


def environment(work: Path, name: str, requirements: tuple[str, ...]) -> Path:
    """The interpreter of a virtual environment with these packages; made when it is first asked for.

    Raises:
        RuntimeError: The packages cannot be installed; holds the last line of what pip says.
    """
    folder = work / "environments" / name
    stamp, python = folder / "requirements.txt", folder / "bin" / "python"
    wanted = "\n".join(requirements)
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"Installing {', '.join(requirements)} into {folder}...", flush=True)
    venv.create(folder, clear=True, with_pip=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["pip failed without a word"])[-1])
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
    """All packages of an environment with their versions."""
    script = "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
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
