"""Turns what comes back of an order into lines of its deliveries, never more than is left of any of them.

Pure: no Django. Quantities of a delivery's line are in its unit, of an order's line in that one's; between them stands
how many of the reference unit each holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cases.actions.returns.form import WishedBack, WishedLot
from integrations.canonical import DeliveredLine, Delivery, Refusal, ReturnFacts

_DIGITS = Decimal("0.00001")  # as finely as Odoo compares quantities


@dataclass(frozen=True, slots=True, kw_only=True)
class BackLine:
    """What comes back of one line of one delivery."""

    line: DeliveredLine
    quantity: Decimal
    reason: str
    lots: tuple[WishedLot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """What comes back of one delivery: one transfer, one key."""

    delivery: Delivery
    lines: tuple[BackLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedBack:
    """What the wish comes to; ``problem`` where it comes to nothing, ``about`` names the line."""

    backs: tuple[Back, ...] = ()
    problem: str = ""  # a word of ours, or Odoo's refusal in the bridge's word
    about: str = ""


class _Unresolvable(Exception):
    def __init__(self, problem: str, about: str = "") -> None:
        super().__init__(problem)
        self.problem, self.about = problem, about


def resolve(
    wish: Sequence[WishedBack],
    facts: ReturnFacts,
    *,
    pending: Mapping[int, Decimal],
    sizes: Mapping[int, Decimal],
) -> ResolvedBack:
    """By delivery, the oldest first. ``pending``: by delivery's line, what is being asked back of it beside this.

    ``sizes``: how many of the reference unit one of an order's line holds.
    """
    room = _Room(facts, pending)
    try:
        found = [back for wished in wish for back in _of_line(wished, facts, room, sizes)]
    except _Unresolvable as unresolvable:
        return ResolvedBack(problem=unresolvable.problem, about=unresolvable.about)
    moves = [(delivery.id, back.line.move_id) for delivery, back in found]
    if len(set(moves)) != len(moves):
        return ResolvedBack(problem="line_twice")
    backs = []
    for delivery in sorted({found.id: found for found, _ in found}.values(), key=lambda one: one.id):
        own = tuple(back for of, back in found if of.id == delivery.id)
        backs.append(Back(delivery=delivery, lines=own))
    return ResolvedBack(backs=tuple(backs))


class _Room:
    """How much can still come back, of each delivery's line and of the order's line over all deliveries."""

    def __init__(self, facts: ReturnFacts, pending: Mapping[int, Decimal]) -> None:
        self._of_move: dict[int, Decimal] = {}
        self._of_line: dict[int, Decimal] = {}
        for delivery in facts.deliveries:
            for line in delivery.lines:
                asked = pending.get(line.move_id, Decimal(0))
                left = line.done - line.returned - line.announced - asked
                self._of_move[line.move_id] = max(Decimal(0), left)
                if line.order_line_id is not None:
                    whole = line.left_of_line * line.unit_size
                    known = self._of_line.get(line.order_line_id, whole)
                    self._of_line[line.order_line_id] = min(whole, known)
        for delivery in facts.deliveries:
            for line in delivery.lines:
                if line.order_line_id is not None:
                    asked = pending.get(line.move_id, Decimal(0))
                    self._of_line[line.order_line_id] -= asked * line.unit_size

    def of_line(self, line: DeliveredLine) -> Decimal:
        """Of the order's line, in reference units."""
        return self._of_line.get(line.order_line_id or 0, Decimal(0))

    def left(self, line: DeliveredLine) -> Decimal:
        if line.obstacle is not None:
            return Decimal(0)
        return max(Decimal(0), min(self._of_move[line.move_id], self.of_line(line) / line.unit_size))

    def take(self, line: DeliveredLine, quantity: Decimal) -> None:
        self._of_move[line.move_id] -= quantity
        if line.order_line_id is not None:
            self._of_line[line.order_line_id] -= quantity * line.unit_size


