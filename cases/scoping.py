"""Keeps the rules that place orders in brands and regions at hand, and applies them to what Odoo answered."""

from __future__ import annotations

from time import monotonic

from asgiref.sync import sync_to_async

from cases.models import ScopeRule
from cases.scope_rules import Rule, origins_within
from cases.viewer import Viewer
from integrations.canonical import OriginCondition

KEPT_S = 3.0

Rules = dict[str, tuple[Rule, ...]]

_kept: tuple[float, Rules] = (float("-inf"), {})


def rules_by_connection() -> Rules:
    """All rules in their order, at most a few seconds old; blocks on the database."""
    global _kept
    read_at, rules = _kept
    if monotonic() - read_at < KEPT_S:
        return rules
    rules = {}
    for row in ScopeRule.objects.order_by("connection", "position"):
        rules[row.connection] = (*rules.get(row.connection, ()), rule_of(row))
    _kept = (monotonic(), rules)
    return rules


def forget_kept_rules() -> None:
    global _kept
    _kept = (float("-inf"), {})


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
    read_at, rules = _kept
    if monotonic() - read_at >= KEPT_S:
        rules = await sync_to_async(rules_by_connection)()
    return rules.get(connection, ())


async def domain_limits(viewer: Viewer, connection: str) -> frozenset[OriginCondition] | None:
    """What a question about this viewer's orders is narrowed to; None: their companies say it all."""
    if not viewer.narrow_grants_in(connection):
        return None
    return origins_within(viewer.grants, await rules_of(connection), connection=connection)
