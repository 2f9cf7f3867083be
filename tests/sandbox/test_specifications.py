"""Nested reading: every branch, its context, limit and order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.process import Sandbox


def tree(odoo: Sandbox, key: str, specification: dict[str, Any], **more: Any) -> Any:
    domain = [["name", "=", odoo.order_name(key)]]
    answer = odoo.call("sale.order", "web_search_read", domain, specification, **more)
    return answer["records"][0]


def test_many2one_comes_as_id_or_as_object(odoo: Sandbox) -> None:
    plain = tree(odoo, "delivered_and_paid", {"partner_id": {}, "fiscal_position_id": {}})
    nested = tree(odoo, "delivered_and_paid", {"partner_id": {"fields": {"display_name": {}, "city": {}}}})
    assert plain["partner_id"] == nested["partner_id"]["id"]
    assert plain["fiscal_position_id"] is False
    assert list(nested["partner_id"]) == ["id", "city", "display_name"], "Odoo adds the display name last"


def test_to_many_comes_as_ids_or_as_objects(odoo: Sandbox) -> None:
    plain = tree(odoo, "delivered_and_paid", {"order_line": {}})
    nested = tree(odoo, "delivered_and_paid", {"order_line": {"fields": {"name": {}}}})
    assert plain["order_line"] == [line["id"] for line in nested["order_line"]]
    assert all(set(line) == {"id", "name"} for line in nested["order_line"])


def test_limit_leaves_the_rest_as_bare_ids(odoo: Sandbox) -> None:
    branch = {"fields": {"name": {}}, "limit": 2}
    lines = tree(odoo, "sixty_lines", {"order_line": branch})["order_line"]
    assert len(lines) > 60
    assert all("name" in line for line in lines[:2])
    assert all(set(line) == {"id"} for line in lines[2:])


def test_order_sorts_a_branch(odoo: Sandbox) -> None:
    branch = {"fields": {"price_total": {}}, "order": "price_total desc"}
    totals = [line["price_total"] for line in tree(odoo, "sixty_lines", {"order_line": branch})["order_line"]]
    assert totals == sorted(totals, reverse=True)


def test_context_of_a_branch_chooses_the_warehouse(odoo: Sandbox) -> None:
    key = "warehouse" if odoo.serie == 17 else "warehouse_id"
    product: dict[str, Any] = {"fields": {"free_qty": {}, "qty_available": {}}}
    everywhere, main, outlet = (
        tree(odoo, "delivered_and_paid", {"order_line": {"fields": {"product_id": {**product, **more}}}})
        for more in ({}, {"context": {key: 1}}, {"context": {key: 2}})
    )
    figures = [order["order_line"][0]["product_id"]["qty_available"] for order in (everywhere, main, outlet)]
    assert figures[0] > figures[1] != figures[2]


def test_wrong_warehouse_key_gives_the_sum_of_all(odoo: Sandbox) -> None:
    wrong = "warehouse_id" if odoo.serie == 17 else "warehouse"
    plain = odoo.call("product.product", "read", [1], ["free_qty"])
    assert odoo.call("product.product", "read", [1], ["free_qty"], context={wrong: 1}) == plain


def test_stock_of_all_warehouses_is_the_sum_of_each(odoo: Sandbox) -> None:
    key = "warehouse" if odoo.serie == 17 else "warehouse_id"
    total = odoo.call("product.product", "read", [1], ["free_qty"])[0]["free_qty"]
    each = [
        odoo.call("product.product", "read", [1], ["free_qty"], context={key: w})[0]["free_qty"]
        for w in (1, 2, 3)
    ]
    assert sum(each) == total
    listed = odoo.call("product.product", "read", [1], ["free_qty"], context={key: [1, 2]})[0]["free_qty"]
    assert listed == each[0] + each[1]


def test_unknown_warehouse_breaks_the_nested_reading(odoo: Sandbox) -> None:
    key = "warehouse" if odoo.serie == 17 else "warehouse_id"
    product: dict[str, Any] = {"fields": {"free_qty": {}}, "context": {key: 9999}}
    domain = [["name", "=", odoo.order_name("delivered_and_paid")]]
    specification: dict[str, Any] = {"order_line": {"fields": {"product_id": product}}}
    problem = odoo.refusal("sale.order", "web_search_read", domain, specification)
    assert problem["name"] == "builtins.KeyError"


def test_message_points_at_its_record_through_a_reference(odoo: Sandbox) -> None:
    name = odoo.order_name("awkward_messages")
    order = odoo.call("sale.order", "search", [["name", "=", name]])[0]
    specification: dict[str, Any] = {
        "model": {},
        "res_id": {"fields": {"display_name": {}}},
        "author_id": {"fields": {"name": {}}},
    }
    domain = [["model", "=", "sale.order"], ["res_id", "=", order]]
    records = odoo.call("mail.message", "web_search_read", domain, specification)["records"]
    assert len(records) >= 4
    assert {record["res_id"]["display_name"] for record in records} == {name}


def test_length_counts_beyond_the_limit_up_to_the_count_limit(odoo: Sandbox) -> None:
    everything = odoo.call("sale.order", "search_count", [])
    page = odoo.call("sale.order", "web_search_read", [], {"name": {}}, limit=10)
    assert (page["length"], len(page["records"])) == (everything, 10)
    capped = odoo.call("sale.order", "web_search_read", [], {"name": {}}, limit=10, count_limit=50)
    assert capped["length"] == 50
    rest = odoo.call("sale.order", "web_search_read", [], {"name": {}}, limit=10, offset=everything - 3)
    assert (rest["length"], len(rest["records"])) == (everything, 3)
    assert odoo.call("sale.order", "web_search_read", [["id", "=", 0]], {"name": {}}) == {
        "length": 0,
        "records": [],
    }


def test_unknown_field_anywhere_breaks_the_whole_call(odoo: Sandbox) -> None:
    specification: dict[str, Any] = {
        "name": {},
        "order_line": {"fields": {"product_id": {"fields": {"nope": {}}}}},
    }
    problem = odoo.refusal("sale.order", "web_search_read", [["id", "=", 1]], specification)
    assert (problem["name"], "'nope'" in problem["message"]) == ("builtins.ValueError", True)


def test_computation_the_sandbox_lacks_is_said_loudly(odoo: Sandbox) -> None:
    answer = odoo.execute("sale.order", "read", [1], ["tax_totals"])
    assert answer.status == 501
    assert "tax_totals" in answer.body["error"]


def test_field_names_differ_by_version(sandboxes: Callable[[int], Sandbox]) -> None:
    expected = {
        17: ({"product_uom", "tax_id"}, {"reversal_move_id"}, {"ref"}),
        18: ({"product_uom", "tax_id"}, {"reversal_move_ids"}, {"memo"}),
        19: ({"product_uom_id", "tax_ids"}, {"reversal_move_ids"}, {"memo"}),
    }
    for serie, names in expected.items():
        odoo = sandboxes(serie)
        for model, wanted in zip(("sale.order.line", "account.move", "account.payment"), names, strict=True):
            assert wanted <= set(odoo.call(model, "fields_get", [], ["type"])), (serie, model)
    assert "product_uom" not in sandboxes(19).call("sale.order.line", "fields_get", [], ["type"])
    assert "is_storable" not in sandboxes(17).call("product.template", "fields_get", [], ["type"])


def test_unit_factors_mean_different_things_per_version(odoo: Sandbox) -> None:
    dozen = odoo.call("uom.uom", "search_read", [["name", "=", "Dozens"]], ["factor"])[0]
    assert dozen["factor"] == (12.0 if odoo.serie == 19 else 1 / 12)
