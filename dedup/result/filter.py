"""Apply the keep decision of a run to its sources."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.errors import SourceError
from dedup.read import Located, Written, locate, write_kept
from dedup.read.streams import Stored
from dedup.result.summary import counted, label

if TYPE_CHECKING:
    from dedup.result import Result


@dataclass(frozen=True, slots=True)
class FilterReport:
    """What ``filter`` has written."""

    written: list[Written]
    n_rejects: int  # records that the run could not use: they are not copied

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        files = [{"path": str(w.path), "rows_in": w.n_rows_in, "rows_out": w.n_rows_out} for w in self.written]
        return {"files": files, "n_rejects": self.n_rejects}

    def text(self) -> str:
        """The report in words."""
        n_in, n_out = sum(w.n_rows_in for w in self.written), sum(w.n_rows_out for w in self.written)
        lines = [f"Kept {n_out:,} of {counted(n_in, 'record')}."]
        lines += [f"  {label(str(w.path))}: {w.n_rows_out:,} of {w.n_rows_in:,}" for w in self.written if w.n_rows_out]
        if self.n_rejects:
            lines.append(
                f"Not copied: {counted(self.n_rejects, 'record')} that the run could not use; see rejects.parquet."
            )
        return "\n".join(lines)


def filter_sources(result: Result, sources: list[Any], out: Path) -> FilterReport:
    """Copy the kept records of the sources; see ``Result.filter``."""
    check_sources(result, sources)
    table = result.documents.select(["source_path", "source_row", "kept"]).to_pydict()
    kept = {(p, r) for p, r, k in zip(table["source_path"], table["source_row"], table["kept"], strict=True) if k}
    written = write_kept(sources, result.config, lambda path, row: (path, row) in kept, out)
    return FilterReport(written, result.rejects.num_rows)


def check_sources(result: Result, sources: list[Any]) -> list[str]:
    """The paths of the inputs that the sources name, as the run has them.

    Raises:
        SourceError: one is missing, can be read only once, has changed since the run, or is not one that it has read.
    """
    known = {item["path"]: item["digest"] for item in result.record["inputs"]}
    files = locate(sources).files
    for located in files:
        if located.path not in known:
            raise SourceError(
                f"The run in {result.path} has not read {located.path}.",
                hint="Name the sources as they were named to `dedup run`.",
            )
        if located.once:
            raise SourceError(f"{located.path} can be read only once.", hint="Filter the files that it came from.")
        if _digest(located) != known[located.path]:
            raise SourceError(
                f"{located.path} has changed since the run in {result.path}.",
                hint="Run again: what the run said of its rows is not true of the new ones.",
            )
    return [located.path for located in files]


def _digest(located: Located) -> str | None:
    with Stored(located) as stored:
        return stored.digest()
