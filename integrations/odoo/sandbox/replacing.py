"""Writes a replacement order as the bridge does in Odoo: refuses what cannot be sent again, then reserves it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .booking import add, stamps
from .computed.quantities import converted
from .data.books import stamp
from .effects import Document, check_assignee, check_company, check_order, positive, refuse, same, tell
from .environment import Environment
from .transfers import add_move, add_move_lines, add_transfer, free_in, reserve

Values = Mapping[str, Any]


def write_replacement(env: Environment, payload: Values) -> list[Document]:
    """The order and its transfers; raises the bridge's refusals. Runs inside the caller's transaction."""
    env = env.sudo()
    if payload["order_id"] not in env.store.rows("sale.order"):
        raise refuse("not_of_order")
    check_company(env, payload)
    order = check_order(env, payload)
    check_assignee(env, payload)
    if not payload["lines"]:
        raise refuse("malformed")
    _compare(env, order, payload["expected"])
    house = env.store.rows("stock.warehouse").get(payload["warehouse_id"])
    if house is None or not house["active"] or house["company_id"] != payload["company_id"]:
        raise refuse("destination_wrong")
    for line in payload["lines"]:
        _check_line(env, order, line, payload["company_id"])
    _check_carrier(env, payload)
    needed = _needed(env, payload)
    short = {
        product
        for product, quantity in needed.items()
        if _is_counted(env, product) and free_in(env, product, payload["warehouse_id"]) < quantity - 1e-6
    }
    if short and payload["must_reserve"]:
        raise refuse("stock_gone")
    new = _order(env, order, payload)
    transfers = _transfers(env, order, new, payload, short)
    tell(env, "sale.order", new, payload)
    return [("sale.order", new), *(("stock.picking", one) for one in transfers)]


def tied_to(env: Environment, order: int) -> list[int]:
    """Orders that name this one as their origin and are not cancelled."""
    rows = env.store.rows("sale.order")
    own = rows[order]
    return sorted(
        number
        for number, row in rows.items()
        if number != order
        and row["company_id"] == own["company_id"]
        and row["state"] != "cancel"
        and (row.get("origin") or "").split(", ")[0] == own["name"]
    )


def _compare(env: Environment, order: int, expected: Values) -> None:
    rows, sold = env.store.rows("sale.order"), env.store.rows("sale.order.line")
    if rows[order]["state"] != expected["order_state"]:
        raise refuse("order_changed")
    if rows[order]["state"] not in ("sale", "done"):
        raise refuse("not_confirmed")
    found = [[number, rows[number]["state"]] for number in tied_to(env, order)]
    if found != [list(one) for one in expected["replacements"]]:
        raise refuse("replacements_changed")
    for number, ordered, delivered in expected["order_lines"]:
        if number not in sold or sold[number]["order_id"] != order:
            raise refuse("order_changed")
        if not same(ordered, sold[number]["product_uom_qty"], 5):
            raise refuse("order_changed")
        if not same(delivered, env.get("sale.order.line", number, "qty_delivered"), 5):
            raise refuse("order_changed")


def _check_line(env: Environment, order: int, line: Values, company: int) -> None:
    sold = env.store.rows("sale.order.line").get(line["line_id"])
    if sold is None or sold["order_id"] != order or sold["display_type"] or not sold["product_id"]:
        raise refuse("not_of_order")
    if positive(line["quantity"]) > sold["product_uom_qty"] + 1e-6:
        raise refuse("more_than_ordered")
    product = line["product_id"]
    if product not in env.store.rows("product.product") or not env.get("product.product", product, "active"):
        raise refuse("product_archived")
    if env.get("product.product", product, "company_id") not in (False, company):
        raise refuse("wrong_company")
    if env.get("product.product", product, "type") in ("service", "combo"):
        raise refuse("not_goods")


def _check_carrier(env: Environment, payload: Values) -> None:
    if not payload["carrier_id"]:
        return
    row = env.store.rows("delivery.carrier").get(payload["carrier_id"])
    company = row.get("company_id") if row else False
    if row is None or not row.get("active", True) or (company and company != payload["company_id"]):
        raise refuse("carrier")
    if row.get("invoice_policy") == "real":
        raise refuse("carrier_charges")


def _needed(env: Environment, payload: Values) -> dict[int, float]:
    """By product, in its own unit."""
    needed: dict[int, float] = {}
    for line in payload["lines"]:
        quantity = _in_product_unit(env, line)
        needed[line["product_id"]] = needed.get(line["product_id"], 0.0) + quantity
    return needed


def _in_product_unit(env: Environment, line: Values) -> float:
    sold = env.store.rows("sale.order.line")[line["line_id"]]
    quantity = float(line["quantity"])
    if sold["product_id"] != line["product_id"]:
        return quantity
    unit = env.get("product.product", line["product_id"], "uom_id")
    return converted(env, quantity, sold[_unit_field(sold)], unit)


def _unit_field(sold: Values) -> str:
    return "product_uom_id" if "product_uom_id" in sold else "product_uom"


def _is_counted(env: Environment, product: int) -> bool:
    if env.dialect.serie == 17:
        return bool(env.get("product.product", product, "detailed_type") == "product")
    return bool(env.get("product.product", product, "is_storable"))


# -- written -----------------------------------------------------------------------------------------------------


def _order(env: Environment, order: int, payload: Values) -> int:
    source = env.store.rows("sale.order")[order]
    names = (row["name"] for row in env.store.rows("sale.order").values())
    used = [int(found[1]) for name in names if (found := re.fullmatch(r"S(\d{5})", name))]
    name = f"S{max(used, default=0) + 1:05d}"
    new = add(
        env,
        "sale.order",
        {
            **source,
            **stamps(env),
            **_group(env, name),
            "name": name,
            "state": "sale",
            "origin": f"{source['name']}, {payload['reference']}",
            "date_order": stamp(env.now),
            "warehouse_id": payload["warehouse_id"],
            "carrier_id": payload["carrier_id"] or False,
            "commitment_date": False,
            "amount_untaxed": 0.0,
            "amount_tax": 0.0,
            "amount_total": 0.0,
        },
    )
    for position, line in enumerate(payload["lines"]):
        _line(env, new, line, position, payload["warehouse_id"])
    return new


def _group(env: Environment, name: str) -> dict[str, Any]:
    """What ties an order's transfers together: a procurement group, in 19 references."""
    model = "stock.reference" if env.dialect.serie >= 19 else "procurement.group"
    number = add(env, model, {**stamps(env), "name": name})
    return {"stock_reference_ids": [number]} if env.dialect.serie >= 19 else {"procurement_group_id": number}


