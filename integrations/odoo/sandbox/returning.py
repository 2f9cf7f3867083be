"""Writes a return as the bridge does in Odoo: refuses what may not come back, then has it awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .data.books import precise
from .effects import Document, check_assignee, check_company, check_order, positive, refuse, same, tell
from .environment import Environment
from .errors import NotInSandbox
from .transfers import add_move, add_move_lines, add_transfer, usage

Values = Mapping[str, Any]


def write_return(env: Environment, payload: Values) -> list[Document]:
    """The transfer back; raises the bridge's refusals. Runs inside the caller's transaction."""
    env = env.sudo()
    pickings = env.store.rows("stock.picking")
    if payload["order_id"] not in env.store.rows("sale.order") or payload["transfer_id"] not in pickings:
        raise refuse("not_of_order")
    check_company(env, payload)
    order = check_order(env, payload)
    delivery = payload["transfer_id"]
    moves = moves_of(env, order)
    rows = env.store.rows("stock.move")
    if delivery not in {rows[move]["picking_id"] for move in moves}:
        raise refuse("not_of_order")
    check_assignee(env, payload)
    numbers = [line["move_id"] for line in payload["lines"]]
    if not numbers or len(set(numbers)) != len(numbers) or payload["by"] not in ("picking", "rma"):
        raise refuse("malformed")
    back = coming_back(env, moves)
    _compare(env, order, delivery, moves, back, payload["expected"])
    for line in payload["lines"]:
        _check_source(env, line["move_id"], delivery)
        positive(line["quantity"])
    for line in payload["lines"]:
        _check_left(env, line, payload["lines"], moves, back)
    for line in payload["lines"]:
        _check_lots(env, line, back)
    if payload["by"] == "rma":
        if "rma" in env.schema.models:
            raise NotInSandbox("return authorizations through the bridge")
        raise refuse("no_rma")
    _check_destination(env, payload)
    transfer = _transfer(env, order, delivery, payload)
    tell(env, "stock.picking", transfer, payload)
    return [("stock.picking", transfer)]


def moves_of(env: Environment, order: int) -> list[int]:
    lines = env.store.inverse("sale.order.line", "order_id", order)
    return sorted(move for line in lines for move in env.store.inverse("stock.move", "sale_line_id", line))


def coming_back(env: Environment, moves: Sequence[int]) -> list[int]:
    rows = env.store.rows("stock.move")
    tied = {one for move in moves for one in env.store.inverse("stock.move", "origin_returned_move_id", move)}
    return sorted(
        move
        for move in {*moves, *tied}
        if rows[move]["state"] != "cancel"
        and usage(env, rows[move]["location_id"]) == "customer"
        and usage(env, rows[move]["location_dest_id"]) != "customer"
    )


def _moved(row: Values) -> float:
    return float(row["quantity"] if row["state"] == "done" else row["product_uom_qty"])


# -- compared ----------------------------------------------------------------------------------------------------


def _compare(
    env: Environment, order: int, delivery: int, moves: Sequence[int], back: Sequence[int], expected: Values
) -> None:
    rows = env.store.rows("stock.move")
    if env.get("sale.order", order, "state") != expected["order_state"]:
        raise refuse("order_changed")
    if env.store.rows("stock.picking")[delivery]["state"] != "done":
        raise refuse("not_delivered")
    found = [(move, "done" if rows[move]["state"] == "done" else "open") for move in back]
    if found != [(number, state) for number, state, _ in expected["returns"]]:
        raise refuse("returns_changed")
    if not all(same(text, _moved(rows[number]), 5) for number, _, text in expected["returns"]):
        raise refuse("returns_changed")
    waiting = _waiting_authorizations(env, order)
    if [number for number, _ in waiting] != [one[0] for one in expected["authorizations"]]:
        raise refuse("returns_changed")
    for (_, row), (_, state, text) in zip(waiting, expected["authorizations"], strict=True):
        if row["state"] != state or not same(text, row["product_uom_qty"], 5):
            raise refuse("returns_changed")
    for number, text in expected["moves"]:
        known = number in moves and rows[number]["picking_id"] == delivery
        if not known or not same(text, _moved(rows[number]), 5):
            raise refuse("delivery_changed")
    sold = env.store.rows("sale.order.line")
    for number, text in expected["order_lines"]:
        known = number in sold and sold[number]["order_id"] == order
        if not known or not same(text, env.get("sale.order.line", number, "qty_delivered"), 5):
            raise refuse("order_changed")


def _waiting_authorizations(env: Environment, order: int) -> list[tuple[int, Values]]:
    rows = env.store.rows("rma")
    return [
        (number, rows[number])
        for number in sorted(env.store.inverse("rma", "order_id", order))
        if rows[number]["state"] != "cancelled" and not rows[number].get("reception_move_id")
    ]


def _check_source(env: Environment, move: int, delivery: int) -> None:
    row = env.store.rows("stock.move").get(move)
    if row is None or row["picking_id"] != delivery or not row["sale_line_id"]:
        raise refuse("not_of_order")
    if row["state"] != "done":
        raise refuse("not_delivered")
    if usage(env, row["location_id"]) == "supplier":
        raise refuse("drop_shipped")
    if usage(env, row["location_dest_id"]) != "customer" or usage(env, row["location_id"]) == "customer":
        raise refuse("not_to_customer")
    if row["product_id"] != env.store.rows("sale.order.line")[row["sale_line_id"]]["product_id"]:
        raise refuse("kit")


def _line_of(env: Environment, move: int) -> int | bool:
    rows = env.store.rows("stock.move")
    row = rows[move]
    if row["sale_line_id"]:
        return int(row["sale_line_id"])
    origin = row["origin_returned_move_id"]
    return int(rows[origin]["sale_line_id"]) if origin else False


def _check_left(
    env: Environment, asked: Values, every: Sequence[Values], moves: Sequence[int], back: Sequence[int]
) -> None:
    rows = env.store.rows("stock.move")
    move = rows[asked["move_id"]]
    line = move["sale_line_id"]
    sent = sum(
        rows[one]["quantity"]
        for one in moves
        if rows[one]["sale_line_id"] == line
        and rows[one]["state"] == "done"
        and usage(env, rows[one]["location_dest_id"]) == "customer"
        and usage(env, rows[one]["location_id"]) != "customer"
    )
    came = sum(_moved(rows[one]) for one in back if _line_of(env, one) == line)
    tied = sum(_moved(rows[one]) for one in back if rows[one]["origin_returned_move_id"] == asked["move_id"])
    order = env.store.rows("sale.order.line")[line]["order_id"]
    for _, row in _waiting_authorizations(env, order):
        of = row.get("move_id")
        if of and rows[of]["sale_line_id"] == line:
            came += row["product_uom_qty"]
            tied += row["product_uom_qty"] if of == asked["move_id"] else 0
    wanted = sum(float(one["quantity"]) for one in every if rows[one["move_id"]]["sale_line_id"] == line)
    if float(asked["quantity"]) > move["quantity"] - tied + 1e-6 or wanted > sent - came + 1e-6:
        raise refuse("more_than_returnable")


def _check_lots(env: Environment, line: Values, back: Sequence[int]) -> None:
    rows = env.store.rows("stock.move")
    product = rows[line["move_id"]]["product_id"]
    if env.get("product.product", product, "tracking") == "none":
        if line["lots"]:
            raise refuse("wrong_lot")
        return
    if not line["lots"]:
        raise refuse("lot_needed")
    if len({lot for lot, _ in line["lots"]}) != len(line["lots"]):
        raise refuse("malformed")
    for lot, text in line["lots"]:
        came = sum(
            _of_lot(env, one, lot) for one in back if rows[one]["origin_returned_move_id"] == line["move_id"]
        )
        if positive(text) > _of_lot(env, line["move_id"], lot) - came + 1e-6:
            raise refuse("wrong_lot")
    if round(sum(float(text) for _, text in line["lots"]) - float(line["quantity"]), 5):
        raise refuse("malformed")


def _of_lot(env: Environment, move: int, lot: int) -> float:
    rows = env.store.rows("stock.move.line")
    lines = env.store.inverse("stock.move.line", "move_id", move)
    return float(sum(rows[one]["quantity"] for one in lines if rows[one]["lot_id"] == lot))


def _check_destination(env: Environment, payload: Values) -> None:
    company, warehouse = payload["company_id"], payload["warehouse_id"]
    house = env.store.rows("stock.warehouse").get(warehouse)
    place = env.store.rows("stock.location").get(payload["location_id"])
    kind = env.store.rows("stock.picking.type").get(payload["operation_type_id"])
    if (
        house is None
        or place is None
        or kind is None
        or {house["company_id"], place["company_id"], kind["company_id"]} != {company}
        or {place["warehouse_id"], kind["warehouse_id"]} != {warehouse}
        or not (house["active"] and place["active"] and kind["active"])
        or place["usage"] != "internal"
        or kind["code"] != "incoming"
    ):
        raise refuse("destination_wrong")


# -- written -----------------------------------------------------------------------------------------------------


def _transfer(env: Environment, order: int, delivery: int, payload: Values) -> int:
    source = env.store.rows("stock.picking")[delivery]
    name = env.store.rows("sale.order")[order]["name"]
    transfer = add_transfer(
        env,
        delivery,
        payload["operation_type_id"],
        {
            "state": "assigned",
            "return_id": delivery,
            "origin": f"{name}, {source['name']}, {payload['reference']}",
            "location_id": source["location_dest_id"],
            "location_dest_id": payload["location_id"],
        },
    )
    for line in payload["lines"]:
        quantity = float(line["quantity"])
        more: dict[str, Any] = {
            "origin_returned_move_id": line["move_id"],
            "to_refund": line["to_refund"],
            "move_orig_ids": [line["move_id"]],
        }
        if env.dialect.serie >= 18:
            more["location_final_id"] = False
        move = add_move(env, line["move_id"], transfer, quantity, quantity, more)
        lots = [(lot, float(text)) for lot, text in line["lots"]]
        add_move_lines(env, move, lots or [(False, quantity)])
    env.store.update("sale.order", order, {"write_date": precise(env.now)})
    return transfer
