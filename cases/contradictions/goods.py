"""Contradictions between what was promised, moved and cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from cases.contradictions.finding import Finding, Rule, Severity, kept_goods
from cases.sentences import gettext_noop
from integrations.canonical import (
    Branch,
    DeliveryProgress,
    LineKind,
    MessageKind,
    OrderLine,
    OrderRecord,
    OrderState,
    Shipment,
    ShipmentKind,
    ShipmentState,
)

OVERDUE_AFTER = timedelta(days=2)
SILENT_AFTER, FORGOTTEN_AFTER = timedelta(days=7), timedelta(days=60)
TRACKING_DUE_AFTER = timedelta(days=1)

_OPEN = frozenset({ShipmentState.DRAFT, ShipmentState.WAITING, ShipmentState.READY})


def _shipped_with_open_exception(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Something left the house although a step before it was never finished."""
    done = [s for s in record.shipments if s.kind is ShipmentKind.DELIVERY and s.state is ShipmentState.DONE]
    if not done:
        return
    shipped_lines = {line.line_id for shipment in done for line in shipment.lines}
    for step in record.preparations:
        if step.state not in _OPEN or not _overdue(step, at):
            continue
        # A backorder's own step is open because its goods have not left: that is no contradiction.
        waiting = {line.line_id for line in step.lines} & shipped_lines
        if waiting and not _waits_for_backorder(record, waiting):
            yield Finding(
                code="shipped_with_open_exception",
                severity=Severity.PROMISE,
                message=gettext_noop(
                    "%(shipment)s is done, but the warehouse step %(step)s before it is still open."
                ),
                customer_message=gettext_noop(
                    "Your parcel has left; we are checking a detail with the warehouse."
                ),
                words={"shipment": done[0].ref, "step": step.ref},
            )


def _waits_for_backorder(record: OrderRecord, lines: set[int | None]) -> bool:
    """Whether goods of these lines are still to leave the house."""
    return any(
        line.id in lines and (line.shipped or Decimal(0)) < (line.ordered or Decimal(0))
        for line in record.order.lines
    )


