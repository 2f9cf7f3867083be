"""Business facts in our own words, each field stating how sensitive it is.

Pure: no Django, no HTTP. Every record is frozen and keyword-only. A leaf field says its sensitivity in its
annotation; one that does not is treated as unknown and masked (see ``cases.masking``). A field may also name the
partial form in which a person may see it when the whole value is not for them.

Units: money is ``Money`` (Decimal and ISO 4217 code), quantities are Decimal in the line's unit of measure,
times are aware datetimes in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated


class Sensitivity(StrEnum):
    PUBLIC = "public"  # what the customer's own paperwork shows
    INTERNAL = "internal"  # cost, margin, stock figures
    PERSONAL = "personal"  # who the customer is, and anything people typed freely
    FINANCIAL = "financial"  # invoice totals, residuals, credit
    PAYMENT = "payment"  # payment references, bank, card tails
    SECRET = "secret"  # noqa: S105 - the name of a class of data, not a password


class Partial(StrEnum):
    """How much of a value remains when only a part of it may be seen."""

    NAME = "name"  # Ana B••••
    EMAIL = "email"  # a••••@example.com
    PHONE = "phone"  # •••• 57
    LAST_FOUR = "last_four"  # •••• 4821
    BAND = "band"  # none, few, plenty
    PLACE = "place"  # kept for city and country only


PUBLIC, INTERNAL, PERSONAL = Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.PERSONAL
FINANCIAL, PAYMENT = Sensitivity.FINANCIAL, Sensitivity.PAYMENT


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


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


class ShipmentState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for stock or for an earlier step
    READY = "ready"
    DONE = "done"
    CANCELLED = "cancelled"


class ShipmentKind(StrEnum):
    DELIVERY = "delivery"  # leaves a warehouse for the customer
    DROP_SHIP = "drop_ship"  # leaves a supplier for the customer
    PREPARATION = "preparation"  # picking or packing before a delivery


class DocumentState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"
    CANCELLED = "cancelled"


class PaymentProgress(StrEnum):
    NOT_PAID = "not_paid"
    PARTIAL = "partial"
    IN_PAYMENT = "in_payment"
    PAID = "paid"
    REVERSED = "reversed"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


class PaymentState(StrEnum):
    PENDING = "pending"
    AUTHORIZED = "authorized"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


class PaymentSource(StrEnum):
    PROVIDER = "provider"  # a payment provider's transaction
    LEDGER = "ledger"  # a payment reconciled with an invoice


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


class ReturnSource(StrEnum):
    PICKING = "picking"  # a native return transfer
    RMA = "rma"  # an OCA return merchandise authorization


class MessageKind(StrEnum):
    COMMENT = "comment"
    EMAIL = "email"
    INTERNAL_NOTE = "internal_note"
    SYSTEM = "system"


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
    untaxed: Annotated[Money, PUBLIC]
    tax: Annotated[Money, PUBLIC]
    total: Annotated[Money, PUBLIC]
    refundable: Annotated[Money | None, FINANCIAL]
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    name: Annotated[str | None, PERSONAL, Partial.NAME]
    street: Annotated[str | None, PERSONAL]
    postcode: Annotated[str | None, PERSONAL]
    city: Annotated[str | None, PERSONAL]
    country: Annotated[str | None, PERSONAL, Partial.PLACE]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoyaltyBalance:
    program: Annotated[str, PUBLIC]
    points: Annotated[Decimal, FINANCIAL]
    unit: Annotated[str | None, PUBLIC]
    code: Annotated[str | None, PAYMENT, Partial.LAST_FOUR]  # whoever knows the code can spend the points
    expires_on: Annotated[date | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPreferences:
    email_opted_out: Annotated[bool | None, PUBLIC]
    phone_opted_out: Annotated[bool | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PERSONAL, Partial.NAME]
    account: Annotated[str | None, PERSONAL, Partial.NAME]  # the company a contact belongs to
    is_company: Annotated[bool, PUBLIC]
    email: Annotated[str | None, PERSONAL, Partial.EMAIL]
    phone: Annotated[str | None, PERSONAL, Partial.PHONE]
    mobile: Annotated[str | None, PERSONAL, Partial.PHONE]
    address: Address | None
    delivery_address: Address | None
    invoice_address: Address | None
    language: Annotated[str | None, PUBLIC]
    tax_id: Annotated[str | None, PERSONAL, Partial.LAST_FOUR]
    tax_profile: Annotated[str | None, PUBLIC]  # the fiscal position's name
    orders_count: Annotated[int | None, PUBLIC]
    total_invoiced: Annotated[Money | None, FINANCIAL]
    credit: Annotated[Money | None, FINANCIAL]
    loyalty: tuple[LoyaltyBalance, ...]
    preferences: ContactPreferences
    warnings: Annotated[tuple[str, ...], PERSONAL]  # typed freely by people


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    line_id: Annotated[int | None, PUBLIC]
    sku: Annotated[str | None, PUBLIC]
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]  # done, or planned while the shipment is open; in ``uom``
    uom: Annotated[str | None, PUBLIC]
    lots: Annotated[tuple[str, ...], PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    kind: Annotated[ShipmentKind, PUBLIC]
    state: Annotated[ShipmentState, PUBLIC]
    warehouse: Annotated[str | None, PUBLIC]
    carrier: Annotated[str | None, PUBLIC]
    tracking_numbers: Annotated[tuple[str, ...], PUBLIC]
    tracking_url: Annotated[str | None, PUBLIC]
    scheduled_at: Annotated[datetime | None, PUBLIC]
    done_at: Annotated[datetime | None, PUBLIC]
    backorder_of: Annotated[str | None, PUBLIC]
    lines: tuple[ShipmentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    line_ids: Annotated[
        tuple[int, ...], PUBLIC
    ]  # order lines it bills; empty when it hangs on its invoice only
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    total: Annotated[Money, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]  # None while it is a draft without a number
    state: Annotated[DocumentState, PUBLIC]
    total: Annotated[Money, FINANCIAL]
    residual: Annotated[Money, FINANCIAL]
    payment_state: Annotated[PaymentProgress, PUBLIC]
    issued_on: Annotated[date | None, PUBLIC]
    due_on: Annotated[date | None, PUBLIC]
    reverses: Annotated[str | None, PUBLIC]
    lines: tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]
    state: Annotated[DocumentState, PUBLIC]
    total: Annotated[Money, FINANCIAL]
    residual: Annotated[Money, FINANCIAL]
    payment_state: Annotated[PaymentProgress, PUBLIC]
    issued_on: Annotated[date | None, PUBLIC]
    due_on: Annotated[date | None, PUBLIC]
    reverses: Annotated[str | None, PUBLIC]
    reason: Annotated[str | None, PERSONAL]  # typed freely by people
    linked: Annotated[bool, PUBLIC]  # False: hangs on its invoice only, Odoo's order does not list it
    lines: tuple[DocumentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    id: Annotated[int, PUBLIC]
    source: Annotated[PaymentSource, PUBLIC]
    ref: Annotated[str | None, PAYMENT, Partial.LAST_FOUR]
    provider_ref: Annotated[str | None, PAYMENT, Partial.LAST_FOUR]
    state: Annotated[PaymentState, PUBLIC]
    amount: Annotated[Money, FINANCIAL]
    at: Annotated[datetime | None, PUBLIC]
    provider: Annotated[str | None, PAYMENT]
    method: Annotated[str | None, PAYMENT]
    document_ref: Annotated[str | None, PUBLIC]  # the invoice or credit note it settles


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: Annotated[int, PUBLIC]
    at: Annotated[datetime | None, PUBLIC]
    kind: Annotated[MessageKind, PUBLIC]
    author: Annotated[str | None, PERSONAL, Partial.NAME]
    body: Annotated[str, PERSONAL]


class Branch(StrEnum):
    """A part of the order that can fail while the rest is read."""

    ORDER = "order"
    SHIPMENTS = "shipments"
    INVOICES = "invoices"
    TRANSACTIONS = "transactions"
    STOCK = "stock"
    RMA = "rma"
    MESSAGES = "messages"
    LOYALTY = "loyalty"


class BranchProblem(StrEnum):
    """Why a branch is missing, in words a person can act on (the console translates them)."""

    NO_RIGHT = "no_right"  # the integration user may not read it
    NOT_INSTALLED = "not_installed"  # the module is not there
    NOT_PERMITTED = "not_permitted"  # the viewer's role may not see it, so it was not fetched
    UNREADABLE = "unreadable"  # Odoo refused or answered something we cannot read
    TIMED_OUT = "timed_out"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecord:
    """Everything one reading of one order found, with what it could not find and why."""

    order: Order
    customer: Customer | None
    shipments: tuple[Shipment, ...]  # to the customer only
    preparations: tuple[Shipment, ...]  # picking and packing steps before them
    returns: tuple[Return, ...]
    invoices: tuple[Invoice, ...]
    credit_notes: tuple[CreditNote, ...]
    payments: tuple[Payment, ...]
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReading:
    """The answer to one question about an order number: what matched, when, and at what cost.

    ``records`` holds every match in the companies asked for: one number can exist in several companies.
    ``problems`` names the branches that are missing; what they would hold is empty or None in the records.
    """

    records: tuple[OrderRecord, ...]
    problems: dict[Branch, BranchProblem]
    fetched_at: datetime
    calls: int
    slowest_call_ms: float


class MatchReason(StrEnum):
    ORDER_NUMBER = "order_number"
    CHANNEL_REFERENCE = "channel_reference"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMatch:
    """An order that a search found, with why it matched."""

    connection: Annotated[str, PUBLIC]
    company: Company
    ref: Annotated[str, PUBLIC]
    channel_ref: Annotated[str | None, PUBLIC]
    placed_at: Annotated[datetime | None, PUBLIC]
    total: Annotated[Money, PUBLIC]
    why: Annotated[MatchReason, PUBLIC]
