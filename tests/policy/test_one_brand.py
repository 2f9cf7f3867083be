"""Somebody who may see one brand or region of a company: the rest is not there, whichever way one asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cases.kept import Kept
from cases.masking.roles import Role
from cases.orders.workspace import NotVisible, identify_order, open_order
from cases.people.viewer import Grant, Viewer
from cases.scopes import placing as scoping
from cases.scopes.rules import Rule
from cases.search.finding import search_orders
from tests.gateway.conftest import (
    Connect,
    committed,
    connect,
    forget_everything,
    fresh_gateway,
    known_person,
    limits_are_far_away,
    reset_statistics,
    viewer,
)
from tests.sandbox.process import Sandbox
from tests.sandboxes import odoo18 as shop

__all__ = [
    "committed",
    "connect",
    "forget_everything",
    "fresh_gateway",
    "known_person",
    "limits_are_far_away",
    "shop",
]

RULES = (
    Rule(company_id=2, country="GB", brand="Isles", region="UK"),
    Rule(company_id=2, country="IE", brand="Isles", region="Ireland"),
    Rule(company_id=2, country="DE", brand="Home"),
)


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"main": RULES, "other": RULES[2:]}
    monkeypatch.setattr(scoping, "_kept", Kept(lambda: known, for_s=3600))


def seeing(**grant: str) -> Viewer:
    who = viewer(Role.AGENT, companies=frozenset({2}))
    return replace(who, grants=frozenset({Grant(connection="main", company_id=2, **grant)}))


def order_to(shop: Sandbox, country: str) -> str:
    domain = [["company_id", "=", 2], ["partner_shipping_id.country_id.code", "=", country]]
    orders = shop.call("sale.order", "search_read", domain, fields=["name"], order="id", limit=1)
    return str(orders[0]["name"])


async def opened(who: Viewer, ref: str, **options: Any) -> Any:
    options = {"connection": "main", "company": None, **options}
    return await open_order(viewer=who, ref=ref, correlation_id="r-1", **options)


@pytest.mark.parametrize(("grant", "visible"), [
    ({}, {"GB", "IE", "DE", "FR"}),
    ({"brand": "Isles"}, {"GB", "IE"}),
    ({"brand": "Isles", "region": "UK"}, {"GB"}),
    ({"region": "Ireland"}, {"IE"}),
    ({"brand": "Home"}, {"DE"}),
    ({"brand": "Unheard of"}, set()),
])  # fmt: skip
async def test_only_orders_of_ones_brand_and_region_are_there(
    connect: Connect, shop: Sandbox, known_person: None, grant: dict[str, str], visible: set[str]
) -> None:
    await connect(shop)
    who = seeing(**grant)
    for country in ("GB", "IE", "DE", "FR"):  # no rule says anything about France
        ref = order_to(shop, country)
        found = await search_orders(viewer=who, query=ref, correlation_id="r-1")
        assert [match.ref.value for match in found.matches] == ([ref] if country in visible else [])
        if country in visible:
            assert (await opened(who, ref)).ref == ref
            continue
        for refused in (opened(who, ref), opened(who, ref, company=2)):
            with pytest.raises(NotVisible):
                await refused
        with pytest.raises(NotVisible):
            await identify_order(viewer=who, connection="main", ref=ref, company=2, correlation_id="r-1")


async def test_an_order_tells_its_brand_and_region(connect: Connect, shop: Sandbox) -> None:
    await connect(shop)
    order = (await opened(seeing(brand="Isles"), order_to(shop, "IE"))).record.order

    assert (order.brand.value, order.region.value) == ("Isles", "Ireland")


async def test_what_lies_outside_costs_odoo_as_much_as_what_does_not_exist(
    connect: Connect, shop: Sandbox
) -> None:
    await connect(shop)
    await opened(seeing(), order_to(shop, "DE"))  # signs in
    asked = []
    for ref in (order_to(shop, "DE"), "S99999"):
        reset_statistics(shop)
        with pytest.raises(NotVisible):
            await opened(seeing(brand="Isles"), ref)
        asked.append(shop.statistics()["calls"])

    assert asked[0] == asked[1]


async def test_odoo_is_asked_for_the_brand_only(
    connect: Connect, shop: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is checked as well; were it the only check, this would be the way to see that."""
    await connect(shop)
    limits = await scoping.domain_limits(seeing(brand="Isles", region="UK"), "main")

    assert limits is not None
    assert [(limit.company_id, limit.country) for limit in limits] == [(2, "GB")]
    assert await scoping.domain_limits(seeing(), "main") is None


async def test_another_connections_rules_do_not_count(connect: Connect, shop: Sandbox) -> None:
    await connect(shop, slug="other")
    who = replace(seeing(), grants=frozenset({Grant(connection="other", company_id=2, brand="Isles")}))

    with pytest.raises(NotVisible):
        await opened(who, order_to(shop, "GB"), connection="other")
