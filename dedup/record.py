"""The record of a run, ``run.json``: what was read, with which settings and software, what it took and found."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import platform
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dedup import store
from dedup.cluster import Clustering
from dedup.config import Config, memory_bytes
from dedup.engine.local import LocalEngine
from dedup.match import Matched, Recall
from dedup.match.candidates import CHANNELS
from dedup.read import Reader
from dedup.schema import TABLES
from dedup.sketch import bands

_NAMED = ("dedup-lineage", "numba")  # packages that nothing but their metadata tells the version of, or not at once
_LOADED = {"numpy": np.__version__, "pyarrow": pa.__version__, "xxhash": xxhash.VERSION}
_KIB = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss


class Clock:
    """Times the stages of a run and reports their progress.

    Args:
        progress: called with a stage, the work done and the work in all, from one thread.
    """

    def __init__(self, progress: Callable[[str, int, int | None], None] | None) -> None:
        self._progress = progress
        self.started_at = dt.datetime.now(dt.UTC)
        self._began = self._stage_began = time.perf_counter()
        self._stage, self._done = "", 0
        self._total: int | None = None
        self.seconds: dict[str, float] = {}

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage; the one before it is finished."""
        self.finish()
        self._stage, self._done, self._total = stage, 0, total
        self._stage_began = time.perf_counter()
        self._tell()

    def advance(self, by: int) -> None:
        """Count work done in the stage."""
        self._done += by
        self._tell()

    def finish(self) -> float:
        """End the stage; return the seconds since the clock was made."""
        if self._stage:
            self._done = self._done if self._total is None else self._total
            self._tell()
            self.seconds[self._stage] = round(time.perf_counter() - self._stage_began, 3)
        return round(time.perf_counter() - self._began, 3)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._stage, self._done, self._total)


def of_run(
    config: Config,
    reader: Reader,
    matched: Matched,
    recall: Recall,
    clustering: Clustering,
    engine: LocalEngine,
    clock: Clock,
) -> dict[str, Any]:
    """The run record, but for the list of files."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    return {
        "parameters": config.to_mapping(),
        "banding": {"bands": chosen.bands, "rows": chosen.rows},
        "cwd": str(Path.cwd()),  # where relative paths of inputs start
        "inputs": [dataclasses.asdict(item) for item in reader.inputs],
        "records_read": reader.n_read,
        "skipped_files": list(reader.skipped),
        "recall": {**dataclasses.asdict(recall), "share": recall.share, "stated": config.recall},
        "n_candidates": matched.n_candidates,
        "channels": by_channel(matched.matches),
        "n_capped_candidates": matched.n_capped,
        "n_boilerplate_shingles": len(matched.known.boilerplate),
        "n_cut_pairs": clustering.n_cut,
        "n_unparsed_times": reader.n_unparsed_times,
        "unparsed_time": reader.unparsed_time,
        "software": {
            "python": platform.python_version(),
            **{name: _version(name) for name in _NAMED},
            **_LOADED,
        },
        "machine": {"system": _system(), "threads": engine.threads, "memory_bytes": engine.memory},
        "started_at": clock.started_at.isoformat(timespec="seconds"),
        "seconds": {"all": clock.finish(), **clock.seconds},
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB,
    }


def _version(package: str) -> str:
    """The version of an installed package, as its folder of metadata is named: to read what is in it takes 10 ms."""
    begin, end = package.replace("-", "_") + "-", ".dist-info"
    for folder in filter(os.path.isdir, sys.path):
        for name in os.listdir(folder):  # noqa: PTH208  # pathlib takes ten times as long
            if name.startswith(begin) and name.endswith(end):
                return name.removeprefix(begin).removesuffix(end)
    from importlib.metadata import version  # it is installed otherwise

    return version(package)


def _system() -> str:
    """System, release, machine and C library; ``platform.platform`` would start a process to find out no more."""
    system = os.uname()
    return "-".join(filter(None, (system.sysname, system.release, system.machine, "".join(platform.libc_ver()))))


def by_channel(matches: pa.Table) -> dict[str, dict[str, int]]:
    """Of the accepted pairs, how many each channel found, and how many it alone."""
    channels = matches.filter(matches.column("accepted")).column("channels").combine_chunks()
    alone = pc.equal(pc.list_value_length(channels), 1)
    found, single = (Counter(lists.flatten().to_pylist()) for lists in (channels, channels.filter(alone)))
    return {name: {"pairs": found[name], "alone": single[name]} for name in CHANNELS if found[name]}


# Bytes in memory, and on disk, compressed, of what is kept of a document, and of a spin score. Bytes on disk of an
# entry of a pile; and of texts, what share is compared and what is left of it (measured on news and on made-up corpora;
# a pile of one template compares all of it).
_ENTRY, _SPIN = (220, 95), (40, 20)
_KEY = 12
_COMPARED, _LEFT = 0.2, 0.5
_WORDING = 0.23  # style and anchor keys of a word
_PACKED = 1.5  # bytes of text in one of a Parquet or compressed file
_TEXT, _WORD = 2000, 6  # bytes of a document, of a word, where only the size of a file is known


def foretold(config: Config, reader: Reader) -> dict[str, Any]:
    """How much there is to read, and about how much the temporary files would come to, told without reading."""
    n_documents, stored = reader.estimate()
    n_text = sum(size * (_PACKED if packed else 1) for size, packed in reader.sizes())
    n = n_text / _TEXT if n_documents is None else n_documents
    with LocalEngine(1, memory_bytes(config.memory) or 0) as engine:
        chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
        by_word, kept = 0.0, [_ENTRY]
        if "excerpts" in config.detect:
            by_word += 2 / (config.winnow_window + 1)
        if "rewrites" in config.detect:
            by_word, kept = by_word + _WORDING, [_ENTRY, _SPIN]
        keys = chosen.bands * n, by_word * n_text / _WORD
        spooled = sum(max(n - store.ROOM / held, 0) * packed for held, packed in kept)
        temporary = spooled + sum(_KEY * k for k in keys if engine.spills(int(k)))
        if not engine.holds(int(n_text)):
            temporary += _COMPARED * _LEFT * n_text
        return {"documents": n_documents, "stored_bytes": stored, "temporary_bytes": round(temporary)}


def plan(config: Config, reader: Reader, out: Path) -> dict[str, Any]:
    """What a run would read, do and write."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    tables = [*TABLES, *(["texts"] if config.keep_texts or reader.reads_once else [])]
    return {
        "inputs": [
            {"path": located.path, "format": located.format, "compression": located.compression}
            for located in reader.files
        ],
        "skipped_files": list(reader.skipped),
        "banding": {"bands": chosen.bands, "rows": chosen.rows},
        "parameters": config.to_mapping(),
        "output": str(out),
        "expected": foretold(config, reader),
        "would_write": [*(f"{name}.parquet" for name in tables), "run.json"],
    }
