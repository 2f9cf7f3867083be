"""Credit note requests as an approved action makes them, for tests against the sandbox and against real servers."""

from __future__ import annotations

import secrets
import time
import uuid
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    CreditLine,
    CreditNoteRequest,
    LineKind,
    Money,
    RefundFacts,
    credit_quantity,
    expected_facts,
    payload_of,
    payload_sha256,
    total_of,
)
from integrations.odoo.bridge import perform_sha256

REASON = "Arrived <b>broken</b>, 5 % off"
TASK = "Check and post the credit note"


def new_key(*, at_ms: int | None = None) -> str:
    """A UUID of version 7, as actions have it."""
    moment = int(time.time() * 1000) if at_ms is None else at_ms
    number = (moment & (2**48 - 1)) << 80 | secrets.randbits(80)
    number = number & ~(0xF << 76) | 0x7 << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=number))


def asked(
    facts: RefundFacts,
    invoice_id: int,
    lines: tuple[CreditLine, ...],
    *,
    key: str = "",
    assignee: int | None = None,
) -> CreditNoteRequest:
    invoice = facts.invoice(invoice_id)
    return CreditNoteRequest(
        key=key or new_key(),
        connection=facts.connection,
        company_id=facts.company.id,
        order_id=facts.order_id,
        order_ref=facts.order_ref,
        invoice_id=invoice_id,
        lines=lines,
        total=Money(total_of(invoice, lines), invoice.total.currency),
        expected=expected_facts(facts, invoice_id, lines),
        reference="RF-000042",
        reason=REASON,
        requested_by="Ana Agent",
        approved_by="Sam Supervisor",
        assignee_id=assignee,
        task=TASK,
    )


def all_lines(facts: RefundFacts, invoice_id: int, *, goods_back: bool) -> tuple[CreditLine, ...]:
    return tuple(
        credit_quantity(line, line.quantity_left, goods_back=goods_back)
        for line in facts.invoice(invoice_id).lines
    )


def one_of(
    facts: RefundFacts, invoice_id: int, quantity: int = 1, *, goods_back: bool
) -> tuple[CreditLine, ...]:
    line = next(line for line in facts.invoice(invoice_id).lines if line.kind is LineKind.GOODS)
    return (credit_quantity(line, Decimal(quantity), goods_back=goods_back),)


def told(request: CreditNoteRequest, *, key: str = "") -> dict[str, Any]:
    """The context of the call, for tests that go past our own client."""
    return {
        "allowed_company_ids": [request.company_id],
        "deskglass": {
            "verb": "credit_note",
            "key": key or request.key,
            "payload": payload_of(request),
            "sha256": payload_sha256(request),
            "code_sha256": perform_sha256(),
        },
    }
