"""How long a customer has been waiting, and from when on that is too long for the case's priority."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext

from console.formatting import format_age
from console.vocabulary import Tone, Word

# Per priority: hours without an answer after which a case stands out, and after which it is late.
ANSWER_WITHIN_H = {1: (1, 4), 2: (4, 8), 3: (8, 24), 4: (24, 72)}


def age_of_case(
    *, state: str, priority: int, opened_at: datetime, waiting_since: datetime | None, at: datetime
) -> Word:
    """What the age chip of a case says. Only an unanswered customer makes an open case late."""
    if state != "open" or waiting_since is None:
        age = format_age(int((at - opened_at).total_seconds()))
        return Word(gettext("opened %(age)s") % {"age": age}, Tone.NEUTRAL, "clock")
    soon, late = (timedelta(hours=hours) for hours in ANSWER_WITHIN_H[priority])
    waited = at - waiting_since
    tone, glyph = (
        (Tone.DANGER, "alert")
        if waited >= late
        else (Tone.WARN, "half")
        if waited >= soon
        else (Tone.OK, "dot")
    )
    return Word(gettext("waiting %(time)s") % {"time": _duration(waited)}, tone, glyph)


def _duration(waited: timedelta) -> str:
    minutes = max(0, int(waited.total_seconds())) // 60
    if minutes < 60:
        return gettext("%(n)d min") % {"n": minutes}
    if minutes < 24 * 60:
        return gettext("%(n)d h") % {"n": minutes // 60}
    return gettext("%(n)d d") % {"n": minutes // (24 * 60)}
