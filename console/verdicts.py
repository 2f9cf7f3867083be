"""How a verdict about returning a line looks: a chip beside the line, the rule in its disclosure."""

from __future__ import annotations

from functools import lru_cache
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
        return _settled(False, writer.language)
    until = verdict.until.value
    if not until:
        return _settled(True, writer.language)
    return _limited(writer.day(until), writer.short_day(until), writer.language)


@lru_cache(maxsize=32)
def _settled(allowed: bool, language: str) -> SafeString:
    if allowed:
        return draw_chip(Word(gettext("Return possible"), Tone.INFO, "back"))
    return draw_chip(Word(gettext("No return"), Tone.NEUTRAL, "stop"))


@lru_cache(maxsize=512)
def _limited(day: str, short_day: str, language: str) -> SafeString:
    whole = gettext("Return until %(day)s") % {"day": day}
    return draw_chip(Word(short_day, Tone.INFO, "back"), spoken=whole, title=whole)


def draw_reason(verdict: Any, writer: Writer) -> SafeString:
    remedy = show(verdict.eligible_if, writer) if verdict.eligible_if else ""
    return format_html('<p class="line-verdict">{} {}</p>', show(verdict.explanation, writer), remedy)
