"""How a verdict about returning a line looks: a chip beside the line, the rule in its disclosure."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from console.cells import draw_chip, show
from console.formatting import Writer
from console.vocabulary import Tone, Word


def draw_verdict(line: Any, verdict: Any, writer: Writer) -> SafeString:
    """Only where something went out: before that, "not returnable" would be noise on every line."""
    if not line.shipped.value:
        return SafeString("")
    if not verdict.allowed.value:
        return draw_chip(Word(gettext("No return"), Tone.NEUTRAL, "stop"))
    until = verdict.until.value
    if not until:
        return draw_chip(Word(gettext("Return possible"), Tone.INFO, "back"))
    whole = gettext("Return until %(day)s") % {"day": writer.day(until)}
    return draw_chip(Word(writer.short_day(until), Tone.INFO, "back"), spoken=whole, title=whole)


def draw_reason(verdict: Any, writer: Writer) -> SafeString:
    remedy = show(verdict.eligible_if, writer) if verdict.eligible_if else ""
    return format_html('<p class="line-verdict">{} {}</p>', show(verdict.explanation, writer), remedy)
