"""The request for a credit note as text and back, word for word: what is resent must be what was sent.

Pure: no Django.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    CreditLine,
    CreditNoteRequest,
    DocumentState,
    ExpectedFacts,
    ExpectedInvoiceLine,
    ExpectedNote,
    ExpectedOrderLine,
    Money,
    payload_of,
)


def words_of_request(request: CreditNoteRequest) -> str:
    return json.dumps(
        {"key": request.key, "connection": request.connection, "payload": payload_of(request)},
        separators=(",", ":"),
    )


def request_of_words(words: str) -> CreditNoteRequest:
    """The request as it was; raises ``ValueError`` where it would not be sent as the same words again."""
    kept: dict[str, Any] = json.loads(words)
    given: dict[str, Any] = json.loads(kept["payload"])
    expected = given["expected"]
    request = CreditNoteRequest(
        key=kept["key"],
        connection=kept["connection"],
        company_id=given["company_id"],
        order_id=given["order_id"],
        order_ref=given["order_ref"],
        invoice_id=given["invoice_id"],
        lines=tuple(
            CreditLine(
                invoice_line_id=line["line_id"],
                quantity=_number(line["quantity"]),
                amount=_number(line["amount"]),
                total=Decimal(line["total"]),
                goods_back=line["goods_back"],
                label=line["label"],
            )
            for line in given["lines"]
        ),
        total=Money(Decimal(given["total"]), given["currency"]),
        expected=ExpectedFacts(
            order_state=expected["order_state"],
            order_lines=tuple(
                ExpectedOrderLine(id=number, delivered=Decimal(delivered), invoiced=Decimal(invoiced))
                for number, delivered, invoiced in expected["order_lines"]
            ),
            invoice_total=Decimal(expected["invoice_total"]),
            invoice_residual=Decimal(expected["invoice_residual"]),
            payment_state=expected["payment_state"],
            invoice_lines=tuple(
                ExpectedInvoiceLine(id=number, quantity=Decimal(quantity), total=Decimal(total))
                for number, quantity, total in expected["invoice_lines"]
            ),
            notes=tuple(
                ExpectedNote(id=number, state=DocumentState(state), total=Decimal(total))
                for number, state, total in expected["notes"]
            ),
        ),
        reference=given["reference"],
        reason=given["reason"],
        requested_by=given["requested_by"],
        approved_by=given["approved_by"],
        assignee_id=given["assignee_id"],
        task=given["task"],
    )
    if payload_of(request) != kept["payload"]:
        raise ValueError("the request would not be sent as the same words again")
    return request


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
