"""Run one command and measure it: wall time, processor time, peak memory.

Usage: ``python benchmarks/measure.py REPORT.json CORES COMMAND...``; ``CORES`` is a list such as ``0`` or ``0,1``, or
``all``. ``measured`` starts this file as a small process of its own, because Linux counts the memory of the process
that forks to the peak of its child: a benchmark that holds a corpus would pass its size on to all that it starts.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any


class FailedError(Exception):
    """A measured command that did not end well; holds the end of what it said."""


def measured(
    command: list[str], *, cores: str = "all", timeout: float = 3600, environ: dict[str, str] | None = None
) -> dict[str, Any]:
    """Run a command in a process of its own; return ``wall`` and ``cpu`` in seconds and ``peak_mb`` in 10^6 bytes.

    Wall time ends with the process; processor time is that of the process and of all its descendants; peak memory is
    that of the largest among them, not their sum.

    Raises:
        FailedError: It ended with another exit code than 0, or took longer than ``timeout`` seconds.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        launcher = [sys.executable, "-I", "-S", __file__, str(report), cores, *command]
        with (Path(folder) / "said").open("w+b") as said:
            process = subprocess.Popen(
                launcher, stdout=said, stderr=said, env=os.environ | (environ or {}), start_new_session=True
            )
            try:
                code = process.wait(timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # the session that was started above, and nothing else
                process.wait()
                raise FailedError(f"{command[0]} took longer than {timeout:.0f} s") from None
            if code:
                said.seek(0)
                lines = said.read().decode(errors="replace").strip().splitlines()
                raise FailedError(f"exit code {code}: " + (lines[-1] if lines else "no word"))
        figures: dict[str, Any] = json.loads(report.read_text())
        return figures


def adopt_orphans() -> None:
    """On Linux, become the parent of descendants whose parent ends first, as the workers of a fork server do."""
    if sys.platform == "linux":
        pr_set_child_subreaper = 36
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def reap() -> None:
    """Wait for all that was adopted, so that it is counted: no rival leaves a process behind for long."""
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


def main() -> int:
    """Run the command on the cores; write the figures; return its exit code."""
    report, cores, *command = sys.argv[1:]
    if cores != "all":
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    adopt_orphans()
    began = time.perf_counter()
    process = subprocess.Popen(command)
    process.wait()
    wall = time.perf_counter() - began
    reap()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    per_unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    figures = {
        "wall": round(wall, 3),
        "cpu": round(usage.ru_utime + usage.ru_stime, 3),
        "peak_mb": round(usage.ru_maxrss * per_unit / 1e6, 1),
    }
    with open(report, "w", encoding="utf-8") as file:
        json.dump(figures, file)
    return abs(process.returncode)


if __name__ == "__main__":
    sys.exit(main())
