"""The tags the pages are written with: values, chips, cells of tables, panels, ages, icons."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from heroicons.jinja import heroicon_micro, heroicon_mini

from cases.masking import Cell
from console.cells import chip as draw_state
from console.cells import draw_stock, is_zero, show
from console.formatting import AGE_SENTENCES, format_age, format_clock, format_day, format_exact
from console.glyphs import GLYPHS
from console.panels import PANELS, tally_lines
from console.vocabulary import PROBLEM_SENTENCES, find_word

register = template.Library()

_FRESH_S, _AGING_S = 60, 300


class ValueNode(Node):
    """``{% value cell %}``: a node of its own, because a page holds hundreds and simple_tag costs twice as much."""

    def __init__(self, expression: FilterExpression) -> None:
        self.expression = expression

    def render(self, context: Context) -> SafeString:
        return show(self.expression.resolve(context, ignore_failures=True))


@register.tag
def value(parser: Parser, token: Token) -> ValueNode:
    _name, expression = token.split_contents()
    return ValueNode(parser.compile_filter(expression))


class TableCellNode(Node):
    """``{% cell line.shipped label %}``: a ``<td>`` with a figure, its column's name for narrow screens."""

    def __init__(self, expression: FilterExpression, label: FilterExpression, kind: str) -> None:
        self.expression = expression
        self.label = label
        self.kind = kind

    def render(self, context: Context) -> str:
        found = self.expression.resolve(context, ignore_failures=True)
        label = escape(self.label.resolve(context, ignore_failures=True))
        zero = " zero" if is_zero(found) else ""
        shown = draw_stock(found) if self.kind == "stock" and isinstance(found, Cell) else show(found)
        return f'<td class="{self.kind}{zero}" data-label="{label}">{shown}</td>'


@register.tag
def cell(parser: Parser, token: Token) -> TableCellNode:
    """``{% cell expression label [kind] %}``; kind is the class of the td: num, money, stock."""
    _name, expression, label, *kind = token.split_contents()
    return TableCellNode(
        parser.compile_filter(expression), parser.compile_filter(label), kind[0] if kind else "num"
    )


class PanelNode(Node):
    """``{% panel "shipments" count=... %}body{% endpanel %}``: the frame every panel shares.

    The body is rendered only when there is something to show: a panel with a problem, or one that is still to load,
    never touches the record. The panel itself is looked up in ``panels``.
    """

    def __init__(self, name: FilterExpression, options: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.name = name
        self.options = options
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        name = str(self.name.resolve(context))
        options = {key: option.resolve(context, ignore_failures=True) for key, option in self.options.items()}
        panel = (context.get("panels") or {}).get(name)
        problem = getattr(panel, "problem", None)
        count = options.get("count")
        vacant = options.get("vacant", count == 0)
        body = "" if problem or panel is None or vacant else self.nodelist.render(context)
        values = {
            "panel_name": name,
            "panel": panel,
            "words": PANELS[name],
            "problem": find_word(problem, kind="BranchProblem") if problem else None,
            "explanation": _explain(panel, problem),
            "count": count,
            "vacant": vacant,
            "also": (context.get("panels") or {}).get(options.get("also", "")),
            "body": mark_safe(body),  # noqa: S308 - the output of our own template
        }
        frame = context.template.engine.get_template("partials/_panel.html")  # type: ignore[union-attr]
        with context.push(**values):
            return str(frame.render(context))


def _explain(panel: Any, problem: Any) -> str:
    given = getattr(panel, "explanation", "")
    return str(given or PROBLEM_SENTENCES.get(str(problem), ""))


@register.tag
def panel(parser: Parser, token: Token) -> PanelNode:
    _tag, name, *bits = token.split_contents()
    options = token_kwargs(bits, parser)
    nodelist = parser.parse(("endpanel",))
    parser.delete_first_token()
    return PanelNode(parser.compile_filter(name), options, nodelist)


@register.simple_tag
def chip(state: Any, kind: str | None = None) -> SafeString:
    """``{% chip order.state %}``; with a plain string, ``{% chip connection.state "ConnectionState" %}``."""
    return draw_state(state, kind=kind)


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


@register.simple_tag
def copyable(found: Any, what: str = "") -> SafeString:
    """A value with a button that copies it; no button where the value is masked or missing."""
    shown = show(found)
    raw = found.value if isinstance(found, Cell) else found
    if not raw or (isinstance(found, Cell) and found.masked):
        return shown
    return format_html(
        '<span class="copyable">{}<button type="button" class="copy" data-copy="{}" aria-label="{}" title="{}">{}</button>'
        "</span>",
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
    return _draw_age(at.isoformat(), format_exact(at), seconds, get_language())


def _draw_age(machine: str, exact: str, seconds: int, language: str | None) -> SafeString:
    state = "fresh" if seconds < _FRESH_S else "aging" if seconds < _AGING_S else "stale"
    return format_html(
        '<span class="age" data-state="{}" title="{}"><span class="age-source">Odoo</span> '
        '<time datetime="{}" data-age="{}">{}</time><span class="age-stale"> · {}</span></span>',
        state,
        exact,
        machine,
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
def day(found: Any) -> str:
    """The date of a moment in the viewer's time zone; empty where there is none."""
    raw = found.value if isinstance(found, Cell) else found
    return format_day(raw) if raw else ""


@register.simple_tag
def clock(found: Any) -> SafeString:
    """The time of day of a moment, for lists grouped by day."""
    raw = found.value if isinstance(found, Cell) else found
    if not raw:
        return show(found)
    return format_html('<time datetime="{}" title="{}">{}</time>', raw.isoformat(), format_exact(raw), format_clock(raw))


@register.simple_tag
def panel_url(order_url: str, name: str) -> str:
    """The address of one panel of an order."""
    return f"{order_url}{'&' if urlsplit(order_url).query else '?'}panel={name}"


@register.simple_tag
def tally(lines: Any) -> dict[str, int]:
    return tally_lines(lines)


@register.simple_tag
def kind_glyph(kind: Any) -> SafeString:
    """The drawing of a timeline entry, with its word for screen readers."""
    word = find_word(kind, kind="TimelineKind")
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
    raw = found.value if isinstance(found, Cell) and not found.masked else found if isinstance(found, str) else ""
    return str(raw) if raw and urlsplit(str(raw)).scheme in {"http", "https"} else ""
