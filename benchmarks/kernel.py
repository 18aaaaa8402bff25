"""Compare the sketch kernel with the same kernel in C: ``sketch.c``, built by ``gcc -O3 -march=native``.

Usage: ``python benchmarks/kernel.py [--documents 20000] [--repeats 7]``. Both make digests, band keys and probes of the
same batches, in turn, on one core; the C kernel gets the buffers and tables ready made, ours is called as the pipeline
calls it. Exits with 1 where the keys are not equal, bit for bit, or ours is slower than 0.80 of the speed of C; with 2
where there is no gcc. The corpus is made up from a fixed seed: Zipfian pseudo-words, 2.4 kB a document on average, some
non-ASCII characters in 15 % of the documents.
"""

from __future__ import annotations

import argparse
import ctypes
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from machine import describe

from dedup.config import Config
from dedup.kernels._jit import kernel
from dedup.kernels.digest import xxh3_128
from dedup.kernels.hashing import hash_words
from dedup.kernels.minhash import signature
from dedup.kernels.scan import PADDING, scan
from dedup.kernels.shingles import fill_shingles
from dedup.sketch import bands
from dedup.sketch.composing import buffers
from dedup.sketch.keys import PROBES, keys, slot_permutations
from dedup.sketch.tables import tables

HERE = Path(__file__).resolve().parent
RESULT = HERE / "results" / "kernel.json"
BATCH = 2048
MIN_RATIO = 0.80
COPIES = ("copies",)
SETTINGS = {
    "default": Config(detect=COPIES),
    "128 slots": Config(detect=COPIES, min_jaccard=0.81, recall=0.95),  # 15 bands of 8 rows, and the probes
}
N_WORDS = 30_000
FOREIGN = ("café", "naïve", "Zürich", "señor", "façade", "Łódź")
STAGES = ("normalised text, edges of words", "digest, word hashes", "shingles, signature")  # each with those before


class Batch(NamedTuple):
    """Texts as Arrow and as the C kernel takes them."""

    texts: pa.StringArray
    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]


def main() -> int:
    """Build, run both in turn, print and write the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    if shutil.which("gcc") is None:
        print("There is no gcc.", file=sys.stderr)
        return 2
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    batches = make_batches(options.documents)
    megabytes = sum(int(batch.offsets[-1]) for batch in batches) / 1e6
    with tempfile.TemporaryDirectory() as folder:
        library = build(Path(folder))
        figures = {name: compare(library, config, batches, options.repeats) for name, config in SETTINGS.items()}
    print(f"{options.documents} documents, {megabytes:.1f} MB; MB per second of processor time\n")
    print(f"{f'medians of {options.repeats}':48}{'ours':>8}{'C':>8}{'ratio':>8}")
    for name, found in figures.items():
        for stage, speed in found["mb_per_second"].items():
            print(f"{f'{name}: {stage}':48}{speed['ours']:>8.0f}{speed['c']:>8.0f}{speed['ours'] / speed['c']:>8.2f}")
    RESULT.parent.mkdir(exist_ok=True)
    made = {"documents": options.documents, "megabytes": megabytes, "settings": figures, "machine": describe()}
    RESULT.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n")
    return int(any(not found["equal"] or found["ratio"] < MIN_RATIO for found in figures.values()))


def make_batches(documents: int, seed: int = 1) -> list[Batch]:
    """The corpus, cut as the pipeline cuts it."""
    rng = np.random.default_rng(seed)
    lengths = np.clip(np.round(rng.normal(1.2 + 0.6 * np.log(np.arange(1, N_WORDS + 1)), 1.3)), 1, 17).astype(int)
    letters = "".join(rng.choice([*"etaoinshrdlcumwfgypbvk"], int(lengths.sum())))
    words = np.array([letters[b:e] for b, e in itertools.pairwise([0, *np.cumsum(lengths).tolist()])], object)
    shares = np.cumsum(1 / (np.arange(N_WORDS) + 2.5))
    texts = []
    for number in range(documents):
        n = int(np.clip(rng.lognormal(5.78, 0.7), 8, 6000))
        drawn = words[np.searchsorted(shares, rng.random(n) * shares[-1])]
        texts.append(_text(rng, drawn, foreign=number % 20 < 3))
    made = []
    for begin in range(0, documents, BATCH):
        column = pa.array(texts[begin : begin + BATCH])
        data, offsets = buffers(column)
        made.append(Batch(column, np.pad(data, (0, PADDING)), offsets))
    return made


def _text(rng: np.random.Generator, words: npt.NDArray[np.object_], *, foreign: bool) -> str:
    """Words as sentences and paragraphs; some of them foreign, some sentences in curly quotes."""
    if foreign:
        words[rng.integers(0, len(words), 1 + len(words) // 60)] = rng.choice(FOREIGN)
    sentences, at = [], 0
    while at < len(words):
        size = int(rng.integers(8, 25))
        sentence = words[at : at + size].tolist()
        sentence[0] = sentence[0].capitalize()
        sentence[len(sentence) // 2] += ","
        text = " ".join(sentence) + "."
        sentences.append(f"“{text}”" if foreign and rng.random() < 0.2 else text)
        if rng.random() < 0.15:
            sentences.append("\n\n" if rng.random() < 0.3 else "\n")
        at += size
    return " ".join(sentences)


def build(folder: Path) -> Any:
    """The C kernel as a library."""
    target = folder / "sketch.so"
    command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", str(HERE / "sketch.c"), "-o", str(target)]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(target))


def compare(library: Any, config: Config, batches: list[Batch], repeats: int) -> dict[str, Any]:
    """Speed of both in every stage, run in turn, and whether they make the same keys."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    a, b = slot_permutations(config, chosen.slots)
    megabytes = sum(int(batch.offsets[-1]) for batch in batches) / 1e6
    runs: dict[str, tuple[Callable[[Batch], object], Callable[[Batch], object]]] = {
        stage: (
            lambda batch, k=k: staged(batch.data, batch.offsets, *tables()[:2], a, b, config.shingle_size, k),
            lambda batch, k=k: in_c(library, batch, config, k),
        )
        for k, stage in enumerate(STAGES)
    }
    runs["all"] = lambda batch: keys(batch.texts, config), lambda batch: in_c(library, batch, config, len(STAGES))
    speed = {}
    for stage, pair in runs.items():
        for run in pair:
            run(batches[0])  # compiles
        rounds = [_round(pair, batches) for _ in range(repeats)]
        ours, theirs = (megabytes / statistics.median(found) for found in zip(*rounds, strict=True))
        speed[stage] = {"ours": round(ours, 1), "c": round(theirs, 1)}
    return {
        "bands": chosen.bands,
        "rows": chosen.rows,
        "slots": chosen.slots + PROBES,
        "equal": all(_equal(library, batch, config) for batch in batches),
        "ratio": round(speed["all"]["ours"] / speed["all"]["c"], 3),
        "mb_per_second": speed,
    }


