"""What somebody filled in to have goods exchanged, and what is wrong with it whatever the order says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from cases.actions.asking import UnclearWish
from cases.actions.hashing import plain
from cases.actions.returns.form import LONGEST_NOTE, WishedLot

LONGEST_CODE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedSwap:
    """So many of an order's line come back, and as many go out: the same, or another product named in either way."""

    line_id: int
    quantity: Decimal
    reason: str = ""
    lots: tuple[WishedLot, ...] = ()  # that come back, of what is tracked
    product_id: int | None = None
    product_code: str = ""  # or barcode


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeForm:
    """What somebody filled in; every line has a reason of its own."""

    kind: ClassVar[str] = "exchange"

    connection: str
    ref: str
    company: int | None
    lines: tuple[WishedSwap, ...]
    back_to: int | None = None  # the warehouse that takes them; none: where the rules of this connection say
    warehouse: int | None = None  # that sends the new ones; none: whichever has enough, the order's own first
    before: int | None = None  # which it was when it was judged last
    note: str = ""

    @property
    def reason(self) -> str:
        """Of the first line: what lists and limits go by."""
        return self.lines[0].reason if self.lines else ""

    @property
    def products(self) -> tuple[int, ...]:
        return tuple(sorted({line.product_id for line in self.lines if line.product_id is not None}))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(sorted({line.product_code for line in self.lines if line.product_code}))

    def check(self, reasons: Collection[str]) -> None:
        """Raises ``UnclearWish`` for what no order could make sensible."""
        if not self.lines:
            raise UnclearWish("nothing_back")
        if len(self.note) > LONGEST_NOTE:
            raise UnclearWish("note")
        for line in self.lines:
            if line.reason not in reasons:
                raise UnclearWish("reason")
            amounts = [line.quantity, *(lot.quantity for lot in line.lots)]
            if any(not Decimal(0) < amount < Decimal(10) ** 9 for amount in amounts):
                raise UnclearWish("quantity")
            if len({lot.id for lot in line.lots}) != len(line.lots):
                raise UnclearWish("line_twice")
            if line.lots and sum(lot.quantity for lot in line.lots) != line.quantity:
                raise UnclearWish("quantity")
            if len(line.product_code) > LONGEST_CODE or (line.product_code and line.product_id is not None):
                raise UnclearWish("product")
        numbers = [line.line_id for line in self.lines]
        if len(set(numbers)) != len(numbers):
            raise UnclearWish("line_twice")


def wish_json(lines: Sequence[WishedSwap]) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "quantity": plain(line.quantity),
            "reason": line.reason,
            "lots": [[lot.id, plain(lot.quantity)] for lot in line.lots],
            "product_id": line.product_id,
            "product_code": line.product_code,
        }
        for line in lines
    ]


def wish_of(stored: Sequence[Mapping[str, Any]]) -> tuple[WishedSwap, ...]:
    return tuple(
        WishedSwap(
            line_id=line["line_id"],
            quantity=Decimal(line["quantity"]),
            reason=line["reason"],
            lots=tuple(WishedLot(id=number, quantity=Decimal(much)) for number, much in line["lots"]),
            product_id=line["product_id"],
            product_code=line["product_code"],
        )
        for line in stored
    )
