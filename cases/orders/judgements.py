"""What our own rules say of an order, in the viewer's language: contradictions, and what may still come back.

Judgements are records like any other: they rest on facts only, and leave through the masking door.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.utils.translation import gettext

from cases.contradictions import Finding, Severity, contradictions
from cases.orders.eligibility import LineVerdict, line_verdicts
from cases.rules.book import RuleBook
from cases.written_dates import write_day
from integrations.canonical import PUBLIC, Branch, OrderReading, OrderRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    code: Annotated[str, PUBLIC]
    severity: Annotated[Severity, PUBLIC]
    message: Annotated[str, PUBLIC]  # for the agent
    customer_message: Annotated[str, PUBLIC]  # safe to say to the customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Whether goods of a line may come back, be replaced or exchanged."""

    allowed: Annotated[bool, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    until: Annotated[datetime | None, PUBLIC]
    explanation: Annotated[str, PUBLIC]
    eligible_if: Annotated[str | None, PUBLIC]


def told_contradictions(record: OrderRecord, reading: OrderReading) -> tuple[Contradiction, ...]:
    """What cannot all be true at the moment of the reading, the most severe first."""
    read = frozenset(Branch) - reading.problems.keys()
    return tuple(_told(finding) for finding in contradictions(record, read=read, at=reading.fetched_at))


def _told(finding: Finding) -> Contradiction:
    return Contradiction(
        code=finding.code,
        severity=finding.severity,
        message=_filled(finding.message, finding.words),
        customer_message=_filled(finding.customer_message, finding.words),
    )


def line_eligibility(
    record: OrderRecord, *, book: RuleBook, at: datetime
) -> dict[int, dict[str, Eligibility]]:
    """By line id and remedy, for every line that can be judged."""
    found: dict[int, dict[str, Eligibility]] = {}
    for verdict in line_verdicts(record, book=book, at=at):
        found.setdefault(verdict.line_id, {})[verdict.remedy.value] = _explained(verdict)
    return found


def _explained(verdict: LineVerdict) -> Eligibility:
    rule = verdict.deciding
    return Eligibility(
        allowed=verdict.allowed,
        quantity=verdict.quantity,
        until=verdict.until,
        explanation=_filled(rule.explanation, rule.words),
        eligible_if=_filled(rule.eligible_if, rule.words) if rule.eligible_if else None,
    )


def _filled(message: str, words: Mapping[str, str | date]) -> str:
    """The sentence in the viewer's language, its dates as people there write them."""
    written = {name: write_day(word) if isinstance(word, date) else word for name, word in words.items()}
    return gettext(message) % written
