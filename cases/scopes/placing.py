"""Keeps the rules that place orders in brands and regions at hand, and applies them to what Odoo answered."""

from __future__ import annotations

from collections.abc import Mapping

from cases.kept import Kept
from cases.models import ScopeRule
from cases.people.viewer import Viewer
from cases.scopes.rules import Rule, origins_within
from integrations.canonical import OriginCondition

Rules = Mapping[str, tuple[Rule, ...]]


def _newest_rules() -> Rules:
    rules: dict[str, tuple[Rule, ...]] = {}
    for row in ScopeRule.objects.order_by("connection", "position"):
        rules[row.connection] = (*rules.get(row.connection, ()), rule_of(row))
    return rules


_kept = Kept(_newest_rules, for_s=3.0)


def rules_by_connection() -> Rules:
    """All rules in their order, at most a few seconds old; blocks on the database."""
    return _kept.get()


def forget_kept_rules() -> None:
    _kept.forget()


def rule_of(row: ScopeRule) -> Rule:
    return Rule(
        company_id=row.company_id,
        sales_team=row.sales_team,
        website=row.website,
        warehouse=row.warehouse,
        country=row.country,
        brand=row.brand,
        region=row.region,
    )


async def rules_of(connection: str) -> tuple[Rule, ...]:
    return (await _kept.aget()).get(connection, ())


async def domain_limits(viewer: Viewer, connection: str) -> frozenset[OriginCondition] | None:
    """What a question about this viewer's orders is narrowed to; None: their companies say it all."""
    if not viewer.narrow_grants_in(connection):
        return None
    return origins_within(viewer.grants, await rules_of(connection), connection=connection)


def known_brands() -> list[str]:
    """Every brand some rule puts orders in."""
    return sorted({rule.brand for rules in rules_by_connection().values() for rule in rules if rule.brand})
