"""A second process that compiles kernels beside the first, so that a cold start keeps two cores busy.

Both take from one plan what the other has not claimed (``_claims``), and hand it over as files of the cache. The helper
ends with the block that it was started for; if the first process is killed, it sees its input end, and ends itself.
Where no process can be started, all goes on without it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.kernels._jit import Kernel, compilation, file_of

if TYPE_CHECKING:
    import subprocess

# Kernels that take long to compile, longest first: what needs them, and the types of their arguments. An array is
# written as NumPy writes the type of its items, with "!" if it may be written to, and its axes if there are more than
# one; a tuple stands in brackets. What a run asks for first is not here: the first process had better begin with it.
# A kernel that is called with other types is compiled in vain: a test compares the plan with what runs ask for.
_PLAN = """
rewrites rewording.reword_pairs i8 i8 i8 u8 i4 u1 i8!2 i8! i8! i4!
excerpts edited.passage_edits i8 i8 i8 u8 i4 u1 i8!2 i8! ( u8 u8! b1! u8! u8! i4! ) int int
excerpts passages.align_pairs i8 i8 i8 u8 int int int
excerpts words.normalise_batch u1 i8! u1 i4 u1! i8! u8! i4! i4! u1! i8!
excerpts readings.readings i8! i8! i8! i8! f8! i8! i8! i8!2
excerpts omissions.omissions i8! i8! i8! i8! i8! i8! i8!2 int int
excerpts readings.duels i8! i8! i8! i8! f8! i8! i8! i8!2 int int
excerpts fit.orphans u8! u1! i8! i8!2 i8! i8!2 i8!2 u8!
excerpts fit.alike u8! f8! i8!2 i8! i8!2
excerpts overlap.shingle_sets u8 i8! int
alone overlap.shingle_sets u8! i8! int
rewrites spin.weigh u8! u1! i4! b1! i8! b1! u1 u8 i4 i4!2 i8! u1!2 i4!
copies recall.probe u4!2 i8! u4!2 i8!2 i8!
excerpts branching.branching f8! i8! i8! f8!
alone fused.word_hashes u1 i8! int int u1 i4 u8! i8! u8!2
copies join.link_runs i8! i8! int int
rewrites phrases.phrase_hits u8 u8! u1! i8! u8! i8! u8! i8! b1! i8!2
rewrites background.count u8! u1! i8! int u1!
alone overlap.intersections u8 i8 i8 i8
"""


def plan(detect: Collection[str]) -> list[str]:
    """The kernels of the plan that a run with these detections needs; ``alone`` stands for copies and nothing else."""
    needed = [*detect, *(["alone"] if len(detect) == 1 else [])]
    lines = (line.partition(" ") for line in _PLAN.strip().splitlines())
    return [kernel for detection, _, kernel in lines if detection in needed]


@contextlib.contextmanager
def ahead(detect: Collection[str], threads: int) -> Iterator[None]:
    """Have a second process compile what a run will need, while the block goes on; nothing if that has been done.

    Args:
        detect: the detections of the run.
        threads: cores that the run may use; with one there is no second process.
    """
    lines = plan(detect)
    wanted = list(map(_parsed, lines))
    alone = threads == 1 or getattr(sys, "frozen", False)  # of a frozen program there is no second interpreter
    if alone or compilation.folder is None or all(file_of(*each).exists() for each in wanted):
        yield
        return
    compilation.tell()
    helper = _started(lines)
    compilation.plan = wanted
    try:
        yield
    finally:
        compilation.plan = []
        if helper:
            helper.kill()
            compilation.n_kernels += len(helper.communicate()[0])


def _started(lines: list[str]) -> subprocess.Popen[bytes] | None:
    """The helper, in a session of its own, so that Ctrl-C reaches the first process alone."""
    import subprocess  # a run that finds its kernels has no need of it

    path = list(map(str, sys.path))
    code = f"import sys; sys.path[:] = {path}; from dedup.kernels._ahead import help_with; help_with({lines})"
    try:
        return subprocess.Popen(  # noqa: S603  (our own code)
            [sys.executable or "", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None


def help_with(lines: list[str]) -> None:
    """What the helper does: compile what of the plan nobody else does; one byte of output for each kernel."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    compilation.plan = list(map(_parsed, lines))
    while compilation.advance():
        os.write(sys.stdout.fileno(), b".")


def _end_with_input() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


def _parsed(line: str) -> tuple[Kernel, tuple[Any, ...]]:
    """A kernel of the plan, and the types of its arguments as ``_doors.types_of`` gives them."""
    name, *words = line.split()
    module, _, function = name.partition(".")
    stack: list[list[Any]] = [[]]
    for word in words:
        if word == "(":
            stack.append([])
        elif word == ")":
            inner = tuple(stack.pop())
            stack[-1].append(inner)
        else:
            stack[-1].append(_type(word))
    return getattr(importlib.import_module(f"dedup.kernels.{module}"), function), tuple(stack[0])


def _type(word: str) -> Any:
    if word == "int":
        return word
    dtype, writeable, axes = word[:2], "!" in word, word[2:].strip("!")
    return np.dtype(dtype).name, int(axes or 1), "C", writeable
