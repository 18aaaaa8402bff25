"""The five seed articles: the spun one is called so, with evidence, the others are not, nothing is derived falsely."""

from __future__ import annotations

from collections.abc import Iterator

from newswire import ROOT

from questions import Bench, Row, row

SPUN = "002_222a944fa76b50d4.txt"
TRACES = ("jap", "1000's", "in opposition to")  # must be among the evidence
DERIVED = {"000_38826c91f0b48928.txt", "001_8683e412f98dc48b.txt"}  # the only pair of them that shares its text


def ask(bench: Bench) -> Iterator[Row]:
    """One run on the folder."""
    run = bench.run("seeds", ROOT / "seeds")
    table = run.table("documents", ["doc_id", "spin_score", "spin_evidence"])
    scores = dict(zip(table["doc_id"], table["spin_score"], strict=True))
    evidence = dict(zip(table["doc_id"], table["spin_evidence"], strict=True))[SPUN]
    phrases = [piece["phrase"].lower().replace("’", "'") for piece in evidence] if evidence is not None else None
    others = [score or 0.0 for doc, score in scores.items() if doc != SPUN]
    yield row("seeds-spun", scores[SPUN], least=0.8)
    yield row("seeds-highest-other", None if scores[SPUN] is None else max(others), most=0.2)
    found = None if phrases is None else sum(any(trace in phrase for phrase in phrases) for trace in TRACES)
    yield row("seeds-traces-named", found, least=len(TRACES), evidence=phrases)
    accepted = {frozenset(pair) for pair, verdict in run.pairs(["accepted"]).items() if verdict["accepted"]}
    yield row("seeds-falsely-derived", len(accepted - {frozenset(DERIVED)}), most=0)
