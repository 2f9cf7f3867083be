"""Writes pickings and moves: deliveries, backorders, drop-shipments, returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .books import Books, stamp
from .selling import Order

Quantities = Mapping[int, float]


def purchase_name(books: Books, kind: Mapping[str, Any]) -> str:
    """A drop-shipment comes from a purchase order, not from the sales order."""
    return f"P{books.number('purchase'):05d}" if kind["code"] == "dropship" else ""


def per_unit(books: Books, line: Mapping[str, Any]) -> float:
    """How many product units one unit of the line is; moves are written in product units."""
    return 12.0 if line["product_uom"] == books.find("uom.uom", "dozen") else 1.0


def shippable(books: Books, order: Order) -> dict[int, float]:
    """Everything physical on the order, by line id, in the line's unit."""
    found = {}
    for line_id in order.lines:
        line = books.get("sale.order.line", line_id)
        if line["display_type"] or line["qty_delivered_method"] != "stock_move":
            continue
        found[line_id] = line["product_uom_qty"]
    return found


def ship(
    books: Books,
    order: Order,
    *,
    days_ago: float,
    quantities: Quantities | None = None,
    tracking: str = "",
    backorder_of: int = 0,
    state: str = "done",
    dropship: bool = False,
    carrier: str = "",
) -> int:
    """One delivery with its moves; in a three-step warehouse the steps before it as well.

    `picked` is a state only three steps know: the goods left the shelf and wait to be packed.
    """
    when = books.ago(days_ago)
    wanted = shippable(books, order) if quantities is None else dict(quantities)
    steps = plan_steps(books, order, dropship, state)
    # 17 pulls: it writes the delivery first and the steps it needs after it. 18 and 19 push, step by step.
    ordered = list(reversed(steps)) if books.serie == 17 else steps
    beside: dict[Any, int] = {}
    picking = 0
    for step in ordered:
        ends = step is steps[-1]
        header = add_picking(
            books,
            order,
            when - timedelta(hours=2 * step.steps_to_go),
            step.type_key,
            step.source,
            step.target,
            step.state,
            tracking=tracking if ends else "",
            backorder_of=backorder_of if ends else 0,
            carrier=carrier or order.carrier,
        )
        order.pickings.append(header)
        picking = header if ends else picking
        linked = books.serie != 17 or ends
        beside = add_moves(books, order, header, wanted, when, beside, linked=linked)
    books.touch("sale.order", order.id, when)
    return picking


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    type_key: str
    source: int
    target: int
    state: str
    steps_to_go: int


def plan_steps(books: Books, order: Order, dropship: bool, state: str) -> list[Step]:
    """Which pickings exist by now, and in which state each is."""
    ways = delivery_ways(books, order, dropship)
    if len(ways) == 1 or state in ("done", "cancel"):
        states = [state] * len(ways)
    elif state == "picked":
        states = ["done", "assigned", "waiting"]
    else:
        states = ["confirmed" if state == "confirmed" else "assigned", "waiting", "waiting"]
    steps = [
        Step(type_key=key, source=source, target=target, state=states[n], steps_to_go=len(ways) - 1 - n)
        for n, (key, source, target) in enumerate(ways)
    ]
    return (
        steps if books.serie == 17 or len(ways) == 1 else [step for step in steps if step.state != "waiting"]
    )


def delivery_ways(books: Books, order: Order, dropship: bool) -> list[tuple[str, int, int]]:
    customers = books.find("stock.location", "customers")
    if dropship:
        return [(f"dropship{order.company}", books.find("stock.location", "vendors"), customers)]
    house = order.warehouse
    stock = books.find("stock.location", f"{house}.Stock")
    if books.facts("stock.warehouse", house)["delivery_steps"] == "ship_only":
        return [(f"{house}.out", stock, customers)]
    packing = books.find("stock.location", f"{house}.Packing Zone")
    output = books.find("stock.location", f"{house}.Output")
    return [
        (f"{house}.pick", stock, packing),
        (f"{house}.pack", packing, output),
        (f"{house}.out", output, customers),
    ]


def add_picking(
    books: Books,
    order: Order,
    when: datetime,
    type_key: str,
    source: int,
    target: int,
    state: str,
    *,
    tracking: str = "",
    backorder_of: int = 0,
    return_of: int = 0,
    carrier: str = "",
    origin: str = "",
) -> int:
    kind = books.facts("stock.picking.type", type_key)
    prefix = books.get("stock.warehouse", kind["warehouse_id"])["code"] if kind["warehouse_id"] else ""
    number = books.number(f"picking{type_key}")
    reference = books.get("sale.order", order.id)["client_order_ref"]
    name = (
        f"{prefix}/{kind['sequence_code']}/{number:05d}"
        if prefix
        else f"{kind['sequence_code']}/{number:05d}"
    )
    return books.add(
        "stock.picking",
        when=when,
        name=name,
        state=state,
        company_id=order.company,
        sale_id=order.id,
        partner_id=order.customer.delivery,
        picking_type_id=books.find("stock.picking.type", type_key),
        location_id=source,
        location_dest_id=target,
        group_id=order.group,
        move_type="direct",
        priority="0",
        origin=origin
        or purchase_name(books, kind)
        or (f"{order.name} - {reference}" if reference else order.name),
        scheduled_date=stamp(when),
        date_done=stamp(when) if state == "done" else False,
        date=stamp(when),
        carrier_id=books.find("delivery.carrier", carrier) if carrier else False,
        carrier_tracking_ref=tracking or False,
        backorder_id=backorder_of or False,
        return_id=return_of or False,
        date_deadline=stamp(order.placed + timedelta(days=3)),
        weight=1.5,
        is_locked=True,
    )


