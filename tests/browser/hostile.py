"""A corpus by somebody who wants the page to run his code, and knows how pages are usually broken."""

from __future__ import annotations

import random
from typing import Any

_CALL = "window.pwned=1;alert(1)"
MARKUP = (  # each may stand in any field; none may be anything but text
    f"<script>{_CALL}</script>",
    f'<img src=x onerror="{_CALL}">',
    f"<svg onload={_CALL}><a/></svg>",
    f"</style><script>{_CALL}</script>",
    f"</script><script>{_CALL}</script>",
    f"--><script>{_CALL}</script><!--",
    f"]]><script>{_CALL}</script>",
    f"</title></textarea></template></svg></table><script>{_CALL}</script>",
    f'"><body onload="{_CALL}">',
    f"' autofocus onfocus='{_CALL}' x='",
    '" style="background:url(https://evil.example/style)" x="',
    f'<a href="javascript:{_CALL}">read on</a>',
    f"<iframe srcdoc='<script>parent.{_CALL}</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/refresh'>",
    "<base href=https://evil.example/><link rel=stylesheet href=//evil.example/style.css>",
    "<form action=https://evil.example/form><input name=q><button>go</button></form>",
    "<img src=https://evil.example/pixel.png srcset=https://evil.example/2x.png>",
    "<plaintext><!-- <![CDATA[ <textarea>",
    "&lt;b&gt;&amp;&quot;&#60;script&#62;",
    "{{7*7}} {% for x in y %}{{ x }}{% endfor %} {# gone #}",
    "${7*7} <%= 7*7 %> #{7*7} \\u003cscript\\u003e",
)
UNSEEN = (  # what a reader cannot see, or what shows him other words than are there: it must be made visible
    "\u202egnp.exe\u202c",
    "\u2066isolated\u2069 and \u2067more\u2069",
    "nul \x00 escape \x1b[31m bell \x07 delete \x7f next \x85",
)
ADDRESSES = (
    f"javascript:{_CALL}",
    f"JaVaScRiPt:{_CALL}",
    f" \tjavascript:{_CALL}",
    f"java\nscript:{_CALL}",
    f"data:text/html,<script>{_CALL}</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/no-scheme",
    "blob:https://evil.example/1",
    f'https://good.example/"onmouseover="{_CALL}',
    f"https://good.example/'><script>{_CALL}</script>",
    "https://user:word@good.example/\u202egnp.exe",
)
LONG_TITLE = f"<script>{_CALL}</script>" + "W" * 100_000
_SYLLABLES = ("ba", "de", "fi", "go", "lu", "ma", "ne", "po", "ri", "su", "ta", "ve", "wo", "zi", "ker", "lin", "mos")


def records() -> list[dict[str, Any]]:
    """A story of two for each attack, with the attack in its texts and in every field."""
    rng = random.Random(13)
    attacks = [*MARKUP, *UNSEEN, LONG_TITLE]
    made = []
    for number, attack in enumerate(attacks):
        first, second, third = (_prose(rng) for _ in range(3))
        short = attack[:200]
        for copy, text in enumerate((f"{first} {short} {second}", f"{third} {first} {short}")):
            made.append(
                {
                    "id": f"{number}.{copy} \"'\n {short}",
                    "title": attack,
                    "publisher": f"Daily {copy} {short}",
                    "url": ADDRESSES[(2 * number + copy) % len(ADDRESSES)],
                    "date": f"2024-03-{copy + 1:02} 10:30:00" if number % 3 else short,
                    "text": text,
                }
            )
    return [*made, *({**record, "id": f"{record['id']}!", "text": ""} for record in made[:3])]


def _prose(rng: random.Random) -> str:
    """Some 60 words in sentences."""
    sentences = [" ".join("".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(12)) for _ in range(5)]
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)
