"""The run as a whole: counts, distributions, who leads and who follows, the S-curve with the measured recall."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.report.gather import Gather
from dedup.report.safe import bounded
from dedup.report.tables import floats, integers
from dedup.report.views import Overview
from dedup.result.summary import SUSPECTED, counted, summarise
from dedup.sketch.bands import probability

if TYPE_CHECKING:
    from dedup.result import Result

_BINS = 20  # of originality
_SIZES = ((2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, 999), (1000, None))
_NAME_SHOWN = 60
_CURVE = tuple(step / 50 for step in range(51))
_REASONS_SHOWN = 12


def overview(gather: Gather) -> Overview:
    """Gather what the page says of the whole run."""
    result, record = gather.result, gather.result.record
    found = summarise(result)
    own = floats(result.documents, "originality")
    measured = ~np.isnan(own)
    bands, rows = record["banding"]["bands"], record["banding"]["rows"]
    measured_recall, recall = _recall(result)
    return Overview(
        figures=tuple(_figures(gather, found)),
        relations=tuple(sorted(found["pairs_by_relation"].items(), key=lambda item: (-item[1], item[0]))),
        channels=tuple((name, n["pairs"], n["alone"]) for name, n in found["channels"].items()),
        originality=tuple(np.histogram(own[measured], _BINS, (0.0, 1.0))[0].tolist()),
        n_unmeasured=int(np.count_nonzero(~measured)),
        clusters=_sizes(integers(result.clusters, "n_documents")),
        stories=_sizes(integers(result.stories, "n_documents")),
        flows=_flows(gather),
        bands=bands,
        rows=rows,
        min_jaccard=result.config.min_jaccard,
        curve=tuple((jaccard, probability(jaccard, bands, rows)) for jaccard in _CURVE),
        measured=measured_recall,
        recall=recall,
        rejects=_reasons(result),
        warnings=tuple(found["warnings"]),
    )


def _figures(gather: Gather, found: dict[str, Any]) -> Iterable[tuple[str, int, str]]:
    result = gather.result
    n_copies = int(integers(result.clusters, "n_documents").sum()) - result.clusters.num_rows
    yield "Documents", found["n_documents"], f"{found['n_documents'] - found['n_removed']:,} of them kept"
    yield "Copies", n_copies, f"beyond the first in {counted(found['n_clusters'], 'cluster')}"
    if "excerpts" in result.config.detect:
        primary = result.lineage.filter(pc.equal(result.lineage.column("rank"), 1)).column("relation")
        relations = Counter(primary.to_pylist())
        yield "Excerpts", relations["excerpt"], "texts taken out of a longer one"
        yield "Rewrites", relations["rewrite"], "texts made of another in other words"
        yield "Unseen sources", found["n_unseen"], "inferred; not in the pile"
    n_spun = int(np.count_nonzero(floats(result.documents, "spin_score") >= SUSPECTED))
    yield "Spun texts", n_spun, f"spin score of {SUSPECTED} or more"
    yield "Stories", found["n_stories"], f"{counted(int(np.count_nonzero(gather.story)), 'document')} that share text"
    yield "Rejects", found["n_rejects"], "records that could not be used"


def _sizes(sizes: np.ndarray[Any, Any]) -> tuple[tuple[str, int], ...]:
    """How many of each size, up to the greatest there is."""
    found = []
    for least, most in _SIZES:
        if len(sizes) and least <= sizes.max():
            inside = (sizes >= least) & ((sizes <= most) if most else True)
            name = f"{least}" if least == most else f"{least}–{most}" if most else f"{least} or more"
            found.append((name, int(np.count_nonzero(inside))))
    return tuple(found)


def _flows(gather: Gather) -> tuple[tuple[str, str, int], ...]:
    """Whose texts were made of whose: by primary parents in the pile, from one publisher to another."""
    names = gather.result.documents.column("publisher").combine_chunks().dictionary_encode()
    codes = np.asarray(names.indices.fill_null(-1), np.int64)
    primary = (integers(gather.result.lineage, "rank") == 1) & (gather.parent >= 0)
    one, other = codes[gather.parent[primary]], codes[gather.child[primary]]
    across = (one >= 0) & (other >= 0) & (one != other)
    counts = Counter(zip(one[across].tolist(), other[across].tolist(), strict=True))
    name = [bounded(text, _NAME_SHOWN) for text in names.dictionary.to_pylist()]
    order = sorted(counts.items(), key=lambda flow: (-flow[1], flow[0]))
    return tuple((name[leader], name[follower], n) for (leader, follower), n in order)


def _recall(result: Result) -> tuple[tuple[float, float, float, float, str] | None, str]:
    """The measured recall as a point with its interval of 95 %, and in words."""
    found, expected = result.record["recall"]["found"], result.record["recall"]["expected"]
    sampled, least = counted(result.record["recall"]["sampled"], "sampled text"), result.config.min_jaccard
    stated = f"Asked for: {result.record['recall']['stated']:.1%} of the pairs at exactly {least:g}."
    if not expected:
        return None, f"{stated} Not measured: {sampled} had no pair of {least:g} or more."
    low, high = _wilson(found, expected)
    said = f"{found:,} of {counted(expected, 'pair')} of {sampled}"
    return (least, found / expected, low, high, said), f"{stated} Measured at {least:g} or more: {said}."


def _wilson(found: int, n: int) -> tuple[float, float]:
    """Where a share lies with 95 % confidence (Wilson 1927)."""
    share, z2 = found / n, 1.96**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def _reasons(result: Result) -> tuple[tuple[str, int], ...]:
    counts: pa.StructArray = result.rejects.column("reason").value_counts()
    found = [(row["values"], row["counts"]) for row in counts.to_pylist()]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0]))[:_REASONS_SHOWN])
