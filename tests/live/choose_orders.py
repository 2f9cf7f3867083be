"""Picks orders so that every state found in this Odoo is looked at, whatever data it holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tests.live.flat_wire import FlatOdoo, Row, WireRefused, id_of

WANTED = 45
NEWEST = 2000
PER_STATE = 1


@dataclass(frozen=True, slots=True)
class ChosenOrder:
    id: int
    name: str
    company: int
    why: str


def choose_orders(odoo: FlatOdoo, wanted: int = WANTED) -> list[ChosenOrder]:
    """At least one order of every state found, then more of the rarest states, up to ``wanted`` (all if fewer)."""
    orders = _read_orders(odoo)
    states = _states_of(odoo, orders)
    rarest_first = sorted(states, key=lambda state: (len(states[state]), state))
    chosen: dict[int, list[str]] = {}
    for round_number in range(3):
        for state in rarest_first:
            if round_number and len(chosen) >= wanted:
                break
            known = [key for key in states[state] if key in chosen]
            if len(known) > round_number:
                if not round_number:
                    chosen[known[0]].append(state)
                continue
            fresh = [key for key in states[state] if key not in chosen]
            for key in fresh[:PER_STATE]:
                chosen[key] = [state]
    for key in orders:
        if len(chosen) >= wanted:
            break
        chosen.setdefault(key, ["any"])
    return [
        ChosenOrder(key, orders[key]["name"], id_of(orders[key]["company_id"]) or 0, ", ".join(why))
        for key, why in sorted(chosen.items())
    ]


def _read_orders(odoo: FlatOdoo) -> dict[int, Row]:
    rows = odoo.search(
        "sale.order",
        [],
        "name company_id state delivery_status invoice_status currency_id origin client_order_ref partner_id "
        "partner_shipping_id partner_invoice_id order_line amount_total locked",
        limit=NEWEST,
        order="id desc",
    )
    return {row["id"]: row for row in rows}


def _states_of(odoo: FlatOdoo, orders: dict[int, Row]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    names = [row["name"] for row in orders.values()]
    home = _home_currencies(odoo)
    tests: dict[str, Callable[[Row], bool]] = {
        "slash in the number": lambda row: "/" in row["name"],
        "odd characters in the number": lambda row: (
            not row["name"].replace("-", "").replace("/", "").isalnum()
        ),
        "one number in several companies": lambda row: names.count(row["name"]) > 1,
        "other currency": lambda row: id_of(row["currency_id"]) != home.get(id_of(row["company_id"]) or 0),
        "came from another order": lambda row: bool(row["origin"]),
        "channel reference": lambda row: bool(row["client_order_ref"]),
        "other delivery address": lambda row: row["partner_shipping_id"] != row["partner_id"],
        "other invoice address": lambda row: row["partner_invoice_id"] != row["partner_id"],
        "nothing to pay": lambda row: not row["amount_total"],
        "no lines": lambda row: not row["order_line"],
        "thirty lines and more": lambda row: len(row["order_line"]) >= 30,
    }
    for key, row in orders.items():
        states[f"state {row['state']}, {row.get('delivery_status')}, {row.get('invoice_status')}"].append(key)
        if names.count(row["name"]) == 1:
            states[f"a number of company {id_of(row['company_id'])} only"].append(key)
            if row.get("delivery_status") and row["invoice_status"] == "invoiced":
                states[f"delivered and invoiced in company {id_of(row['company_id'])}"].append(key)
        for state, applies in tests.items():
            if applies(row):
                states[state].append(key)
    for read in (_line_states, _transfer_states, _billing_states, _transaction_states):
        try:
            for state, keys in read(odoo, orders).items():
                states[state].extend(dict.fromkeys(key for key in keys if key in orders))
        except WireRefused:
            continue  # this user may not read that model: no state of it can be chosen for
    credited = {key for state, keys in states.items() if state.startswith("out_refund") for key in keys}
    returned = {key for state, keys in states.items() if "transfer customer to" in state for key in keys}
    states["returned and credited"] = sorted(credited & returned)
    return {state: keys for state, keys in states.items() if keys}


def _home_currencies(odoo: FlatOdoo) -> dict[int, int | None]:
    return {row["id"]: id_of(row["currency_id"]) for row in odoo.search("res.company", [], "currency_id")}


def _line_states(odoo: FlatOdoo, orders: dict[int, Row]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    unit = odoo.first_of("sale.order.line", "product_uom_id", "product_uom")
    lines = odoo.search(
        "sale.order.line",
        [["order_id", "in", list(orders)]],
        f"order_id product_id display_type is_reward_line is_downpayment is_delivery discount qty_delivered "
        f"product_uom_qty {unit}",
    )
    products = odoo.read(
        "product.product",
        {id_of(line["product_id"]) or 0 for line in lines} - {0},
        "type detailed_type is_storable active uom_id is_kits tracking",
    )
    by_order: dict[int, list[Row]] = defaultdict(list)
    for line in lines:
        key = id_of(line["order_id"]) or 0
        product = products.get(id_of(line["product_id"]) or 0, {})
        by_order[key].append(product)
        marks = {
            "section or note": line["display_type"],
            "reward": line.get("is_reward_line"),
            "down payment": line.get("is_downpayment"),
            "all of it as a gift": line["discount"] == 100,
            "more delivered than ordered": line["qty_delivered"] > line["product_uom_qty"] > 0,
            "other unit than the product's": product and line[unit] and line[unit] != product["uom_id"],
            "archived product": product.get("active") is False,
            "kit": product.get("is_kits"),
            f"tracked by {product.get('tracking')}": product.get("tracking") not in (None, "none"),
        }
        for state, applies in marks.items():
            if applies:
                states[state].append(key)
    for key, sold in by_order.items():
        if sold and all(product.get("type") == "service" for product in sold):
            states["services only"].append(key)
    return states


def _transfer_states(odoo: FlatOdoo, orders: dict[int, Row]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    pickings = odoo.search(
        "stock.picking",
        [["sale_id", "in", list(orders)]],
        "sale_id state picking_type_code backorder_id return_id carrier_tracking_ref location_id location_dest_id",
    )
    ends = {id_of(row[side]) or 0 for row in pickings for side in ("location_id", "location_dest_id")}
    usage = {key: row["usage"] for key, row in odoo.read("stock.location", ends, "usage").items()}
    seen: set[int] = set()
    for row in pickings:
        key = id_of(row["sale_id"]) or 0
        way = f"{usage[id_of(row['location_id']) or 0]} to {usage[id_of(row['location_dest_id']) or 0]}"
        states[f"transfer {way}, {row['state']}"].append(key)
        if key in seen:
            states["several transfers"].append(key)
        seen.add(key)
        if row["backorder_id"]:
            states["backorder"].append(key)
        if "," in (row.get("carrier_tracking_ref") or ""):
            states["several tracking numbers"].append(key)
        if row.get("return_id"):
            states[f"return {way}"].append(key)
    return states


def _billing_states(odoo: FlatOdoo, orders: dict[int, Row]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    links = odoo.search(
        "account.move.line", [["sale_line_ids.order_id", "in", list(orders)]], "move_id sale_line_ids"
    )
    lines = odoo.read("sale.order.line", {key for link in links for key in link["sale_line_ids"]}, "order_id")
    of_document: dict[int, set[int]] = defaultdict(set)
    for link in links:
        for key in link["sale_line_ids"]:
            of_document[id_of(link["move_id"]) or 0].add(id_of(lines[key]["order_id"]) or 0)
    documents = odoo.read("account.move", of_document, "move_type state payment_state currency_id")
    for key, row in documents.items():
        states[f"{row['move_type']} {row['state']} {row['payment_state']}"].extend(of_document[key])
        if len(of_document[key]) > 1:
            states["one document for several orders"].extend(of_document[key])
    loose = odoo.search(
        "account.move",
        [["reversed_entry_id", "in", list(documents)], ["id", "not in", list(documents)]],
        "reversed_entry_id state",
    )
    for row in loose:
        state = f"credit note on its invoice only, {row['state']}"
        states[state].extend(of_document[id_of(row["reversed_entry_id"]) or 0])
    return states


def _transaction_states(odoo: FlatOdoo, orders: dict[int, Row]) -> dict[str, list[int]]:
    states: dict[str, list[int]] = defaultdict(list)
    rows = odoo.search(
        "payment.transaction", [["sale_order_ids", "in", list(orders)]], "sale_order_ids state operation"
    )
    for row in rows:
        states[f"transaction {row['state']}"].extend(row["sale_order_ids"])
    return states
