"""The rivals: what each needs, which adapter runs it, and how far ahead of it we promise to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLES = ("numpy", "pyarrow")
TEXT_DEDUP = ("text-dedup>=0.4", *TABLES)  # 0.4.1 where there is a Python 3.12 or later, else 0.4.0
DATASKETCH = ("datasketch==2.0.*", "xxhash", *TABLES)


@dataclass(frozen=True)
class Rival:
    """One system in one way of use.

    Attributes:
        name: As on the command line and in the results.
        script: The adapter, beside this file.
        environment: Name of its virtual environment; two ways of use of one library share it.
        requirements: What pip installs there.
        options: Further words for the adapter.
        python: The version of Python to look for, where ours may be too old for its newest release.
        targets: By number of documents, how many times as long as ours it must take at least.
    """

    name: str
    script: str
    environment: str
    requirements: tuple[str, ...]
    options: tuple[str, ...] = ()
    python: tuple[int, int] | None = None
    targets: Mapping[int, float] = field(default_factory=dict)

    def command(self, python: Path, corpus: Path, labels: Path) -> list[str]:
        """The command that clusters ``corpus`` and saves ``labels``."""
        return [str(python), str(HERE / self.script), str(corpus), str(labels), *self.options]


RIVALS = {
    rival.name: rival
    for rival in (
        Rival("rensa", "with_rensa.py", "rensa", ("rensa==0.5.*", *TABLES), targets={200_000: 12}),
        Rival("daft", "with_daft.py", "daft", ("daft==0.7.*", *TABLES), targets={200_000: 2.5}),
        Rival("gaoya", "with_gaoya.py", "gaoya", ("gaoya==0.2.*", *TABLES), targets={200_000: 7}),
        Rival("datasketch-xxhash", "with_datasketch.py", "datasketch", DATASKETCH, ("--xxhash",), targets={20_000: 10}),
        Rival("datasketch", "with_datasketch.py", "datasketch", DATASKETCH, targets={20_000: 18}),
        Rival(
            "datatrove",
            "with_datatrove.py",
            "datatrove",
            ("datatrove[io,processing]==0.10.*", *TABLES),
            targets={20_000: 25},
        ),
        Rival(
            "text-dedup-xxh3",
            "with_text_dedup.py",
            "text-dedup",
            TEXT_DEDUP,
            ("--xxh3",),
            python=(3, 12),
            targets={20_000: 60},
        ),
        Rival("text-dedup", "with_text_dedup.py", "text-dedup", TEXT_DEDUP, python=(3, 12), targets={20_000: 60}),
    )
}
