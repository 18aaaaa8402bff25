"""Pictures of the report, drawn as SVG in Python: no library, no script, no style but that of the classes."""

from __future__ import annotations

from dedup.report.draw.charts import Measured, bars, binned, curve, histogram
from dedup.report.draw.lineage import lineage
from dedup.report.draw.network import Flow, Standing, Standings, network, standings
from dedup.report.draw.style import CSS

__all__ = [
    "CSS",
    "Flow",
    "Measured",
    "Standing",
    "Standings",
    "bars",
    "binned",
    "curve",
    "histogram",
    "lineage",
    "network",
    "standings",
]
