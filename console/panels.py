"""What the panels of an order are called, and the figures that head them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class PanelWords:
    title: str | Promise
    icon: str
    empty: str | Promise
    updated: str | Promise  # read out by screen readers after a refresh
    rows: int = 3  # height of the skeleton


PANELS: dict[str, PanelWords] = {
    "lines": PanelWords(_("Lines"), "queue-list", _("This order has no lines."), _("Lines updated"), rows=6),
    "stock": PanelWords(_("Availability"), "cube", _("No stock to show."), _("Availability updated")),
    "shipments": PanelWords(
        _("Shipments"), "truck", _("Nothing has been prepared for shipping."), _("Shipments updated")
    ),
    "invoices": PanelWords(
        _("Invoices"), "document-text", _("Nothing has been invoiced."), _("Invoices updated")
    ),
    "payments": PanelWords(_("Payments"), "credit-card", _("No payment is recorded."), _("Payments updated")),
    "returns": PanelWords(
        _("Returns"), "arrow-uturn-left", _("Nothing has been sent back or announced."), _("Returns updated")
    ),
    "customer": PanelWords(_("Customer"), "user", _("The order names no customer."), _("Customer updated"), rows=5),
    "loyalty": PanelWords(
        _("Loyalty"), "star", _("No loyalty card or gift card."), _("Loyalty updated"), rows=1
    ),
    "timeline": PanelWords(_("Timeline"), "clock", _("Nothing has happened yet."), _("Timeline updated"), rows=5),
}  # fmt: skip


def tally_lines(lines: Iterable[Any]) -> dict[str, int]:
    """How many of the goods lines are wholly shipped, and how many hold something returnable or announced."""
    counts = {"goods": 0, "shipped": 0, "returnable": 0, "returned": 0}
    for line in lines:
        if line.kind.value is None or str(line.kind.value) != "goods":
            continue
        ordered, shipped = _figure(line.ordered), _figure(line.shipped)
        counts["goods"] += 1
        counts["shipped"] += ordered > 0 and shipped >= ordered
        counts["returnable"] += _figure(line.returnable) > 0
        counts["returned"] += _figure(line.returned) + _figure(line.announced) > 0
    return counts


def _figure(cell: Any) -> Decimal:
    return cell.value if isinstance(cell.value, Decimal) else Decimal(0)
