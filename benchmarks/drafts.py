"""Internet-Drafts without what tells their order at a glance: running headers and footers, dates, version labels.

A version of a draft bears its date on each page, names itself and its sister drafts by number, and says until when it
holds. Whoever reads these needs no text to know which came first; a test of what the text tells must do without.
What stays, though it grows with the versions, is text: the list of changes among it, its numbers taken off.
"""

from __future__ import annotations

import datetime as dt
import re

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = f"(?:{'|'.join(_MONTHS)})"
_FRONT_DATE = re.compile(rf"^.* {{20,}}({_MONTH}) (\d{{1,2}}), (\d{{4}})\s*$", re.MULTILINE)

# In this order: lines that stand on every page, then lines and phrases of one place each.
_TELLING = tuple(
    (re.compile(pattern, re.MULTILINE), put)
    for pattern, put in (
        (r"\f", ""),
        (r"^.*\[Page \d+\][ \t]*$", ""),
        (rf"^Internet-Draft .* {_MONTH} \d{{4}}[ \t]*$", ""),
        (r"^Expires: \w+ \d{1,2}, \d{4}", ""),
        (r"This Internet-Draft will expire on\s+\w+\s+\d{1,2},\s+\d{4}\.", ""),
        (r"Copyright \(\w\) (?:The IETF Trust \()?\d{4}\)?", "Copyright"),
        (r"The changes in this draft are summarized in\s+Appendix \w\.\d+\.", ""),
        (r"(draft-[a-z]+(?:-[a-z0-9]+)*?)-\d\d\b", r"\1"),
        (r"(?<=Since )RFC\s*\d+", "RFC"),
        (r"\b(?:[Dd]raft|[Vv]ersion)s? \d\d\b", "draft"),
        (rf"\b{_MONTH}(?:\s+\d{{1,2}},)?\s+20(?:0[6-9]|1\d)\b", ""),
        (r"^[ \t]*(\w\.)\d+\.(\s+(?:Since|After|Changes)\b)", r"\1\2"),
        (r"[ .]{3,}\d{1,3}[ \t]*$", ""),
        (r"(?:[ \t]*\n){3,}", "\n\n"),
    )
)


def stripped(text: str) -> str:
    """The text without headers, footers, dates of its own decade, version labels and page numbers."""
    for pattern, put in _TELLING:
        text = pattern.sub(put, text)
    return text.strip() + "\n"


def published(text: str) -> str | None:
    """The day on the front page, in ISO 8601; None where there is none."""
    found = _FRONT_DATE.search(text)
    if not found:
        return None
    month, day, year = found.groups()
    return dt.date(int(year), _MONTHS.index(month) + 1, int(day)).isoformat()
