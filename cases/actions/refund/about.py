"""What rules look at beside an order's money, kept with the request: whose it is, what the goods are, what went before.

Decides by its arguments alone. No name, address or number of a person is among it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from cases.actions.hashing import plain
from cases.actions.refund.lines import WishedNote
from cases.rules.of_order import item_of, matter_of
from integrations.canonical import DocumentState, LineKind, OrderRecord, RefundFacts, RefundInvoiceLine

About = Mapping[str, Any]
_ANY = datetime(2000, 1, 1, tzinfo=UTC)  # whose order it is does not depend on when one asks


def order_about(record: OrderRecord) -> dict[str, Any]:
    """Of the order as it was read when somebody asked."""
    matter = matter_of(record, at=_ANY)
    products = {}
    for line in record.order.lines:
        item = item_of(record, line)
        products[str(line.id)] = {
            "sku": item.sku,
            "category": item.category,
            "left_at": item.left_at.isoformat() if item.left_at else "",
            "unit": line.uom or "",
            "ordered": plain(line.ordered) if line.ordered is not None else "",
            "shipped": plain(line.shipped) if line.shipped is not None else "",
            "worth": plain(line.total.amount) if line.total else "",
        }
    return {
        "brand": record.order.brand or "",
        "region": matter.region,
        "country": matter.country,
        "team": matter.team,
        "is_consumer": matter.is_consumer,
        "is_counter_sale": matter.is_counter_sale,
        "currency": record.order.total.currency,
        "products": products,
    }


def with_notes(about: About, notes: Sequence[WishedNote], facts: RefundFacts) -> dict[str, Any]:
    """The same with what is asked for, line by line."""
    credited = {(note.invoice_id, line.invoice_line_id): line for note in notes for line in note.lines}
    lines = []
    for (invoice_id, line_id), line in credited.items():
        billed = facts.invoice(invoice_id).line(line_id)
        lines.append(
            {
                **_product(about, billed),
                "name": billed.name,
                "is_goods": billed.kind is LineKind.GOODS and bool(billed.order_line_ids),
                "quantity": None if line.quantity is None else plain(line.quantity),
                "total": plain(line.total),
                "goods_back": line.goods_back,
            }
        )
    return {**about, "lines": lines, **_delivery(notes, facts), "is_everything": _is_everything(notes, facts)}


def _product(about: About, billed: RefundInvoiceLine) -> dict[str, Any]:
    known = about["products"]
    found: Mapping[str, Any] = next(
        (known[str(number)] for number in billed.order_line_ids if str(number) in known), {}
    )
    return {name: found.get(name, "") for name in ("sku", "category", "left_at")}


def _delivery(notes: Sequence[WishedNote], facts: RefundFacts) -> dict[str, str]:
    """What is left of the charges for the way to the customer, and how much of that is asked for."""
    left, asked = Decimal(0), Decimal(0)
    credits = {(note.invoice_id, line.invoice_line_id): line.total for note in notes for line in note.lines}
    for invoice in facts.invoices:
        if invoice.state is not DocumentState.POSTED:
            continue
        for line in invoice.lines:
            if line.kind is LineKind.DELIVERY:
                left += max(Decimal(0), line.left)
                asked += credits.get((invoice.id, line.id), Decimal(0))
    return {"shipping_left": plain(left), "shipping_asked": plain(asked)}


def _is_everything(notes: Sequence[WishedNote], facts: RefundFacts) -> bool:
    """Whether all goods that are still billed come back with this."""
    back = {
        (note.invoice_id, line.invoice_line_id): line.quantity
        for note in notes
        for line in note.lines
        if line.goods_back
    }
    goods = [
        (invoice.id, line)
        for invoice in facts.invoices
        if invoice.state is DocumentState.POSTED
        for line in invoice.lines
        if line.kind is LineKind.GOODS and line.quantity_left > 0
    ]
    return bool(goods) and all(back.get((number, line.id)) == line.quantity_left for number, line in goods)
