"""What only the customer's panel writes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django import template
from django.utils.safestring import SafeString

from cases.masking import Cell, Mode
from console.cells import escape, show
from console.formatting import current_writer, find_locale

register = template.Library()


@register.simple_tag
def language_name(found: Any) -> SafeString:
    """A language by its name in the viewer's own; a code that nobody knows stays as it is."""
    writer = current_writer()
    if (isinstance(found, Cell) and found.mode is not Mode.SHOW) or not found:
        return show(found, writer)
    return escape(_name(str(found), writer.language))


@lru_cache(maxsize=512)
def _name(code: str, language: str) -> str:
    try:
        # Odoo writes a script behind an at sign: sr@latin.
        name = Locale.parse(code.partition("@")[0]).get_display_name(find_locale(language))
    except (UnknownLocaleError, ValueError):
        return code
    return (name[:1].upper() + name[1:]) if name else code
