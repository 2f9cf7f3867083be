"""Transfers that carry goods to the customer, and the picking and packing steps before them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.canonical import Shipment, ShipmentKind, ShipmentLine, ShipmentState
from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.moves import Direction, Move, unit_size
from integrations.odoo.mapping.values import (
    Row,
    display,
    moment,
    quantity,
    related,
    rows,
    split_numbers,
    text,
)

_STATES = {
    "draft": ShipmentState.DRAFT,
    "waiting": ShipmentState.WAITING,
    "confirmed": ShipmentState.WAITING,
    "assigned": ShipmentState.READY,
    "done": ShipmentState.DONE,
    "cancel": ShipmentState.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What a transfer's line takes from the order line behind it."""

    sku: str | None
    name: str
    product_id: int | None
    unit: str | None
    size: Decimal  # how many reference units the unit holds
    ordered: Decimal


def shipments_and_preparations(
    pickings: Sequence[Row], moves: Sequence[Move], lines: Mapping[int, LineFacts], dialect: Dialect
) -> tuple[tuple[Shipment, ...], tuple[Shipment, ...]]:
    """(to the customer, steps before). Returns are neither; see ``mapping.returns``."""
    outgoing: list[Shipment] = []
    steps: list[Shipment] = []
    for picking in pickings:
        own = [move for move in moves if move.picking_id == picking["id"]]
        directions = {move.direction for move in own}
        if Direction.OUT in directions:
            outgoing.append(_shipment(picking, own, lines, dialect, _kind(picking)))
        elif Direction.BACK not in directions and own:
            steps.append(_shipment(picking, own, lines, dialect, ShipmentKind.PREPARATION))
    return tuple(outgoing), tuple(steps)


def _kind(picking: Row) -> ShipmentKind:
    """A drop-ship leaves no warehouse of ours: 17 calls its type incoming, 18 and 19 have a type of their own."""
    return ShipmentKind.DELIVERY if _from_own_stock(picking) else ShipmentKind.DROP_SHIP


def _from_own_stock(picking: Row) -> bool:
    return all(move.get("location_usage") != "supplier" for move in rows(picking, "move_ids"))


def _shipment(
    picking: Row, moves: Sequence[Move], lines: Mapping[int, LineFacts], dialect: Dialect, kind: ShipmentKind
) -> Shipment:
    return Shipment(
        id=picking["id"],
        ref=text(picking.get("name")) or str(picking["id"]),
        kind=kind,
        state=picking_state(picking),
        warehouse=warehouse_of(picking),
        carrier=display(picking, "carrier_id"),
        tracking_numbers=split_numbers(picking.get("carrier_tracking_ref")),
        tracking_url=_tracking_url(picking),
        scheduled_at=moment(picking.get("scheduled_date")),
        done_at=moment(picking.get("date_done")),
        backorder_of=display(picking, "backorder_id"),
        lines=tuple(
            _line(move, lines, dialect) for move in moves if move.state != "cancel" or _is_cancelled(picking)
        ),
    )


def picking_state(picking: Row) -> ShipmentState:
    return _STATES.get(str(picking.get("state")), ShipmentState.WAITING)


def _is_cancelled(picking: Row) -> bool:
    return picking.get("state") == "cancel"


def warehouse_of(picking: Row) -> str | None:
    kind = related(picking, "picking_type_id")
    return display(kind, "warehouse_id") if kind else None


def _tracking_url(picking: Row) -> str | None:
    """Odoo fills the address from a pattern people type: only plain web addresses become links.

    With several numbers in the field Odoo puts them all into one address, which leads nowhere.
    """
    address = text(picking.get("carrier_tracking_url"))
    if address is None or len(split_numbers(picking.get("carrier_tracking_ref"))) > 1:
        return None
    return address if address.startswith(("https://", "http://")) else None


def _line(move: Move, lines: Mapping[int, LineFacts], dialect: Dialect) -> ShipmentLine:
    sku, name = product_words(move)
    line = lines.get(move.line_id) if move.line_id is not None else None
    return ShipmentLine(
        line_id=move.line_id,
        sku=sku,
        name=name,
        quantity=moved_quantity(move, line, dialect),
        uom=moved_unit(move, line),
        lots=tuple(lot for row in rows(move.row, "lot_ids") if (lot := text(row.get("name")))),
    )


def product_words(move: Move) -> tuple[str | None, str]:
    product = related(move.row, "product_id") or {}
    sku = text(product.get("default_code"))
    return sku, without_sku(text(product.get("display_name")) or "", sku)


def without_sku(name: str, sku: str | None) -> str:
    """Odoo's display name repeats the code in brackets before the name."""
    prefix = f"[{sku}] "
    return name[len(prefix) :] if sku and name.startswith(prefix) else name


def _in_line_unit(move: Move, line: LineFacts | None) -> bool:
    return line is not None and line.product_id == move.product_id


def moved_quantity(move: Move, line: LineFacts | None, dialect: Dialect, *, planned: bool = False) -> Decimal:
    """Done, or planned while open; in the order line's unit, except a kit's components, which keep their own."""
    amount = move.planned if planned or move.state != "done" else move.done
    if line is not None and _in_line_unit(move, line):
        return quantity(amount / line.size)
    return quantity(amount / unit_size(related(move.row, "product_uom"), dialect))


def moved_unit(move: Move, line: LineFacts | None) -> str | None:
    if line is not None and _in_line_unit(move, line):
        return line.unit
    return display(move.row, "product_uom")
