"""The command line: a skin over the library. It parses, calls one library function and prints; it never computes.

Nothing heavy is imported here or in the modules beside it, so that ``dedup --help`` answers at once; each command
imports what it calls when it is called.
"""

from __future__ import annotations

import click

from dedup.cli.commands import explain, export, filter_, inspect, report, run, tune
from dedup.cli.skin import Skin


@click.group(cls=Skin, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="dedup-lineage", prog_name="dedup")
def main() -> None:
    """Find out which texts are copies of which, and who had it first.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 copies found (with --fail-on-duplicates), 130 interrupted.

    \b
    Example:
      dedup run seeds -o out
    """


for _command in (run, report, explain, filter_, export, inspect, tune):
    main.add_command(_command)
