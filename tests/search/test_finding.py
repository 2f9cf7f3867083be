"""Every key finds what it should in each dialect of Odoo, over a socket; nothing finds more."""

from __future__ import annotations

import re
from typing import Any

import pytest

from integrations import errors
from integrations.canonical import MatchReason
from integrations.odoo.client import OdooClient
from tests.gateway.conftest import BOTH, Connect, without
from tests.sandbox.process import Sandbox
from tests.search.conftest import find, refs

R = MatchReason


def rows(
    odoo: Sandbox, model: str, domain: list[Any], *fields: str, limit: int = 1, **more: Any
) -> list[Any]:
    found: list[Any] = odoo.call(model, "search_read", domain, fields=list(fields), limit=limit, **more)
    assert found, f"the sandbox has no such {model}"
    return found


def order_of(odoo: Sandbox, picking: dict[str, Any]) -> str:
    return str(picking["sale_id"][1])


def why(found: Any, ref: str) -> set[MatchReason]:
    return {reason for match in found.matches if match.ref == ref for reason in match.why}


async def test_an_order_number_and_the_channels_reference(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    (order,) = rows(odoo, "sale.order", [["client_order_ref", "!=", False]], "name", "client_order_ref")
    assert R.ORDER_NUMBER in why(await find(config, order["name"].lower()), order["name"])
    assert R.CHANNEL_REFERENCE in why(await find(config, order["client_order_ref"].lower()), order["name"])


async def test_an_invoice_and_a_credit_note_that_hangs_only_on_it(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    reversed_by = "reversal_move_id" if odoo.serie == 17 else "reversal_move_ids"
    domain = [["state", "=", "posted"], ["move_type", "=", "out_refund"], ["reversed_entry_id", "!=", False]]
    (note,) = rows(odoo, "account.move", domain, "name", "reversed_entry_id", "company_id")
    (bill,) = odoo.call("account.move", "read", [note["reversed_entry_id"][0]], ["name", reversed_by])
    (sold,) = rows(odoo, "sale.order", [["invoice_ids", "in", [bill["id"]]]], "name")

    assert R.INVOICE in why(await find(config, bill["name"]), sold["name"])
    assert R.CREDIT_NOTE in why(await find(config, note["name"]), sold["name"])


async def test_a_delivery_and_a_return(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    for code, reason in (("outgoing", R.DELIVERY), ("incoming", R.RETURN)):
        domain = [["picking_type_id.code", "=", code], ["sale_id", "!=", False]]
        (picking,) = rows(odoo, "stock.picking", domain, "name", "sale_id")
        assert reason in why(await find(config, picking["name"]), order_of(odoo, picking))


async def test_each_of_several_tracking_numbers_in_one_field(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    domain = [["carrier_tracking_ref", "like", ","], ["sale_id", "!=", False]]
    (picking,) = rows(odoo, "stock.picking", domain, "carrier_tracking_ref", "sale_id")
    numbers = [part.strip() for part in picking["carrier_tracking_ref"].split(",")]
    assert len(numbers) > 1
    for number in numbers:
        assert why(await find(config, number), order_of(odoo, picking)) == {R.TRACKING_NUMBER}
        assert order_of(odoo, picking) not in refs(await find(config, number[:-1]))


async def test_a_serial_or_lot(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    (moved,) = rows(
        odoo,
        "stock.move.line",
        [["lot_id", "!=", False], ["picking_id.sale_id", "!=", False]],
        "lot_id",
        "picking_id",
    )
    (picking,) = odoo.call("stock.picking", "read", [moved["picking_id"][0]], ["sale_id"])
    found = await find(config, moved["lot_id"][1])
    assert R.SERIAL in why(found, order_of(odoo, picking)) or found.has_more


async def customer(odoo: Sandbox, *conditions: Any) -> dict[str, Any]:
    domain = [["partner_id.email_normalized", "!=", False], ["partner_id.phone", "!=", False], *conditions]
    (order,) = rows(odoo, "sale.order", domain, "name", "partner_id", "company_id")
    names = ["name", "email", "phone", "commercial_partner_id"]
    (partner,) = odoo.call("res.partner", "read", [order["partner_id"][0]], names)
    return {**partner, "order": order["name"], "company": order["company_id"][0]}


async def test_an_address_in_any_case_finds_its_customers_orders(connect: Connect, odoo: Sandbox) -> None:
    config, who = await connect(odoo), await customer(odoo)
    found = await find(config, f"  {who['email'].upper()} ")
    assert who["order"] in refs(found) or found.has_more
    assert {match.customer_id for match in found.matches if R.EMAIL in match.why} >= {who["id"]}
    assert not (await find(config, who["email"][1:])).matches


async def test_a_phone_number_in_any_notation(connect: Connect, odoo: Sandbox) -> None:
    config, who = await connect(odoo), await customer(odoo)
    digits = re.sub(r"\D", "", who["phone"])
    for typed in (who["phone"], digits, f"+{digits}", f"00{digits}", "-".join((digits[:4], digits[4:]))):
        if typed.startswith(("+", "00")) and not who["phone"].strip().startswith("+"):
            continue
        found = await find(config, typed)
        assert any(R.PHONE in match.why and match.customer_id == who["id"] for match in found.matches), typed
    for part in (digits[:-1], digits[-7:], digits[:7]):
        assert not any(R.PHONE in match.why for match in (await find(config, part)).matches), part


async def test_a_name_by_its_words_in_any_order(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    who = await customer(odoo, ["partner_id.name", "like", " "], ["partner_id.is_company", "=", False])
    words = who["name"].split()
    found = await find(config, " ".join(reversed(words)))
    assert any(match.customer == who["name"] and R.NAME in match.why for match in found.matches)


@pytest.mark.parametrize(
    "typed", ["%%%", "___", "a%a", "%abc%", "a_e", "\\%%%", "%@%.%", "+1%%%%%%%", "S0000_"]
)
async def test_wildcards_find_nothing(connect: Connect, odoo: Sandbox, typed: str) -> None:
    found = await find(await connect(odoo), typed)
    assert found.matches == ()
    assert found.account_orders == ()


async def test_another_company_stays_out_of_sight(connect: Connect, odoo: Sandbox) -> None:
    config, who = await connect(odoo), await customer(odoo)
    theirs = frozenset({who["company"]})
    for typed in (who["order"], who["email"], who["phone"], who["name"]):
        found = await find(config, typed, companies=BOTH - theirs)
        everything = (*found.matches, *found.account_orders)
        assert not {match.company.id for match in everything} & theirs


async def test_a_contact_is_climbed_to_the_account(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    order = odoo.order_name("company_with_delivery_address")
    (sold,) = rows(odoo, "sale.order", [["name", "=", order]], "partner_id")
    (partner,) = odoo.call(
        "res.partner", "read", [sold["partner_id"][0]], ["commercial_partner_id", "child_ids"]
    )
    account = partner["commercial_partner_id"][0]
    family = odoo.call(
        "res.partner", "search_read", [["commercial_partner_id", "=", account]], fields=["email"]
    )
    whole = odoo.call("sale.order", "search_count", [["partner_id.commercial_partner_id", "=", account]])
    found = await find(config, order)
    assert len(found.account_orders) == min(whole - 1, 20)
    assert all(match.why == (R.ACCOUNT,) for match in found.account_orders)
    for contact in family:
        if contact["email"]:
            climbed = await find(config, contact["email"])
            everything = refs(climbed) | {match.ref for match in climbed.account_orders}
            assert order in everything or climbed.has_more


async def test_what_the_key_may_not_read_is_named_and_the_rest_is_searched(
    connect: Connect, odoo: Sandbox
) -> None:
    full = await connect(odoo, slug="full")
    known = await OdooClient(full).capabilities()
    config = await connect(odoo, known=without(known, "account.move", "stock.lot"))
    (order,) = rows(odoo, "sale.order", [], "name")
    found = await find(config, order["name"])
    assert order["name"] in refs(found)
    assert found.unsearched >= {R.INVOICE, R.CREDIT_NOTE, R.SERIAL}


async def test_where_nothing_answers_the_error_is_raised(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    odoo.set_faults({"match": {"model": "sale.order"}, "kind": "status_503"})
    with pytest.raises(errors.GatewayError):
        await find(config, "S00001")
