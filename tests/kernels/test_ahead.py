"""The second process of a cold start: it compiles what the plan says, hands it over, and ends with the first."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dedup
from dedup.kernels import _ahead
from dedup.kernels._claims import claimed
from dedup.kernels._doors import types_of
from dedup.kernels._jit import Kernel, file_of

_SMALL = """
import os, sys, time
from dedup.kernels import _ahead
from dedup.kernels._jit import compilation, file_of
_ahead._PLAN = "copies join.run_starts u8!\\ncopies join.cap_per_document i8! i8! int int"
files = [file_of(*_ahead._parsed(line)) for line in _ahead.plan(["copies"])]
"""
_BOTH = """
with _ahead.ahead(["copies"], THREADS):
    for _ in range(6000):
        if all(file.exists() for file in files):
            break
        time.sleep(0.01)
print(compilation.n_kernels, 'numba' in sys.modules)
"""


def _process(code: str, cache: Path, **more) -> subprocess.Popen[str]:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment, **more)


def _said(code: str, cache: Path) -> list[str]:
    return _process(code, cache).communicate(timeout=100)[0].split()


@pytest.mark.parametrize("detect", [("copies",), ("copies", "excerpts"), ("copies", "excerpts", "rewrites")])
def test_the_plan_is_what_a_run_asks_for(detect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kernel of the plan is called, with arguments of the types that it is compiled for."""
    asked, call = set(), Kernel.__call__

    def noted(self, *args):
        asked.add((self, types_of(args)))
        return call(self, *args)

    monkeypatch.setattr(Kernel, "__call__", noted)
    dedup.run("seeds", dedup.Config(detect=detect), tmp_path / "out")
    assert [line for line in _ahead.plan(detect) if _ahead._parsed(line) not in asked] == []


def test_the_helper_compiles_for_the_first_process(tmp_path: Path) -> None:
    """It hands over what it compiles, and all of it is counted; with one thread there is no helper."""
    assert _said(_SMALL + _BOTH.replace("THREADS", "2"), tmp_path) == ["2", "False"]
    assert _said(_SMALL + _BOTH.replace("THREADS", "2"), tmp_path) == ["0", "False"]
    assert _said(_SMALL + _BOTH.replace("THREADS", "1").replace("6000", "1"), tmp_path / "one") == ["0", "False"]


def test_without_a_second_process_all_goes_on(tmp_path: Path) -> None:
    """Where none can be started, the first compiles alone."""
    alone = "sys.executable = '/nowhere'\n" + _BOTH.replace("THREADS", "2").replace("6000", "1")
    calls = "\nimport numpy as np\nfrom dedup.kernels.join import run_starts\nprint(run_starts(np.zeros(2, np.uint64)))"
    assert _said(_SMALL + alone + calls, tmp_path) == ["0", "False", "[0", "2]"]


def test_of_two_processes_one_compiles(tmp_path: Path) -> None:
    """Whoever comes second to a kernel waits for it; what waits compiles what else is planned."""
    code = _SMALL + (
        "import numpy as np\nfrom dedup.kernels.join import run_starts\n"
        "compilation.plan = [_ahead._parsed(line) for line in _ahead.plan(['copies'])]\n"
        "print(run_starts(np.zeros(2, np.uint64)).tolist(), compilation.n_kernels, compilation.seconds > 0)"
    )
    both = [_process(code, tmp_path) for _ in range(2)]
    said = [process.communicate(timeout=100)[0].split() for process in both]
    assert [words[:2] + words[3:] for words in said] == [["[0,", "2]", "True"]] * 2
    assert sum(int(words[2]) for words in said) <= 2
    assert len(list(tmp_path.glob("*/*.kernel"))) in {1, 2}


def test_the_helper_ends_with_the_first_process(tmp_path: Path) -> None:
    """Killed, the first process takes the helper with it: what that was compiling is anybody's again."""
    code = (
        "import sys, time\nfrom dedup.kernels import _ahead\n"
        "with _ahead.ahead(['rewrites'], 2):\n    print('on', flush=True)\n    time.sleep(100)"
    )
    first = _process(code, tmp_path)
    longest = _ahead._parsed(_ahead.plan(["rewrites"])[0])
    assert first.stdout.readline() == "on\n"
    (folder,) = tmp_path.glob("kernels-*")
    file = folder / file_of(*longest).name

    def until(wanted: bool) -> bool:
        for _ in range(3000):
            with claimed(file) as ours:
                if ours is wanted:
                    return True
            time.sleep(0.01)
        return False

    assert until(False)
    first.kill()
    first.wait()
    first.stdout.close()
    assert until(True)
    assert not file.exists()
