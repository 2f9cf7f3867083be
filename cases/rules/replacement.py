"""Decides whether goods may be sent once more, and how many people have to agree.

Pure: no Django. Only what was stored goes in, so that the same verdict can be worked out again years later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.actions.verdicts import RuleResult, Verdict
from cases.rules import refund_people as people
from cases.rules import replacement_goods as goods
from cases.rules.asked import Asked
from cases.rules.book import RuleBook
from cases.rules.outcomes import verdict

# Each with the fact it rests on beyond what every request stored.
RULES: tuple[tuple[Callable[[Asked], RuleResult], str], ...] = (
    (goods.order_confirmed, ""),
    (goods.sendable, ""),
    (goods.quantity, ""),
    (goods.window, ""),
    (goods.stock, ""),
    (people.no_hold, ""),
    (people.agent_day, ""),
    (people.customer_limit, ""),
    (people.second_approval, ""),
)


def judge_replacement(payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> Verdict:
    """The verdict on a wish by facts as they were stored."""
    asked = Asked(payload, facts, book)
    spoken = (rule(asked) for rule, fact in RULES if not fact or asked.knows(fact))
    is_small = asked.exposure <= asked.book.thresholds.no_approval_up_to
    return verdict(spoken, version=book.version, is_small=is_small)
