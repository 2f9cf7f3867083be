"""What happened to an order, in one line each, newest first.

Built from the same reading as the panels, so the two can never disagree. Events are records like any other and
leave through the masking door.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext as _

from integrations.canonical import (
    FINANCIAL,
    PERSONAL,
    PUBLIC,
    CreditNote,
    DocumentState,
    Invoice,
    Message,
    MessageKind,
    Money,
    Order,
    OrderRecord,
    Partial,
    Payment,
    PaymentState,
    Return,
    ReturnLogistics,
    Shipment,
    ShipmentKind,
    ShipmentState,
)


class EventKind(StrEnum):
    ORDER = "order"
    SHIPMENT = "shipment"
    RETURN = "return"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    key: Annotated[str, PUBLIC]  # tells an event from the others of its order
    at: Annotated[datetime | None, PUBLIC]
    kind: Annotated[EventKind, PUBLIC]
    title: Annotated[str, PUBLIC]
    author: Annotated[str | None, PERSONAL, Partial.NAME]
    detail: Annotated[str | None, PERSONAL]
    amount: Annotated[Money | None, FINANCIAL]


def timeline(record: OrderRecord) -> tuple[TimelineEvent, ...]:
    """Newest first; what has no time stands at the end."""
    dawn = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(_events(record), key=lambda event: event.at or dawn, reverse=True))


def _events(record: OrderRecord) -> Iterator[TimelineEvent]:
    yield _placed(record.order)
    for shipment in (*record.shipments, *record.preparations):
        if shipment.state is ShipmentState.DONE:
            yield _shipped(shipment)
    for returned in record.returns:
        yield from _returned(returned)
    documents: tuple[Invoice | CreditNote, ...] = (*record.invoices, *record.credit_notes)
    for document in documents:
        if document.state is DocumentState.POSTED:
            yield _issued(document)
    for payment in record.payments:
        yield _paid(payment)
    for message in record.messages:
        yield _said(message)


def _event(
    kind: EventKind,
    key: str | int,
    title: str,
    at: datetime | None,
    *,
    amount: Money | None = None,
    author: str | None = None,
    detail: str | None = None,
) -> TimelineEvent:
    return TimelineEvent(
        key=f"{kind}-{key}", at=at, kind=kind, title=title, author=author, detail=detail, amount=amount
    )


def _placed(order: Order) -> TimelineEvent:
    return _event(EventKind.ORDER, order.id, _("Order %(ref)s placed") % {"ref": order.ref}, order.placed_at)


def _shipped(shipment: Shipment) -> TimelineEvent:
    titles = {
        ShipmentKind.DELIVERY: _("Shipment %(ref)s left the warehouse"),
        ShipmentKind.DROP_SHIP: _("Shipment %(ref)s left the supplier"),
        ShipmentKind.PREPARATION: _("Step %(ref)s done in the warehouse"),
    }
    return _event(
        EventKind.SHIPMENT, shipment.id, titles[shipment.kind] % {"ref": shipment.ref}, shipment.done_at
    )


def _returned(found: Return) -> Iterator[TimelineEvent]:
    key, words = f"{found.source}-{found.id}", {"ref": found.ref}
    yield _event(EventKind.RETURN, key, _("Return %(ref)s announced") % words, found.announced_at)
    if found.received_at:
        yield _event(EventKind.RETURN, f"{key}-in", _("Return %(ref)s received") % words, found.received_at)
    elif found.logistics is ReturnLogistics.CANCELLED:
        yield _event(
            EventKind.RETURN, f"{key}-off", _("Return %(ref)s cancelled") % words, found.announced_at
        )


def _issued(document: Invoice | CreditNote) -> TimelineEvent:
    words = {"ref": document.ref or ""}
    at = _start_of(document.issued_on)
    if isinstance(document, CreditNote):
        return _event(
            EventKind.CREDIT_NOTE,
            document.id,
            _("Credit note %(ref)s posted") % words,
            at,
            amount=document.total,
        )
    return _event(
        EventKind.INVOICE, document.id, _("Invoice %(ref)s posted") % words, at, amount=document.total
    )


def _start_of(day: date | None) -> datetime | None:
    """Odoo dates documents by day only; they stand at its start."""
    return datetime.combine(day, time(), UTC) if day else None


def _paid(payment: Payment) -> TimelineEvent:
    titles = _refund_titles() if payment.is_refund else _payment_titles()
    title = titles[payment.state]
    if payment.document_ref:
        title = _("%(event)s for %(ref)s") % {"event": title, "ref": payment.document_ref}
    key = f"{payment.source}-{payment.id}"
    return _event(EventKind.PAYMENT, key, title, payment.at, amount=payment.amount)


def _payment_titles() -> dict[PaymentState, str]:
    return {
        PaymentState.PENDING: _("Payment pending"),
        PaymentState.AUTHORIZED: _("Payment authorized"),
        PaymentState.DONE: _("Payment received"),
        PaymentState.CANCELLED: _("Payment cancelled"),
        PaymentState.FAILED: _("Payment failed"),
        PaymentState.UNKNOWN: _("Payment in an unknown state"),
    }


def _refund_titles() -> dict[PaymentState, str]:
    return {
        PaymentState.PENDING: _("Refund pending"),
        PaymentState.AUTHORIZED: _("Refund authorized"),
        PaymentState.DONE: _("Refund paid"),
        PaymentState.CANCELLED: _("Refund cancelled"),
        PaymentState.FAILED: _("Refund failed"),
        PaymentState.UNKNOWN: _("Refund in an unknown state"),
    }


def _said(message: Message) -> TimelineEvent:
    titles = {
        MessageKind.COMMENT: _("Message"),
        MessageKind.EMAIL: _("E-mail"),
        MessageKind.INTERNAL_NOTE: _("Internal note"),
        MessageKind.SYSTEM: _("Logged by Odoo"),
    }
    return _event(
        EventKind.MESSAGE,
        message.id,
        titles[message.kind],
        message.at,
        author=message.author,
        detail=message.body,
    )
