"""The one way a kernel is compiled, and where the machine code is kept.

Kernels compile on first use for the very processor that they run on; the result is cached per machine and user.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import platformdirs

# Numba reads this when it is imported: the cache belongs to the user, not into an installed package.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(platformdirs.user_cache_dir("dedup", appauthor=False)) / "kernels"))

import numba  # noqa: E402

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function of arrays and numbers to machine code that runs without the interpreter's lock."""
    compiled: F = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled
