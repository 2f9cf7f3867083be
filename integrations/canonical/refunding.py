"""The live facts a refund is judged, previewed and checked by, and the sums that follow from them alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Annotated

from integrations.canonical.billing import DocumentState, Payment, PaymentProgress
from integrations.canonical.effects import (
    CreditLine,
    ExpectedFacts,
    ExpectedInvoiceLine,
    ExpectedNote,
    ExpectedOrderLine,
)
from integrations.canonical.orders import Company, InvoiceProgress, LineKind
from integrations.canonical.sensitivity import FINANCIAL, PERSONAL, PUBLIC, Money

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrderLine:
    """An order's line as Odoo counts it; ``to_invoice`` is Odoo's own figure and may be negative."""

    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    kind: Annotated[LineKind, PUBLIC]
    ordered: Annotated[Decimal, PUBLIC]
    delivered: Annotated[Decimal, PUBLIC]
    invoiced: Annotated[Decimal, PUBLIC]
    to_invoice: Annotated[Decimal, PUBLIC]
    invoiced_by_delivery: Annotated[bool, PUBLIC]  # else by what was ordered
    moves_ended: Annotated[bool, PUBLIC]  # something was moved, and nothing is to be moved any more
    can_be_invoiced_alone: Annotated[bool, PUBLIC]  # shipping, discounts and rewards cannot


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInvoiceLine:
    """A posted invoice's line. ``credited`` figures count every note of the invoice that is not cancelled."""

    id: Annotated[int, PUBLIC]
    order_line_ids: Annotated[tuple[int, ...], PUBLIC]
    product_id: Annotated[int | None, PUBLIC]
    name: Annotated[str, PUBLIC]
    kind: Annotated[LineKind, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    untaxed: Annotated[Decimal, FINANCIAL]
    total: Annotated[Decimal, FINANCIAL]
    tax_ids: Annotated[tuple[int, ...], PUBLIC]
    tax_names: Annotated[tuple[str, ...], PUBLIC]
    credited_quantity: Annotated[Decimal, PUBLIC]
    credited_total: Annotated[Decimal, FINANCIAL]

    @property
    def left(self) -> Decimal:
        """Below zero for a deduction, never beyond zero on the other side."""
        return _rest(self.total, self.credited_total)

    @property
    def quantity_left(self) -> Decimal:
        return _rest(self.quantity, self.credited_quantity)


def _rest(billed: Decimal, credited: Decimal) -> Decimal:
    rest = billed - credited
    return rest if rest * billed > 0 else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNote:
    """A credit note of an invoice, in any state, linked to the order or not."""

    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]
    state: Annotated[DocumentState, PUBLIC]
    total: Annotated[Money, FINANCIAL]
    residual: Annotated[Money, FINANCIAL]
    payment_state: Annotated[PaymentProgress, PUBLIC]
    reason: Annotated[str | None, PERSONAL]
    # Names the invoice or a line of the order. Else an add-on lists it with the order: it counts, but Odoo cannot
    # compare it when the next one is made.
    is_tied: Annotated[bool, PUBLIC] = True

    @property
    def counts(self) -> bool:
        return self.state is not DocumentState.CANCELLED


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInvoice:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]
    state: Annotated[DocumentState, PUBLIC]
    total: Annotated[Money, FINANCIAL]
    untaxed: Annotated[Money, FINANCIAL]
    residual: Annotated[Money, FINANCIAL]
    payment_state: Annotated[str, PUBLIC]  # Odoo's own word: it is compared, not shown
    smallest: Annotated[Decimal, PUBLIC] = CENT  # the currency's smallest amount
    lines: tuple[RefundInvoiceLine, ...]
    notes: tuple[RefundNote, ...]
    bills_other_orders: Annotated[bool, PUBLIC]

    @property
    def credited(self) -> Decimal:
        return sum((note.total.amount for note in self.notes if note.counts), Decimal(0))

    @property
    def refundable(self) -> Money:
        if self.state is not DocumentState.POSTED:
            return Money(Decimal(0), self.total.currency)
        return Money(max(Decimal(0), self.total.amount - self.credited), self.total.currency)

    @property
    def drafts(self) -> tuple[RefundNote, ...]:
        return tuple(note for note in self.notes if note.state is DocumentState.DRAFT)

    def line(self, line_id: int) -> RefundInvoiceLine:
        """``LookupError`` where the invoice has no such line."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise LookupError(f"invoice {self.id} has no line {line_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFacts:
    """One order's money, read live."""

    connection: Annotated[str, PUBLIC]
    company: Company
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    order_state: Annotated[str, PUBLIC]  # Odoo's own word: it is compared, not shown
    invoicing: Annotated[InvoiceProgress | None, PUBLIC]
    odoo_version: Annotated[int, PUBLIC]
    lines: tuple[RefundOrderLine, ...]
    invoices: tuple[RefundInvoice, ...]  # drafts and cancelled ones too
    payments: tuple[Payment, ...]  # how the money came; references only, no card or bank detail
    fetched_at: Annotated[datetime, PUBLIC]

    def invoice(self, invoice_id: int) -> RefundInvoice:
        """``LookupError`` where the order has no such invoice."""
        for invoice in self.invoices:
            if invoice.id == invoice_id:
                return invoice
        raise LookupError(f"order {self.order_id} has no invoice {invoice_id}")


