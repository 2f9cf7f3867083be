"""What is written into the system of record, as it was approved, and what became of it.

A request says everything that decides its effect: sent again under the same key it must have the same text
(``payload_of``), or the other side refuses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical.billing import DocumentState
from integrations.canonical.orders import OrderState
from integrations.canonical.returns import AuthorizationState
from integrations.canonical.sensitivity import FINANCIAL, PERSONAL, PUBLIC, Money
from integrations.canonical.shipping import ShipmentState


class EffectState(StrEnum):
    DONE = "done"  # made by this very call
    ALREADY_DONE = "already_done"  # made by an earlier call with the same key; nothing new was made
    GONE = "gone"  # made by an earlier call, and the document has been deleted since
    REFUSED = "refused"  # nothing was made; ``refusal`` says why
    KEY_CONFLICT = "key_conflict"  # the key is known with another payload; nothing was made
    REVOKED = "revoked"  # the key was given up: no call with it will ever have an effect


class Refusal(StrEnum):
    """Why nothing was made. The first group means: read the facts again and judge anew."""

    INVOICE_CHANGED = "invoice_changed"  # total, residual, state or a line is not as approved
    CREDIT_NOTES_CHANGED = "credit_notes_changed"  # a note came, went, or has another total or state
    ORDER_CHANGED = "order_changed"  # state or a line's delivered or invoiced quantity is not as approved
    RETURNS_CHANGED = "returns_changed"  # a return came, went, was received, or has another quantity
    DELIVERY_CHANGED = "delivery_changed"  # what the delivery moved is not as approved
    REPLACEMENTS_CHANGED = "replacements_changed"  # a replacement of this order came, went or changed state
    STOCK_GONE = "stock_gone"  # the warehouse has not enough left to reserve

    MORE_THAN_LEFT = "more_than_left"  # more money or quantity than the invoice has left to credit
    TOTAL_DIFFERS = "total_differs"  # Odoo's draft did not come out at the requested total, to the cent
    NOT_OF_ORDER = "not_of_order"  # the invoice bills another order, or a line is not the invoice's
    NOT_POSTED = "not_posted"  # the invoice is a draft or cancelled
    WRONG_COMPANY = "wrong_company"  # not the company asked for, or one the integration user is not in
    NOT_CONFIRMED = "not_confirmed"  # the order is a quotation or cancelled
    MORE_THAN_RETURNABLE = "more_than_returnable"  # shipped less what came or is announced to come back
    MORE_THAN_ORDERED = "more_than_ordered"  # more units replaced than the order's line has
    NOT_DELIVERED = "not_delivered"  # the delivery, or the line of it, is not done
    NOT_TO_CUSTOMER = "not_to_customer"  # a step inside the warehouse, or itself a way back
    DROP_SHIPPED = "drop_shipped"  # the supplier delivered: there is no way back into a warehouse of ours
    KIT = "kit"  # the delivery moved components: Odoo cannot return the product that was ordered
    LOT_NEEDED = "lot_needed"  # the product is tracked, and no lot or serial number was named
    WRONG_LOT = "wrong_lot"  # that delivery did not bring this lot or serial number, or it came back already
    DESTINATION_WRONG = "destination_wrong"  # warehouse, location or operation type do not belong together
    NO_RMA = "no_rma"  # the add-on for return authorizations is not there
    RMA_OPERATION = "rma_operation"  # unknown, or it refunds or replaces by itself
    RMA_LOTS = "rma_lots"  # the add-on cannot take lots or serial numbers back
    PRODUCT_ARCHIVED = "product_archived"
    NOT_GOODS = "not_goods"  # a service or a combination is not sent again
    NOT_FROM_WAREHOUSE = "not_from_warehouse"  # Odoo's routes would send it from elsewhere
    CARRIER = "carrier"  # unknown, archived, or of another company
    CARRIER_CHARGES = (
        "carrier_charges"  # such a carrier puts its real costs on the order when the parcel leaves
    )
    NOT_AS_ASKED = "not_as_asked"  # Odoo, or an add-on, made something else of it
    ASSIGNEE_UNKNOWN = "assignee_unknown"  # the person who is to post it is not an active user of the company

    KEY_TOO_OLD = "key_too_old"  # the key is older than the ledger: what became of it cannot be known
    KEY_REVOKED = "key_revoked"
    MALFORMED = "malformed"  # the payload does not say what it must: a fault of ours
    NOT_INSTALLED = "not_installed"  # there is no bridge in this Odoo
    NO_RIGHT = "no_right"  # the connection's login may not act through the bridge
    NOT_PROVEN = "not_proven"  # the bridge in this Odoo is not the one that was proven
    REFUSED_BY_ODOO = "refused_by_odoo"  # a rule of Odoo's own (a lock date, a missing setting)


ASK_AGAIN = frozenset(
    {
        Refusal.INVOICE_CHANGED,
        Refusal.CREDIT_NOTES_CHANGED,
        Refusal.ORDER_CHANGED,
        Refusal.RETURNS_CHANGED,
        Refusal.DELIVERY_CHANGED,
        Refusal.REPLACEMENTS_CHANGED,
        Refusal.STOCK_GONE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """What is credited of one invoice line: a quantity of it, or an amount of money with its tax.

    Exactly one of ``quantity`` and ``amount``. ``total`` is what this line comes to with tax; for an amount it is the
    amount. ``goods_back`` links the credit to the order's line, so that Odoo counts the quantity as no longer
    invoiced: only for goods that come back, never for money only, shipping or fees.
    ``label`` takes the place of the line's own text; with it the line names no product, as for a part of an amount
    that stands for a whole tax rate (see ``split_amount``).
    """

    invoice_line_id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal | None, PUBLIC] = None
    amount: Annotated[Decimal | None, FINANCIAL] = None
    total: Annotated[Decimal, FINANCIAL]
    goods_back: Annotated[bool, PUBLIC] = False
    label: Annotated[str | None, PUBLIC] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNote:
    """A credit note of the invoice that is not cancelled, as it was when the request was approved."""

    id: Annotated[int, PUBLIC]
    state: Annotated[DocumentState, PUBLIC]
    total: Annotated[Decimal, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedInvoiceLine:
    id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    total: Annotated[Decimal, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOrderLine:
    id: Annotated[int, PUBLIC]
    delivered: Annotated[Decimal, PUBLIC]
    invoiced: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFacts:
    """The facts an approval rests on; Odoo compares them in the transaction that makes the document."""

    order_state: Annotated[str, PUBLIC]  # Odoo's own word
    order_lines: tuple[ExpectedOrderLine, ...]
    invoice_total: Annotated[Decimal, FINANCIAL]
    invoice_residual: Annotated[Decimal, FINANCIAL]
    payment_state: Annotated[str, PUBLIC]  # Odoo's own word
    invoice_lines: tuple[ExpectedInvoiceLine, ...]
    notes: tuple[ExpectedNote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteRequest:
    """One draft credit note for one invoice.

    ``key`` is a UUID of version 7 in lower case, with ``:step`` behind it where an action writes more than once.
    ``total`` is what the draft must come to, tax included, to the cent.
    """

    key: Annotated[str, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company_id: Annotated[int, PUBLIC]
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    invoice_id: Annotated[int, PUBLIC]
    lines: tuple[CreditLine, ...]
    total: Annotated[Money, FINANCIAL]
    expected: ExpectedFacts
    reference: Annotated[str, PUBLIC]  # our speakable one
    reason: Annotated[str, PERSONAL]  # shown on the document
    requested_by: Annotated[str, PERSONAL]  # names of people, for the internal note
    approved_by: Annotated[str, PERSONAL]
    assignee_id: Annotated[int | None, PUBLIC]  # Odoo's user who is asked to check and post it
    task: Annotated[str, PERSONAL]  # what that user is asked, one line

    def __repr__(self) -> str:
        return f"CreditNoteRequest({self.key})"


# A credit note's, an order's, a transfer's, or a return authorization's.
DocumentStanding = DocumentState | OrderState | ShipmentState | AuthorizationState


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectDocument:
    """A document as it is now, or only its name where it is gone (``state`` is None then)."""

    model: Annotated[str, PUBLIC]
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]  # None while it is a draft without a number
    state: Annotated[DocumentStanding | None, PUBLIC]
    total: Annotated[Money | None, FINANCIAL] = None  # of what has one
    tax: Annotated[Money | None, FINANCIAL] = None
    due_at: Annotated[datetime | None, PUBLIC] = None  # of a transfer: when it is to be done


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectResult:
    """What became of a key.

    ``documents`` are as they are now, the one that was asked for first; ``total`` and ``tax`` are what it came to
    when it was made, so a difference is somebody's edit.
    """

    key: Annotated[str, PUBLIC]
    state: Annotated[EffectState, PUBLIC]
    documents: tuple[EffectDocument, ...] = ()
    total: Annotated[Money | None, FINANCIAL] = None
    tax: Annotated[Money | None, FINANCIAL] = None
    refusal: Annotated[Refusal | None, PUBLIC] = None
    payload_sha256: Annotated[str, PUBLIC] = ""

    @property
    def has_effect(self) -> bool:
        return self.state in {EffectState.DONE, EffectState.ALREADY_DONE, EffectState.GONE}


class Guarantee(StrEnum):
    EXACTLY_ONCE = "exactly_once"  # the proven bridge, on a version it was proven on
    SEARCH_FIRST = "search_first"  # no bridge: looked up before writing, parked on doubt
    NONE = "none"  # a bridge that is not the proven one: nothing is written


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeStatus:
    """The bridge as the connection's own key finds it."""

    connection: Annotated[str, PUBLIC]
    guarantee: Annotated[Guarantee, PUBLIC]
    installed: Annotated[bool, PUBLIC]
    version: Annotated[str | None, PUBLIC]  # of the bridge in Odoo
    sha256: Annotated[str | None, PUBLIC]  # of its code, worked out inside Odoo
    our_version: Annotated[str, PUBLIC]
    our_sha256: Annotated[str, PUBLIC]
    proven_on: Annotated[tuple[int, ...], PUBLIC]  # versions of Odoo on which our code passed the live run
    odoo_version: Annotated[int, PUBLIC]
    problem: Annotated[Refusal | None, PUBLIC] = None
