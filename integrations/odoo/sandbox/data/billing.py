"""Writes invoices and credit notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .books import Books, Record, cents, day
from .paying import residual, settle_with
from .places import EUR, US, USD
from .selling import RATES, Order


def invoice(
    books: Books,
    order: Order,
    *,
    days_ago: float,
    quantities: Mapping[int, float] | None = None,
    state: str = "posted",
) -> int:
    """An invoice over the given quantities (the whole order without)."""
    when = books.ago(days_ago)
    parts = []
    for line_id in order.lines:
        line = books.get("sale.order.line", line_id)
        quantity = line["product_uom_qty"] if quantities is None else quantities.get(line_id, 0.0)
        if quantity and not line["display_type"]:
            parts.append((line_id, line, quantity))
    return add_document(books, order, "out_invoice", when, parts, state)


def credit(
    books: Books,
    order: Order,
    invoice_id: int,
    *,
    days_ago: float,
    quantities: Mapping[int, float] | None = None,
    amount: float | None = None,
    mode: str = "wizard",
    state: str = "posted",
    settle: bool = False,
) -> int:
    """A credit note. `mode`: wizard (linked both ways), unlinked (to the invoice only), loose (not at all)."""
    when = books.ago(days_ago)
    source = books.get("account.move", invoice_id)
    linked = mode == "wizard"
    parts: list[tuple[int | bool, Record, float]] = []
    if amount is not None:
        price = cents(amount / (1 + RATES[order.company]))
        plain = {
            "name": "Goodwill",
            "price_unit": price,
            "discount": 0.0,
            "product_id": False,
            "product_uom": False,
        }
        parts.append((False, plain, 1.0))
    else:
        for line in books.rows["account.move.line"].values():
            if line["move_id"] != invoice_id or line["display_type"] != "product":
                continue
            sale_line = line["sale_line_ids"][0] if line["sale_line_ids"] else False
            quantity = line["quantity"] if quantities is None else quantities.get(int(sale_line), 0.0)
            if quantity:
                copy = {**line, "product_uom": line["product_uom_id"]}
                parts.append((sale_line if linked else False, copy, quantity))
    note = add_document(
        books,
        order,
        "out_refund",
        when,
        parts,
        state,
        ref=f"Reversal of: {source['name']}, returned goods"
        if mode != "loose"
        else f"Goodwill {order.customer.name}",
        reversed_entry_id=invoice_id if mode != "loose" else False,
        invoice_origin=order.name if linked and books.serie < 19 else False,
    )
    if settle and state == "posted":
        settle_with(
            books, invoice_id, when, min(residual(books, invoice_id), residual(books, note)), note=note
        )
    return note


def add_document(
    books: Books,
    order: Order,
    kind: str,
    when: datetime,
    parts: list[Any],
    state: str,
    **more: Any,
) -> int:
    journal = books.find("account.journal", f"sale{order.company}")
    prefix = "INV" if kind == "out_invoice" else "RINV"
    number = books.number(f"{prefix}{order.company}{when.year}") if state != "draft" else 0
    name: str | bool = f"{prefix}/{when.year}/{number:05d}" if number else False
    reference = books.get("sale.order", order.id)["client_order_ref"]
    values = {
        "name": name,
        "move_type": kind,
        "state": state,
        "company_id": order.company,
        "partner_id": order.customer.partner,
        "commercial_partner_id": books.get("res.partner", order.customer.partner)["commercial_partner_id"],
        "partner_shipping_id": order.customer.delivery,
        "currency_id": order.currency,
        "journal_id": journal,
        "invoice_date": day(when) if state != "draft" else False,
        "date": day(when),
        "invoice_date_due": day(when),
        "ref": reference,
        "invoice_origin": order.name,
        "reversed_entry_id": False,
        "matched_payment_ids": [],
        "payment_reference": name,
        "sandbox_blocked": False,
        "auto_post": "no",
        "invoice_partner_display_name": books.get("res.partner", order.customer.partner)["name"],
        "invoice_user_id": 2,
        "team_id": order.company,
    }
    values.update(more)
    move = books.add("account.move", when=when, **values)
    untaxed = line_taxes = 0.0
    for position, (sale_line, line, quantity) in enumerate(parts):
        line_id = add_document_line(books, order, move, when, position, sale_line, line, quantity)
        written = books.get("account.move.line", line_id)
        untaxed += written["price_subtotal"]
        line_taxes += written["price_total"] - written["price_subtotal"]
    tax = cents(line_taxes if books.serie < 19 else cents(untaxed) * RATES[order.company])
    close_document(books, order, move, when, cents(untaxed), tax)
    books.touch("sale.order", order.id, when)
    return move


def add_document_line(
    books: Books,
    order: Order,
    move: int,
    when: datetime,
    position: int,
    sale_line: int | bool,
    line: Mapping[str, Any],
    quantity: float,
) -> int:
    subtotal = cents(line["price_unit"] * quantity * (1 - line["discount"] / 100))
    return books.add(
        "account.move.line",
        when=when,
        move_id=move,
        sequence=10 + position,
        display_type="product",
        name=line["name"],
        product_id=line["product_id"],
        product_uom_id=line["product_uom"],
        quantity=quantity,
        price_unit=line["price_unit"],
        discount=line["discount"],
        tax_ids=[books.find("account.tax", f"sale{order.company}")],
        price_subtotal=subtotal,
        price_total=cents(subtotal * (1 + RATES[order.company])),
        sale_line_ids=[sale_line] if sale_line else [],
        **journal_facts(books, order, move, when),
    )


def journal_facts(books: Books, order: Order, move: int, when: datetime) -> Record:
    header = books.get("account.move", move)
    return {
        "company_id": order.company,
        "currency_id": order.currency,
        "partner_id": order.customer.partner,
        "journal_id": header["journal_id"],
        "move_name": header["name"],
        "parent_state": header["state"],
        "date": day(when),
        "ref": header["ref"],
        "company_currency_id": USD if order.company == US else EUR,
    }


def close_document(books: Books, order: Order, move: int, when: datetime, untaxed: float, tax: float) -> None:
    sign = -1 if books.get("account.move", move)["move_type"] == "out_refund" else 1
    total = cents(untaxed + tax)
    facts = journal_facts(books, order, move, when)
    for kind, name, amount in (
        ("tax", "Tax", -tax),
        ("payment_term", books.get("account.move", move)["name"], total),
    ):
        books.add(
            "account.move.line",
            when=when,
            move_id=move,
            sequence=1000,
            display_type=kind,
            name=name,
            product_id=False,
            product_uom_id=False,
            quantity=0.0,
            price_unit=0.0,
            discount=0.0,
            tax_ids=[],
            price_subtotal=0.0,
            price_total=0.0,
            sale_line_ids=[],
            balance=sign * amount,
            amount_currency=sign * amount,
            **facts,
        )
    books.get("account.move", move).update(
        amount_untaxed=untaxed,
        amount_tax=tax,
        amount_total=total,
        amount_untaxed_signed=sign * untaxed,
        amount_total_signed=sign * total,
        amount_total_in_currency_signed=sign * total,
    )
