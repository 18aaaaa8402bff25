"""Bands and rows: which share of the similar pairs a banding finds, and what it costs.

A signature of ``bands * rows`` slots is cut into bands of ``rows`` slots; two documents meet when one band agrees in
full. Two sets of Jaccard resemblance J agree in one slot with probability J (Broder 1997), hence in at least one band
with probability 1 - (1 - J^rows)^bands: the S-curve of Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*,
section 3.4.2. More rows make it steeper, more bands move it to the left.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import math
from dataclasses import dataclass
from typing import Any

from dedup.config import Config
from dedup.errors import ConfigError

_MOST_SLOTS = 4096  # the largest num_perm that Config takes
_CURVE = tuple(step / 10 for step in range(1, 11))
_UNRELATED = (0.1, 0.3)  # resemblance of texts on one subject, as a rule: to become a candidate is wasted work
_DATASKETCH_SLOTS = 128  # the default num_perm of datasketch.MinHash and MinHashLSH
_BAR = 30


@dataclass(frozen=True, slots=True)
class Bands:
    """A cut of a signature: ``bands`` groups of ``rows`` slots each."""

    bands: int
    rows: int

    @property
    def slots(self) -> int:
        """Slots of the signature that are used at all."""
        return self.bands * self.rows


@dataclass(frozen=True, slots=True)
class Peer:
    """The banding of another tool: what it finds at ``min_jaccard``, and at each point of the curve."""

    name: str
    bands: int
    rows: int
    found: float
    curve: tuple[tuple[float, float], ...]

    @property
    def label(self) -> str:
        """Name and banding, as in ``datatrove 14x8``."""
        return f"{self.name} {self.bands}x{self.rows}"


@dataclass(frozen=True, slots=True)
class Tuning:
    """What a choice of ``--min-jaccard``, ``--recall`` and ``--num-perm`` buys, and what it costs.

    Attributes:
        found: share of the pairs at exactly ``min_jaccard`` that become candidates.
        curve: (jaccard, probability of becoming a candidate), at 0.1, 0.2 ... 1.0.
        slots_per_shingle: permutations computed for every shingle of every document.
        keys_per_document: band keys under which a document is filed.
        bytes_per_document: size of these keys.
        wasted: (jaccard, probability) for texts that resemble each other as unrelated ones on one subject do.
        peers: the same for other tools, at their own defaults.
    """

    min_jaccard: float
    recall: float
    num_perm: int
    bands: int
    rows: int
    found: float
    curve: tuple[tuple[float, float], ...]
    slots_per_shingle: int
    keys_per_document: int
    bytes_per_document: int
    wasted: tuple[tuple[float, float], ...]
    peers: tuple[Peer, ...]

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, ready for JSON."""
        values = dataclasses.asdict(self)
        for holder in (values, *values["peers"]):
            holder["curve"] = _points(holder["curve"])
        values["wasted"] = _points(values["wasted"])
        values["peers"] = list(values["peers"])
        return values

    def text(self) -> str:
        """The same for a reader: the choice, the curve beside that of other tools, the cost."""
        return "\n".join([*self._choice_lines(), "", *self._curve_lines(), "", *self._cost_lines()])

    def _choice_lines(self) -> list[str]:
        return [
            f"{self.bands} bands of {self.rows} rows ({self.slots_per_shingle} of {self.num_perm} slots).",
            f"Of the pairs at Jaccard {self.min_jaccard:g} they find {_percent(self.found)}, of the closer ones more.",
        ]

    def _curve_lines(self) -> list[str]:
        lines = [f"{'Jaccard  found here':{19 + _BAR + 3}}" + "".join(f"{peer.label:>18}" for peer in self.peers)]
        for jaccard in sorted({self.min_jaccard, *_CURVE}):
            share = probability(jaccard, self.bands, self.rows)
            others = [_percent(probability(jaccard, peer.bands, peer.rows)) for peer in self.peers]
            bar = "#" * round(share * _BAR)
            lines.append(f"{jaccard:7g}  {_percent(share):>9} |{bar:{_BAR}}|" + "".join(f"{o:>18}" for o in others))
        return lines

    def _cost_lines(self) -> list[str]:
        wasted = " and ".join(f"{_percent(share)} at Jaccard {jaccard:g}" for jaccard, share in self.wasted)
        return [
            f"A shingle costs {self.slots_per_shingle} slots, a document {self.bytes_per_document} bytes of keys.",
            f"Unrelated pairs that become candidates all the same (each is then compared exactly): {wasted}.",
        ]


