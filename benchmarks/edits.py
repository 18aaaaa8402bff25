"""What honest editors do to a story before they print it: the contrast to ``spinner.py``.

Five kinds: ``style`` (the words of another house's style guide), ``cut`` (sentences taken out, at the end or within),
``added`` (sentences of another story put in), ``copyedit`` (a few words dropped, put in or chosen otherwise, sentences
joined or split), and ``desk``, which is all four. A text that offers nothing to a kind comes back as it was.
"""

from __future__ import annotations

import itertools
import random
import re

# One line for each thing that style guides decide: a house takes one of the forms, and uses it throughout.
_GUIDE = """
pct | percent | per cent
mln | million
bln | billion
dlrs | dollars
dlr | dollar
cts | cents
stg | pounds
vs | versus
qtr | quarter
mths | months
avg | average
U.S. | US | United States
U.K. | UK | Britain
U.N. | UN | United Nations
EC | European Community
Fed | Federal Reserve
Corp | Corp. | Corporation
Co | Co. | Company
Inc | Inc. | Incorporated
Ltd | Ltd. | Limited
Plc | plc
said | says
told Reuters | told reporters
the company | the firm | the group
spokesman | spokesperson
chairman | chair
per share | a share
per year | a year
tonnes | tons | metric tons
pretax | pre-tax
takeover | take-over
cooperation | co-operation
adviser | advisor
labor | labour
center | centre
program | programme
defense | defence
color | colour
favor | favour
favorable | favourable
honor | honour
neighboring | neighbouring
traveling | travelling
canceled | cancelled
catalog | catalogue
aluminum | aluminium
check | cheque
toward | towards
among | amongst
while | whilst
organization | organisation
organize | organise
recognize | recognise
realize | realise
authorized | authorised
stabilize | stabilise
privatization | privatisation
liberalization | liberalisation
two | 2
three | 3
four | 4
five | 5
six | 6
seven | 7
eight | 8
nine | 9
Jan | Jan. | January
Feb | Feb. | February
Aug | Aug. | August
Sept | Sept. | September
Oct | Oct. | October
Nov | Nov. | November
Dec | Dec. | December
"""
# What a copy-editor likes better, from left to right.
_BETTER = """
however = but
but = however
although = though
approximately = about
about = around
around = about
purchase = buy
purchased = bought
acquire = buy
acquired = bought
commence = begin
prior to = before
following = after
due to = because of
in order to = to
in addition to = besides
additional = more
additional = further
a number of = several
many = a lot of
large = big
major = big
currently = now
recently = lately
earlier = before
attempt = try
sufficient = enough
assist = help
obtain = get
received = got
require = need
required = needed
increase = rise
decrease = fall
declined = fell
which = that
might = may
will = is to
would = will
has been = was
expects = is expecting
plans = intends
stated = said
added = said
noted = said
reported = said
fiscal = financial
firm = company
last year = a year earlier
this year = in the current year
"""
_GUIDES = tuple(tuple(form.strip() for form in line.split("|")) for line in _GUIDE.strip().splitlines())
_CHOICES = tuple(tuple(side.strip() for side in line.split(" = ")) for line in _BETTER.strip().splitlines())
_DROPPED = re.compile(r" (?:also|still|yet|yesterday|today|now|just|only|very|both|already|further|again)(?= )")
_INSERTED = ("also", "now", "still", "already", "later", "in turn", "meanwhile", "however")
_SENTENCE = re.compile(r"(?<=[a-z0-9)][.!?])(?:[\"”])?\s+(?=[A-Z\"“(])")
_AMOUNT = re.compile(r"\b(\d[\d,.]*\d|\d)\s+(mln|bln|billion|million)\s+dlrs\b")
_DATE = re.compile(r"\b(January|February|March|April|May|June|July|August|September|October|November|December) (\d+)\b")
_LEAST = 0.4  # of the sentences stay when a text is cut


def style(text: str, chance: random.Random) -> str:
    """The text in the words of another house: of most things that its style guide decides, another form."""
    for forms in _GUIDES:
        if chance.random() < 0.8:
            form = chance.choice(forms)
            others = sorted((other for other in forms if other != form), key=len, reverse=True)
            text = re.sub(rf"(?<![\w.,/-])(?:{'|'.join(map(re.escape, others))})(?!\w|[.,/-]\d)", form, text)
    if chance.random() < 0.5:
        text = _AMOUNT.sub(r"$\1 \2", text)
    if chance.random() < 0.5:
        text = _DATE.sub(r"\2 \1", text)
    return text


