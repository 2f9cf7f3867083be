"""What every kind of action stores of its order and of what surrounds it, and one line of what it will change.

Pure: no Django. Everything in it is plain and is stored as it is.
"""

from __future__ import annotations

from typing import Any

from cases.actions.hashing import plain
from cases.actions.judged import Surroundings
from cases.rules.book import RuleBook
from cases.rules.past import spent
from integrations.canonical import RefundFacts, ReplacementFacts, ReturnFacts

OrderFacts = RefundFacts | ReturnFacts | ReplacementFacts


def order_json(facts: OrderFacts) -> dict[str, Any]:
    """Which order it is about."""
    return {
        "connection": facts.connection,
        "company": facts.company.id,
        "id": facts.order_id,
        "ref": facts.order_ref,
    }


def surroundings_json(facts: OrderFacts, around: Surroundings) -> dict[str, Any]:
    return {
        "at": around.at.isoformat(),
        "read_at": facts.fetched_at.isoformat(),
        "order_state": facts.order_state,
        "placed_at": around.placed_at.isoformat() if around.placed_at else "",
        "shipped_at": around.shipped_at.isoformat() if around.shipped_at else "",
        "holds": sorted(around.holds),
        "roles": sorted(around.roles),
    }


def asked_before_json(around: Surroundings, own: RuleBook) -> dict[str, Any]:
    """What limits of money count, by the rules of the order's brand."""
    return {
        "agent_before": plain(around.agent_before),
        "customer_before": plain(spent(around.past["customer"], own.customer_limit.days)),
        "order_before": plain(spent(around.past["order"], own.split.days)),
        "past": {of: dict(days) for of, days in around.past.items()},
    }


def preview_line(what: str, before: str, after: str, **words: str) -> dict[str, Any]:
    """Codes and figures: the words are put to it when somebody reads it."""
    return {"what": what, "before": before, "after": after, "words": words}
