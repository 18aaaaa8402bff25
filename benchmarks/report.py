"""The rows of ``speed.py``: kept in a file, shown as a table."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import machine

Row = dict[str, Any]


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [
        "| row | ours, s | other, s | ratio | target | met | cpu, s | peak, MB | recall | precision: pairs, clusters |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if "failed" in row:
            lines.append(f"| {row['row']} | could not be run: {row['failed']} | | | | no | | | | |")
            continue
        sides = [row[side] for side in ("ours", "other") if side in row]
        cells = [
            row["row"],
            *[_spread([run["wall"] for run in side]) for side in sides],
            *[""] * (2 - len(sides)),
            f"{row['ratio']:.5g}",
            row["target"],
            {True: "yes", False: "NO", None: ""}[row["met"]],
            " / ".join(f"{statistics.median(run['cpu'] for run in side):.1f}" for side in sides),
            " / ".join(f"{statistics.median(run['peak_mb'] for run in side):.0f}" for side in sides),
            *_quality(row.get("quality", {})),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _spread(walls: list[float]) -> str:
    """Median and range."""
    return f"{statistics.median(walls):.2f} ({min(walls):.2f}–{max(walls):.2f})"


def _quality(quality: dict[str, dict[str, float]]) -> tuple[str, str]:
    """The cells of recall and precision, a value for each side."""
    recall = " / ".join(f"{side['recall']:.4f}" for side in quality.values())
    precision = " / ".join(
        f"{side['precision']:.4f}, {side['precision of clusters']:.4f}"
        for side in quality.values()
        if "precision" in side
    )
    return recall, precision


def merge(path: Path, rows: list[Row]) -> None:
    """Put rows into the file of results, in place of those of the same names."""
    kept = json.loads(path.read_text(encoding="utf-8"))["rows"] if path.exists() else []
    names = {row["row"] for row in rows}
    kept = [row for row in kept if row["row"] not in names]
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {"machine": machine.describe(), "rows": kept + rows}
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