def cut(text: str, chance: random.Random) -> str:
    """The text without its end, or without some sentences from within; the first always stays."""
    parts = sentences(text)
    n = chance.randint(1, max(1, int((1 - _LEAST) * len(parts))))
    if len(parts) < 3:
        return text
    if chance.random() < 0.6:
        return "".join(parts[:-n])
    gone = set(chance.sample(range(1, len(parts)), min(n, len(parts) - 1)))
    return "".join(part for at, part in enumerate(parts) if at not in gone)


def added(text: str, chance: random.Random, other: str) -> str:
    """The text with sentences of another story: a run of them at the end or within, up to half as many as it has."""
    parts, theirs = sentences(text), sentences(other)
    n = min(chance.randint(1, max(1, len(parts) // 2)), len(theirs))
    if n == 0:
        return text
    first = chance.randint(0, len(theirs) - n)
    at = len(parts) if chance.random() < 0.5 else chance.randint(1, len(parts))
    new = "".join(part if part[-1:].isspace() else part + " " for part in theirs[first : first + n])
    before = "".join(parts[:at])
    return before + ("" if before[-1:].isspace() else " ") + new + "".join(parts[at:])


def copyedit(text: str, chance: random.Random) -> str:
    """The text after light editing: one change in a share of its sentences that is drawn first, a third up to all."""
    share = chance.uniform(0.3, 1.0)
    parts = sentences(text)
    made = []
    at = 0
    while at < len(parts):
        size = chance.choice((1, 1, 1, 2))  # two may be joined
        part = "".join(parts[at : at + size])
        at += size
        if chance.random() < share:
            changes = chance.sample((_choose, _drop, _insert, _join, _split), 5)
            part = next((new for change in changes if (new := change(part, chance)) != part), part)
        made.append(part)
    return "".join(made)


def desk(text: str, chance: random.Random, other: str) -> str:
    """All four, as when one paper takes over the story of another."""
    return cut(copyedit(added(style(text, chance), chance, other), chance), chance)


KINDS = ("style", "cut", "added", "copyedit", "desk")


def edit(text: str, kind: str, seed: int = 0, other: str = "") -> str:
    """Edit a text.

    Args:
        kind: of ``KINDS``.
        seed: the same text and arguments always give the same result.
        other: a story of the same topic, from which sentences are taken for ``added`` and ``desk``.
    """
    chance = random.Random(f"{seed}/{kind}/{text}")  # noqa: S311 (a simulation)
    if kind in {"added", "desk"}:
        return {"added": added, "desk": desk}[kind](text, chance, other)
    return {"style": style, "cut": cut, "copyedit": copyedit}[kind](text, chance)


def sentences(text: str) -> list[str]:
    """A text in sentences, each with the white space after it: joined they are the text."""
    bounds = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    return [text[begin:end] for begin, end in itertools.pairwise(bounds) if end > begin]


def _choose(sentence: str, chance: random.Random) -> str:
    """One or two words that the editor likes better."""
    fitting = [pair for pair in _CHOICES if re.search(rf"\b{pair[0]}\b", sentence)]
    for worse, better in chance.sample(fitting, min(len(fitting), chance.randint(1, 2))):
        sentence = re.sub(rf"\b{worse}\b", better, sentence, count=1)
    return sentence


def _drop(sentence: str, _: random.Random) -> str:
    return _DROPPED.sub("", sentence, count=1)


def _insert(sentence: str, chance: random.Random) -> str:
    """A word put in after a verb that can bear it."""
    return re.sub(
        r"\b(has|have|is|are|was|were|will|would)\b(?= [a-z])", rf"\1 {chance.choice(_INSERTED)}", sentence, count=1
    )


def _join(sentence: str, _: random.Random) -> str:
    """Two sentences made one."""
    return re.sub(
        r"\.\s+(The|It|He|She|They|This|In|But)\b", lambda found: f", and {found[1].lower()}", sentence, count=1
    )


def _split(sentence: str, _: random.Random) -> str:
    """One sentence made two."""
    return re.sub(r",?\s+and (it|he|she|they|the)\b", lambda found: f". {found[1].capitalize()}", sentence, count=1)
