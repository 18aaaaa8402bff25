"""The one way a kernel is made: compiled once per machine, kept in the user's cache folder, called without Numba.

Kernels compile on first use for the very processor that they run on. A later process needs nothing of the compiler:
it loads the machine code and calls it by its address (``_doors``), so that a short run does not pay for the import of
Numba, nor for what Numba prepares before it would call what it had kept.
"""

from __future__ import annotations

import functools
import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import platformdirs
import xxhash

from dedup.kernels import _doors
from dedup.kernels._claims import claimed
from dedup.kernels._doors import Code, Door

F = TypeVar("F", bound=Callable[..., object])

_compiling = threading.RLock()  # Numba compiles one function at a time, and so do we
_MOMENT, _PATIENCE = 0.01, 60.0  # seconds: between two looks at what another process compiles, and before we do it, too


@functools.cache
def cache_folder() -> Path:
    """Where the machine code of these very kernels is kept: under NUMBA_CACHE_DIR if that is set.

    Its name tells the kernels, the compiler and the processor apart, so that no change can meet code of an earlier one.
    """
    sources = [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
    digest = xxhash.xxh3_64_hexdigest(b"\0".join([*sources, _doors.compiler().encode()]))
    base = os.environ.get("NUMBA_CACHE_DIR") or platformdirs.user_cache_dir("dedup", appauthor=False)
    return Path(base) / f"kernels-{digest}"


@functools.cache
def _caches() -> bool:
    """Whether the folder is there, or can be made, and may be written; never one in which others can write, too."""
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(cache_folder(), os.W_OK)


def file_of(kernel: Kernel, types: tuple[Any, ...]) -> Path:
    """Where the machine code of a kernel for arguments of these types is kept."""
    named = f"{kernel.function.__module__}.{kernel.function.__qualname__}{types}"
    return cache_folder() / f"{kernel.function.__name__}-{xxhash.xxh3_64_hexdigest(named.encode())}.kernel"


class Compilation:
    """What this process has compiled, because it was not kept from an earlier one.

    Attributes:
        on_first: called, once, when a kernel is about to be compiled; the library itself is silent.
        n_kernels: how many kernels were compiled, here or by a process that helps.
        seconds: how long that took, or was waited for.
        plan: kernels that will be needed, and the types of their arguments. While this process needs what another one
            is about to compile, it compiles one of these.
    """

    def __init__(self) -> None:
        self.on_first: Callable[[], None] | None = None
        self.n_kernels = 0
        self.seconds = 0.0
        self.plan: list[tuple[Kernel, tuple[Any, ...]]] = []

    @property
    def folder(self) -> Path | None:
        """Where a later process will find what this one compiles; None if nothing can be kept."""
        return cache_folder() if _caches() else None

    def tell(self) -> None:
        """Say that kernels are being compiled, unless that has been said."""
        if self.on_first is not None:
            tell, self.on_first = self.on_first, None
            tell()

    def of(self, kernel: Kernel, types: tuple[Any, ...]) -> Code:
        """Compile a kernel for arguments of these types.

        Meanwhile the garbage collector rests: it would go through the compiler's many objects again and again, find
        nothing, and take an eighth of the time.
        """
        self.tell()
        began, collects = time.perf_counter(), gc.isenabled()
        gc.disable()
        try:
            from dedup.kernels import _compiler  # with it comes Numba: a quarter of a second

            return _compiler.compiled(kernel, types)
        finally:
            if collects:
                gc.enable()
            self.n_kernels += 1
            self.seconds += time.perf_counter() - began

    def kept(self, kernel: Kernel, types: tuple[Any, ...]) -> Code:
        """The machine code as this or another process has kept it, compiled if none has; by one process only."""
        if not _caches():
            return self.of(kernel, types)
        file, last = file_of(kernel, types), time.monotonic() + _PATIENCE
        while (code := _doors.kept(file)) is None:
            self.tell()
            if not self._made(kernel, types, anyway=time.monotonic() > last) and not self.advance():
                time.sleep(_MOMENT)
                self.seconds += _MOMENT
        return code

    def advance(self) -> bool:
        """Compile the first kernel of the plan that no process has compiled, or is compiling; whether there was one."""
        return any(not file_of(*wanted).exists() and self._made(*wanted) for wanted in self.plan)

    def _made(self, kernel: Kernel, types: tuple[Any, ...], anyway: bool = False) -> bool:
        """Compile a kernel and keep it, unless another process does."""
        file = file_of(kernel, types)
        with claimed(file) as ours:
            if ours or anyway:
                _doors.keep(file, _doors.kept(file) or self.of(kernel, types))
            return ours or anyway


compilation = Compilation()


class Kernel:
    """A function of arrays and numbers, as machine code that runs without the interpreter's lock.

    Args:
        function: what Numba can compile; it may call other kernels and ``instruction``s.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._doors: dict[tuple[Any, ...], Door] = {}

    def __call__(self, *args: Any) -> Any:
        types = _doors.types_of(args)
        door = self._doors.get(types)
        if door is None:
            with _compiling:
                door = self._doors.get(types) or Door(compilation.kept(self, types))
                self._doors[types] = door
        return door(args)

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes it for, where another kernel calls it."""
        from dedup.kernels import _compiler

        return _compiler.type_of_kernel(self)


class Instruction:
    """What ``emit`` writes in LLVM's language, by its name there: only kernels can call it."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def _numba_type_(self) -> Any:
        from dedup.kernels import _compiler

        return _compiler.type_of_instruction(self.name)


def kernel(function: F) -> F:
    """Make a function of arrays and numbers a kernel."""
    return cast("F", Kernel(function))


def instruction(name: str) -> Callable[..., Any]:
    """The instruction of that name in ``emit``, as kernels call it."""
    return cast("Callable[..., Any]", Instruction(name))
