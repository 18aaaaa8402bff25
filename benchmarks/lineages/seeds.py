"""The five seed articles: one derivation among them, and a spun article whose source is not there."""

from __future__ import annotations

from collections.abc import Iterator

from newswire import ROOT

from lineages import Bench, Row, figure, row, started

CHILD, PARENT = "000_38826c91f0b48928.txt", "001_8683e412f98dc48b.txt"
SPUN = "002_222a944fa76b50d4.txt"


def ask(bench: Bench) -> Iterator[Row]:
    """One run on the folder; its files bear dates."""
    run = started(ROOT / "seeds", bench.work / "lineage" / "seeds")
    columns = ("child_id", "parent_id", "parent_kind", "confidence")
    rows = list(zip(*run.table("lineage", columns).values(), strict=True))
    named = {(child, parent): confidence for child, parent, kind, confidence in rows if kind == "document"}
    yield row("seeds, confidence of 001 -> 000", None, figure(named.pop((CHILD, PARENT), 0.0), least=0.9))
    yield row("seeds, other derivations", None, figure(len(named), most=0), others=sorted(map(list, named)))
    table = run.table("documents", ("doc_id", "spin_score"))
    score = dict(zip(table["doc_id"], table["spin_score"], strict=True))[SPUN]
    kinds = sorted({kind for child, _, kind, _ in rows if child == SPUN})
    yield row("seeds, 002 is spun", None, figure(score, least=0.5), parent_kinds=kinds)
