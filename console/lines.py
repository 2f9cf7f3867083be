"""The rows of the lines table, drawn in one go: the one table of a page that may hold sixty rows.

As a template this was two thirds of the time it took to draw an order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cases.masking import Cell
from console.cells import chip, draw_chip, draw_stock, escape, show
from console.columns import draw_figures, draw_heads
from console.formatting import Writer
from console.verdicts import draw_reasons, draw_verdict
from console.vocabulary import Word

FIGURES = (
    "ordered",
    "shipped",
    "delivered",
    "invoiced",
    "returned",
    "announced",
    "returnable",
    "refundable",
    "total",
)
STOCK_FIGURES = ("on_hand", "reserved", "available")
COLUMNS = 1 + len(FIGURES)


@dataclass(frozen=True, slots=True)
class _Words:
    """What every row says, looked up once per language."""

    by_warehouse: str
    unit_cost: str
    archived: str
    stock_head: str


@lru_cache(maxsize=16)
def _words(language: str) -> _Words:
    return _Words(
        by_warehouse=escape(gettext("Availability by warehouse")),
        unit_cost=escape(gettext("Unit cost")),
        archived=draw_chip(Word(gettext("archived"), glyph="minus")),
        stock_head=f"<thead><tr><td></td>{draw_heads(STOCK_FIGURES, language)}</tr></thead>",
    )


def draw_lines(lines: Iterable[Any], verdicts: Mapping[int, Any], writer: Writer) -> SafeString:
    words = _words(writer.language)
    return SafeString("".join(_draw_row(line, verdicts, writer, words) for line in lines))


def _draw_row(line: Any, verdicts: Mapping[int, Any], writer: Writer, words: _Words) -> str:
    kind = line["kind"].value
    name = show(line["name"], writer)
    if kind == "section":
        return f'<tr class="line-section"><th colspan="{COLUMNS}" scope="rowgroup">{name}</th></tr>'
    if kind == "note":
        return f'<tr class="line-note"><td colspan="{COLUMNS}">{name}</td></tr>'
    found = verdicts.get(line["id"].value, {})
    return (
        f'<tr><th scope="row" class="line-item"><span class="line-name">{name}</span>'
        f'<div class="line-sub">{_draw_facts(line, found.get("return"), writer, words)}'
        f"{_draw_stock(line, found, writer, words)}</div></th>"
        f"{draw_figures(line, FIGURES, writer)}</tr>"
    )


def _draw_facts(line: Any, verdict: Any, writer: Writer, words: _Words) -> str:
    """What stands under the name: number, price, discount, and what is out of the ordinary."""
    parts = []
    if not line["sku"].empty:
        parts.append(f"<code>{show(line['sku'], writer)}</code>")
    if not line["unit_price"].empty:
        unit = f" / {show(line['uom'], writer)}" if line["uom"] else ""
        parts.append(f"<span>{show(line['unit_price'], writer)}{unit}</span>")
    if line["discount_percent"].value:
        parts.append(f'<span class="line-discount">−{show(line["discount_percent"], writer)} %</span>')
    if line["kind"].value != "goods":
        parts.append(chip(line["kind"], writer))
    if verdict:
        parts.append(draw_verdict(line, verdict, writer))
    if line["archived"].value:
        parts.append(words.archived)
    return "".join(parts)


def _draw_stock(line: Any, verdicts: Mapping[str, Any], writer: Writer, words: _Words) -> str:
    """Availability, and behind it each warehouse's figures, the cost and the rule about returns."""
    if not line["stock"]:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{show(level["warehouse"], writer)}</th>'
        f"{draw_figures(level, STOCK_FIGURES, writer)}</tr>"
        for level in line["stock"]
    )
    return (
        f'<details class="line-stock" name="line-stock"><summary title="{words.by_warehouse}">'
        f"{draw_stock(line['available'], writer)}</summary>"
        f'<div class="line-sheet">{draw_reasons(verdicts, writer)}'
        f"<table>{words.stock_head}<tbody>{rows}</tbody></table>{_draw_cost(line['unit_cost'], writer, words)}"
        "</div></details>"
    )


def _draw_cost(cost: Cell, writer: Writer, words: _Words) -> str:
    return "" if cost.empty else f'<p class="quiet">{words.unit_cost} {show(cost, writer)}</p>'
