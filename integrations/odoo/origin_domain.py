"""Narrows a question to where orders come from, as far as this Odoo can be asked for it.

What cannot be asked is left out: then Odoo answers with more orders, and the answer is checked again above.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from integrations.canonical import OriginCondition
from integrations.odoo.capabilities import Capabilities

Condition = list[Any]

# The field of a condition, and each hop to it: model and name, all of which must be there and searchable.
_PATHS: dict[str, tuple[tuple[str, str], ...]] = {
    "sales_team": (("sale.order", "team_id"), ("crm.team", "name")),
    "website": (("sale.order", "website_id"), ("website", "name")),
    "warehouse": (("sale.order", "warehouse_id"), ("stock.warehouse", "name")),
    "country": (
        ("sale.order", "partner_shipping_id"),
        ("res.partner", "country_id"),
        ("res.country", "code"),
    ),
}


def origin_domain(
    origins: Collection[OriginCondition] | None, capabilities: Capabilities, *, companies: Collection[int]
) -> list[Any]:
    """Orders of these companies; ``origins`` None: all of them, else those that meet one of the conditions."""
    domain: list[Any] = [["company_id", "in", sorted(companies)]]
    if origins is None:
        return domain
    wanted = [condition for condition in origins if condition.company_id in companies]
    if not wanted:
        return [["id", "=", 0]]
    terms = [_term(condition, capabilities) for condition in sorted(wanted, key=repr)]
    if any(len(term) == 1 for term in terms) and len({c.company_id for c in wanted}) == 1:
        return domain  # one of them is the whole company
    return [*domain, *["|"] * (len(terms) - 1), *(part for term in terms for part in _all_of(term))]


def _term(condition: OriginCondition, capabilities: Capabilities) -> list[Condition]:
    term: list[Condition] = [["company_id", "=", condition.company_id]]
    for name, hops in _PATHS.items():
        value = getattr(condition, name)
        known = all(
            capabilities.may_read(model) and capabilities.may_search(model, hop) for model, hop in hops
        )
        if value and known:
            term.append([".".join(hop for _model, hop in hops), "=", value])
    return term


def _all_of(term: list[Condition]) -> list[Any]:
    return ["&"] * (len(term) - 1) + term
