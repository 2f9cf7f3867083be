"""Decides whether goods may be asked back, and how many people have to agree.

Pure: no Django. Only what was stored goes in, so that the same verdict can be worked out again years later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cases.actions.verdicts import RuleResult, Verdict
from cases.rules import return_documents as documents
from cases.rules import return_goods as goods
from cases.rules.asked_back import AskedBack
from cases.rules.book import RuleBook
from cases.rules.outcomes import verdict
from cases.rules.refund_people import no_hold

RULES: tuple[Callable[[AskedBack], RuleResult], ...] = (
    documents.order_confirmed,
    documents.delivered,
    documents.can_come_back,
    documents.within_returnable,
    documents.destination,
    goods.window,
    goods.final_sale,
    goods.returnable,
    no_hold,
    goods.restocking_fee,
    goods.second_approval,
)


def judge_return(payload: Mapping[str, Any], facts: Mapping[str, Any], book: RuleBook) -> Verdict:
    """The verdict on a wish by facts as they were stored."""
    asked = AskedBack(payload, facts, book)
    is_small = asked.total <= asked.book.thresholds.no_approval_up_to
    return verdict((rule(asked) for rule in RULES), version=book.version, is_small=is_small)
