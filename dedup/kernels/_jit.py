"""The one way a kernel is compiled, and where the machine code is kept.

Kernels compile on first use for the very processor that they run on; the result is kept in the user's cache folder.
Numba recompiles a function when its own file has changed, not when a function that it calls has; so the folder is named
by the digest of all kernels, and no change can meet machine code of an earlier one.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config
import platformdirs
import xxhash
from numba.core import caching, event
from numba.core.runtime import nrt

F = TypeVar("F", bound=Callable[..., object])

_FunctionCache: Any = caching.FunctionCache  # untyped
_runtime: Any = nrt.rtsys
_settings: Any = numba.core.config  # a module whose names are made from the environment when it is imported


def cache_folder() -> Path:
    """Where the machine code of these very kernels is kept: under NUMBA_CACHE_DIR if that is set."""
    sources = b"\0".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    base = _settings.CACHE_DIR or platformdirs.user_cache_dir("dedup", appauthor=False)
    return Path(base) / f"kernels-{xxhash.xxh3_64_hexdigest(sources)}"


def _usable(folder: Path) -> bool:
    """Whether the folder is there, or can be made, and may be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


_FOLDER = str(cache_folder())
_CACHES = _usable(Path(_FOLDER))  # else each process compiles anew; never in a folder that others can write, too

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,  # a door for C code that nobody uses; it costs a twelfth of the time of compilation
}


class _Kept(_FunctionCache):  # type: ignore[misc]
    """Numba's own cache, which answers before the compiler has been taught all of NumPy.

    Numba teaches it first, though what is kept needs none of that: a tenth of a short run. Where nothing is kept the
    compiler learns it all the same, at the start of each compilation.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The machine code of a function for a signature; None if it was not kept."""
        _runtime.initialize(target_context)  # the memory that kernels allocate; nothing of NumPy
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


def kernel(function: F) -> F:
    """Compile a function of arrays and numbers to machine code that runs without the interpreter's lock."""
    made: Any = numba.njit(**_OPTIONS)(function)
    if _CACHES:
        before = _settings.CACHE_DIR
        _settings.CACHE_DIR = _FOLDER  # read when a cache is made; other users of Numba keep theirs
        try:
            made._cache = _Kept(function)  # noqa: SLF001  (what ``cache=True`` does, with a class of Numba's)
        finally:
            _settings.CACHE_DIR = before
    return cast("F", made)


class _Compilation(event.Listener):
    """What this process has compiled, because it was not kept from an earlier one.

    While a kernel is compiled the garbage collector rests: it would go through the compiler's many objects again and
    again, find nothing, and take an eighth of the time. What others compile with Numba is left alone.

    Attributes:
        on_first: called, once, when a kernel is about to be compiled; the library itself is silent.
        n_kernels: how many kernels were compiled.
        seconds: how long that took.
    """

    def __init__(self) -> None:
        self.on_first: Callable[[], None] | None = None
        self.n_kernels = 0
        self.seconds = 0.0
        self._under_way: list[bool] = []  # ours or not: a function waits for those that it calls, one thread at a time
        self._began = 0.0
        self._collects = False

    @property
    def folder(self) -> Path | None:
        """Where a later process will find what this one compiles; None if nothing can be kept."""
        return Path(_FOLDER) if _CACHES else None

    def on_start(self, event: Any) -> None:
        """Numba is about to compile a function."""
        self._under_way.append(event.data["dispatcher"].__module__.startswith(f"{__package__}."))
        if self._under_way != [True]:
            return
        if self.on_first is not None:
            tell, self.on_first = self.on_first, None
            tell()
        self._began, self._collects = time.perf_counter(), gc.isenabled()
        gc.disable()

    def on_end(self, event: Any) -> None:  # noqa: ARG002  (Numba's signature)
        """Numba has compiled it, or failed to."""
        ours = self._under_way.pop()
        self.n_kernels += ours
        if ours and not self._under_way:
            self.seconds += time.perf_counter() - self._began
            if self._collects:
                gc.enable()


compilation = _Compilation()
_register: Any = event.register  # untyped
_register("numba:compile", compilation)
