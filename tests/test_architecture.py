"""The rules of the house, as far as a machine can see them."""

from __future__ import annotations

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dedup

PACKAGE = Path(dedup.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_KERNEL_LINES = 80
HEAVY = ("pyarrow", "numba", "numpy", "datasketch", "scipy", "pandas", "rich", "fsspec", "jinja2")

Function = ast.FunctionDef | ast.AsyncFunctionDef

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())


def _functions(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def _public(tree: ast.Module) -> list[Function | ast.ClassDef]:
    """Functions and classes of a module, and methods of these classes, whose names do not start with ``_``."""

    def public_in(holder: ast.Module | ast.ClassDef) -> list[Function | ast.ClassDef]:
        nodes = [node for node in holder.body if isinstance(node, Function | ast.ClassDef)]
        return [node for node in nodes if not node.name.startswith("_")]

    top = public_in(tree)
    return [*top, *(method for node in top if isinstance(node, ast.ClassDef) for method in public_in(node))]


def _heavy_modules_after(statement: str) -> list[str]:
    code = f"import sys\n{statement}\nprint(*sorted(set(sys.modules) & {set(HEAVY)!r}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr.split()


def test_layers_hold(root: Path) -> None:
    """Imports go downward only: the contracts of pyproject.toml are kept."""
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program is not None, "import-linter is not installed"
    done = subprocess.run([program, "--no-cache"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_module
def test_modules_are_short(path: Path) -> None:
    """No module is longer than can be read in one go."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES


@each_module
def test_functions_are_short(path: Path) -> None:
    """No function is longer than a screen; a kernel may be a little."""
    limit = MAX_KERNEL_LINES if path.parent.name == "kernels" else MAX_FUNCTION_LINES
    lengths = {node.name: node.end_lineno - node.lineno + 1 for node in _functions(ast.parse(path.read_text("utf-8")))}
    assert {name: length for name, length in lengths.items() if length > limit} == {}


@each_module
def test_everything_public_is_explained(path: Path) -> None:
    """Each module, and each public class, function and method in it, has a docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or path.stat().st_size == 0
    assert [node.name for node in _public(tree) if not ast.get_docstring(node)] == []


@each_module
def test_everything_is_typed(path: Path) -> None:
    """Each argument and each return value has a type."""
    untyped = []
    for node in _functions(ast.parse(path.read_text(encoding="utf-8"))):
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        bare = [argument.arg for argument in arguments if argument.annotation is None]
        if node.returns is None or set(bare) - {"self", "cls"}:
            untyped.append(node.name)
    assert untyped == []


@each_module
def test_nothing_is_left_undone_or_unsafe(path: Path) -> None:
    """No marks of unfinished work, no pickle, no evaluation of data, no error swallowed unseen."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", text) == []
    wrong = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                wrong += [name.name for name in names if name.name.split(".")[0] in ("pickle", "marshal", "shelve")]
            case ast.ImportFrom(module="pickle" | "marshal" | "shelve" as name):
                wrong.append(name)
            case ast.Call(func=ast.Name(id="eval" | "exec" | "compile" as name)):
                wrong.append(name)
            case ast.ExceptHandler(body=[ast.Pass()]):
                wrong.append(f"except: pass in line {node.lineno}")
            case ast.ExceptHandler(type=None):
                wrong.append(f"bare except in line {node.lineno}")
    assert wrong == []


@each_module
def test_kernels_are_compiled_in_one_place_only(path: Path) -> None:
    """Numba is imported by the kernels' room alone, and there by its decorator alone where arithmetic is compiled."""
    imports = re.findall(r"^\s*(?:import|from) numba\b", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not imports or path.parent.name == "kernels"


def test_the_shop_window_shows_what_it_says() -> None:
    """``__all__`` is sorted, complete, and each name in it can be had; any other name is an AttributeError."""
    assert dedup.__all__ == sorted(dedup.__all__)
    assert set(dedup.__all__) == {"Config", "DedupError", "Result", "__version__", "run"}
    assert [name for name in dedup.__all__ if getattr(dedup, name, None) is None] == []
    assert set(dedup.__all__) <= set(dir(dedup))
    with pytest.raises(AttributeError, match="rum"):
        dedup.rum  # noqa: B018


@each_module
def test_exports_exist(path: Path) -> None:
    """Each name that a module lists in ``__all__`` is there."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    module = importlib.import_module(name)
    assert [export for export in getattr(module, "__all__", []) if not hasattr(module, export)] == []


def test_importing_the_package_is_light() -> None:
    """``import dedup``, and its settings and errors, load nothing heavy."""
    assert _heavy_modules_after("import dedup; dedup.Config; dedup.DedupError; dedup.__version__") == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["run", "--show-config"]])
def test_help_is_light(arguments: list[str]) -> None:
    """Help, version and settings are told without loading anything heavy."""
    call = f"from dedup.cli import main\nmain({arguments!r}, standalone_mode=False)"
    assert _heavy_modules_after(call) == []
