"""What the tests of all rooms share: the seeds, the real data where it is present, and settings of Hypothesis."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent

# A first call may compile a kernel: no deadline. The same examples every time: a failure is always a failure.
hypothesis.settings.register_profile("dedup", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("dedup")


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The folder of the five seed articles; only to be read."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set DEDUP_DATA to its folder")
    return folder


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder that holds a copy of the seeds, as a reader of the README has it."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    for name in [name for name in os.environ if name.startswith("DEDUP_") and name != "DEDUP_DATA"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
