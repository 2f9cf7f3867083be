"""Writes payments, what they settle, and the transactions of payment providers."""

from __future__ import annotations

from datetime import datetime

from .books import Books, cents, day, stamp
from .selling import Order

SETTLEMENT = "sandbox.settlement"


def residual(books: Books, move: int) -> float:
    settled = sum(
        row["amount"] for row in books.rows[SETTLEMENT].values() if move in (row["move_id"], row["note_id"])
    )
    return cents(float(books.get("account.move", move)["amount_total"]) - settled)


def settle_with(
    books: Books, move: int, when: datetime, amount: float, *, payment: int = 0, note: int = 0
) -> None:
    books.add(
        SETTLEMENT,
        when=when,
        move_id=move,
        payment_id=payment or False,
        note_id=note or False,
        amount=amount,
        date=day(when),
    )
    for document in filter(None, (move, note)):
        books.touch("account.move", document, when)


def pay(
    books: Books,
    order: Order,
    move: int,
    *,
    days_ago: float,
    amount: float | None = None,
    settle: bool = True,
    transaction: int = 0,
) -> int:
    """A payment of an invoice, or the refund of a credit note; `settle` False leaves it unmatched."""
    when = books.ago(days_ago)
    document = books.get("account.move", move)
    outward = document["move_type"] == "out_refund"
    value = residual(books, move) if amount is None else amount
    bank = books.find("account.journal", f"bank{order.company}")
    number = books.number(f"payment{order.company}{when.year}")
    name = f"PBNK1/{when.year}/{number:05d}"
    entry = books.add(
        "account.move",
        when=when,
        name=name,
        move_type="entry",
        state="posted",
        company_id=order.company,
        partner_id=order.customer.partner,
        currency_id=order.currency,
        journal_id=bank,
        date=day(when),
        invoice_date=False,
        ref=document["name"],
        auto_post="no",
        amount_total=value,
        amount_untaxed=0.0,
        amount_tax=0.0,
        reversed_entry_id=False,
        matched_payment_ids=[],
        invoice_origin=False,
    )
    payment = books.add(
        "account.payment",
        when=when,
        name=name,
        state="paid",
        amount=value,
        date=day(when),
        payment_type="outbound" if outward else "inbound",
        partner_type="customer",
        memo=document["name"],
        journal_id=bank,
        payment_method_line_id=books.find("account.payment.method.line", f"line{order.company}"),
        partner_id=order.customer.partner,
        currency_id=order.currency,
        company_id=order.company,
        move_id=entry,
        payment_transaction_id=transaction or False,
        payment_reference=False,
    )
    document["matched_payment_ids"] = [*document["matched_payment_ids"], payment]
    if settle:
        settle_with(books, move, when, min(value, residual(books, move)), payment=payment)
    return payment


def transact(
    books: Books,
    order: Order,
    *,
    days_ago: float,
    state: str = "done",
    amount: float | None = None,
    provider: str = "card",
    invoice_id: int = 0,
    operation: str = "online_redirect",
) -> int:
    """A provider transaction of the order; one that gives back has an amount below zero."""
    when = books.ago(days_ago)
    total = books.get("sale.order", order.id)["amount_total"]
    tries = books.number(f"transaction{order.id}")
    partner = books.get("res.partner", order.customer.partner)
    return books.add(
        "payment.transaction",
        when=when,
        reference=order.name if tries == 1 else f"{order.name}-{tries - 1}",
        provider_reference=f"hp_{books.rng.randrange(16**12):012x}" if state != "draft" else False,
        state=state,
        provider_id=books.find("payment.provider", f"{provider}{order.company}"),
        operation=operation,
        payment_method_id=books.find("payment.method", provider),
        amount=total if amount is None else amount,
        currency_id=order.currency,
        company_id=order.company,
        partner_id=order.customer.partner,
        partner_name=partner["name"],
        partner_email=partner["email"],
        partner_phone=partner["phone"],
        partner_address=partner["street"],
        partner_city=partner["city"],
        partner_zip=partner["zip"],
        partner_country_id=partner["country_id"],
        partner_lang=partner["lang"],
        last_state_change=stamp(when),
        state_message="Card declined by the bank." if state == "error" else False,
        sale_order_ids=[order.id],
        invoice_ids=[invoice_id] if invoice_id else [],
        source_transaction_id=False,
        token_id=False,
        is_post_processed=state == "done",
    )
