"""The order and its lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical.origins import OrderOrigin
from integrations.canonical.sensitivity import FINANCIAL, INTERNAL, PUBLIC, Money, Partial


class OrderState(StrEnum):
    QUOTATION = "quotation"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class DeliveryProgress(StrEnum):
    NOTHING_TO_SHIP = "nothing_to_ship"
    PENDING = "pending"
    PARTIAL = "partial"
    FULL = "full"


class InvoiceProgress(StrEnum):
    NOTHING_TO_INVOICE = "nothing_to_invoice"
    TO_INVOICE = "to_invoice"
    INVOICED = "invoiced"
    UPSELLING = "upselling"


class LineKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"
    DELIVERY = "delivery"  # the shipping charge
    REWARD = "reward"  # loyalty or promotion, usually negative
    DOWN_PAYMENT = "down_payment"
    SECTION = "section"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """One product in one warehouse; figures may be negative where Odoo has shipped what it did not hold."""

    warehouse: Annotated[str, PUBLIC]
    on_hand: Annotated[Decimal, INTERNAL, Partial.BAND]
    reserved: Annotated[Decimal, INTERNAL]
    available: Annotated[Decimal, INTERNAL, Partial.BAND]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line; the quantities are the ones the contract defines, all in ``uom``.

    ``delivered`` and ``invoiced`` are Odoo's own net figures. ``shipped`` counts done moves to the customer,
    ``returned`` done moves back, ``announced`` open moves back; returnable = shipped - returned - announced.
    ``refundable`` = posted invoices minus every credit note that is not cancelled, tax included.
    A figure is None where the branch it comes from could not be read, or where it means nothing (sections, notes).
    """

    id: Annotated[int, PUBLIC]
    kind: Annotated[LineKind, PUBLIC]
    sku: Annotated[str | None, PUBLIC]
    name: Annotated[str, PUBLIC]
    archived: Annotated[bool, PUBLIC]
    uom: Annotated[str | None, PUBLIC]
    ordered: Annotated[Decimal | None, PUBLIC]
    shipped: Annotated[Decimal | None, PUBLIC]
    delivered: Annotated[Decimal | None, PUBLIC]
    invoiced: Annotated[Decimal | None, PUBLIC]
    returned: Annotated[Decimal | None, PUBLIC]
    announced: Annotated[Decimal | None, PUBLIC]
    returnable: Annotated[Decimal | None, PUBLIC]
    refundable: Annotated[Money | None, FINANCIAL]
    available: Annotated[Decimal | None, INTERNAL, Partial.BAND]
    unit_price: Annotated[Money | None, PUBLIC]
    discount_percent: Annotated[Decimal | None, PUBLIC]
    unit_cost: Annotated[Money | None, INTERNAL]
    total: Annotated[Money | None, PUBLIC]
    stock: tuple[StockLevel, ...]
    category: Annotated[str | None, PUBLIC] = None  # of the product, with those above it: rules go by it


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    connection: Annotated[str, PUBLIC]
    company: Company
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    channel_ref: Annotated[str | None, PUBLIC]
    replaces: Annotated[str | None, PUBLIC]  # Odoo's origin: the first order's name on a replacement
    source: Annotated[str, PUBLIC]
    state: Annotated[OrderState, PUBLIC]
    delivery: Annotated[DeliveryProgress | None, PUBLIC]
    invoicing: Annotated[InvoiceProgress | None, PUBLIC]
    placed_at: Annotated[datetime | None, PUBLIC]
    promised_at: Annotated[datetime | None, PUBLIC]
    warehouse: Annotated[str | None, PUBLIC]
    brand: Annotated[str | None, PUBLIC]
    region: Annotated[str | None, PUBLIC]
    origin: OrderOrigin | None = None
    untaxed: Annotated[Money, PUBLIC]
    tax: Annotated[Money, PUBLIC]
    total: Annotated[Money, PUBLIC]
    refundable: Annotated[Money | None, FINANCIAL]
    lines: tuple[OrderLine, ...]