def sizes_of(facts: ReturnFacts, products: Mapping[str, Mapping[str, Any]]) -> dict[int, Decimal]:
    """How many of the reference unit one of each order's line holds, where that is known.

    Odoo may deliver in another unit than was ordered: then what was shipped, in both, tells how many it holds.
    """
    found: dict[int, Decimal] = {}
    for number, product in products.items():
        own = [line for of in facts.deliveries for line in of.lines if line.order_line_id == int(number)]
        same = next((line for line in own if line.unit == product.get("unit")), None)
        shipped = Decimal(product.get("shipped") or "0")
        if same is not None:
            found[int(number)] = same.unit_size
        elif shipped > 0 and own:
            found[int(number)] = sum((line.done * line.unit_size for line in own), Decimal(0)) / shipped
    return found


def returnable_of(facts: ReturnFacts, pending: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """By delivery's line, how much of it could be asked back now."""
    room = _Room(facts, pending)
    return {line.move_id: room.left(line) for delivery in facts.deliveries for line in delivery.lines}


def _of_line(
    wished: WishedBack, facts: ReturnFacts, room: _Room, sizes: Mapping[int, Decimal]
) -> list[tuple[Delivery, BackLine]]:
    places = [
        (delivery, line)
        for delivery in facts.deliveries
        for line in delivery.lines
        if line.move_id == wished.move_id
        or (line.order_line_id == wished.line_id and wished.line_id is not None)
    ]
    if not places:
        raise _Unresolvable("not_delivered")
    name = places[0][1].name
    free = [(delivery, line) for delivery, line in places if line.obstacle is None]
    if not free:
        raise _Unresolvable(str(places[0][1].obstacle or Refusal.NOT_DELIVERED), name)
    if any(line.is_tracked for _, line in free):
        return _tracked(wished, free, room, name)
    if wished.lots:
        raise _Unresolvable(str(Refusal.WRONG_LOT), name)
    sought = _sought(wished, free, room, sizes)
    if sought <= 0:
        raise _Unresolvable("nothing_left", name)
    found = []
    for delivery, line in free:
        part = min(sought / line.unit_size, room.left(line))
        if part > 0:
            room.take(line, part)
            sought -= part * line.unit_size
            found.append((delivery, BackLine(line=line, quantity=_tidy(part), reason=wished.reason)))
    if sought > _DIGITS:
        raise _Unresolvable("quantity", name)
    return found


def _sought(
    wished: WishedBack,
    free: Sequence[tuple[Delivery, DeliveredLine]],
    room: _Room,
    sizes: Mapping[int, Decimal],
) -> Decimal:
    """In reference units."""
    if wished.quantity is None:
        line = free[0][1]
        return min(room.of_line(line), sum((room.left(one) * one.unit_size for _, one in free), Decimal(0)))
    size = free[0][1].unit_size if wished.move_id is not None else sizes.get(wished.line_id or 0)
    if size is None:
        raise _Unresolvable("unit", free[0][1].name)
    return wished.quantity * size


def _tracked(
    wished: WishedBack, free: Sequence[tuple[Delivery, DeliveredLine]], room: _Room, name: str
) -> list[tuple[Delivery, BackLine]]:
    """Each number comes back with the delivery that brought it."""
    if not wished.lots:
        raise _Unresolvable(str(Refusal.LOT_NEEDED), name)
    found = []
    missing = {lot.id for lot in wished.lots}
    for delivery, line in free:
        own = tuple(
            lot
            for lot in wished.lots
            if lot.id in missing
            and any(brought.id == lot.id and brought.left >= lot.quantity for brought in line.lots)
        )
        if not own:
            continue
        missing -= {lot.id for lot in own}
        quantity = sum((lot.quantity for lot in own), Decimal(0))
        if quantity > room.left(line):
            raise _Unresolvable("quantity", name)
        room.take(line, quantity)
        found.append((delivery, BackLine(line=line, quantity=quantity, reason=wished.reason, lots=own)))
    if missing:
        raise _Unresolvable(str(Refusal.WRONG_LOT), name)
    if wished.quantity is not None and wished.quantity != sum(lot.quantity for lot in wished.lots):
        raise _Unresolvable("lots_differ", name)
    return found


def _tidy(quantity: Decimal) -> Decimal:
    """No finer than Odoo compares, and never more than was left."""
    cut = quantity.quantize(_DIGITS, rounding="ROUND_DOWN") if quantity % 1 else quantity
    return cut.normalize() if cut % 1 else cut.quantize(Decimal(1))
