"""The invented retailer holds together: sums, quantities and links mean what Odoo's would."""

from __future__ import annotations

from tests.sandbox.process import Sandbox
from tests.sandbox.trees import read_all

CENT = 0.011


def test_there_are_as_many_of_everything_as_promised(odoo: Sandbox) -> None:
    assert odoo.call("sale.order", "search_count", []) >= 300
    assert odoo.call("res.company", "search_count", []) == 2
    warehouses = odoo.call("stock.warehouse", "search_read", [], ["delivery_steps", "company_id"])
    assert sorted(w["delivery_steps"] for w in warehouses) == ["pick_pack_ship", "ship_only", "ship_only"]
    buyers = odoo.call("res.partner", "search", [["customer_rank", ">", 0], ["parent_id", "=", False]])
    assert len(buyers) >= 60


def test_nobody_can_be_reached_for_real(odoo: Sandbox) -> None:
    for partner in odoo.call(
        "res.partner", "search_read", [], ["email", "phone"], context={"active_test": False}
    ):
        for address in (partner["email"] or "").split(","):
            assert not address or address.strip().endswith(".example")
        assert (
            not partner["phone"] or "555" in partner["phone"] or not any(map(str.isdigit, partner["phone"]))
        )


def test_totals_are_the_sums_of_their_lines(odoo: Sandbox) -> None:
    for order in read_all(odoo):
        lines = order["order_line"]
        assert abs(order["amount_untaxed"] - sum(line["price_subtotal"] for line in lines)) < CENT, order[
            "name"
        ]
        assert abs(order["amount_total"] - order["amount_untaxed"] - order["amount_tax"]) < CENT
        rounding = CENT * (len(lines) if odoo.serie >= 19 else 1)
        assert abs(order["amount_total"] - sum(line["price_total"] for line in lines)) < rounding


def test_residuals_are_what_the_widget_leaves_open(odoo: Sandbox) -> None:
    for order in read_all(odoo):
        for document in order["invoice_ids"]:
            widget = document["invoice_payments_widget"]
            settled = sum(entry["amount"] for entry in widget["content"]) if widget else 0.0
            if document["state"] == "posted":
                assert abs(document["amount_total"] - settled - document["amount_residual"]) < CENT
                assert (document["amount_residual"] == 0) == (
                    document["payment_state"] in ("paid", "reversed")
                )


def test_delivered_is_what_went_out_less_what_came_back(odoo: Sandbox) -> None:
    for order in read_all(odoo):
        net: dict[int, float] = {}
        for picking in order["picking_ids"]:
            outward = picking["location_dest_id"]["usage"] == "customer"
            inward = picking["location_id"]["usage"] == "customer"
            for move in picking["move_ids"]:
                if (
                    move["state"] == "done"
                    and not move["bom_line_id"]
                    and move["product_uom"]["name"] == "Units"
                ):
                    sign = 1 if outward else -1 if inward else 0
                    net[move["sale_line_id"]] = net.get(move["sale_line_id"], 0) + sign * move["quantity"]
        # Counted in another unit, or gone through a transfer that is none of the order's.
        elsewhere = ("kit", "dozen_and_units", "contradiction.delivered_without_shipment")
        if order["name"] in map(odoo.order_name, elsewhere):
            continue
        for line in order["order_line"]:
            if line["product_id"] and line["product_id"]["type"] != "service":
                assert line["qty_delivered"] == net.get(line["id"], 0.0), order["name"]


def test_moves_and_invoice_lines_belong_to_lines_of_their_order(odoo: Sandbox) -> None:
    for order in read_all(odoo):
        own = {line["id"] for line in order["order_line"]}
        moves = {m["sale_line_id"] for p in order["picking_ids"] for m in p["move_ids"] if m["sale_line_id"]}
        billed = {
            i for d in order["invoice_ids"] for line in d["invoice_line_ids"] for i in line["sale_line_ids"]
        }
        assert moves <= own
        assert billed <= own
