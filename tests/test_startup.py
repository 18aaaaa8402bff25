"""What a process pays before it begins: kernels are compiled once per machine, and whoever waits for that is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_KERNEL = """
import gc
import numpy as np
from dedup.kernels._jit import compilation
from dedup.kernels.search import lower_bound
assert lower_bound(np.arange(5, dtype=np.uint64), np.uint64(3)) == 3
assert gc.isenabled()
print(compilation.n_kernels, compilation.seconds > 0)
"""
_TOLD = "from dedup.cli.progress import progress\nwith progress(quiet={}, verbose=False):" + _KERNEL.replace(
    "\n", "\n    "
)


def _process(code: str, cache: Path) -> tuple[list[str], list[str]]:
    """Run a program with a cache of its own; what it says, word by word, and the lines that it says on stderr."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return done.stdout.split(), done.stderr.splitlines()


def test_compilation_is_told_once(tmp_path: Path) -> None:
    """A process that compiles says so, how long it took and where the result is; the next is silent."""
    said, told = _process(_TOLD.format(False), tmp_path)
    assert said == ["1", "True"]
    assert told[0] == "Compiling the kernels for this machine, once ..."
    assert told[1].startswith("Compiled 1 kernel in ")
    assert str(tmp_path) in told[1]
    assert len(told) == 2
    assert _process(_TOLD.format(False), tmp_path) == (["0", "False"], [])


def test_quiet_processes_compile_in_silence(tmp_path: Path) -> None:
    """With ``--quiet``, and in the library, nothing is said of compilation."""
    assert _process(_TOLD.format(True), tmp_path / "quiet") == (["1", "True"], [])
    assert _process(_KERNEL, tmp_path / "library") == (["1", "True"], [])


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """Where no folder can be made, kernels are compiled for the process alone, which says so."""
    occupied = tmp_path / "file"
    occupied.write_bytes(b"")
    for _ in range(2):
        said, told = _process(_TOLD.format(False), occupied)
        assert said == ["1", "True"]
        assert told[1].endswith("s, not kept: set NUMBA_CACHE_DIR.")


def test_a_foreign_compilation_is_left_alone(tmp_path: Path) -> None:
    """What a caller compiles with Numba is neither counted nor told, and keeps its garbage collection."""
    code = (
        "import gc, numba\nfrom dedup.kernels._jit import compilation\ncompilation.on_first = lambda: print('told')\n"
        "numba.njit(lambda x: x + 1)(1)\nprint(compilation.n_kernels, compilation.seconds)"
    )
    assert _process(code, tmp_path) == (["0", "0.0"], [])
