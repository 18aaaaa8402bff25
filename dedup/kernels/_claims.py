"""Claims: that of several processes which need a kernel one compiles it.

A claim is a lock of the operating system's on one byte of a file. It goes with the process that holds it, however that
ends. On a file system without locks every process gets every claim: then a kernel may be compiled twice, to no harm.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import xxhash


@contextmanager
def claimed(file: Path) -> Iterator[bool]:
    """Whether no other process has the claim to make a file; it is ours until the end of the block.

    A process may hold one claim at a time, and take none within it.
    """
    try:
        claims = (file.parent / "claims").open("wb")
    except OSError:  # the folder has gone: whoever compiles will say so
        yield True
        return
    with claims:
        yield _locked(claims, xxhash.xxh3_64_intdigest(file.name.encode()) >> 2)  # less than the greatest offset


def _locked(claims: IO[bytes], place: int) -> bool:
    try:
        fcntl.lockf(claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # no locks here
        return True
    return True