def probability(jaccard: float, bands: int, rows: int) -> float:
    """Probability that two sets become a candidate pair.

    Args:
        jaccard: resemblance of the two sets, from 0 to 1.
        bands: number of bands.
        rows: slots in a band.

    Returns:
        1 - (1 - jaccard^rows)^bands, exact to rounding even where it is tiny.

    >>> round(probability(0.7, 14, 8), 3)
    0.565
    """
    agree = jaccard**rows
    if agree >= 1.0:
        return 1.0
    return -math.expm1(bands * math.log1p(-agree))


@functools.cache
def choose(min_jaccard: float, recall: float, num_perm: int) -> Bands:
    """Choose the banding that finds what is asked with the least waste.

    That is the steepest curve (most rows) that a signature of ``num_perm`` slots allows, and for it the fewest bands.

    Args:
        min_jaccard: resemblance from which pairs must be found.
        recall: share of the pairs at exactly that resemblance that must be found.
        num_perm: slots that may be used.

    Raises:
        ConfigError: no banding within ``num_perm`` slots finds so much; the hint says what would do.

    >>> choose(0.7, 0.99, 128)
    Bands(bands=17, rows=4)
    """
    for rows in range(num_perm, 0, -1):
        most = num_perm // rows
        if probability(min_jaccard, most, rows) >= recall:
            enough = (bands for bands in range(1, most + 1) if probability(min_jaccard, bands, rows) >= recall)
            return Bands(next(enough), rows)
    raise ConfigError(
        f"No banding of {num_perm} slots finds {recall:g} of the pairs at Jaccard {min_jaccard:g}.",
        hint=_what_would_do(min_jaccard, recall, num_perm),
    )


def tuning(config: Config) -> Tuning:
    """Work out what the banding of these settings finds and costs, beside what other tools' defaults would find.

    Raises:
        ConfigError: no banding fits the settings.
    """
    chosen = choose(config.min_jaccard, config.recall, config.num_perm)
    bands, rows = chosen.bands, chosen.rows
    return Tuning(
        min_jaccard=config.min_jaccard,
        recall=config.recall,
        num_perm=config.num_perm,
        bands=bands,
        rows=rows,
        found=probability(config.min_jaccard, bands, rows),
        curve=_curve(bands, rows),
        slots_per_shingle=chosen.slots,
        keys_per_document=bands,
        bytes_per_document=8 * bands,
        wasted=tuple((jaccard, probability(jaccard, bands, rows)) for jaccard in _UNRELATED),
        peers=_peers(config.min_jaccard),
    )


def _curve(bands: int, rows: int) -> tuple[tuple[float, float], ...]:
    return tuple((jaccard, probability(jaccard, bands, rows)) for jaccard in _CURVE)


def _peers(min_jaccard: float) -> tuple[Peer, ...]:
    """Other tools at their defaults: datatrove's and NeMo Curator's are fixed, datasketch's depend on the threshold."""
    known = [("datatrove", 14, 8), ("NeMo", 20, 13)]
    # datasketch is an extra, for it brings SciPy; and it has no banding for thresholds near 1.
    with contextlib.suppress(ImportError, ValueError):
        from datasketch import MinHashLSH

        index = MinHashLSH(threshold=min_jaccard, num_perm=_DATASKETCH_SLOTS)
        known.append(("datasketch", index.b, index.r))
    return tuple(
        Peer(name, bands, rows, probability(min_jaccard, bands, rows), _curve(bands, rows))
        for name, bands, rows in known
    )


def _what_would_do(min_jaccard: float, recall: float, num_perm: int) -> str:
    # One row a band is the most generous banding there is: what it cannot find, none can.
    needed = math.ceil(math.log1p(-recall) / math.log1p(-min_jaccard))
    reachable = math.floor(probability(min_jaccard, num_perm, 1) * 1000) / 1000
    advice = []
    if needed <= _MOST_SLOTS:
        advice.append(f"a num_perm of {needed} or more")
    if reachable > 0.0:
        advice.append(f"a recall of {reachable:g} or less")
    return f"{' or '.join(advice)} would do.".capitalize() if advice else "Raise min_jaccard."


def _points(curve: tuple[tuple[float, float], ...]) -> list[dict[str, float]]:
    return [{"jaccard": jaccard, "probability": share} for jaccard, share in curve]


def _percent(share: float) -> str:
    """Three digits that never round up to certainty or down to nothing."""
    if 0.0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1.0:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"
