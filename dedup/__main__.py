"""The process behind the command: ``dedup`` and ``python -m dedup``."""

import ctypes
import gc
import os
import sys

# Options of glibc's mallopt, and bytes: above which size memory is asked of the system and given back each time, how
# much is kept at the end of a heap, and by how much that grows beyond what is needed.
_KEEP = {-3: 32 << 20, -1: 64 << 20, -2: 16 << 20}


def start() -> None:
    """Tune the process for what a run does, hand over to the command line, and leave."""
    gc.set_threshold(100_000, 20, 100)  # imports make a million objects that stay: a tenth of a short run went to them
    sys.setswitchinterval(0.0005)  # seconds: a thread that decodes asks for the lock often, and keeps it for a moment
    if sys.platform == "linux":  # jemalloc gives memory back and takes fewer page faults: a tenth of a long run
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "jemalloc")
        _keep_memory()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads are not needed, and spin while others work

    from dedup.cli import main

    try:
        main(prog_name="dedup")
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))


def _keep_memory() -> None:
    """Have the C library use memory again instead of asking for new: that takes fewer page faults, 3 % of a run."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # it is glibc
        for option, n_bytes in _KEEP.items():
            library.mallopt(option, n_bytes)


def _leave(code: int) -> None:
    """End the process without taking the interpreter apart: that takes a sixth of a second, and all is written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):  # none, closed, or a pipe whose reader has gone
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    start()
