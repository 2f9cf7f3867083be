"""The domain language, judged against what a plain filter over all rows finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.process import Sandbox

Row = dict[str, Any]
FIELDS = [
    "name",
    "state",
    "client_order_ref",
    "amount_total",
    "date_order",
    "partner_id",
    "carrier_id",
    "locked",
]


def rows(odoo: Sandbox) -> list[Row]:
    found: list[Row] = odoo.call("sale.order", "search_read", [], FIELDS)
    return found


def ids(found: list[Row]) -> set[int]:
    return {row["id"] for row in found}


def carrier(row: Row) -> str:
    return str(row["carrier_id"][1]) if row["carrier_id"] else ""


def title(value: Any) -> str:
    return str(value)[:60] if isinstance(value, list) else ""


CASES: list[tuple[list[Any], Callable[[Row], bool]]] = [
    ([], lambda r: True),
    ([["state", "=", "sale"]], lambda r: r["state"] == "sale"),
    ([["state", "!=", "sale"]], lambda r: r["state"] != "sale"),
    ([["state", "in", ["draft", "sent"]]], lambda r: r["state"] in ("draft", "sent")),
    ([["state", "not in", ["draft", "sent"]]], lambda r: r["state"] not in ("draft", "sent")),
    ([["name", "ilike", "web/"]], lambda r: "web/" in r["name"].lower()),
    ([["name", "like", "web/"]], lambda r: "web/" in r["name"]),
    ([["name", "=like", "S0000_"]], lambda r: r["name"].startswith("S0000") and len(r["name"]) == 6),
    ([["name", "=ilike", "s0000%"]], lambda r: r["name"].startswith("S0000")),
    ([["name", "not ilike", "s0"]], lambda r: "s0" not in r["name"].lower()),
    ([["amount_total", ">", 500]], lambda r: r["amount_total"] > 500),
    ([["amount_total", "<=", 500]], lambda r: r["amount_total"] <= 500),
    ([["amount_total", ">=", 100], ["amount_total", "<", 200]], lambda r: 100 <= r["amount_total"] < 200),
    (["|", ["state", "=", "draft"], ["state", "=", "cancel"]], lambda r: r["state"] in ("draft", "cancel")),
    (["!", ["state", "=", "sale"]], lambda r: r["state"] != "sale"),
    (
        ["&", "|", ["state", "=", "draft"], ["state", "=", "sent"], ["amount_total", ">", 100]],
        lambda r: r["state"] in ("draft", "sent") and r["amount_total"] > 100,
    ),
    (
        ["!", "|", ["state", "=", "sale"], ["name", "ilike", "1"]],
        lambda r: r["state"] != "sale" and "1" not in r["name"],
    ),
    ([["client_order_ref", "=", False]], lambda r: r["client_order_ref"] is False),
    ([["client_order_ref", "!=", False]], lambda r: r["client_order_ref"] is not False),
    ([["client_order_ref", "!=", "WEB-730001"]], lambda r: r["client_order_ref"] != "WEB-730001"),
    ([["carrier_id", "=", False]], lambda r: r["carrier_id"] is False),
    ([["carrier_id", "in", [1, False]]], lambda r: r["carrier_id"] is False or r["carrier_id"][0] == 1),
    ([["carrier_id", "not in", [1]]], lambda r: r["carrier_id"] is False or r["carrier_id"][0] != 1),
    ([["carrier_id", "ilike", "freight"]], lambda r: carrier(r) == "Ironbridge Freight"),
    ([["carrier_id.name", "=", "Kingfisher Post"]], lambda r: carrier(r) == "Kingfisher Post"),
    ([["locked", "=", False]], lambda r: not r["locked"]),
    ([["id", "in", [1, 2, 3]]], lambda r: r["id"] in (1, 2, 3)),
    ([[1, "=", 1]], lambda r: True),
    ([[0, "=", 1]], lambda r: False),
]


@pytest.mark.parametrize(
    ("domain", "expected"), CASES, ids=lambda value: str(value)[:60] if isinstance(value, list) else ""
)
def test_domain_finds_what_a_plain_filter_finds(
    domain: list[Any], expected: Callable[[Row], bool], odoo18: Sandbox
) -> None:
    found = set(odoo18.call("sale.order", "search", domain))
    assert found == {row["id"] for row in rows(odoo18) if expected(row)}
    assert odoo18.call("sale.order", "search_count", domain) == len(found)


def test_path_over_to_many_fields_finds_the_orders_of_a_parcel(odoo: Sandbox) -> None:
    name = odoo.order_name("several_pickings_tracked")
    found = odoo.call(
        "sale.order", "search_read", [["picking_ids.carrier_tracking_ref", "=", "IB-20311-B"]], ["name"]
    )
    assert [row["name"] for row in found] == [name]


def test_loyalty_card_is_found_from_the_order_number_alone(odoo: Sandbox) -> None:
    order = next(
        row
        for row in odoo.call("sale.order", "search_read", [], ["name", "partner_id"])
        if odoo.call("loyalty.card", "search_count", [["partner_id", "=", row["partner_id"][0]]])
    )
    found = odoo.call(
        "loyalty.card",
        "search_read",
        [["partner_id.sale_order_ids.name", "=", order["name"]]],
        ["partner_id"],
    )
    assert {card["partner_id"][0] for card in found} == {order["partner_id"][0]}


def test_stock_is_found_from_the_order_number_alone(odoo: Sandbox) -> None:
    name = odoo.order_name("delivered_and_paid")
    lines = odoo.call("sale.order.line", "search_read", [["order_id.name", "=", name]], ["product_id"])
    domain = [
        ["product_id.stock_move_ids.sale_line_id.order_id.name", "=", name],
        ["location_id.usage", "=", "internal"],
    ]
    found = odoo.call("stock.quant", "search_read", domain, ["product_id", "quantity", "location_id"])
    assert found
    assert {row["product_id"][0] for row in found} <= {line["product_id"][0] for line in lines}


def test_child_of_finds_a_company_with_its_contacts(odoo: Sandbox) -> None:
    firms = [["is_company", "=", True], ["child_ids", "!=", False]]
    firm = odoo.call("res.partner", "search_read", firms, ["child_ids"])[0]
    for field in ("id", "commercial_partner_id"):
        found = odoo.call("res.partner", "search", [[field, "child_of", firm["id"]]])
        assert set(found) == {firm["id"], *firm["child_ids"]}


def test_any_searches_inside_a_relation(odoo: Sandbox) -> None:
    direct = odoo.call("sale.order", "search", [["order_line.product_id.default_code", "=", "GIFTWRAP"]])
    nested = odoo.call(
        "sale.order", "search", [["order_line", "any", [["product_id.default_code", "=", "GIFTWRAP"]]]]
    )
    assert direct == nested != []


def test_archived_product_is_hidden_from_search_but_not_from_its_order(odoo: Sandbox) -> None:
    hidden = odoo.call("product.product", "search", [["name", "ilike", "lighthouse"]])
    shown = odoo.call(
        "product.product", "search", [["name", "ilike", "lighthouse"]], context={"active_test": False}
    )
    assert (hidden, len(shown)) == ([], 1)
    assert odoo.call("product.product", "search", [["active", "=", False]]) == shown
    assert odoo.call("product.product", "read", shown, ["active"])[0]["active"] is False
    name = odoo.order_name("archived_product")
    lines = odoo.call("sale.order.line", "search_read", [["order_id.name", "=", name]], ["product_id"])
    assert shown[0] in [line["product_id"][0] for line in lines]


def test_17_and_18_ignore_a_condition_that_cannot_be_searched(sandboxes: Callable[[int], Sandbox]) -> None:
    domain = [["reconciled_invoice_ids", "=", 1]]
    for serie in (17, 18):
        odoo = sandboxes(serie)
        everything = odoo.call("account.payment", "search_count", [])
        assert odoo.call("account.payment", "search_count", domain) == everything > 1


def test_19_refuses_a_condition_that_cannot_be_searched(odoo19: Sandbox) -> None:
    problem = odoo19.refusal("sale.order", "search_count", [["delivery_count", "=", 1]])
    expected = (
        "builtins.ValueError",
        "Cannot convert sale.order.delivery_count to SQL because it is not stored",
    )
    assert (problem["name"], problem["message"]) == expected


def test_date_bounds_compare_whole_days(odoo: Sandbox) -> None:
    newest = odoo.call("sale.order", "search_read", [], ["date_order"], order="date_order desc", limit=1)[0]
    date = newest["date_order"][:10]
    assert newest["id"] in odoo.call("sale.order", "search", [["date_order", "<=", date]])
    assert newest["id"] in odoo.call("sale.order", "search", [["date_order", ">=", date]])
    assert newest["id"] not in odoo.call("sale.order", "search", [["date_order", ">", date]])


def test_write_date_precision_differs_by_version(odoo: Sandbox) -> None:
    row = odoo.call("sale.order", "search_read", [], ["write_date"], limit=1)[0]
    same = row["id"] in odoo.call("sale.order", "search", [["write_date", "=", row["write_date"]]])
    later = row["id"] in odoo.call("sale.order", "search", [["write_date", ">", row["write_date"]]])
    assert (same, later) == ((True, False) if odoo.serie == 19 else (False, True))
    assert row["id"] in odoo.call("sale.order", "search", [["write_date", ">=", row["write_date"]]])


def test_order_limit_and_offset_cut_one_sorted_list(odoo: Sandbox) -> None:
    whole = odoo.call("sale.order", "search_read", [], ["amount_total"], order="amount_total desc, id")
    amounts = [row["amount_total"] for row in whole]
    assert amounts == sorted(amounts, reverse=True)
    page = odoo.call("sale.order", "search", [], order="amount_total desc, id", limit=10, offset=20)
    assert page == [row["id"] for row in whole[20:30]]


def test_default_order_is_odoos(odoo: Sandbox) -> None:
    found = odoo.call("sale.order", "search_read", [], ["date_order"], limit=20)
    keys = [(row["date_order"], row["id"]) for row in found]
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        ([["nope", "=", 1]], "builtins.ValueError"),
        ([["partner_id.nope", "=", 1]], "builtins.ValueError"),
        ([["name", "~", "x"]], "builtins.ValueError"),
        ([["name", "="]], "builtins.ValueError"),
        (["&", ["name", "=", "x"]], "builtins.ValueError"),
    ],
)
def test_broken_domain_is_refused_as_odoo_does(domain: list[Any], name: str, odoo: Sandbox) -> None:
    assert odoo.refusal("sale.order", "search_count", domain)["name"] == name


def test_malformed_order_clause_is_refused(odoo: Sandbox) -> None:
    assert (
        odoo.refusal("sale.order", "search", [], order="name; drop table x")["name"]
        == "odoo.exceptions.UserError"
    )
    assert odoo.refusal("sale.order", "search", [], order="nope desc")["name"] == "builtins.ValueError"


def test_real_field_the_sandbox_lacks_is_not_called_unknown(odoo: Sandbox) -> None:
    answer = odoo.execute("res.partner", "search_count", [["image_1920", "!=", False]])
    assert answer.status == 501
    assert "does not know" in answer.body["error"]
