"""Made-up corpora whose relations are known: the same for the same seed, on any machine."""

from __future__ import annotations

import random
from typing import Any

_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ri", "su", "ta", "ve", "wo", "zi", "ker", "lin", "mos")


def _sentences(rng: random.Random, n: int) -> list[str]:
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(n * 12)]
    return [" ".join(words[k : k + 12]).capitalize() + "." for k in range(0, len(words), 12)]


def _edited(rng: random.Random, sentences: list[str]) -> list[str]:
    """The same with one word replaced in some sentences."""
    edited = []
    for sentence in sentences:
        words = sentence.split()
        if rng.random() < 0.3:
            words[rng.randrange(len(words))] = "".join(rng.choices(_SYLLABLES, k=3))
        edited.append(" ".join(words))
    return edited


def newswire(n_stories: int, seed: int = 7) -> list[dict[str, Any]]:
    """Records of stories, each told several times, and shuffled.

    A story is an original, copies of it (now and then more than are listed one by one), a near copy, an excerpt, a text
    that takes passages from it, one that shares but a quotation, and one that shares nothing. Some are undated.
    """
    rng = random.Random(seed)
    records: list[dict[str, Any]] = []
    for story in range(n_stories):
        original = _sentences(rng, 14)
        quote = f'"{" ".join(_sentences(rng, 2))}"'
        tellings = [[*original, quote], _edited(rng, original), original[:8]]
        tellings += [[*original] for _ in range(rng.choice((1, 2, 10)))]
        tellings += [[*_sentences(rng, 9), *original[2:5]], [*_sentences(rng, 9), quote], _sentences(rng, 10)]
        for telling in tellings:
            day = rng.randint(1, 28)
            records.append(
                {
                    "text": " ".join(telling),
                    "title": f"Story {story}",
                    "publisher": rng.choice(("Aurora", "Beacon", "Courier", None)),
                    "date": rng.choice((f"2024-03-{day:02}", f"2024-03-{day:02}T10:30:00Z", None)),
                }
            )
    rng.shuffle(records)
    return [{"id": f"d{number:04}", **record} for number, record in enumerate(records)]
