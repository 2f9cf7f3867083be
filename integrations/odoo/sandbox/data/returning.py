"""Writes what comes back from customers, and what is called off."""

from __future__ import annotations

from .books import Books
from .selling import Order
from .shipping import Quantities, add_move, add_picking


def give_back(
    books: Books,
    order: Order,
    picking: int,
    *,
    days_ago: float,
    quantities: Quantities | None = None,
    state: str = "done",
    refund: bool = True,
    to: str = "Stock",
) -> int:
    """The return of a picking; returning a return sends the goods out again."""
    when = books.ago(days_ago)
    header = books.get("stock.picking", picking)
    inward = books.get("stock.location", header["location_dest_id"])["usage"] == "customer"
    room = books.find("stock.location", f"{order.warehouse}.{to}")
    outside = books.find("stock.location", "customers")
    type_key = f"{order.warehouse}.{'in' if inward else 'out'}"
    source, target = (outside, room) if inward else (header["location_dest_id"], outside)
    new = add_picking(
        books,
        order,
        when,
        type_key,
        source,
        target,
        state,
        return_of=picking,
        origin=f"Return of {header['name']}",
    )
    order.pickings.append(new)
    for move_id, move in list(books.rows["stock.move"].items()):
        amount = move["quantity"] if quantities is None else quantities.get(move["sale_line_id"], 0.0)
        if move["picking_id"] == picking and amount:
            add_move(
                books,
                new,
                move["product_id"],
                amount,
                when,
                sale_line_id=move["sale_line_id"],
                origin_returned_move_id=move_id,
                to_refund=refund,
                bom_line_id=move["bom_line_id"],
            )
    books.touch("sale.order", order.id, when)
    return new


def scrub_reservations(books: Books, order: Order) -> None:
    """Cancels whatever of the order is not done."""
    for picking in order.pickings:
        header = books.get("stock.picking", picking)
        if header["state"] == "done":
            continue
        header["state"] = "cancel"
        for move in books.rows["stock.move"].values():
            if move["picking_id"] == picking:
                move.update(state="cancel", quantity=0.0, picked=False)
