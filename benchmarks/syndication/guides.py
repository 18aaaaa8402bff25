"""Style guides: what a house decides once and then does everywhere.

A guide takes one form of each of some fifty things (spellings, notations, titles, dates, pet words). Wires have guides
as outlets do, drawn from the same forms, so that no form says by itself who was first.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable
from typing import NamedTuple

GUIDES = 14  # of each half
DECIDED = 0.75  # of the rules; in the others a guide leaves what it finds

# One line for each thing, the most usual form first.
_SPELT = """
U.S. | US
U.N. | UN
U.K. | UK
EC | European Community
Corp | Corp. | Corporation
Co | Co. | Company
Inc | Inc. | Incorporated
Ltd | Ltd. | Limited
vice president | vice-president
tonnes | tons | metric tons
pretax | pre-tax
takeover | take-over
cooperation | co-operation
policymakers | policy makers | policy-makers
long-term | longterm
adviser | advisor
defense | defence
program | programme
programs | programmes
aluminum | aluminium
Tehran | Teheran
Peking | Beijing
Soviet Union | USSR
oil minister | Oil Minister
finance minister | Finance Minister
foreign minister | Foreign Minister
prime minister | Prime Minister
"""
# Pet words: as above, but what somebody said is left as it was. A form that stands twice is the more usual.
_PETS = """
said | said | said | says | stated
spokesman | spokesperson
chairman | chair
Prime Minister | Premier
toward | towards
while | whilst
among | amongst
because of | due to | owing to
in order to | so as to
more than | over
about | around | some | roughly | approximately
last year | the previous year
also said | further said
told reporters | told journalists | told the press
news conference | press conference
stock exchange | bourse
compared with | compared to
expected to | likely to
However, | But
although | though
declined to comment | would not comment | refused to comment
it said | the company said
"""
_BEFORE_NUMBER = {"more than", "about"}  # their forms mean something else elsewhere
_MONTHS = "January February March April May June July August September October November December".split()
_SHORT = {"January": "Jan.", "February": "Feb.", "August": "Aug.", "September": "Sept.", "October": "Oct.",
          "November": "Nov.", "December": "Dec."}  # fmt: skip
_SMALL = "two three four five six seven eight nine".split()

_SUM = r"\d[\d,.]*(?<=\d)(?: (?:mln|million|bln|billion|trillion))?"
_MONEY = re.compile(
    rf"(?P<lead>\ban? )?(?:(?<![\w.$/-])(?P<after>{_SUM}) (?:dlr|dollar)(?P<many>s?)\b|(?:US)?\$(?P<before>{_SUM}))"
)
_EACH = re.compile(
    r"(?<=[a-z]s|ln|on|nt|ct)(?<![ai]s) (?:a|per) (year|day|share)\b(?! (?:ago|earlier|later|after|before))"
)
_QUOTED = re.compile(r"(\"[^\"]*(?:\"|$)|“[^”]*(?:”|$))")
_LARGE = re.compile(r"\b(mln|million|bln|billion)\b")
_PERCENT = re.compile(r"(?<=\d)(?:%| (?:pct|percent|per cent)\b)")
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_SHORT_MONTH = r"(?:Jan|Feb|Aug|Sept|Oct|Nov|Dec)"
_DATE = re.compile(rf"\b(?P<month>{_MONTH}|{_SHORT_MONTH}\.?) (?P<day>\d{{1,2}})\b(?!,? \d\d:)")
_DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}}) (?P<month>{_MONTH})\b")
_THINGS = (
    "years? months? weeks? days? hours? companies banks people men million billion mln bln nations countries ships"
)
_WORD_NUMBER = re.compile(rf"\b({'|'.join(_SMALL)}) (?=(?:{_THINGS.replace(' ', '|')}|members|other|major)\b)")
_DIGIT_NUMBER = re.compile(_WORD_NUMBER.pattern.replace(f"({'|'.join(_SMALL)})", r"(?<![\w.,/$£-])([2-9])"))
_ISE = re.compile(
    r"\b((?:organ|real|recogn|stabil|privat|liberal|author|emphas|critic|util|capital|national|rational|minim|"
    r"maxim|final|special|subsid|normal|penal|neutral|legal|central|general|standard|modern|jeopard|monopol)i)[sz]"
    r"(?=e|ing|ation)",
    re.IGNORECASE,
)
_OUR = re.compile(r"\b(fav|hon|col|neighb|behavi|harb|endeav|rum|vig)ou?r(?=s?\b|ed|ing|able|ably|ite)", re.IGNORECASE)
_LL = re.compile(r"\b(travel|cancel|signal|total|label|level|fuel|model)l?(?=ed\b|ing\b|ers?\b)")
_TRE = re.compile(r"\b([Cc]en|[Tt]hea)t(?:er|re)(?=s?\b)")

Rule = Callable[[str], str]


class Guide(NamedTuple):
    """A style guide: its number, and its rules in the order in which they are applied."""

    number: int
    rules: tuple[Rule, ...]

    def apply(self, text: str) -> str:
        """The text as this house writes it."""
        for rule in self.rules:
            text = rule(text)
        return text


@functools.cache
def guide(half: str, number: int) -> Guide:
    """One of the guides of a half; a negative number is a wire's."""
    chance = random.Random(f"guide/{half}/{number}")  # noqa: S311 (a simulation)
    return Guide(number, tuple(_drawn(forms, chance) for forms in _rules() if chance.random() < DECIDED))


