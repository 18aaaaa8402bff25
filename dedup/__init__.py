"""Which texts are copies of which, and who had it first.

The shop window: everything that a caller needs is here, and is loaded when it is first asked for, so that
``import dedup`` loads neither pyarrow nor numba.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.config import Config
    from dedup.errors import DedupError
    from dedup.pipeline import run
    from dedup.result import Result

    __version__: str

__all__ = ["Config", "DedupError", "Result", "__version__", "run"]

_HOMES = {
    "Config": "dedup.config",
    "DedupError": "dedup.errors",
    "Result": "dedup.result",
    "run": "dedup.pipeline",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = importlib.import_module("importlib.metadata").version("dedup-lineage")
    elif name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
