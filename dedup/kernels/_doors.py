"""Machine code that is kept, and how it is called: Numba's calling convention, without Numba.

A kernel takes arrays, numbers and tuples of them, and returns such. An array is passed as seven or more numbers: who
owns its memory and what Python object it is (none: the caller holds it), how many items, bytes of an item, where they
are, and for each axis its length and its stride. The first argument of all is where the result is to be put, the second
where an error would be. What is returned in an array is memory of Numba's, counted by its runtime, which is loaded by
itself: it needs nothing of the compiler.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.machinery
import importlib.util
import json
import os
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import xxhash

from dedup.errors import InternalError

Layout: TypeAlias = Any  # a number's type; ["array", a number's type, axes]; ["tuple", layouts ...]; None

_WORD = 8  # bytes
_NUMBERS: dict[str, Any] = {
    "bool": ctypes.c_uint8,
    "int64": ctypes.c_int64,
    "uint64": ctypes.c_uint64,
    "int32": ctypes.c_int32,
    "uint32": ctypes.c_uint32,
    "uint8": ctypes.c_uint8,
    "float64": ctypes.c_double,
}


class Code(NamedTuple):
    """Machine code: the name of the function in it, what that returns, and the object file itself."""

    symbol: str
    returned: Layout
    machine_code: bytes


def kept(file: Path) -> Code | None:
    """The code in a file; None if there is none, or it is not whole."""
    try:
        digest, _, rest = file.read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != xxhash.xxh3_128_hexdigest(rest).encode():
        return None
    head, _, machine_code = rest.partition(b"\n")
    symbol, returned = json.loads(head)
    return Code(symbol, returned, machine_code)


def keep(file: Path, code: Code) -> None:
    """Write code to a file, whole or not at all, whoever else does the same."""
    partial = file.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    rest = b"\n".join([json.dumps([code.symbol, code.returned]).encode(), code.machine_code])
    partial.write_bytes(b"\n".join([xxhash.xxh3_128_hexdigest(rest).encode(), rest]))
    partial.replace(file)


def types_of(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """What of the arguments' types decides which machine code is theirs."""
    return tuple([_type_of(arg) for arg in args])


def _type_of(arg: Any) -> Any:
    if type(arg) is np.ndarray:
        flags = arg.flags
        order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        return _name(arg.dtype), arg.ndim, order, flags.writeable
    if type(arg) is tuple:
        return types_of(arg)
    return type(arg).__name__


@functools.cache
def _name(dtype: np.dtype[Any]) -> str:
    """NumPy makes the name anew each time that it is asked for, which costs more than all else here."""
    return str(dtype.name)


class Door:
    """The way to the machine code of a kernel, for arguments of given types."""

    def __init__(self, code: Code) -> None:
        _runtime()  # before the code that asks for it
        engine, llvm = _engine()
        engine.add_object_file(llvm.ObjectFileRef.from_data(code.machine_code))
        engine.finalize_object()
        self._function = ctypes.CFUNCTYPE(ctypes.c_int32)(engine.get_function_address(code.symbol))
        self._returned = code.returned
        self._n_words = _size(code.returned)

    def __call__(self, args: tuple[Any, ...]) -> Any:
        """Call it.

        Raises:
            MemoryError: the one thing that can go wrong in a kernel.
        """
        result = (ctypes.c_uint64 * max(self._n_words, 1))()
        error = ctypes.c_void_p()
        passed: list[Any] = [ctypes.byref(result), ctypes.byref(error)]
        for arg in args:
            _pass(arg, passed)
        if self._function(*passed):
            raise MemoryError("A kernel could not get the memory that it needs.")
        return _taken(self._returned, memoryview(result).cast("B"), 0)[0]


def _pass(arg: Any, passed: list[Any]) -> None:
    """Add an argument to those that are passed."""
    if type(arg) is np.ndarray:
        shape = arg.shape
        number = ctypes.c_int64
        passed += [None, None, number(arg.size), number(arg.itemsize), ctypes.c_void_p(arg.ctypes.data)]
        passed += map(number, shape + arg.strides)
    elif type(arg) is tuple:
        for item in arg:
            _pass(item, passed)
    else:
        plain = arg.item() if isinstance(arg, np.generic) else arg
        kind = {int: "int64", bool: "bool", float: "float64"}.get(type(arg)) or type(arg).__name__.rstrip("_")
        passed.append(_NUMBERS[kind](plain))


def _size(layout: Layout) -> int:
    """Words of memory that a result takes."""
    if layout is None or isinstance(layout, str):
        return 1
    return sum(map(_size, layout[1:])) if layout[0] == "tuple" else 5 + 2 * int(layout[2])


def _taken(layout: Layout, memory: memoryview, at: int) -> tuple[Any, int]:
    """A result that begins at a byte of memory, and the byte after it."""
    if layout is None:
        return None, at + _WORD
    if isinstance(layout, str):
        return _NUMBERS[layout].from_buffer(memory, at).value, at + _WORD
    if layout[0] == "tuple":
        items = []
        for item in layout[1:]:
            taken, at = _taken(item, memory, at)
            items.append(taken)
        return tuple(items), at
    _, dtype, n_axes = layout
    n_words = 5 + 2 * n_axes
    owner, _, _, _, data, *rest = memory[at : at + n_words * _WORD].cast("Q").tolist()
    held = _runtime()._MemInfo(owner)  # noqa: SLF001  (Numba's name of what owns memory)
    start = np.frombuffer(held, np.uint8).ctypes.data if rest[0] else data
    array: Any = np.ndarray(rest[:n_axes], dtype, held, data - start, rest[n_axes:])
    return array, at + n_words * _WORD


@functools.cache
def _folder_of_numba() -> Path:
    """Where Numba is installed, told without importing it."""
    found = importlib.util.find_spec("numba")
    if found is None or found.origin is None:
        raise InternalError("Numba is not installed.")
    return Path(found.origin).parent


@functools.cache
def compiler() -> str:
    """What machine code depends on beside the kernels: Numba's version, and the processor."""
    _, llvm = _engine()
    version = (_folder_of_numba() / "_version.py").read_text(encoding="utf-8")
    return "\0".join([version, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()])


@functools.cache
def _engine() -> tuple[Any, Any]:
    """What loads machine code, and LLVM."""
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine), llvm


@functools.cache
def _runtime() -> Any:
    """The part of Numba that allocates and counts memory, and its functions made known to machine code."""
    folder = _folder_of_numba() / "core" / "runtime"
    names = (folder / f"_nrt_python{suffix}" for suffix in importlib.machinery.EXTENSION_SUFFIXES)
    file = next(name for name in names if name.exists())
    spec = importlib.util.spec_from_file_location("_nrt_python", file)
    if spec is None or spec.loader is None:
        raise InternalError(f"{file} cannot be loaded.")
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    _, llvm = _engine()
    for name, address in module.c_helpers.items():
        llvm.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)
    return module
