"""Brands and regions for the shop of the stand-in, so that the demo has a team that sees only one brand."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from cases.demo.people import BrandOf, Companies
from cases.models import ScopeRule
from cases.scopes.placing import forget_kept_rules
from cases.scopes.rules import Rule

ISLES, HOME, OUTLET = "Isles", "Home", "Outlet"


@transaction.atomic
def seed_brands(companies: Companies) -> dict[str, BrandOf]:
    """Rules for every connection that has none; answers with the brand of the limited team, per connection."""
    brands = {}
    for slug, found in companies.items():
        numbers = [number for number, _name in found]
        if not ScopeRule.objects.filter(connection=slug).exists():
            ScopeRule.objects.bulk_create(
                ScopeRule(connection=slug, position=position, **asdict(rule))
                for position, rule in enumerate(_rules(*numbers), start=1)
            )
        if len(numbers) > 1:
            brands[slug] = BrandOf(company_id=numbers[1], brand=ISLES)
    forget_kept_rules()
    return brands


def _rules(first: int, *others: int) -> list[Rule]:
    """The outlet’s warehouse is a brand of its own; in Europe it is where an order is shipped that decides."""
    european = [
        rule
        for number in others
        for rule in (
            Rule(company_id=number, country="GB", brand=ISLES, region="UK & Ireland"),
            Rule(company_id=number, country="IE", brand=ISLES, region="UK & Ireland"),
            Rule(company_id=number, brand=HOME, region="Continental Europe"),
        )
    ]
    return [
        Rule(warehouse="Reno Outlet & Returns", brand=OUTLET, region="North America"),
        Rule(company_id=first, brand=HOME, region="North America"),
        *european,
    ]