def add_moves(
    books: Books,
    order: Order,
    picking: int,
    quantities: Quantities,
    when: datetime,
    beside: Mapping[Any, int],
    *,
    linked: bool,
) -> dict[Any, int]:
    """Moves of one picking, a kit as its components; `beside` are the moves of the step written before."""
    written: dict[Any, int] = {}
    customers = books.find("stock.location", "customers")
    for line_id, quantity in quantities.items():
        line = books.get("sale.order.line", line_id)
        for product, bom_line, amount in explode(books, line, quantity * per_unit(books, line)):
            more = {"location_final_id": customers} if books.serie >= 18 else {}
            move = add_move(
                books,
                picking,
                product,
                amount,
                when,
                sale_line_id=line_id if linked else False,
                bom_line_id=bom_line,
                **more,
            )
            neighbour = beside.get((line_id, product))
            if neighbour:
                first, second = (move, neighbour) if books.serie == 17 else (neighbour, move)
                books.get("stock.move", first)["move_dest_ids"] = [second]
                books.get("stock.move", second)["move_orig_ids"] = [first]
            written[line_id, product] = move
    return written


def explode(books: Books, line: Mapping[str, Any], units: float) -> list[tuple[int, int | bool, float]]:
    if line["product_id"] != books.find("product.product", "kit"):
        return [(line["product_id"], False, units)]
    return [
        (part["product_id"], part_id, units * part["product_qty"])
        for part_id, part in books.rows["mrp.bom.line"].items()
    ]


def add_move(books: Books, picking: int, product: int, amount: float, when: datetime, **more: Any) -> int:
    header = books.get("stock.picking", picking)
    template = books.get("product.template", books.get("product.product", product)["product_tmpl_id"])
    state = header["state"]
    held = amount if state in ("done", "assigned") else 0.0
    values = {
        "name": template["name"],
        "reference": header["name"],
        "picking_id": picking,
        "product_id": product,
        "product_uom": template["uom_id"],
        "product_uom_qty": amount,
        "product_qty": amount,
        "quantity": held,
        "picked": state == "done",
        "state": state,
        "company_id": header["company_id"],
        "location_id": header["location_id"],
        "location_dest_id": header["location_dest_id"],
        "picking_type_id": header["picking_type_id"],
        "group_id": header["group_id"],
        "partner_id": header["partner_id"],
        "origin": header["origin"],
        "date": stamp(when),
        "procure_method": "make_to_stock",
        "origin_returned_move_id": False,
        "to_refund": False,
        "scrapped": False,
        "sequence": 10,
        "priority": "0",
        "move_orig_ids": [],
        "move_dest_ids": [],
        "bom_line_id": False,
        "warehouse_id": False,
    }
    values.update(more)
    move = books.add("stock.move", when=when, **values)
    if held:
        add_move_lines(books, move, when)
    return move


def add_move_lines(books: Books, move_id: int, when: datetime) -> None:
    """One line, or one per serial number."""
    move = books.get("stock.move", move_id)
    lots: list[int | bool] = [False]
    pieces = [move["quantity"]]
    if move["product_id"] == books.find("product.product", "serial"):
        lots = [next_serial(books) for _ in range(int(move["quantity"]))]
        pieces = [1.0] * len(lots)
    elif move["product_id"] == books.find("product.product", "lot"):
        lots = [books.find("stock.lot", "BW-2411")]
    for lot, piece in zip(lots, pieces, strict=True):
        books.add(
            "stock.move.line",
            when=when,
            move_id=move_id,
            picking_id=move["picking_id"],
            product_id=move["product_id"],
            product_uom_id=move["product_uom"],
            quantity=piece,
            lot_id=lot,
            location_id=move["location_id"],
            location_dest_id=move["location_dest_id"],
            company_id=move["company_id"],
            state=move["state"],
            picked=move["picked"],
            date=stamp(when),
            reference=move["reference"],
            lot_name=books.get("stock.lot", lot)["name"] if lot else False,
        )


def next_serial(books: Books) -> int:
    return books.find("stock.lot", f"TS-{4100 + books.number('serial') % 12}")
