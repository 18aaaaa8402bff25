"""Fit how sure a lineage edge is: writes ``[confidence]`` of ``dedup/lineage/model.toml``.

Usage: ``python benchmarks/fit_confidence.py [--work DIR] [--out FILE]``. A marginal of the branchings is a probability
only if the weights of the edges are; here it is made one (Platt 1999): of edges, of rows that name no parent, and of
further parents, each with a slope and a shift, with dates and without. Learns from simulated stories of the ``dev``
half, with right dates, wrong ones and none, with documents hidden, from small stories, and from worlds with other rates
that ``fit_kinship.py`` has not seen. Run ``fit_direction.py`` and ``fit_kinship.py`` before.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import tomli_w
from environments import work_folder
from histories import Story
from lineages import MISSING, WRONG, Bench, Run
from lineages.trees import viewed
from newswire import DATA
from phylogeny import calibration_error
from syndication.worlds import world

from dedup.lineage.model import CERTAINTY, FILE, model

Floats = npt.NDArray[np.float64]
RIDGE = 1.0
STEPS, MOST_STEP = 100, 0.2  # of Newton's method
LEAST_SLOPE = 0.05  # what is surer is never less likely
SMALL = {"least": 2, "median": 2.5, "most": 5}  # documents of a story: most stories of a real pile are small
WORLDS = range(1000, 1004)
PAIR = 2  # texts of a story in which nothing competes
OWN = {"name", "metadata"}  # settings that are no rates


def main() -> int:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=work_folder() / "fit", help="folder for runs")
    parser.add_argument("--stories", type=int, default=300, help="simulated stories")
    parser.add_argument("--out", type=Path, default=FILE, help="file for the weights")
    options = parser.parse_args()
    if not DATA.exists():
        print(f"{DATA} is absent: set DEDUP_DATA to the folder that holds it.", file=sys.stderr)
        return 2
    bench = Bench(options.work, "dev", options.stories, 1)
    rows = [row for stories, run, metadata in runs(bench) for row in judged(stories, run, metadata=metadata)]
    told = tomllib.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    told["confidence"] = {kind: fitted(kind, [row[1:] for row in rows if row[0] == kind]) for kind in CERTAINTY}
    options.out.write_text(tomli_w.dumps(told), encoding="utf-8")
    return 0


def runs(bench: Bench) -> Iterator[tuple[Sequence[Story], Run, bool]]:
    """Stories, a run over them, and whether it saw their metadata."""
    for metadata in (False, True):
        yield *bench.plain(metadata=metadata), metadata
        yield *bench.veiled(metadata=metadata), metadata
        yield *bench.simulated("small", metadata=metadata, **SMALL), metadata
        for number in WORLDS:
            rates = {name: value for name, value in vars(world(number)).items() if name not in OWN}
            yield *bench.simulated(f"world{number}", metadata=metadata, **rates), metadata
    yield *bench.simulated("dates", metadata=True, wrong_dates=WRONG, missing_dates=MISSING), True


def judged(stories: Sequence[Story], run: Run, *, metadata: bool) -> Iterator[tuple[str, float, bool]]:
    """What each row is, how sure it says to be, and whether it is right; of rows between different texts."""
    columns = ("child_id", "parent_id", "parent_kind", "relation", "rank")
    rows = {(row[0], row[4]): row[1:4] for row in zip(*run.table("lineage", columns).values(), strict=True)}
    table = run.table("documents", ("doc_id", "published_at", "story_id", "text_digest"))
    undated = {doc for doc, date in zip(table["doc_id"], table["published_at"], strict=True) if date is None}
    texts: dict[str, set[str]] = defaultdict(set)
    for number, digest in zip(table["story_id"], table["text_digest"], strict=True):
        texts[number].add(digest)
    story_of = dict(zip(table["doc_id"], table["story_id"], strict=True))
    for story in stories:
        true, claims = viewed(story, run.claims_of(story), metadata=metadata)
        for claim in claims:
            if (claim.child, claim.rank) not in rows:  # of a text with copies, ranks are counted over all of them
                continue
            parent, kind, relation = rows[claim.child, claim.rank]
            right = true.verdict(claim)
            kind = "further" if claim.rank > 1 else kind
            kind = "pair" if kind == "document" and len(texts[story_of[claim.child]]) == PAIR else kind
            told = claim.confidence is not None and right is not None
            if told and kind in CERTAINTY and relation != "exact":
                dated = undated.isdisjoint({claim.child, parent})
                yield f"{kind}_dated" if dated else kind, claim.confidence, right


def fitted(kind: str, rows: list[tuple[float, bool]]) -> dict[str, float]:
    """Slope and shift that turn the log-odds of a marginal into those of being right."""
    said = np.clip(np.array([chance for chance, _ in rows]), 1e-6, 1 - 1e-6)
    right = np.array([own for _, own in rows])
    slope, shift = model().confidence[kind]
    raw = (np.log(said / (1 - said)) - shift) / slope  # what the run had before it was calibrated
    inputs = np.column_stack((raw, np.ones(len(raw))))
    weights = np.array([1.0, 0.0])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (right - chance) - RIDGE * (weights - [1.0, 0.0])
        curvature = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + RIDGE * np.eye(2)
        weights += np.clip(np.linalg.solve(curvature, gradient), -MOST_STEP, MOST_STEP)  # else it may run away
        weights[0] = max(weights[0], LEAST_SLOPE)
    chance = 1 / (1 + np.exp(-inputs @ weights))
    print(
        f"{kind}: {len(rows)} rows, right {right.mean():.3f}, calibration error {calibration_error(said, right):.3f}, "
        f"now {calibration_error(chance, right):.3f}, slope {weights[0]:.3f}, shift {weights[1]:.3f}"
    )
    return {"slope": round(float(weights[0]), 4), "shift": round(float(weights[1]), 4)}


if __name__ == "__main__":
    sys.exit(main())
