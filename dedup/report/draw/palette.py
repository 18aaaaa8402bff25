"""All colours of the report, and the rules of its drawings, in one place: as custom properties of CSS, light and dark.

Text stands out from every ground by 4.5:1 or more, strokes and marks by 3:1 (WCAG 2.2, 1.4.3 and 1.4.11). The colours
of the relations were searched for in OKLCH so that they differ as much as can be, also to eyes that lack one kind of
cones (simulated after Machado, Oliveira and Fernandes 2009). As colour alone must not carry a meaning, each relation
has a pattern of dashes, too.
"""

from __future__ import annotations

RELATIONS = ("exact", "near", "excerpt", "rewrite", "partial", "quote", "unseen")

MEANING = {
    "exact": "the same text",
    "near": "a near copy",
    "excerpt": "an excerpt",
    "rewrite": "in other words",
    "partial": "shared passages",
    "quote": "shared quotations",
    "unseen": "of an unseen source",
}
"""What each relation says, as short as a legend wants it."""

DASHES = {
    "exact": "",
    "near": "12 2.5",
    "excerpt": "5 3",
    "rewrite": "2 2.5",
    "partial": "9 3 2 3",
    "quote": "1 6",
    "unseen": "4 5",
}
"""Lengths of dashes and gaps of each relation, in pixels, as ``stroke-dasharray`` has them; empty for a solid line."""

_GROUNDS = {
    "paper": ("#f6f6f4", "#14171b"),
    "panel": ("#ffffff", "#1b1f24"),
    "sunken": ("#eeeeeb", "#101317"),
}
_INKS = {
    "ink": ("#1b1e23", "#e8eaed"),
    "ink-2": ("#575d66", "#a7aeb8"),
    "line": ("#dcdcd8", "#30363e"),  # only to part things: nothing is lost with it
    "edge": ("#7d828a", "#767e89"),
    "accent": ("#1a56b0", "#86b4ff"),
    "focus": ("#b3370a", "#ffb057"),
    "warn": ("#8a4b00", "#f2b85c"),
    "for": ("#1f685c", "#55c58c"),
    "against": ("#a3280f", "#ff9380"),
    "added": ("#1f685c", "#55c58c"),
    "removed": ("#a3280f", "#ff9380"),
    "verbatim": ("#2b4a86", "#9db8f2"),
    "edited": ("#7a5200", "#e0b757"),
    "spun": ("#a01c78", "#f2a0ee"),
}
_RELATIONS = {
    "rel-exact": ("#26304f", "#e6eaf8"),
    "rel-near": ("#1268cc", "#7498de"),
    "rel-excerpt": ("#1f685c", "#57c88e"),
    "rel-rewrite": ("#a83a03", "#dd761c"),
    "rel-partial": ("#c4168d", "#f3a2f2"),
    "rel-quote": ("#5c6169", "#9aa1ab"),
    "rel-unseen": ("#5c6169", "#9aa1ab"),
}
_SOURCES = (
    ("#3c5c98", "#a1bdff"),
    ("#c8500c", "#e86a28"),
    ("#288464", "#1fc98a"),
    ("#943070", "#f587cf"),
    ("#6f5632", "#c4ab48"),
    ("#7f4be0", "#a487ff"),
    ("#557a8a", "#7fb0ae"),
    ("#650323", "#cc8083"),
)
"""Eight that can be told apart, for the sources of a document."""


def _mixed(colour: str, ground: str, share: float) -> str:
    """A wash: so much of a colour on a ground."""
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(one * share + other * (1 - share)):02x}" for one, other in pairs)


def _theme(place: int) -> dict[str, str]:
    """The colours of one theme by name.

    Args:
        place: 0 for light, 1 for dark.
    """
    named = _GROUNDS | _INKS | _RELATIONS | {f"c{i}": pair for i, pair in enumerate(_SOURCES, 1)}
    theme = {name: pair[place] for name, pair in named.items()}
    share = (0.16, 0.28)[place]
    washed = ["verbatim", "edited", "spun", "added", "removed", "warn", "for", "against", "accent"]
    theme |= {f"{name}-wash": _mixed(theme[name], theme["panel"], share) for name in washed}
    return theme | {f"w{i}": _mixed(theme[f"c{i}"], theme["panel"], share) for i in range(1, len(_SOURCES) + 1)}


LIGHT = _theme(0)
DARK = _theme(1)


def variables(
    scope: str = ":root", dark: str = ':root[data-theme="dark"]', light: str = ':root[data-theme="light"]'
) -> str:
    """The custom properties: light, dark where the reader's system is, and either where it is asked for.

    Args:
        scope: selector of the elements that bear the properties.
        dark: selector of those that are dark whatever the system says.
        light: selector of those that are light.
    """
    darks, lights = (
        f"{{color-scheme:{name};{';'.join(f'--{key}:{colour}' for key, colour in theme.items())}}}"
        for name, theme in (("dark", DARK), ("light", LIGHT))
    )
    return (
        f"{scope}{lights}\n@media (prefers-color-scheme:dark){{{scope}{darks}}}\n{dark}{darks}\n{light}{lights}\n"
        f"@media print{{{scope},{dark}{lights}}}\n"
    )
