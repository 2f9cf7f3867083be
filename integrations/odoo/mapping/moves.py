"""Stock moves in the unit of their order line, each with its direction seen from the customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.values import Row, decimal, quantity, reference, related, rows

OPEN_STATES = frozenset({"draft", "waiting", "confirmed", "partially_available", "assigned"})


_LARGEST_FACTOR_POWER = 6  # a million to one is no unit of measure that anybody sells in


class Direction(StrEnum):
    OUT = "out"  # reaches the customer
    BACK = "back"  # leaves the customer
    INSIDE = "inside"  # between our own locations


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    id: int
    row: Row
    picking_id: int
    direction: Direction
    state: str
    line_id: int | None
    product_id: int | None
    planned: Decimal  # in reference units of the unit's family
    done: Decimal  # in reference units; 0 until the move is done

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantities:
    shipped: Decimal
    returned: Decimal
    announced: Decimal

    @property
    def returnable(self) -> Decimal:
        return quantity(max(Decimal(0), self.shipped - self.returned - self.announced))


def unit_size(unit: Row | None, dialect: Dialect) -> Decimal:
    """How many reference units one of this unit holds (dozen: 12); 1 where it is not known."""
    factor = decimal(unit.get("factor")) if unit else Decimal(0)
    if factor <= 0 or abs(factor.adjusted()) > _LARGEST_FACTOR_POWER:
        return Decimal(1)
    return factor if dialect.factor_is_size else 1 / factor


def read_moves(pickings: Sequence[Row], dialect: Dialect) -> list[Move]:
    """All moves of an order's pickings; a return without a sale line takes the line of the move it returns."""
    raw = [(picking, row) for picking in pickings for row in rows(picking, "move_ids")]
    by_id = {row["id"]: row for _, row in raw}
    return [
        Move(
            id=row["id"],
            row=row,
            picking_id=picking["id"],
            direction=_direction(row),
            state=str(row.get("state") or ""),
            line_id=_line_of(row, by_id),
            product_id=reference(row, "product_id"),
            planned=decimal(row.get("product_uom_qty")) * unit_size(related(row, "product_uom"), dialect),
            done=_done(row) * unit_size(related(row, "product_uom"), dialect),
        )
        for picking, row in raw
    ]


def _direction(row: Row) -> Direction:
    came_from, goes_to = row.get("location_usage"), row.get("location_dest_usage")
    if goes_to == "customer" and came_from != "customer":
        return Direction.OUT
    if came_from == "customer" and goes_to != "customer":
        return Direction.BACK
    return Direction.INSIDE


def _done(row: Row) -> Decimal:
    return decimal(row.get("quantity")) if row.get("state") == "done" else Decimal(0)


def _line_of(row: Row, by_id: Mapping[int, Row]) -> int | None:
    seen: set[int] = set()
    current: Row | None = row
    while current is not None:
        line_id = reference(current, "sale_line_id")
        if line_id is not None:
            return line_id
        origin = reference(current, "origin_returned_move_id")
        if origin is None or origin in seen:
            return None
        seen.add(origin)
        current = by_id.get(origin)
    return None


def line_quantities(
    line_id: int, product_id: int | None, ordered: Decimal, size: Decimal, moves: Sequence[Move]
) -> LineQuantities:
    """Shipped, returned and announced of one line, in the line's unit.

    ``ordered`` is in the line's unit, ``size`` how many reference units that unit holds. A line whose moves carry
    other products is a kit: only whole kits count, and one that gave back a component is whole no more.
    """
    own = [move for move in moves if move.line_id == line_id]
    if any(move.product_id != product_id for move in own):
        return _kit_quantities(product_id, ordered, size, own)
    return LineQuantities(
        shipped=quantity(_total(own, Direction.OUT) / size),
        returned=quantity(_total(own, Direction.BACK) / size),
        announced=quantity(_announced(own) / size),
    )


def _total(moves: Sequence[Move], direction: Direction) -> Decimal:
    return sum((move.done for move in moves if move.direction is direction), Decimal(0))


def _announced(moves: Sequence[Move]) -> Decimal:
    return sum(
        (move.planned for move in moves if move.direction is Direction.BACK and move.is_open), Decimal(0)
    )


def _kit_quantities(
    product_id: int | None, ordered: Decimal, size: Decimal, own: Sequence[Move]
) -> LineQuantities:
    components: defaultdict[int | None, list[Move]] = defaultdict(list)
    for move in own:
        if move.product_id != product_id:
            components[move.product_id].append(move)
    whole = [move for move in own if move.product_id == product_id]
    per_order = {product: demand for product, moves in components.items() if (demand := _demand(moves)) > 0}

    def kits(amount: Callable[[Sequence[Move]], Decimal]) -> Decimal:
        """How many kits these amounts of each component make; a kit counts when it is whole."""
        made = (amount(components[product]) * ordered / demand for product, demand in per_order.items())
        return min(made, default=Decimal(0)) // 1

    shipped = kits(lambda moves: _total(moves, Direction.OUT))
    kept = kits(_kept)
    staying = kits(lambda moves: _kept(moves) - _announced(moves))
    # A kit that gave back one component is no whole kit any more: Odoo's net delivered quantity says the same.
    return LineQuantities(
        shipped=quantity(shipped + _total(whole, Direction.OUT) / size),
        returned=quantity(shipped - kept + _total(whole, Direction.BACK) / size),
        announced=quantity(kept - staying + _announced(whole) / size),
    )


def _kept(moves: Sequence[Move]) -> Decimal:
    return _total(moves, Direction.OUT) - _total(moves, Direction.BACK)


def _demand(moves: Sequence[Move]) -> Decimal:
    """What all kits ordered take of one component: its demand toward the customer."""
    outward = [
        m for m in moves if m.direction is Direction.OUT and not reference(m.row, "origin_returned_move_id")
    ]
    demand = sum((m.planned for m in outward if m.state != "cancel"), Decimal(0))
    return demand or sum((m.planned for m in outward), Decimal(0))
