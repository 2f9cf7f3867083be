"""Decides whether goods may be exchanged, and how many people have to agree: the way back and what is sent, as one.

Pure: no Django. Only what was stored goes in, so that the same verdict can be worked out again years later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.actions.verdicts import RuleResult, Verdict
from cases.rules import exchange_goods as exchanged
from cases.rules import refund_people as people
from cases.rules import replacement_goods as sent
from cases.rules import return_documents as documents
from cases.rules import return_goods as goods
from cases.rules.asked import Asked
from cases.rules.asked_back import AskedBack
from cases.rules.book import RuleBook
from cases.rules.outcomes import verdict

BACK: tuple[Callable[[AskedBack], RuleResult], ...] = (
    documents.delivered,
    documents.can_come_back,
    documents.within_returnable,
    documents.destination,
    exchanged.window,
    goods.final_sale,
    goods.returnable,
)
SENT: tuple[Callable[[Asked], RuleResult], ...] = (
    sent.order_confirmed,
    sent.sendable,
    sent.quantity,
    sent.stock,
    exchanged.price_difference,
    people.no_hold,
    people.agent_day,
    people.customer_limit,
    people.second_approval,
)


def judge_exchange(payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> Verdict:
    """The verdict on a wish by facts as they were stored."""
    asked, back = Asked(payload, facts, book), AskedBack(payload, _of_return(facts), book)
    spoken = (*(rule(back) for rule in BACK), *(rule(asked) for rule in SENT))
    is_small = asked.exposure <= asked.book.thresholds.no_approval_up_to
    return verdict(spoken, version=book.version, is_small=is_small)


def _of_return(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As a return alone would have stored them."""
    own = facts["of_return"]
    return {**facts, **own, "about": {**facts["about"], "lines": own["lines"]}}
