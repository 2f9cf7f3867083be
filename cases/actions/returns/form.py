"""What somebody filled in to ask for goods back, and what is wrong with it whatever the order says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from cases.actions.asking import UnclearWish
from cases.actions.hashing import plain

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedLot:
    """A lot or serial number, and how much of it."""

    id: int
    quantity: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedBack:
    """So many of an order's line in its unit, or of one delivery's line in that line's; all that can come without one.

    Of what is tracked the lots say how many.
    """

    line_id: int | None = None
    move_id: int | None = None
    quantity: Decimal | None = None
    reason: str = ""
    lots: tuple[WishedLot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnForm:
    """What somebody filled in; every line has a reason of its own."""

    kind: ClassVar[str] = "return"

    connection: str
    ref: str
    company: int | None
    lines: tuple[WishedBack, ...]
    warehouse: int | None = None  # none: where the rules of this connection say
    note: str = ""

    @property
    def reason(self) -> str:
        """Of the first line: what lists and limits go by."""
        return self.lines[0].reason if self.lines else ""

    def check(self, reasons: Collection[str]) -> None:
        """Raises ``UnclearWish`` for what no order could make sensible."""
        if not self.lines:
            raise UnclearWish("nothing_back")
        if len(self.note) > LONGEST_NOTE:
            raise UnclearWish("note")
        for line in self.lines:
            if (line.line_id is None) == (line.move_id is None):
                raise UnclearWish("line")
            if line.reason not in reasons:
                raise UnclearWish("reason")
            amounts = [lot.quantity for lot in line.lots]
            if line.quantity is not None:
                amounts.append(line.quantity)
            if any(not Decimal(0) < amount < Decimal(10) ** 9 for amount in amounts):
                raise UnclearWish("quantity")
            if len({lot.id for lot in line.lots}) != len(line.lots):
                raise UnclearWish("line_twice")
        named = [(line.line_id, line.move_id) for line in self.lines]
        if len(set(named)) != len(named):
            raise UnclearWish("line_twice")


def wish_json(lines: tuple[WishedBack, ...]) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "move_id": line.move_id,
            "quantity": None if line.quantity is None else plain(line.quantity),
            "reason": line.reason,
            "lots": [[lot.id, plain(lot.quantity)] for lot in line.lots],
        }
        for line in lines
    ]


def wish_of(stored: Sequence[Mapping[str, Any]]) -> tuple[WishedBack, ...]:
    return tuple(
        WishedBack(
            line_id=line["line_id"],
            move_id=line["move_id"],
            quantity=None if line["quantity"] is None else Decimal(line["quantity"]),
            reason=line["reason"],
            lots=tuple(WishedLot(id=number, quantity=Decimal(amount)) for number, amount in line["lots"]),
        )
        for line in stored
    )