def _drawn(forms: tuple[Rule, ...], chance: random.Random) -> Rule:
    """One of the forms; each is half as usual again as the next."""
    return chance.choices(forms, [1.5**-at for at in range(len(forms))])[0]


@functools.cache
def _rules() -> tuple[tuple[Rule, ...], ...]:
    """All that a guide decides, and its forms. Money comes first: it has names of numbers inside."""
    spelt, pets = (
        [tuple(form.strip() for form in line.split("|")) for line in lines.strip().splitlines()]
        for lines in (_SPELT, _PETS)
    )
    return (
        (*(_money(form) for form in ("${}", "{} dollar", "US${}", "{} dlr")),),
        (*(_large(*pair) for pair in (("million", "billion"), ("mln", "bln"))),),
        (*(functools.partial(_PERCENT.sub, form) for form in (" percent", " per cent", "%", " pct")),),
        (_month_first, _short_month, _day_first),
        (_digits_spelt, _digits),
        (functools.partial(_ISE.sub, r"\1z"), functools.partial(_ISE.sub, r"\1s")),
        (functools.partial(_OUR.sub, r"\1or"), functools.partial(_OUR.sub, r"\1our")),
        (functools.partial(_LL.sub, r"\1"), functools.partial(_LL.sub, r"\1l")),
        (functools.partial(_TRE.sub, r"\1ter"), functools.partial(_TRE.sub, r"\1tre")),
        (_straight, _curly),
        (functools.partial(_EACH.sub, r" a \1"), functools.partial(_EACH.sub, r" per \1")),
        *(tuple(_word(form, forms) for form in forms) for forms in spelt),
        *(tuple(_outside_quotations(_word(form, forms)) for form in forms) for forms in pets),
    )


def _word(form: str, forms: tuple[str, ...]) -> Rule:
    """A rule that puts one form of a word in the place of the others, and not into a longer name or number.

    The stop of "Corp." may be that of the sentence: then it stays, whatever the guide says. The form itself is looked
    for, too: "tons" within "metric tons" is no other form.
    """
    others = sorted(set(forms), key=len, reverse=True)
    after = r"(?= (?:\d|US\$|\$))" if forms[0] in _BEFORE_NUMBER else r"(?![\w$-]|[.,/]\d)"
    if form.endswith("."):
        after += r"(?!\.)"
    bodies = (re.escape(other) + r"(?= [a-z]|,|['’]s)" * (other.count(".") == 1) for other in others)
    pattern = re.compile(rf"(?<![\w.,/’'-])(?<!'s )(?:{'|'.join(bodies)}){after}")
    return functools.partial(pattern.sub, form)


def _outside_quotations(rule: Rule) -> Rule:
    return lambda text: "".join(rule(part) if at % 2 == 0 else part for at, part in enumerate(_QUOTED.split(text)))


def _money(form: str) -> Rule:
    """A rule for sums; "a 30 mln dlr loan" has one dollar, "30 mln dlrs" has many."""

    def written(found: re.Match[str]) -> str:
        lead, after, many, before = found.group("lead", "after", "many", "before")
        plural = "s" * (not form.endswith("}") and not lead and (before is not None or many == "s"))
        return (lead or "") + form.format(after or before) + plural

    return functools.partial(_MONEY.sub, written)


def _large(million: str, billion: str) -> Rule:
    return lambda text: _LARGE.sub(lambda found: million if found[1].startswith("m") else billion, text)


def _long(month: str) -> str:
    return next(name for name in _MONTHS if name.startswith(month.rstrip(".")[:3]))


def _month_first(text: str) -> str:
    text = _DAY_FIRST.sub(r"\g<month> \g<day>", text)
    return _DATE.sub(lambda found: f"{_long(found['month'])} {found['day']}", text)


def _short_month(text: str) -> str:
    return _DATE.sub(
        lambda found: f"{_SHORT.get(_long(found['month']), found['month'])} {found['day']}", _month_first(text)
    )


def _day_first(text: str) -> str:
    return _DATE.sub(lambda found: f"{found['day']} {_long(found['month'])}", text)


def _digits(text: str) -> str:
    return _WORD_NUMBER.sub(lambda found: f"{_SMALL.index(found[1]) + 2} ", text)


def _digits_spelt(text: str) -> str:
    def spelt(found: re.Match[str]) -> str:
        month = re.search(rf"(?:{_MONTH}|{_SHORT_MONTH}\.?) $", text[max(0, found.start() - 12) : found.start()])
        return found[0] if month else f"{_SMALL[int(found[1]) - 2]} "

    return _DIGIT_NUMBER.sub(spelt, text)


def _straight(text: str) -> str:
    return text.translate({ord("“"): '"', ord("”"): '"', ord("’"): "'"})


def _curly(text: str) -> str:
    text = re.sub(r'(?<![\w.,!?])"(?=\S)', "“", text)
    return text.replace('"', "”").replace("'", "’")
