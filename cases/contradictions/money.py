"""Contradictions between what was billed, paid and credited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from cases.contradictions.finding import Finding, Rule, Severity, kept_goods
from cases.sentences import gettext_noop
from integrations.canonical import (
    Branch,
    CreditNote,
    DocumentState,
    LineKind,
    OrderLine,
    OrderRecord,
    OrderState,
    Payment,
    PaymentProgress,
    PaymentSource,
    PaymentState,
    ShipmentState,
)

CREDIT_DUE_AFTER = timedelta(days=3)
INVOICE_DUE_AFTER = timedelta(days=7)
CENT = Decimal("0.01")

_PAID = frozenset({PaymentProgress.PAID, PaymentProgress.IN_PAYMENT})
_OPEN = frozenset({ShipmentState.DRAFT, ShipmentState.WAITING, ShipmentState.READY})


def _credit_posted_unpaid(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """A credit on a paid invoice that nobody has paid out."""
    paid = {invoice.ref for invoice in record.invoices if invoice.payment_state in _PAID}
    for note in record.credit_notes:
        if note.state is not DocumentState.POSTED or note.residual.amount <= 0:
            continue
        if note.reverses in paid and _older_than(note, at):
            yield Finding(
                code="credit_posted_unpaid",
                severity=Severity.MONEY,
                message=gettext_noop("Credit note %(note)s is posted, but the money has not been paid out."),
                customer_message=gettext_noop("Your refund is approved and waits for its payment."),
                words={"note": note.ref or ""},
            )


def _older_than(note: CreditNote, at: datetime) -> bool:
    return note.issued_on is None or at.date() - note.issued_on > CREDIT_DUE_AFTER


def _credit_forgotten(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """A draft that was begun and not finished: the customer may have been told of it."""
    for note in record.credit_notes:
        if (
            note.state is DocumentState.DRAFT
            and note.issued_on
            and at.date() - note.issued_on > CREDIT_DUE_AFTER
        ):
            yield Finding(
                code="credit_forgotten",
                severity=Severity.CHECK,
                message=gettext_noop("A credit note of %(day)s is still a draft."),
                customer_message=gettext_noop("Your refund is being prepared."),
                words={"day": note.issued_on},
            )


def _paid_twice(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """The provider took more than the order costs, or two invoices bill and collect the same goods."""
    total = record.order.total
    kept = sum(
        (_signed(p) for p in record.payments if _counts(p, PaymentSource.PROVIDER, total.currency)),
        Decimal(0),
    )
    posted = [
        i for i in record.invoices if i.state is DocumentState.POSTED and i.total.currency == total.currency
    ]
    credited = [n for n in record.credit_notes if n.state is not DocumentState.CANCELLED]
    net = sum((i.total.amount for i in posted), Decimal(0)) - sum(
        (n.total.amount for n in credited), Decimal(0)
    )
    both_paid = len([i for i in posted if i.payment_state in _PAID]) > 1
    if kept > max(total.amount, net) + CENT or (both_paid and net > total.amount + CENT):
        yield Finding(
            code="paid_twice",
            severity=Severity.MONEY,
            message=gettext_noop(
                "More has been paid for this order than it costs. Check for a double charge."
            ),
            customer_message=gettext_noop(
                "We see more than one payment and are checking it. Nothing is lost."
            ),
        )


def _counts(payment: Payment, source: PaymentSource, currency: str) -> bool:
    return (
        payment.source is source
        and payment.state is PaymentState.DONE
        and payment.amount.currency == currency
    )


def _signed(payment: Payment) -> Decimal:
    amount = payment.amount.amount
    return -abs(amount) if payment.is_refund else amount


def _cancelled_but_paid(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    if record.order.state is not OrderState.CANCELLED:
        return
    currency = record.order.total.currency
    provider = sum(
        (_signed(p) for p in record.payments if _counts(p, PaymentSource.PROVIDER, currency)), Decimal(0)
    )
    ledger = sum(
        (_signed(p) for p in record.payments if _counts(p, PaymentSource.LEDGER, currency)), Decimal(0)
    )
    # The ledger's entry and the provider's are two looks at one payment; goods that were kept are paid for.
    if max(provider, ledger) > _billed_for_kept_goods(record) + CENT:
        yield Finding(
            code="cancelled_but_paid",
            severity=Severity.MONEY,
            message=gettext_noop("The order is cancelled, but the customer's money has not been given back."),
            customer_message=gettext_noop("Your order is cancelled. We are checking your refund."),
        )


def _billed_for_kept_goods(record: OrderRecord) -> Decimal:
    if not kept_goods(record.order):
        return Decimal(0)
    currency = record.order.total.currency
    invoices, notes = (
        sum(
            (
                d.total.amount
                for d in documents
                if d.state is DocumentState.POSTED and d.total.currency == currency
            ),
            Decimal(0),
        )
        for documents in (record.invoices, record.credit_notes)
    )
    return max(Decimal(0), invoices - notes)


def _cancelled_but_billed(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Odoo leaves a posted invoice posted when its order is cancelled."""
    if record.order.state is not OrderState.CANCELLED or kept_goods(record.order):
        return
    for invoice in record.invoices:
        if invoice.state is DocumentState.POSTED and invoice.residual.amount > 0:
            yield Finding(
                code="cancelled_but_billed",
                severity=Severity.MONEY,
                message=gettext_noop("The order is cancelled, but invoice %(invoice)s still asks for money."),
                customer_message=gettext_noop("Please do not pay the invoice of the cancelled order."),
                words={"invoice": invoice.ref or ""},
            )


