"""The report: one page, offline, that shows what a run found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dedup.report.page import Report, render

__all__ = ["Report", "render"]


def __getattr__(name: str) -> Any:
    """Load the page when it is asked for: pictures do without it."""
    if name not in __all__:
        raise AttributeError(name)
    from dedup.report import page

    return getattr(page, name)
