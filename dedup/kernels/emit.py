# ruff: noqa: ARG001  (Numba passes the types of all arguments, and four things to all code that writes code)
"""The instructions of ``vectors``, written in LLVM's portable vector code; imported only to compile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba.core.cgutils
import numba.core.types
from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic

from dedup.kernels.vectors import BLOCK, LANES

cgutils: Any = numba.core.cgutils  # untyped
types: Any = numba.core.types

_GROUP = 4  # vectors of slots that are computed together: they share the read of a shingle, and stay in registers

_BIT, _BYTE, _INT, _LONG, _WIDE = (ir.IntType(bits) for bits in (1, 8, 32, 64, 128))
_BYTES = ir.VectorType(_BYTE, BLOCK)
_SLOTS = ir.VectorType(_INT, LANES)
_SUMS = ir.VectorType(_LONG, 8)

Emit = Callable[[Any, Any, Any, Any], Any]  # context, builder, signature, arguments: to LLVM code


def _instruction(function: Callable[..., tuple[Any, Emit]]) -> Callable[..., Any]:
    """Numba's ``intrinsic``, typed: a function of argument types that gives a signature and writes the code."""
    made: Callable[..., Any] = intrinsic(function)
    return made


def _pointer(context: Any, builder: Any, kind: Any, array: Any, index: Any, to: Any) -> Any:
    """Address of ``array[index]``, as one of a value of type ``to``."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), to.as_pointer())


def _load(builder: Any, pointer: Any) -> Any:
    """What stands at an address, which need not be a multiple of its size."""
    value = builder.load(pointer)
    value.align = 1
    return value


def _store(builder: Any, value: Any, pointer: Any) -> None:
    builder.store(value, pointer).align = 1


def _filled(vector: Any, value: int) -> Any:
    return ir.Constant(vector, [value] * vector.count)


@_instruction
def read64(_: Any, data: Any, at: Any) -> tuple[Any, Emit]:
    """The eight bytes from ``data[at]`` on, the first one lowest."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return _load(builder, _pointer(context, builder, signature.args[0], args[0], args[1], _LONG))

    return types.uint64(data, types.int64), emit


@_instruction
def read32(_: Any, data: Any, at: Any) -> tuple[Any, Emit]:
    """The four bytes from ``data[at]`` on, the first one lowest, as 64 bits."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = _load(builder, _pointer(context, builder, signature.args[0], args[0], args[1], _INT))
        return builder.zext(value, _LONG)

    return types.uint64(data, types.int64), emit


@_instruction
def high_product(_: Any, a: Any, b: Any) -> tuple[Any, Emit]:
    """Upper half of the 128-bit product of two 64-bit numbers; ``a * b`` is the lower one."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.mul(builder.zext(args[0], _WIDE), builder.zext(args[1], _WIDE))
        return builder.trunc(builder.lshr(product, ir.Constant(_WIDE, 64)), _LONG)

    return types.uint64(types.uint64, types.uint64), emit


@_instruction
def fold_product(_: Any, a: Any, b: Any) -> tuple[Any, Emit]:
    """Upper half xor lower half of the 128-bit product of two 64-bit numbers."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.mul(builder.zext(args[0], _WIDE), builder.zext(args[1], _WIDE))
        folded = builder.xor(product, builder.lshr(product, ir.Constant(_WIDE, 64)))
        return builder.trunc(folded, _LONG)

    return types.uint64(types.uint64, types.uint64), emit


@_instruction
def reversed_bytes(_: Any, value: Any) -> tuple[Any, Emit]:
    """A 64-bit number with its bytes in the opposite order."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bswap(args[0])

    return types.uint64(types.uint64), emit


@_instruction
def first_bit(_: Any, mask: Any) -> tuple[Any, Emit]:
    """Place of the lowest bit that is set; 64 if none is."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(_BIT, 0))

    return types.int64(types.uint64), emit


@_instruction
def count_bits(_: Any, mask: Any) -> tuple[Any, Emit]:
    """How many bits are set."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.int64(types.uint64), emit


