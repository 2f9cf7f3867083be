"""What of an order was delivered, came back and can come back, from Odoo's rows in our words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from integrations.canonical import (
    Company,
    DeliveredLine,
    DeliveredLot,
    Delivery,
    Destination,
    ExpectedAuthorization,
    ExpectedDelivered,
    ExpectedReturn,
    Refusal,
    ReturnFacts,
    RmaOperation,
    ShipmentState,
)
from integrations.errors import Garbled
from integrations.odoo.dialects import Dialect, dialect_for
from integrations.odoo.effects_answers import standing
from integrations.odoo.mapping.moves import OPEN_STATES, unit_size
from integrations.odoo.mapping.values import (
    Row,
    decimal,
    display,
    moment,
    quantity,
    reference,
    related,
    rows,
    text,
)

_BY_ITSELF = {"automatic_on_confirm", "automatic_after_receipt"}


def facts_of(
    order: Row,
    warehouses: Sequence[Row],
    waiting: Sequence[Row] | None,
    operations: Sequence[Row],
    *,
    connection: str,
    version: int,
    fetched_at: datetime,
) -> ReturnFacts:
    company = related(order, "company_id")
    if company is None:
        raise Garbled("an order without a company")
    lines = [row for row in rows(order, "order_line") if not row.get("display_type")]
    moves = {move["id"]: move for line in lines for move in rows(line, "move_ids")}
    ordered = {int(line["id"]): reference(line, "product_id") for line in lines}
    back = _coming_back(moves.values())
    open_rmas = [row for row in waiting or () if row.get("state") != "cancelled"]
    dialect = dialect_for(version)
    return ReturnFacts(
        connection=connection,
        company=Company(id=int(company["id"]), name=display(order, "company_id") or ""),
        order_id=int(order["id"]),
        order_ref=str(order["name"]),
        order_state=str(order["state"]),
        odoo_version=version,
        delivered=tuple(
            ExpectedDelivered(id=int(line["id"]), delivered=quantity(line.get("qty_delivered")))
            for line in lines
        ),
        deliveries=_deliveries(moves.values(), back, open_rmas, ordered, dialect),
        returns=tuple(
            ExpectedReturn(id=number, is_done=move["state"] == "done", quantity=quantity(_moved(move)))
            for number, move in sorted(back.items())
        ),
        authorizations=tuple(
            ExpectedAuthorization(
                id=int(row["id"]), state=str(row["state"]), quantity=quantity(row.get("product_uom_qty"))
            )
            for row in sorted(open_rmas, key=lambda row: int(row["id"]))
        ),
        destinations=tuple(_destination(row) for row in warehouses),
        has_rma=waiting is not None,
        rma_operations=tuple(_operation(row) for row in operations),
        fetched_at=fetched_at,
    )


def _coming_back(moves: Iterable[Row]) -> dict[int, Row]:
    """Whatever leaves the customer and is not cancelled: under a line of the order, or named by what was sent."""
    every = [one for move in moves for one in (move, *rows(move, "returned_move_ids"))]
    return {
        int(move["id"]): move
        for move in every
        if move.get("state") != "cancel"
        and move.get("location_usage") == "customer"
        and move.get("location_dest_usage") != "customer"
    }


def _moved(move: Row) -> Decimal:
    return decimal(move.get("quantity") if move["state"] == "done" else move.get("product_uom_qty"))


def _deliveries(
    moves: Iterable[Row],
    back: Mapping[int, Row],
    open_rmas: Sequence[Row],
    ordered: Mapping[int, int | None],
    dialect: Dialect,
) -> tuple[Delivery, ...]:
    every = list(moves)
    left = _left_by_line(every, back, open_rmas, dialect)
    by_picking: dict[int, list[Row]] = {}
    pickings: dict[int, Row] = {}
    for move in every:
        picking = related(move, "picking_id")
        if picking is None or not _goes_out(move) or move.get("state") == "cancel":
            continue
        pickings[int(picking["id"])] = picking
        by_picking.setdefault(int(picking["id"]), []).append(move)
    return tuple(
        Delivery(
            id=number,
            ref=str(pickings[number].get("name") or number),
            state=_shipment_state(pickings[number]),
            done_at=moment(pickings[number].get("date_done")),
            warehouse_id=reference(related(pickings[number], "picking_type_id") or {}, "warehouse_id"),
            lines=tuple(_line(move, back, open_rmas, ordered, left, dialect) for move in own),
        )
        for number, own in sorted(by_picking.items())
    )


def _goes_out(move: Row) -> bool:
    return move.get("location_dest_usage") == "customer" and move.get("location_usage") != "customer"


def _left_by_line(
    moves: Sequence[Row], back: Mapping[int, Row], open_rmas: Sequence[Row], dialect: Dialect
) -> dict[int, Decimal]:
    """Shipped less what comes back, in reference units: a way back may name the line and not the delivery."""
    line_of = {int(move["id"]): reference(move, "sale_line_id") for move in moves}
    left: dict[int, Decimal] = {}
    for move in moves:
        line = line_of[int(move["id"])]
        if line is not None and move["state"] == "done" and _goes_out(move):
            left[line] = left.get(line, Decimal(0)) + _sum([move], dialect)
    for move in back.values():
        origin = reference(move, "origin_returned_move_id")
        line = reference(move, "sale_line_id") or line_of.get(origin or 0)
        if line is not None:
            left[line] = left.get(line, Decimal(0)) - _sum([move], dialect)
    for row in open_rmas:
        line = line_of.get(reference(row, "move_id") or 0)
        if line is not None:
            size = unit_size(related(row, "product_uom"), dialect)
            left[line] = left.get(line, Decimal(0)) - decimal(row.get("product_uom_qty")) * size
    return left


def _shipment_state(picking: Row) -> ShipmentState | None:
    found = standing("stock.picking", str(picking["state"]))
    return found if isinstance(found, ShipmentState) else None


def _line(
    move: Row,
    back: Mapping[int, Row],
    open_rmas: Sequence[Row],
    ordered: Mapping[int, int | None],
    left: Mapping[int, Decimal],
    dialect: Dialect,
) -> DeliveredLine:
    product = related(move, "product_id") or {}
    unit = related(move, "product_uom")
    size = unit_size(unit, dialect)
    own = [one for one in back.values() if reference(one, "origin_returned_move_id") == move["id"]]
    claimed = [row for row in open_rmas if reference(row, "move_id") == move["id"]]
    announced = _sum([one for one in own if one["state"] in OPEN_STATES], dialect) + sum(
        (
            decimal(row.get("product_uom_qty")) * unit_size(related(row, "product_uom"), dialect)
            for row in claimed
        ),
        Decimal(0),
    )
    line_id = reference(move, "sale_line_id")
    return DeliveredLine(
        move_id=int(move["id"]),
        order_line_id=line_id,
        product_id=int(product["id"]),
        name=display(move, "product_id") or "",
        unit=display(move, "product_uom"),
        unit_size=size,
        done=quantity(_moved(move)) if move["state"] == "done" else Decimal(0),
        returned=quantity(_sum([one for one in own if one["state"] == "done"], dialect) / size),
        announced=quantity(announced / size),
        is_tracked=product.get("tracking") not in (None, False, "none"),
        lots=_lots(move, own),
        left_of_line=quantity(left.get(line_id, Decimal(0)) / size) if line_id else Decimal(0),
        obstacle=_obstacle(move, ordered.get(line_id) if line_id else None),
    )


def _sum(moves: Sequence[Row], dialect: Dialect) -> Decimal:
    return sum(
        (_moved(move) * unit_size(related(move, "product_uom"), dialect) for move in moves), Decimal(0)
    )


def _lots(move: Row, own: Sequence[Row]) -> tuple[DeliveredLot, ...]:
    """Lots in the unit they were counted in, which for a tracked product is its own."""
    sent, names = _by_lot([move])
    came, _ = _by_lot(own)
    return tuple(
        DeliveredLot(
            id=number,
            name=names[number],
            quantity=quantity(amount),
            left=quantity(max(Decimal(0), amount - came.get(number, Decimal(0)))),
        )
        for number, amount in sorted(sent.items())
    )


def _by_lot(moves: Sequence[Row]) -> tuple[dict[int, Decimal], dict[int, str]]:
    amounts: dict[int, Decimal] = {}
    names: dict[int, str] = {}
    for move in moves:
        for row in rows(move, "move_line_ids"):
            lot = related(row, "lot_id")
            if lot is not None:
                number = int(lot["id"])
                names[number] = text(lot.get("name")) or str(number)
                amounts[number] = amounts.get(number, Decimal(0)) + decimal(row.get("quantity"))
    return amounts, names


def _obstacle(move: Row, ordered: int | None) -> Refusal | None:
    if move["state"] != "done":
        return Refusal.NOT_DELIVERED
    if move.get("location_usage") == "supplier":
        return Refusal.DROP_SHIPPED
    if ordered is not None and reference(move, "product_id") != ordered:
        return Refusal.KIT
    return None


def _destination(row: Row) -> Destination:
    location = reference(row, "lot_stock_id")
    if location is None:
        raise Garbled("a warehouse without a stock location")
    return Destination(
        warehouse_id=int(row["id"]),
        name=str(row.get("name") or row["id"]),
        location_id=location,
        operation_type_id=reference(row, "in_type_id"),
        rma_location_id=reference(row, "rma_loc_id"),
        address=_address(related(row, "partner_id")),
    )


def _address(partner: Row | None) -> str:
    if partner is None:
        return ""
    town = " ".join(part for part in (text(partner.get("zip")), text(partner.get("city"))) if part)
    lines = [text(partner.get(name)) for name in ("name", "street", "street2")]
    return "\n".join(line for line in (*lines, town, display(partner, "country_id")) if line)


def _operation(row: Row) -> RmaOperation:
    acts_alone = (
        row.get("action_create_refund") in _BY_ITSELF
        or row.get("action_create_delivery") in _BY_ITSELF
        or bool(row.get("auto_confirm_reception"))
        or bool(row.get("different_return_product"))
    )
    return RmaOperation(id=int(row["id"]), name=str(row.get("name") or ""), acts_alone=acts_alone)
