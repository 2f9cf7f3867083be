"""How one cell looks: a value as the viewer reads it, a chip, or the part of it that may be seen.

Pages hold up to a thousand cells, so this is plain string work. Everything that comes from a record passes through
``escape``; what is marked safe here was built from our own words.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from cases.masking import BULLETS, Cell, Mode
from console.formatting import format_day, format_exact, format_moment, format_money, format_quantity
from console.glyphs import GLYPHS
from console.vocabulary import BANDS, Word, find_word


def show(value: Any) -> SafeString:
    """A cell, or a plain value of the page's own, as HTML."""
    if isinstance(value, Cell):
        if value.mode is Mode.SHOW:
            return show_value(value.value)
        return _show_masked(value)
    return show_value(value)


def show_value(value: Any) -> SafeString:
    if value is None or value == "" or value == ():
        return _dash(get_language())
    if isinstance(value, Enum):
        return SafeString(escape(str(find_word(value).label)))
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, bool):
        return SafeString(gettext("Yes") if value else gettext("No"))
    if isinstance(value, Decimal):
        return SafeString(format_quantity(value))
    if isinstance(value, datetime):
        return _time(value.isoformat(), format_moment(value), format_exact(value))
    if isinstance(value, date):
        return _time(value.isoformat(), format_day(value), "")
    if isinstance(value, tuple):
        return SafeString(", ".join(escape(item) for item in value))
    if hasattr(value, "currency"):
        return escape(format_money(value.amount, value.currency))
    return escape(value)


def is_zero(cell: Any) -> bool:
    """True for a figure of nothing, which a table shows in a quieter colour."""
    value = cell.value if isinstance(cell, Cell) else cell
    amount = getattr(value, "amount", value)
    return isinstance(amount, Decimal) and amount == 0


def chip(value: Any, *, kind: str | None = None) -> SafeString:
    """A state as glyph and word; nothing where Odoo has none."""
    if isinstance(value, Cell):
        if value.mode is not Mode.SHOW:
            return _show_masked(value)
        value = value.value
    if value is None or value == "":
        return SafeString("")
    return _chip(kind or type(value).__name__, str(value), get_language())


@lru_cache(maxsize=1024)
def _chip(kind: str, value: str, language: str | None) -> SafeString:
    return draw_chip(find_word(value, kind=kind))


def draw_chip(word: Word, *, label: str | None = None) -> SafeString:
    text = escape(label if label is not None else str(word.label))
    return SafeString(f'<span class="chip chip-{word.tone.value}">{GLYPHS[word.glyph]}{text}</span>')


def draw_stock(cell: Cell) -> SafeString:
    """What is available, as a chip: the figure, or the band where the figure is not for this viewer."""
    if cell.mode is Mode.SHOW:
        if cell.value is None:
            return _dash(get_language())
        return draw_chip(BANDS[_find_band(cell.value)], label=format_quantity(cell.value))
    band = BANDS.get(str(cell.value))
    if band is None:
        return _show_masked(cell)
    return SafeString(f'<span title="{escape(explain_mask(cell))}">{draw_chip(band)}</span>')


def _find_band(amount: Decimal) -> str:
    if amount <= 0:
        return "none"
    return "few" if amount < 10 else "plenty"


@lru_cache(maxsize=16)
def _dash(language: str | None) -> SafeString:
    return SafeString(
        f'<span class="nothing"><span aria-hidden="true">–</span><span class="vh">{escape(gettext("none"))}</span></span>'
    )


def _time(machine: str, text: str, title: str) -> SafeString:
    tip = f' title="{escape(title)}"' if title else ""
    return SafeString(f'<time datetime="{machine}"{tip}>{escape(text)}</time>')


def explain_mask(cell: Cell) -> str:
    kind = str(find_word(cell.sensitivity.value, kind="Sensitivity").label) if cell.sensitivity else gettext("Unknown")
    if cell.mode is Mode.HIDE or cell.value is None:
        return gettext("%(kind)s: your role does not see this") % {"kind": kind}
    return gettext("%(kind)s: your role sees part of this") % {"kind": kind}


def _show_masked(cell: Cell) -> SafeString:
    if cell.empty:
        return _dash(get_language())
    if cell.value is None:
        return _hidden(explain_mask(cell))
    band = BANDS.get(str(cell.value))
    shown = str(band.label) if band else str(cell.value)
    return _masked(explain_mask(cell), escape(shown))


@lru_cache(maxsize=64)
def _hidden(reason: str) -> SafeString:
    return _masked(reason, SafeString(f'<span aria-hidden="true">{BULLETS}</span>'))


def _masked(reason: str, shown: SafeString) -> SafeString:
    tip = escape(reason)
    return mark_safe(  # noqa: S308 - both parts are escaped above
        f'<span class="masked" title="{tip}">{GLYPHS["lock"]}<span class="vh">{tip}. </span>{shown}</span>'
    )
