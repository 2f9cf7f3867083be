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
        return Word(gettext("opened %(age)s") % {"age": _age(opened_at, at)}, Tone.NEUTRAL, "clock")
    soon, late = (timedelta(hours=hours) for hours in ANSWER_WITHIN_H[priority])
    waited = at - waiting_since
    tone, glyph = (
        (Tone.DANGER, "alert")
        if waited >= late
        else (Tone.WARN, "half")
        if waited >= soon
        else (Tone.OK, "dot")
    )
    return Word(gettext("waits since %(age)s") % {"age": _age(waiting_since, at)}, tone, glyph)


def _age(since: datetime, at: datetime) -> str:
    return format_age(int((at - since).total_seconds()))
