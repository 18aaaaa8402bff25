"""Compare ``dedup run`` with brute force on Reuters-21578.

Usage: ``python benchmarks/reuters.py [--out DIR]``. Brute force is an inverted index in plain Python over exact word
5-shingles, kept as strings: it shares no code and no hash with dedup. Exits with 1 where a promise is broken, with 2
where the data is absent.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DEDUP_DATA", ROOT.parent / "shared" / "data")) / "reuters-21578.jsonl.gz"
SIZE = 5
MIN_JACCARD = 0.7
MIN_RECALL = 0.99
MAX_DIFFERENCE = 1e-12  # of two divisions of the same integers
LIBRARIES = ("dedup-lineage", "datasketch", "numba", "numpy", "pyarrow", "xxhash")

_WORD = re.compile(r"\w+")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Truth:
    """What brute force finds: all pairs at ``MIN_JACCARD`` or more, and the shingles to score any other pair."""

    n_records: int
    shingles: dict[str, frozenset[str]]  # of each document with five words or more
    words: dict[str, tuple[str, ...]]  # of the shorter ones that have a word at all
    pairs: dict[Pair, float]
    seconds: float


def main() -> int:
    """Run, compare, print and write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "reuters", help="folder for the run's tables")
    out = parser.parse_args().out
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    process = run_dedup(out)
    truth = brute_force()
    figures, failures = compare(truth, out)
    report = {"process": process, "brute_force_seconds": round(truth.seconds, 1), **figures}
    report |= {"failures": failures, "machine": machine()}
    results = ROOT / "benchmarks" / "results" / "reuters.json"
    results.parent.mkdir(exist_ok=True)
    results.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=2))
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def run_dedup(out: Path) -> dict[str, float]:
    """Run the command as a process of its own; return wall time, processor time and peak memory."""
    command = [sys.executable, "-m", "dedup", "run", str(DATA), "-o", str(out), "--quiet"]
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # wait4 has taken the child from Popen
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit code {process.returncode}.")
    per_unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    return {
        "wall_seconds": round(wall, 2),
        "processor_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_memory_mb": round(usage.ru_maxrss * per_unit / 1e6),
    }


def brute_force() -> Truth:
    """Find all pairs that share enough exact shingles, by walking an inverted index document by document."""
    began = time.perf_counter()
    n_records = 0
    shingles: dict[str, frozenset[str]] = {}
    short: dict[str, tuple[str, ...]] = {}
    index: defaultdict[str, list[str]] = defaultdict(list)
    pairs: dict[Pair, float] = {}
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            n_records += 1
            record = json.loads(line)
            words = tuple(_WORD.findall((record["text"] or "").lower()))
            own = frozenset(" ".join(words[at : at + SIZE]) for at in range(len(words) - SIZE + 1))
            if not own:
                if words:
                    short[record["id"]] = words
                continue
            shared = Counter(other for shingle in own for other in index[shingle])
            for other, n_shared in shared.items():
                score = n_shared / (len(own) + len(shingles[other]) - n_shared)
                if score >= MIN_JACCARD:
                    pairs[_pair(record["id"], other)] = score
            shingles[record["id"]] = own
            for shingle in own:
                index[shingle].append(record["id"])
    return Truth(n_records, shingles, short, pairs, time.perf_counter() - began)


def compare(truth: Truth, out: Path) -> tuple[dict[str, Any], list[str]]:
    """Hold the tables of a run against the truth; return the figures and the promises that are broken."""
    pairs = pq.read_table(out / "pairs.parquet").to_pylist()
    documents = pq.read_table(out / "documents.parquet", columns=["doc_id", "text_digest"]).to_pylist()
    digests = {document["doc_id"]: document["text_digest"] for document in documents}
    n_rejects = pq.read_metadata(out / "rejects.parquet").num_rows
    copies = {_pair(p["left_id"], p["right_id"]) for p in pairs if p["accepted"] and p["relation"] in ("exact", "near")}
    shingled = {pair for pair in copies if pair[0] in truth.shingles and pair[1] in truth.shingles}
    short = copies - shingled
    false = sorted(shingled - truth.pairs.keys())
    # Texts of one digest are copies by the documents table alone; pairs ties each of them to the first only.
    missed = sorted(
        pair for pair in truth.pairs.keys() - shingled if digests.get(pair[0], pair[0]) != digests.get(pair[1], pair[1])
    )
    false_short = sorted(pair for pair in short if truth.words.get(pair[0]) != truth.words.get(pair[1]))
    found = len(truth.pairs) - len(missed)
    recall = found / len(truth.pairs)
    differences = _differences(truth, pairs)
    figures: dict[str, Any] = {
        "records": truth.n_records,
        "documents": len(digests),
        "rejects": n_rejects,
        "pairs_by_relation": _by_relation(pairs),
        "true_pairs": len(truth.pairs),
        "recall": recall,
        "precision": (len(shingled) - len(false)) / max(len(shingled), 1),
        "missed": missed[:10],
        "false": false[:10],
        "pairs_of_short_texts": len(short),  # under five words: no shingles, copies only if equal
        "false_pairs_of_short_texts": false_short[:10],
        "pairs_scored": sum(1 for p in pairs if p["left_id"] in truth.shingles and p["right_id"] in truth.shingles),
        "largest_difference": differences,
    }
    promises = {
        "documents + rejects = records": len(digests) + n_rejects == truth.n_records,
        f"recall >= {MIN_RECALL}": recall >= MIN_RECALL,
        "precision = 1": not false,
        "short texts are copies only if equal": not false_short,
        **{f"{name} equals brute force": value <= MAX_DIFFERENCE for name, value in differences.items()},
    }
    return figures, [promise for promise, holds in promises.items() if not holds]


def _differences(truth: Truth, pairs: list[dict[str, Any]]) -> dict[str, float]:
    """The largest difference of each stored score from brute force, over all stored pairs, refused ones too."""
    largest = {"jaccard": 0.0, "containment_left": 0.0, "containment_right": 0.0}
    for pair in pairs:
        left, right = truth.shingles.get(pair["left_id"]), truth.shingles.get(pair["right_id"])
        if left is None or right is None:
            continue
        n_shared = len(left & right)
        exact = {
            "jaccard": n_shared / len(left | right),
            "containment_left": n_shared / len(left),
            "containment_right": n_shared / len(right),
        }
        largest = {name: max(seen, abs(pair[name] - exact[name])) for name, seen in largest.items()}
    return largest


def machine() -> dict[str, Any]:
    """The machine and the software that the figures belong to."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _pair(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _by_relation(pairs: list[dict[str, Any]]) -> dict[str, int]:
    counts = Counter(pair["relation"] or "refused" for pair in pairs)
    return dict(sorted(counts.items()))


if __name__ == "__main__":
    sys.exit(main())
