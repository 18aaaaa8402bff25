"""The `passage` channel: winnowed shingles, so that a long enough shared run leaves a key (``sketch.keys``)."""

from __future__ import annotations

from dedup.config import Config


def guaranteed_run(config: Config) -> int:
    """Words that a shared run must have to be sure of a common key: window + shingle size - 1."""
    return config.winnow_window + config.shingle_size - 1
