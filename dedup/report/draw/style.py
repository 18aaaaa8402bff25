"""Rules of CSS for the drawings: all colours are custom properties of the palette, and nothing is styled in place."""

from __future__ import annotations

from dedup.report.draw.palette import DASHES, RELATIONS, variables

FACE = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'

_BASE = """\
.drawing{display:block;font:12px/1.3 FACE;font-variant-numeric:tabular-nums;overflow:visible;color:var(--ink)}
.drawing text{fill:var(--ink)}
.drawing .quiet{fill:var(--ink-2)}
.drawing .strong{font-weight:600}
.drawing .end{text-anchor:end}
.drawing .mid{text-anchor:middle}
.drawing .halo{paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
.drawing .ground{fill:var(--panel)}
.drawing .rule{stroke:var(--line);stroke-width:1;fill:none;shape-rendering:crispEdges}
.drawing .axis{stroke:var(--edge);stroke-width:1;fill:none;shape-rendering:crispEdges}
.drawing .tear{stroke:var(--edge);fill:none}
.drawing a{cursor:pointer;text-decoration:none}
.drawing a:focus,.drawing g:focus{outline:none}
.drawing.chart{width:100%;max-width:520px;height:auto}
.drawing.small{width:100%;max-width:400px;height:auto}
.drawing.network{width:auto;max-width:none}
@media print{.drawing{max-width:100%;height:auto}}
"""

_CHARTS = """\
.drawing .bar{fill:var(--c1)}
.drawing .fine{fill:none;stroke:var(--c1);stroke-width:2;stroke-linejoin:round}
.drawing .under{fill:var(--w1)}
.drawing .mark{stroke:var(--c2);stroke-width:1.5;stroke-dasharray:4 3;fill:none}
.drawing .marked{fill:var(--c2);paint-order:stroke;stroke:var(--panel);stroke-width:3px}
.drawing .whisker{stroke:var(--c2);stroke-width:2;fill:none}
.drawing .seen{fill:var(--panel);stroke:var(--c2);stroke-width:2}
.drawing .flow{fill:none;stroke:var(--c1)}
.drawing .flow.against{stroke:var(--c2)}
.drawing .tip{fill:var(--c1)}
.drawing .tip.against{fill:var(--c2)}
.drawing .led{fill:var(--c1)}
.drawing .followed{fill:var(--edge)}
.drawing .arc:hover .flow{stroke-opacity:1;stroke:var(--focus)}
.drawing .arc:hover .tip{fill:var(--focus)}
"""

_LINEAGE = """\
.lineage .lane{fill:var(--sunken)}
.lineage .span{stroke:var(--edge);stroke-width:1;stroke-opacity:.35;fill:none}
.lineage .dot{fill:var(--ink);stroke:var(--panel);stroke-width:1.5}
.lineage .gone .dot{fill:var(--panel);stroke:var(--ink);stroke-width:1.5}
.lineage .unseen .dot{fill:var(--panel);stroke:var(--rel-unseen);stroke-width:1.5;stroke-dasharray:3 2}
.lineage .unseen .name{fill:var(--ink-2);font-style:italic}
.lineage .edge .line{fill:none}
.lineage .edge.further .head{fill:var(--panel);stroke-width:1}
.lineage .ebb{paint-order:stroke;stroke-width:4px}
.lineage .ebb,.lineage .undated .halo{stroke:var(--sunken)}
.lineage .edge .hit{fill:none;stroke:transparent;stroke-width:11;pointer-events:stroke}
.lineage .edge.off,.lineage [hidden]{display:none}
.lineage .dim{opacity:.14}
.lineage .edge:hover .line,.lineage .edge:focus-visible .line,.lineage .edge.lit .line{stroke-width:3.4}
.lineage .edge:hover .line,.lineage .edge:focus-visible .line,.lineage .edge.lit .line{stroke-opacity:1}
.lineage .edge:hover .head,.lineage .edge:focus-visible .head,.lineage .edge.lit .head{fill-opacity:1}
.lineage .edge:focus-visible .line{stroke:var(--focus)}
.lineage .edge:focus-visible .head{fill:var(--focus)}
.lineage .node:hover .name,.lineage .node.lit .name{text-decoration:underline}
.lineage .node .ring{fill:none;stroke:none}
.lineage .node:focus-visible .ring,.lineage .node.lit .ring{stroke:var(--focus);stroke-width:2}
"""


def _relations() -> str:
    """Colour and dashes of each relation."""
    rules = []
    for relation in RELATIONS:
        dashes = f";stroke-dasharray:{DASHES[relation]}" if DASHES[relation] else ""
        rules.append(f".drawing .rel-{relation} .line{{stroke:var(--rel-{relation}){dashes}}}")
        rules.append(f".drawing .rel-{relation}.further .head{{stroke:var(--rel-{relation})}}")
        rules.append(f".drawing .rel-{relation} .head,.drawing .bar.rel-{relation}{{fill:var(--rel-{relation})}}")
    return "\n".join(rules) + "\n"


RULES = _BASE.replace("FACE", FACE) + _CHARTS + _LINEAGE + _relations()
SCROLL = ".scroll{overflow-x:auto;overscroll-behavior-x:contain}\n"
CSS = variables() + RULES + SCROLL
"""All that a page needs for its colours and drawings."""
