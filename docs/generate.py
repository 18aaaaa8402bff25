"""Writes the two pages that are made from the code: ``tables.md`` from the schemas, ``cli.md`` from the help texts.

    python docs/generate.py

A test fails where a committed page is not what this gives.
"""

from __future__ import annotations

from pathlib import Path

import click

from dedup import schema
from dedup.cli import main

DOCS = Path(__file__).resolve().parent
_WIDTH = 100  # characters of a line of help

_TABLES = """\
# Tables

*Made from `dedup/schema.py` by `make docs`; schema version {version}.*

A run leaves these tables in its folder as `TABLE.parquet`, and `run.json` beside them. Names of tables and columns are
never changed; a column may be added. Times are in UTC. Spans are half-open: they end before the character at `_end`,
and both ends count characters of the original text, from 0. A field of a list of structs is told below its column, as
`evidence[].kind`. The words are defined in [GLOSSARY.md](../GLOSSARY.md).
"""

_CLI = """\
# Command line

*Made from the help texts of the commands by `make docs`.*

Data goes to stdout, words and progress to stderr. With `--json` the data is one JSON value. A setting that no flag
gives is taken from the environment (`DEDUP_MIN_JACCARD` for `--min-jaccard`), then from the TOML file that `--config`
names, then from the defaults.
"""


def tables() -> str:
    """The page of all tables: what a row stands for, and each column with its type and meaning."""
    parts = [_TABLES.format(version=schema.VERSION)]
    for name, row in schema.ROWS.items():
        columns = [f"| `{column}` | {kind} | {meaning} |" for column, kind, meaning in schema.describe(name)]
        parts.append(
            "\n".join([f"## {name}\n", f"One row for {row}.\n", "| column | type | meaning |", "|---|---|---|"])
        )
        parts[-1] += "\n" + "\n".join(columns) + "\n"
    return "\n".join(parts)


def cli() -> str:
    """The page of all commands: their help texts, as a terminal shows them."""
    with click.Context(main, info_name="dedup", terminal_width=_WIDTH, **main.context_settings) as top:
        parts = [_CLI, _help("dedup", main.get_help(top))]
        for name, command in sorted(main.commands.items()):
            context = click.Context(command, parent=top, info_name=name, terminal_width=_WIDTH)
            parts.append(_help(f"dedup {name}", command.get_help(context)))
    return "\n".join(parts)


def _help(title: str, text: str) -> str:
    return f"## {title}\n\n```text\n{text}\n```\n"


PAGES = {"tables.md": tables, "cli.md": cli}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
