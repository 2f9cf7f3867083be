"""Brand and region go into the question to a real Odoo: nothing outside is found, and nothing takes longer for it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import Group

from cases.models import Scope, ScopeRule
from cases.people.access import grant_scope
from tests.live.conftest import RealOdoo
from tests.live.flat_wire import FlatOdoo
from tests.live.test_search_finds_every_key import WITHIN_S, Key, Keys, Searcher, searcher

__all__ = ["searcher"]

BRAND = "Abroad"


@pytest.fixture
def abroad(flat_odoo: FlatOdoo, main_connection: str) -> Iterator[tuple[Group, set[str]]]:
    """A team that sees the brand of one country, by the longest path a rule knows, and the numbers of its orders."""
    company = flat_odoo.companies[0]
    orders = flat_odoo.search(
        "sale.order", [["company_id", "=", company], ["partner_shipping_id.country_id", "!=", False]],
        "name partner_shipping_id",
    )  # fmt: skip
    places = [row["partner_shipping_id"][0] for row in orders]
    everybody = [["id", "in", places], ["active", "in", [True, False]]]  # archived contacts have orders, too
    partners = {
        row["id"]: row["country_id"][0] for row in flat_odoo.search("res.partner", everybody, "country_id")
    }
    counted = Counter(partners[row["partner_shipping_id"][0]] for row in orders)
    country, _ = sorted(counted.items(), key=lambda item: item[1])[len(counted) // 2]
    (code,) = (row["code"] for row in flat_odoo.search("res.country", [["id", "=", country]], "code"))
    rule = ScopeRule.objects.create(connection=main_connection, position=1, country=code, brand=BRAND)
    scope = Scope.objects.create(
        connection=main_connection, company_id=company, brand=BRAND, company_name=f"Company {company}"
    )
    team = Group.objects.create(name="team: abroad")
    grant_scope(group=team, scope=scope)
    yield team, {row["name"] for row in orders if partners[row["partner_shipping_id"][0]] == country}
    rule.delete()
    scope.delete()


def test_a_brand_is_searched_as_quickly_and_nothing_outside_is_found(
    searcher: Callable[..., Searcher],
    flat_odoo: FlatOdoo,
    real_odoo: RealOdoo,
    abroad: tuple[Group, set[str]],
) -> None:
    team, inside = abroad
    person = searcher("abroad", team)
    company = flat_odoo.companies[0]
    everything, theirs = Keys(flat_odoo, real_odoo.major), Keys(flat_odoo, real_odoo.major)
    theirs.orders = {
        number: row
        for number, row in everything.orders.items()
        if row["name"] in inside and row["company_id"][0] == company  # two companies may use one number
    }
    person.find(next(iter(inside)), kind="order number")
    wrong = []
    for key, is_theirs in [
        *((key, False) for key in everything.every()),
        *((key, True) for key in theirs.people()),
        *((Key("order number", name, frozenset({name})), True) for name in sorted(inside)[:4]),
    ]:
        if key.why in ("e-mail", "phone", "name") and not is_theirs:
            continue  # what finds nobody counts as guessing
        found = person.find(key.typed, kind=key.why)
        rows = (*found["results"], *found["account_orders"])
        told = {row["ref"] for row in rows}
        whole = not is_theirs or key.orders <= told or found["has_more"]
        if not told <= inside or {row["company"] for row in rows} - {company} or not whole:
            wrong.append((key.why, sorted(told - inside), sorted(key.orders - told)))
    for kind, seconds in sorted(person.seconds.items()):
        median, most = statistics.median(seconds), max(seconds)
        print(
            f"{kind:18} {len(seconds):3}  median {median:.2f} s  most {most:.2f} s  asked again {person.repeats[kind]}"
        )
    assert 0 < len(inside) < len(everything.orders)
    assert wrong == []
    assert {"e-mail", "phone", "name", "order number"} <= set(person.seconds)
    assert max(statistics.median(seconds) for seconds in person.seconds.values()) <= WITHIN_S
