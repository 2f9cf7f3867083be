"""The canonical return: lines with three independent axes, never one status for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical.sensitivity import PUBLIC


class ReturnLogistics(StrEnum):
    NOT_REQUIRED = "not_required"
    AWAITING = "awaiting"
    LABEL_ISSUED = "label_issued"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    SHORT = "short"
    WRONG_ITEM = "wrong_item"
    LOST = "lost"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class ReturnDecision(StrEnum):
    REQUESTED = "requested"
    ELIGIBLE = "eligible"
    NEEDS_REVIEW = "needs_review"
    AUTHORIZED = "authorized"
    INSPECTED = "inspected"
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"


class ReturnMoney(StrEnum):
    UNKNOWN = "unknown"  # the documents that would tell may not be read
    NONE = "none"
    PROPOSED = "proposed"
    AWAITING_APPROVAL = "awaiting_approval"
    CREDIT_DRAFTED = "credit_drafted"
    CREDIT_POSTED = "credit_posted"
    PAID_OUT = "paid_out"
    ERRORED = "errored"
    REVERSED = "reversed"


class ReturnHeadline(StrEnum):
    REQUESTED = "requested"
    AUTHORIZED = "authorized"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INSPECTED = "inspected"
    APPROVED = "approved"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    CLOSED = "closed"


class AuthorizationState(StrEnum):
    """What becomes of a return authorization, in the add-on's own steps."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    RECEIVED = "received"
    WAITING = "waiting"  # for a way back to the customer, or a replacement
    ENDED = "ended"  # refunded, returned, replaced, finished or locked
    CANCELLED = "cancelled"


class ReturnSource(StrEnum):
    PICKING = "picking"  # a native return transfer
    RMA = "rma"  # an OCA return merchandise authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    """Each line has its own place on the three axes; a return as a whole has none of its own."""

    line_id: Annotated[int | None, PUBLIC]
    sku: Annotated[str | None, PUBLIC]
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    received: Annotated[Decimal, PUBLIC]
    uom: Annotated[str | None, PUBLIC]
    logistics: Annotated[ReturnLogistics, PUBLIC]
    decision: Annotated[ReturnDecision, PUBLIC]
    money: Annotated[ReturnMoney, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    source: Annotated[ReturnSource, PUBLIC]
    of_shipment: Annotated[str | None, PUBLIC]
    destination: Annotated[str | None, PUBLIC]
    headline: Annotated[ReturnHeadline, PUBLIC]
    logistics: Annotated[ReturnLogistics, PUBLIC]
    decision: Annotated[ReturnDecision, PUBLIC]
    money: Annotated[ReturnMoney, PUBLIC]
    announced_at: Annotated[datetime | None, PUBLIC]
    received_at: Annotated[datetime | None, PUBLIC]
    tracking_numbers: Annotated[tuple[str, ...], PUBLIC]
    lines: tuple[ReturnLine, ...]
