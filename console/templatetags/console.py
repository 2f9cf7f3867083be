"""The tags the pages are written with: values, chips, cells of tables, panels, ages, icons."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template.base import Parser, Token, token_kwargs
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_mini

from cases.masking import Cell
from console.cells import chip as draw_state
from console.cells import draw_time, show
from console.columns import draw_heads
from console.formatting import AGE_SENTENCES, current_writer, format_age
from console.glyphs import GLYPHS
from console.nodes import CellNode, FiguresNode, LinesNode, PanelNode, writer_of
from console.panels import tally_lines
from console.vocabulary import find_word

register = template.Library()

_FRESH_S, _AGING_S = 60, 300


@register.tag
def value(parser: Parser, token: Token) -> CellNode:
    """``{% value cell %}``: as the viewer reads it, masked where it is masked."""
    _name, expression = token.split_contents()
    return CellNode(parser.compile_filter(expression), show)


@register.tag
def chip(parser: Parser, token: Token) -> CellNode:
    """``{% chip order.state %}``; for a plain string ``{% chip connection.state ConnectionState %}``."""
    _name, expression, *kind = token.split_contents()
    draw = partial(draw_state, kind=kind[0]) if kind else draw_state
    return CellNode(parser.compile_filter(expression), draw)


@register.tag
def figures(parser: Parser, token: Token) -> FiguresNode:
    """``{% figures line ordered shipped %}``: one ``<td>`` per field, named after its column for narrow screens."""
    _name, row, *names = token.split_contents()
    return FiguresNode(parser.compile_filter(row), names)


@register.tag
def order_lines(parser: Parser, token: Token) -> LinesNode:
    """``{% order_lines record.order.lines %}``: every row of the lines table."""
    _name, lines = token.split_contents()
    return LinesNode(parser.compile_filter(lines))


@register.simple_tag
def heads(*names: str) -> SafeString:
    """The heads of columns of figures: ``{% heads "ordered" "shipped" %}``."""
    return draw_heads(names, get_language() or "en")


@register.tag
def panel(parser: Parser, token: Token) -> PanelNode:
    _tag, name, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    nodelist = parser.parse(("endpanel",))
    parser.delete_first_token()
    return PanelNode(parser.compile_filter(name), options, nodelist)


@register.simple_tag
def note(label: str, tone: str = "neutral", glyph: str = "dot") -> SafeString:
    """A chip with words of the page's own."""
    return format_html('<span class="chip chip-{}">{}{}</span>', tone, GLYPHS[glyph], label)


@register.simple_tag
def glyph(name: str) -> SafeString:
    return GLYPHS[name]


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str, size: int = 16) -> SafeString:
    """A heroicon for decoration; the words stand beside it."""
    draw = heroicon_micro if size <= 16 else heroicon_mini
    return mark_safe(draw(name, size=size, aria_hidden="true", **{"class": "icon"}))  # noqa: S308 - packaged drawing


@register.simple_tag(takes_context=True)
def copyable(context: Context, found: Any, what: str = "") -> SafeString:
    """A value with a button that copies it; no button where the value is masked or missing."""
    shown = show(found, writer_of(context))
    raw = found.value if isinstance(found, Cell) else found
    if not raw or (isinstance(found, Cell) and found.masked):
        return shown
    return format_html(
        '<span class="copyable">{}'
        '<button type="button" class="copy" data-copy="{}" aria-label="{}" title="{}">{}</button></span>',
        shown,
        raw,
        gettext("Copy %(what)s") % {"what": f"{what} {raw}".strip()},
        gettext("Copy"),
        icon("square-2-stack"),
    )


@register.simple_tag
def age(state: Any) -> SafeString:
    """ "Odoo · 14 s ago" of anything with ``fetched_at`` and ``age_s``; static/js/ages.js keeps it ticking."""
    at = getattr(state, "fetched_at", None)
    if at is None:
        return SafeString("")
    seconds = max(0, int(getattr(state, "age_s", 0)))
    word = "fresh" if seconds < _FRESH_S else "aging" if seconds < _AGING_S else "stale"
    return format_html(
        '<span class="age" data-state="{}" title="{}"><span class="age-source">Odoo</span> '
        '<time datetime="{}" data-age="{}">{}</time><span class="age-stale"> · {}</span></span>',
        word,
        current_writer().exact(at),
        at.isoformat(),
        seconds,
        format_age(seconds),
        gettext("stale"),
    )


