"""The answer to one question: what matched, what is missing and why, when, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from integrations.canonical.billing import CreditNote, Invoice, Payment
from integrations.canonical.customers import Customer
from integrations.canonical.messages import Message
from integrations.canonical.orders import Order
from integrations.canonical.returns import Return
from integrations.canonical.shipping import Shipment


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
    NOT_KEPT = "not_kept"  # read anew each time and stored nowhere, and Odoo could not be asked


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
