"""Writes transfers and their moves in the sandbox's own records, and what they do to the stock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .booking import add, stamps
from .data.books import precise, stamp
from .environment import Environment

Values = Mapping[str, Any]


def usage(env: Environment, location: int) -> str:
    return str(env.store.rows("stock.location")[location]["usage"])


def add_transfer(env: Environment, like: int, kind: int, values: Values) -> int:
    """A transfer built as another one, under the next number of its operation type."""
    now = stamp(env.now)
    return add(
        env,
        "stock.picking",
        {
            **env.store.rows("stock.picking")[like],
            **stamps(env),
            "name": _next_name(env, kind),
            "picking_type_id": kind,
            "scheduled_date": now,
            "date_done": False,
            "carrier_tracking_ref": False,
            "backorder_id": False,
            "return_id": False,
            **values,
        },
    )


def _next_name(env: Environment, kind: int) -> str:
    row = env.store.rows("stock.picking.type")[kind]
    code = env.store.rows("stock.warehouse")[row["warehouse_id"]]["code"]
    prefix = f"{code}/{row['sequence_code']}/"
    names = (picking["name"] for picking in env.store.rows("stock.picking").values())
    used = [int(found[1]) for name in names if (found := re.fullmatch(re.escape(prefix) + r"(\d+)", name))]
    return f"{prefix}{max(used, default=0) + 1:05d}"


def add_move(env: Environment, like: int, transfer: int, quantity: float, held: float, values: Values) -> int:
    """A move built as another one; ``held`` of it is reserved, in one line without a lot."""
    picking = env.store.rows("stock.picking")[transfer]
    move = add(
        env,
        "stock.move",
        {
            **env.store.rows("stock.move")[like],
            **stamps(env),
            "picking_id": transfer,
            "reference": picking["name"],
            "product_uom_qty": quantity,
            "product_qty": quantity,
            "quantity": held,
            "picked": False,
            "date": stamp(env.now),
            "origin": picking["origin"],
            "state": picking["state"],
            "picking_type_id": picking["picking_type_id"],
            "location_id": picking["location_id"],
            "location_dest_id": picking["location_dest_id"],
            "origin_returned_move_id": False,
            "to_refund": False,
            "move_orig_ids": [],
            "move_dest_ids": [],
            **values,
        },
    )
    return move


def add_move_lines(env: Environment, move: int, pieces: Sequence[tuple[int | bool, float]]) -> None:
    row = env.store.rows("stock.move")[move]
    for lot, quantity in pieces:
        values = {
            **stamps(env),
            "move_id": move,
            "picking_id": row["picking_id"],
            "product_id": row["product_id"],
            "product_uom_id": row["product_uom"],
            "quantity": quantity,
            "lot_id": lot,
            "lot_name": env.store.rows("stock.lot")[lot]["name"] if lot else False,
            "location_id": row["location_id"],
            "location_dest_id": row["location_dest_id"],
            "company_id": row["company_id"],
            "state": row["state"],
            "picked": False,
            "date": stamp(env.now),
            "reference": row["reference"],
        }
        add(env, "stock.move.line", values)


# -- stock ---------------------------------------------------------------------------------------


def quants_in(env: Environment, product: int, warehouse: int) -> list[int]:
    rows, places = env.store.rows("stock.quant"), env.store.rows("stock.location")
    return [
        number
        for number in sorted(env.store.inverse("stock.quant", "product_id", product))
        if (place := places[rows[number]["location_id"]])["usage"] == "internal"
        and place["warehouse_id"] == warehouse
    ]


def free_in(env: Environment, product: int, warehouse: int) -> float:
    rows = env.store.rows("stock.quant")
    numbers = quants_in(env, product, warehouse)
    return float(sum(rows[number]["quantity"] - rows[number]["reserved_quantity"] for number in numbers))


def reserve(env: Environment, product: int, warehouse: int, quantity: float) -> None:
    for number in quants_in(env, product, warehouse):
        row = env.store.rows("stock.quant")[number]
        taken = min(quantity, max(0.0, row["quantity"] - row["reserved_quantity"]))
        if taken:
            env.store.update("stock.quant", number, {"reserved_quantity": row["reserved_quantity"] + taken})
            quantity -= taken


def finish(env: Environment, transfer: int) -> None:
    """What a warehouse worker does: everything planned is moved."""
    now = stamp(env.now)
    done = {"state": "done", "write_date": precise(env.now)}
    env.store.update("stock.picking", transfer, {**done, "date_done": now})
    for move in list(env.store.inverse("stock.move", "picking_id", transfer)):
        row = env.store.rows("stock.move")[move]
        if row["state"] == "cancel":
            continue
        values = {**done, "quantity": row["product_uom_qty"], "picked": True, "date": now}
        env.store.update("stock.move", move, values)
        for line in list(env.store.inverse("stock.move.line", "move_id", move)):
            env.store.update("stock.move.line", line, {"state": "done", "picked": True, "date": now})
        _shift(env, row, row["location_id"], -row["product_uom_qty"])
        _shift(env, row, row["location_dest_id"], row["product_uom_qty"])
    order = env.store.rows("stock.picking")[transfer]["sale_id"]
    if order:
        env.store.update("sale.order", order, {"write_date": precise(env.now)})


def _shift(env: Environment, move: Values, location: int, by: float) -> None:
    """On our own shelves only; what is reserved leaves with the goods."""
    if usage(env, location) != "internal":
        return
    rows = env.store.rows("stock.quant")
    here = [
        number
        for number in env.store.inverse("stock.quant", "product_id", move["product_id"])
        if rows[number]["location_id"] == location
    ]
    if here:
        row = rows[here[0]]
        freed = min(row["reserved_quantity"], -by) if by < 0 else 0.0
        values = {"quantity": row["quantity"] + by, "reserved_quantity": row["reserved_quantity"] - freed}
        env.store.update("stock.quant", here[0], values)
    elif rows:
        template = next(iter(rows.values()))
        values = {
            **template,
            **stamps(env),
            "product_id": move["product_id"],
            "location_id": location,
            "company_id": move["company_id"],
            "lot_id": False,
            "quantity": by,
            "reserved_quantity": 0.0,
        }
        add(env, "stock.quant", values)
