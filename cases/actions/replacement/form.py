"""What somebody filled in to have goods sent once more, and what is wrong with it whatever the order says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from cases.actions.asking import UnclearWish
from cases.actions.replacement.lines import ReplacementWish

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementForm:
    """What somebody filled in."""

    kind: ClassVar[str] = "replacement"

    connection: str
    ref: str
    company: int | None
    wish: ReplacementWish
    reason: str
    note: str = ""

    def check(self, reasons: Collection[str]) -> None:
        """Raises ``UnclearWish`` for what no order could make sensible."""
        if self.reason not in reasons:
            raise UnclearWish("reason")
        if len(self.note) > LONGEST_NOTE:
            raise UnclearWish("note")
        if not self.wish.lines:
            raise UnclearWish("nothing_again")
        if any(not Decimal(0) < line.quantity < Decimal(10) ** 9 for line in self.wish.lines):
            raise UnclearWish("quantity")
        numbers = [line.line_id for line in self.wish.lines]
        if len(set(numbers)) != len(numbers):
            raise UnclearWish("line_twice")