def _invoiced_over_shipped(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Goods that were billed, of which fewer ever went out, and nothing is left to be shipped.

    What came back and is not credited is another matter with a rule of its own, so returns do not count here.
    Prepaid goods are no contradiction while they are still to come, or still to be picked or packed.
    """
    if record.order.state is not OrderState.CONFIRMED:
        return
    coming = {
        line.line_id
        for step in (*record.shipments, *record.preparations)
        if step.state in _OPEN
        for line in step.lines
    }
    for line in record.order.lines:
        if (
            line.kind is LineKind.GOODS
            and line.id not in coming
            and _over(line) > 0
            and (line.shipped or 0) > 0
        ):
            yield Finding(
                code="invoiced_over_shipped",
                severity=Severity.MONEY,
                message=gettext_noop(
                    "%(product)s: more is invoiced than was ever shipped, and no shipment is open."
                ),
                customer_message=gettext_noop("We are checking your invoice against what you received."),
                words={"product": line.name},
            )


def _over(line: OrderLine) -> Decimal:
    """Odoo's own figure counts where it is higher: goods can have left with another order's shipment."""
    went = max(line.shipped or Decimal(0), line.delivered or Decimal(0))
    return (line.invoiced or Decimal(0)) - went


def _shipped_not_billed(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Everything left long ago and nothing was ever billed: an invoice will surprise the customer."""
    done = [shipment.done_at for shipment in record.shipments if shipment.state is ShipmentState.DONE]
    moments = [moment for moment in done if moment is not None]
    billed = [invoice for invoice in record.invoices if invoice.state is not DocumentState.CANCELLED]
    if (
        billed
        or not moments
        or record.order.state is not OrderState.CONFIRMED
        or record.order.total.amount <= 0
    ):
        return
    # What replaces something for nothing is never billed.
    kept = any(
        (line.delivered or Decimal(0)) > 0 and line.total is not None and line.total.amount > 0
        for line in record.order.lines
        if line.kind is LineKind.GOODS
    )
    if kept and at - max(moments) > INVOICE_DUE_AFTER:
        yield Finding(
            code="shipped_not_billed",
            severity=Severity.CHECK,
            message=gettext_noop("Goods left by %(day)s and no invoice exists."),
            customer_message=gettext_noop("Your invoice is still to come."),
            words={"day": max(moments).date()},
        )


def _payment_failed(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """The provider refused and nothing else paid, yet the order goes ahead."""
    tries = [p for p in record.payments if p.source is PaymentSource.PROVIDER and not p.is_refund]
    good = (PaymentState.DONE, PaymentState.AUTHORIZED, PaymentState.PENDING)
    if not tries or any(p.state in good for p in tries) or record.order.state is not OrderState.CONFIRMED:
        return
    if any(p.source is PaymentSource.LEDGER for p in record.payments):
        return
    if any(p.state is PaymentState.FAILED for p in tries):
        yield Finding(
            code="payment_failed",
            severity=Severity.MONEY,
            message=gettext_noop("The only payment failed, but the order is confirmed."),
            customer_message=gettext_noop(
                "Your payment did not go through. Please choose another way to pay."
            ),
        )


_BILLED = frozenset({Branch.ORDER, Branch.INVOICES})
_COLLECTED = _BILLED | {Branch.TRANSACTIONS}
_MOVED = _BILLED | {Branch.SHIPMENTS}

MONEY_RULES = (
    Rule(code="credit_posted_unpaid", rests_on=_BILLED, find=_credit_posted_unpaid),
    Rule(code="credit_forgotten", rests_on=_BILLED, find=_credit_forgotten),
    Rule(code="paid_twice", rests_on=_COLLECTED, find=_paid_twice),
    Rule(code="cancelled_but_paid", rests_on=_COLLECTED | _MOVED, find=_cancelled_but_paid),
    Rule(code="cancelled_but_billed", rests_on=_MOVED, find=_cancelled_but_billed),
    Rule(code="invoiced_over_shipped", rests_on=_MOVED, find=_invoiced_over_shipped),
    Rule(code="shipped_not_billed", rests_on=_MOVED, find=_shipped_not_billed),
    Rule(code="payment_failed", rests_on=_COLLECTED, find=_payment_failed),
)