def _line(env: Environment, order: int, line: Values, position: int, warehouse: int) -> int:
    sold = env.store.rows("sale.order.line")[line["line_id"]]
    values: dict[str, Any] = {
        **sold,
        **stamps(env),
        "order_id": order,
        "sequence": 10 + position,
        "product_uom_qty": float(line["quantity"]),
        "discount": 100.0,
        "price_subtotal": 0.0,
        "price_tax": 0.0,
        "price_total": 0.0,
        "warehouse_id": warehouse,
        "is_delivery": False,
        "is_downpayment": False,
        "sandbox_reward": False,
        "sandbox_delivered": 0.0,
        "state": "sale",
    }
    product = line["product_id"]
    if product != sold["product_id"]:
        values["product_id"] = product
        values["name"] = env.get("product.product", product, "display_name")
        values["price_unit"] = env.get("product.product", product, "lst_price")
        values[_unit_field(sold)] = env.get("product.product", product, "uom_id")
    return add(env, "sale.order.line", values)


def _transfers(env: Environment, order: int, new: int, payload: Values, short: set[int]) -> list[int]:
    """One step, or the steps that Odoo writes at once: 17 pulls them all, 18 and 19 begin with the first."""
    made = env.store.rows("sale.order")[new]
    like = _any_delivery(env, order)
    state = "confirmed" if short else "assigned"
    transfers: list[int] = []
    for kind, source, target in _ways(env, payload["warehouse_id"]):
        values: dict[str, Any] = {
            "state": "waiting" if transfers else state,
            "sale_id": new,
            "partner_id": made["partner_shipping_id"],
            "company_id": made["company_id"],
            "origin": made["name"],
            "carrier_id": made["carrier_id"],
            "location_id": source,
            "location_dest_id": target,
        }
        if env.dialect.serie >= 19:
            values["reference_ids"] = made["stock_reference_ids"]
        else:
            values["group_id"] = made["procurement_group_id"]
        transfers.append(add_transfer(env, like, kind, values))
        _moves(env, new, like, payload, transfers, short)
    return transfers


def _any_delivery(env: Environment, order: int) -> int:
    own = env.store.inverse("stock.picking", "sale_id", order)
    return min(own) if own else min(env.store.rows("stock.picking"))


def _ways(env: Environment, warehouse: int) -> list[tuple[int, int, int]]:
    """Operation type, where from and where to of each step."""
    kinds = {
        row["sequence_code"]: number
        for number, row in env.store.rows("stock.picking.type").items()
        if row["warehouse_id"] == warehouse
    }
    rooms = {
        row["name"]: number
        for number, row in env.store.rows("stock.location").items()
        if row["warehouse_id"] == warehouse
    }
    places = env.store.rows("stock.location").items()
    customers = next(number for number, row in places if row["usage"] == "customer")
    if "PICK" not in kinds:
        return [(kinds["OUT"], rooms["Stock"], customers)]
    steps = [
        (kinds["PICK"], rooms["Stock"], rooms["Packing Zone"]),
        (kinds["PACK"], rooms["Packing Zone"], rooms["Output"]),
        (kinds["OUT"], rooms["Output"], customers),
    ]
    return steps if env.dialect.serie == 17 else steps[:1]


def _moves(
    env: Environment, new: int, like: int, payload: Values, transfers: list[int], short: set[int]
) -> None:
    transfer = transfers[-1]
    template = min(
        env.store.inverse("stock.move", "picking_id", like), default=min(env.store.rows("stock.move"))
    )
    lines = sorted(env.store.inverse("sale.order.line", "order_id", new))
    is_first = len(transfers) == 1
    for number, asked in zip(lines, payload["lines"], strict=True):
        product = asked["product_id"]
        quantity = _in_product_unit(env, asked)
        held = quantity if is_first and product not in short else 0.0
        more: dict[str, Any] = {
            "product_id": product,
            "product_uom": env.get("product.product", product, "uom_id"),
            "sale_line_id": number,
            "bom_line_id": False,
            "state": "assigned" if held else "confirmed" if is_first else "waiting",
        }
        if "name" in env.store.rows("stock.move")[template]:
            more["name"] = env.get("product.product", product, "display_name")
        move = add_move(env, template, transfer, quantity, held, more)
        if held:
            add_move_lines(env, move, [(False, held)])
            if _is_counted(env, product):
                reserve(env, product, payload["warehouse_id"], held)
