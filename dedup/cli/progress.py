"""How far a run has come, on stderr: bars on a terminal, lines where they are asked for, else only why it waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from dedup.cli.skin import say

Progress: TypeAlias = Callable[[str, int, int | None], None]


@contextmanager
def progress(*, quiet: bool, verbose: bool) -> Iterator[Progress | None]:
    """Yield the function that the library calls with stage, work done and work in all (None: not known).

    Args:
        quiet: show nothing.
        verbose: show a line for every finished stage, also where stderr is no terminal.
    """
    if quiet:
        yield None
        return
    with _compiling():
        if verbose:
            lines = _Lines()
            yield lines
            lines.close()
        elif sys.stderr.isatty():
            with _bars() as bars:
                yield bars
        else:
            yield None


@contextmanager
def _compiling() -> Iterator[None]:
    """Tell why a first run has to wait, when kernels are compiled, and that later ones need not."""
    from dedup.kernels._jit import compilation  # Numba, too, costs start-up time

    def on_first() -> None:
        say("Compiling the kernels for this machine, once ...")

    n_before, seconds_before = compilation.n_kernels, compilation.seconds
    compilation.on_first = on_first
    try:
        yield
    finally:
        compilation.on_first = None
        if n := compilation.n_kernels - n_before:
            seconds = compilation.seconds - seconds_before
            kept = f"kept in {compilation.folder}" if compilation.folder else "not kept: set NUMBA_CACHE_DIR"
            say(f"Compiled {n} {'kernel' if n == 1 else 'kernels'} in {seconds:.1f} s, {kept}.")


class _Lines:
    """One line for every stage, when it is finished."""

    def __init__(self) -> None:
        self._stage, self._done, self._began = "", 0, time.perf_counter()

    def __call__(self, stage: str, done: int, _total: int | None) -> None:
        if stage != self._stage:
            self.close()
            self._stage, self._began = stage, time.perf_counter()
        self._done = done

    def close(self) -> None:
        """Print the line of the last stage."""
        if self._stage:
            say(f"{self._stage}: {self._done:,} in {time.perf_counter() - self._began:.1f} s")


@contextmanager
def _bars() -> Iterator[Progress]:
    import rich.console  # rich costs start-up time that `dedup --help` should not pay
    import rich.progress

    columns = (
        rich.progress.TextColumn("{task.description}"),
        rich.progress.BarColumn(),
        rich.progress.MofNCompleteColumn(),
        rich.progress.TimeElapsedColumn(),
    )
    with rich.progress.Progress(*columns, console=rich.console.Console(stderr=True), transient=True) as bars:
        tasks: dict[str, rich.progress.TaskID] = {}

        def update(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield update
