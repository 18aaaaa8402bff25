"""The options of ``dedup run``, made from the fields of Config, so that no default and no help text stands twice."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import click

from dedup.config import Config

_FIELDS = {field.name: field for field in dataclasses.fields(Config)}


def settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of these settings (of all, if none is named) and ``--config``.

    The command is called with a finished ``config``. Precedence: flag, then ``DEDUP_*`` in the environment, then the
    file that ``--config`` names, then the default.
    """
    chosen = names or tuple(_FIELDS)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def with_config(*args: Any, config_file: str | None, **given: Any) -> None:
            base = Config.from_toml(config_file) if config_file else Config()
            flags = {name: given.pop(name) for name in chosen}
            said = {name: value for name, value in flags.items() if value is not None}
            command(*args, config=Config.from_mapping(base.to_mapping() | said), **given)

        decorated: Callable[..., None] = with_config
        for name in reversed(chosen):
            decorated = _option(_FIELDS[name])(decorated)
        return click.option(
            "--config", "config_file", metavar="FILE", envvar="DEDUP_CONFIG", help="Read settings from a TOML file."
        )(decorated)

    return decorate


def _option(field: dataclasses.Field[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """One setting as an option; None means that it was not given, so that the file and the default can speak."""
    flag = f"--{field.name.replace('_', '-')}"
    words = field.metadata["help"]
    envvar = f"DEDUP_{field.name.upper()}"
    if isinstance(field.default, bool):
        flags, shown = f"{flag}/--no-{flag[2:]}", "on" if field.default else "off"
        return click.option(flags, default=None, envvar=envvar, help=f"{words} [default: {shown}]")
    if field.default is None:
        return click.option(flag, metavar="COLUMN", envvar=envvar, help=words)
    if isinstance(field.default, tuple):
        shown = ",".join(field.default)
        return click.option(flag, metavar="NAME,...", envvar=envvar, help=f"{words} [default: {shown}]")
    if field.default == "":
        return click.option(flag, metavar="SIZE", envvar=envvar, help=words)
    kind = type(field.default)
    return click.option(flag, type=kind, envvar=envvar, help=f"{words} [default: {field.default}]")
