"""What each state of a record is called, how serious it looks and which drawing goes with it.

One table per enumeration, found by the enumeration's name: the console sees values only through cells and does not
import the records themselves. A test proves that every member has an entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Tone(StrEnum):
    OK = "ok"
    INFO = "info"
    WARN = "warn"
    DANGER = "danger"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Word:
    label: str | Promise
    tone: Tone = Tone.NEUTRAL
    glyph: str = "dot"


OK, INFO, WARN, DANGER = Tone.OK, Tone.INFO, Tone.WARN, Tone.DANGER

VOCABULARY: dict[str, dict[str, Word]] = {
    "HoldKind": {
        "fraud": Word(_("Fraud hold"), DANGER, "stop"),
        "legal": Word(_("Legal hold"), DANGER, "stop"),
        "payment": Word(_("Payment hold"), WARN, "stop"),
        "other": Word(_("Hold"), WARN, "stop"),
    },
    "OrderState": {
        "quotation": Word(_("Quotation"), glyph="pen"),
        "sent": Word(_("Quotation sent"), INFO, "forward"),
        "confirmed": Word(_("Confirmed"), OK, "check"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
        "unknown": Word(_("State unknown"), WARN, "question"),
    },
    "DeliveryProgress": {
        "nothing_to_ship": Word(_("Nothing to ship"), glyph="minus"),
        "pending": Word(_("Not shipped"), glyph="ring"),
        "partial": Word(_("Part shipped"), WARN, "half"),
        "full": Word(_("Shipped"), OK, "check"),
    },
    "InvoiceProgress": {
        "nothing_to_invoice": Word(_("Nothing to invoice"), glyph="minus"),
        "to_invoice": Word(_("To invoice"), glyph="ring"),
        "invoiced": Word(_("Invoiced"), OK, "check"),
        "upselling": Word(_("More delivered than ordered"), INFO, "forward"),
    },
    "LineKind": {
        "goods": Word(_("Goods")),
        "service": Word(_("Service"), INFO),
        "delivery": Word(_("Shipping charge"), glyph="forward"),
        "reward": Word(_("Reward"), OK),
        "down_payment": Word(_("Down payment"), INFO),
        "section": Word(_("Section"), glyph="minus"),
        "note": Word(_("Note"), glyph="pen"),
    },
    "ShipmentState": {
        "draft": Word(_("Draft"), glyph="pen"),
        "waiting": Word(_("Waiting"), WARN, "clock"),
        "ready": Word(_("Ready"), INFO, "half"),
        "done": Word(_("Done"), OK, "check"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
    },
    "AuthorizationState": {
        "draft": Word(_("Draft"), glyph="pen"),
        "confirmed": Word(_("Awaited"), INFO, "clock"),
        "received": Word(_("Received"), OK, "check"),
        "waiting": Word(_("Waiting"), WARN, "clock"),
        "ended": Word(_("Ended"), OK, "check"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
    },
    "ShipmentKind": {
        "delivery": Word(_("Delivery"), glyph="forward"),
        "drop_ship": Word(_("Drop shipment"), INFO, "forward"),
        "preparation": Word(_("Preparation"), glyph="half"),
    },
    "DocumentState": {
        "draft": Word(_("Draft"), glyph="pen"),
        "posted": Word(_("Posted"), OK, "check"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
    },
    "PaymentProgress": {
        "not_paid": Word(_("Not paid"), WARN, "ring"),
        "partial": Word(_("Part paid"), WARN, "half"),
        "in_payment": Word(_("In payment"), INFO, "clock"),
        "paid": Word(_("Paid"), OK, "check"),
        "reversed": Word(_("Reversed"), glyph="back"),
        "blocked": Word(_("Blocked"), DANGER, "stop"),
        "unknown": Word(_("Payment unknown"), WARN, "question"),
    },
    "PaymentState": {
        "pending": Word(_("Pending"), WARN, "clock"),
        "authorized": Word(_("Authorized"), INFO, "half"),
        "done": Word(_("Received"), OK, "check"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
        "failed": Word(_("Failed"), DANGER, "alert"),
        "unknown": Word(_("State unknown"), WARN, "question"),
    },
    "PaymentSource": {
        "provider": Word(_("Payment provider"), INFO),
        "ledger": Word(_("Booked payment")),
    },
    "ReturnLogistics": {
        "not_required": Word(_("Nothing to send back"), glyph="minus"),
        "awaiting": Word(_("Awaiting parcel"), glyph="ring"),
        "label_issued": Word(_("Label issued"), INFO, "ring"),
        "in_transit": Word(_("On its way"), INFO, "half"),
        "received": Word(_("Received"), OK, "check"),
        "short": Word(_("Short"), WARN, "alert"),
        "wrong_item": Word(_("Wrong item"), DANGER, "alert"),
        "lost": Word(_("Lost"), DANGER, "alert"),
        "expired": Word(_("Expired"), glyph="clock"),
        "cancelled": Word(_("Cancelled"), DANGER, "cross"),
    },
    "ReturnDecision": {
        "requested": Word(_("Requested"), glyph="ring"),
        "eligible": Word(_("Eligible"), INFO, "ring"),
        "needs_review": Word(_("Needs review"), WARN, "question"),
        "authorized": Word(_("Authorized"), INFO, "half"),
        "inspected": Word(_("Inspected"), INFO, "half"),
        "accepted": Word(_("Accepted"), OK, "check"),
        "partly_accepted": Word(_("Partly accepted"), WARN, "half"),
        "rejected": Word(_("Rejected"), DANGER, "cross"),
    },
    "ReturnMoney": {
        "unknown": Word(_("Not known"), glyph="question"),
        "none": Word(_("No credit yet"), glyph="minus"),
        "proposed": Word(_("Credit proposed"), glyph="ring"),
        "awaiting_approval": Word(_("Awaiting approval"), WARN, "clock"),
        "credit_drafted": Word(_("Credit drafted"), INFO, "pen"),
        "credit_posted": Word(_("Credit posted"), INFO, "half"),
        "paid_out": Word(_("Paid out"), OK, "check"),
        "errored": Word(_("Payout failed"), DANGER, "alert"),
        "reversed": Word(_("Reversed"), glyph="back"),
    },
    "ReturnHeadline": {
        "requested": Word(_("Requested"), glyph="ring"),
        "authorized": Word(_("Authorized"), INFO, "ring"),
        "in_transit": Word(_("On its way"), INFO, "half"),
        "received": Word(_("Received"), INFO, "back"),
        "inspected": Word(_("Inspected"), INFO, "half"),
        "approved": Word(_("Approved"), OK, "check"),
        "refunded": Word(_("Refunded"), OK, "check"),
        "replaced": Word(_("Replaced"), OK, "check"),
        "closed": Word(_("Closed"), glyph="minus"),
    },
    "ReturnSource": {
        "picking": Word(_("Return transfer"), glyph="back"),
        "rma": Word(_("RMA"), INFO, "back"),
    },
    "MessageKind": {
        "comment": Word(_("Comment")),
        "email": Word(_("E-mail"), INFO, "forward"),
        "internal_note": Word(_("Internal note"), WARN, "pen"),
        "system": Word(_("System"), glyph="minus"),
    },
    "Branch": {
        "order": Word(_("Order")),
        "shipments": Word(_("Shipments")),
        "invoices": Word(_("Invoices")),
        "transactions": Word(_("Provider transactions")),
        "stock": Word(_("Stock")),
        "rma": Word(_("RMA")),
        "messages": Word(_("Messages")),
        "loyalty": Word(_("Loyalty")),
    },
    "BranchProblem": {
        "no_right": Word(_("Odoo refuses access"), WARN, "lock"),
        "not_installed": Word(_("Not installed"), glyph="minus"),
        "not_permitted": Word(_("Not for your role"), glyph="lock"),
        "unreadable": Word(_("Unreadable answer"), DANGER, "alert"),
        "timed_out": Word(_("Too slow"), WARN, "clock"),
        "unavailable": Word(_("Unavailable"), DANGER, "alert"),
        "not_kept": Word(_("Not stored"), glyph="lock"),
        # What a whole reading can fail of, beside its branches.
        "authentication_failed": Word(_("Key refused"), DANGER, "lock"),
        "busy": Word(_("Busy"), WARN, "clock"),
        "asked_to_wait": Word(_("Odoo asks for a pause"), WARN, "clock"),
        "garbled": Word(_("Unreadable answer"), DANGER, "alert"),
    },
    "Sensitivity": {
        "public": Word(_("Public")),
        "internal": Word(_("Internal figure"), glyph="lock"),
        "personal": Word(_("Personal"), glyph="lock"),
        "financial": Word(_("Financial"), glyph="lock"),
        "payment": Word(_("Payment detail"), glyph="lock"),
        "secret": Word(_("Secret"), glyph="lock"),
    },
    "EventKind": {
        "order": Word(_("Order"), glyph="dot"),
        "shipment": Word(_("Shipment"), glyph="forward"),
        "return": Word(_("Return"), glyph="back"),
        "invoice": Word(_("Invoice"), glyph="pen"),
        "credit_note": Word(_("Credit note"), glyph="back"),
        "payment": Word(_("Payment"), glyph="check"),
        "message": Word(_("Message"), glyph="pen"),
    },
    "MatchReason": {
        "order_number": Word(_("order number")),
        "channel_reference": Word(_("customer’s reference")),
        "invoice": Word(_("invoice")),
        "credit_note": Word(_("credit note")),
        "delivery": Word(_("delivery note")),
        "return": Word(_("return")),
        "tracking_number": Word(_("tracking number")),
        "serial": Word(_("serial or lot")),
        "email": Word(_("e-mail address")),
        "phone": Word(_("phone number")),
        "name": Word(_("name")),
        "account": Word(_("same account")),
    },
    "CaseReason": {
        "case_number": Word(_("case number")),
        "ticket_number": Word(_("ticket number")),
        "order_number": Word(_("order number")),
        "email": Word(_("e-mail address")),
        "phone": Word(_("phone number")),
    },
    "Severity": {
        "money": Word(_("Money at stake"), DANGER, "alert"),
        "promise": Word(_("Promise at risk"), WARN, "alert"),
        "check": Word(_("Check first"), INFO, "question"),
    },
    "CaseState": {
        "open": Word(_("Open"), INFO, "ring"),
        "snoozed": Word(_("Snoozed"), glyph="clock"),
        "closed": Word(_("Closed"), OK, "check"),
        "merged": Word(_("Merged"), glyph="forward"),
    },
    "CaseType": {
        "order_inquiry": Word(_("Order inquiry"), glyph="question"),
        "return": Word(_("Return"), glyph="back"),
        "billing_dispute": Word(_("Billing dispute"), WARN, "alert"),
        "delivery": Word(_("Delivery"), glyph="forward"),
        "product_question": Word(_("Product question"), glyph="question"),
        "other": Word(_("Other"), glyph="dot"),
    },
    "CasePriority": {
        "1": Word(_("Urgent"), DANGER, "alert"),
        "2": Word(_("High"), WARN, "alert"),
        "3": Word(_("Normal"), glyph="dot"),
        "4": Word(_("Low"), glyph="minus"),
    },
    "ConnectionState": {
        "ok": Word(_("Working"), OK, "dot"),
        "degraded": Word(_("Degraded"), WARN, "half"),
        "unusable": Word(_("Not usable"), DANGER, "cross"),
        "unknown": Word(_("Not checked yet"), glyph="question"),
    },
}

BANDS: dict[str, Word] = {
    "none": Word(_("Out of stock"), DANGER, "ring"),
    "few": Word(_("Few"), WARN, "half"),
    "plenty": Word(_("Plenty"), OK, "dot"),
}
NO_FIGURE = Word(_("Stock by warehouse"), glyph="minus")


def find_word(value: Any, *, kind: str | None = None) -> Word:
    """The entry of an enumeration's member; of a plain string when ``kind`` names the table."""
    table = VOCABULARY.get(kind or type(value).__name__, {})
    key = str(value)
    return table.get(key) or Word(key.replace("_", " ").capitalize(), glyph="question")