def _shipment_overdue(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    if record.order.state is not OrderState.CONFIRMED:
        return
    for shipment in record.shipments:
        if shipment.state in _OPEN and _overdue(shipment, at):
            yield Finding(
                code="shipment_overdue",
                severity=Severity.PROMISE,
                message=gettext_noop("%(shipment)s was planned for %(day)s and has not left."),
                customer_message=gettext_noop(
                    "A part of your order is late. We are finding out when it will leave."
                ),
                words={"shipment": shipment.ref, "day": _day(shipment.scheduled_at)},
            )


def _overdue(shipment: Shipment, at: datetime) -> bool:
    return shipment.scheduled_at is not None and at - shipment.scheduled_at > OVERDUE_AFTER


def _promise_missed(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    order = record.order
    late = (
        order.promised_at is not None and order.promised_at.date() < at.date()
    )  # a day holds until it is over
    if not late or order.state is not OrderState.CONFIRMED:
        return
    if order.delivery in (DeliveryProgress.PENDING, DeliveryProgress.PARTIAL) and _goods_to_come(record):
        yield Finding(
            code="promise_missed",
            severity=Severity.PROMISE,
            message=gettext_noop("Delivery was promised for %(day)s; not everything has left."),
            customer_message=gettext_noop(
                "We promised delivery for %(day)s and did not keep it. We are sorry."
            ),
            words={"day": _day(order.promised_at)},
        )


def _goods_to_come(record: OrderRecord) -> bool:
    """A waiting return makes Odoo call an order partly delivered again: only goods that never left count."""
    return any((line.shipped or Decimal(0)) < (line.ordered or Decimal(0)) for line in _goods(record))


def _goods(record: OrderRecord) -> Iterator[OrderLine]:
    return (line for line in record.order.lines if line.kind is LineKind.GOODS)


def _cancelled_but_shipped(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    if record.order.state is not OrderState.CANCELLED:
        return
    out = kept_goods(record.order)
    if out:
        yield Finding(
            code="cancelled_but_shipped",
            severity=Severity.MONEY,
            message=gettext_noop("The order is cancelled, but %(product)s went out and has not come back."),
            customer_message=gettext_noop("Your cancellation reached us after a parcel had left."),
            words={"product": out[0].name},
        )


def _tracking_silent(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Odoo hears nothing after any parcel leaves; it tells something only where the customer has asked since."""
    for shipment in record.shipments:
        if (
            shipment.state is not ShipmentState.DONE
            or shipment.done_at is None
            or not shipment.tracking_numbers
        ):
            continue
        if _came_back(record, shipment):
            continue
        silent = SILENT_AFTER < at - shipment.done_at < FORGOTTEN_AFTER
        if silent and _customer_asked(record, shipment.done_at):
            yield Finding(
                code="tracking_silent",
                severity=Severity.CHECK,
                message=gettext_noop(
                    "%(shipment)s left on %(day)s, the customer has written since, and nothing says that it arrived."
                ),
                customer_message=gettext_noop(
                    "Has your parcel of %(day)s arrived? If not, we ask the carrier where it is."
                ),
                words={"shipment": shipment.ref, "day": _day(shipment.done_at)},
            )


def _customer_asked(record: OrderRecord, since: datetime) -> bool:
    """By e-mail, or with their own name in the portal; what colleagues write there says nothing of the parcel."""
    name = record.customer.name if record.customer else ""
    return any(
        message.at is not None
        and message.at > since
        # Odoo puts the company before a contact's name.
        and (message.author or "").rpartition(", ")[2] == name.rpartition(", ")[2] != ""
        and message.kind in (MessageKind.EMAIL, MessageKind.COMMENT)
        for message in record.messages
    )


def _came_back(record: OrderRecord, shipment: Shipment) -> bool:
    """What is on its way back, or is back, was delivered."""
    return any(found.of_shipment == shipment.ref for found in record.returns)


def _no_tracking(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    for shipment in record.shipments:
        done = shipment.state is ShipmentState.DONE and shipment.done_at is not None
        if not done or shipment.carrier is None or shipment.tracking_numbers:
            continue
        if shipment.done_at is not None and TRACKING_DUE_AFTER < at - shipment.done_at < FORGOTTEN_AFTER:
            yield Finding(
                code="no_tracking",
                severity=Severity.CHECK,
                message=gettext_noop(
                    "%(shipment)s left with %(carrier)s, but no tracking number is recorded."
                ),
                customer_message=gettext_noop("Your parcel has left. We are getting its tracking number."),
                words={"shipment": shipment.ref, "carrier": shipment.carrier},
            )


def _delivered_without_shipment(record: OrderRecord, at: datetime) -> Iterator[Finding]:
    """Odoo counts goods as delivered of which no transfer to the customer is done."""
    for line in _goods(record):
        if line.shipped is not None and (line.delivered or Decimal(0)) > line.shipped:
            yield Finding(
                code="delivered_without_shipment",
                severity=Severity.CHECK,
                message=gettext_noop("%(product)s counts as delivered, but no shipment of it is done."),
                customer_message=gettext_noop("We are checking with the warehouse what has left."),
                words={"product": line.name},
            )


def _day(moment: datetime | None) -> date | str:
    return moment.date() if moment else ""


_MOVED = frozenset({Branch.ORDER, Branch.SHIPMENTS})

GOODS_RULES = (
    Rule(code="shipped_with_open_exception", rests_on=_MOVED, find=_shipped_with_open_exception),
    Rule(code="shipment_overdue", rests_on=_MOVED, find=_shipment_overdue),
    Rule(code="promise_missed", rests_on=_MOVED, find=_promise_missed),
    Rule(code="cancelled_but_shipped", rests_on=_MOVED, find=_cancelled_but_shipped),
    Rule(code="tracking_silent", rests_on=_MOVED | {Branch.MESSAGES}, find=_tracking_silent),
    Rule(code="no_tracking", rests_on=_MOVED, find=_no_tracking),
    Rule(code="delivered_without_shipment", rests_on=_MOVED, find=_delivered_without_shipment),
)
