"""Turns what an agent asks to refund into lines of credit notes: one note for each invoice, to the cent.

Pure: no Django. Asked for is an order's line and a quantity, or an amount; credited are lines of posted invoices.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.actions.hashing import plain
from integrations.canonical import (
    CreditLine,
    DocumentState,
    LineKind,
    RefundFacts,
    RefundInvoice,
    RefundInvoiceLine,
    credit_amount,
    credit_quantity,
    split_amount,
    total_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedLine:
    """So many of an order's line; everything that is left of it where no quantity is said."""

    line_id: int
    quantity: Decimal | None = None
    goods_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundWish:
    """Neither lines nor an amount: all that is left. Both: so much money of exactly one line."""

    lines: tuple[WishedLine, ...] = ()
    amount: Decimal | None = None
    goods_back: bool = False  # of all that is left, where no line says so for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedNote:
    """One credit note: an invoice and what of it."""

    invoice_id: int
    lines: tuple[CreditLine, ...]
    total: Decimal  # what Odoo will come to: tax is rounded over the document


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What the wish comes to; ``problem`` where it comes to nothing."""

    notes: tuple[WishedNote, ...] = ()
    problem: str = ""  # quantity, not_invoiced, other_orders, nothing_left, amount

    @property
    def total(self) -> Decimal:
        return sum((note.total for note in self.notes), Decimal(0))


class _Unresolvable(Exception):
    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def resolve(wish: RefundWish, facts: RefundFacts) -> Resolved:
    """The notes a wish comes to by these facts, the oldest invoice first."""
    try:
        found = _resolve(wish, facts)
    except _Unresolvable as unresolvable:
        return Resolved(problem=unresolvable.problem)
    notes: dict[int, list[CreditLine]] = {}
    for invoice_id, line in found:
        notes.setdefault(invoice_id, []).append(line)
    if not notes:
        return Resolved(problem="nothing_left")
    return Resolved(notes=tuple(_note(facts.invoice(number), lines) for number, lines in notes.items()))


def _note(invoice: RefundInvoice, lines: list[CreditLine]) -> WishedNote:
    return WishedNote(invoice_id=invoice.id, lines=tuple(lines), total=total_of(invoice, lines))


def _resolve(wish: RefundWish, facts: RefundFacts) -> list[tuple[int, CreditLine]]:
    invoices = sorted(
        (invoice for invoice in facts.invoices if invoice.state is DocumentState.POSTED),
        key=lambda invoice: invoice.id,
    )
    label = facts.order_ref
    if wish.lines and wish.amount is not None:
        if len(wish.lines) != 1:
            raise _Unresolvable("amount")
        return list(_amount_of_line(wish.lines[0].line_id, wish.amount, invoices))
    if wish.lines:
        return [found for line in wish.lines for found in _quantity_of_line(line, invoices)]
    if wish.amount is not None:
        return list(_amount_of_all(wish.amount, invoices, label))
    return list(_everything(wish, facts, invoices, label))


def _billing(
    line_id: int, invoices: Sequence[RefundInvoice]
) -> list[tuple[RefundInvoice, RefundInvoiceLine]]:
    found = [
        (invoice, line) for invoice in invoices for line in invoice.lines if line_id in line.order_line_ids
    ]
    if not found:
        raise _Unresolvable("not_invoiced")
    return found


def _quantity_of_line(
    wished: WishedLine, invoices: Sequence[RefundInvoice]
) -> Iterator[tuple[int, CreditLine]]:
    billing = _billing(wished.line_id, invoices)
    left = sum((line.quantity_left for _, line in billing), Decimal(0))
    wanted = left if wished.quantity is None else wished.quantity
    if not Decimal(0) < wanted <= left:
        raise _Unresolvable("quantity")
    for invoice, line in billing:
        part = min(wanted, line.quantity_left)
        if part > 0:
            credit = credit_quantity(line, part, goods_back=wished.goods_back, smallest=invoice.smallest)
            if credit.total > line.left:
                raise _Unresolvable("amount")  # money was given back for it before: by amount, not by piece
            yield invoice.id, credit
        wanted -= part


def _amount_of_line(
    line_id: int, amount: Decimal, invoices: Sequence[RefundInvoice]
) -> Iterator[tuple[int, CreditLine]]:
    for invoice, line in _billing(line_id, invoices):
        part = min(amount, line.left)
        if part > 0:
            yield invoice.id, credit_amount(line, part)
        amount -= part
    if amount > 0:
        raise _Unresolvable("amount")


def _amount_of_all(
    amount: Decimal, invoices: Sequence[RefundInvoice], label: str
) -> Iterator[tuple[int, CreditLine]]:
    if amount <= 0:
        raise _Unresolvable("amount")
    for invoice in invoices:
        part = min(amount, invoice.refundable.amount)
        if part <= 0:
            continue
        if invoice.bills_other_orders:
            raise _Unresolvable("other_orders")
        yield from _split(invoice, part, label)
        amount -= part
    if amount > 0:
        raise _Unresolvable("amount")


def _everything(
    wish: RefundWish, facts: RefundFacts, invoices: Sequence[RefundInvoice], label: str
) -> Iterator[tuple[int, CreditLine]]:
    """By pieces where that comes to exactly what is left, else by amount."""
    ours = {line.id for line in facts.lines}
    for invoice in invoices:
        left = invoice.refundable.amount
        if left <= 0:
            continue
        lines = [
            line
            for line in invoice.lines
            if line.quantity_left > 0 and (not invoice.bills_other_orders or ours & set(line.order_line_ids))
        ]
        pieces = [
            credit_quantity(line, line.quantity_left, goods_back=wish.goods_back, smallest=invoice.smallest)
            for line in lines
        ]
        total = sum((piece.total for piece in pieces), Decimal(0))
        if pieces and (total == left or (invoice.bills_other_orders and total <= left)):
            yield from ((invoice.id, piece) for piece in pieces)
        elif invoice.bills_other_orders:
            raise _Unresolvable("other_orders")
        else:
            yield from _split(invoice, left, label)


def _split(invoice: RefundInvoice, amount: Decimal, label: str) -> Iterator[tuple[int, CreditLine]]:
    try:
        parts = split_amount(invoice, amount, label=label)
    except ValueError:
        raise _Unresolvable("amount") from None
    yield from ((invoice.id, part) for part in parts)


def kept_goods(notes: Sequence[WishedNote], facts: RefundFacts) -> Decimal:
    """What is refunded for goods that do not come back."""
    kept = Decimal(0)
    for note in notes:
        invoice = facts.invoice(note.invoice_id)
        for line in note.lines:
            if invoice.line(line.invoice_line_id).kind is LineKind.GOODS and not line.goods_back:
                kept += line.total
    return kept


def note_json(note: WishedNote) -> dict[str, Any]:
    return {
        "invoice_id": note.invoice_id,
        "total": plain(note.total),
        "lines": [
            {
                "invoice_line_id": line.invoice_line_id,
                "quantity": None if line.quantity is None else plain(line.quantity),
                "amount": None if line.amount is None else plain(line.amount),
                "total": plain(line.total),
                "goods_back": line.goods_back,
                "label": line.label,
            }
            for line in note.lines
        ],
    }


def note_of(stored: Mapping[str, Any]) -> WishedNote:
    return WishedNote(
        invoice_id=stored["invoice_id"],
        total=Decimal(stored["total"]),
        lines=tuple(
            CreditLine(
                invoice_line_id=line["invoice_line_id"],
                quantity=None if line["quantity"] is None else Decimal(line["quantity"]),
                amount=None if line["amount"] is None else Decimal(line["amount"]),
                total=Decimal(line["total"]),
                goods_back=line["goods_back"],
                label=line["label"],
            )
            for line in stored["lines"]
        ),
    )


def wish_json(wish: RefundWish) -> dict[str, Any]:
    return {
        "amount": None if wish.amount is None else plain(wish.amount),
        "goods_back": wish.goods_back,
        "lines": [
            {
                "line_id": line.line_id,
                "quantity": None if line.quantity is None else plain(line.quantity),
                "goods_back": line.goods_back,
            }
            for line in wish.lines
        ],
    }


def wish_of(stored: Mapping[str, Any]) -> RefundWish:
    return RefundWish(
        amount=None if stored["amount"] is None else Decimal(stored["amount"]),
        goods_back=stored["goods_back"],
        lines=tuple(
            WishedLine(
                line_id=line["line_id"],
                quantity=None if line["quantity"] is None else Decimal(line["quantity"]),
                goods_back=line["goods_back"],
            )
            for line in stored["lines"]
        ),
    )
