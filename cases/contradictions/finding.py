"""What a contradiction is, and the sentences it is told in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical import PUBLIC, Branch, LineKind, Order, OrderLine, OrderRecord


class Severity(StrEnum):
    """Most severe first."""

    MONEY = "money"  # somebody paid, or was paid, what they should not have been
    PROMISE = "promise"  # the customer was told, or will believe, what is not so
    CHECK = "check"  # worth a look before anything is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One contradiction. The sentences are message ids; ``words`` fill them after translation.

    The words are document numbers, product names and dates: nothing that a role might not see.
    """

    code: Annotated[str, PUBLIC]
    severity: Annotated[Severity, PUBLIC]
    message: Annotated[str, PUBLIC]
    customer_message: Annotated[str, PUBLIC]
    words: Mapping[str, str | date] = field(default_factory=dict)


def kept_goods(order: Order) -> list[OrderLine]:
    """Lines of which something went out and has not come back."""
    return [
        line
        for line in order.lines
        if line.kind is LineKind.GOODS and (line.shipped or Decimal(0)) > (line.returned or Decimal(0))
    ]


Search = Callable[[OrderRecord, datetime], Iterable[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    code: str
    rests_on: frozenset[Branch]
    find: Search
