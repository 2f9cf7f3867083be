"""Contradictions between what comes back and what is given for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from cases.contradictions.finding import Finding, Rule, Severity
from cases.sentences import gettext_noop
from integrations.canonical import (
    Branch,
    DocumentState,
    LineKind,
    OrderRecord,
    Return,
    ReturnDecision,
    ReturnLogistics,
    ReturnMoney,
)

RETURN_DUE_AFTER = timedelta(days=14)
CREDIT_DUE_AFTER = timedelta(days=7)

_CREDITED = frozenset({ReturnMoney.CREDIT_POSTED, ReturnMoney.PAID_OUT})
_ON_THE_WAY = frozenset({ReturnLogistics.AWAITING, ReturnLogistics.LABEL_ISSUED, ReturnLogistics.IN_TRANSIT})
_BACK = frozenset({ReturnLogistics.RECEIVED, ReturnLogistics.SHORT})


def _refunded_but_refused(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    for found in record.returns:
        if found.decision is ReturnDecision.REJECTED and found.money in _CREDITED:
            yield Finding(
                code="refunded_but_refused",
                severity=Severity.MONEY,
                message=gettext_noop("Return %(return)s was refused, but its goods are credited."),
                customer_message=gettext_noop("We are checking the outcome of your return."),
                words={"return": found.ref},
            )


def _refunded_before_received(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    for found in record.returns:
        if any(line.money in _CREDITED and line.logistics in _ON_THE_WAY for line in found.lines):
            yield Finding(
                code="refunded_before_received",
                severity=Severity.MONEY,
                message=gettext_noop("The goods of %(return)s are credited, but they are not back in stock."),
                customer_message=gettext_noop("Your refund is done. Please send back what you still have."),
                words={"return": found.ref},
            )


def _return_overdue(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    for found in record.returns:
        open_lines = any(
            line.logistics in _ON_THE_WAY
            and line.money not in _CREDITED
            and line.decision is not ReturnDecision.REQUESTED  # nobody has told the customer to send it yet
            for line in found.lines
        )
        if open_lines and found.announced_at is not None and at - found.announced_at > RETURN_DUE_AFTER:
            yield Finding(
                code="return_overdue",
                severity=Severity.CHECK,
                message=gettext_noop("%(return)s was announced on %(day)s and has not arrived."),
                customer_message=gettext_noop("We have not received your return yet. When did you send it?"),
                words={"return": found.ref, "day": found.announced_at.date()},
            )


def _received_not_credited(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Only where the goods were billed: what was never invoiced needs no credit."""
    billed = {
        line
        for invoice in record.invoices
        if invoice.state is DocumentState.POSTED
        for billed_line in invoice.lines
        for line in billed_line.line_ids
    }
    for found in record.returns:
        if found.received_at is None or at - found.received_at <= CREDIT_DUE_AFTER:
            continue
        if found.decision is ReturnDecision.REJECTED or _exchanged(record, found):
            continue
        if any(
            line.logistics in _BACK and line.money is ReturnMoney.NONE and line.line_id in billed
            for line in found.lines
        ):
            yield Finding(
                code="received_not_credited",
                severity=Severity.MONEY,
                message=gettext_noop("%(return)s came back on %(day)s and nothing has been credited."),
                customer_message=gettext_noop(
                    "Your return is here. We are checking why the refund is not done."
                ),
                words={"return": found.ref, "day": found.received_at.date()},
            )


def _exchanged(record: OrderRecord, found: Return) -> bool:
    """The customer has as many again as were sent back: another one took their place."""
    by_id = {line.id: line for line in record.order.lines}
    lines = [by_id[line.line_id] for line in found.lines if line.line_id in by_id]
    return bool(lines) and all(
        (line.delivered or Decimal(0)) >= (line.ordered or Decimal(0)) for line in lines
    )


def _returned_over_shipped(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Odoo accepts a return of more than was delivered."""
    for line in record.order.lines:
        back = (line.returned or Decimal(0)) + (line.announced or Decimal(0))
        if line.kind is LineKind.GOODS and back > (line.shipped or Decimal(0)):
            yield Finding(
                code="returned_over_shipped",
                severity=Severity.MONEY,
                message=gettext_noop("%(product)s: more came back or is announced than was ever shipped."),
                customer_message=gettext_noop("We are checking the quantities of your return."),
                words={"product": line.name},
            )


def _received_short(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    for found in record.returns:
        if any(line.logistics is ReturnLogistics.SHORT for line in found.lines):
            yield Finding(
                code="received_short",
                severity=Severity.CHECK,
                message=gettext_noop("%(return)s arrived with less than was announced."),
                customer_message=gettext_noop("Your return arrived, but not everything was in it."),
                words={"return": found.ref},
            )


_RETURNED = frozenset({Branch.ORDER, Branch.SHIPMENTS})
_CREDITS = _RETURNED | {Branch.INVOICES}

RETURN_RULES = (
    Rule(code="refunded_but_refused", rests_on=_CREDITS, find=_refunded_but_refused),
    Rule(code="refunded_before_received", rests_on=_CREDITS, find=_refunded_before_received),
    Rule(code="return_overdue", rests_on=_CREDITS, find=_return_overdue),
    Rule(code="received_not_credited", rests_on=_CREDITS, find=_received_not_credited),
    Rule(code="returned_over_shipped", rests_on=_RETURNED, find=_returned_over_shipped),
    Rule(code="received_short", rests_on=_RETURNED, find=_received_short),
)
