"""What the columns of figures are called and what they mean, for the head of a table and for its narrow form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cases.masking import Cell, Mode
from console.cells import is_zero, show
from console.formatting import Writer

_MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    label: str | Promise
    meaning: str | Promise = ""
    look: str = "num"


COLUMNS: dict[str, Column] = {
    "ordered": Column(_("Ordered")),
    "shipped": Column(_("Shipped"), _("Everything that went out to the customer")),
    "delivered": Column(_("Delivered"), _("Odoo’s own net figure: what came back is already taken off")),
    "invoiced": Column(_("Invoiced"), _("Odoo’s own net figure: what was credited is already taken off")),
    "returned": Column(_("Returned"), _("Came back from the customer")),
    "announced": Column(_("Announced"), _("Open returns: announced, not yet received")),
    "returnable": Column(_("Returnable"), _("Shipped, less returned and announced")),
    "refundable": Column(
        _("Refundable"), _("Invoiced, less every credit note that is not cancelled; tax included"), _MONEY
    ),
    "total": Column(_("Total"), look=_MONEY),
    "on_hand": Column(_("On hand")),
    "reserved": Column(_("Reserved")),
    "available": Column(_("Available")),
    "quantity": Column(_("Quantity")),
    "received": Column(_("Received")),
}


def draw_figures(row: Any, names: Iterable[str], writer: Writer) -> SafeString:
    """One ``<td>`` per field of a masked record; nothing stands out in a quieter colour."""
    return SafeString("".join(_draw_figure(row[name], name, writer) for name in names))


def _draw_figure(cell: Cell, name: str, writer: Writer) -> str:
    if cell.mode is Mode.SHOW and type(cell.value) is Decimal:
        return _draw_quantity(cell.value, name, writer)
    return _enclose(show(cell, writer), name, is_zero(cell), writer.language)


@lru_cache(maxsize=4096)
def _draw_quantity(value: Decimal, name: str, writer: Writer) -> str:
    """Orders repeat the same few quantities in every row and column."""
    return _enclose(writer.quantity(value), name, not value, writer.language)


def _enclose(shown: str, name: str, zero: bool, language: str) -> str:
    return f"{_open_cell(name, zero, language)}{shown}</td>"


@lru_cache(maxsize=256)
def _open_cell(name: str, zero: bool, language: str) -> str:
    column = COLUMNS[name]
    classes = f"{column.look} zero" if zero else column.look
    return f'<td class="{classes}" data-label="{escape(str(column.label))}">'


@lru_cache(maxsize=64)
def draw_heads(names: tuple[str, ...], language: str) -> SafeString:
    return SafeString("".join(_head(COLUMNS[name]) for name in names))


def _head(column: Column) -> str:
    title = f' title="{escape(str(column.meaning))}"' if column.meaning else ""
    return f'<th scope="col" class="num"{title}>{escape(str(column.label))}</th>'
