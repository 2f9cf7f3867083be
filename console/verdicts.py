"""How a verdict about returning a line looks: a chip beside the line, the rule in its disclosure."""

from __future__ import annotations

from collections.abc import Mapping
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


def draw_reasons(verdicts: Mapping[str, Any], writer: Writer) -> SafeString:
    """One sentence for each thing a customer may ask for."""
    names = _names(writer.language)
    return SafeString("".join(_draw_reason(names[remedy], verdicts[remedy], writer) for remedy in verdicts))


def _draw_reason(name: str, verdict: Any, writer: Writer) -> SafeString:
    condition = show(verdict.eligible_if, writer) if verdict.eligible_if else ""
    return format_html(
        '<p class="line-verdict"><strong>{}</strong> {} {}</p>',
        name,
        show(verdict.explanation, writer),
        condition,
    )


@lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    return {
        "return": gettext("Return:"),
        "replace": gettext("Replacement:"),
        "exchange": gettext("Exchange:"),
    }
