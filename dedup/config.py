"""Settings of a run: the one place where a default stands.

Every field's ``help`` feeds the command line's ``--help`` too. Precedence: flag > ``DEDUP_*`` > TOML > default.
This module imports nothing heavy: ``dedup --help`` reads it.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from dedup.errors import ConfigError

DETECTABLE = ("copies", "excerpts", "rewrites")
DROPPABLE = ("exact", "near", "excerpt", "rewrite", "partial")
KEEP_POLICIES = ("earliest", "longest", "root", "first")


def _setting(default: Any, help_: str) -> Any:
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings of a run, immutable; ``dataclasses.replace`` makes a changed copy.

    Raises:
        ConfigError: a value is out of range.

    >>> Config(min_jaccard=0.8).min_jaccard
    0.8
    """

    # what to look for
    detect: tuple[str, ...] = _setting(
        DETECTABLE,
        "What to find: copies (exact, near), excerpts (shared passages, with lineage) and rewrites (other words).",
    )
    min_jaccard: float = _setting(0.7, "Two texts are near copies from this Jaccard resemblance of their shingles on.")
    recall: float = _setting(0.99, "Share of the pairs at exactly --min-jaccard that the banding must find.")
    min_containment: float = _setting(0.7, "A text is an excerpt when this share of its shingles is in the other.")
    min_passage_words: int = _setting(
        15, "A shared passage counts from this many equal words on, outside quotations and boilerplate."
    )

    # sketches and candidates
    shingle_size: int = _setting(5, "Words (or characters, where a script writes no spaces) in a shingle.")
    num_perm: int = _setting(128, "Slots of a MinHash signature; bands and rows are chosen within them.")
    seed: int = _setting(1, "Seed of the permutations (datasketch's) and of every sample.")
    winnow_window: int = _setting(
        4, "Shingles in a winnowing window: any shared run of window + shingle size - 1 words leaves a key."
    )
    min_shared_keys: int = _setting(2, "Passage keys that two documents must share to become a candidate pair.")
    max_key_documents: int = _setting(
        100, "A key of any channel but surface that more documents than this hold is dropped."
    )
    max_candidates: int = _setting(50, "Best candidates kept per document (all channels but surface).")
    max_gap_words: int = _setting(12, "Most words that an aligned passage may skip on either side at one place.")

    substitutions: str | None = _setting(
        None, "Words that replace each other, learned by an earlier run: its substitutions.parquet."
    )

    # what to keep
    keep: str = _setting(
        "earliest", "Which copy stays: earliest, longest, root (of the lineage), first (in the input), or a column."
    )
    drop: tuple[str, ...] = _setting(
        ("exact", "near"), "Relations to the kept copy that remove a document: exact, near, excerpt, rewrite, partial."
    )
    allow_giant: bool = _setting(False, "Go on when one cluster swallows more than 1 % of 10,000 texts or more.")

    # reading
    text_field: str | None = _setting(None, "Column of the text; guessed if not given.")
    id_field: str | None = _setting(None, "Column of the document's id; guessed if not given.")
    title_field: str | None = _setting(None, "Column of the title; guessed if not given.")
    time_field: str | None = _setting(None, "Column of the time of publication; guessed if not given.")
    publisher_field: str | None = _setting(None, "Column of the publisher; guessed if not given.")
    url_field: str | None = _setting(None, "Column of the address; guessed if not given.")
    max_chars: int = _setting(10_000_000, "Longest text accepted, in characters; a longer one is a reject.")
    strict: bool = _setting(False, "Stop at the first record that cannot be used instead of listing it in rejects.")
    keep_texts: bool = _setting(False, "Store the texts in OUT/texts.parquet too.")

    # how to run: these never change a table
    threads: int = _setting(0, "Threads; 0 means one per core.")
    memory: str = _setting("", "Memory to keep within, like 1.5GB or 800MiB; half of the machine's if not given.")
    batch_size: int = _setting(8192, "Documents read at a time.")

    def __post_init__(self) -> None:
        for name, ok, must in _CHECKS:
            value = getattr(self, name)
            if value is not None and not ok(value):
                raise ConfigError(f"{name} is {value!r}.", hint=f"It must be {must}.")
        if self.keep == "root" and "excerpts" not in self.detect:
            raise ConfigError("keep is 'root', but detect leaves lineage out.", hint="Let detect be copies,excerpts.")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Config:
        """Build a Config from plain values, as TOML or JSON give them.

        Raises:
            ConfigError: an unknown name, or a value of the wrong type or out of range.
        """
        known = {f.name: f for f in dataclasses.fields(cls)}
        made: dict[str, Any] = {}
        for key, value in values.items():
            name = key.replace("-", "_")
            if name not in known:
                raise ConfigError(f"Unknown setting {key!r}.", hint=f"Known settings: {', '.join(known)}.")
            made[name] = _coerced(name, value, known[name].default)
        return cls(**made)

    @classmethod
    def from_toml(cls, path: str | Path) -> Config:
        """Read a TOML file of settings, flat, named as the fields are.

        Raises:
            ConfigError: the file is missing, is not TOML, or holds an unknown or bad setting.
        """
        try:
            with open(path, "rb") as stream:
                values = tomllib.load(stream)
        except OSError as error:
            raise ConfigError(f"Cannot read the settings {path}: {error.strerror}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path} is not TOML: {error}.") from error
        return cls.from_mapping(values)

    def to_mapping(self) -> dict[str, Any]:
        """The settings as plain values; fields that are not set are left out."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items() if v is not None}

    def to_toml(self) -> str:
        """The settings as TOML that ``from_toml`` reads back to an equal Config."""
        return tomli_w.dumps(self.to_mapping())


def _coerced(name: str, value: Any, default: Any) -> Any:
    if isinstance(default, tuple):
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            raise ConfigError(f"{name} is {value!r}.", hint="It must be a list of names.")
        return tuple(str(part).strip() for part in parts if str(part).strip())
    expected = str if default is None else type(default)
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not expected:
        raise ConfigError(f"{name} is {value!r}.", hint=f"It must be of type {expected.__name__}.")
    return value


_UNITS = {
    "": 1,
    **{
        f"{letter}{end}": base**power
        for power, letter in enumerate("KMGT", 1)
        for end, base in (("", 1000), ("B", 1000), ("IB", 1024))
    },
    "B": 1,
}
LEAST_MEMORY = 256 << 20


def memory_bytes(memory: str) -> int | None:
    """The setting ``memory`` in bytes, 0 where it is not given, None where it makes no sense.

    >>> memory_bytes("1.5GB"), memory_bytes("800 MiB"), memory_bytes("much")
    (1500000000, 838860800, None)
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", memory.strip())
    if match is None or match[2].upper() not in _UNITS:
        return None if memory.strip() else 0
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _memory(value: str) -> bool:
    size = memory_bytes(value)
    return size is not None and (not value.strip() or size >= LEAST_MEMORY)


