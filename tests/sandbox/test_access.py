"""Who sees what: keys, groups, companies, and the sentences of refusal."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.process import Sandbox


def test_keys_are_secret_and_as_long_as_odoos(odoo: Sandbox) -> None:
    path = odoo.folder / "keys.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = [entry["key"] for entry in odoo.keys.values()]
    assert len(set(keys)) == len(keys) >= 5
    assert all(len(key) == 40 and int(key, 16) for key in keys)


def test_wrong_and_expired_keys_do_not_sign_in(odoo: Sandbox) -> None:
    login = odoo.keys["integration"]["login"]
    former = odoo.keys["expired"]
    for given_login, key in (
        (login, "0" * 40),
        (former["login"], former["key"]),
        ("nobody@x.example", "1" * 40),
    ):
        answer = odoo.jsonrpc("common", "authenticate", [odoo.database, given_login, key, {}])
        assert (answer.status, answer.body["result"]) == (200, False)


def test_key_of_another_user_is_denied(odoo: Sandbox) -> None:
    args = [
        odoo.database,
        odoo.user_id("sales"),
        odoo.keys["integration"]["key"],
        "sale.order",
        "search_count",
        [[]],
    ]
    answer = odoo.jsonrpc("object", "execute_kw", args)
    assert answer.body["error"]["data"]["name"] == "odoo.exceptions.AccessDenied"


@pytest.mark.parametrize("role", ["expired", "integration"])
def test_json2_answers_401_to_a_dead_or_wrong_key(role: str, odoo19: Sandbox) -> None:
    key = odoo19.keys[role]["key"] if role == "expired" else "f" * 40
    headers = {"Authorization": f"bearer {key}", "X-Odoo-Database": odoo19.database}
    answer = odoo19.send("POST", "/json/2/res.partner/search_count", {"domain": []}, headers)
    assert (answer.status, answer.body["message"]) == (401, "Invalid apikey")
    assert answer.headers["WWW-Authenticate"] == "Bearer "


def test_without_invoicing_every_accounting_model_is_closed(odoo: Sandbox) -> None:
    for model in (
        "account.move",
        "account.move.line",
        "account.payment",
        "payment.transaction",
        "loyalty.card",
    ):
        problem = odoo.refusal(model, "search_count", [], role="no_invoicing")
        assert problem["name"] == "odoo.exceptions.AccessError"
        assert problem["message"].startswith("You are not allowed to access")
    assert odoo.call("sale.order", "search_count", [], role="no_invoicing") > 300


def test_fields_of_other_groups_are_not_described_and_not_read(odoo: Sandbox) -> None:
    described = odoo.call("res.partner", "fields_get", [], ["type"], role="no_invoicing")
    assert not {"credit", "total_invoiced"} & set(described)
    assert {"credit", "total_invoiced"} <= set(odoo.call("res.partner", "fields_get", [], ["type"]))
    problem = odoo.refusal("res.partner", "read", [1], ["credit"], role="no_invoicing")
    assert (problem["name"], "credit" in problem["message"]) == ("odoo.exceptions.AccessError", True)


def test_19_hides_transactions_of_an_order_from_sales(sandboxes: Callable[[int], Sandbox]) -> None:
    for serie, hidden in ((17, False), (18, False), (19, True)):
        described = sandboxes(serie).call("sale.order", "fields_get", [], ["type"], role="sales")
        assert ("transaction_ids" not in described) is hidden


def test_one_forbidden_branch_breaks_the_whole_tree(odoo: Sandbox) -> None:
    specification: dict[str, Any] = {"name": {}, "invoice_ids": {"fields": {"name": {}}}}
    domain = [["name", "=", odoo.order_name("delivered_and_paid")]]
    problem = odoo.refusal("sale.order", "web_search_read", domain, specification, role="no_invoicing")
    assert problem["name"] == "odoo.exceptions.AccessError"


def test_company_rules_hide_in_search_and_refuse_by_id(odoo: Sandbox) -> None:
    foreign = odoo.call("sale.order", "search", [["company_id", "=", 1]], limit=1)
    assert odoo.call("sale.order", "search_count", [["company_id", "=", 1]], role="company2") == 0
    assert odoo.call("sale.order", "search_count", [], role="company2") > 50
    problem = odoo.refusal("sale.order", "read", foreign, ["name"], role="company2")
    assert (problem["name"], "top-secret" in problem["message"]) == ("odoo.exceptions.AccessError", True)


def test_allowed_companies_narrow_and_are_checked(odoo: Sandbox) -> None:
    both = odoo.call("sale.order", "search_count", [])
    each = [odoo.call("sale.order", "search_count", [], context={"allowed_company_ids": [c]}) for c in (1, 2)]
    assert sum(each) == both
    problem = odoo.refusal(
        "sale.order", "search_count", [], role="company2", context={"allowed_company_ids": [1]}
    )
    assert problem["name"] == "odoo.exceptions.AccessError"


def test_same_number_in_both_companies_is_two_orders(odoo: Sandbox) -> None:
    name = odoo.order_name("same_name_in_both_companies")
    found = odoo.call("sale.order", "search_read", [["name", "=", name]], ["company_id", "amount_total"])
    assert sorted(row["company_id"][0] for row in found) == [1, 2]
    assert len({row["amount_total"] for row in found}) == 2


def test_language_that_is_not_installed_matters_since_18(odoo: Sandbox) -> None:
    answer = odoo.execute("res.partner", "search_count", [], context={"lang": "it_IT"})
    if odoo.serie == 17:
        assert answer.body["result"] > 60
    else:
        assert answer.body["error"]["data"]["name"] == "odoo.exceptions.UserError"


def test_rights_can_be_asked_for(odoo: Sandbox) -> None:
    asked = odoo.execute("account.move", "has_access", [], "read", role="no_invoicing").body
    if odoo.serie == 17:
        assert asked["error"]["data"]["name"] == "builtins.AttributeError"
    else:
        assert asked["result"] is False
    assert odoo.call("account.move", "check_access_rights", "read", False, role="no_invoicing") is False
    assert odoo.call("account.move", "check_access_rights", "read", False) is True


def test_own_key_with_its_end_is_readable(odoo: Sandbox) -> None:
    fields = ["name", "scope"] + (["expiration_date"] if odoo.serie >= 18 else [])
    found = odoo.call("res.users.apikeys", "search_read", [], fields)
    assert len(found) == 1
    if odoo.serie >= 18:
        assert found[0]["expiration_date"]


def test_writing_is_refused_loudly_not_pretended(odoo: Sandbox) -> None:
    for method, args in (
        ("write", [[1], {"client_order_ref": "x"}]),
        ("create", [{"partner_id": 5}]),
        ("action_cancel", [[1]]),
        ("message_post", [[1]]),
    ):
        answer = odoo.execute("sale.order", method, *args)
        assert answer.status == 501, method
        assert "the sandbox does not know" in answer.body["error"]