def _round(pair: tuple[Callable[[Batch], object], ...], batches: list[Batch]) -> list[float]:
    """Seconds of processor time that each of two takes for all batches; they take turns batch by batch."""
    seconds = [0.0, 0.0]
    for batch in batches:
        for k, run in enumerate(pair):
            begun = time.process_time()
            run(batch)
            seconds[k] += time.process_time() - begun
    return seconds


def in_c(library: Any, batch: Batch, config: Config, stage: int) -> dict[str, npt.NDArray[Any]]:
    """The batch by the C kernel, up to a stage; the last one looks whether texts are in NFC, too."""
    chosen = bands.choose(config.min_jaccard, config.recall, config.num_perm)
    a, b = slot_permutations(config, chosen.slots)
    classes, folds, orders = tables()
    n = len(batch.texts)
    made: dict[str, npt.NDArray[Any]] = {
        "n_chars": np.empty(n, np.int64),
        "n_words": np.empty(n, np.int64),
        "digests": np.empty((n, 2), np.uint64),
        "surface": np.zeros((chosen.bands, n), np.uint64),
        "probes": np.zeros((PROBES, n), np.uint32),
    }
    settings = (a, b, len(a), config.shingle_size, chosen.bands, chosen.rows, PROBES, stage)
    outputs = (made[name] for name in ("n_chars", "n_words", "digests", "surface", "probes"))
    library.keys(*_pointers(batch.data, batch.offsets, n, classes, folds, orders, *settings, *outputs))
    return made


def _pointers(*values: npt.NDArray[Any] | int) -> list[ctypes.c_void_p | ctypes.c_int64]:
    return [ctypes.c_int64(v) if isinstance(v, int) else ctypes.c_void_p(v.ctypes.data) for v in values]


def _equal(library: Any, batch: Batch, config: Config) -> bool:
    """Whether all that both make of a batch is equal, bit for bit."""
    ours, theirs = keys(batch.texts, config)._asdict(), in_c(library, batch, config, len(STAGES))
    return all(np.array_equal(ours[name], made) for name, made in theirs.items())


@kernel
def staged(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    classes: npt.NDArray[np.uint8],
    folds: npt.NDArray[np.int32],
    a: npt.NDArray[np.uint32],
    b: npt.NDArray[np.uint32],
    size: int,
    stage: int,
) -> None:
    """``fused.keys`` up to a stage, to tell what each costs; what it makes is thrown away."""
    longest = 0
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    out, edges = np.empty(2 * longest + PADDING, np.uint8), np.empty(longest + PADDING, np.uint32)
    words, found = np.empty(longest // 2 + 1, np.uint64), np.empty(longest // 2 + 1, np.uint64)
    premixed, slots = np.empty(longest // 2 + 1, np.uint32), np.empty(len(a), np.uint32)
    digest = np.empty(2, np.uint64)
    for i in range(len(offsets) - 1):
        n_out, n_words = scan(data, offsets[i], offsets[i + 1], classes, folds, out, edges)
        if stage > 0:
            digest[0], digest[1] = xxh3_128(out, n_out)
            hash_words(out, edges, n_words, words)
        if stage > 1 and n_words >= size:
            n = fill_shingles(words[:n_words], size, found)
            signature(found, n, a, b, premixed, slots)


if __name__ == "__main__":
    sys.exit(main())
