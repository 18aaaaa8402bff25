"""Compare ``dedup run --detect copies`` with other systems, from a Parquet file of texts to clusters on the disk.

Usage: ``python benchmarks/speed.py [--size N] [--rivals a,b] [--only task,...]``. It makes the corpora, installs each
rival in an environment of its own, runs both sides in turn, ours first, as whole processes, and keeps every timing.
Rows are merged by name into the file of ``--out``. Exits with 1 where a target is missed or a rival could not be run.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpus
import machine
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import truth
from environments import environment, ours, versions, work_folder
from measure import FailedError, measured
from report import Row, merge, table
from rivals import HERE, RIVALS, Rival

ROOT = Path(__file__).resolve().parent.parent
SIZE = 200_000  # documents, where --size says nothing
SMALL = 20_000  # of this size every rival is run, and the truth is found among all pairs
WARM_UP = 2_000
RECALL, PRECISION = 0.99, 1.0


@dataclass(frozen=True)
class Side:
    """One of the two commands of a row.

    Attributes:
        name: What it is called in the table.
        command: The command; what it prints is read only where it fails.
        cores: As for ``measure.measured``.
        report: A file in which the command tells its own wall time, where the whole process is not meant.
    """

    name: str
    command: list[str]
    cores: str = "all"
    report: Path | None = None

    def run(self) -> dict[str, float]:
        """One measured run."""
        figures = measured(self.command, cores=self.cores)
        if self.report:
            figures |= json.loads(self.report.read_text())
        return figures


@dataclass(frozen=True)
class Bench:
    """What all rows share: the folder of all that is made, how often to repeat, how large, against whom."""

    work: Path
    rounds: int
    size: int | None
    shrink: int
    rivals: tuple[str, ...]
    dedup: Path

    @property
    def out(self) -> Path:
        """Where ours leaves its tables; each run replaces those of the last."""
        return self.work / "out"

    def ours(self, source: Path, *options: str, cores: str = "all") -> Side:
        """``dedup run`` on a corpus."""
        command = [str(self.dedup), "run", str(source), "-o", str(self.out), "--quiet", *options]
        return Side(" ".join(["dedup run", *options]), command, cores)

    def copies(self, source: Path, *options: str, cores: str = "all") -> Side:
        """``dedup run --detect copies`` on a corpus."""
        return self.ours(source, "--detect", "copies", *options, cores=cores)

    def warm(self, source: Path, threads: str) -> Side:
        """The second of two runs in one process; the process tells its time."""
        report = self.work / "warm.json"
        script = [str(self.dedup.parent / "python"), str(ROOT / "benchmarks" / "warm.py")]
        command = [*script, str(source), str(self.out), threads, str(report)]
        return Side(f"second run in a process, {threads} threads", command, report=report)

    def corpus(self, documents: int | None = None, **options: Any) -> Path:
        """A corpus of so many documents, ``--size`` of them if not said."""
        n = self.of_size(documents) if documents else (self.size or SIZE)
        return corpus.cached(self.work, corpus.Options(n, **options))

    def of_size(self, documents: int) -> int:
        """The size of a corpus whose size is part of the question; ``--shrink`` makes it smaller for a try."""
        return max(documents // self.shrink, 1000)

    def warm_up(self) -> None:
        """Run ours once in every way, so that its kernels are compiled and stand in the cache of the user."""
        source = corpus.cached(self.work, corpus.Options(WARM_UP))
        for side in (self.copies(source), self.ours(source)):
            side.run()


def compare(
    name: str, ours: Side, other: Side, rounds: int, *, target: float, at_least: bool, swapped: bool = False
) -> Row:
    """Run two sides in turn; the ratio of the medians is other / ours, or ours / other where ``swapped``."""
    timings: dict[str, list[dict[str, float]]] = {"ours": [], "other": []}
    for _ in range(rounds):
        timings["ours"].append(ours.run())
        timings["other"].append(other.run())
    ratio = _ratio(timings, "wall", swapped)
    return {
        "row": name,
        "sides": [ours.name, other.name],
        **timings,
        "ratio": round(ratio, 2),
        "cpu_ratio": round(_ratio(timings, "cpu", swapped), 2) if not ours.report else None,
        "target": f"{'>=' if at_least else '<='} {target:g}" if target else "",
        "met": (ratio >= target if at_least else ratio <= target) if target else None,
    }


def _ratio(timings: dict[str, list[dict[str, float]]], figure: str, swapped: bool) -> float:
    ours, other = (statistics.median(run[figure] for run in timings[side]) for side in ("ours", "other"))
    return ours / other if swapped else other / ours


def task(bench: Bench) -> Iterator[Row]:
    """Ours against each rival on the same task; then how good the clusters of each are."""
    for size in [bench.size] if bench.size else [SMALL, SIZE]:
        source = corpus.cached(bench.work, corpus.Options(size))
        rows: list[Row] = []
        labels: dict[str, truth.Ints] = {}
        for rival in _chosen(bench, size):
            try:
                row, found = _against(bench, rival, source, size)
            except (FailedError, RuntimeError, OSError, subprocess.SubprocessError) as error:
                yield {"row": f"task-{size}-{rival.name}", "failed": str(error), "met": False}
                continue
            labels |= found
            rows.append(row)
        if rows:
            qualities = score(source, labels)
            for row in rows:
                row["quality"] = {side: qualities[side] for side in ("ours", row["sides"][1])}
            yield from rows
            yield from _promises(size, qualities["ours"])


def _chosen(bench: Bench, size: int) -> list[Rival]:
    """The rivals that were asked for; else those with a target at this size, and all on small corpora."""
    if bench.rivals:
        return [RIVALS[name] for name in bench.rivals]
    return [rival for rival in RIVALS.values() if size <= SMALL or size in rival.targets]


def _against(bench: Bench, rival: Rival, source: Path, size: int) -> tuple[Row, dict[str, truth.Ints]]:
    """One rival in turn with ours; returns the row, and the labels of both sides from the last round."""
    python = environment(bench.work, rival.environment, rival.requirements, rival.python)
    labels = bench.work / f"labels-{rival.name}.npy"
    measured(rival.command(python, corpus.cached(bench.work, corpus.Options(WARM_UP)), labels))
    ours, other = bench.copies(source), Side(rival.name, rival.command(python, source, labels))
    target = rival.targets.get(size, 0)
    row = compare(f"task-{size}-{rival.name}", ours, other, bench.rounds, target=target, at_least=True)
    wanted = {"python", *(part.split("=")[0].split(">")[0].split("[")[0].lower() for part in rival.requirements)}
    row["packages"] = {name: value for name, value in versions(python).items() if name.lower() in wanted}
    return row, {"ours": our_labels(bench.out, size), rival.name: np.load(labels).astype(np.int64)}


def _promises(size: int, quality: dict[str, float]) -> Iterator[Row]:
    """What our clusters must be, as rows of their own."""
    for name, key, target in (("recall", "recall", RECALL), ("precision", "precision of clusters", PRECISION)):
        yield {
            "row": f"{name}-{size}",
            "sides": ["dedup run --detect copies", f"exact Jaccard >= {truth.MIN_JACCARD}"],
            "ratio": quality[key],
            "target": f">= {target:g}",
            "met": quality[key] >= target,
        }


def floor(bench: Bench) -> Iterator[Row]:
    """Ours on one core against a process that only reads the column of texts."""
    source = bench.corpus()
    reads = [str(bench.dedup.parent / "python"), str(HERE / "read_only.py"), str(source), "text", "1"]
    ours, other = bench.copies(source, "--threads", "1", cores="0"), Side("pyarrow only reads the column", reads, "0")
    yield compare(f"floor-{_n(source)}", ours, other, bench.rounds, target=3.5, at_least=False, swapped=True)


def threads(bench: Bench) -> Iterator[Row]:
    """Two threads against one, in fresh processes and in a process that has run before."""
    source = bench.corpus()
    two, one = (bench.copies(source, "--threads", n) for n in ("2", "1"))
    yield compare(f"threads-fresh-{_n(source)}", two, one, bench.rounds, target=1.4, at_least=True)
    two, one = (bench.warm(source, n) for n in ("2", "1"))
    yield compare(f"threads-warm-{_n(source)}", two, one, bench.rounds, target=1.7, at_least=True)


def half(bench: Bench) -> Iterator[Row]:
    """Half of the documents identical, against none: all of them one text, or each the copy of another."""
    none = bench.corpus(copies=0.0)
    for name, source in (
        ("half-one-text", bench.corpus(copies=0.0, same=0.5)),
        ("half-verbatim-copies", bench.corpus(copies=0.5, exact=1.0)),
    ):
        sides = bench.copies(source, "--allow-giant"), bench.copies(none, "--allow-giant")
        yield compare(f"{name}-{_n(source)}", *sides, bench.rounds, target=1.2, at_least=False, swapped=True)


def detect(bench: Bench) -> Iterator[Row]:
    """All detection against copies alone, and passages with their lineage, without rewrites."""
    source = bench.corpus()
    for name, options in (("excerpts", ["--detect", "copies,excerpts"]), ("detect", [])):
        sides = bench.ours(source, *options), bench.copies(source)
        yield compare(f"{name}-{_n(source)}", *sides, bench.rounds, target=6, at_least=False, swapped=True)


def million(bench: Bench) -> Iterator[Row]:
    """A million equal texts; all must stand in one cluster."""
    n = bench.of_size(1_000_000)
    yield _alone(bench, "million", bench.corpus(1_000_000, copies=0.0, same=1.0), lambda labels: _together(labels, n))


def templates(bench: Bench) -> Iterator[Row]:
    """100,000 texts that differ in one word of a template; all must stand in one cluster."""
    n = bench.of_size(100_000)
    source = bench.work / "corpora" / f"templates-{n}.parquet"
    if not source.exists():
        batches = corpus.templates(corpus.load_vocabulary(bench.work), n)
        _write(source, pa.Table.from_batches(batches, corpus.SCHEMA))
    yield _alone(bench, "templates", corpus.warmed(source), lambda labels: _together(labels, n))


def families(bench: Bench) -> Iterator[Row]:
    """Families of one template, interleaved: what a rule for linking loses."""
    source = bench.work / "corpora" / "families.parquet"
    documents, family = corpus.families(corpus.load_vocabulary(bench.work))
    if not source.exists():
        _write(source, documents)
    order = np.argsort(family, kind="stable").reshape(family.max() + 1, -1)
    a, b = np.triu_indices(order.shape[1], 1)
    left, right = order[:, a].ravel(), order[:, b].ravel()

    def quality(labels: truth.Ints) -> dict[str, float]:
        sets = truth.shingles(np.arange(len(documents)), documents["text"])
        found = truth.cluster_pairs(labels)
        known = truth.Truth(len(documents), left, right, sets.jaccard(left, right))
        return known.recall(labels) | known.precision(found, sets.jaccard(found[0], found[1]))

    yield _alone(bench, "families", corpus.warmed(source), quality)


def _alone(bench: Bench, name: str, source: Path, quality: Callable[[truth.Ints], dict[str, float]]) -> Row:
    """Ours alone on a corpus that is hard for a join; its target is the recall."""
    side = bench.copies(source, "--allow-giant")
    runs = [side.run() for _ in range(bench.rounds)]
    figures = quality(our_labels(bench.out, _n(source)))
    return {
        "row": f"{name}-{_n(source)}",
        "sides": [side.name, "recall"],
        "ours": runs,
        "ratio": figures["recall"],
        "quality": {"ours": figures},
        "target": f">= {RECALL}",
        "met": figures["recall"] >= RECALL,
    }


def _together(labels: truth.Ints, n: int) -> dict[str, float]:
    """Recall where all pairs of ``n`` documents are true: the share of them in one cluster."""
    sizes = np.unique(labels[labels >= 0], return_counts=True)[1].astype(float)
    return {"recall": float((sizes * (sizes - 1)).sum() / (n * (n - 1))), "clusters": len(sizes)}


def our_labels(out: Path, n: int) -> truth.Ints:
    """The clusters of a run of ours on ``n`` documents, by number; -1 where a document has no copy."""
    columns = pq.read_table(out / "documents.parquet", columns=["doc_id", "cluster_id"])
    codes = columns["cluster_id"].combine_chunks().dictionary_encode().indices.fill_null(-1)
    labels = np.full(n, -1, np.int64)
    labels[columns["doc_id"].cast(pa.int64()).to_numpy()] = codes.to_numpy()
    return labels


def score(source: Path, labels: dict[str, truth.Ints]) -> dict[str, dict[str, float]]:
    """Recall and precision of each system against the exact Jaccard of pairs.

    On small corpora the truth is all pairs at 0.3 or more. On larger ones it is all pairs among an original and its
    copies, and all pairs that any of the systems put together.
    """
    table = pq.read_table(source, columns=["text"])
    planted = pq.read_table(corpus.planted_path(source))
    found = {name: truth.cluster_pairs(own) for name, own in labels.items()}
    pairs = [truth.family_pairs(planted["copy"].to_numpy(), planted["source"].to_numpy())]
    pairs += [(left, right) for left, right, _ in found.values()]
    if len(table) <= SMALL:
        involved = np.arange(len(table))
    else:
        involved = np.unique(np.concatenate([side for pair in pairs for side in pair]))
    sets = truth.shingles(involved, truth.texts_of(table, involved))
    if len(table) <= SMALL:
        left, right, jaccard = truth.all_pairs(sets, 0.3)
    else:
        left, right = np.unique(np.concatenate([np.stack(pair) for pair in pairs], axis=1), axis=1)
        jaccard = sets.jaccard(left, right)
    known = truth.Truth(len(table), left, right, jaccard)
    return {
        name: known.recall(own) | known.precision(found[name], sets.jaccard(found[name][0], found[name][1]))
        for name, own in labels.items()
    }


def _names(given: str) -> tuple[str, ...]:
    return tuple(filter(None, given.split(",")))


def _write(path: Path, documents: pa.Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    pq.write_table(documents, part, compression="snappy", row_group_size=corpus.BATCH)
    part.rename(path)


def _n(source: Path) -> int:
    """How many documents a corpus has."""
    n: int = pq.read_metadata(source).num_rows
    return n


QUESTIONS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    name.__name__: name for name in (task, floor, threads, half, detect, million, templates, families)
}


def _answers(name: str, bench: Bench) -> Iterator[Row]:
    """The rows of a question; a run of ours that fails becomes a row too, and the next question is asked."""
    try:
        yield from QUESTIONS[name](bench)
    except FailedError as error:
        yield {"row": name, "failed": str(error), "met": False}


def main() -> int:
    """Ask the questions, print the table, keep the rows; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, help=f"documents (default: {SMALL} and {SIZE} for task, {SIZE} elsewhere)")
    parser.add_argument("--rivals", default="", help=f"of {','.join(RIVALS)} (default: those with a target)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default=",".join(QUESTIONS), help=f"of {','.join(QUESTIONS)}")
    parser.add_argument("--shrink", type=int, default=1, help="divide the sizes of million and templates, for a try")
    parser.add_argument("--work", type=Path, default=work_folder(), help="folder for corpora and environments")
    parser.add_argument("--dedup", type=Path, help="the command to measure (default: this working tree, installed)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "speed.json")
    given = parser.parse_args()
    for name, known in ((given.rivals, RIVALS), (given.only, QUESTIONS)):
        if unknown := set(_names(name)) - known.keys():
            parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(known)}")
    given.work.mkdir(parents=True, exist_ok=True)
    command = given.dedup or ours(given.work)
    bench = Bench(given.work, given.rounds, given.size, given.shrink, _names(given.rivals), command)
    bench.warm_up()
    here = machine.describe()
    commit = here["commit"] if given.dedup is None else str(given.dedup)
    stamp = {"commit": commit, "processor": here["processor"], "date": time.strftime("%Y-%m-%d")}
    rows: list[Row] = []
    for name in _names(given.only):
        for row in _answers(name, bench):
            rows.append(row | stamp)
            merge(given.out, rows)
            print(f"{row['row']}: {row.get('ratio', row.get('failed'))}", flush=True)
    print(table(rows))
    return 0 if all(row["met"] in {True, None} for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
