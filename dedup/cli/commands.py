"""The commands: each parses its arguments, calls one function of the library and prints what it gives back."""

from __future__ import annotations

from pathlib import Path

import click

from dedup.cli.layout import inspection_text, outline
from dedup.cli.progress import progress
from dedup.cli.settings import settings
from dedup.cli.skin import FOUND_DUPLICATES, as_json, put, say, show, show_json
from dedup.config import Config
from dedup.export import FORMATS

_FIELDS = ("text_field", "id_field", "title_field", "time_field", "publisher_field", "url_field")


@click.command(short_help="Find copies, excerpts and lineage; leave them as tables.")
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("-o", "--output", "out", type=click.Path(path_type=Path), metavar="OUT", help="Folder for the tables.")
@settings()
@click.option("--show-config", is_flag=True, help="Print the settings in force as TOML, and stop.")
@click.option("--dry-run", is_flag=True, help="Tell what would be read, done and written, and stop.")
@click.option("--fail-on-duplicates", is_flag=True, help="Exit with 3 if any text has a copy.")
@as_json
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors, and JSON if asked for.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for every finished stage.")
def run(
    sources: tuple[str, ...],
    out: Path | None,
    config: Config,
    *,
    show_config: bool,
    dry_run: bool,
    fail_on_duplicates: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Find copies, excerpts and their lineage in SOURCE..., and leave the tables in OUT.

    SOURCE is a folder, a file, a quoted glob, an fsspec URL, or - for stdin; text, JSONL, CSV, Parquet or Arrow,
    compressed or not. PATH:jsonl forces a format. A setting that is not given as a flag is taken from the environment,
    as DEDUP_MIN_JACCARD is for --min-jaccard, then from the file of --config.

    \b
    Example:
      dedup run seeds -o out --min-jaccard 0.8
    """
    if show_config:
        show(config.to_toml().rstrip())
        return
    if not sources:
        raise click.UsageError("Missing argument 'SOURCE...'.")
    if out is None:
        raise click.UsageError("Missing option '-o' / '--output'.")

    if dry_run:
        from dedup import pipeline

        plan = pipeline.plan(sources, config, out)
        if as_json:
            show_json(plan)
        else:
            show(outline(plan))
        return
    from dedup import start

    with progress(quiet=quiet, verbose=verbose) as callback:
        result = start.run(sources, config, out, progress=callback)
    if as_json:
        show_json(result.summary())
    elif not quiet:
        show(result.summary_text())
    if fail_on_duplicates and (n_clusters := result.clusters.num_rows):
        say(f"Copies found: {n_clusters:,} {'cluster' if n_clusters == 1 else 'clusters'} of them.")
        click.get_current_context().exit(FOUND_DUPLICATES)


@click.command("filter", short_help="Copy the records that a run keeps, otherwise untouched.")
@click.argument("run_folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", "kept", type=click.Path(path_type=Path), metavar="KEPT", help="Folder for the copy.")
@click.option("--dry-run", is_flag=True, help="Tell what would go, whose and why, with ten examples, and stop.")
@as_json
def filter_(run_folder: Path, sources: tuple[str, ...], kept: Path | None, *, dry_run: bool, as_json: bool) -> None:
    """Copy the records of SOURCE... that the run in OUT keeps to the folder KEPT, all else about them untouched.

    With --dry-run nothing is written: it shows how many records would go, of which publishers and by which relation to
    the kept one, and ten of them beside what is kept in their place.

    \b
    Example:
      dedup filter out seeds --dry-run
      dedup filter out seeds -o kept
    """
    if kept is None and not dry_run:
        raise click.UsageError("Missing option '-o' / '--output'.")

    from dedup.result import Result

    result = Result.open(run_folder)
    report = result.filter(sources, dry_run=True) if dry_run or kept is None else result.filter(sources, kept)
    if as_json:
        show_json(report.to_dict())
    else:
        show(report.text())


@click.command(short_help="Explain a document, or what ties two of them.")
@click.argument("run_folder", metavar="OUT", type=click.Path(path_type=Path))
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.option("--source", multiple=True, metavar="SOURCE", help="Where the texts are now, if they have moved.")
@as_json
def explain(run_folder: Path, a: str, b: str | None, source: tuple[str, ...], *, as_json: bool) -> None:
    """Explain what the run in OUT says of document A, or of the pair A and B: scores, passages, evidence.

    A and B are ids of documents (the column doc_id).

    \b
    Example:
      dedup explain out 000_38826c91f0b48928.txt 001_8683e412f98dc48b.txt
    """
    from dedup.result import Result

    explanation = Result.open(run_folder).explain(a, b, source=source or None)
    if as_json:
        show_json(explanation.to_dict())
    else:
        show(explanation.text())


@click.command(short_help="Write one page that shows the run, to look at offline.")
@click.argument("run_folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The page. [default: OUT/report.html]",
)
@click.option("--source", multiple=True, metavar="SOURCE", help="Where the texts are now, if they have moved.")
@as_json
def report(run_folder: Path, path: Path | None, source: tuple[str, ...], *, as_json: bool) -> None:
    """Write the report of the run in OUT: one page that opens from disk and asks nothing of the network.

    It shows the largest and the most interesting stories, and says what it leaves out. The next run into OUT takes a
    page that lies there away, for its tables are no more.

    \b
    Example:
      dedup report out
    """
    from dedup.result import Result
    from dedup.store import REPORT

    path = path or run_folder / REPORT
    made = Result.open(run_folder).report(path, source=source or None)
    if as_json:
        show_json({"path": str(path), **made.to_dict()})
    else:
        show(f"Written to {path}.\n{made.text()}")


@click.command(short_help="Write the lineage in the format of others, or a dataset card.")
@click.argument("run_folder", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--to", type=click.Choice(list(FORMATS)), required=True, help="The format.")
@click.option(
    "-o", "--output", "path", type=click.Path(path_type=Path), metavar="FILE", help="The file; stdout if none is named."
)
@click.option("--story", "stories", type=int, multiple=True, metavar="N", help="Only this story; may be given again.")
def export(run_folder: Path, to: str, path: Path | None, stories: tuple[int, ...]) -> None:
    """Write what the run in OUT found in a format of others.

    prov is W3C PROV-JSON; graphml, dot (for Graphviz) and json (nodes and links, for networkx and D3) are the lineage
    as a graph from parent to child; card is a dataset card: Markdown with the schemas of all tables, to lie beside them
    as README.md. In graphs d12 is row 12 of documents, counted from 0, and u3 unseen source 3.

    \b
    Example:
      dedup export out --to prov -o lineage.prov.json
      dedup export out --to dot --story 1
    """
    from dedup.result import Result

    text = Result.open(run_folder).export(to, path, stories=stories)
    if path is None:
        put(text)
    else:
        say(f"Written to {path}.")


@click.command(short_help="Show how sources would be read, before anything runs.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@settings(*_FIELDS)
@as_json
def inspect(sources: tuple[str, ...], config: Config, *, as_json: bool) -> None:
    """Show how SOURCE... would be read: format, columns, the fields chosen, a sample, and what would be rejected.

    \b
    Example:
      dedup inspect seeds
    """
    from dedup.read import inspect as look

    inspections = [inspection.to_dict() for inspection in look(sources, config)]
    if as_json:
        show_json(inspections)
    else:
        show("\n\n".join(inspection_text(inspection) for inspection in inspections))


@click.command(short_help="Show what the banding finds, and what it costs.")
@settings("min_jaccard", "recall", "num_perm")
@as_json
def tune(config: Config, *, as_json: bool) -> None:
    """Show which share of the similar pairs the banding finds, what it costs, and what other tools would find.

    \b
    Example:
      dedup tune --min-jaccard 0.8 --recall 0.95
    """
    from dedup.sketch.bands import tuning

    found = tuning(config)
    if as_json:
        show_json(found.to_dict())
    else:
        show(found.text())
