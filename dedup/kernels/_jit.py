"""The one way a kernel is compiled, and where the machine code is kept.

Kernels compile on first use for the very processor that they run on; the result is kept in the user's cache folder.
Numba recompiles a function when its own file has changed, not when a function that it calls has; so the folder is named
by the digest of all kernels, and no change can meet machine code of an earlier one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numba.core.config
import platformdirs
import xxhash

F = TypeVar("F", bound=Callable[..., object])

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


def kernel(function: F) -> F:
    """Compile a function of arrays and numbers to machine code that runs without the interpreter's lock."""
    before = _settings.CACHE_DIR
    _settings.CACHE_DIR = _FOLDER  # read when a function is decorated; other users of Numba keep theirs
    try:
        return cast("F", numba.njit(cache=_CACHES, nogil=True, error_model="numpy")(function))
    finally:
        _settings.CACHE_DIR = before
