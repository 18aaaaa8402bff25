"""What desks do to a page: cut it, edit it lightly, update it, misspell it; and what they take from two.

Each function takes a page and a source of chance, and returns a page; where a page offers nothing, the same. Changes go
both ways (words in and out, long for short and short for long), so that none says by itself which side was first.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from edits import sentences

from syndication.pages import Page, Paragraph

LEAST_LEFT = 60  # words that a cut leaves
FEWEST = 25  # words that a second source gives

# Words between which copy-editors choose: in either direction, or (">") in one, where the other word has other uses.
_SWAPS = """
buy > purchase | bought = purchased | acquire > buy | acquired > bought | obtain > get | obtained > got
began = started | assist > help | helped = assisted | require > need | requires > needs | required = needed
shows = indicates | showed = indicated | big = large | major > important | several = a number of | numerous > many
rapid = quick | rapidly = quickly | final > last | important > key | difficult > hard | announced = unveiled
noted = pointed out | stressed = underlined | urged = called on | predicted > forecast | believe = think
believes = thinks | dispute > row | worried = concerned | fell = dropped | rose = climbed | raise = lift
raised = lifted | reduced = lowered | halt = stop | boosted = increased | halted = stopped | attempts = efforts
approved > cleared | rejected = turned down | decision > move | agreement = deal | talks = negotiations
discussions = talks | company = firm | firms = companies | figures > data | shareholders = stockholders
employees = workers | problem = difficulty | problems = difficulties | fears = concerns | previously > earlier
recently = lately | nearly = almost | mainly = chiefly | largely = mostly | probably > likely | immediately = at once
repeatedly = time and again | sharply = steeply | slightly = a little | significantly = markedly
despite = in spite of | during = in the course of | with no > without | would be able to > could | entire = whole
will be able to > can | is planning to = plans to | has decided to > will | in addition = besides | additional = extra
current > present | former = one-time | sufficient = enough | huge = enormous | crucial = vital | aim = goal
aims = goals | backed = supported | opposed = resisted | allowed = permitted | allow = permit | asked > requested
built = constructed | chosen = selected | confirmed > verified | continue = go on | continued = went on
created > set up | damaged = harmed | delayed = put off | disclosed = revealed | ensure = make sure
established = founded | explained > said | gave up = abandoned | given = handed | happen = occur | happened = occurred
hopes > wishes | improved = bettered | launched = started | meant = intended
occurred = took place | opened > began | owns = possesses | paid out = disbursed
pointed to = cited | postponed = deferred | prevented = stopped | produced > made | proposed = suggested
protect = shield | provided = supplied | published > issued | reached = attained | remained = stayed
replaced = substituted | resigned = stepped down | resolved = settled | seized = captured
sought = requested | spent > used | strengthened = reinforced | threatened = menaced | told = informed
trying = attempting | warned = cautioned | weakened = softened | welcomed = greeted | withdrew = pulled out
worked > laboured | basic = fundamental | broad = wide | careful = cautious | chief = main
clear = plain | domestic = internal | initial > early | foreign = overseas
further = additional | heavy = strong | possible = feasible | powerful = mighty | previous = preceding
principal = main | proper = suitable | recent > latest | serious = grave | small = little | strict = tight
various = different | weak = feeble | yearly = annual | amount = sum | area = region
consequence = result | country = nation | countries = nations | damage = harm | demand > request
development > evolution | growth > expansion | help = aid | outlook = prospects | purpose = aim
quarter > three months | reason = cause | remarks = comments | rise = increase | fall = drop | sales > turnover
step = measure | steps = measures | trade > commerce | view = opinion | views = opinions | way = manner
world = global | blamed = faulted | costly = expensive | rules = regulations | vow = pledge | vowed = pledged
quit > left | cash = money
"""
_PAIRS = [re.split(r" ([=>]) ", pair.strip()) for pair in _SWAPS.replace("\n", "|").split("|") if pair.strip()]
_CHOICES = [(old, new) for old, _, new in _PAIRS] + [(new, old) for old, sign, new in _PAIRS if sign == "="]
_MODIFIERS = ("also", "now", "still", "already", "clearly", "apparently", "reportedly")
_MODIFIER = re.compile(rf" (?:{'|'.join(_MODIFIERS)}|just|only|very|both|again|recently|simply|even|yet)(?= [a-z])")
_BEARS = re.compile(rf"\b(has|have|is|are|was|were|will|would|had)(?= (?!{'|'.join(_MODIFIERS)}|likely|not|no)[a-z])")
_SAID = re.compile(r"\b(said)(?=\.| that | it | he | she | they )")
_SAID_HOW = (" in a statement", " on condition of anonymity", " late in the day", " at a briefing", " by telephone")
_SAID_HOWS = re.compile(
    r"\b(?:said) (?:in a statement|in an interview|today|yesterday|at a briefing|by telephone|later)\b"
)
_ASIDE = re.compile(
    r", (?:which|who|whose|where|an?|the|including|such as|known as|based in) [^,.\"“”;:]{8,90},"
    r"(?= (?!which|who|whose|and )[a-z])"
)
_TAIL = re.compile(r", (?:which|while|adding|although|compared with|including|with) [^,.\"“”;]{12,110}(?=\.\Z)")
_JOINT = re.compile(r"\.\s+(The|It|He|She|They|This|In|But)\b")
_SEAM = re.compile(
    r",? and (it|he|she|they|the \w+)(?= (?:will|would|has|have|had|was|were|is|are|said|did|does|can|could)\b)"
)
_QUOTES = '"“”'

_COUNTED = re.compile(
    r"\b(?P<n>\d{1,3}(?:,\d{3})*)"
    r"(?= (?:more |other )?(?:people|persons|civilians|soldiers|workers|strikers|seamen|"
    r"ships|passengers|crew|dead|injured|wounded|casualties|victims|protesters|students|prisoners|farmers|demonstrators|others)\b)"
)
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_DAY = re.compile(rf"\b({'|'.join(_ORDINALS[:-1])})(?= (?:straight |consecutive )?(?:day|week)\b)")
# What was to come, and how a later version says it.
_LATER = """
is expected to announce = announced | are expected to announce = announced | will meet = met
is expected to = is due to | are due to meet = met | plans to = is preparing to | may = is likely to
could not be reached = declined to comment | was not immediately available for comment = declined to comment
an unconfirmed report = reports
is considering = has decided on | has proposed = is pressing | preliminary = revised | at least = more than
is seeking = has asked for | early today = today | was expected to = was about to
no decision has been made = a decision is near
"""
_PROGRESS = [
    (re.compile(rf"\b{before}\b"), after)
    for before, after in (pair.split(" = ") for pair in _LATER.strip().replace("\n", " | ").split(" | "))
]
_CONFUSED = (
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("o", "0"),
    ("e", "c"),
    ("h", "b"),
    ("cl", "d"),
    ("ti", "h"),
    ("i", "l"),
)


def cut(page: Page, chance: random.Random, *, inner: bool = False) -> Page:
    """The page without its end, whole paragraphs or within one; or without paragraphs from within."""
    story = page.story
    if page.n_words <= LEAST_LEFT or len(story) < 3:
        return page
    if inner:
        gone = set(chance.sample(range(1, len(story) - 1), min(chance.randint(1, 3), len(story) - 2)))
        shorter = page.with_story([part for at, part in enumerate(story) if at not in gone])
        return shorter if shorter.n_words >= LEAST_LEFT else page
    wanted = max(LEAST_LEFT, chance.uniform(0.35, 0.9) * page.n_words)
    kept: list[Paragraph] = []
    n = 0
    for part in story:
        if n >= wanted:
            break
        kept.append(part)
        n += len(part.text.split())
    if len(kept) > 1 and chance.random() < 0.35 and len(parts := sentences(kept[-1].text)) > 1:
        kept[-1] = kept[-1]._replace(text="".join(parts[: chance.randint(1, len(parts) - 1)]).rstrip())
    return page.with_story(kept)


def edit(page: Page, chance: random.Random) -> Page:
    """The page after light editing: one change in a share of its sentences that is drawn first."""
    share = chance.uniform(0.2, 0.7)

    def desk(text: str) -> str:
        return "".join(_edited(part, chance) if chance.random() < share else part for part in sentences(text))

    return page.rewritten(desk)


def _edited(sentence: str, chance: random.Random) -> str:
    """One change: the first kind that the sentence has room for, the kinds in an order that is drawn.

    What somebody said is left as it was: beside a quotation only how it was said may change.
    """
    body = sentence.rstrip()
    quotes = any(mark in sentence for mark in _QUOTES)
    for change in [_say_how] if quotes else chance.sample(_CHANGES, len(_CHANGES)):
        if (new := change(body, chance)) != body:
            return new + sentence[len(body) :]
    return sentence


def chosen(text: str, chance: random.Random, rate: float) -> str:
    """A text with other words for ``rate`` of those that have another; to be used outside quotations."""
    for old, new in chance.sample(_CHOICES, len(_CHOICES)):
        if old in text and chance.random() < rate:
            text = _replaced(text, old, new)
    return text


def _swap(sentence: str, chance: random.Random) -> str:
    """One or two words that the editor likes better."""
    fitting = [pair for pair in _CHOICES if re.search(rf"\b{pair[0]}\b", sentence)]
    for old, new in chance.sample(fitting, min(len(fitting), chance.randint(1, 2))):
        sentence = _replaced(sentence, old, new)
    return sentence


def _replaced(text: str, old: str, new: str) -> str:
    """A text with one word for another, once, with the article that the new one takes."""

    def articled(found: re.Match[str]) -> str:
        if found[1] is None or new.startswith("a "):
            return new
        return f"{found[1]}{'n' * (new[0] in 'aeiou')} {new}"

    return re.sub(rf"\b(?:([Aa])n? )?{old}\b", articled, text, count=1)


def _drop_modifier(sentence: str, _: random.Random) -> str:
    return _MODIFIER.sub("", sentence, count=1)


def _add_modifier(sentence: str, chance: random.Random) -> str:
    return _BEARS.sub(rf"\1 {chance.choice(_MODIFIERS)}", sentence, count=1)


def _drop_clause(sentence: str, chance: random.Random) -> str:
    """Without an aside between commas, or without what hangs on at the end."""
    first, second = chance.sample(((_ASIDE, ""), (_TAIL, "")), 2)
    new = first[0].sub(first[1], sentence, count=1)
    return new if new != sentence else second[0].sub(second[1], sentence, count=1)


def _say_how(sentence: str, chance: random.Random) -> str:
    """How something was said: put in, or taken out."""
    if chance.random() < 0.5:
        return _SAID_HOWS.sub("said", sentence, count=1)
    return _SAID.sub(rf"\1{chance.choice(_SAID_HOW)}", sentence, count=1)


def _join(sentence: str, _: random.Random) -> str:
    return _JOINT.sub(lambda found: f", and {found[1].lower()}", sentence, count=1)


def _split(sentence: str, _: random.Random) -> str:
    return _SEAM.sub(lambda found: f". {found[1][0].upper()}{found[1][1:]}", sentence, count=1)


_CHANGES: tuple[Callable[[str, random.Random], str], ...] = (
    _swap, _swap, _drop_modifier, _add_modifier, _drop_clause, _say_how, _join, _split,
)  # fmt: skip


def corrected(page: Page, chance: random.Random, rate: float) -> Page:
    """The page with ``rate`` of its errors put right."""
    found = {error for error in page.errors if chance.random() < rate}

    def right(text: str) -> str:
        for wrong, meant in sorted(found):
            text = re.sub(rf"(?<!\w){re.escape(wrong)}(?!\w)", meant, text)
        return text

    return replace(page.rewritten(right), errors=tuple(error for error in page.errors if error not in found))


def update(page: Page, chance: random.Random, fresh: list[Paragraph]) -> Page:
    """A later version by the same desk: figures go up, days pass, what was to come has come.

    Args:
        fresh: news that nobody has printed yet; what is used is taken from its end.
    """

    def later(text: str) -> str:
        text = _COUNTED.sub(lambda found: _risen(found["n"], chance), text)
        text = _DAY.sub(lambda found: _ORDINALS[_ORDINALS.index(found[1]) + 1], text)
        for before, after in _PROGRESS:
            if chance.random() < 0.6:
                text = before.sub(after, text, count=1)
        return text

    page = page.rewritten(later)
    story = page.story
    for _ in range(chance.choice((1, 1, 2, 3))):
        if fresh:
            at = chance.choice((1, 1, 2, len(story), len(story), chance.randint(1, max(1, len(story)))))
            story.insert(min(at, len(story)), fresh.pop())
    return page.with_story(story)


def _risen(number: str, chance: random.Random) -> str:
    n = int(number.replace(",", ""))
    return f"{n + max(1, round(n * chance.uniform(0.05, 0.6))):,}"


def noise(page: Page, chance: random.Random, rate: float) -> Page:
    """The page with misread or mistyped words; ``rate`` of all words.

    A page knows its errors, so that they can be put right.
    """
    made: list[tuple[str, str]] = []

    def misread(text: str) -> str:
        parts = re.split(r"(\W+)", text)
        for at, word in enumerate(parts):
            if word.isalpha() and len(word) > 3 and chance.random() < rate and (wrong := _wrong(word, chance)) != word:
                made.append((wrong, word))
                parts[at] = wrong
        return "".join(parts)

    return replace(page := page.rewritten(misread), errors=(*page.errors, *made))


def _wrong(word: str, chance: random.Random) -> str:
    """A word misread by a machine, or mistyped."""
    fitting = [pair for pair in _CONFUSED if pair[0] in word[1:]]
    if fitting and chance.random() < 0.5:
        old, new = chance.choice(fitting)
        return word[0] + word[1:].replace(old, new, 1)
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if kind == 1 else word[:at] + word[at] + word[at:]


def churn(first: Page, second: Page, chance: random.Random) -> tuple[Page, list[int]]:
    """A page made of two, and which of them gave more: ``[0, 1]`` or ``[1, 0]``.

    Of the first it has the head, of the second paragraphs that the first does not have; passages stay whole. ``[0]``
    where either gives nothing of its own: then the page is the first.
    """
    known = {part.key for part in first.story}
    new = [part for part in second.story if part.key not in known]
    if sum(len(part.text.split()) for part in new) < FEWEST:
        return first, [0]
    own = first.story[: chance.randint(max(2, len(first.story) // 3), max(2, len(first.story)))]
    taken = new[: chance.randint(max(1, len(new) // 2), len(new))]
    if sum(len(part.text.split()) for part in taken) < FEWEST:
        taken = new
    at = len(own) if chance.random() < 0.5 else chance.randint(1, len(own))
    page = first.with_story([*own[:at], *taken, *own[at:]])
    theirs = {part.text for part in second.story}
    if sum(len(part.text.split()) for part in own if part.text not in theirs) < FEWEST:
        return first, [0]  # the second alone would explain the page
    n_own, n_taken = (sum(len(part.text.split()) for part in parts) for parts in (own, taken))
    return replace(page, errors=(*first.errors, *second.errors)), [0, 1] if n_own >= n_taken else [1, 0]


def excerpt(source: Page, host: Page, chance: random.Random) -> Page:
    """The host with a passage of the source inside: two to four paragraphs, at least ``FEWEST`` words."""
    story = source.story
    first = chance.randrange(max(1, len(story) - 2))
    end = first + chance.choice((2, 2, 3, 4))
    while sum(len(part.text.split()) for part in story[first:end]) < FEWEST and end < len(story):
        end += 1
    around = host.story
    at = chance.randint(1, len(around))
    page = host.with_story([*around[:at], *story[first:end], *around[at:]])
    return replace(page, errors=source.errors)
