"""What somebody filled in to ask for a refund, and what is wrong with it whatever the order says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from cases.actions.asking import UnclearWish
from cases.actions.reasons import RefundWay
from cases.actions.refund.lines import RefundWish

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundForm:
    """What somebody filled in."""

    kind: ClassVar[str] = "refund"

    connection: str
    ref: str
    company: int | None
    wish: RefundWish
    reason: str
    refund_to: str = ""
    note: str = ""

    def check(self, reasons: Collection[str]) -> None:
        """Raises ``UnclearWish`` for what no order could make sensible."""
        if self.reason not in reasons:
            raise UnclearWish("reason")
        if self.refund_to and self.refund_to not in set(RefundWay):
            raise UnclearWish("refund_to")
        if len(self.note) > LONGEST_NOTE:
            raise UnclearWish("note")
        if self.wish.amount is not None and not Decimal(0) < self.wish.amount < Decimal(10) ** 12:
            raise UnclearWish("amount")
        if any(
            line.quantity is not None and not Decimal(0) < line.quantity < Decimal(10) ** 9
            for line in self.wish.lines
        ):
            raise UnclearWish("quantity")
        numbers = [line.line_id for line in self.wish.lines]
        if len(set(numbers)) != len(numbers):
            raise UnclearWish("line_twice")
