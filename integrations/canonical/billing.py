"""Invoices, credit notes and payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical.sensitivity import FINANCIAL, PAYMENT, PERSONAL, PUBLIC, Money, Partial


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
    is_refund: Annotated[bool, PUBLIC] = (
        False  # money to the customer; a provider's refund has a negative amount
    )
