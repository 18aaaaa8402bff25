"""Which texts are copies of which, and who had it first.

The shop window: everything that a caller needs is here, and is loaded when it is first asked for, so that
``import dedup`` loads neither pyarrow nor numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dedup.later import later

if TYPE_CHECKING:
    from dedup.config import Config
    from dedup.errors import DedupError
    from dedup.result import Result
    from dedup.start import run

    __version__: str

__all__ = ["Config", "DedupError", "Result", "__version__", "run"]

_get = later(__name__, {"config": ("Config",), "errors": ("DedupError",), "result": ("Result",), "start": ("run",)})


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        globals()[name] = version("dedup-lineage")
        return globals()[name]
    return _get(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
