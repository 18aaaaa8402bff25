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
from dedup.kernels._doors import Code, Door

F = TypeVar("F", bound=Callable[..., object])

_compiling = threading.RLock()  # Numba compiles one function at a time, and so do we


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


class Compilation:
    """What this process has compiled, because it was not kept from an earlier one.

    Attributes:
        on_first: called, once, when a kernel is about to be compiled; the library itself is silent.
        n_kernels: how many kernels were compiled.
        seconds: how long that took.
    """

    def __init__(self) -> None:
        self.on_first: Callable[[], None] | None = None
        self.n_kernels = 0
        self.seconds = 0.0

    @property
    def folder(self) -> Path | None:
        """Where a later process will find what this one compiles; None if nothing can be kept."""
        return cache_folder() if _caches() else None

    def of(self, kernel: Kernel, args: tuple[Any, ...]) -> Code:
        """Compile a kernel for arguments of these types.

        Meanwhile the garbage collector rests: it would go through the compiler's many objects again and again, find
        nothing, and take an eighth of the time.
        """
        if self.on_first is not None:
            tell, self.on_first = self.on_first, None
            tell()
        began, collects = time.perf_counter(), gc.isenabled()
        gc.disable()
        try:
            from dedup.kernels import _compiler  # with it comes Numba: a quarter of a second

            return _compiler.compiled(kernel, args)
        finally:
            if collects:
                gc.enable()
            self.n_kernels += 1
            self.seconds += time.perf_counter() - began


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
                door = self._doors.get(types) or self._open(types, args)
                self._doors[types] = door
        return door(args)

    def _open(self, types: tuple[Any, ...], args: tuple[Any, ...]) -> Door:
        """The door to the machine code for these types of arguments, kept or compiled."""
        named = f"{self.function.__module__}.{self.function.__qualname__}{types}"
        file = cache_folder() / f"{self.function.__name__}-{xxhash.xxh3_64_hexdigest(named.encode())}.kernel"
        code = _doors.kept(file) if _caches() else None
        if code is None:
            code = compilation.of(self, args)
            if _caches():
                _doors.keep(file, code)
        return Door(code)

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
