"""A finished run in the formats of others: W3C PROV, graph files, a dataset card.

Each format is written by a library that is kept by others, and each is read back by another reader in the tests. What
comes from outside, as titles and ids, is carried whole where the format can hold it, and shown by the number of each
character where it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from dedup.errors import ConfigError

if TYPE_CHECKING:
    from dedup.result import Result

__all__ = ["FORMATS", "export"]


def _prov(result: Result, stories: Sequence[int]) -> str:
    from dedup.export.prov import prov_json

    return prov_json(result, stories)


def _graphml(result: Result, stories: Sequence[int]) -> str:
    from dedup.export.graphml import graphml

    return graphml(result, stories)


def _dot(result: Result, stories: Sequence[int]) -> str:
    from dedup.export.dot import dot

    return dot(result, stories)


def _json(result: Result, stories: Sequence[int]) -> str:
    from dedup.export.nodelink import node_link

    return node_link(result, stories)


def _card(result: Result, stories: Sequence[int]) -> str:
    if stories:
        raise ConfigError("A card describes a whole run, not single stories.", hint="Leave the stories out.")
    from dedup.export.card import card

    return card(result)


FORMATS: dict[str, Callable[[Result, Sequence[int]], str]] = {
    "prov": _prov,
    "graphml": _graphml,
    "dot": _dot,
    "json": _json,
    "card": _card,
}
"""The formats by name; each imports its library when it is asked for."""


def export(result: Result, to: str, stories: Sequence[int] = ()) -> str:
    """A run as the text of one file; see ``Result.export``."""
    if to not in FORMATS:
        raise ConfigError(f"There is no format {to!r}.", hint=f"There are {', '.join(FORMATS)}.")
    return FORMATS[to](result, stories)