@register.simple_tag
def age_sentences() -> SafeString:
    """Attributes that tell the browser how to write an age."""
    parts = (format_html(' data-ago-{}="{}"', unit, text) for unit, _size, text in AGE_SENTENCES)
    return SafeString("".join(parts).strip())


@register.simple_tag
def ago(at: Any) -> SafeString:
    """How long ago something of our own happened; what Odoo told carries an ``age`` instead."""
    seconds = int((timezone.now() - at).total_seconds())
    return draw_time(at, format_age(seconds), current_writer())


# Odoo dates documents by day: they have no time of day, and the same date in every zone.
_DATED = {"invoice", "credit_note"}


@register.simple_tag
def event_day(event: Any) -> str:
    at = event.at.value
    if at is None:
        return ""
    return current_writer().day(at.date() if str(event.kind.value) in _DATED else at)


@register.simple_tag
def event_clock(event: Any) -> SafeString:
    return SafeString("") if str(event.kind.value) in _DATED else clock(event.at)


@register.simple_tag
def day(found: Any) -> str:
    """The date of a moment in the viewer's time zone; empty where there is none."""
    raw = found.value if isinstance(found, Cell) else found
    return current_writer().day(raw) if raw else ""


@register.simple_tag
def clock(found: Any) -> SafeString:
    """The time of day of a moment, for lists grouped by day."""
    raw = found.value if isinstance(found, Cell) else found
    writer = current_writer()
    return draw_time(raw, writer.clock(raw), writer) if raw else show(found, writer)


@register.simple_tag
def panel_url(order_url: str, name: str) -> str:
    """The address of one panel of an order."""
    return f"{order_url}{'&' if urlsplit(order_url).query else '?'}panel={name}"


@register.simple_tag
def sensitivity_label(sensitivity: Any) -> str:
    """What a class of values is called."""
    return str(find_word(sensitivity, kind="Sensitivity").label)


@register.simple_tag
def tally(lines: Any) -> dict[str, int]:
    return tally_lines(lines)


@register.simple_tag
def kind_glyph(kind: Any) -> SafeString:
    """The drawing of a timeline entry, with its word for screen readers."""
    word = find_word(kind, kind="EventKind")
    return format_html('{}<span class="vh">{}: </span>', GLYPHS[word.glyph], str(word.label))


@register.simple_tag
def contact_preference(opted_out: Any, channel: str) -> SafeString:
    """Whether the customer may be written to or called; a person's refusal stands out."""
    raw = opted_out.value if isinstance(opted_out, Cell) else opted_out
    if raw is None:
        return note(gettext("%(channel)s: not said") % {"channel": channel}, "neutral", "question")
    if raw:
        return note(gettext("%(channel)s: opted out") % {"channel": channel}, "danger", "stop")
    return note(gettext("%(channel)s: yes") % {"channel": channel}, "ok", "check")


@register.filter
def nothing_shipped(record: Any) -> bool:
    return not (record.shipments or record.preparations) if record else True


@register.filter
def count_documents(record: Any) -> int:
    return len(record.invoices) + len(record.credit_notes) if record else 0


@register.filter
def lacks_customer(record: Any) -> bool:
    return not (record and record.customer is not None)


@register.filter
def present(found: Any) -> bool:
    """Is there something to show, be it masked? A hidden value counts: its absence must not tell."""
    return not found.empty if isinstance(found, Cell) else bool(found)


@register.filter
def safe_link(found: Any) -> str:
    """The address, where it is a web address; other schemes are no links."""
    raw = (
        found.value
        if isinstance(found, Cell) and not found.masked
        else found
        if isinstance(found, str)
        else ""
    )
    return str(raw) if raw and urlsplit(str(raw)).scheme in {"http", "https"} else ""
