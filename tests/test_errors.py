"""The tree of errors: as drawn, each with what was seen and what to do."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

from dedup import errors
from dedup.errors import DedupError

PACKAGE = Path(errors.__file__).parent
CLASSES = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, DedupError)}


def _made(tree: ast.AST) -> list[ast.Call]:
    """Calls that make an error of ours, but for those that only pass on what another error says."""
    passed_on = {
        id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise) and isinstance(node.cause, ast.Name)
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and id(node) not in passed_on]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in CLASSES]


def test_the_tree_is_drawn_as_it_is() -> None:
    """The docstring of the module names every error, and no other."""
    drawn = re.findall(r"^\s+\+? ?(\w+Error)\b", errors.__doc__ or "", flags=re.MULTILINE)
    assert sorted(drawn) == sorted(CLASSES)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_error_says_what_to_do(path: Path) -> None:
    """Wherever an error of ours is made, it has a hint: its own, or that of its kind."""
    bare = [call for call in _made(ast.parse(path.read_text(encoding="utf-8"))) if not call.keywords]
    kinds = [CLASSES[call.func.id] for call in bare if isinstance(call.func, ast.Name)]
    assert [kind.__name__ for kind in kinds if not kind("Seen.").hint] == []


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_an_error_shows_message_and_hint(name: str) -> None:
    """In a traceback too the hint stands below the message; exit code 1 unless an error says otherwise."""
    error = CLASSES[name]("Seen.", hint="Do.")
    assert str(error) == "Seen.\nHint: Do."
    assert str(CLASSES[name]("Seen.")).startswith("Seen.")
    assert error.exit_code == 1