@_instruction
def add_stripe(_: Any, acc: Any, data: Any, at: Any, secret: Any, secret_at: Any) -> tuple[Any, Emit]:
    """XXH3's step for 64 bytes: to the eight sums ``acc`` add the bytes, and the products of their keyed halves."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kinds = signature.args
        sums = _pointer(context, builder, kinds[0], args[0], ir.Constant(_LONG, 0), _SUMS)
        value = _load(builder, _pointer(context, builder, kinds[1], args[1], args[2], _SUMS))
        keyed = builder.xor(value, _load(builder, _pointer(context, builder, kinds[3], args[3], args[4], _SUMS)))
        low, high = builder.and_(keyed, _filled(_SUMS, 0xFFFFFFFF)), builder.lshr(keyed, _filled(_SUMS, 32))
        swapped = builder.shuffle_vector(value, value, ir.Constant(ir.VectorType(_INT, 8), [1, 0, 3, 2, 5, 4, 7, 6]))
        added = builder.add(builder.mul(low, high), swapped)
        _store(builder, builder.add(_load(builder, sums), added), sums)
        return context.get_dummy_value()

    return types.void(acc, data, types.int64, secret, types.int64), emit


@_instruction
def fold_block(_: Any, data: Any, at: Any, out: Any, to: Any) -> tuple[Any, Emit]:
    """Fold the 64 bytes from ``data[at]`` on to ``out[to]``, as far as they are ASCII, and classify them.

    Letters become lower case, all white space the blank, the grave accent an apostrophe; the rest stays. That is what
    ``sketch.tables`` says of ASCII.

    Returns:
        Three masks with a bit a byte, the first byte's lowest: those of words, white space, those that are not ASCII.
    """

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        def within(value: Any, first: int, last: int) -> Any:
            return builder.icmp_unsigned(
                "<=", builder.sub(value, _filled(_BYTES, first)), _filled(_BYTES, last - first)
            )

        kinds = signature.args
        given = _load(builder, _pointer(context, builder, kinds[0], args[0], args[1], _BYTES))
        lower = builder.select(within(given, 0x41, 0x5A), builder.or_(given, _filled(_BYTES, 0x20)), given)
        spaces = builder.or_(within(given, 0x09, 0x0D), within(given, 0x1C, 0x20))
        graves = builder.icmp_unsigned("==", given, _filled(_BYTES, 0x60))
        folded = builder.select(spaces, _filled(_BYTES, 0x20), lower)
        folded = builder.select(graves, _filled(_BYTES, 0x27), folded)
        _store(builder, folded, _pointer(context, builder, kinds[2], args[2], args[3], _BYTES))
        underscores = builder.icmp_unsigned("==", given, _filled(_BYTES, 0x5F))
        words = builder.or_(within(lower, 0x61, 0x7A), within(lower, 0x30, 0x39))
        foreign = builder.icmp_signed("<", given, _filled(_BYTES, 0))
        masks = [builder.bitcast(mask, _LONG) for mask in (builder.or_(words, underscores), spaces, foreign)]
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 3)(data, types.int64, out, types.int64), emit


@_instruction
def foreign_block(_: Any, data: Any, at: Any) -> tuple[Any, Emit]:
    """A mask of those of the 64 bytes from ``data[at]`` on that are not ASCII, the first byte's bit lowest."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        given = _load(builder, _pointer(context, builder, signature.args[0], args[0], args[1], _BYTES))
        return builder.bitcast(builder.icmp_signed("<", given, _filled(_BYTES, 0)), _LONG)

    return types.uint64(data, types.int64), emit


def _least_images(n_vectors: int) -> Callable[..., Any]:
    """The instruction that fills ``n_vectors`` vectors of slots."""

    def least_images(_: Any, found: Any, n: Any, a: Any, b: Any, slots: Any, first: Any) -> tuple[Any, Emit]:
        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kinds = signature.args

            def vectors(argument: int) -> list[Any]:
                places = (builder.add(args[5], ir.Constant(_LONG, LANES * k)) for k in range(n_vectors))
                return [_pointer(context, builder, kinds[argument], args[argument], at, _SLOTS) for at in places]

            least = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(_SLOTS, [_SLOTS, _SLOTS]), f"llvm.umin.v{LANES}i32"
            )
            factors, summands = ([_load(builder, pointer) for pointer in vectors(k)] for k in (2, 3))
            kept = [cgutils.alloca_once_value(builder, _filled(_SLOTS, 0xFFFFFFFF)) for _ in range(n_vectors)]
            with cgutils.for_range(builder, args[1]) as loop:
                hashed = _load(builder, _pointer(context, builder, kinds[0], args[0], loop.index, _INT))
                single = builder.insert_element(ir.Constant(_SLOTS, ir.Undefined), hashed, ir.Constant(_INT, 0))
                spread = builder.shuffle_vector(single, single, _filled(_SLOTS, 0))
                for factor, summand, slot in zip(factors, summands, kept, strict=True):
                    image = builder.add(builder.mul(spread, factor), summand)
                    builder.store(builder.call(least, [builder.load(slot), image]), slot)
            for slot, pointer in zip(kept, vectors(4), strict=True):
                _store(builder, builder.load(slot), pointer)
            return context.get_dummy_value()

        return types.void(found, types.int64, a, b, slots, types.int64), emit

    return _instruction(least_images)


# Fill 16 slots, or 64, from ``slots[first]`` on with the least ``a * h + b`` (mod 2^32) over ``found[:n]``.
least_images_16 = _least_images(1)
least_images_64 = _least_images(_GROUP)
