"""How one cell looks: a value as the viewer reads it, a chip, or the part of it that may be seen.

Pages hold up to a thousand cells, so this is plain string work. Everything that comes from a record passes through
``escape``; what is marked safe here was built from our own words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from html import escape as escape_html
from typing import Any
from urllib.parse import quote

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cases.masking import BULLETS, Cell, Mode
from console.formatting import Writer
from console.glyphs import GLYPHS
from console.vocabulary import BANDS, NO_FIGURE, Word, find_word


def escape(text: Any) -> SafeString:
    """Always, whatever the text claims about itself; Django's own asks first, which a thousand cells notice."""
    return SafeString(escape_html(str(text)))


def show(value: Any, writer: Writer) -> SafeString:
    """A cell, or a plain value of the page's own, as HTML."""
    if isinstance(value, Cell):
        if value.mode is not Mode.SHOW:
            return _show_masked(value, writer)
        value = value.value
    if value is None or value == "" or value == ():
        return _dash(writer.language)
    kind = type(value)
    draw = _DRAWINGS.get(kind)
    if draw is None:
        draw = _DRAWINGS[kind] = _find_drawing(kind)
    return draw(value, writer)


def _draw_text(value: Any, writer: Writer) -> SafeString:
    return escape(value)


def _draw_word(value: Enum, writer: Writer) -> SafeString:
    return escape(str(find_word(value).label))


def _draw_bool(value: bool, writer: Writer) -> SafeString:
    return escape(gettext("Yes") if value else gettext("No"))


def _draw_quantity(value: Decimal, writer: Writer) -> SafeString:
    return SafeString(writer.quantity(value))


def _draw_money(value: Any, writer: Writer) -> SafeString:
    return escape(writer.money(value.amount, value.currency))


def _draw_moment(value: datetime, writer: Writer) -> SafeString:
    return draw_time(value, writer.moment(value), writer)


def _draw_date(value: date, writer: Writer) -> SafeString:
    return SafeString(f'<time datetime="{value.isoformat()}">{escape(writer.day(value))}</time>')


def _draw_list(value: tuple[Any, ...], writer: Writer) -> SafeString:
    return SafeString(", ".join(escape(item) for item in value))


_DRAWINGS: dict[type, Callable[[Any, Writer], SafeString]] = {
    str: _draw_text,
    bool: _draw_bool,
    int: _draw_text,
    Decimal: _draw_quantity,
    datetime: _draw_moment,
    date: _draw_date,
    tuple: _draw_list,
}


def _find_drawing(kind: type) -> Callable[[Any, Writer], SafeString]:
    """For types this module does not import: records' enumerations, and money by its shape."""
    if issubclass(kind, Enum):
        return _draw_word
    if hasattr(kind, "currency") and hasattr(kind, "amount"):
        return _draw_money
    return next((draw for known, draw in _DRAWINGS.items() if issubclass(kind, known)), _draw_text)


def draw_time(at: datetime, text: str, writer: Writer) -> SafeString:
    return SafeString(
        f'<time datetime="{at.isoformat()}" title="{escape(writer.exact(at))}">{escape(text)}</time>'
    )


def is_zero(cell: Any) -> bool:
    """True for a figure of nothing, which a table shows in a quieter colour."""
    value = cell.value if isinstance(cell, Cell) else cell
    if value is None:
        return False
    amount = value if isinstance(value, Decimal) else getattr(value, "amount", None)
    return isinstance(amount, Decimal) and not amount


def chip(value: Any, writer: Writer, *, kind: str | None = None) -> SafeString:
    """A state as glyph and word; nothing where Odoo has none."""
    if isinstance(value, Cell):
        if value.mode is not Mode.SHOW:
            return _show_masked(value, writer)
        value = value.value
    if value is None or value == "":
        return SafeString("")
    return _chip(kind or type(value).__name__, str(value), writer.language)


@lru_cache(maxsize=1024)
def _chip(kind: str, value: str, language: str) -> SafeString:
    return draw_chip(find_word(value, kind=kind))


