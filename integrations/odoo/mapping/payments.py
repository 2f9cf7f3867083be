"""Payments as the provider saw them and as the ledger reconciled them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

from integrations.canonical import Payment, PaymentSource, PaymentState
from integrations.odoo.mapping.credits import is_settlement, settlements
from integrations.odoo.mapping.documents import Documents, number
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    day,
    display,
    moment,
    reference,
    related,
    rows,
    text,
)

_TRANSACTION_STATES = {
    "draft": PaymentState.PENDING,
    "pending": PaymentState.PENDING,
    "authorized": PaymentState.AUTHORIZED,
    "done": PaymentState.DONE,
    "cancel": PaymentState.CANCELLED,
    "error": PaymentState.FAILED,
}


def payments(order: Row, documents: Documents, *, details: bool) -> tuple[Payment, ...]:
    """Provider transactions first, then what the ledger matched with each document.

    Without ``details`` references, providers and methods stay out of the record: the viewer may not see that class.
    """
    return (
        *(_transaction(row, details) for row in rows(order, "transaction_ids")),
        *_reconciled(documents, details),
    )


def _transaction(row: Row, details: bool) -> Payment:
    amount = Currency(related(row, "currency_id")).money(row.get("amount"))
    return Payment(
        id=row["id"],
        source=PaymentSource.PROVIDER,
        ref=text(row.get("reference")) if details else None,
        provider_ref=text(row.get("provider_reference")) if details else None,
        state=_TRANSACTION_STATES.get(str(row.get("state")), PaymentState.UNKNOWN),
        amount=amount,
        at=moment(row.get("last_state_change")) or moment(row.get("create_date")),
        provider=text(row.get("provider_code")) if details else None,
        method=display(row, "payment_method_id") if details else None,
        document_ref=None,
        is_refund=row.get("operation") == "refund" or amount.amount < 0,
    )


def _reconciled(documents: Documents, details: bool) -> Iterator[Payment]:
    notes = {row["id"] for row in documents.notes}
    own = notes | {row["id"] for row in documents.invoices}
    for document in (*documents.invoices, *documents.notes):
        currency = Currency(related(document, "currency_id"))
        for entry in settlements(document):
            if not is_settlement(entry, own):
                yield _ledger_payment(entry, document, currency, details, is_refund=document["id"] in notes)


def _ledger_payment(
    entry: Mapping[str, Any], document: Row, currency: Currency, details: bool, *, is_refund: bool
) -> Payment:
    on = day(entry.get("date"))
    return Payment(
        # Reconciled straight from a bank statement there is no payment record: the match itself identifies it.
        id=reference(entry, "account_payment_id") or reference(entry, "partial_id") or 0,
        source=PaymentSource.LEDGER,
        ref=text(entry.get("ref")) if details else None,
        provider_ref=None,
        state=PaymentState.DONE,
        # The widget gives the amount in the document's currency.
        amount=currency.money(entry.get("amount")),
        at=datetime.combine(on, time(), UTC) if on else None,
        provider=text(entry.get("journal_name")) if details else None,
        method=text(entry.get("payment_method_name")) if details else None,
        document_ref=number(document),
        is_refund=is_refund,
    )
