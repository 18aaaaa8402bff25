"""The compiler: what of a kernel is Numba's. It is imported only where something must be compiled."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numba
import numba.core.types
import numpy as np
from numba.core.registry import cpu_target

from dedup.errors import InternalError
from dedup.kernels import emit
from dedup.kernels._doors import Code, Layout
from dedup.kernels._parts import Callee, PartCompiler

if TYPE_CHECKING:
    from dedup.kernels._jit import Kernel

types: Any = numba.core.types  # untyped
_from_dtype: Any = numba.from_dtype
_target: Any = cpu_target

_OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "no_cfunc_wrapper": True,  # doors that nobody uses cost a fifth of the time of compilation
    "no_cpython_wrapper": True,
}


@functools.cache
def _dispatcher(kernel: Kernel) -> Any:
    return numba.njit(pipeline_class=PartCompiler, **_OPTIONS)(kernel.function)


def type_of_kernel(kernel: Kernel) -> Any:
    """What Numba takes a kernel for."""
    return Callee(_dispatcher(kernel))


def type_of_instruction(name: str) -> Any:
    """What Numba takes an instruction for."""
    return _target.typing_context.resolve_value_type(getattr(emit, name))


def compiled(kernel: Kernel, args: tuple[Any, ...]) -> Code:
    """The machine code of a kernel.

    Args:
        args: the types of its arguments, as ``_doors.types_of`` gives them.

    Raises:
        InternalError: the kernel takes or returns what ``_doors`` does not know; it needs Python or a helper of Numba,
            as errors, dictionaries and filling a part of an array from another do; or Numba calls it otherwise.
    """
    dispatcher = _dispatcher(kernel)
    signature = tuple(map(_type, args))
    dispatcher.compile(signature)
    made = dispatcher.overloads[signature]
    module, machine_code = made.library.completed()
    foreign = sorted(f.name for f in module.functions if f.is_declaration and f.name.startswith(("numba_", "Py")))
    if foreign:
        raise InternalError(f"{made.fndesc.qualname} is more than arithmetic on arrays: it calls {', '.join(foreign)}.")
    returned = _layout(made.fndesc.restype)
    convention = str(made.target_context.call_conv.get_function_type(made.fndesc.restype, made.fndesc.argtypes))
    known = _called([_layout(kind) for kind in made.fndesc.argtypes], returned)
    if convention != known:
        raise InternalError(f"Numba {numba.__version__} calls {made.fndesc.qualname} as {convention}, not as {known}.")
    return Code(made.fndesc.llvm_func_name, returned, machine_code)


_PYTHON = {"int": "int64", "float": "float64", "bool": "bool"}


def _type(key: Any) -> Any:
    """Numba's type of what ``_doors.types_of`` knows by a key."""
    if isinstance(key, str):
        return _from_dtype(np.dtype(_PYTHON.get(key, key)))
    if len(key) == 4 and isinstance(key[1], int):
        item, n_axes, order, writeable = key
        return types.Array(_from_dtype(np.dtype(item)), n_axes, order, readonly=not writeable)
    return types.Tuple(tuple(map(_type, key)))


def _layout(kind: Any) -> Layout:
    """How a value of a type of Numba's lies in memory."""
    if isinstance(kind, types.Array):
        return ["array", kind.dtype.name, kind.ndim]
    if isinstance(kind, types.BaseTuple):
        return ["tuple", *(_layout(item) for item in kind)]
    if isinstance(kind, types.Omitted):
        raise InternalError("A kernel has no optional arguments.")
    return None if kind == types.none else str(types.unliteral(kind))


_WRITTEN = {"float64": "double", "bool": "i8"}


def _written(name: str) -> str:
    """A number's type as LLVM writes it."""
    return _WRITTEN.get(name) or "i" + name.lstrip("uint")


def _called(arguments: list[Layout], returned: Layout) -> str:
    """The type of the function that ``_doors`` calls, as LLVM writes it."""
    flat = [part for argument in arguments for part in _parts(argument)]
    return f"i32 ({', '.join([f'{_value(returned)}*', '{i8*, i32, i8*, i8*, i32}**', *flat])})"


def _parts(layout: Layout) -> list[str]:
    """The arguments that a value is passed as."""
    if isinstance(layout, str):
        return [_written(layout)]
    if layout is None:
        return []
    if layout[0] == "tuple":
        return [part for item in layout[1:] for part in _parts(item)]
    _, item, n_axes = layout
    return ["i8*", "i8*", "i64", "i64", f"{_written(item)}*", *["i64"] * (2 * n_axes)]


def _value(layout: Layout) -> str:
    """A value as it is returned."""
    if isinstance(layout, str):
        return _written(layout)
    if layout is None:
        return "i8*"
    if layout[0] == "tuple":
        items = [_value(item) for item in layout[1:]]
        return f"[{len(items)} x {items[0]}]" if len(set(map(str, layout[1:]))) == 1 else f"{{{', '.join(items)}}}"
    _, item, n_axes = layout
    return f"{{i8*, i8*, i64, i64, {_written(item)}*, [{n_axes} x i64], [{n_axes} x i64]}}"
