"""How likely it is that one text of a pair was made from the other by a synonym machine.

Such a machine replaces single words here and there, all through the text, mostly by what dictionaries call synonyms;
it leaves names, numbers and quotations alone, and every word in its place (Zhang, Wang and Voelker, "DSpin: Detecting
automatically spun content on the web", NDSS 2014). An editor replaces few words, and rather cuts, adds, moves, changes
a name or a figure, or writes by another style guide; who tells the same event anew keeps no sentence.

Logistic regression over named features; the weights stand in ``spin.toml``, ``benchmarks/fit_spin.py`` fits them.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.engine.base import U64, IntArray
from dedup.kernels import edits as columns
from dedup.kernels.banded import DELETED, EQUAL, INFLECTED, INSERTED, MOVED, NOTATION, OTHER, SYNONYM
from dedup.kernels.edited import pair_hashes
from dedup.match.edits import LEAST_WORDS, SPECIFIC_WORDS, prose, replaced, specifics, words_of
from dedup.match.pairs import of_table

WEIGHTS = Path(__file__).with_name("spin.toml")
_SPUN_PLACES, _SPUN_WORDS = 3, 40
_REWRITTEN = 0.05  # of the aligned words; a text in another house's style has a tenth of that
_GAPS = (INSERTED, DELETED, MOVED)
_QUOTED_WORDS = 10  # inside quotations that weigh as much as what is known of quotations in general

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
NAMES = (
    "replaced_rate",  # words replaced by others, in a hundred; rates as logarithms, see ``_rate``
    "known_kinds",  # distinct replacements that are known, as a logarithm
    "isolated_share",  # runs of edits in which one or two words are replaced by one to three
    "notation_rate",  # words in another notation, in a hundred
    "inflected_rate",  # words in another inflection, in a hundred
    "specific_rate",  # edits that touch a name or a number, to a hundred words
    "gap_share",  # of edited words, those put in, left out or moved
    "quoted_rate",  # words edited inside quotations, in a hundred
)


def features(totals: IntArray, n_kinds: IntArray) -> Floats:
    """What the edits of each pair say, ``float64[pairs, len(NAMES)]``; all but the last of words outside quotations.

    Args:
        totals: as ``match.edits.totals`` gives them.
        n_kinds: as ``known_kinds`` gives them.
    """
    aligned = prose(totals)
    others = totals[:, 2 * SYNONYM] + totals[:, 2 * OTHER]
    gaps = totals[:, [2 * kind for kind in _GAPS]].sum(axis=1)
    quoted = totals[:, columns.QUOTED_WORDS]
    made = {
        "replaced_rate": _rate(others, aligned),
        "known_kinds": np.log1p(n_kinds),
        "isolated_share": (totals[:, columns.ISOLATED] + 0.5) / (totals[:, columns.STRETCHES] + 1),
        "notation_rate": _rate(totals[:, 2 * NOTATION], aligned),
        "inflected_rate": _rate(totals[:, 2 * INFLECTED], aligned),
        "specific_rate": _rate(specifics(totals), aligned),
        "gap_share": (gaps + 0.5) / (gaps + others + 1),
        "quoted_rate": _rate(quoted - totals[:, columns.QUOTED_EQUAL], quoted + _QUOTED_WORDS),
    }
    return np.stack([np.asarray(made[name], np.float64) for name in NAMES], axis=1)


def _rate(count: IntArray, of: IntArray) -> Floats:
    """How many in a hundred, as a logarithm: from 1 to 2 it is as far as from 10 to 20."""
    return np.log1p(100 * count / np.maximum(of, 1))


def known_kinds(table: pa.Table, known: Flags, pair: IntArray, n_pairs: int) -> IntArray:
    """How many distinct known replacements each pair has.

    Args:
        table: ``substitutions.REPLACED``.
        known: of each of its rows, as ``substitutions.learn`` tells.
        pair: the pair of each row.
    """
    rows = (pair[known], *(table.column(name).to_numpy()[known] for name in ("lesser", "greater")))
    order = np.lexsort(rows)
    first = np.ones(len(order), np.bool_)
    first[1:] = np.any([column[order][1:] != column[order][:-1] for column in rows], axis=0)
    return np.bincount(rows[0][order][first], minlength=n_pairs)


def scores(totals: IntArray, n_kinds: IntArray) -> pa.Array:
    """The spin score of each pair, a probability; null where fewer than ``LEAST_WORDS`` words are aligned.

    Args:
        totals, n_kinds: as ``features`` takes them.
    """
    weights, bias = _model()
    logits = features(totals, n_kinds) @ weights + bias
    return pa.array(1 / (1 + np.exp(-logits)), mask=prose(totals) < LEAST_WORDS)


@functools.cache
def _model() -> tuple[Floats, float]:
    """Weights in the order of ``NAMES``, and the bias."""
    model = tomllib.loads(WEIGHTS.read_text(encoding="utf-8"))
    return np.array([model["weights"][name] for name in NAMES], np.float64), float(model["bias"])


def spun_passages(spans: pa.Table, table: pa.Table, known: Flags) -> Flags:
    """Which passages are spun: known replacements at ``_SPUN_PLACES`` or more, and at one in ``_SPUN_WORDS`` words.

    Args:
        spans: ``schema.SPANS``.
        table: ``substitutions.REPLACED``.
        known: of each row of ``table``, as ``substitutions.learn`` tells.
    """
    places, rows = _places(spans, "left_word_begin"), np.sort(_places(table, "left_passage")[known])
    n_known = np.searchsorted(rows, places, "right") - np.searchsorted(rows, places, "left")
    n_words = spans.column("left_word_end").to_numpy() - spans.column("left_word_begin").to_numpy()
    return np.asarray((n_known >= _SPUN_PLACES) & (n_known * _SPUN_WORDS >= n_words))


def _places(table: pa.Table, begin: str) -> U64:
    """One number for each passage: a hash of its documents and its first word."""
    return pair_hashes(of_table(table), table.column(begin).to_numpy().astype(np.uint64))


def rewritten(totals: IntArray, n_left: IntArray, n_right: IntArray) -> tuple[Floats, Floats, Floats]:
    """What tells a rewrite from texts that merely share something, of each pair.

    Args:
        totals: as ``match.edits.totals`` gives them.
        n_left, n_right: words of the two texts.

    Returns:
        The share of the shorter text's words that are equal to others of the longer one, or stand for them; the share
        of these for which there are other words, neither inflections nor notations; and the share that these are of all
        edited words (the others were put in, left out or moved within the passages, inflected, or noted otherwise).
    """
    equal = words_of(totals, EQUAL)
    aligned = equal + replaced(totals) + replaced(totals, inside=True)
    substituted = words_of(totals, SYNONYM) + words_of(totals, OTHER)
    edited = aligned - equal + totals[:, [2 * kind + side for kind in _GAPS for side in (0, 1)]].sum(axis=1)
    shorter = np.maximum(np.minimum(n_left, n_right), 1)
    return (
        np.minimum(aligned / shorter, 1.0),
        substituted / np.maximum(aligned, 1),
        substituted / np.maximum(edited, 1),
    )


def is_rewrite(totals: IntArray, n_left: IntArray, n_right: IntArray) -> Flags:
    """Whether one text of each pair is the other in other words: half of the shorter is aligned, much of it replaced.

    That is ``_REWRITTEN`` of the aligned words, and more than half of all edits; and names and numbers are the same, as
    they are not where two texts tell of two events, or of one at two times.

    Args:
        totals, n_left, n_right: as ``rewritten`` takes them.
    """
    aligned, substituted, of_edits = rewritten(totals, n_left, n_right)
    n_prose = prose(totals)
    same = (specifics(totals) * SPECIFIC_WORDS <= n_prose) & (n_prose >= LEAST_WORDS)
    return np.asarray(same & (aligned >= 0.5) & (substituted >= _REWRITTEN) & (of_edits > 0.5))
