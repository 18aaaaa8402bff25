"""How a kernel and all that it calls become one piece of machine code: put together first, then made fast.

Left to itself, Numba makes every function fast, and machine code of it, before it goes on to the one that calls it,
where the same is done to all of it again. But what kernels call is called by kernels alone. So a function stays as it
was written until the kernel that the program calls is complete; LLVM then sees all of it at once. That, and to leave
out the steps that only other programs need, saves a third of the time.
"""

from __future__ import annotations

from typing import Any

import numba.core.codegen
import numba.core.compiler
import numba.core.compiler_machinery
import numba.core.ir
import numba.core.lowering
import numba.core.typed_passes
import numba.core.types
import numba.core.untyped_passes
import numba.extending
from numba import _dynfunc  # type: ignore[attr-defined]

types: Any = numba.core.types  # all untyped
_codegen: Any = numba.core.codegen
_compiler: Any = numba.core.compiler
_machinery: Any = numba.core.compiler_machinery
_typed: Any = numba.core.typed_passes
_untyped: Any = numba.core.untyped_passes
_extending: Any = numba.extending
_ir: Any = numba.core.ir
_lowering: Any = numba.core.lowering
_stand_in: Any = _dynfunc.make_function


class Part(_codegen.JITCodeLibrary):  # type: ignore[misc]
    """A function in LLVM's language, as it was written; it knows what it calls, but does not hold it."""

    def finalize(self) -> None:
        """Leave it as it is: others take it in."""
        self._finalized = True

    def completed(self) -> tuple[Any, bytes]:
        """Take in all that the function calls and make it fast; the module, and the machine code of it."""
        module = self._final_module
        for library in self._needed():
            module.link_in(library._get_module_for_linking(), preserve=True)  # noqa: SLF001
        passes, builder = self._codegen._module_pass_manager()  # noqa: SLF001
        passes.run(module, builder)
        module.verify()
        return module, self._codegen._tm.emit_object(module)  # noqa: SLF001

    def _needed(self) -> list[Any]:
        """The libraries that this one needs, each before those that it needs itself: LLVM takes what is asked for."""
        found: dict[Any, None] = {}

        def look(library: Any) -> None:
            if library not in found:
                for needed in library._linking_libraries:  # noqa: SLF001
                    look(needed)
                found[library] = None

        look(self)
        return list(found)[-2::-1]


class _Borrowing(_lowering.Lower):  # type: ignore[misc]
    """Writes a function that borrows its arguments: who calls it holds them until it is done.

    Numba's functions count their own hold on each array that they are given, and let go of it at the end. In a loop
    that calls another kernel for each word, this counting takes longer than all else.
    """

    def lower_assign(self, kind: Any, assignment: Any) -> Any:
        """The value of an assignment; that of an argument is not counted."""
        value = assignment.value
        if not isinstance(value, _ir.Arg):
            return super().lower_assign(kind, assignment)
        self._borrowed.add(assignment.target.name)
        return self.context.cast(self.builder, self.fnargs[value.index], self.typeof(f"arg.{value.name}"), kind)

    def pre_lower(self) -> None:
        """Begin a function."""
        self._borrowed: set[str] = set()
        super().pre_lower()

    def delvar(self, name: str) -> None:
        """Let go of a variable; an argument is assigned once, and is not let go of."""
        if name not in self._borrowed:
            super().delvar(name)


@_machinery.register_pass(mutates_CFG=False, analysis_only=True)
class _Writing(_typed.NativeLowering):  # type: ignore[misc]
    """The last step: writes a function in LLVM's language, as a part."""

    _name = "writing"

    @property
    def lowering_class(self) -> Any:
        """What writes it."""
        return _Borrowing

    def run_pass(self, state: Any) -> bool:
        """Make the part, and a stand-in of what Python would call, by which Numba knows it."""
        context = state.targetctx
        state.library = Part(context.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        made = state["cr"]
        stand_in = _stand_in(made.fndesc.lookup_module(), made.fndesc.qualname, "", 0, made.env, ())
        context.insert_user_function(stand_in, made.fndesc, [state.library])
        state["cr"] = made._replace(cfunc=stand_in)
        return bool(_typed.NoPythonBackend().run_pass(state))


class PartCompiler(_compiler.CompilerBase):  # type: ignore[misc]
    """Numba's steps from a function's bytecode to a part: those that arithmetic on arrays needs."""

    def define_pipelines(self) -> list[Any]:
        """The steps, in order."""
        steps = _machinery.PassManager("kernel")
        for step in (
            _untyped.TranslateByteCode,
            _untyped.FixupArgs,
            _untyped.IRProcessing,
            _untyped.GenericRewrites,
            _untyped.ReconstructSSA,
            _typed.NopythonTypeInference,
            _typed.PreLowerStripPhis,
            _typed.NopythonRewrites,
            _typed.IRLegalization,
            _typed.AnnotateTypes,
            _Writing,
        ):
            steps.add_pass(step)
        steps.finalize()
        return [steps]


class Callee(types.Dispatcher):  # type: ignore[misc]
    """A kernel that another calls: compiled for integers, never anew for a certain one such as 0."""

    def get_call_type(self, context: Any, args: tuple[Any, ...], kws: Any) -> Any:
        """The signature for arguments of these types."""
        return super().get_call_type(context, tuple(map(types.unliteral, args)), kws)


_extending.register_model(Callee)(_extending.models.OpaqueModel)
