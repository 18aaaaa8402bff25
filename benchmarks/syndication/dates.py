"""When something was published, and what a pile knows of it."""

from __future__ import annotations

import datetime as dt
import math
import random

from syndication.settings import Settings

_FORMS = {"day": "%Y-%m-%d", "minute": "%Y-%m-%dT%H:%M", "second": "%Y-%m-%dT%H:%M:%S"}
SLOW = 2.0  # times as long takes an update
_ERAS = ("crawled", "crawled", "backdated", "zone", "epoch")


def later(when: dt.datetime, chance: random.Random, settings: Settings, *, update: bool = False) -> dt.datetime:
    """When a document comes out that is made of one of ``when``: the lag is log-normal."""
    minutes = chance.lognormvariate(math.log(settings.lag * (SLOW if update else 1.0)), settings.spread)
    return when + dt.timedelta(seconds=round(60 * min(max(minutes, 1.0), 60 * 24 * 60)))


def told(when: dt.datetime, precision: str, chance: random.Random, settings: Settings) -> str | None:
    """The date in the metadata, in ISO 8601: as exact as the house tells it, wrong, or none.

    As much chance is used whatever the settings are, so that dates can be made worse one at a time.
    """
    drawn, days, hours = chance.random(), chance.lognormvariate(1.5, 1.2), chance.randint(5, 11)
    kind, sign = chance.choice(_ERAS), chance.choice((-1, 1))
    form = _FORMS[precision]
    if drawn < settings.missing_dates:
        return None
    if drawn >= settings.missing_dates + settings.wrong_dates:
        return when.strftime(form)
    if kind == "epoch":
        return dt.datetime(1970, 1, 1).strftime(form)
    if kind == "zone" and precision != "day":
        return (when + dt.timedelta(hours=sign * hours)).strftime(form)
    shift = dt.timedelta(days=1 + days)
    return (when - shift if kind == "backdated" else when + shift).strftime(form)
