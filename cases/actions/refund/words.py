"""The request for a credit note as text and back, word for word: what is resent must be what was sent.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from cases.actions.sent_words import request_of
from integrations.canonical import (
    CreditLine,
    CreditNoteRequest,
    DocumentState,
    ExpectedFacts,
    ExpectedInvoiceLine,
    ExpectedNote,
    ExpectedOrderLine,
    Money,
)


def refund_of_words(words: str) -> CreditNoteRequest:
    """Raises ``ValueError`` where it would not be sent as the same words again."""
    return request_of(words, _made)


def _made(given: dict[str, Any], common: dict[str, Any]) -> CreditNoteRequest:
    expected = given["expected"]
    return CreditNoteRequest(
        **common,
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
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
