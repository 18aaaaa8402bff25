"""Names that a package shows, each loaded with its module when it is first asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def later(package: str, shown: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package (PEP 562) that shows names of its modules.

    Args:
        package: its name, as ``__name__`` gives it.
        shown: modules of the package, and the names that it shows of each.
    """
    homes = {name: module for module, names in shown.items() for name in names}

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)  # from now on without this function
        return value

    return get
