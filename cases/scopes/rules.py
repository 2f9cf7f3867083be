"""Says of which brand and region an order is, by where it comes from; the first rule that matches decides.

Pure: no Django. An order that no rule matches has neither, so that only unrestricted grants cover it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from cases.people.viewer import Grant
from integrations.canonical import Order, OrderMatch, OriginCondition

_Placed = TypeVar("_Placed", Order, OrderMatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An empty condition is none; an empty brand or region says nothing about it."""

    company_id: int | None = None
    sales_team: str = ""
    website: str = ""
    warehouse: str = ""
    country: str = ""
    brand: str = ""
    region: str = ""

    def matches(self, order: Order | OrderMatch) -> bool:
        """A fact that is not known meets no condition."""
        if self.company_id is not None and self.company_id != order.company.id:
            return False
        facts = order.origin
        return all(
            wanted in ("", facts and getattr(facts, name))
            for name, wanted in (
                ("sales_team", self.sales_team),
                ("website", self.website),
                ("warehouse", self.warehouse),
                ("country", self.country),
            )
        )


def placed(order: _Placed, rules: Sequence[Rule]) -> _Placed:
    """The order with its brand and region."""
    rule = next((rule for rule in rules if rule.matches(order)), None)
    if rule is None:
        return order
    return replace(order, brand=rule.brand or None, region=rule.region or None)


def origins_within(
    grants: Iterable[Grant], rules: Sequence[Rule], *, connection: str
) -> frozenset[OriginCondition] | None:
    """What a question can be narrowed to so that it finds all that the grants cover; None: to their companies alone.

    It may find more, where an earlier rule decides otherwise: what comes back is checked again.
    """
    here = [grant for grant in grants if grant.connection == connection]
    whole = {grant.company_id for grant in here if not grant.brand and not grant.region}
    if whole == {grant.company_id for grant in here}:
        return None
    found = {OriginCondition(company_id=company) for company in whole}
    for grant in here:
        if grant.company_id in whole:
            continue
        found |= {
            OriginCondition(
                company_id=grant.company_id,
                sales_team=rule.sales_team,
                website=rule.website,
                warehouse=rule.warehouse,
                country=rule.country,
            )
            for rule in rules
            if rule.company_id in (None, grant.company_id)
            and grant.covers(connection, grant.company_id, rule.brand or None, rule.region or None)
        }
    return frozenset(found)
