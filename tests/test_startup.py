"""What a process pays before it begins: kernels are compiled once per machine, and whoever waits for that is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dedup.kernels._jit import cache_folder

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


def test_a_process_that_finds_its_kernels_needs_no_compiler(tmp_path: Path) -> None:
    """The second process calls what the first has kept, and gets its results in memory of their own."""
    code = (
        "import sys\nimport numpy as np\nfrom dedup.kernels.join import contains, run_starts\n"
        "starts = run_starts(np.array([1, 1, 2, 3, 3], np.uint64))\nfound = [run_starts(np.zeros(9, np.uint64))] * 3\n"
        "none = run_starts(np.zeros(0, np.uint64))\nprint(starts.tolist(), none.tolist(), starts.flags.writeable)\n"
        "print(contains(starts.astype(np.uint64), np.array([2, 4], np.uint64)).tolist(), 'numba' in sys.modules)"
    )
    said = "[0, 2, 3, 5] [0] True [True, False]".split()
    assert _process(code, tmp_path)[0] == [*said, "True"]
    assert _process(code, tmp_path)[0] == [*said, "False"]


def test_code_that_is_not_whole_is_compiled_again(tmp_path: Path) -> None:
    """A file of the cache that was cut short, or changed, is not run."""
    assert _process(_KERNEL, tmp_path)[0] == ["1", "True"]
    (kept,) = tmp_path.glob("*/*.kernel")
    whole = kept.read_bytes()
    for broken in (b"", whole[:-100], whole[:-1] + bytes([whole[-1] ^ 1]), b"\n" + whole):
        kept.write_bytes(broken)
        assert _process(_KERNEL, tmp_path)[0] == ["1", "True"]
        assert kept.read_bytes() == whole


def test_memory_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    """A kernel that asks for more than there is raises MemoryError, as NumPy does."""
    program = tmp_path / "asks.py"
    program.write_text(
        "import numpy as np\nfrom dedup.kernels._jit import kernel\n"
        "@kernel\ndef room(n):\n    return np.empty(n, np.int64)\n"
        "print(len(room(5)))\ntry:\n    room(1 << 50)\nexcept MemoryError:\n    print('none')"
    )
    assert _process(program.read_text(), tmp_path / "cache")[0] == ["5", "none"]


def test_a_kernel_is_arithmetic_only(tmp_path: Path) -> None:
    """What needs the interpreter, or Numba, when it runs is no kernel: the code would call what is not there."""
    program = (
        "import numpy as np\nfrom dedup.kernels._jit import kernel\nfrom dedup.errors import InternalError\n"
        "@kernel\ndef part(a):\n    out = np.empty(9, np.int64)\n    out[:4] = a\n    return out\n"
        "try:\n    part(np.arange(4))\nexcept InternalError as error:\n    print(str(error).partition(':')[0])"
    )
    (tmp_path / "asks.py").write_text(program)
    assert " ".join(_process(program, tmp_path)[0]).endswith("part is more than arithmetic on arrays")


def test_kernels_and_foreign_functions_live_together(tmp_path: Path) -> None:
    """A caller's own functions of Numba work in a process that has called kernels first: sorting, errors, strings."""
    program = tmp_path / "lives.py"
    program.write_text(
        "import numpy as np, numba\nfrom dedup.kernels.join import run_starts\n"
        "starts = run_starts(np.array([1, 1, 2], np.uint64))\n"
        "@numba.njit\ndef ordered(values, n):\n    if n > len(values):\n        raise ValueError('too many')\n"
        "    return np.sort(values[:n]).copy(), str(n), {1: 2.0}\n"
        "print(ordered(starts[::-1].copy(), 2)[0].tolist())\n"
        "try:\n    ordered(starts, 9)\nexcept ValueError as error:\n    print(error)"
    )
    for _ in range(2):
        assert _process(program.read_text(), tmp_path / "cache")[0] == ["[2,", "3]", "too", "many"]


def test_a_foreign_compilation_is_left_alone(tmp_path: Path) -> None:
    """What a caller compiles with Numba is neither counted nor told, and keeps its garbage collection."""
    code = (
        "import gc, numba\nfrom dedup.kernels._jit import compilation\ncompilation.on_first = lambda: print('told')\n"
        "numba.njit(lambda x: x + 1)(1)\nprint(compilation.n_kernels, compilation.seconds)"
    )
    assert _process(code, tmp_path) == (["0", "0.0"], [])


def test_a_run_for_copies_loads_no_more_than_it_needs(tmp_path: Path, root: Path) -> None:
    """Lineage, clues and the questions that can be asked of a result load with those who need them."""
    code = (
        "import sys, dedup\n"
        f"dedup.run({str(root / 'seeds')!r}, dedup.Config(detect=('copies',)), {str(tmp_path / 'out')!r})\n"
        "rooms = ('dedup.lineage.', 'dedup.match.clues', 'dedup.result.', 'pyarrow.dataset')\n"
        "print(*(name for name in sys.modules if name.startswith(rooms)))"
    )
    _process(code, cache_folder().parent)  # finds its kernels, or compiles them for the next
    assert _process(code, cache_folder().parent)[0] == []
