"""What all commands share: errors become exit codes, and text from outside is made safe to print."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Mapping
from io import TextIOWrapper
from typing import Any, TypeVar

import click

from dedup.errors import DedupError
from dedup.safe import visible

F = TypeVar("F", bound=Callable[..., Any])

INTERRUPTED = 130
FOUND_DUPLICATES = 3


class Skin(click.Group):
    """A group of commands whose errors end in words and an exit code, never in a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what the library raises on purpose into a message on stderr."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):  # a path or a text may hold what the terminal cannot show
                stream.reconfigure(errors="backslashreplace")
        try:
            return super().invoke(ctx)
        except DedupError as error:
            _fail(error.message, error.hint)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            say("Interrupted.")
            ctx.exit(INTERRUPTED)
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader has gone (`dedup ... | head`): click ends the command quietly
                raise
            _fail(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", "")
            ctx.exit(DedupError.exit_code)


def as_json(command: F) -> F:
    """Give a command the flag ``--json``, as the argument ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of words.")(command)


def show(text: str) -> None:
    """Print data for a reader, on stdout."""
    click.echo(visible(text))


def show_json(value: Mapping[str, Any] | list[dict[str, Any]]) -> None:
    """Print data for a program, on stdout: ASCII, so that no terminal and no encoding can spoil it."""
    click.echo(json.dumps(value, indent=2))


def put(text: str) -> None:
    """Print a file on stdout: the same bytes that would stand in it."""
    click.echo(text.encode(), nl=False)


def say(text: str) -> None:
    """Print words that are not data, on stderr."""
    click.echo(visible(text), err=True)


def _fail(message: str, hint: str) -> None:
    say(f"Error: {message}")
    if hint:
        say(f"Hint: {hint}")
