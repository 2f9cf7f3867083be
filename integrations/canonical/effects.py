"""What is written into the system of record, as it was approved, and what became of it.

A request says everything that decides its effect: sent again under the same key it must have the same text
(``payload_of``), or the other side refuses it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from integrations.canonical.billing import DocumentState
from integrations.canonical.sensitivity import FINANCIAL, PERSONAL, PUBLIC, Money

PAYLOAD_FORMAT = 1


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

    MORE_THAN_LEFT = "more_than_left"  # more money or quantity than the invoice has left to credit
    TOTAL_DIFFERS = "total_differs"  # Odoo's draft did not come out at the requested total, to the cent
    NOT_OF_ORDER = "not_of_order"  # the invoice bills another order, or a line is not the invoice's
    NOT_POSTED = "not_posted"  # the invoice is a draft or cancelled
    WRONG_COMPANY = "wrong_company"  # not the company asked for, or one the integration user is not in
    ASSIGNEE_UNKNOWN = "assignee_unknown"  # the person who is to post it is not an active user of the company

    KEY_TOO_OLD = "key_too_old"  # the key is older than the ledger: what became of it cannot be known
    KEY_REVOKED = "key_revoked"
    MALFORMED = "malformed"  # the payload does not say what it must: a fault of ours
    NOT_INSTALLED = "not_installed"  # there is no bridge in this Odoo
    NO_RIGHT = "no_right"  # the connection's login may not act through the bridge
    NOT_PROVEN = "not_proven"  # the bridge in this Odoo is not the one that was proven
    REFUSED_BY_ODOO = "refused_by_odoo"  # a rule of Odoo's own (a lock date, a missing setting)


ASK_AGAIN = frozenset({Refusal.INVOICE_CHANGED, Refusal.CREDIT_NOTES_CHANGED, Refusal.ORDER_CHANGED})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectDocument:
    """A document as it is now, or only its name where it is gone (``state`` is None then)."""

    model: Annotated[str, PUBLIC]
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]  # None while it is a draft without a number
    state: Annotated[DocumentState | None, PUBLIC]
    total: Annotated[Money | None, FINANCIAL]
    tax: Annotated[Money | None, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectResult:
    """What became of a key.

    ``documents`` are as they are now; ``total`` and ``tax`` are what the document came to when it was made, so a
    difference is somebody's edit.
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


def payload_of(request: CreditNoteRequest) -> str:
    """The request as the text that is sent and compared: the same request gives the same text."""
    expected = request.expected
    payload: dict[str, Any] = {
        "format": PAYLOAD_FORMAT,
        "kind": "credit_note",
        "company_id": request.company_id,
        "order_id": request.order_id,
        "order_ref": request.order_ref,
        "invoice_id": request.invoice_id,
        "currency": request.total.currency,
        "total": _text(request.total.amount),
        "lines": [
            {
                "line_id": line.invoice_line_id,
                "quantity": _text(line.quantity),
                "amount": _text(line.amount),
                "total": _text(line.total),
                "goods_back": line.goods_back,
                "label": line.label,
            }
            for line in request.lines
        ],
        "expected": {
            "order_state": expected.order_state,
            "order_lines": [
                [line.id, _text(line.delivered), _text(line.invoiced)]
                for line in sorted(expected.order_lines, key=lambda line: line.id)
            ],
            "invoice_total": _text(expected.invoice_total),
            "invoice_residual": _text(expected.invoice_residual),
            "payment_state": expected.payment_state,
            "invoice_lines": [
                [line.id, _text(line.quantity), _text(line.total)]
                for line in sorted(expected.invoice_lines, key=lambda line: line.id)
            ],
            "notes": [
                [note.id, note.state.value, _text(note.total)]
                for note in sorted(expected.notes, key=lambda note: note.id)
            ],
        },
        "reference": request.reference,
        "reason": request.reason,
        "requested_by": request.requested_by,
        "approved_by": request.approved_by,
        "assignee_id": request.assignee_id,
        "task": request.task,
    }
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def payload_sha256(request: CreditNoteRequest) -> str:
    return hashlib.sha256(payload_of(request).encode("ascii")).hexdigest()


def _text(number: Decimal | None) -> str | None:
    """A number without trailing zeros or powers of ten, so that 1, 1.0 and 1E+0 read the same."""
    if number is None:
        return None
    plain = format(number.normalize(), "f")
    return "0" if plain in {"-0", "0"} else plain
