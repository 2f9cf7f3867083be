"""The part of a value that remains for whoever may not see all of it.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.masking.redaction import redact_contact_data
from integrations.canonical import Partial

BULLETS = "••••"


def partial_form(value: Any, form: Partial) -> str:
    """The part of a value that may be seen. Fixed number of bullets, so that the length tells nothing."""
    if form is Partial.BAND:
        return _band(value)
    text = str(value).strip()
    if form is Partial.PLACE:
        return text
    if form is Partial.NAME:
        return _partial_name(text)
    if form is Partial.TALK:
        return redact_contact_data(text, mark=BULLETS)
    if form is Partial.EMAIL:
        local, _, domain = text.rpartition("@")
        # An e-mail field takes any text: only what is nothing but an address keeps its domain.
        alone = len(local) > 2 and not any(c.isspace() or c in "@,;<>" for c in local + domain)
        return f"{local[:1]}{BULLETS}@{domain}" if alone else BULLETS
    if form is Partial.PHONE:
        return _ending([c for c in text if c.isdigit()], 2)
    return _ending([c for c in text if c.isalnum()], 4)


def _ending(characters: list[str], keep: int) -> str:
    return f"{BULLETS} {''.join(characters[-keep:])}" if len(characters) >= keep * 3 else BULLETS


def _partial_name(text: str) -> str:
    words = text.split()
    if len(words) < 2 or len(words[0]) < 2:
        return BULLETS
    if "@" in words[0] or any(c.isdigit() for c in words[0]):
        return BULLETS  # an e-mail address or a phone number that somebody put where the name belongs
    return f"{words[0]} {words[-1][:1]}{BULLETS}"


def _band(value: Any) -> str:
    """A stock figure as a word; the console translates it."""
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    if amount <= 0:
        return "none"
    return "few" if amount < 10 else "plenty"
