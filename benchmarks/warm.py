"""Run ours twice in one process and tell what the second run took.

Usage: ``python benchmarks/warm.py CORPUS OUT THREADS SECONDS.json``. The first run pays for imports, the loading of
kernels and first touches of memory.
"""

from __future__ import annotations

import json
import shutil
import sys
import time

import dedup


def main() -> None:
    """Run, run again, write the seconds of the second run."""
    corpus, out, threads, report = sys.argv[1:]
    seconds = 0.0
    for _ in range(2):
        shutil.rmtree(out, ignore_errors=True)
        began = time.perf_counter()
        dedup.run(corpus, dedup.Config(detect=("copies",), threads=int(threads)), out)
        seconds = time.perf_counter() - began
    with open(report, "w", encoding="utf-8") as file:
        json.dump({"wall": round(seconds, 3)}, file)


if __name__ == "__main__":
    main()