def _share(value: float) -> bool:
    return 0.0 < value <= 1.0


def _positive(value: int) -> bool:
    return value >= 1


_DETECTED = [set(DETECTABLE[:n]) for n in range(1, len(DETECTABLE) + 1)]  # each builds on the one before

_CHECKS: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    ("detect", lambda v: set(v) in _DETECTED, "copies; copies,excerpts; or copies,excerpts,rewrites"),
    ("drop", lambda v: set(v) <= set(DROPPABLE), f"some of {', '.join(DROPPABLE)}"),
    ("keep", bool, f"one of {', '.join(KEEP_POLICIES)}, or the name of a column"),
    ("min_jaccard", _share, "above 0 and at most 1"),
    ("recall", lambda v: 0.0 < v < 1.0, "above 0 and below 1"),
    ("min_containment", _share, "above 0 and at most 1"),
    ("min_passage_words", _positive, "at least 1"),
    ("shingle_size", lambda v: 1 <= v <= 32, "from 1 to 32"),
    ("num_perm", lambda v: 1 <= v <= 4096, "from 1 to 4096"),
    ("seed", lambda v: 0 <= v < 2**32, "from 0 to 4294967295"),
    ("winnow_window", lambda v: 1 <= v <= 1024, "from 1 to 1024"),
    ("min_shared_keys", _positive, "at least 1"),
    ("max_key_documents", lambda v: v >= 2, "at least 2"),
    ("max_candidates", _positive, "at least 1"),
    ("max_gap_words", lambda v: 0 <= v <= 256, "from 0 to 256"),
    ("max_chars", lambda v: 1 <= v <= 1_000_000_000, "from 1 to 1,000,000,000"),
    ("memory", _memory, "a size of 256MiB or more, like 1.5GB or 800MiB"),
    ("threads", lambda v: 0 <= v <= 1024, "from 0 (one per core) to 1024"),
    ("batch_size", _positive, "at least 1"),
)
