"""How common words are in English at large: Zipf values of the large English list of ``wordfreq`` (Speer 2022).

A Zipf value (van Heuven, Mandera, Keuleers and Brysbaert 2014) is the decimal logarithm of a word's uses in a thousand
million words: about 7.7 for "the", 4 for "harbour", 1 for the rarest of the 300,000 words of the list.

The list is read from the file that ``wordfreq`` brings, not through its functions: these import tables of languages,
which takes twice as long as the list itself, and nothing here needs them.
"""

from __future__ import annotations

import functools
import gzip
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import msgpack  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.lexicon import bucketed, found, hashes

_LIST = Path("data") / "large_en.msgpack.gz"
_MOST = 9.0  # the Zipf value of a word that stands for every word
_STEPS = 100  # of the list, in one power of ten


class Frequencies(NamedTuple):
    """The list of n words; arrays are only to be read.

    Attributes:
        words: ``uint64[n]``, XXH3-64 of each word, ascending.
        zipf: ``float64[n]``, its Zipf value.
        buckets: how many words have less upper bits than each number (``kernels.lexicon``).
    """

    words: npt.NDArray[np.uint64]
    zipf: npt.NDArray[np.float64]
    buckets: npt.NDArray[np.int32]


def zipf(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.float64]:
    """Zipf value of each word, ``float64[k]``; 0 where English does not know it.

    Args:
        words: hashes as ``sketch`` gives them, ``uint64[k]``.
    """
    known = frequencies()
    at = found(words, known.words, known.buckets)
    return np.where(at < 0, 0.0, known.zipf[at])


@functools.cache
def frequencies() -> Frequencies:
    """The list, read when it is first needed.

    Raises:
        ValueError: the file is not in the format of ``wordfreq`` 3.
    """
    header, *steps = msgpack.unpackb(gzip.decompress(_file().read_bytes()))
    if header != {"format": "cB", "version": 1}:
        raise ValueError(f"wordfreq's list is in a format that is not known here: {header}")
    listed = hashes(pa.array([word for step in steps for word in step], pa.string()))
    order = np.argsort(listed)
    values = np.repeat(_MOST - np.arange(len(steps)) / _STEPS, [len(step) for step in steps])
    words = listed[order]
    made = Frequencies(words, values[order], bucketed(words))
    for array in made:
        array.flags.writeable = False
    return made


def _file() -> Path:
    """Where the list is, without importing the package."""
    spec = find_spec("wordfreq")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("wordfreq is not installed.", name="wordfreq")
    return Path(spec.origin).parent / _LIST