def expected_facts(facts: RefundFacts, invoice_id: int, lines: Iterable[CreditLine]) -> ExpectedFacts:
    """What must still be so when the note is made. Only order lines that the credited lines bill are compared."""
    invoice = facts.invoice(invoice_id)
    billed = {number for line in lines for number in invoice.line(line.invoice_line_id).order_line_ids}
    return ExpectedFacts(
        order_state=facts.order_state,
        order_lines=tuple(
            ExpectedOrderLine(id=line.id, delivered=line.delivered, invoiced=line.invoiced)
            for line in facts.lines
            if line.id in billed
        ),
        invoice_total=invoice.total.amount,
        invoice_residual=invoice.residual.amount,
        payment_state=invoice.payment_state,
        invoice_lines=tuple(
            ExpectedInvoiceLine(id=line.id, quantity=line.quantity, total=line.total)
            for line in invoice.lines
        ),
        notes=tuple(
            ExpectedNote(id=note.id, state=note.state, total=note.total.amount)
            for note in invoice.notes
            if note.counts and note.is_tied
        ),
    )


def total_of_quantity(line: RefundInvoiceLine, quantity: Decimal, smallest: Decimal = CENT) -> Decimal:
    """What a quantity of an invoice line costs with tax; all of it costs exactly what the line did."""
    if not line.quantity:
        return Decimal(0)
    return (line.total * quantity / line.quantity).quantize(smallest, ROUND_HALF_UP)


def credit_quantity(
    line: RefundInvoiceLine, quantity: Decimal, *, goods_back: bool, smallest: Decimal = CENT
) -> CreditLine:
    """So many of one invoice line. Shipping and charges are never linked: nothing of them comes back."""
    return CreditLine(
        invoice_line_id=line.id,
        quantity=quantity,
        total=total_of_quantity(line, quantity, smallest),
        goods_back=goods_back and line.kind is LineKind.GOODS and bool(line.order_line_ids),
    )


def total_of(invoice: RefundInvoice, lines: Sequence[CreditLine]) -> Decimal:
    """What a note with these lines comes to: their sum, or all the invoice has left where they are all of it.

    Lines and invoice can be cents apart, because tax is rounded over the whole document.
    """
    total = sum((line.total for line in lines), Decimal(0))
    credited = {line.invoice_line_id: line.quantity for line in lines}
    if all(credited.get(line.id, Decimal(0)) == line.quantity_left for line in invoice.lines):
        return invoice.refundable.amount
    cents = invoice.smallest * max(2, len(lines))
    return invoice.refundable.amount if 0 < total - invoice.refundable.amount <= cents else total


def credit_amount(line: RefundInvoiceLine, amount: Decimal) -> CreditLine:
    """So much money of one invoice line, tax included."""
    return CreditLine(invoice_line_id=line.id, amount=amount, total=amount)


def split_amount(invoice: RefundInvoice, amount: Decimal, *, label: str) -> tuple[CreditLine, ...]:
    """An amount of the whole invoice, tax included, over the tax rates it was billed at.

    Each rate takes part by what it has left; the parts add up to ``amount`` to the cent. Deductions (a discount line)
    lower their own rate's part. ``ValueError`` where the invoice has less left than that.
    """
    left: dict[tuple[int, ...], Decimal] = {}
    largest: dict[tuple[int, ...], RefundInvoiceLine] = {}
    for line in invoice.lines:
        left[line.tax_ids] = left.get(line.tax_ids, Decimal(0)) + line.total - line.credited_total
        if line.tax_ids not in largest or line.total > largest[line.tax_ids].total:
            largest[line.tax_ids] = line
    rates = {rate: value for rate, value in left.items() if value > 0}
    whole = sum(rates.values(), Decimal(0))
    if amount <= 0 or amount > min(whole, invoice.refundable.amount):
        raise ValueError("the invoice has less left than that")
    cent = invoice.smallest
    parts = {rate: (amount * value / whole).quantize(cent, ROUND_DOWN) for rate, value in rates.items()}
    short = amount - sum(parts.values(), Decimal(0))
    by_remainder = sorted(rates, key=lambda rate: (parts[rate] - amount * rates[rate] / whole, rate))
    for rate in by_remainder[: int(short / cent)]:
        parts[rate] += cent
    return tuple(
        CreditLine(invoice_line_id=largest[rate].id, amount=part, total=part, label=label)
        for rate, part in sorted(parts.items())
        if part
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineForecast:
    """How Odoo will count an order's line once the draft is made; drafts count at once, not when posted."""

    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    invoiced_before: Annotated[Decimal, PUBLIC]
    invoiced_after: Annotated[Decimal, PUBLIC]
    to_invoice_before: Annotated[Decimal, PUBLIC]
    to_invoice_after: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteForecast:
    """What a credit note will come to and what it changes; compared with the facts read after the commit."""

    invoice_id: Annotated[int, PUBLIC]
    total: Annotated[Money, FINANCIAL]
    tax: Annotated[Money, FINANCIAL]  # an estimate to the cent per rate: the draft's own figure decides
    lines: tuple[OrderLineForecast, ...]  # of the order, changed ones only
    invoicing_before: Annotated[InvoiceProgress | None, PUBLIC]
    invoicing_after: Annotated[InvoiceProgress | None, PUBLIC]
    refundable_before: Annotated[Money, FINANCIAL]  # of this invoice
    refundable_after: Annotated[Money, FINANCIAL]