def draw_chip(word: Word, *, label: str | None = None, spoken: str = "", title: str = "") -> SafeString:
    """``spoken`` completes a short label for those who hear the page, ``title`` for those who point at it."""
    text = escape(label if label is not None else str(word.label))
    hidden = f'<span class="vh"> {escape(spoken)}</span>' if spoken else ""
    tip = f' title="{escape(title)}"' if title else ""
    return SafeString(
        f'<span class="chip chip-{word.tone.value}"{tip}>{GLYPHS[word.glyph]}{text}{hidden}</span>'
    )


def draw_stock(cell: Cell, writer: Writer) -> SafeString:
    """What is available, as a chip: the figure, or the band where the figure is not for this viewer."""
    if cell.mode is not Mode.SHOW:
        if cell.value not in BANDS:
            return _hidden(_reason(cell, writer))  # no link: this stands in a line that opens
        return _band_chip(cell.value, _reason(cell, writer), writer.language)
    if cell.value is None:
        return draw_chip(NO_FIGURE)
    if cell.value <= 0:
        return draw_chip(BANDS["none"])
    figure = writer.quantity(cell.value)
    return draw_chip(BANDS["few" if cell.value < 10 else "plenty"], label=figure, spoken=gettext("available"))


@lru_cache(maxsize=64)
def _band_chip(band: str, reason: str, language: str) -> SafeString:
    return draw_chip(BANDS[band], spoken=gettext("available"), title=reason)


def _reason(cell: Cell, writer: Writer) -> str:
    """Why this viewer does not see all of it."""
    sensitivity = cell.sensitivity.value if cell.sensitivity else ""
    return _explain(sensitivity, cell.mode is Mode.HIDE or cell.value is None, writer.language)


@lru_cache(maxsize=64)
def _explain(sensitivity: str, hidden: bool, language: str) -> str:
    kind = str(find_word(sensitivity, kind="Sensitivity").label) if sensitivity else gettext("Unknown")
    if hidden:
        return gettext("%(kind)s: your role does not see this") % {"kind": kind}
    return gettext("%(kind)s: your role sees part of this") % {"kind": kind}


def _show_masked(cell: Cell, writer: Writer) -> SafeString:
    if cell.empty:
        return _dash(writer.language)
    reason = _reason(cell, writer)
    if writer.explain_url and cell.place:
        return _explained(cell, reason, writer)
    if cell.value is None:
        return _hidden(reason)
    if cell.value in BANDS:
        return _band(cell.value, reason, writer.language)
    return _masked(reason, escape(cell.value))  # not kept: it is a part of something personal


@lru_cache(maxsize=64)
def _hidden(reason: str) -> SafeString:
    return _masked(reason, SafeString(f'<span aria-hidden="true">{BULLETS}</span>'))


@lru_cache(maxsize=64)
def _band(band: str, reason: str, language: str) -> SafeString:
    return _masked(reason, escape(str(BANDS[band].label)))


def _masked(reason: str, shown: SafeString) -> SafeString:
    tip = escape(reason)
    return SafeString(f'<span class="masked" title="{tip}"><span class="vh">{tip}. </span>{shown}</span>')


def _explained(cell: Cell, reason: str, writer: Writer) -> SafeString:
    """A masked value that leads to why it is masked and, where a reason opens it, to seeing it for a while."""
    if cell.value is None:
        shown = f'<span aria-hidden="true">{BULLETS}</span>'
    else:
        shown = escape(BANDS[cell.value].label if cell.value in BANDS else cell.value)
    tip = escape(reason)
    may_reveal = " data-revealable" if cell.revealable else ""
    return SafeString(
        f'<a class="masked" href="{escape(writer.explain_url)}{quote(cell.place)}" title="{tip}"{may_reveal}>'
        f'<span class="vh">{tip}. </span>{shown}</a>'
    )


@lru_cache(maxsize=16)
def _dash(language: str) -> SafeString:
    spoken = escape(gettext("none"))
    return SafeString(
        f'<span class="nothing"><span aria-hidden="true">–</span><span class="vh">{spoken}</span></span>'
    )
