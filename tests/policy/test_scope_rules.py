"""Which brand and region an order has, and what a question is narrowed to for somebody who sees only some of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.people.viewer import Grant
from cases.scopes.rules import Rule, origins_within, placed
from integrations.canonical import Company, Order, OrderOrigin, OriginCondition
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.origin_domain import origin_domain
from tests.rules.recorded import recorded_order

RULES = (
    Rule(warehouse="Outlet", brand="Outlet"),
    Rule(company_id=2, country="GB", brand="Isles", region="UK"),
    Rule(company_id=2, sales_team="B2B", region="Trade"),
    Rule(website="alpine.example", brand="Alpine"),
    Rule(company_id=2, brand="Home", region="Europe"),
)


def order(company: int = 1, **facts: str | None) -> Order:
    origin = {"sales_team": None, "website": None, "warehouse": None, "country": None, **facts}
    made = recorded_order(18, "SO-40797").order
    return replace(made, company=Company(id=company, name=""), origin=OrderOrigin(**origin))


@pytest.mark.parametrize(("company", "facts", "brand", "region"), [
    (1, {"warehouse": "Outlet"}, "Outlet", None),
    (2, {"warehouse": "Outlet", "country": "GB"}, "Outlet", None),  # the first that matches
    (2, {"country": "GB"}, "Isles", "UK"),
    (2, {"country": "GB", "sales_team": "B2B"}, "Isles", "UK"),
    (2, {"country": "FR", "sales_team": "B2B"}, None, "Trade"),
    (1, {"country": "GB"}, None, None),  # of another company
    (1, {"website": "alpine.example"}, "Alpine", None),
    (2, {}, "Home", "Europe"),
    (2, {"country": "gb"}, "Home", "Europe"),
    (1, {"warehouse": "outlet"}, None, None),  # names are compared as they are written
    (1, {}, None, None),
    (3, {"sales_team": "B2B"}, None, None),
])  # fmt: skip
def test_the_first_rule_that_matches_decides(
    company: int, facts: dict[str, Any], brand: str | None, region: str | None
) -> None:
    found = placed(order(company, **facts), RULES)

    assert (found.brand, found.region) == (brand, region)


def test_an_order_of_which_nothing_is_known_meets_no_condition() -> None:
    unknown = replace(order(2), origin=None)

    assert placed(unknown, RULES[:4]).brand is None
    assert placed(unknown, RULES).brand == "Home"


def test_an_unmatched_order_is_seen_by_unrestricted_grants_only() -> None:
    unmatched = placed(order(1), RULES)
    whole, brand = (
        Grant(connection="main", company_id=1),
        Grant(connection="main", company_id=1, brand="Alpine"),
    )

    assert whole.covers("main", 1, unmatched.brand, unmatched.region)
    assert not brand.covers("main", 1, unmatched.brand, unmatched.region)


NAMES = st.sampled_from(["", "a", "b"])
ANY_RULE = st.builds(
    Rule, company_id=st.sampled_from([None, 1, 2]), sales_team=NAMES, website=NAMES, warehouse=NAMES, country=NAMES,
    brand=NAMES, region=NAMES,
)  # fmt: skip
ANY_GRANT = st.builds(
    Grant, connection=st.just("main"), company_id=st.sampled_from([1, 2]), brand=NAMES, region=NAMES
)
FACTS = st.fixed_dictionaries(
    {name: st.sampled_from([None, "a", "b"]) for name in ("sales_team", "website", "warehouse", "country")}
)


@given(
    rules=st.lists(ANY_RULE, max_size=5),
    grants=st.sets(ANY_GRANT, max_size=3),
    facts=FACTS,
    company=st.sampled_from([1, 2]),
)
def test_a_narrowed_question_loses_nothing_that_a_grant_covers(
    rules: list[Rule], grants: set[Grant], facts: dict[str, Any], company: int
) -> None:
    found = placed(order(company, **facts), rules)
    origins = origins_within(grants, rules, connection="main")
    covered = any(grant.covers("main", company, found.brand, found.region) for grant in grants)

    if covered and origins is not None:
        assert any(_meets(found, condition) for condition in origins)


def _meets(found: Order, condition: OriginCondition) -> bool:
    assert found.origin is not None
    wanted = {name: getattr(condition, name) for name in ("sales_team", "website", "warehouse", "country")}
    return condition.company_id == found.company.id and all(
        value in ("", getattr(found.origin, name)) for name, value in wanted.items()
    )


KNOWN = Capabilities(
    version=18,
    protocol=Protocol.JSONRPC,
    fields={
        "sale.order": frozenset({"team_id", "warehouse_id", "partner_shipping_id"}),
        "crm.team": frozenset({"name"}), "stock.warehouse": frozenset({"name"}),
        "res.partner": frozenset({"country_id"}), "res.country": frozenset({"code"}),
    },
    readable=frozenset({"sale.order", "crm.team", "stock.warehouse", "res.partner", "res.country"}),
)  # fmt: skip
GB, OUTLET = OriginCondition(company_id=2, country="GB"), OriginCondition(company_id=1, warehouse="Outlet")
WHERE = "partner_shipping_id.country_id.code"


@pytest.mark.parametrize(("origins", "companies", "domain"), [
    (None, [2, 1], [["company_id", "in", [1, 2]]]),
    ([], [1], [["id", "=", 0]]),
    ([GB], [1], [["id", "=", 0]]),
    ([GB], [2], [["company_id", "in", [2]], "&", ["company_id", "=", 2], [WHERE, "=", "GB"]]),
    ([OriginCondition(company_id=2), GB], [2], [["company_id", "in", [2]]]),
    ([GB, OUTLET], [1, 2], [
        ["company_id", "in", [1, 2]], "|", "&", ["company_id", "=", 1], ["warehouse_id.name", "=", "Outlet"],
        "&", ["company_id", "=", 2], [WHERE, "=", "GB"],
    ]),
    ([OriginCondition(company_id=2, website="x")], [2], [["company_id", "in", [2]]]),  # cannot be asked for here
])  # fmt: skip
def test_a_question_is_narrowed_as_far_as_odoo_can_be_asked(
    origins: Any, companies: list[int], domain: list[Any]
) -> None:
    wanted = None if origins is None else frozenset(origins)

    assert origin_domain(wanted, KNOWN, companies=companies) == domain


def test_what_may_not_be_read_is_not_asked_about() -> None:
    cut = replace(KNOWN, readable=KNOWN.readable - {"crm.team"})
    condition = frozenset({OriginCondition(company_id=1, sales_team="B2B", warehouse="Outlet")})

    assert "team_id.name" not in str(origin_domain(condition, cut, companies=[1]))
    assert "team_id.name" in str(origin_domain(condition, KNOWN, companies=[1]))
