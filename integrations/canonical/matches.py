"""What is looked for when nobody knows the order yet, and what was found, with why it was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from integrations.canonical.orders import Company, OrderState
from integrations.canonical.origins import OrderOrigin
from integrations.canonical.sensitivity import PERSONAL, PUBLIC, Money, Partial


class MatchReason(StrEnum):
    """What of an order equals what was typed; also the kinds of thing that a typed text can be."""

    ORDER_NUMBER = "order_number"
    CHANNEL_REFERENCE = "channel_reference"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    DELIVERY = "delivery"
    RETURN = "return"
    TRACKING_NUMBER = "tracking_number"
    SERIAL = "serial"  # or lot
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    ACCOUNT = "account"  # found through somebody else of the same account; never looked for by itself


PERSONAL_REASONS = frozenset({MatchReason.EMAIL, MatchReason.PHONE, MatchReason.NAME})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """A typed text and the kinds of thing it can be. Its text is personal: it is kept out of what is printed."""

    text: str
    kinds: frozenset[MatchReason]

    def __repr__(self) -> str:
        return f"OrderQuery({', '.join(sorted(self.kinds))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMatch:
    """An order that a search found, with why it matched and whose it is."""

    connection: Annotated[str, PUBLIC]
    company: Company
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    channel_ref: Annotated[str | None, PUBLIC]
    state: Annotated[OrderState, PUBLIC]
    placed_at: Annotated[datetime | None, PUBLIC]
    total: Annotated[Money, PUBLIC]
    customer_id: Annotated[int | None, PUBLIC]
    customer: Annotated[str | None, PERSONAL, Partial.NAME]
    account_id: Annotated[
        int | None, PUBLIC
    ]  # the company behind a contact; a person by themselves is their own
    account: Annotated[str | None, PERSONAL, Partial.NAME]
    city: Annotated[str | None, PERSONAL]  # where it is delivered to
    postcode: Annotated[str | None, PERSONAL]
    why: Annotated[tuple[MatchReason, ...], PUBLIC]
    brand: Annotated[str | None, PUBLIC] = None
    region: Annotated[str | None, PUBLIC] = None
    origin: OrderOrigin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOrders:
    """One connection's answer, newest first.

    ``account_orders`` are other orders of the accounts found. ``has_more`` tells that a limit hid some matches,
    ``incomplete`` why a part of the question has no answer, ``unsearched`` which kinds this system cannot look for.
    """

    matches: tuple[OrderMatch, ...] = ()
    account_orders: tuple[OrderMatch, ...] = ()
    has_more: bool = False
    incomplete: str | None = None
    unsearched: frozenset[MatchReason] = frozenset()
