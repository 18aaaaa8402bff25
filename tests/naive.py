"""Slow, obvious twins of the kernels: plain Python on str, int, list, set and dict.

Words are integers, as the kernels see them; a passage is a dict with the names of the kernel's columns.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import defaultdict

from dedup.kernels import align, words

_MASK = 2**64 - 1
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u200b"
_OPENING, _CLOSING, _EITHER = "“„「『〝", "”」』〞", '"‟«»＂'
_APOSTROPHES = "'‘’‚‛`´ʼ＇‹›"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_CLASSES = {"L": "w", "Nl": "w", "No": "w", "Pc": "w", "Nd": "d", "M": "m", "Cf": "i", "Z": "s"}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u312f\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f"
    "\U0001aff0-\U0001b16f\U00020000-\U000323af]"
)


# --- words.py, hashing.py ---


def kind(char: str) -> str:
    """Class of a character: (w)ord, (d)igit, (u)nspaced, (m)ark, (i)gnored, (s)pace, quotation mark o c e a, or dot."""
    for letter, members in zip("oceas.", (_OPENING, _CLOSING, _EITHER, _APOSTROPHES, _SPACES, _DASHES), strict=True):
        if char in members:
            return letter
    category = unicodedata.category(char)
    found = _CLASSES.get(category) or _CLASSES.get(category[0], ".")
    return "u" if found == "w" and _UNSPACED.match(char) else found


def fold(char: str) -> str:
    """What a character is written as."""
    for plain, members in (('"', _OPENING + _CLOSING + _EITHER), ("'", _APOSTROPHES), ("-", _DASHES), ("σ", "ς")):
        if char in members:
            return plain
    return char.lower()


def normalise(text: str) -> tuple[str, list[tuple[str, int, int, int]]]:
    """Normalised text, and its words with their spans and marks, of a text in NFC."""
    seen = [(char, at) for at, char in enumerate(text) if kind(char) != "i"]
    kinds = "".join(kind(char) for char, _ in seen)
    written = "".join(" " if kind(char) == "s" else fold(char) for char, _ in seen)
    found = []
    for match in re.finditer("um*|[wdm]+", kinds):
        begin, end = match.span()
        first, at = seen[begin]
        mark = words.NUMBER * (kind(first) == "d")
        mark |= words.CAPITAL * (kind(first) in "wd" and fold(first) != first)
        mark |= words.CHARACTER * (kind(first) == "u")
        since = range(found[-1][2] if found else 0, at)
        ended = not found or any(text[k] in ".!?。！？" or _ends_paragraph(text, k) for k in since)
        mark |= words.FIRST * (ended and (begin == 0 or kinds[begin - 1] == "s" or kind(first) == "u"))
        follows = bool(found) and found[-1][2] == at - 1 and kinds[begin - 1] != "s"
        mark |= words.CONTINUED * (kind(first) == "d" and follows and found[-1][3] & words.NUMBER > 0)
        found.append(("".join(fold(char) for char, _ in seen[begin:end]), at, seen[end - 1][1] + 1, mark))
    for first, end in _quotations(text, [word[1] for word in found]):
        found[first:end] = [(*word[:3], word[3] | words.QUOTED) for word in found[first:end]]
    return re.sub(" +", " ", written).strip(" "), found


def _ends_paragraph(text: str, at: int) -> bool:
    """Whether a line break is followed by an empty line, an indented one, or nothing."""
    return bool(re.match("\n(\n|\t|  |$)", text[at : at + 3]))


def _quotations(text: str, begins: list[int]) -> list[tuple[int, int]]:
    """The quotations of a text, as first word and end; ``begins`` says where its words begin."""
    british = not set(text) & set(_OPENING + _CLOSING + _EITHER)
    kinds = [kind(char) for char in text]
    found, opened, before = [], None, "s"
    for at, this in enumerate(kinds):
        if this == "i":
            continue
        after = next((k for k in kinds[at + 1 :] if k != "i"), "s")
        word = len([begin for begin in begins if begin < at])
        if _ends_paragraph(text, at) and opened is not None:
            if next((k for k in kinds[at:] if k not in "si"), "s") in "ocea":
                found.append((opened, word))
            opened = None
        if this in "oce" or (this == "a" and british):
            turn = _turn(this, before, after, opened is not None)
            if turn == "closes" and opened is not None:
                found.append((opened, word))
            if turn is not None:
                opened = word if turn == "opens" else None
        before = this
    return [(first, end) for first, end in found if end - first <= words.MAX_QUOTED_WORDS]


def _turn(mark: str, before: str, after: str, is_open: bool) -> str | None:
    """Whether a quotation mark opens or closes; None where it does neither."""
    if before in "wdum" and after in "wdum" and (mark == "a" or "u" not in before + after):
        return None
    if before not in "wdum" and after in "wdum":
        return "opens"
    if before != "s" and after not in "wdum":
        return "closes"
    by_form = {"o": "opens", "c": "closes", "e": "closes" if is_open else "opens", "a": None}
    return by_form[mark]


def shingle_hash(run: list[int]) -> int:
    """A polynomial in the golden ratio, then one round of mixing."""
    return _mixed(functools.reduce(lambda h, word: h * 0x9E3779B97F4A7C15 + word, run, 0))


def _mixed(h: int) -> int:
    h &= _MASK
    h = (h ^ h >> 32) * 0xC2B2AE3D27D4EB4F & _MASK
    return h ^ h >> 32


# --- shingles.py ---


def shingles(text: list[int], size: int) -> list[int]:
    """Hashes of all runs of ``size`` words."""
    return [shingle_hash(text[i : i + size]) for i in range(len(text) - size + 1)]


def winnow(found: list[int], window: int) -> list[int]:
    """The rightmost least shingle of every window, as the paper says it."""
    width = min(window, len(found))
    places = set()
    for begin in range(len(found) - width + 1 if found else 0):
        places.add(min(range(begin, begin + width), key=lambda i: (found[i], -i)))
    return sorted({found[i] for i in places})


# --- minhash.py ---


def signature(found: list[int], a: list[int], b: list[int]) -> list[int]:
    """Least image of the upper halves of the shingles under each permutation."""
    return [min([2**32 - 1, *((_premix(h >> 32) * a[k] + b[k]) % 2**32 for h in found)]) for k in range(len(a))]


def _premix(h: int) -> int:
    h = (h ^ h >> 16) * 0x85EBCA6B % 2**32
    h = (h ^ h >> 13) * 0xC2B2AE35 % 2**32
    return h ^ h >> 16


def band_keys(slots: list[int], rows: int) -> list[int]:
    """One key per band: its number and its slots, hashed as a shingle is."""
    bands = [slots[begin : begin + rows] for begin in range(0, len(slots), rows)]
    return [shingle_hash([number, *band]) for number, band in enumerate(bands)]


# --- align.py ---

Run = tuple[int, int, int]
Passage = dict[str, int]


def partners(left: list[int], right: list[int]) -> list[int]:
    """The first occurrence of a shingle goes with the first, the second with the second."""
    places = defaultdict(list)
    for at, value in enumerate(right):
        places[value].append(at)
    return [places[value].pop(0) if places[value] else -1 for value in left]


def maximal_runs(left: list[int], right: list[int], partner: list[int]) -> list[Run]:
    """Each pair of partners lengthened word by word to either side, as far as the words are equal."""
    found = set()
    for at, other in enumerate(partner):
        if other >= 0:
            back = next((k for k in range(min(at, other)) if left[at - k - 1] != right[other - k - 1]), min(at, other))
            i, j = at - back, other - back
            rest = list(zip(left[i:], right[j:], strict=False))
            found.add((i, j, next((k for k, (a, b) in enumerate(rest) if a != b), len(rest))))
    return sorted(found)


def heaviest_chain(runs: list[Run]) -> list[int]:
    """Quadratic dynamic programming; of equally heavy chains the one of the earlier run."""
    best: list[tuple[int, list[int]]] = []
    for i, j, n in runs:
        before = [k for k, (a, b, m) in enumerate(runs[: len(best)]) if a + m <= i and b + m <= j]
        weight, chain = best[max(before, key=lambda k: (best[k][0], -k))] if before else (0, [])
        best.append((weight + n, [*chain, len(best)]))
    return max(best, key=lambda found: found[0])[1]


def common_words(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    """Places of a longest common subsequence, traced from the end."""

    @functools.cache
    def length(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return 0
        if left[i - 1] == right[j - 1]:
            return length(i - 1, j - 1) + 1
        return max(length(i - 1, j), length(i, j - 1))

    i, j, out = len(left), len(right), []
    while i and j:
        if left[i - 1] == right[j - 1]:
            i, j = i - 1, j - 1
            out.append((i, j))
        elif length(i, j - 1) == length(i, j):
            j -= 1
        else:
            i -= 1
    return out[::-1]


class Side:
    """One of the two texts of an alignment: its words, their marks, and which of them are taken by a passage."""

    def __init__(self, text: list[int], marks: list[int]) -> None:
        self.text, self.marks = text, marks
        self.used: set[int] = set()


def passages_of_chain(runs: list[Run], chain: list[int], max_gap: int, left: Side, right: Side) -> list[Passage]:
    """Join the runs of a chain over small gaps; ``equal`` of a passage lists the pairs of equal words in it."""
    out: list[Passage] = []
    for at, c in enumerate(chain):
        i, j, n = runs[c]
        mine = [(i + k, j + k) for k in range(n)]
        if at:
            gap_left, gap_right = set(range(out[-1]["left_end"], i)), set(range(out[-1]["right_end"], j))
            found = common_words([left.text[k] for k in sorted(gap_left)], [right.text[k] for k in sorted(gap_right)])
            common = [(out[-1]["left_end"] + a, out[-1]["right_end"] + b) for a, b in found]
            longest = max(len(gap_left), len(gap_right))
            free = not gap_left & left.used and not gap_right & right.used
            if longest <= max_gap and free and longest - len(common) <= min(n, runs[chain[at - 1]][2]):
                last = out[-1]
                last["left_end"], last["right_end"] = i + n, j + n
                last["equal"] += common + mine
                continue
        out.append({"left_begin": i, "left_end": i + n, "right_begin": j, "right_end": j + n, "equal": mine})
    return out


def align_texts(left: Side, right: Side, size: int, max_gap: int, min_equal: int) -> list[Passage]:
    """Chain after chain, each through what the ones before have left over."""
    partner = partners(shingles(left.text, size), shingles(right.text, size))
    runs = maximal_runs(left.text, right.text, partner)
    out = []
    for _ in range(align.MAX_ROUNDS):
        if not runs:
            break
        chain = heaviest_chain(runs)
        for passage in passages_of_chain(runs, chain, max_gap, left, right):
            if len(passage["equal"]) >= min_equal:
                out.append(passage)
                left.used |= set(range(passage["left_begin"], passage["left_end"]))
                right.used |= set(range(passage["right_begin"], passage["right_end"]))
        runs = left_over([run for c, run in enumerate(runs) if c not in chain], left, right, size)
    return sorted(out, key=lambda passage: passage["left_begin"])


def left_over(runs: list[Run], left: Side, right: Side, size: int) -> list[Run]:
    """The first stretch of each run that no passage has taken, if it is still long enough to count."""
    out = []
    for i, j, n in runs:
        free = [i + k not in left.used and j + k not in right.used for k in range(n)]
        begin = free.index(True) if any(free) else n
        length = ([*free[begin:], False]).index(False)
        if length >= size:
            out.append((i + begin, j + begin, length))
    return sorted(out, key=lambda run: run[0])


# --- passages.py, forms.py ---


def covered_words(text: list[int], size: int, frequent: set[int]) -> list[bool]:
    """Whether any of the shingles that hold a word is frequent."""
    found = shingles(text, size)
    return [
        any(found[k] in frequent for k in range(max(0, i - size + 1), min(i + 1, len(found)))) for i in range(len(text))
    ]


def specifics(passage: Passage, mark: int, left: Side, right: Side, edge: int) -> tuple[int, int]:
    """Numbers or names that agree and that differ, within a passage and beside it."""
    groups_left = _groups(left, mark, range(passage["left_begin"], passage["left_end"]))
    groups_right = _groups(right, mark, range(passage["right_begin"], passage["right_end"]))
    agree_left = [group for group in groups_left if group <= {i for i, _ in passage["equal"]}]
    agree_right = [group for group in groups_right if group <= {j for _, j in passage["equal"]}]
    differ = max(len(groups_left) - len(agree_left), len(groups_right) - len(agree_right))
    for find, end in ((_before, "begin"), (_after, "end")):
        here, there = find(left, passage[f"left_{end}"], edge), find(right, passage[f"right_{end}"], edge)
        differ += min(_foreign(left, here, right, there, mark), _foreign(right, there, left, here, mark))
    return len(agree_left), differ


def _before(side: Side, begin: int, edge: int) -> set[int]:
    """Places before a passage in the sentence in which it begins."""
    sentence = max((at for at in range(begin + 1) if at == 0 or side.marks[at] & words.FIRST), default=0)
    return set(range(max(sentence, begin - edge), begin))


def _after(side: Side, end: int, edge: int) -> set[int]:
    """Places after a passage in the sentence in which it ends."""
    n = len(side.text)
    sentence = min((at for at in range(end, n) if side.marks[at] & words.FIRST), default=n)
    return set(range(end, min(sentence, end + edge)))


def _groups(side: Side, mark: int, places: range) -> list[set[int]]:
    """Places of each number or name: a word that bears the mark, with the words that continue it."""
    groups: list[set[int]] = []
    for at in places:
        if groups and side.marks[at] & words.CONTINUED and at - 1 in groups[-1]:
            groups[-1].add(at)
        elif side.marks[at] & mark:
            groups.append({at})
    return groups


def _foreign(side: Side, places: set[int], other: Side, other_places: set[int], mark: int) -> int:
    """How many numbers or names begin at some places and are not among some words of the other side."""
    known = {other.text[at] for at in other_places}
    begins = [at for at in places if side.marks[at] & mark and not side.marks[at] & words.CONTINUED]
    return sum(side.text[at] not in known for at in begins)
