"""Foretells how Odoo counts an order once a draft credit note hangs on it: what it then wants to invoice again.

Odoo counts draft notes at once. A linked line lowers the quantity invoiced, so an order can become invoiceable
again; a note without links changes nothing on the order. Measured on 17, 18 and 19.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from integrations.canonical import (
    CreditLine,
    CreditNoteForecast,
    InvoiceProgress,
    LineKind,
    Money,
    OrderLineForecast,
    RefundFacts,
    RefundInvoice,
    RefundOrderLine,
    total_of,
)

_CONFIRMED = "sale"
_NOT_COUNTED = frozenset({LineKind.SECTION, LineKind.NOTE, LineKind.DOWN_PAYMENT})


def forecast(facts: RefundFacts, invoice_id: int, lines: Sequence[CreditLine]) -> CreditNoteForecast:
    """What the note will come to and what it changes on the order."""
    invoice = facts.invoice(invoice_id)
    total = total_of(invoice, lines)
    after = _after(facts, invoice, lines)
    currency = invoice.total.currency
    return CreditNoteForecast(
        invoice_id=invoice_id,
        total=Money(total, currency),
        tax=Money(_tax(invoice, lines), currency),
        lines=tuple(
            OrderLineForecast(
                id=line.id,
                name=line.name,
                invoiced_before=line.invoiced,
                invoiced_after=after[line.id].invoiced,
                to_invoice_before=line.to_invoice,
                to_invoice_after=after[line.id].to_invoice,
            )
            for line in facts.lines
            if after[line.id] != line
        ),
        invoicing_before=facts.invoicing,
        invoicing_after=invoicing_of(facts, list(after.values())),
        refundable_before=invoice.refundable,
        refundable_after=Money(invoice.refundable.amount - total, currency),
    )


def _after(
    facts: RefundFacts, invoice: RefundInvoice, lines: Sequence[CreditLine]
) -> Mapping[int, RefundOrderLine]:
    after = {line.id: line for line in facts.lines}
    for line in lines:
        if not line.goods_back or line.quantity is None:
            continue
        for number in invoice.line(line.invoice_line_id).order_line_ids:
            known = after.get(number)
            if known is not None:
                after[number] = replace(
                    known,
                    invoiced=known.invoiced - line.quantity,
                    to_invoice=known.to_invoice + line.quantity,
                )
    return after


def _tax(invoice: RefundInvoice, lines: Sequence[CreditLine]) -> Decimal:
    tax = Decimal(0)
    for line in lines:
        billed = invoice.line(line.invoice_line_id)
        if billed.total:
            tax += (line.total * (billed.total - billed.untaxed) / billed.total).quantize(
                invoice.smallest, ROUND_HALF_UP
            )
    return tax


def invoicing_of(facts: RefundFacts, lines: Sequence[RefundOrderLine]) -> InvoiceProgress:
    """Odoo's own rule for an order's invoicing, from its lines."""
    if facts.order_state != _CONFIRMED:
        return InvoiceProgress.NOTHING_TO_INVOICE
    counted = [line for line in lines if line.kind not in _NOT_COUNTED]
    states = {line.id: _line_state(line, facts.odoo_version) for line in counted}
    found = set(states.values())
    if InvoiceProgress.TO_INVOICE in found:
        due = [line for line in counted if states[line.id] is InvoiceProgress.TO_INVOICE]
        alone = any(line.can_be_invoiced_alone for line in due)
        if InvoiceProgress.NOTHING_TO_INVOICE in found and not alone:
            return InvoiceProgress.NOTHING_TO_INVOICE
        return InvoiceProgress.TO_INVOICE
    if found == {InvoiceProgress.INVOICED}:
        return InvoiceProgress.INVOICED
    if found and found <= {InvoiceProgress.INVOICED, InvoiceProgress.UPSELLING}:
        return InvoiceProgress.UPSELLING
    return InvoiceProgress.NOTHING_TO_INVOICE


def _line_state(line: RefundOrderLine, odoo_version: int) -> InvoiceProgress:
    if line.to_invoice:
        return InvoiceProgress.TO_INVOICE
    if not line.invoiced_by_delivery and 0 <= line.ordered < line.delivered:
        return InvoiceProgress.UPSELLING
    if line.invoiced >= line.ordered:
        return InvoiceProgress.INVOICED
    # 19 counts goods that were delivered short, with nothing left to move, as invoiced.
    ended = odoo_version >= 19 and line.kind is LineKind.GOODS and line.invoiced_by_delivery
    return InvoiceProgress.INVOICED if ended and line.moves_ended else InvoiceProgress.NOTHING_TO_INVOICE
