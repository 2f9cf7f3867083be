"""The fields of an action as it is shown, each with its sensitivity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from cases.actions.goods_records import GoodsRecord
from integrations.canonical import FINANCIAL, INTERNAL, PERSONAL, PUBLIC, Money, Partial


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRecord:
    id: Annotated[str, PUBLIC]
    version: Annotated[int, PUBLIC]
    outcome: Annotated[str, PUBLIC]
    explanation: Annotated[str, FINANCIAL]  # names amounts
    eligible_if: Annotated[str | None, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    allowed: Annotated[bool, PUBLIC]
    needs_approval: Annotated[int, PUBLIC]
    rules: tuple[RuleRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewRecord:
    code: Annotated[str, PUBLIC]
    what: Annotated[str, PUBLIC]
    before: Annotated[str | None, FINANCIAL]
    after: Annotated[str | None, FINANCIAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord:
    """What leaves a shelf, in the product's own unit."""

    product: Annotated[str, PUBLIC]
    warehouse: Annotated[str, PUBLIC]
    needed: Annotated[Decimal, PUBLIC]
    free_before: Annotated[Decimal | None, INTERNAL, Partial.BAND]  # None where Odoo does not count it
    free_after: Annotated[Decimal | None, INTERNAL, Partial.BAND]
    cost: Annotated[Money | None, INTERNAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    number: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    attempt: Annotated[int, PUBLIC]
    state: Annotated[str, PUBLIC]
    problem: Annotated[str | None, PUBLIC]
    at: Annotated[datetime, PUBLIC]
    answered_at: Annotated[datetime | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectRecord:
    connection: Annotated[str, PUBLIC]
    model: Annotated[str, PUBLIC]
    id: Annotated[int, PUBLIC]
    ref: Annotated[str | None, PUBLIC]
    state: Annotated[str | None, PUBLIC]
    total: Annotated[Money | None, FINANCIAL]
    payment: Annotated[str | None, PUBLIC]  # of a posted one
    quantity: Annotated[Decimal | None, PUBLIC]  # of goods that were received or sent, over all lines
    seen_at: Annotated[
        datetime | None, PUBLIC
    ]  # since when it is as it is, where it changed since it was made
    due_at: Annotated[datetime | None, PUBLIC]  # of a transfer, as it was promised when it was made
    url: Annotated[str | None, PUBLIC]  # in Odoo's own client, where one has to have a login


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRecord:
    by: Annotated[str, PUBLIC]  # a colleague
    on_behalf_of: Annotated[str | None, PUBLIC]  # whose right it was, where not their own
    decision: Annotated[str, PUBLIC]
    at: Annotated[datetime, PUBLIC]
    void: Annotated[str | None, PUBLIC]
    reason: Annotated[str | None, PERSONAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    id: Annotated[str | None, PUBLIC]
    reference: Annotated[str | None, PUBLIC]
    kind: Annotated[str, PUBLIC]
    state: Annotated[str, PUBLIC]
    cause: Annotated[str | None, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company: Annotated[int, PUBLIC]
    order: Annotated[str, PUBLIC]
    case: Annotated[int | None, PUBLIC]
    amount: Annotated[Money, FINANCIAL]
    reason: Annotated[str, PUBLIC]
    refund_to: Annotated[str, PUBLIC]
    note: Annotated[str | None, PERSONAL]
    requested_by: Annotated[str | None, PUBLIC]
    requested_at: Annotated[datetime | None, PUBLIC]
    judged_at: Annotated[datetime | None, PUBLIC]
    expires_at: Annotated[datetime | None, PUBLIC]
    finished_at: Annotated[datetime | None, PUBLIC]
    approvals_needed: Annotated[int, PUBLIC]
    content_hash: Annotated[str, PUBLIC]
    may_decide: Annotated[bool, PUBLIC]
    why_not: Annotated[str | None, PUBLIC]
    decides_for: Annotated[str | None, PUBLIC]  # in whose place the viewer would decide
    fix: Annotated[str | None, PUBLIC]
    fix_document: Annotated[int | None, PUBLIC]
    fix_by: Annotated[str | None, PUBLIC]
    verdict: VerdictRecord
    goods: tuple[GoodsRecord, ...]
    preview: tuple[PreviewRecord, ...]
    stock: tuple[StockRecord, ...]
    steps: tuple[StepRecord, ...]
    effects: tuple[EffectRecord, ...]
    approvals: tuple[ApprovalRecord, ...]
